import { readFileSync } from 'node:fs';
import { createApp as createB2b } from '@kontor/bff-b2b/src/app.ts';
import { createApp as createMarketplace } from '@kontor/bff-marketplace/src/app.ts';
import { createApp as createMobile } from '@kontor/bff-mobile/src/app.ts';
import { createApp as createPos } from '@kontor/bff-pos/src/app.ts';
import { createApp as createWeb } from '@kontor/bff-web/src/app.ts';
import { createApp as createCustomers } from '@kontor/customers/src/app.ts';
import type { IdentityOptions } from '@kontor/customers/src/identity-options.ts';
import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { BffDeps } from '@kontor/kit/src/bff/bff.ts';
import { createIdentity, generateInternalKeys, type Identity } from '@kontor/kit/src/auth/internal-token.ts';
import { openDatabase, type DatabaseOptions } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { loadExamples } from '@kontor/kit/src/ide.ts';
import { createLogger, type Logger } from '@kontor/kit/src/logger.ts';
import { createMemoryRateLimiter } from '@kontor/kit/src/rate-limit/memory-rate-limiter.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { createApp as createOrders } from '@kontor/orders/src/app.ts';
import { createStripeProvider } from '@kontor/orders/src/payments/stripe.ts';
import { createApp as createPrices } from '@kontor/prices/src/app.ts';
import { createApp as createProducts } from '@kontor/products/src/app.ts';
import { createPsp } from '@kontor/psp/src/app.ts';
import { guardedAccess } from '@kontor/router/src/access.ts';
import { createApp as createRouter } from '@kontor/router/src/app.ts';
import { createApp as createStock } from '@kontor/stock/src/app.ts';
import { DEMO_KEYS } from './demo/keys.ts';
import {
  bffName,
  BFFS,
  CHANNELS_OF,
  IDENTITIES,
  OPERATOR,
  SUBGRAPHS,
  type Bff,
  type Listener,
  type Schema,
  type Subgraph,
} from './services.ts';
import { pathOfGraph, type Operator } from './operator.ts';

export interface StackOptions {
  /** The URL of each schema's own role. */
  readonly urls: Readonly<Record<Schema, string>>;
  readonly logLevel: string;
  /** Which documents the BFFs answer; any by default. */
  readonly operations?: BffDeps['operations'];
  /** How people sign in and how mails leave; defaults that work without it. */
  readonly identity?: IdentityOptions;
  /** Networks of proxies whose word on the address of a client is believed. */
  readonly trustedProxies?: readonly string[];
  /** Whether GraphiQL offers the demo's keys. */
  readonly demo: boolean;
  /** Connections at most per subgraph. */
  readonly pool?: number;
  /** Sends everything between services through JSON, to show that nothing else gets across. */
  readonly roundTrip?: boolean;
  readonly psp: {
    readonly secretKey: string;
    readonly url: string | undefined;
    readonly port: number;
    readonly host: string;
  };
  /** Sees every statement. For tests that count. */
  readonly onQuery?: (schema: Schema, query: string) => void;
  /** Sees every operation that one service asks of another, by the path of the graph. For tests that count. */
  readonly onCall?: (service: string, path: string, document: string) => void;
}

/** The whole system in one process: the same services as elsewhere, wired in memory. */
export interface Stack {
  readonly services: Readonly<Record<Exclude<Listener, 'psp'>, Service>>;
  readonly operator: Operator;
  /** Starts what runs beside requests, without listening. */
  start(): Promise<void>;
  /** Listens everywhere. @returns the ports. */
  listen(ports: Readonly<Record<Listener, number>>, host: string): Promise<Record<Listener, number>>;
  /** Takes one subgraph out, as if its process had ended. For tests. */
  stopService(name: Subgraph): Promise<void>;
  stop(): Promise<void>;
}

/** What a partner may spend at the router in a minute, as it is by default when the router is a process of its own. */
const RATE = { quota: 60_000, windowSeconds: 60 };
const SCHEMAS_FOLDER = new URL('../../../schema/', import.meta.url);

/** Wires the services; nothing runs yet, but for the payment simulator's socket, which the Stripe SDK needs. */
export async function createStack(options: StackOptions): Promise<Stack> {
  const { urls, roundTrip = false } = options;
  const keys = await generateInternalKeys(IDENTITIES, CHANNELS_OF);
  const identities = Object.fromEntries(
    await Promise.all(IDENTITIES.map(async (name) => [name, await createIdentity(name, keys[name]!)] as const)),
  ) as Record<string, Identity>;
  const bus = createMemoryBus();
  const logger = (name: string): Logger => createLogger(name, options.logLevel);
  const keysOf = (place: 'router' | Bff) =>
    options.demo ? DEMO_KEYS[place].map(({ label, key, description }) => ({ label, key, description })) : [];
  const services: Partial<Record<Exclude<Listener, 'psp'>, Service>> = {};
  const stopped = new Set<string>();

  const client = (name: Exclude<Listener, 'psp'>, path: string): GraphClient => {
    const { onCall } = options;
    const memory = createMemoryClient(
      name,
      () => (stopped.has(name) ? null : (services[name]?.graph(path) ?? null)),
      roundTrip,
    );
    if (!onCall) return memory;
    return {
      ...memory,
      execute(request, call) {
        onCall(name, path, request.query);
        return memory.execute(request, call);
      },
    };
  };
  const internal = (name: Subgraph) => client(name, INTERNAL_PATH);
  const database = (schema: Schema) => {
    const { onQuery } = options;
    const watched: Partial<DatabaseOptions> = onQuery ? { onQuery: (query) => onQuery(schema, query) } : {};
    return openDatabase({
      url: urls[schema],
      name: `kontor-${schema}`,
      service: schema,
      max: options.pool ?? 10,
      ...watched,
    });
  };
  const subgraphDeps = (name: Subgraph) => ({
    db: database(name),
    bus,
    identity: identities[name]!,
    logger: logger(name),
  });

  const psp = createPsp({ db: database('psp'), secretKey: options.psp.secretKey, logger: logger('psp') });
  const pspPort =
    options.psp.url === undefined ? await psp.listen(options.psp.port, options.psp.host) : options.psp.port;
  const payments = createStripeProvider({
    secretKey: options.psp.secretKey,
    baseUrl: options.psp.url ?? `http://${options.psp.host}:${pspPort}`,
  });

  services.products = createProducts({
    ...subgraphDeps('products'),
    peers: { prices: internal('prices'), stock: internal('stock') },
  });
  services.prices = createPrices({
    ...subgraphDeps('prices'),
    peers: { products: internal('products'), customers: internal('customers') },
  });
  services.stock = createStock({ ...subgraphDeps('stock'), peers: { products: internal('products') } });
  services.customers = createCustomers({
    ...subgraphDeps('customers'),
    peers: { orders: internal('orders') },
    ...options.identity,
  });
  services.orders = createOrders({
    ...subgraphDeps('orders'),
    peers: {
      products: internal('products'),
      prices: internal('prices'),
      stock: internal('stock'),
      customers: internal('customers'),
    },
    payments,
  });
  services.router = await createRouter({
    logger: logger('router'),
    supergraphSdl: readFileSync(new URL('supergraph.graphql', SCHEMAS_FOLDER), 'utf8'),
    subgraphs: Object.fromEntries(SUBGRAPHS.map((name) => [name, () => client(name, '/graphql')])),
    access: guardedAccess({
      identity: identities['router']!,
      customers: internal('customers'),
      logger: logger('router'),
      limiter: createMemoryRateLimiter(RATE),
    }),
    trustedProxies: options.trustedProxies ?? [],
    exposePlans: options.demo,
    ide: { examples: loadExamples(new URL('operations/router/', SCHEMAS_FOLDER)), keys: keysOf('router') },
  });
  const makers = {
    web: createWeb,
    mobile: createMobile,
    pos: createPos,
    b2b: createB2b,
    marketplace: createMarketplace,
  };
  for (const bff of BFFS) {
    const name = bffName(bff);
    services[bff] = makers[bff]({
      identity: identities[name]!,
      logger: logger(name),
      router: client('router', '/graphql'),
      customers: internal('customers'),
      stock: internal('stock'),
      trustedProxies: options.trustedProxies ?? [],
      demoKeys: keysOf(bff),
      ...(options.operations ? { operations: options.operations } : {}),
    });
  }
  const all = services as Record<Exclude<Listener, 'psp'>, Service>;
  const order: readonly (Subgraph | 'router' | Bff)[] = [...SUBGRAPHS, 'router', ...BFFS];
  const call = { caller: serviceCaller(OPERATOR), requestId: OPERATOR };

  return {
    services: all,
    operator: { ask: (name, request, graph) => client(name, pathOfGraph(graph)).execute(request, call) },
    async start() {
      for (const name of order) await all[name].start();
    },
    async listen(ports, host) {
      const listening = { psp: pspPort } as Record<Listener, number>;
      for (const name of order) listening[name] = await all[name].listen(ports[name], host);
      return listening;
    },
    async stopService(name) {
      stopped.add(name);
      await all[name].stop();
    },
    async stop() {
      // Edges first, so that what they have taken can still be answered.
      for (const name of [...order].reverse()) {
        // Who still runs and asks hears that it is not there, and not how it ends.
        stopped.add(name);
        await all[name].stop();
      }
      await psp.stop();
      await bus.close();
    },
  };
}
