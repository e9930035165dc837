import type { Database } from '@kontor/kit/src/database.ts';
import type { DomainEvent, EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { keepChannels } from '../commands/keep-channels.ts';
import type { ChannelProjection } from '../domain/channel-projection.ts';

/**
 * Keeps the channels as products tells of their changes. A state that is not newer than what is kept changes nothing, so that
 * repeated and late events are harmless and need no inbox.
 */
export const consumeChannelChanges = (db: Database, bus: EventBus): Promise<Listening> =>
  bus.consume('prices-channels', ['products.channel.changed'], (events) =>
    keepChannels(
      db,
      (events as readonly DomainEvent<ChannelProjection>[]).map(({ payload }) => payload),
    ),
  );
