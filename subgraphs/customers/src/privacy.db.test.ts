import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { DomainEvent } from '@kontor/kit/src/events/event.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call, GraphClient, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asCustomer, asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { scanForValues } from '@kontor/testkit/src/scan-for-values.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { advanceRequests } from './commands/privacy/advance-requests.ts';
import type { PrivacyDeps } from './commands/privacy/privacy-deps.ts';
import { readSecret } from './data/signing/secrets.ts';
import { createSealing } from './sealing/sealing.ts';
import { makeMarkedPerson, type Asking } from './testing/marked-person.ts';

// Answers are what the assertions below say they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Data = any;

const SCOPES = [
  'customers:read',
  'customers:write',
  'customers:lookup',
  'customers:merge',
  'companies:write',
  'loyalty:write',
  'privacy:write',
  'audit:read',
];
const staff = asStaff(SCOPES);

let database: TestDatabase;
let db: Database;
let service: Service;
const bus = createMemoryBus();
const logged: string[] = [];
const logger = createLogger('customers', 'debug', { write: (line: string) => void logged.push(line) });
const heard: DomainEvent[] = [];

/** Orders, as far as people are concerned. */
const orders = {
  isDown: false,
  answersErasures: true,
  asked: [] as string[][],
  /** Answers two pages for each list of ids. */
  execute(request: { variables?: unknown }): Promise<GraphResult> {
    const { customerIds, after } = request.variables as { customerIds: string[]; after: string | null };
    if (orders.isDown) return Promise.reject(new Error('no answer'));
    orders.asked.push(customerIds);
    const kind = after === null ? 'order' : 'cart';
    const parts = [{ kind, data: { customerId: customerIds[0], note: 'from orders' } }];
    return Promise.resolve({ data: { personalData: { parts, cursor: after === null ? 'second' : null } } });
  },
};

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers');
  const { customers: identity } = await createTestIdentities(['customers']);
  await bus.consume('orders', ['customers.customer.erased'], async (events) => {
    heard.push(...events);
    if (!orders.answersErasures) return;
    const answers = events.map(({ payload }) => ({
      ...{ eventId: newId(), topic: 'orders.customer.erased', key: 'key', occurredAt: new Date().toISOString() },
      payload: { customerId: (payload as { customerId: string }).customerId },
    }));
    await bus.publish(answers);
  });
  service = createApp({
    ...{ db, bus, identity, logger },
    mail: { mailer: { send: async () => undefined } },
    peers: { orders: orders as unknown as GraphClient },
  });
  await service.start();
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const run = async (path: string, query: string, variables: Record<string, unknown>, call: Call): Promise<Data> => {
  const { data, errors } = await service.graph(path).execute<Data>({ query, variables }, call);
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
};
const typeOf = (field: string) => `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
const REFUSAL = '... on UserError { code message path }';
const ask: Asking = {
  async publicly(field, input, call, selection = '__typename') {
    const query = `mutation ($input: ${typeOf(field)}!) { ${field}(input: $input) { __typename ${selection} ${REFUSAL} } }`;
    const outcome = (await run('/graphql', query, { input }, call))[field];
    if (outcome?.code) throw new Error(`${field}: ${JSON.stringify(outcome)}`);
    return outcome;
  },
  async internally(field, input, selection) {
    const query = `mutation ($input: ${typeOf(field)}!) { ${field}(input: $input) { ${selection} } }`;
    return (await run('/internal/graphql', query, { input }, asService()))[field];
  },
  guest: asGuest(),
  staff,
  as: asCustomer,
  async versionOf(id) {
    const [row] = await db.sql<
      { revision: string }[]
    >`select revision from customers.customers where customer_id = ${id}`;
    return Number(row!.revision);
  },
};

const REQUEST = 'id kind state missing requestedAt completedAt expiresAt';
const ERASE = `mutation ($input: PrivacyEraseInput!) { privacyErase(input: $input) { __typename
  ... on PrivacyRequestAccepted { request { ${REQUEST} } notes { code } } ... on ErasureBlocked { code companyIds } ... on UserError { code path } } }`;
const EXPORT = `mutation ($input: PrivacyExportInput!) { privacyExport(input: $input) { __typename
  ... on PrivacyRequestAccepted { request { ${REQUEST} } } ... on UserError { code path } } }`;
const erase = async (input: Record<string, unknown>, call: Call = staff): Promise<Data> =>
  (await run('/graphql', ERASE, { input: { idempotencyKey: newId(), ...input } }, call)).privacyErase;
const exportOf = async (input: Record<string, unknown>, call: Call = staff): Promise<Data> =>
  (await run('/graphql', EXPORT, { input: { idempotencyKey: newId(), ...input } }, call)).privacyExport;
const requestOf = async (id: string, call: Call = staff): Promise<Data> =>
  (await run('/graphql', `query ($id: ID!) { privacyRequest(id: $id) { ${REQUEST} } }`, { id }, call)).privacyRequest;
/** Works on what is due now instead of at the next turn of the background. */
const sealing = createSealing(() => readSecret(db, 'sealing'));
const deps = (other: Partial<PrivacyDeps> = {}): PrivacyDeps => ({
  ...{ db, logger, sealing, orders: orders as unknown as GraphClient },
  ...other,
});
const workNow = () => advanceRequests(deps(), () => false);
const completed = (id: string) =>
  eventually(async () => {
    await workNow();
    const request = await requestOf(id);
    expect(request).toMatchObject({ state: 'COMPLETED', missing: [] });
    return request;
  });
const waiting = (id: string, expected: Record<string, unknown>) =>
  eventually(async () => {
    await workNow();
    expect(await requestOf(id)).toMatchObject(expected);
  });
const PARTS = `query ($id: ID!, $after: Cursor) { privacyRequest(id: $id) {
  parts(first: 7, after: $after) { edges { node { subgraph kind data } } pageInfo { hasNextPage endCursor } } } }`;
async function partsOf(id: string, call: Call = staff): Promise<{ subgraph: string; kind: string; data: Data }[]> {
  const parts = [];
  for (let after: string | null = null; ;) {
    const { edges, pageInfo } = (await run('/graphql', PARTS, { id, after }, call)).privacyRequest.parts;
    parts.push(...edges.map((edge: Data) => edge.node));
    if (!pageInfo.hasNextPage) return parts;
    after = pageInfo.endCursor as string;
  }
}
const plainPerson = async (email: string): Promise<string> =>
  (await ask.internally('customerEnsure', { email, givenName: 'Ada' }, 'customerId')).customerId;

it('finds the marks of a person where they are, so that finding none says something', async () => {
  const person = await makeMarkedPerson(ask, 'present');
  const found = await scanForValues(database.adminUrl, person.marks);
  expect(person.marks.filter((mark) => !found.some(({ value }) => value === mark))).toEqual([]);
});

describe('privacyErase', () => {
  it('leaves nothing of a person in any table, event or line of the log', async () => {
    const tokens = () => db.sql`select token_id from customers.one_time_tokens order by token_id`;
    const others = [...(await tokens())];
    const person = await makeMarkedPerson(ask, 'forgotten');
    expect((await tokens()).length).toBeGreaterThan(others.length + 2);
    const exported = await exportOf({ customerId: person.id });
    await completed(exported.request.id);
    const before = await db.sql<
      { sum: string }[]
    >`select coalesce(sum(amount), 0) as sum from customers.ledger_entries`;

    const accepted = await erase({ customerId: person.id, confirmation: person.email });
    expect(accepted).toMatchObject({ __typename: 'PrivacyRequestAccepted', notes: [{ code: 'POINTS_FORFEITED' }] });
    await completed(accepted.request.id);

    expect(await scanForValues(database.adminUrl, person.marks)).toEqual([]);
    expect(logged.filter((line) => person.marks.some((mark) => line.toLowerCase().includes(mark)))).toEqual([]);
    expect(
      heard.filter(({ payload }) => (payload as Data).customerId === person.id).map(({ payload }) => payload),
    ).toEqual([{ customerId: person.id, formerIds: [person.formerId] }]);
    // What is sealed is not seen by a scan: tokens about the addresses are gone, too.
    expect([...(await tokens())]).toEqual(others);
    // The ledger stays what it was and balanced, and nothing is owed.
    const entries = await db.sql<
      { sum: string }[]
    >`select coalesce(sum(amount), 0) as sum from customers.ledger_entries`;
    expect(entries).toEqual(before);
    const [account] = await db.sql<
      Data[]
    >`select balance, held from customers.accounts where kind = 'POINTS' and owner_id = ${person.id}`;
    expect(account).toEqual({ balance: '0', held: '0' });
    expect(await requestOf(exported.request.id)).toMatchObject({ state: 'EXPIRED' });
  });

  it('forgets what audit entries were entered with, and keeps the entries and their chain', async () => {
    const id = await plainPerson('audited@example.com');
    await ask.publicly('customerNoteAdd', { customerId: id, body: 'Likes tea' }, staff);
    const LOG = 'query ($id: ID!) { auditLog(entityId: $id) { edges { node { action subject outcome entityIds } } } }';
    const log = async () =>
      (await run('/graphql', LOG, { id }, staff)).auditLog.edges.map((edge: Data) => [
        edge.node.action,
        edge.node.outcome,
      ]);
    const salts = () => db.sql`
      select from customers.audit_salts join customers.audit_entries e using (entry_id) where e.entity_ids @> array[${id}::uuid]`;
    await eventually(async () => expect(await log()).toEqual([['Mutation.customerNoteAdd', 'DONE']]));
    expect(await salts()).toHaveLength(1);
    const { request } = await erase({ customerId: id, confirmation: id });
    await completed(request.id);
    await eventually(async () =>
      expect(await log()).toEqual([
        ['Mutation.privacyErase', 'DONE'],
        ['Mutation.customerNoteAdd', 'DONE'],
      ]),
    );
    expect(await run('/graphql', '{ auditVerify { ok } }', {}, staff)).toEqual({ auditVerify: { ok: true } });
  });

  it('signs the person out everywhere and lets nobody in again', async () => {
    const email = 'signed-in@example.com';
    const { token } = await ask.publicly(
      'signUp',
      { email, password: 'a good password' },
      asGuest(),
      '... on SignedIn { token customer { id } }',
    );
    expect(token).toEqual(expect.any(String));
    const [session] = await db.sql<{ id: string; customer: string }[]>`
      select session_id as id, customer_id as customer from customers.sessions where customer_id =
        (select customer_id from customers.identities where value = ${email})`;
    const { request } = await erase({ confirmation: email }, asCustomer(session!.customer));
    await completed(request.id);
    expect(await db.sql`select from customers.sessions where customer_id = ${session!.customer}`).toHaveLength(0);
    expect(await db.sql`select from customers.revocations where credential_id = ${session!.id}`).toHaveLength(1);
    await expect(ask.publicly('signIn', { email, password: 'a good password' }, asGuest())).rejects.toThrow(
      'INVALID_CREDENTIALS',
    );
    // The address is free for somebody new, who has nothing of the person before.
    const again = await ask.publicly(
      'signUp',
      { email, password: 'another password' },
      asGuest(),
      '... on SignedIn { customer { id } }',
    );
    expect(again.customer.id).not.toBe(session!.customer);
  });

  it('waits for points that are set aside for an order, and goes on by itself when they are free', async () => {
    const id = await plainPerson('holding@example.com');
    await ask.publicly(
      'loyaltyAdjust',
      { customerId: id, points: 40, reason: 'Sorry', idempotencyKey: newId() },
      staff,
    );
    const [held] = await db.sql<
      { status: string }[]
    >`select * from customers.place_hold('order-1', 'POINTS', ${id}, 'POINTS', 30, 600)`;
    expect(held).toMatchObject({ status: 'HELD' });
    const { request } = await erase({ customerId: id, confirmation: id });
    await waiting(request.id, { state: 'WAITING', missing: ['holds'] });
    expect(await run('/graphql', 'query ($id: ID!) { customer(id: $id) { givenName } }', { id }, staff)).toEqual({
      customer: { givenName: 'Ada' },
    });
    await db.sql`select customers.end_holds('order-1', 'RELEASED')`;
    await db.sql`update customers.privacy_requests set due_at = customers.app_now() where request_id = ${request.id}`;
    await completed(request.id);
    const [account] = await db.sql<
      Data[]
    >`select balance, held from customers.accounts where kind = 'POINTS' and owner_id = ${id}`;
    expect(account).toEqual({ balance: '0', held: '0' });
  });

  it('is refused as long as a company has no other administrator, and waits when it comes to that later', async () => {
    const id = await plainPerson('admin@example.com');
    const { companyId } = await ask.internally('companyUpsert', { name: 'Only One' }, 'companyId');
    const join = (customerId: string) => db.sql`
      insert into customers.company_members (member_id, company_id, customer_id, role, joined_at)
      values (${newId()}, ${companyId}, ${customerId}, 'ADMIN', customers.app_now())`;
    await join(id);
    expect(await erase({ customerId: id, confirmation: id })).toMatchObject({
      ...{ __typename: 'ErasureBlocked', code: 'LAST_ADMIN', companyIds: [companyId] },
    });
    expect(await db.sql`select from customers.privacy_requests where customer_id = ${id}`).toHaveLength(0);
    // As it is when the other administrator left behind the request.
    const requestId = newId();
    await db.sql`insert into customers.privacy_requests (request_id, kind, customer_id, requested_by, key_hash, request_hash, state, step, due_at, requested_at)
      values (${requestId}, 'ERASE', ${id}, ${id}, 'k', 'r', 'RUNNING', 'ERASE', customers.app_now(), customers.app_now())`;
    await waiting(requestId, { state: 'WAITING', missing: ['company'] });
    expect(await db.sql`select from customers.identities where customer_id = ${id}`).toHaveLength(1);
    await join(await plainPerson('other-admin@example.com'));
    await db.sql`update customers.privacy_requests set due_at = customers.app_now() where request_id = ${requestId}`;
    await completed(requestId);
    const members = await db.sql<
      Data[]
    >`select left_at is null as active from customers.company_members where company_id = ${companyId} and customer_id = ${id}`;
    expect(members).toEqual([{ active: false }]);
  });

  it.each([
    ['somebody else', 'somebody@else.example'],
    ['nobody', ''],
    ['another id', newId()],
  ])('is refused when the confirmation names %s', async (_, confirmation) => {
    const id = await plainPerson('unsure@example.com');
    expect(await erase({ customerId: id, confirmation })).toMatchObject({
      __typename: 'InvalidInput',
      code: 'CONFIRMATION_MISMATCH',
    });
    expect(await db.sql`select from customers.privacy_requests where customer_id = ${id}`).toHaveLength(0);
  });

  it('waits until every part of the system has forgotten the person, and tells them again', async () => {
    const id = await plainPerson('elsewhere@example.com');
    orders.answersErasures = false;
    const { request } = await erase({ customerId: id, confirmation: id });
    await waiting(request.id, { state: 'WAITING', missing: ['orders'], completedAt: null });
    const told = () => heard.filter(({ payload }) => (payload as Data).customerId === id).length;
    await eventually(() => expect(told()).toBe(1));
    orders.answersErasures = true;
    await db.sql`update customers.privacy_requests set due_at = customers.app_now() where request_id = ${request.id}`;
    await completed(request.id);
    expect(told()).toBe(2);
  });

  it('is one request, however often and by whom it is asked at once', async () => {
    const id = await plainPerson('impatient@example.com');
    const idempotencyKey = newId();
    const asked = await Promise.all([
      ...Array.from({ length: 10 }, () => erase({ customerId: id, confirmation: id, idempotencyKey })),
      ...Array.from({ length: 10 }, () => erase({ confirmation: id }, asCustomer(id))),
    ]);
    expect(new Set(asked.map(({ request }) => request.id)).size).toBe(1);
    await completed(asked[0].request.id);
    expect((await erase({ customerId: id, confirmation: id, idempotencyKey })).request).toMatchObject({
      state: 'COMPLETED',
    });
  });

  it('takes a key that made a request for no other person', async () => {
    const [id, other] = [await plainPerson('keyed@example.com'), await plainPerson('bystander@example.com')];
    const idempotencyKey = newId();
    await erase({ customerId: id, confirmation: id, idempotencyKey });
    expect(await erase({ customerId: other, confirmation: other, idempotencyKey })).toMatchObject({
      __typename: 'IdempotencyKeyReused',
    });
  });

  it('can be repeated for somebody who was forgotten', async () => {
    const id = await plainPerson('twice@example.com');
    await completed((await erase({ customerId: id, confirmation: id })).request.id);
    await completed((await erase({ customerId: id, confirmation: id })).request.id);
    expect(await exportOf({ customerId: id })).toMatchObject({ __typename: 'NotFound' });
  });

  it('lets nothing personal be added by what was under way at the same time', async () => {
    for (let round = 0; round < 3; round += 1) {
      const email = `racing${round}@example.com`;
      const { customer } = await ask.publicly(
        'signUp',
        { email, password: 'a good password' },
        asGuest(),
        '... on SignedIn { customer { id } }',
      );
      const { id } = customer;
      const late = `late${round}mark`;
      const own = asCustomer(id);
      const address = { street: late, city: late, postalCode: '10115', country: 'DE' };
      const [erased] = await Promise.all([
        erase({ customerId: id, confirmation: id }),
        ...Array.from({ length: 4 }, () =>
          Promise.allSettled([
            ask.publicly('addressAdd', { address }, own),
            ask.publicly('profileUpdate', { givenName: late }, own),
            ask.publicly('customerNoteAdd', { customerId: id, body: late }, staff),
            ask.publicly('signIn', { email, password: 'a good password' }, asGuest()),
            ask.internally('customerEnsure', { email, familyName: late }, 'customerId'),
          ]),
        ),
      ]);
      await completed(erased.request.id);
      const found = await scanForValues(database.adminUrl, [late]);
      // Whoever names the free address afterwards is somebody new.
      const [row] = await db.sql<
        Data[]
      >`select given_name, family_name from customers.customers where customer_id = ${id}`;
      expect(row).toEqual({ given_name: null, family_name: null });
      expect(found.filter(({ table }) => table !== 'customers.customers')).toEqual([]);
      expect(await db.sql`select from customers.sessions where customer_id = ${id}`).toHaveLength(0);
      expect(await db.sql`select from customers.identities where customer_id = ${id}`).toHaveLength(0);
    }
  });

  it.each([
    ["insert into customers.notes values (gen_random_uuid(), 'ID', 'late', 'x', now())", 'this person was forgotten'],
    ["insert into customers.preferences values ('ID', 'late', '\"late\"', now())", 'this person was forgotten'],
  ])('holds against what passes by the commands: %s', async (statement, message) => {
    const id = await plainPerson('held-against@example.com');
    await completed((await erase({ customerId: id, confirmation: id })).request.id);
    await expect(db.sql.unsafe(statement.replace('ID', id))).rejects.toThrow(message);
  });

  it('drops mails and groups that come too late, without a fault', async () => {
    const id = await plainPerson('dropped@example.com');
    await completed((await erase({ customerId: id, confirmation: id })).request.id);
    await db.sql`insert into customers.mails (mail_id, kind, customer_id, parameters, tries, due_at, created_at)
      values (${newId()}, 'x', ${id}, '{}', 0, now(), now())`;
    expect(await db.sql`select from customers.mails where customer_id = ${id}`).toHaveLength(0);
  });
});

describe('privacyExport', () => {
  it('collects everything that a person left anywhere, under all of their ids', async () => {
    const person = await makeMarkedPerson(ask, 'curious');
    orders.asked.length = 0;
    const { request } = await exportOf({}, asCustomer(person.id));
    const done = await completed(request.id);
    expect(Date.parse(done.expiresAt) - Date.parse(done.completedAt)).toBe(7 * 24 * 3600 * 1000);
    const parts = await partsOf(request.id, asCustomer(person.id));
    const text = JSON.stringify(parts).toLowerCase();
    expect(person.marks.filter((mark) => !text.includes(mark))).toEqual([]);
    expect(orders.asked).toEqual([
      [person.id, person.formerId],
      [person.id, person.formerId],
    ]);
    expect(parts.filter(({ subgraph }) => subgraph === 'orders')).toEqual([
      { subgraph: 'orders', kind: 'order', data: [{ customerId: person.id, note: 'from orders' }] },
      { subgraph: 'orders', kind: 'cart', data: [{ customerId: person.id, note: 'from orders' }] },
    ]);
    // No secret and nothing that one could be guessed from.
    const [secrets] = await db.sql<Data[]>`
      select w.hash, c.secret_hash from customers.passwords w join customers.credentials c using (customer_id) where customer_id = ${person.id}`;
    expect([text.includes(secrets.hash.toLowerCase()), text.includes(secrets.secret_hash)]).toEqual([false, false]);
  });

  it('reads pages to their end, each record once', async () => {
    const id = await plainPerson('prolific@example.com');
    await db.sql`insert into customers.notes (note_id, customer_id, body, author, created_at)
      select gen_random_uuid(), ${id}, 'note ' || n, 'staff-1', customers.app_now() from generate_series(1, 250) n`;
    const { request } = await exportOf({ customerId: id });
    await completed(request.id);
    const notes = (await partsOf(request.id)).filter(({ kind }) => kind === 'notes');
    expect(notes.map(({ data }) => data.length)).toEqual([100, 100, 50]);
    expect(new Set(notes.flatMap(({ data }) => data.map((note: Data) => note.body))).size).toBe(250);
  });

  it('waits for a part of the system that does not answer, says which, and goes on where it was', async () => {
    const id = await plainPerson('patient@example.com');
    orders.isDown = true;
    const { request } = await exportOf({ customerId: id });
    await waiting(request.id, { state: 'WAITING', missing: ['orders'] });
    const before = await partsOf(request.id);
    expect(before.some(({ kind }) => kind === 'identities')).toBe(true);
    orders.isDown = false;
    await db.sql`update customers.privacy_requests set due_at = customers.app_now() where request_id = ${request.id}`;
    await completed(request.id);
    const after = await partsOf(request.id);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length).map(({ subgraph }) => subgraph)).toEqual(['orders', 'orders']);
  });

  it.each([
    ['no parts', { personalData: { cursor: null } }],
    [
      'too many parts',
      { personalData: { parts: Array.from({ length: 101 }, () => ({ kind: 'x', data: 1 })), cursor: null } },
    ],
    ['a kind that is none', { personalData: { parts: [{ kind: { __proto__: null }, data: 1 }], cursor: null } }],
    ['nothing', null],
  ])('waits when orders answers %s', async (_, data) => {
    const id = await plainPerson(`hostile${newId()}@example.com`);
    const answer = orders.execute.bind(orders);
    orders.execute = () => Promise.resolve({ data } as GraphResult);
    const { request } = await exportOf({ customerId: id });
    await waiting(request.id, { state: 'WAITING', missing: ['orders'] });
    orders.execute = answer;
    await db.sql`update customers.privacy_requests set due_at = customers.app_now() where request_id = ${request.id}`;
    await completed(request.id);
  });

  it('goes on in another process when one dies, and adds no part twice when two work on it', async () => {
    const id = await plainPerson('unlucky@example.com');
    orders.isDown = true;
    const { request } = await exportOf({ customerId: id });
    await waiting(request.id, { state: 'WAITING' });
    orders.isDown = false;
    // As a process leaves it that dies in the middle: leased, at the third step, with what came before.
    await db.sql`delete from customers.privacy_parts where request_id = ${request.id}`;
    await db.sql`update customers.privacy_requests set state = 'RUNNING', step = 'identities', position = null, part_count = 0, missing = '{}',
      lease_owner = ${newId()}, leased_until = customers.app_now() - interval '1 second', due_at = customers.app_now() where request_id = ${request.id}`;
    await Promise.all(Array.from({ length: 5 }, workNow));
    await completed(request.id);
    const kinds = (await partsOf(request.id)).map(({ subgraph, kind }) => `${subgraph} ${kind}`);
    expect(kinds).toEqual([...new Set(kinds)]);
    expect(kinds).toContain('customers identities');
    expect(kinds).toContain('orders cart');
  });

  it('leaves a request alone that somebody else works on', async () => {
    const id = await plainPerson('leased@example.com');
    orders.isDown = true;
    const { request } = await exportOf({ customerId: id });
    await waiting(request.id, { state: 'WAITING' });
    orders.isDown = false;
    await db.sql`update customers.privacy_requests set lease_owner = ${newId()}, leased_until = customers.app_now() + interval '1 minute',
      due_at = customers.app_now() where request_id = ${request.id}`;
    await workNow();
    expect(await requestOf(request.id)).toMatchObject({ state: 'WAITING' });
    await db.sql`update customers.privacy_requests set leased_until = customers.app_now() where request_id = ${request.id}`;
    await completed(request.id);
  });

  it('answers who asks again with what was collected just now', async () => {
    const id = await plainPerson('again@example.com');
    const first = await exportOf({ customerId: id });
    await completed(first.request.id);
    expect((await exportOf({}, asCustomer(id))).request.id).toBe(first.request.id);
    await db.sql`update customers.privacy_requests set completed_at = completed_at - interval '11 minutes' where request_id = ${first.request.id}`;
    expect((await exportOf({}, asCustomer(id))).request.id).not.toBe(first.request.id);
  });

  it('is deleted after seven days', async () => {
    const id = await plainPerson('kept@example.com');
    const { request } = await exportOf({ customerId: id });
    await completed(request.id);
    expect((await partsOf(request.id)).length).toBeGreaterThan(0);
    const later = database.open('customers', { nowOffset: '7 days 1 minute' });
    await advanceRequests(deps({ db: later, orders: undefined }), () => false);
    expect(await requestOf(request.id)).toMatchObject({ state: 'EXPIRED' });
    expect(await partsOf(request.id)).toEqual([]);
  });
});

describe('who may', () => {
  const strangers = (): [string, Call][] => [
    ['another customer', asCustomer(newId())],
    ['a guest', asGuest()],
    ['staff without the scope', asStaff(['customers:read', 'customers:write'])],
    [
      'an integration',
      {
        ...staff,
        caller: {
          role: 'integration',
          subject: 'partner',
          channel: 'web',
          scopes: ['customers:read'],
        } satisfies Caller,
      },
    ],
  ];

  it('lets others see neither that there is somebody nor what was collected', async () => {
    const id = await plainPerson('private@example.com');
    const { request } = await exportOf({}, asCustomer(id));
    await completed(request.id);
    for (const [who, call] of strangers()) {
      expect([who, await exportOf({ customerId: id }, call)]).toEqual([
        who,
        await exportOf({ customerId: newId() }, call),
      ]);
      expect([who, await exportOf({ customerId: id }, call)]).toMatchObject([who, { __typename: 'NotFound' }]);
      expect([who, await erase({ customerId: id, confirmation: id }, call)]).toMatchObject([
        who,
        { __typename: 'NotFound' },
      ]);
      expect([who, await requestOf(request.id, call)]).toEqual([who, null]);
    }
    expect(await requestOf(request.id, asCustomer(id))).toMatchObject({ state: 'COMPLETED' });
    expect(await requestOf('no id')).toBeNull();
    expect(
      await db.sql`select from customers.privacy_requests where customer_id = ${id} and kind = 'ERASE'`,
    ).toHaveLength(0);
  });

  it('lets a person act under an id that was merged into theirs', async () => {
    const [survivorId, absorbedId] = [
      await plainPerson('survivor@example.com'),
      await plainPerson('absorbed@example.com'),
    ];
    await ask.publicly(
      'customerMerge',
      {
        ...{ survivorId, absorbedId, idempotencyKey: newId() },
        expectedSurvivorVersion: await ask.versionOf(survivorId),
        expectedAbsorbedVersion: await ask.versionOf(absorbedId),
      },
      staff,
    );
    const { request } = await exportOf({ customerId: survivorId }, asCustomer(absorbedId));
    await completed(request.id);
    expect(await requestOf(request.id, asCustomer(absorbedId))).toMatchObject({ state: 'COMPLETED' });
    const { request: erasure } = await erase({ confirmation: 'absorbed@example.com' }, asCustomer(absorbedId));
    await completed(erasure.id);
    expect(heard.at(-1)!.payload).toEqual({ customerId: survivorId, formerIds: [absorbedId] });
  });
});
