/** The stock service as it runs in production, but for the bus, which is this process's own, and products, which has nothing to tell. */
import '@kontor/kit/src/production.ts';
import { createIdentity, type InternalKeys } from '@kontor/kit/src/auth/internal-token.ts';
import { openDatabase } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { GraphClient, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import { createApp } from '@kontor/stock/src/app.ts';

const products: GraphClient = {
  execute: <Data>() =>
    Promise.resolve({
      data: { channelStates: [], bundleChanges: { bundles: [], endCursor: null } },
    } as GraphResult<Data>),
  subscribe: () => {
    throw new Error('nobody subscribes to products');
  },
};

const service = createApp({
  db: openDatabase({ url: process.env['DATABASE_URL']!, name: 'stock' }),
  bus: createMemoryBus(),
  identity: await createIdentity('stock', JSON.parse(process.env['INTERNAL_KEYS']!) as InternalKeys),
  logger: createLogger('stock', 'warn'),
  peers: { products },
});
await service.listen(Number(process.env['PORT']), '127.0.0.1');
console.log('stock is ready');
process.once('SIGTERM', () => void service.stop().then(() => process.exit(0)));
