import { callAs } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { sql } from 'drizzle-orm';
import { buildSchema, type GraphQLFieldResolver } from 'graphql';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Role } from '../auth/caller.ts';
import { inTransaction, type Database } from '../database.ts';
import { requestFault } from '../errors.ts';
import type { Call } from '../graph/graph.ts';
import { newId } from '../ids.ts';
import { silentLogger } from '../logger.ts';
import { auditMutations } from './audit-mutations.ts';
import { digestInput } from './describe-input.ts';
import type { StaffActed } from './staff-acted.ts';

let test: TestDatabase;
let db: Database;
const statements: string[] = [];

beforeAll(async () => {
  test = await createTestDatabase(['prices', 'stock']);
  db = test.open('prices', { onQuery: (query) => void statements.push(query) });
  await db.sql`create table prices.written (value text not null)`;
});
afterAll(() => test.drop());
beforeEach(async () => {
  await db.sql`truncate prices.outbox, prices.written`;
  statements.length = 0;
});

const SDL = `
  interface UserError { code: String! }
  type Refused implements UserError { code: String! }
  type Done { value: String }
  union Result = Done | Refused
  type Query { nothing: Int }
  type Mutation { act(input: String, customerId: ID): Result  apiKeyAct: Result }
`;

type Resolve = GraphQLFieldResolver<unknown, Call>;
const caller = (role: Role) =>
  callAs({ role, subject: `${role}-1`, channel: 'web', scopes: [], staffId: 'someone', credentialId: 'key' });

async function call(resolve: () => unknown, { role = 'staff', field = 'act', args = {}, logger = silentLogger } = {}) {
  const schema = buildSchema(SDL);
  const fields = schema.getMutationType()!.getFields();
  fields[field]!.resolve = resolve;
  auditMutations(schema, { db, schema: 'prices', logger });
  return (fields[field]!.resolve as Resolve)(null, args, caller(role as Role), {} as never);
}

const told = async () =>
  (await db.sql<{ topic: string; payload: StaffActed }[]>`select topic, payload from prices.outbox order by seq`).map(
    ({ topic, payload }) => ({ topic, ...payload }),
  );
const written = async () =>
  (await db.sql<{ value: string }[]>`select value from prices.written order by 1`).map(({ value }) => value);
const write = (value: string) =>
  inTransaction(db, async (tx) => {
    await tx.execute(sql`insert into prices.written (value) values (${value})`);
    return { __typename: 'Done', value };
  });

it('tells who did what, in the transaction of the command', async () => {
  const customerId = newId();
  const args = { input: 'Ada', customerId };
  expect(await call(() => write('a'), { args })).toEqual({ __typename: 'Done', value: 'a' });
  const [entry, ...more] = await told();
  expect(more).toEqual([]);
  expect(entry).toEqual({
    topic: 'prices.staff.acted',
    actor: 'staff',
    subject: 'staff-1',
    credentialId: 'key',
    staffId: 'someone',
    deviceId: null,
    channel: 'web',
    requestId: 'test-request',
    action: 'Mutation.act',
    entityIds: [customerId],
    inputDigest: digestInput(args, entry!.inputSalt),
    inputSalt: entry!.inputSalt,
    outcome: 'DONE',
    reason: null,
  });
  expect(JSON.stringify(entry)).not.toContain('Ada');
  const order = statements
    .filter((text) => /^\s*(begin|commit|insert)/.test(text))
    .map((text) => text.trim().split(' ')[0]);
  expect(order).toEqual(['begin', 'insert', 'insert', 'commit']);
});

it.each(['device', 'integration'])('tells what a %s did', async (role) => {
  await call(() => write('a'), { role });
  expect(await told()).toMatchObject([{ actor: role, subject: `${role}-1` }]);
});

it.each(['guest', 'customer', 'service'])('tells nothing of a %s and sends no statement for it', async (role) => {
  await call(() => write('a'), { role });
  expect(await told()).toEqual([]);
  expect(statements.filter((text) => text.includes('outbox'))).toHaveLength(1);
});

it('leaves neither the change nor the entry when the command fails', async () => {
  const failing = () =>
    inTransaction(db, async (tx) => {
      await tx.execute(sql`insert into prices.written (value) values ('lost')`);
      throw requestFault('BAD_USER_INPUT', 'No.');
    });
  await expect(call(failing)).rejects.toThrow('No.');
  expect([await told(), await written()]).toEqual([[], []]);
});

it('leaves neither the change nor the entry when the entry cannot be written', async () => {
  await db.sql`alter table prices.outbox add constraint shut check (false) not valid`;
  await expect(call(() => write('lost'))).rejects.toThrow();
  await db.sql`alter table prices.outbox drop constraint shut`;
  expect([await told(), await written()]).toEqual([[], []]);
});

it('tells it once when PostgreSQL broke the transaction off and it ran again', async () => {
  let tries = 0;
  const retried = () =>
    inTransaction(db, async (tx) => {
      await tx.execute(sql`insert into prices.written (value) values ('once')`);
      tries += 1;
      if (tries < 3) await tx.execute(sql`do $$ begin raise serialization_failure; end $$`);
    });
  await call(retried);
  expect(tries).toBe(3);
  expect([await written(), (await told()).length]).toEqual([['once'], 1]);
});

it('tells it once when the command has several transactions, one after the other or at once', async () => {
  await call(async () => {
    await write('a');
    await Promise.all([write('b'), write('c')]);
  });
  expect([await written(), (await told()).length]).toEqual([['a', 'b', 'c'], 1]);
});

it('tells it directly after a command that is a single statement', async () => {
  await call(async () => {
    await db.sql`insert into prices.written (value) values ('alone')`;
    return { __typename: 'Done' };
  });
  expect(await told()).toMatchObject([{ outcome: 'DONE', reason: null }]);
});

it('tells it where it was done, and not where another service of the process was asked', async () => {
  const stock = test.open('stock');
  await call(async () => {
    await inTransaction(stock, (tx) => tx.execute(sql`select 1`));
    await write('a');
  });
  expect(await stock.sql`select 1 from stock.outbox`).toHaveLength(0);
  expect(await told()).toHaveLength(1);
});

it('tells no refusal of an ordinary mutation, whether or not it had a transaction', async () => {
  const refusal = { __typename: 'Refused', code: 'NO' };
  expect(await call(() => refusal)).toEqual(refusal);
  expect(await call(() => inTransaction(db, async () => refusal))).toEqual(refusal);
  expect(await call(async () => (await inTransaction(db, async () => null)) ?? refusal)).toEqual(refusal);
  expect(await told()).toEqual([]);
});

it('tells refusals and failures where people try to get in', async () => {
  await call(() => ({ __typename: 'Refused', code: 'NO' }), { field: 'apiKeyAct' });
  await expect(call(() => Promise.reject(new Error('bug')), { field: 'apiKeyAct' })).rejects.toThrow('bug');
  await expect(
    call(
      () => {
        throw requestFault('FORBIDDEN', 'No.');
      },
      { field: 'apiKeyAct' },
    ),
  ).rejects.toThrow('No.');
  expect((await told()).map(({ action, outcome, reason }) => [action, outcome, reason])).toEqual([
    ['Mutation.apiKeyAct', 'REFUSED', 'Refused'],
    ['Mutation.apiKeyAct', 'FAILED', 'INTERNAL'],
    ['Mutation.apiKeyAct', 'FAILED', 'FORBIDDEN'],
  ]);
});

it('tells both when a command committed something and refused or failed after all', async () => {
  await call(async () => {
    await write('a');
    return { __typename: 'Refused', code: 'NO' };
  });
  await expect(
    call(async () => {
      await write('b');
      throw new Error('bug');
    }),
  ).rejects.toThrow('bug');
  expect((await told()).map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['DONE', null],
    ['REFUSED', 'Refused'],
    ['DONE', null],
    ['FAILED', 'INTERNAL'],
  ]);
});

it('logs the entry, without its salt, when what was done already cannot be told', async () => {
  await db.sql`alter table prices.outbox add constraint shut check (false) not valid`;
  const logged: unknown[] = [];
  const logger = { ...silentLogger, error: (line: unknown) => void logged.push(line) } as typeof silentLogger;
  expect(await call(() => ({ __typename: 'Done' }), { logger })).toEqual({ __typename: 'Done' });
  await db.sql`alter table prices.outbox drop constraint shut`;
  expect(logged).toMatchObject([{ entry: { action: 'Mutation.act', outcome: 'DONE' } }]);
  expect(JSON.stringify(logged)).not.toContain('inputSalt');
});
