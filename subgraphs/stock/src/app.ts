import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { readSdl } from '@kontor/kit/src/graph/sdl.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createSubgraph, type SubgraphDeps } from '@kontor/kit/src/subgraph.ts';
import { startLedgerUpkeep } from './commands/close-ledger-months.ts';
import { startSweeper } from './commands/expire-holds.ts';
import { createReserve } from './commands/reserve.ts';
import { createEndReservation } from './commands/end-reservation.ts';
import { keepBundles, BUNDLE_CHANGED } from './consumers/products-bundle-changed.ts';
import { CHANNEL_CHANGED, keepChannels } from './consumers/products-channel-changed.ts';
import { catchUpWithProducts } from './consumers/catch-up.ts';
import type { Context } from './context.ts';
import type { BundleState } from './data/bundles.ts';
import type { ChannelRow } from './data/channels.ts';
import type { AvailabilityChange } from './domain/availability.ts';
import { createBundleReader } from './live/bundles.ts';
import { createConfigurationWatch } from './live/configuration.ts';
import { createHub } from './live/hub.ts';
import { createLogFollower } from './live/log-follower.ts';
import { startLogUpkeep } from './live/log-upkeep.ts';
import { createLoaders } from './loaders.ts';
import { internalResolvers } from './resolvers/internal.ts';
import { publicResolvers } from './resolvers/public.ts';

const AVAILABILITY_CHANGED = 'stock.availability.changed';
const CONFIGURATION_CHANGED = 'stock.configuration.changed';

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
  const hub = createHub();
  const bundles = createBundleReader({ db, hub, logger });
  const configuration = createConfigurationWatch({ bundles, hub, logger });
  const follower = createLogFollower({ db, hub, configuration, logger });
  const reserve = createReserve(db);
  const endReservation = createEndReservation(db);

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
      endReservation,
      loaders: createLoaders(db),
    }),
    async consume() {
      const listening = await listenTo(bus, {
        db,
        onChanges: (changes) => bundles.componentsChanged(hub.changed(changes)),
        onConfiguration: (revision) => void configuration.changed(revision),
      });
      await bundles.refresh();
      await follower.follow();
      return [...listening, { stop: () => Promise.resolve(hub.close()) }];
    },
    background() {
      const stopSweeper = startSweeper(db, logger);
      const stopLedgerUpkeep = startLedgerUpkeep(db, logger);
      const stopFollowing = follower.start();
      const stopLogUpkeep = startLogUpkeep(db, logger);
      const stopCatchingUp = catchUpWithProducts({ db, products: peers.products, logger });
      return async () => {
        bundles.stop();
        await Promise.all([stopSweeper(), stopLedgerUpkeep(), stopFollowing(), stopLogUpkeep(), stopCatchingUp()]);
      };
    },
  });
}

interface Hearing {
  readonly db: Database;
  readonly onChanges: (changes: readonly AvailabilityChange[]) => void;
  /** @param revision null when events may have been lost. */
  readonly onConfiguration: (revision: number | null) => void;
}

/** Of all processes one keeps what products tells; each hears of what that changes, so that its own subscribers read again. */
async function listenTo(bus: EventBus, { db, onChanges, onConfiguration }: Hearing): Promise<Listening[]> {
  const payloads = <Payload>(events: readonly { readonly payload: unknown }[]) =>
    events.map((event) => event.payload as Payload);
  return [
    await bus.consume('stock-channels', [CHANNEL_CHANGED], (events) => keepChannels(db, payloads<ChannelRow>(events))),
    await bus.consume('stock-bundles', [BUNDLE_CHANGED], (events) => keepBundles(db, payloads<BundleState>(events))),
    await bus.listen(
      [CONFIGURATION_CHANGED],
      (events) => onConfiguration(Math.max(...payloads<{ revision: number }>(events).map(({ revision }) => revision))),
      () => onConfiguration(null),
    ),
    await bus.listen(
      [AVAILABILITY_CHANGED],
      (events) => onChanges(payloads<AvailabilityChange>(events)),
      () => onConfiguration(null),
    ),
  ];
}
