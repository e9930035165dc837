import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { digestInput } from '@kontor/kit/src/audit/describe-input.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asCustomer, asGuest, asService, asStaff, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';

// Answers are what the assertions below say they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Data = any;

let database: TestDatabase;
let db: Database;
let service: Service;
beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers', { max: 20 });
  const { customers: identity } = await createTestIdentities(['customers']);
  service = createApp({
    ...{ db, bus: createMemoryBus(), identity, logger: silentLogger },
    mail: { mailer: { send: async () => undefined } },
  });
  await service.start();
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const member = (staffId: string, scopes: string[]): Call =>
  callAs({ role: 'staff', subject: staffId, staffId, credentialId: newId(), channel: 'pos', scopes } satisfies Caller);
const auditor = asStaff(['audit:read']);
const ask = async (query: string, variables: Record<string, unknown>, call: Call): Promise<Data> => {
  const { data, errors } = await service.graph().execute<Data>({ query, variables }, call);
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
};
const NOTE = `mutation ($customerId: ID!, $body: String!) { customerNoteAdd(input: { customerId: $customerId, body: $body }) { __typename } }`;
const makePerson = async (email: string): Promise<string> => {
  const query = 'mutation ($input: CustomerEnsureInput!) { customerEnsure(input: $input) { customerId } }';
  const { data } = await service
    .graph('/internal/graphql')
    .execute<Data>({ query, variables: { input: { email } } }, asService());
  return data.customerEnsure.customerId;
};
const LOG = `query ($first: Int, $after: Cursor, $actor: ID, $action: String, $entityId: ID, $from: DateTime, $to: DateTime, $order: AuditOrder) {
  auditLog(first: $first, after: $after, actor: $actor, action: $action, entityId: $entityId, from: $from, to: $to, order: $order) {
    edges { node { seq id at subgraph actor subject credentialId staffId deviceId channel requestId action entityIds inputDigest outcome reason hash } }
    pageInfo { hasNextPage endCursor } } }`;
const log = async (variables: Record<string, unknown> = {}): Promise<Data[]> =>
  (await ask(LOG, variables, auditor)).auditLog.edges.map((edge: Data) => edge.node);
const VERIFY =
  'query ($after: Cursor, $first: Int) { auditVerify(after: $after, first: $first) { ok checkedFrom checkedTo brokenAt reason cursor } }';

describe('what staff do through the graph', () => {
  let person: string;
  beforeEach(async () => (person = await makePerson(`${newId()}@example.com`)));

  it('stands in the log once, whoever does how much at once, in one chain without gaps', async () => {
    const [first] = await log({ first: 1 });
    const staff = Array.from({ length: 5 }, newId);
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        ask(NOTE, { customerId: person, body: `note ${index}` }, member(staff[index % 5]!, ['customers:write'])),
      ),
    );
    await eventually(async () => expect(await log({ entityId: person, first: 100 })).toHaveLength(50));
    const entries = await log({ entityId: person, first: 100, order: 'OLDEST_FIRST' });
    const before = first?.seq ?? 0;
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, index) => before + index + 1));
    for (const staffId of staff) expect(await log({ entityId: person, actor: staffId })).toHaveLength(10);
    expect((await ask(VERIFY, {}, auditor)).auditVerify).toMatchObject({ ok: true, checkedTo: before + 50 });
    expect(await db.sql`select from customers.notes where customer_id = ${person}`).toHaveLength(50);
  });

  it('names who, where and what, and holds nothing of what was entered but a digest', async () => {
    const staffId = newId();
    const call = member(staffId, ['customers:write']);
    const args = { input: { customerId: person, body: 'Calls herself Ada' } };
    await ask(NOTE, { customerId: person, body: args.input.body }, call);
    await eventually(async () => expect(await log({ entityId: person })).toHaveLength(1));
    const [entry] = await log({ entityId: person });
    const [salt] = await db.sql<
      [{ salt: string }]
    >`select encode(salt, 'hex') as salt from customers.audit_salts where entry_id = ${entry.id}`;
    expect(entry).toMatchObject({
      ...{ subgraph: 'customers', actor: 'staff', subject: staffId, staffId, deviceId: null, channel: 'pos' },
      ...{ credentialId: call.caller.credentialId, requestId: 'test-request', action: 'Mutation.customerNoteAdd' },
      ...{ entityIds: [person], outcome: 'DONE', reason: null, inputDigest: digestInput(args, salt.salt) },
    });
    const [row] = await db.sql<
      [{ text: string }]
    >`select e::text as text from customers.audit_entries e where entry_id = ${entry.id}`;
    expect(row.text).not.toContain('Ada');
  });

  it('is not there when it was not done', async () => {
    const unknown = newId();
    const { customerNoteAdd } = await ask(
      NOTE,
      { customerId: unknown, body: 'x' },
      member(newId(), ['customers:write']),
    );
    expect(customerNoteAdd.__typename).toBe('NotFound');
    await ask(NOTE, { customerId: person, body: 'x' }, member(newId(), ['customers:write']));
    await eventually(async () => expect(await log({ entityId: person })).toHaveLength(1));
    expect(await log({ entityId: unknown })).toEqual([]);
  });

  it('is there when it was refused, where people try to get at people', async () => {
    const EXPORT =
      'mutation ($id: ID!) { privacyExport(input: { customerId: $id, idempotencyKey: "k" }) { __typename } }';
    await ask(EXPORT, { id: person }, member(newId(), ['customers:write']));
    await eventually(async () =>
      expect(await log({ entityId: person })).toMatchObject([
        { action: 'Mutation.privacyExport', outcome: 'REFUSED', reason: 'NotFound' },
      ]),
    );
  });

  it('is read in pages, in both orders, by action and time', async () => {
    const call = member(newId(), ['customers:write', 'customers:lookup']);
    for (let index = 0; index < 7; index += 1) await ask(NOTE, { customerId: person, body: `n${index}` }, call);
    await eventually(async () => expect(await log({ entityId: person })).toHaveLength(7));
    const all = (await log({ entityId: person, order: 'OLDEST_FIRST' })).map(({ seq }) => seq as number);
    for (const order of ['OLDEST_FIRST', 'NEWEST_FIRST']) {
      const seen: number[] = [];
      for (let after: string | null = null; ;) {
        const page: Data = (await ask(LOG, { entityId: person, first: 3, after, order }, auditor)).auditLog;
        seen.push(...page.edges.map((edge: Data) => edge.node.seq as number));
        if (!page.pageInfo.hasNextPage) break;
        after = page.pageInfo.endCursor as string;
      }
      expect(seen).toEqual(order === 'OLDEST_FIRST' ? all : [...all].reverse());
    }
    const [middle] = (await log({ entityId: person, order: 'OLDEST_FIRST' })).slice(3);
    expect((await log({ entityId: person, from: middle.at })).length).toBeGreaterThanOrEqual(4);
    expect(await log({ entityId: person, to: '2020-01-01T00:00:00Z' })).toEqual([]);
    expect(await log({ entityId: person, action: 'Mutation.customerUpdate' })).toEqual([]);
    expect(await log({ entityId: "' or true --" })).toEqual([]);
  });

  it('is verified in pages, each from where the one before ended', async () => {
    const seen: [number, number][] = [];
    for (let after: string | null = null; ;) {
      const page: Data = (await ask(VERIFY, { after, first: 20 }, auditor)).auditVerify;
      expect(page.ok).toBe(true);
      seen.push([page.checkedFrom, page.checkedTo]);
      after = page.cursor as string | null;
      if (after === null) break;
    }
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.slice(1).map(([from]) => from)).toEqual(seen.slice(0, -1).map(([, to]) => to + 1));
  });

  it.each(['nonsense', Buffer.from('[1,"x"]').toString('base64url'), Buffer.from('["1"]').toString('base64url')])(
    'refuses the cursor %s',
    async (after) => {
      await expect(ask(VERIFY, { after }, auditor)).rejects.toThrow('BAD_USER_INPUT');
      await expect(ask(LOG, { after }, auditor)).rejects.toThrow('BAD_USER_INPUT');
    },
  );

  it.each([
    ['a guest', asGuest()],
    ['a customer', asCustomer(newId())],
    ['staff without the scope', asStaff(['customers:read'])],
  ])('is not for %s', async (_, call) => {
    await expect(ask(LOG, {}, call)).rejects.toThrow('FORBIDDEN');
    await expect(ask(VERIFY, {}, call)).rejects.toThrow('FORBIDDEN');
  });
});
