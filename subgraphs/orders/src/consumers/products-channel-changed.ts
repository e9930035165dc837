import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { type ChannelProjection, writeChannels } from '../data/projections.ts';

/** Keeps currencies and countries of channels. Revisions make repeats harmless: no inbox is needed. */
export const consumeChannels = (bus: EventBus, db: Database): Promise<Listening> =>
  bus.consume('orders-channels', ['products.channel.changed'], (events) =>
    writeChannels(
      db,
      events.map((event) => event.payload as ChannelProjection),
    ),
  );
