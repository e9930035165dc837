import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { readSdl } from '@kontor/kit/src/graph/sdl.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createSubgraph, type SubgraphDeps } from '@kontor/kit/src/subgraph.ts';
import { startSweeper } from './commands/expire-holds.ts';
import { createReserve } from './commands/reserve.ts';
import { catchUpChannels, CHANNEL_CHANGED, keepChannels } from './consumers/products-channel-changed.ts';
import type { Context } from './context.ts';
import type { ChannelRow } from './data/channels.ts';
import type { AvailabilityChange } from './domain/availability.ts';
import { createChannelView } from './live/channels.ts';
import { createHub } from './live/hub.ts';
import { createLoaders } from './loaders.ts';
import { internalResolvers } from './resolvers/internal.ts';
import { publicResolvers } from './resolvers/public.ts';

const AVAILABILITY_CHANGED = 'stock.availability.changed';

/** What stock is given from outside. */
export interface StockDeps extends SubgraphDeps {
  readonly peers: {
    /** Whose channels it sells for. */
    readonly products: GraphClient;
  };
}

/** The stock subgraph, not listening. */
export function createApp(deps: StockDeps): Service {
  const { db, bus, logger, peers } = deps;
  const channels = createChannelView(db, logger, (changed) => hub.resync(changed));
  const hub = createHub((channel) => channels.locationIdsOf(channel));
  const reserve = createReserve(db);

  const onChannels = async (states: readonly ChannelRow[]) => {
    await keepChannels(db, states);
    await channels.refresh();
  };

  return createSubgraph({
    name: 'stock',
    deps,
    sdl: readSdl(new URL('../schema.graphql', import.meta.url)),
    resolvers: publicResolvers,
    internalSdl: readSdl(new URL('../internal.graphql', import.meta.url)),
    internalResolvers,
    context: (call): Context => ({
      caller: call.caller,
      requestId: call.requestId,
      signal: call.signal,
      db,
      hub,
      reserve,
      loaders: createLoaders(db),
    }),
    async consume() {
      const listening = await listenTo(bus, {
        onChannels,
        onChanges: (changes) => hub.changed(changes),
        onGap: () => {
          void channels.refresh();
          hub.resync();
        },
        onFault: (error) => logger.warn({ err: error }, 'a channel heard of will be known when its event is handled'),
      });
      await channels.refresh();
      return [...listening, { stop: () => Promise.resolve(hub.close()) }];
    },
    background() {
      const stopSweeper = startSweeper(db, logger);
      const stopCatchingUp = catchUpChannels({ products: peers.products, logger, onChannels });
      return async () => {
        channels.stop();
        await Promise.all([stopSweeper(), stopCatchingUp()]);
      };
    },
  });
}

interface Hearing {
  readonly onChannels: (states: readonly ChannelRow[]) => Promise<void>;
  readonly onChanges: (changes: readonly AvailabilityChange[]) => void;
  readonly onGap: () => void;
  readonly onFault: (error: unknown) => void;
}

/** Of all processes one keeps a changed channel for sure; each hears of it, so that its own subscribers read again. */
async function listenTo(bus: EventBus, { onChannels, onChanges, onGap, onFault }: Hearing): Promise<Listening[]> {
  const states = (events: readonly { readonly payload: unknown }[]) =>
    events.map((event) => event.payload as ChannelRow);
  return [
    await bus.consume('stock-channels', [CHANNEL_CHANGED], (events) => onChannels(states(events))),
    await bus.listen([CHANNEL_CHANGED], (events) => void onChannels(states(events)).catch(onFault), onGap),
    await bus.listen(
      [AVAILABILITY_CHANGED],
      (events) => onChanges(events.map((event) => event.payload as AvailabilityChange)),
      onGap,
    ),
  ];
}
