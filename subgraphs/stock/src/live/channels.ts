import { setTimeout } from 'node:timers/promises';
import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { listChannels } from '../data/channels.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const NONE: ReadonlySet<string> = new Set();

/** What this process knows of the channels' locations: a copy of the projection, for events that come too often to ask for. */
export interface ChannelView {
  /** Empty for an unknown channel. */
  locationIdsOf(channel: string): ReadonlySet<string>;
  /** Reads the projection again, and until it succeeds. */
  refresh(): Promise<void>;
  stop(): void;
}

/** Makes the view, empty. @param onChange is told the codes of channels whose locations are other than before. */
export function createChannelView(
  db: Database,
  logger: Logger,
  onChange: (channels: readonly string[]) => void,
): ChannelView {
  let known = new Map<string, ReadonlySet<string>>();
  const stopping = new AbortController();
  let refreshing: Promise<void> | undefined;
  let wantedAgain = false;

  const load = async () => {
    const rows = await listChannels(db);
    const before = known;
    known = new Map(rows.map((row) => [row.code, new Set(row.locationIds)]));
    const changed = [...known].filter(([code, ids]) => !equal(ids, before.get(code) ?? NONE));
    if (changed.length > 0) onChange(changed.map(([code]) => code));
  };

  const loadUntilDone = async () => {
    for (let pauseMs = FIRST_PAUSE_MS; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        do {
          wantedAgain = false;
          await load();
        } while (wantedAgain);
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        logger.warn({ err: error }, 'the channels could not be read and will be read again');
        await setTimeout(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };

  return {
    locationIdsOf: (channel) => known.get(channel) ?? NONE,
    refresh() {
      // One reading at a time; whoever asks during it gets another one behind it.
      wantedAgain = true;
      return (refreshing ??= loadUntilDone().finally(() => (refreshing = undefined)));
    },
    stop: () => stopping.abort(),
  };
}

const equal = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((id) => b.has(id));
