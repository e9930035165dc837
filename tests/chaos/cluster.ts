import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createIdentity, generateInternalKeys, type Identity } from '@kontor/kit/src/auth/internal-token.ts';
import { migrate, openDatabase, provision, type Database } from '@kontor/kit/src/database.ts';
import { createNatsBus } from '@kontor/kit/src/events/nats-bus.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { connect } from 'node:net';
import { freePortFrom, startKillable, type Killable } from './killable-process.ts';
import { startKillablePostgres, type KillablePostgres } from './killable-postgres.ts';

/** Below the range that systems give to outgoing connections, one of which would be in the way of a restart; far from everyone else's. */
const PORTS = { stock: 32_003, web: 32_010, nats: 32_222, postgres: 32_432 } as const;
/** Nothing listens there: stock does without products, and the web BFF without the router, for what is tried here. */
export const NOBODY = 'http://127.0.0.1:9';
/** As whom the tests ask. */
const CLIENT = 'chaos';
/** Other services that can be started beside stock. */
const TRUSTED = ['products', 'prices', 'orders', 'customers'] as const;
export type Trusted = (typeof TRUSTED)[number];
/** The channel of the web BFF. */
export const CHANNEL = 'web';

/** Several processes of stock, and what they need, all of which can be killed. */
export interface Cluster {
  readonly postgres: KillablePostgres;
  readonly nats: Killable;
  readonly stocks: readonly Killable[];
  /** Internal graphs of the stock processes. */
  readonly stockUrls: readonly string[];
  readonly identity: Identity;
  readonly natsUrl: string;
  /** A pool of the tests, as stock's own role. */
  readonly db: Database;
  /** Makes schemas with their migrations. @returns the URL of each one's own role. */
  makeSchemas(schemas: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Starts a process of a service that the stock processes trust, at the first free port; ended with the cluster. */
  startService(
    name: Trusted,
    port: number,
    env: Readonly<Record<string, string>>,
  ): Promise<{ readonly process: Killable; readonly base: string }>;
  /** A process of the web BFF; ended with the cluster. */
  startWeb(): Promise<{ readonly process: Killable; readonly url: string }>;
  /** What ends with the cluster, before what was started earlier. */
  onStop(work: () => Promise<unknown>): void;
  stop(): Promise<void>;
}

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const answers = (url: string) => async () => {
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
};

const listens = (port: number) => () =>
  new Promise<void>((done, fail) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', fail);
    socket.once('connect', () => {
      socket.destroy();
      done();
    });
  });

/** Starts PostgreSQL, NATS and the stock processes, all of them real. */
export async function startCluster(stockCount = 3): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-chaos-nats-'));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const each of stops.toReversed()) await each();
  };
  try {
    const natsPort = await freePortFrom(PORTS.nats);
    const nats = await startKillable({
      name: 'nats-server',
      command: 'nats-server',
      args: ['-a', '127.0.0.1', '-p', String(natsPort), '-js', '-sd', folder, '-l', join(folder, 'nats.log')],
      env: environment(),
      isReady: listens(natsPort),
    });
    stops.push(() => nats.kill());
    const natsUrl = `nats://127.0.0.1:${natsPort}`;
    const postgres = await startKillablePostgres(await freePortFrom(PORTS.postgres));
    stops.push(() => postgres.stop());
    const urls = await provision(postgres.url, ['stock']);
    await migrate(urls['stock']!, 'stock', path('../../drizzle/stock/migrations'));
    const db = openDatabase({ url: urls['stock']!, name: 'chaos', max: 4 });
    stops.push(() => db.close());
    await makeStream(natsUrl);

    const keys = await generateInternalKeys(['stock', 'bff-web', CLIENT, ...TRUSTED]);
    const common = { ...environment(), LOG_LEVEL: 'fatal' };
    const stockPorts: number[] = [];
    for (let index = 0; index < stockCount; index += 1)
      stockPorts.push(await freePortFrom((stockPorts.at(-1) ?? PORTS.stock - 100) + 100));
    const stocks = await Promise.all(
      stockPorts.map((port) =>
        startKillable({
          name: `stock at ${port}`,
          command: process.execPath,
          args: [path('../../subgraphs/stock/src/main.ts')],
          env: {
            ...common,
            STOCK_PORT: String(port),
            DATABASE_URL: urls['stock']!,
            NATS_URL: natsUrl,
            PRODUCTS_URL: NOBODY,
            INTERNAL_KEYS: JSON.stringify(keys['stock']),
          },
          isReady: answers(`http://127.0.0.1:${port}/readyz`),
        }),
      ),
    );
    for (const each of stocks) stops.push(() => each.kill());
    const bases = stockPorts.map((port) => `http://127.0.0.1:${port}`);
    return {
      postgres,
      nats,
      stocks,
      stockUrls: bases.map((base) => `${base}/internal/graphql`),
      identity: await createIdentity(CLIENT, keys[CLIENT]!),
      natsUrl,
      db,
      async makeSchemas(schemas) {
        const made = await provision(postgres.url, schemas);
        for (const schema of schemas) await migrate(made[schema]!, schema, path(`../../drizzle/${schema}/migrations`));
        return made;
      },
      async startService(name, from, env) {
        const port = await freePortFrom(from);
        const started = await startKillable({
          name: `${name} at ${port}`,
          command: process.execPath,
          args: [path(`../../subgraphs/${name}/src/main.ts`)],
          env: {
            ...common,
            [`${name.toUpperCase()}_PORT`]: String(port),
            NATS_URL: natsUrl,
            INTERNAL_KEYS: JSON.stringify(keys[name]),
            ...env,
          },
          isReady: answers(`http://127.0.0.1:${port}/readyz`),
        });
        stops.push(() => started.kill());
        return { process: started, base: `http://127.0.0.1:${port}` };
      },
      async startWeb() {
        const port = await freePortFrom(PORTS.web);
        const web = await startKillable({
          name: 'web BFF',
          command: process.execPath,
          args: [path('../../bffs/web/src/main.ts')],
          env: {
            ...common,
            WEB_PORT: String(port),
            ROUTER_URL: NOBODY,
            CUSTOMERS_URL: NOBODY,
            STOCK_URL: bases.join(','),
            INTERNAL_KEYS: JSON.stringify(keys['bff-web']),
          },
          isReady: answers(`http://127.0.0.1:${port}/livez`),
        });
        stops.push(() => web.kill());
        return { process: web, url: `http://127.0.0.1:${port}/graphql` };
      },
      onStop: (work) => void stops.push(work),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const environment = (): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  APOLLO_TELEMETRY_DISABLED: '1',
});

/** Whoever comes first makes the stream; processes that start at once do not have to agree on who. */
async function makeStream(natsUrl: string): Promise<void> {
  const bus = await createNatsBus({ servers: [natsUrl], name: 'chaos', logger: silentLogger });
  await bus.close();
}
