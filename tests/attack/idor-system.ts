import { createSigning } from '@kontor/customers/src/commands/signing/signing.ts';
import type { Sealing } from '@kontor/customers/src/sealing/sealing.ts';
import type { Call, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { seedDemo } from '@kontor/stack/src/demo/seed.ts';
import { SCHEMAS, type Subgraph } from '@kontor/stack/src/services.ts';
import { createStack, type Stack } from '@kontor/stack/src/stack.ts';
import { asService } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import postgres from 'postgres';

// Answers are what the registry says they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

/** What asks the subgraphs, in memory, as the router would. */
export interface Asking {
  /** Runs an operation on a public graph. */
  run(subgraph: Subgraph, query: string, variables: object, call: Call): Promise<GraphResult<Json>>;
  /** One that has to succeed, on the public graph. @throws Error with what it answered otherwise. */
  done(subgraph: Subgraph, query: string, variables: object, call: Call): Promise<Json>;
  /** One that has to succeed, on the internal graph. */
  internally(subgraph: Subgraph, query: string, variables?: object): Promise<Json>;
}

/** All subgraphs on one database. */
export interface IdorSystem extends Asking {
  readonly database: TestDatabase;
  readonly stack: Stack;
  /** By which tokens in mails are made. */
  readonly sealing: Sealing;
  /** The administrator's connection. */
  readonly sql: postgres.Sql;
  /**
   * Ends all that runs beside requests: relays, consumers, sweepers, mails. From here on only requests change anything, until `resume`.
   */
  pause(): Promise<void>;
  /** Starts it again. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

const SECRET = 'a secret of identity for tests, long enough';

/** Starts the subgraphs with the demo's catalogue, channels, locations and stock in them. */
export async function startIdorSystem(): Promise<IdorSystem> {
  const database = await createTestDatabase(SCHEMAS);
  const sql = postgres(database.adminUrl, { max: 2, onnotice: () => undefined });
  const make = () =>
    createStack({
      urls: database.urls,
      logLevel: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      demo: true,
      pool: 4,
      psp: { secretKey: 'sk_test_idor', url: undefined, port: 0, host: '127.0.0.1' },
      identity: {
        identitySecret: SECRET,
        mail: { mailer: { send: () => Promise.resolve() } },
      },
    });
  let stack = await make();
  await stack.start();
  await seedDemo(stack.operator);

  const execute = (subgraph: Subgraph, path: string, query: string, variables: object, call: Call) =>
    stack.services[subgraph]
      .graph(path)
      .execute<Json>({ query, variables: variables as Record<string, unknown> }, call);
  const expectData = ({ data, errors }: GraphResult<Json>, query: string): Json => {
    if (errors || !data) throw new Error(`${query}: ${JSON.stringify(errors)}`);
    return data;
  };
  return {
    database,
    sql,
    sealing: createSigning(database.open('customers'), { identitySecret: SECRET }).sealing,
    get stack() {
      return stack;
    },
    run: (subgraph, query, variables, call) => execute(subgraph, '/graphql', query, variables, call),
    done: async (subgraph, query, variables, call) =>
      expectData(await execute(subgraph, '/graphql', query, variables, call), query),
    internally: async (subgraph, query, variables = {}) =>
      expectData(await execute(subgraph, INTERNAL_PATH, query, variables, asService()), query),
    async pause() {
      await stack.stop();
      stack = await make();
    },
    resume: () => stack.start(),
    async stop() {
      await stack.stop();
      await sql.end();
      await database.drop();
    },
  };
}
