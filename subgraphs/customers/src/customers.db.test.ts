import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { DomainEvent } from '@kontor/kit/src/events/event.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asCustomer, asGuest, asService, asStaff, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';

let database: TestDatabase;
let db: Database;
let service: Service;
// Answers are what the assertions below say they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Data = any;

const heard: DomainEvent[] = [];
const statements: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  db = database.open('customers', { onQuery: (query) => void statements.push(query) });
  const { customers: identity } = await createTestIdentities(['customers']);
  const bus = createMemoryBus();
  await bus.consume('test', ['customers.customer.changed'], async (events) => void heard.push(...events));
  service = createApp({ db, bus, identity: identity, logger: silentLogger });
  await service.start();
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const internal = async (query: string, variables: Record<string, unknown>, call: Call = asService()) =>
  service.graph('/internal/graphql').execute<Data>({ query, variables }, call);
const publicly = async (query: string, variables: Record<string, unknown>, call: Call) =>
  service.graph().execute<Data>({ query, variables }, call);

const ENSURE =
  'mutation ($input: CustomerEnsureInput!) { customerEnsure(input: $input) { customerId created ambiguous } }';
const ensure = async (input: Record<string, unknown>) => {
  const { data, errors } = await internal(ENSURE, { input });
  expect(errors).toBeUndefined();
  return data.customerEnsure as { customerId: string; created: boolean; ambiguous: boolean };
};
const company = async (name: string, taxId: string | null = null) => {
  const query = 'mutation ($input: CompanyUpsertInput!) { companyUpsert(input: $input) { companyId } }';
  return (await internal(query, { input: { name, taxId } })).data.companyUpsert.companyId as string;
};
const REGISTER = 'mutation ($input: CredentialUpsertInput!) { credentialUpsert(input: $input) { credentialId } }';
const register = async (input: Record<string, unknown>) => {
  const { data, errors } = await internal(REGISTER, { input: { label: 'A key', scopes: [], ...input } });
  expect(errors).toBeUndefined();
  return data.credentialUpsert.credentialId as string;
};
const authenticate = async (credential: string) => {
  const query =
    'query ($credential: String!) { authenticate(credential: $credential) { role subject channel scopes customerId companyId locationId } }';
  return (await internal(query, { credential })).data.authenticate;
};
const PROFILE = '{ id email givenName familyName phone company { id name taxId } createdAt }';
const staff = asStaff(['customers:read']);
const profile = async (id: string) =>
  (await publicly(`query ($id: ID!) { customer(id: $id) ${PROFILE} }`, { id }, staff)).data.customer;
const UPDATE = `mutation ($input: ProfileUpdateInput!) { profileUpdate(input: $input) { __typename
  ... on ProfileUpdated { customer ${PROFILE} } ... on InvalidInput { code path } } }`;
const update = async (input: Record<string, unknown>, call: Call) => publicly(UPDATE, { input }, call);
const revisionsOf = (id: string) =>
  heard.filter((event) => event.key === id).map((event) => (event.payload as { revision: number }).revision);

describe('customerEnsure', () => {
  it('makes one profile when many name one address at once, and tells it to exactly one', async () => {
    const results = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        ensure({ email: index % 2 ? ' Race@Example.com' : 'race@example.com ', givenName: 'Ada' }),
      ),
    );
    expect(new Set(results.map((result) => result.customerId)).size).toBe(1);
    expect(results.filter((result) => result.created)).toHaveLength(1);
    const { customerId } = results[0]!;
    expect(await profile(customerId)).toMatchObject({ email: 'race@example.com', givenName: 'Ada', familyName: null });
    await eventually(() => expect(revisionsOf(customerId)).toEqual([1]));
    expect(heard.find((event) => event.key === customerId)?.payload).toEqual({
      customerId,
      revision: 1,
    });
  });

  it('fills only what is missing, also when two know different things at once', async () => {
    const { customerId } = await ensure({ email: 'fill@example.com', givenName: 'Grace' });
    await Promise.all([
      ensure({ email: 'fill@example.com', givenName: 'Other', familyName: 'Hopper' }),
      ensure({ email: 'FILL@example.com', phone: '+49 30 123456' }),
    ]);
    expect(await profile(customerId)).toMatchObject({ givenName: 'Grace', familyName: 'Hopper', phone: '+4930123456' });
    await eventually(() => expect(revisionsOf(customerId)).toEqual([1, 2, 3]));
  });

  it('writes nothing and locks nothing for a person who is known', async () => {
    const { customerId } = await ensure({ email: 'known@example.com', givenName: 'Ada' });
    await eventually(() => expect(revisionsOf(customerId)).toEqual([1]));
    statements.length = 0;
    expect(await ensure({ email: 'known@example.com', givenName: 'Somebody else' })).toEqual({
      customerId,
      created: false,
      ambiguous: false,
    });
    const own = statements.filter((statement) => statement.includes('customers.identities'));
    expect(own).toHaveLength(1);
    expect(own[0]).toMatch(/^\s*select/);
    expect(own[0]).not.toContain('for update');
    expect(await profile(customerId)).toMatchObject({ givenName: 'Ada' });
  });

  it.each([
    [{ email: 'no address' }, 'email'],
    [{ email: 'ok@example.com', phone: '030 1' }, 'phone'],
    [{ email: 'ok@example.com', givenName: 'x'.repeat(101) }, 'givenName'],
    [{ email: 'ok@example.com', companyId: 'none' }, 'companyId'],
    [{ email: 'ok@example.com', companyId: newId() }, 'companyId'],
  ])('refuses %j and keeps nothing', async (input, field) => {
    const { errors } = await internal(ENSURE, { input });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: ['input', field] });
    const { data } = await publicly('{ customerByEmail(email: "ok@example.com") { id } }', {}, staff);
    expect(data.customerByEmail).toBeNull();
  });
});

describe('companyUpsert', () => {
  it('makes one company of a name and keeps its tax number when none is named', async () => {
    const ids = await Promise.all([
      company('Analytical Engines', 'DE123'),
      company(' Analytical Engines '),
      company('Analytical Engines'),
    ]);
    expect(new Set(ids).size).toBe(1);
    const { customerId } = await ensure({ email: 'buyer@engines.example', companyId: ids[0] });
    expect((await profile(customerId)).company).toEqual({ id: ids[0], name: 'Analytical Engines', taxId: 'DE123' });
  });
});

describe('authenticate', () => {
  it('knows a customer with the company, in one statement', async () => {
    const companyId = await company('Difference Engines');
    const { customerId } = await ensure({ email: 'ada@engines.example', companyId });
    await register({ secret: 'customer-access-key-1', role: 'customer', customerId });
    statements.length = 0;
    expect(await authenticate('customer-access-key-1')).toEqual({
      role: 'customer',
      subject: customerId,
      channel: null,
      scopes: [],
      customerId,
      companyId,
      locationId: null,
    });
    expect(statements.filter((statement) => statement.includes('credentials'))).toHaveLength(1);
  });

  it('knows staff and integrations by the id of their credential', async () => {
    const locationId = newId();
    const id = await register({
      secret: 'till-number-one-key',
      role: 'staff',
      channel: 'pos',
      scopes: ['stock:read', 'stock:read'],
      locationId,
    });
    expect(await authenticate('till-number-one-key')).toEqual({
      role: 'staff',
      subject: id,
      channel: 'pos',
      scopes: ['stock:read'],
      customerId: null,
      companyId: null,
      locationId,
    });
  });

  it('answers null for a secret that nobody holds, too short or too long', async () => {
    for (const secret of ['nobody-holds-this-one', 'short', '', 'x'.repeat(513), "' or true --          "])
      expect(await authenticate(secret)).toBeNull();
  });

  it('answers null once a credential is revoked, and registering it again does not bring it back', async () => {
    const credential = { secret: 'a-key-to-be-revoked', role: 'integration', channel: 'marketplace' };
    const credentialId = await register(credential);
    expect(await authenticate(credential.secret)).not.toBeNull();
    const revoke = 'mutation ($input: CredentialRevokeInput!) { credentialRevoke(input: $input) { revoked } }';
    expect((await internal(revoke, { input: { credentialId } })).data.credentialRevoke).toEqual({ revoked: true });
    expect((await internal(revoke, { input: { credentialId } })).data.credentialRevoke).toEqual({ revoked: false });
    expect((await internal(revoke, { input: { credentialId: 'none' } })).data.credentialRevoke).toEqual({
      revoked: false,
    });
    expect(await register(credential)).toBe(credentialId);
    expect(await authenticate(credential.secret)).toBeNull();
  });

  it('keeps one credential of a secret that many register at once, and the secret nowhere', async () => {
    const secret = 'registered-many-times';
    const ids = await Promise.all(
      Array.from({ length: 10 }, () => register({ secret, role: 'staff', scopes: ['prices:write'] })),
    );
    expect(new Set(ids).size).toBe(1);
    const rows = await db.sql`select c::text as row from customers.credentials c`;
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it.each([
    ['secret', { secret: 'too-short' }],
    ['secret', { secret: 'with a blank in it' }],
    ['role', { role: 'service' }],
    ['scopes', { scopes: ['internal'] }],
    ['scopes', { scopes: ['*'] }],
    ['customerId', { role: 'customer' }],
    ['customerId', { role: 'customer', customerId: newId() }],
    ['customerId', { customerId: newId() }],
    ['locationId', { locationId: 'here' }],
  ])('refuses to register a credential with a wrong %s: %j', async (field, change) => {
    const input = { secret: 'a-secret-never-registered', label: 'A key', role: 'staff', scopes: [], ...change };
    const { errors } = await internal(REGISTER, { input });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', path: ['input', field] });
    expect(await authenticate(input.secret)).toBeNull();
  });

  it.each([
    ['a guest', asGuest()],
    ['staff', asStaff(['customers:read'])],
    ['a customer', asCustomer(newId())],
  ])('is not for %s to ask', async (_, call) => {
    const { data, errors } = await internal('{ authenticate(credential: "till-number-one-key") { role } }', {}, call);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect(data?.authenticate ?? null).toBeNull();
  });
});

describe('who sees a profile', () => {
  const ENTITIES = `query ($of: [_Any!]!) { _entities(representations: $of) { __typename
    ... on Customer { email company { name } } ... on Company { name } } }`;
  const entities = async (of: Record<string, string>[], call: Call) =>
    (await publicly(ENTITIES, { of }, call)).data._entities;
  let mine: string;
  let other: string;
  let companyId: string;

  beforeAll(async () => {
    companyId = await company('Seen Limited');
    mine = (await ensure({ email: 'mine@example.com', companyId })).customerId;
    other = (await ensure({ email: 'other@example.com' })).customerId;
  });

  it('shows their own to customers, and null for everybody else', async () => {
    const query = `query ($mine: ID!, $other: ID!) { me { id } mine: customer(id: $mine) { email company { name } } other: customer(id: $other) { email } none: customer(id: "none") { id } }`;
    const { data } = await publicly(query, { mine, other }, asCustomer(mine));
    expect(data).toEqual({
      me: { id: mine },
      mine: { email: 'mine@example.com', company: { name: 'Seen Limited' } },
      other: null,
      none: null,
    });
  });

  it('shows none to guests and to staff without the scope', async () => {
    for (const call of [asGuest(), asStaff([])])
      expect(
        (await publicly('query ($id: ID!) { me { id } customer(id: $id) { id } }', { id: mine }, call)).data,
      ).toEqual({ me: null, customer: null });
  });

  it('finds by address for staff with the scope, and refuses everybody else', async () => {
    const query =
      '{ customerByEmail(email: " MINE@example.com") { id } bad: customerByEmail(email: "nothing") { id } }';
    expect((await publicly(query, {}, staff)).data).toEqual({ customerByEmail: { id: mine }, bad: null });
    for (const call of [asGuest(), asCustomer(mine), asStaff([])]) {
      const { data, errors } = await publicly(query, {}, call);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
      expect(data?.customerByEmail ?? null).toBeNull();
    }
  });

  it('guards references in the same way, in one statement for many', async () => {
    const of = [
      { __typename: 'Customer', id: mine },
      { __typename: 'Customer', id: other },
      { __typename: 'Company', id: companyId },
      { __typename: 'Customer', id: newId() },
      { __typename: 'Customer', id: 'no id' },
    ];
    const seen = { __typename: 'Customer', email: 'mine@example.com', company: { name: 'Seen Limited' } };
    // Members see the company that they buy for.
    const company = { __typename: 'Company', name: 'Seen Limited' };
    expect(await entities(of, asCustomer(mine))).toEqual([seen, null, company, null, null]);
    expect(await entities(of, asGuest())).toEqual([null, null, null, null, null]);
    const member = callAs({
      role: 'customer',
      subject: other,
      customerId: other,
      companyId,
      channel: 'b2b',
      scopes: [],
    });
    // What a token says of a company opens none that its holder is not a member of.
    expect((await entities(of, member))[2]).toBeNull();
    statements.length = 0;
    const all = await entities(of, asService());
    expect(all).toEqual([
      seen,
      { __typename: 'Customer', email: 'other@example.com', company: null },
      { __typename: 'Company', name: 'Seen Limited' },
      null,
      null,
    ]);
    expect(statements.filter((statement) => statement.includes('from customers.customers asked'))).toHaveLength(1);
    expect(statements.filter((statement) => /customers"?\."?companies\b/.test(statement))).toHaveLength(1);
  });
});

describe('profileUpdate', () => {
  it('changes what is named, clears what is null, keeps the rest, and tells each change once', async () => {
    const { customerId } = await ensure({
      email: 'update@example.com',
      givenName: 'Ada',
      familyName: 'Byron',
      phone: '+4930123456',
    });
    const { data } = await update({ familyName: ' Lovelace ', phone: null }, asCustomer(customerId));
    expect(data.profileUpdate).toMatchObject({
      __typename: 'ProfileUpdated',
      customer: { id: customerId, email: 'update@example.com', givenName: 'Ada', familyName: 'Lovelace', phone: null },
    });
    // What already is changes nothing: neither does nothing at all.
    for (const input of [{ familyName: 'Lovelace' }, {}]) {
      const again = await update(input, asCustomer(customerId));
      expect(again.data.profileUpdate).toEqual(data.profileUpdate);
    }
    await update({ givenName: 'Augusta' }, asCustomer(customerId));
    await eventually(() => expect(revisionsOf(customerId)).toEqual([1, 2, 3]));
  });

  it.each([
    ['givenName', { givenName: 'x'.repeat(101) }, 'INVALID_NAME'],
    ['familyName', { givenName: 'Kept out', familyName: 'a\nb' }, 'INVALID_NAME'],
    ['phone', { phone: '030 123456' }, 'INVALID_PHONE'],
  ])('answers InvalidInput at %s and changes nothing', async (field, input, code) => {
    const { customerId } = await ensure({ email: 'invalid@example.com', givenName: 'Ada' });
    const before = await profile(customerId);
    const { data } = await update(input, asCustomer(customerId));
    expect(data.profileUpdate).toEqual({ __typename: 'InvalidInput', code, path: ['input', field] });
    expect(await profile(customerId)).toEqual(before);
  });

  it('counts every change of a profile that many change at once', async () => {
    const { customerId } = await ensure({ email: 'busy@example.com' });
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => update({ givenName: `Name ${index}` }, asCustomer(customerId))),
    );
    await eventually(() => expect(revisionsOf(customerId)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]));
  });

  it('is refused to guests, staff and customers without a profile', async () => {
    for (const call of [asGuest(), staff, asStaff(['profile']), asCustomer(newId())]) {
      const { errors } = await update({ givenName: 'Nobody' }, call);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    }
    const [row] = await db.sql`select count(*)::int as count from customers.customers where given_name = 'Nobody'`;
    expect(row!.count).toBe(0);
  });
});
