import { createBackoff, pause } from '@kontor/kit/src/backoff.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import type { Election } from './election.ts';
import type { FeedSource } from './feed-source.ts';
import { turnFeed } from './turn.ts';

const POLL_MS = 1_000;
const LONGEST_PAUSE_MS = 10_000;

/** A feed that runs beside requests. */
export interface RunningFeed {
  /** Says that the source has something new: it is asked at once instead of at the next poll. */
  hint(): void;
  /** Ends it; what is asked at the moment is given up. */
  stop(): Promise<void>;
}

/** What a feed runs with. */
export interface FeedLoop {
  readonly db: Database;
  readonly source: FeedSource;
  readonly election: Election;
  readonly logger: Logger;
}

/** Starts to follow a source once a second, as long as this process leads; with growing pauses while the source does not answer. */
export function startFeed({ db, source, election, logger }: FeedLoop): RunningFeed {
  const stopping = new AbortController();
  const { signal } = stopping;
  const backoff = createBackoff({ firstMs: POLL_MS, mostMs: LONGEST_PAUSE_MS });
  let isHinted = false;
  let endPause: () => void = () => undefined;

  const pauseOrHint = async () => {
    const hinted = new AbortController();
    endPause = () => hinted.abort();
    if (!isHinted && !signal.aborted) await pause(POLL_MS, hinted.signal);
  };

  const turn = async (): Promise<void> => {
    try {
      isHinted = false;
      const hasMore = (await election.leads()) && (await turnFeed({ db, source, signal }));
      backoff.reset();
      if (!hasMore) await pauseOrHint();
    } catch (error) {
      if (signal.aborted) return;
      const pauseMs = Math.round(backoff.next());
      logger.info({ err: error, pauseMs }, `search keeps what it knows of ${source.name} and will ask again`);
      await pause(pauseMs, signal);
    }
  };
  const run = async () => {
    while (!signal.aborted) await turn();
  };
  const running = run();

  return {
    hint() {
      isHinted = true;
      endPause();
    },
    async stop() {
      stopping.abort();
      endPause();
      await running;
    },
  };
}
