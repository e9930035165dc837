import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { seedDemo } from '@kontor/stack/src/demo/seed.ts';
import { BFFS, SCHEMAS, SUBGRAPHS, type Bff, type Schema, type Subgraph } from '@kontor/stack/src/services.ts';
import { createStack, type Stack, type StackOptions } from '@kontor/stack/src/stack.ts';
import { callAs } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { expect } from 'vitest';

/** What one operation sent on its way through the system. */
export interface Sent {
  /** The graphs that were asked, such as `products`, or `prices (internal)`, with the documents. */
  readonly fetches: { readonly graph: string; readonly document: string }[];
  /** Statements, `begin` and `commit` included: each is a round trip. */
  readonly statements: { readonly schema: Schema; readonly text: string }[];
}

/** An answer and what it took. */
export interface Counted<Data> extends Sent {
  readonly data: Data;
}

/** How much an operation may send: exactly this, no more and no less. */
export interface Budget {
  readonly fetches: Readonly<Record<string, number>>;
  readonly statements: Readonly<Partial<Record<Schema, number>>>;
}

/** An operation of a channel's client, or of whoever asks another graph. */
export interface Operation {
  readonly bff: Bff | 'router' | Subgraph;
  /** Of the graph, where it is not the public one. */
  readonly path?: string;
  readonly caller: Caller;
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The whole system with the demo in it, where nothing runs but what is asked: no relay, consumer, sweeper or resumer. */
export interface CountingStack {
  /** Runs an operation that has to succeed. @throws Error with its errors otherwise. */
  run<Data>(operation: Operation): Promise<Data>;
  /** Runs it once, to fill what is kept between requests, then again and counts. `prepare` makes the variables of each run. */
  count<Data>(operation: Operation, prepare?: () => Promise<Operation['variables']>): Promise<Counted<Data>>;
  /** Counts what anything else sends that is done to the system. */
  watch(work: () => Promise<unknown>): Promise<Sent>;
  /** The internal graph of a subgraph, as the edges ask it. */
  internal(name: Subgraph): GraphClient;
  /** Takes a subgraph out for good. */
  stopService(name: Subgraph): Promise<void>;
  stop(): Promise<void>;
}

const PSP = { secretKey: 'sk_test_budget', url: undefined, port: 0, host: '127.0.0.1' };
/** A driver's own question about types, once per connection. */
const OF_THE_DRIVER = /pg_catalog\.pg_type/;

/** Seeds a database through a running system, then serves it by one in which only the graphs are started. */
export async function startCountingStack(): Promise<CountingStack> {
  const database = await createTestDatabase(SCHEMAS);
  const options: StackOptions = {
    urls: database.urls,
    logLevel: 'fatal',
    demo: true,
    psp: PSP,
  };
  await seed(options, database);

  let sent: Sent = { fetches: [], statements: [] };
  const stack = await createStack({
    ...options,
    onQuery: (schema, text) => void (OF_THE_DRIVER.test(text) || sent.statements.push({ schema, text })),
    onCall: (service, path, document) =>
      void sent.fetches.push({ graph: path === INTERNAL_PATH ? `${service} (internal)` : service, document }),
  });
  await startGraphs(stack);

  const run = async <Data>({ bff, path, caller, query, variables }: Operation): Promise<Data> => {
    const { data, errors, extensions } = await stack.services[bff]
      .graph(path)
      .execute<Data>({ query, ...(variables ? { variables } : {}) }, callAs(caller));
    if (errors || extensions?.['degraded'] || !data) throw new Error(JSON.stringify({ errors, extensions }));
    return data;
  };
  return {
    run,
    async count<Data>(operation: Operation, prepare?: () => Promise<Operation['variables']>) {
      const prepared = async () => (prepare ? { ...operation, variables: (await prepare()) ?? {} } : operation);
      await run(await prepared());
      const counted = await prepared();
      sent = { fetches: [], statements: [] };
      const data = await run<Data>(counted);
      return { data, ...sent };
    },
    async watch(work) {
      sent = { fetches: [], statements: [] };
      await work();
      return sent;
    },
    internal: (name) => ({
      execute: (request, call) => stack.services[name].graph(INTERNAL_PATH).execute(request, call),
      subscribe: (request, call) => stack.services[name].graph(INTERNAL_PATH).subscribe(request, call),
    }),
    stopService: (name) => stack.stopService(name),
    async stop() {
      await stack.stop();
      await database.drop();
    },
  };
}

async function seed(options: StackOptions, database: TestDatabase): Promise<void> {
  const stack = await createStack(options);
  await stack.start();
  await seedDemo(stack.operator);
  // In one process an event is published when its consumers have handled it: then all projections are there.
  for (const name of SUBGRAPHS) {
    const { sql } = database.open(name, { max: 1 });
    await eventually(async () =>
      expect(await sql`select topic from ${sql(name)}.outbox where published_at is null limit 1`).toHaveLength(0),
    );
  }
  // Search asks prices and stock itself: it knows all once it has read both to their ends again.
  const { sql } = database.open('products', { max: 1 });
  const [seeded] = await sql<{ at: Date }[]>`select products.app_now() as at`;
  await eventually(async () =>
    expect(
      await sql`
        select count(*) filter (where as_of > ${seeded!.at}) = 2 * (select count(*) from products.channels) as is_known
        from products.search_sources`,
    ).toEqual([{ is_known: true }]),
  );
  await stack.stop();
}

/** What `start` does for the graphs alone. */
async function startGraphs({ services }: Stack): Promise<void> {
  for (const name of SUBGRAPHS)
    for (const path of ['/graphql', INTERNAL_PATH]) await services[name].graph(path).server.start();
  for (const name of ['router', ...BFFS] as const) await services[name].graph().server.start();
}

/** Holds what was sent against a budget; when they differ, the failure names everything that was sent. */
export function expectSent(sent: Sent, budget: Budget): void {
  const tally = {
    fetches: countBy(sent.fetches.map(({ graph }) => graph)),
    statements: countBy(sent.statements.map(({ schema }) => schema)),
  };
  const lines = [
    ...sent.fetches.map(({ graph, document }) => `fetch ${graph}: ${shortened(document)}`),
    ...sent.statements.map(({ schema, text }) => `statement ${schema}: ${shortened(text)}`),
  ];
  expect(tally, `what was sent:\n${lines.join('\n')}\n`).toEqual(budget);
}

const countBy = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries(Object.entries(Object.groupBy(names, (name) => name)).map(([name, each]) => [name, each!.length]));

const SHOWN = 160;
const shortened = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, SHOWN);
