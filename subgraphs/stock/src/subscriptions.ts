import { boundedList } from '@kontor/kit/src/connection.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import { readAvailability } from './availability.ts';
import type { Context } from './context.ts';
import type { Availability } from './domain/availability.ts';
import type { SubscriptionResolvers as InternalSubscriptions } from './generated/internal.ts';
import type { SubscriptionResolvers } from './generated/schema.ts';
import { feedEvents } from './live/feed.ts';
import type { Watch } from './live/hub.ts';
import { toLogPosition } from './live/log-cursor.ts';

const MAX_VARIANTS = 100;

/** For clients: a snapshot, then what is newer. */
export const availabilityChanged: NonNullable<SubscriptionResolvers['availabilityChanged']> = {
  subscribe: (_, { variantIds, since }, ctx) => {
    const channel = channelOf(ctx);
    boundedList(since ?? [], MAX_VARIANTS, ['since']);
    const bounded = boundedList(variantIds, MAX_VARIANTS, ['variantIds']);
    const ids = [...new Set(bounded.map((id) => id.toLowerCase()))];
    // Registered before the snapshot is read: what happens in between waits in the mailbox.
    const watch = ctx.hub.watch(channel, ids);
    return untilReturned(
      watch,
      updates(watch, () => readAvailability(ctx.db, channel, ids)),
    );
  },
};

/** For other services: every variant of a channel, in batches, from the present or from where the receiver was. */
export const availabilityFeed: NonNullable<InternalSubscriptions['availabilityFeed']> = {
  subscribe: (_: unknown, { channel, after }: { channel: string; after?: string | null | undefined }, ctx: Context) => {
    const since = after ? toLogPosition(after, 'after') : null;
    // Registered before the log is read: what happens in between waits in the mailbox.
    const watch = ctx.hub.watch(channel);
    return untilReturned(watch, batches(watch, feedEvents({ db: ctx.db, mailbox: watch.mailbox, channel, since })));
  },
};

async function* updates(watch: Watch, read: () => Promise<Availability[]>) {
  const told = new Map<string, Availability>();
  const tell = (snapshot: boolean, variants: Availability[]) => {
    for (const each of variants) told.set(each.variantId, each);
    return { availabilityChanged: { snapshot, variants } };
  };
  const isNewer = (each: Availability) => each.version > (told.get(each.variantId)?.version ?? -1);
  try {
    yield tell(true, await read());
    for (let mail = await watch.mailbox.take(); mail; mail = await watch.mailbox.take()) {
      if (mail.resync) {
        const all = await read();
        if (all.some(isNewer)) yield tell(true, all);
        continue;
      }
      const news = mail.changes.filter(isNewer);
      if (news.length > 0) yield tell(false, news);
    }
  } finally {
    watch.stop();
  }
}

async function* batches(watch: Watch, events: ReturnType<typeof feedEvents>) {
  try {
    for await (const { variants, ...event } of events)
      yield { availabilityFeed: { ...event, variants: [...variants] } };
  } finally {
    watch.stop();
  }
}

/**
 * Ends the watch as soon as the client goes. An async generator alone would not: `return()` waits behind a pending `next()`, which
 * waits for a change that may never come.
 */
function untilReturned<T>(watch: Watch, events: AsyncGenerator<T, void, void>): AsyncGenerator<T, void, void> {
  return {
    next: () => events.next(),
    return: () => {
      watch.stop();
      return events.return();
    },
    throw: (error) => {
      watch.stop();
      return events.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return();
    },
  };
}
