import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { createIdentity } from '@kontor/kit/src/auth/internal-token.ts';
import { createHttpClient } from '@kontor/kit/src/graph/http-client.ts';
import { DEMO_KEYS } from '@kontor/stack/src/demo/keys.ts';
import { seedDemo } from '@kontor/stack/src/demo/seed.ts';
import { startNatsServer } from '@kontor/stack/src/nats-server.ts';
import { pathOfGraph, type Operator } from '@kontor/stack/src/operator.ts';
import { startDistributed } from '@kontor/stack/src/process-table.ts';
import {
  DEFAULT_PORTS,
  LISTENERS,
  OPERATOR,
  SCHEMAS,
  type Listener,
  type Schema,
  type Subgraph,
} from '@kontor/stack/src/services.ts';
import { createStack } from '@kontor/stack/src/stack.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ask } from '@kontor/testkit/src/graph-client.ts';
import { createFolderMailbox, createMemoryMailbox, type Mailbox } from './mailbox.ts';
import { CART_CREATE } from './operations.ts';

/** A whole running system with the demo in it, reached as its users reach it: over sockets. */
export interface System {
  readonly topology: 'stack' | 'distributed';
  readonly ports: Readonly<Record<Listener, number>>;
  readonly database: TestDatabase;
  readonly operator: Operator;
  /** What it mailed. */
  readonly mailbox: Mailbox;
  url(listener: Listener): string;
  /** Ends a subgraph; `start` brings it back at the same port. Only where processes are apart. */
  takeOut(name: Subgraph): Promise<{ start(): Promise<void> }>;
  stop(): Promise<void>;
}

/** The demo key with a label; fails the test when there is none. */
export function demoKey(place: keyof typeof DEMO_KEYS, role: string): string {
  const found = DEMO_KEYS[place].find((key) => key.role === role);
  if (!found) throw new Error(`no demo key of a ${role} at ${place}`);
  return found.key;
}

/** How long events of the demo may take until every service knows it. */
const SEEDED_MS = 30_000;
/** More than the demo has. */
const PRODUCTS = 50;
const CART_LINES = 100;

/** What was seeded reaches orders by events, in its own time: it is there when carts can hold all of it. */
async function cartOfEverything(web: string): Promise<void> {
  const { searchPage } = await ask<{
    searchPage: { products: { edges: { node: { variants: { id: string }[] } }[] } };
  }>(web, `{ searchPage(query: "", first: ${PRODUCTS}) { products { edges { node { variants { id } } } } } }`);
  const ids = searchPage.products.edges.flatMap(({ node }) => node.variants.map(({ id }) => id));
  if (ids.length === 0) throw new Error('nothing is found yet');
  for (let from = 0; from < ids.length; from += CART_LINES) {
    const lines = ids.slice(from, from + CART_LINES).map((variantId) => ({ variantId, quantity: 1 }));
    await ask(web, CART_CREATE, { input: { currency: 'EUR', country: 'DE', lines } });
  }
}

/** Whether a program is on this machine. */
export const hasProgram = (name: string): boolean => spawnSync('which', [name]).status === 0;

const freePort = () =>
  new Promise<number>((done) => {
    const probe = createServer();
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });

const PSP_KEY = 'sk_test_end_to_end';
const LOG_LEVEL = process.env['TEST_LOG_LEVEL'] ?? 'fatal';

/** Everything in one process; what passes between services goes through JSON. */
export async function startStackSystem(
  options: { readonly onQuery?: (schema: Schema, query: string) => void } = {},
): Promise<System> {
  const database = await createTestDatabase(SCHEMAS);
  const mailbox = createMemoryMailbox();
  const stack = await createStack({
    urls: database.urls,
    logLevel: LOG_LEVEL,
    demo: true,
    roundTrip: true,
    psp: { secretKey: PSP_KEY, url: undefined, port: 0, host: '127.0.0.1' },
    identity: { mail: { mailer: mailbox.mailer } },
    ...options,
  });
  await stack.start();
  await seedDemo(stack.operator);
  const zeros = Object.fromEntries(LISTENERS.map((listener) => [listener, 0])) as Record<Listener, number>;
  const ports = await stack.listen(zeros, '127.0.0.1');
  return {
    topology: 'stack',
    ports,
    database,
    operator: stack.operator,
    mailbox,
    url: (listener) => `http://127.0.0.1:${ports[listener]}/graphql`,
    takeOut: () => Promise.reject(new Error('services of one process cannot be taken out and brought back')),
    async stop() {
      await stack.stop();
      await database.drop();
    },
  };
}

/** Every service its own process, two of every subgraph, events over JetStream. */
export async function startDistributedSystem(replicas = 2): Promise<System> {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-nats-'));
  const mails = await mkdtemp(join(tmpdir(), 'kontor-mails-'));
  const nats = await startNatsServer({ port: await freePort(), folder });
  const database = await createTestDatabase(SCHEMAS);
  // Far from the defaults, so that a system that somebody runs on this machine is not in the way.
  const ports = Object.fromEntries(LISTENERS.map((listener) => [listener, DEFAULT_PORTS[listener] + 20_000])) as Record<
    Listener,
    number
  >;
  const running = await startDistributed({
    urls: database.urls,
    natsUrl: nats.url,
    ports,
    replicas,
    path: process.env['PATH'],
    common: { MAILER: `file:${mails}` },
    logLevel: LOG_LEVEL,
    demo: true,
    pspSecretKey: PSP_KEY,
    pspUrl: undefined,
    onExit: (name, code) => console.error(`${name} ended with code ${code}`),
  });
  const identity = await createIdentity(OPERATOR, running.operatorKeys);
  const operator: Operator = {
    ask: (name, request, graph) =>
      createHttpClient({
        urls: [`http://127.0.0.1:${ports[name]}${pathOfGraph(graph)}`],
        audience: name,
        identity,
      }).execute(request, { caller: serviceCaller(OPERATOR), requestId: OPERATOR }),
  };
  await seedDemo(operator);
  await eventually(() => cartOfEverything(`http://127.0.0.1:${ports.web}/graphql`), SEEDED_MS);
  return {
    topology: 'distributed',
    ports,
    database,
    operator,
    mailbox: createFolderMailbox(mails),
    url: (listener) => `http://127.0.0.1:${ports[listener]}/graphql`,
    async takeOut(name) {
      const mine = running.processes.filter((each) => each.name === name);
      await Promise.all(mine.map((each) => each.stop()));
      return {
        async start() {
          await Promise.all(mine.map((each) => running.restart(each)));
        },
      };
    },
    async stop() {
      await running.stop();
      await nats.stop();
      await Promise.all([folder, mails].map((each) => rm(each, { recursive: true, force: true })));
      await database.drop();
    },
  };
}
