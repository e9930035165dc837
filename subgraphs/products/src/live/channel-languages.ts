import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { findAllChannels } from '../data/channels.ts';

/** A change of a channel is heard at once; should it get lost, what is kept is no older than this. */
const KEPT_MS = 5_000;

/** The languages that channels begin with, kept between requests: almost every field with a text needs one. */
export interface ChannelLanguages {
  /** The default locale of a channel; null when there is no such channel. */
  defaultOf(channel: string): Promise<string | null>;
  /** Hears of channels that change, from now on. */
  listen(bus: EventBus): Promise<Listening>;
}

/** @param now milliseconds of a clock that only goes forward. */
export function createChannelLanguages(db: Database, now: () => number = () => performance.now()): ChannelLanguages {
  let kept: { readonly locales: Promise<Map<string, string | null>>; readonly until: number } | null = null;
  const read = async () =>
    new Map((await findAllChannels(db.sql)).map(({ code, locales }) => [code, locales[0] ?? null]));
  const current = () => {
    if (kept !== null && now() < kept.until) return kept.locales;
    const reading = { locales: read(), until: now() + KEPT_MS };
    kept = reading;
    reading.locales.catch(() => {
      if (kept === reading) kept = null;
    });
    return reading.locales;
  };
  const forget = () => void (kept = null);
  return {
    defaultOf: async (channel) => (await current()).get(channel) ?? null,
    listen: (bus) => bus.listen(['products.channel.changed'], forget, forget),
  };
}
