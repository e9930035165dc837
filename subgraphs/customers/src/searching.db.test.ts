import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asCustomer, asGuest, asService, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { searchCustomers } from './data/searching/search-customers.ts';
import { readSearch } from './domain/searching/read-search.ts';

let database: TestDatabase;
let db: Database;
let service: Service;
// Answers are what the assertions below say they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Data = any;

// Each call has a credential of its own, so that searches of one test do not count for another.
const staff = (scopes: readonly string[]): Call =>
  callAs({ role: 'staff', subject: 'staff', channel: 'pos', scopes, credentialId: newId() });
const till = () => staff(['customers:lookup']);
const office = () => staff(['customers:lookup', 'customers:read']);

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers');
  const { customers: identity } = await createTestIdentities(['customers']);
  service = createApp({ db, bus: createMemoryBus(), identity, logger: silentLogger });
  await service.start();
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const SEARCH = `query ($query: String!, $first: Int) { customerSearch(query: $query, first: $first) {
  customer { id givenName familyName email phone company { id } } displayName maskedEmail maskedPhone loyaltyCardLast4 matchedBy score } }`;
const ask = (query: string, { call = till(), first }: { call?: Call; first?: number } = {}) =>
  service.graph().execute<Data>({ query: SEARCH, variables: { query, first } }, call);
const search = async (query: string, options: { call?: Call; first?: number } = {}) => {
  const { data, errors } = await ask(query, options);
  expect(errors).toBeUndefined();
  return data.customerSearch as Data[];
};
const found = async (query: string) => (await search(query)).map((match) => match.customer.id as string);

interface Somebody {
  givenName?: string;
  familyName?: string;
  email?: string;
  phone?: string;
  card?: string;
}
async function make({ givenName, familyName, email, phone, card }: Somebody, isVerified = true): Promise<string> {
  const id = newId();
  await db.sql`insert into customers.customers (customer_id, given_name, family_name, revision, created_at, updated_at)
    values (${id}, ${givenName ?? null}, ${familyName ?? null}, 1, now(), now())`;
  const identities = { EMAIL: email, PHONE: phone, LOYALTY_CARD: card };
  for (const [kind, value] of Object.entries(identities)) {
    if (value === undefined) continue;
    await db.sql`insert into customers.identities (identity_id, customer_id, kind, value, is_primary, verified_at, created_at)
      values (${newId()}, ${id}, ${kind}, ${value}, true, ${isVerified ? '2026-01-01T00:00:00Z' : null}, now())`;
  }
  return id;
}

describe('customerSearch by what identifies a person', () => {
  it('finds an address whatever its case, and shows a register no more than it needs', async () => {
    const id = await make({
      givenName: 'Ada',
      familyName: 'Byron',
      email: 'ada@byron.example',
      phone: '+4930111222',
      card: 'LC00012345',
    });
    expect(await search(' ADA@byron.example ')).toEqual([
      {
        customer: { id, givenName: 'Ada', familyName: 'Byron', email: null, phone: null, company: null },
        displayName: 'Ada Byron',
        maskedEmail: 'a***@b***.example',
        maskedPhone: '***222',
        loyaltyCardLast4: '2345',
        matchedBy: 'EMAIL',
        score: 1,
      },
    ]);
    const [whole] = await search('ada@byron.example', { call: office() });
    expect(whole.customer).toMatchObject({ email: 'ada@byron.example', phone: '+4930111222' });
    expect(await found('lc 0001-2345')).toEqual([id]);
    expect(await search('LC00012345')).toMatchObject([{ matchedBy: 'LOYALTY_CARD', score: 1 }]);
  });

  it('finds a number in any way of writing, with its country, without it and by its end', async () => {
    const id = await make({ familyName: 'Numbered', phone: '+4915123456789' });
    for (const written of [
      '+49 151 2345-6789',
      '0049 (151) 23456789',
      '0151/23456789',
      '151 2345 6789',
      '56789',
      '6789',
    ])
      expect(await found(written), written).toEqual([id]);
    expect((await search('+4915123456789'))[0]).toMatchObject({ matchedBy: 'PHONE', score: 1 });
    expect((await search('0151 23456789'))[0]).toMatchObject({ matchedBy: 'PHONE', score: 0.9 });
    expect((await search('6789'))[0]).toMatchObject({ matchedBy: 'PHONE', score: 0.8 });
    expect(await found('+43 151 23456789')).toEqual([]);
    expect(await found('15123456')).toEqual([]);
  });

  it('shows everybody who shares a number, the one who has shown that it is theirs first', async () => {
    const child = await make({ familyName: 'Sharing', givenName: 'Child', phone: '+390612345' }, false);
    const parent = await make({ familyName: 'Sharing', givenName: 'Parent', phone: '+390612345' });
    expect(await found('+39 06 12345')).toEqual([parent, child]);
  });
});

describe('customerSearch by name', () => {
  it('finds a name with typing errors, in any order, whatever its case and accents, the likest first', async () => {
    const jana = await make({ givenName: 'Jana', familyName: 'Lindqvist' });
    const janina = await make({ givenName: 'Janina', familyName: 'Lindquist' });
    expect((await found('Jana Lindqvist'))[0]).toBe(jana);
    for (const typed of ['Jana Lindqist', 'lindqvist jana', 'JANA LÍNDQVIST', 'lindqvst', 'jana lindqvsit'])
      expect((await found(typed))[0], typed).toBe(jana);
    expect((await found('Janina Lindquist'))[0]).toBe(janina);
    expect((await search('jana lindqvist'))[0]).toMatchObject({ matchedBy: 'NAME', score: 0.75 });
  });

  it.each([
    ['Müller', 'muller'],
    ['Straßmann', 'STRASSMANN'],
    ['Sørensen-Ægir', 'sorensen aegir'],
    ['O’Connolly', "o'connolly"],
    ['Łukaszewicz', 'lukaszewicz'],
    ['Щербаков', 'щербаков'],
    ['Щербаковский', 'Shcherbakovskiy'],
    ['Παπαδόπουλος', 'ΠΑΠΑΔΟΠΟΥΛΟΣ'],
    ['Nguyễn Thị', 'nguyen thi'],
    ['İnönü', 'inonu'],
    ['王小龙明', '王小龙明'],
  ])('finds %s by %s', async (familyName, typed) => {
    const id = await make({ familyName });
    expect(await found(typed)).toContain(id);
  });

  it('puts what identifies somebody before those who are called so', async () => {
    const named = await make({ familyName: 'Kennung4711' });
    const carded = await make({ familyName: 'Anders', card: 'KENNUNG4711' });
    expect(await found('Kennung4711')).toEqual([carded, named]);
  });

  it.each([
    '100% off',
    '%%%',
    '___',
    'x_q_z',
    "'; drop table customers.customers; --",
    '\\\\\\',
    '%> <% abc',
    '\0\0\0\0abc',
    '\ud800abc',
  ])('takes %j for what it is', async (typed) => {
    const before = await db.sql`select count(*)::int as count from customers.customers`;
    const { data, errors } = await ask(typed);
    if (errors) expect(errors[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    else expect(data.customerSearch).toEqual([]);
    expect(await db.sql`select count(*)::int as count from customers.customers`).toEqual(before);
  });
});

describe('customerSearch', () => {
  it.each(['', '  ', 'ab', '123', '+12', 'é!', 'x'.repeat(101), '….,;'])(
    'refuses %j, which says too little or too much',
    async (typed) => {
      const { errors } = await ask(typed);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: ['query'] });
    },
  );

  it.each([0, 26, -1])('refuses to show %i people', async (first) => {
    const { errors } = await ask('Lindqvist', { first });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: ['first'] });
  });

  it.each([
    ['a guest', asGuest()],
    ['a customer', asCustomer(newId())],
    ['staff without the scope', staff(['stock:read'])],
  ])('is refused to %s', async (_, call) => {
    const { errors } = await ask('Lindqvist', { call });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });

  it('never shows who was erased or merged', async () => {
    const erased = await make({ email: 'gone@search.example' });
    await db.sql`update customers.customers set erased_at = now() where customer_id = ${erased}`;
    const survivor = await make({ familyName: 'Vanishing' });
    const absorbed = await make({ familyName: 'Vanishing', phone: '+4930777777' });
    await db.sql`update customers.customers set merged_into = ${survivor} where customer_id = ${absorbed}`;
    expect(await found('gone@search.example')).toEqual([]);
    expect(await found('Vanishing')).toEqual([survivor]);
    expect(await found('+4930777777')).toEqual([]);
  });

  it('refuses a member of the staff who searches more than a register does, and nobody else', async () => {
    const greedy = callAs({
      role: 'staff',
      subject: 'x',
      channel: 'pos',
      scopes: ['customers:lookup'],
      staffId: newId(),
    });
    for (let index = 0; index < 120; index += 1) await search('+49 30 99999', { call: greedy });
    const { data, errors } = await ask('+49 30 99999', { call: greedy });
    expect(data).toBeNull();
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number) as number });
    expect(await search('+49 30 99999')).toEqual([]);
  });

  it('asks the database at most twice, however much is found', async () => {
    for (let index = 0; index < 12; index += 1)
      await make({ givenName: 'Counted', familyName: 'Statements', email: `counted-${index}@search.example` });
    // An app that was not started: nothing runs beside its requests.
    const statements: string[] = [];
    const { customers: identity } = await createTestIdentities(['customers']);
    const app = createApp({
      db: database.open('customers', { onQuery: (query) => void statements.push(query) }),
      bus: createMemoryBus(),
      identity,
      logger: silentLogger,
    });
    const variables = { query: 'counted statements' };
    await app.graph().execute<Data>({ query: SEARCH, variables }, till());
    for (const first of [1, 10, 25]) {
      statements.length = 0;
      const { data } = await app.graph().execute<Data>({ query: SEARCH, variables: { ...variables, first } }, till());
      expect(data.customerSearch).toHaveLength(Math.min(first, 12));
      expect(statements).toHaveLength(2);
    }
    expect(await search('Counted Statements', { call: asService() })).toHaveLength(10);
  });

  it('reads indexes alone among many thousands of people', { timeout: 120_000 }, async () => {
    await db.sql`
      insert into customers.customers (customer_id, given_name, family_name, revision, created_at, updated_at)
      select gen_random_uuid(), (array['Maria','Anna','Peter','Hans','Sofia'])[1 + n % 5], 'Bulk' || substr(md5(n::text), 1, 10), 1, now(), now()
      from generate_series(1, 20000) n`;
    await db.sql`
      insert into customers.identities (identity_id, customer_id, kind, value, is_primary, created_at)
      select gen_random_uuid(), customer_id, 'PHONE', '+4917' || lpad(row_number() over ()::text, 8, '0'), true, now()
      from customers.customers where family_name like 'Bulk%'`;
    await db.sql`vacuum analyze customers.customers`;
    await db.sql`vacuum analyze customers.identities`;
    for (const query of [
      'maria',
      'anna bulk1',
      'Jana Lindqist',
      '0151 23456789',
      '6789',
      'ada@byron.example',
      'LC00012345',
    ]) {
      const read = readSearch(query);
      if (read.kind !== 'search') throw new Error(query);
      await db.orm.transaction(async (tx) => {
        // What this connection has read and not told yet: the app's own work may be among it.
        const scans = async () => [
          ...(await tx.execute(sql`select relname, seq_scan::int as scans from pg_stat_xact_user_tables
            where schemaname = 'customers' and relname in ('customers', 'identities') order by 1`)),
        ];
        const before = await scans();
        await searchCustomers(tx, read.search, 25);
        expect(await scans(), query).toEqual(before);
      });
    }
  });
});
