import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { createIdentity, generateInternalKeys } from '@kontor/kit/src/auth/internal-token.ts';
import { openDatabase } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { createApp as createPrices } from '@kontor/prices/src/app.ts';
import { createApp as createProducts } from '@kontor/products/src/app.ts';
import { createApp as createStock } from '@kontor/stock/src/app.ts';
import { isInUse, prepareDatabase } from '../database.ts';
import type { StackEnv } from '../env.ts';
import { pathOfGraph, type Operator } from '../operator.ts';
import { OPERATOR, type Subgraph } from '../services.ts';

/** The internal graphs of the subgraphs that hold the catalogue, on the database, whether or not the system runs at the same time. */
export interface OperatorSession {
  readonly operator: Operator;
  close(): Promise<void>;
}

/**
 * Opens the database (starting the embedded one when nobody has) and the catalogue's commands on it.
 * Nothing is published from here: events wait in the outbox for the relay of the running system, or of the next start.
 */
export async function openOperatorSession(env: StackEnv): Promise<OperatorSession> {
  const database = await prepareDatabase(env);
  const names = ['products', 'prices', 'stock'] as const;
  const keys = await generateInternalKeys(names);
  const bus = createMemoryBus();
  const services: Partial<Record<Subgraph, Service>> = {};
  const products: GraphClient = {
    execute: (request, call) => services.products!.graph(INTERNAL_PATH).execute(request, call),
    subscribe: (request, call) => services.products!.graph(INTERNAL_PATH).subscribe(request, call),
  };
  const pools = names.map((name) => openDatabase({ url: database.urls[name], name: `kontor-import-${name}`, max: 4 }));
  const deps = await Promise.all(
    names.map(async (name, index) => ({
      db: pools[index]!,
      bus,
      identity: await createIdentity(name, keys[name]!),
      logger: createLogger(name, env.logLevel),
    })),
  );
  // What they keep of each other is left to the running system: nothing runs here but the commands.
  services.products = createProducts(deps[0]!);
  services.prices = createPrices(deps[1]!);
  services.stock = createStock({ ...deps[2]!, peers: { products } });
  const call = { caller: serviceCaller(OPERATOR), requestId: OPERATOR };
  return {
    operator: {
      ask(name, request, graph) {
        const service = services[name];
        if (!service) throw new Error(`the importer does not speak to ${name}`);
        return service.graph(pathOfGraph(graph)).execute(request, call);
      },
    },
    async close() {
      await Promise.all(pools.map((pool) => pool.close()));
      // Whoever else is connected, a running system above all, keeps its database.
      if (!(await isInUse(database.urls.products))) await database.stop();
    },
  };
}
