import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asCustomer, asGuest, asService, asStaff, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import type { KeyOptions } from './commands/keys/key-deps.ts';
import { newKeySecret } from './commands/keys/key-secret.ts';

let database: TestDatabase;
let db: Database;
let service: Service;
let live: Service;
// Answers are what the assertions below say they are.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Data = any;

const statements: string[] = [];
const started: Service[] = [];

async function start(options: KeyOptions = {}, opening: Parameters<TestDatabase['open']>[1] = {}) {
  const { customers: identity } = await createTestIdentities(['customers']);
  const opened = database.open('customers', opening);
  const app = createApp({ db: opened, bus: createMemoryBus(), identity, logger: silentLogger, ...options });
  await app.start();
  started.push(app);
  return { app, opened };
}

beforeAll(async () => {
  database = await createTestDatabase(['customers']);
  const { app, opened } = await start({}, { onQuery: (query) => void statements.push(query) });
  service = app;
  db = opened;
  live = (await start({ keyMode: 'live' })).app;
});
afterAll(async () => {
  for (const each of started) await each.stop();
  await database.drop();
});

const publicly = (query: string, variables: Record<string, unknown>, call: Call, at = service) =>
  at.graph().execute<Data>({ query, variables }, call);
const internal = async (query: string, variables: Record<string, unknown>, at = service) => {
  const { data, errors } = await at.graph('/internal/graphql').execute<Data>({ query, variables }, asService());
  expect(errors).toBeUndefined();
  return data;
};

const KEY = 'id label role scopes channel locationId prefix lastFour createdBy lastUsedAt expiresAt revokedAt';
const ERROR = '... on UserError { code message path } ... on GrantRefused { scope }';
const CREATE = `mutation ($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { __typename
  ... on ApiKeyCreated { key apiKey { ${KEY} } } ${ERROR} } }`;
const ROTATE = `mutation ($input: ApiKeyRotateInput!) { apiKeyRotate(input: $input) { __typename
  ... on ApiKeyRotated { key formerEndsAt apiKey { ${KEY} } } ${ERROR} } }`;
const REVOKE = `mutation ($input: ApiKeyRevokeInput!) { apiKeyRevoke(input: $input) { __typename
  ... on ApiKeyRevoked { revoked apiKey { ${KEY} } } ... on NotFound { code path } } }`;
const AUTHENTICATE = `query ($credential: String!) { authenticate(credential: $credential) { role subject channel scopes customerId companyId
  companyRole companyLocationId groups staffId deviceId locationId credentialId expiresAt }
  credentialRefusal(credential: $credential) { code message } }`;

const admin = asStaff(['keys:read', 'keys:write', 'channels:write', 'stock:read', 'stock:write', 'orders:read']);
const create = async (input: Record<string, unknown>, call: Call = admin, at = service) => {
  const wished = { label: 'A key', role: 'INTEGRATION', channel: 'web', scopes: [], ...input };
  const { data, errors } = await publicly(CREATE, { input: wished }, call, at);
  expect(errors).toBeUndefined();
  return data.apiKeyCreate;
};
const rotate = async (apiKeyId: string, overlapSeconds = 3_600, call: Call = admin) =>
  (await publicly(ROTATE, { input: { apiKeyId, overlapSeconds } }, call)).data.apiKeyRotate;
const revoke = async (apiKeyId: string, call: Call = admin) =>
  (await publicly(REVOKE, { input: { apiKeyId } }, call)).data.apiKeyRevoke;
const authenticate = async (credential: string, at = service) =>
  (await internal(AUTHENTICATE, { credential }, at)).authenticate;
const callerOf = async (key: string): Promise<Call> => {
  const found = await authenticate(key);
  const present = Object.entries(found).filter(([, value]) => value !== null);
  return callAs({ ...Object.fromEntries(present), channel: found.channel ?? 'web' } as unknown as Caller);
};
const keysOf = () => db.sql`select credential_id, secret_hash, revoked_at from customers.credentials order by 1`;

describe('apiKeyCreate', () => {
  it('makes a key that authenticates, shows its secret once and keeps none of it', async () => {
    const locationId = newId();
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    const created = await create({
      label: ' Feed of a partner ',
      scopes: ['stock:read', 'orders:read', 'stock:read'],
      locationId,
      expiresAt,
    });
    const { key, apiKey } = created;
    expect(key).toMatch(/^sk_test_[0-9A-Za-z]{49}$/);
    const expected = {
      id: expect.any(String) as string,
      label: 'Feed of a partner',
      role: 'INTEGRATION',
      scopes: ['orders:read', 'stock:read'],
      channel: 'web',
      locationId,
      prefix: 'sk_test_',
      lastFour: key.slice(-4),
      createdBy: 'staff-1',
      lastUsedAt: null,
      expiresAt,
      revokedAt: null,
    };
    expect(apiKey).toEqual(expected);
    expect(await authenticate(key)).toEqual({
      role: 'integration',
      subject: apiKey.id,
      channel: 'web',
      scopes: ['orders:read', 'stock:read'],
      customerId: null,
      companyId: null,
      companyRole: null,
      companyLocationId: null,
      groups: [],
      staffId: null,
      deviceId: null,
      locationId,
      credentialId: apiKey.id,
      expiresAt,
    });
    const { data } = await publicly(`query ($id: ID!) { apiKey(id: $id) { ${KEY} } }`, { id: apiKey.id }, admin);
    expect(data.apiKey).toMatchObject({ ...expected, lastUsedAt: data.apiKey.lastUsedAt });
    for (const row of await db.sql`select k::text as row from customers.credentials k`)
      expect(row['row']).not.toContain(key);
  });

  it('ends a key by the clock of the database, and refuses one that would have ended already', async () => {
    const { key } = await create({ expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const later = await start({}, { nowOffset: '1 hour 1 second' });
    expect(await authenticate(key)).not.toBeNull();
    expect(await authenticate(key, later.app)).toBeNull();
    const before = await keysOf();
    expect(await create({ expiresAt: new Date(Date.now() - 60_000).toISOString() })).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_EXPIRY',
      path: ['input', 'expiresAt'],
    });
    expect(await keysOf()).toEqual(before);
  });

  it('makes one key for one idempotency key, however many ask at once, and shows its secret to one of them', async () => {
    const input = { label: 'Once', idempotencyKey: 'key-1' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => create(input)));
    expect(new Set(answers.map(({ apiKey }) => apiKey.id)).size).toBe(1);
    expect(answers.filter(({ key }) => key !== null)).toHaveLength(1);
    expect(await create({ ...input, label: 'Another' })).toMatchObject({
      __typename: 'IdempotencyKeyReused',
      path: ['input', 'idempotencyKey'],
    });
    const other = callAs({ ...admin.caller, subject: 'staff-2' });
    expect((await create(input, other)).apiKey.id).not.toBe(answers[0].apiKey.id);
  });

  it.each([
    ['a scope', { scopes: ['stock:read', 'prices:write'] }, 'SCOPE_NOT_HELD', 'prices:write'],
    ['the scopes of the role of staff', { role: 'STAFF' }, 'SCOPE_NOT_HELD', 'carts:write'],
    ['another channel', { channel: 'pos' }, 'CHANNEL_NOT_HELD', null],
    ['all channels', { channel: null }, 'CHANNEL_NOT_HELD', null],
    ['another location', { locationId: newId() }, 'LOCATION_NOT_HELD', null],
    ['all locations', { locationId: null }, 'LOCATION_NOT_HELD', null],
  ])('gives nobody %s that the giver lacks, and keeps nothing', async (_, change, code, scope) => {
    const locationId = newId();
    const { key } = await create({ scopes: ['keys:write', 'stock:read'], locationId });
    const giver = await callerOf(key);
    const before = await keysOf();
    const refused = await create({ locationId, ...change }, giver);
    expect(refused).toMatchObject({ __typename: 'GrantRefused', code, scope, path: ['input'] });
    if (scope !== null) expect(refused.message).toContain(`"${scope}"`);
    expect(await keysOf()).toEqual(before);
    expect(await create({ locationId, scopes: ['stock:read'] }, giver)).toMatchObject({ __typename: 'ApiKeyCreated' });
  });

  it('lets a key without a channel give any, although it acts in that of the edge it came by', async () => {
    const { key } = await create({ role: 'STAFF', channel: null, scopes: ['keys:write'] });
    const giver = await callerOf(key);
    expect(giver.caller.channel).toBe('web');
    expect(await create({ channel: 'marketplace' }, giver)).toMatchObject({ __typename: 'ApiKeyCreated' });
  });

  it.each(['internal', '*', 'edge', 'staff-sign-in', 'sign-in', 'profile', 'no:such', 'constructor', '__proto__', ''])(
    'gives nobody %j, which is no scope that can be given, and keeps nothing',
    async (scope) => {
      const before = await keysOf();
      const scopes = [...Array.from({ length: 100 }, () => 'stock:read'), scope];
      for (const call of [admin, asStaff([scope, 'keys:write', 'stock:read'])]) {
        const refused = await create({ scopes }, call);
        expect(refused).toMatchObject({ __typename: 'InvalidInput', code: 'UNKNOWN_SCOPE', path: ['input', 'scopes'] });
        expect(refused.message).toContain(`"${scope}"`);
      }
      expect(await keysOf()).toEqual(before);
    },
  );

  it.each([
    ['label', { label: ' ' }],
    ['label', { label: 'x'.repeat(101) }],
    ['channel', { channel: 'a\0b' }],
    ['locationId', { locationId: 'here' }],
    ['idempotencyKey', { idempotencyKey: '' }],
  ])('answers InvalidInput at %s and keeps nothing', async (field, change) => {
    const before = await keysOf();
    expect(await create(change)).toMatchObject({ __typename: 'InvalidInput', path: ['input', field] });
    expect(await keysOf()).toEqual(before);
  });

  it.each([
    ['guests', asGuest()],
    ['customers', asCustomer(newId())],
    ['staff without the scope', asStaff(['keys:read'])],
  ])('is not for %s', async (_, call) => {
    const before = await keysOf();
    const input = { label: 'A key', role: 'INTEGRATION', scopes: [] };
    const { errors } = await publicly(CREATE, { input }, call);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    expect(await keysOf()).toEqual(before);
  });
});

describe('a key of the other mode', () => {
  it('is refused without a statement, with the reason', async () => {
    const { key } = await create({}, admin, live);
    expect(key).toMatch(/^sk_live_/);
    expect(await authenticate(key, live)).not.toBeNull();
    statements.length = 0;
    expect(await internal(AUTHENTICATE, { credential: key })).toEqual({
      authenticate: null,
      credentialRefusal: {
        code: 'KEY_OF_OTHER_MODE',
        message: 'This is a live key, and test keys are taken here. Use a test key, or the live environment.',
      },
    });
    expect(statements.filter((each) => each.includes('credentials'))).toEqual([]);
  });

  it('is told from one that is damaged, which is refused without a statement, too', async () => {
    const { key } = await create({});
    statements.length = 0;
    const typo = key.slice(0, 20) + (key[20] === 'x' ? 'y' : 'x') + key.slice(21);
    expect(await internal(AUTHENTICATE, { credential: typo })).toMatchObject({
      authenticate: null,
      credentialRefusal: { code: 'KEY_MALFORMED' },
    });
    expect(statements.filter((each) => each.includes('credentials'))).toEqual([]);
    const nobodys = newKeySecret('sk', 'test').secret;
    expect(await internal(AUTHENTICATE, { credential: nobodys })).toEqual({
      authenticate: null,
      credentialRefusal: null,
    });
  });
});

describe('apiKeyRotate', () => {
  it('answers a new secret, and lets the one before go on until its overlap ends', async () => {
    const { key, apiKey } = await create({ scopes: ['stock:read'] });
    const rotated = await rotate(apiKey.id, 3_600);
    expect(rotated).toMatchObject({
      __typename: 'ApiKeyRotated',
      apiKey: { id: apiKey.id, lastFour: rotated.key.slice(-4) },
    });
    expect(rotated.key).not.toBe(key);
    expect(await authenticate(rotated.key)).toMatchObject({ credentialId: apiKey.id, expiresAt: null });
    expect(await authenticate(key)).toMatchObject({
      credentialId: apiKey.id,
      scopes: ['stock:read'],
      expiresAt: rotated.formerEndsAt,
    });
    const later = await start({}, { nowOffset: '1 hour 1 second' });
    expect(await authenticate(key, later.app)).toBeNull();
    expect(await authenticate(rotated.key, later.app)).not.toBeNull();
  });

  it('ends the secret before at once without an overlap, and never beyond the end of the key', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { key, apiKey } = await create({ expiresAt });
    const first = await rotate(apiKey.id, 604_800);
    expect(await authenticate(key)).toMatchObject({ expiresAt });
    await rotate(apiKey.id, 0);
    expect(await authenticate(first.key)).toBeNull();
    expect(await authenticate(key)).toMatchObject({ expiresAt });
  });

  it('never leaves a user of the key without an answer while many rotate it', async () => {
    const { key, apiKey } = await create({});
    const secrets = [key];
    const rotating = Array.from({ length: 8 }, async () => {
      const { key: next } = await rotate(apiKey.id, 600);
      secrets.push(next);
    });
    const using = Array.from({ length: 40 }, () => authenticate(key));
    for (const found of await Promise.all(using)) expect(found).toMatchObject({ credentialId: apiKey.id });
    await Promise.all(rotating);
    expect(new Set(secrets).size).toBe(9);
    for (const secret of secrets) expect(await authenticate(secret)).toMatchObject({ credentialId: apiKey.id });
    await revoke(apiKey.id);
    for (const secret of secrets) expect(await authenticate(secret)).toBeNull();
  });

  it('shows nobody the secret of a key that may do more than they', async () => {
    const { apiKey } = await create({ scopes: ['stock:write'] });
    const before = await keysOf();
    expect(await rotate(apiKey.id, 0, asStaff(['keys:write', 'channels:write']))).toMatchObject({
      __typename: 'GrantRefused',
      code: 'SCOPE_NOT_HELD',
      scope: 'stock:write',
      path: null,
    });
    expect(await rotate(apiKey.id, 0, asStaff(['keys:write', 'stock:write'], 'pos'))).toMatchObject({
      __typename: 'NotFound',
    });
    expect(await keysOf()).toEqual(before);
  });

  it('refuses keys that have ended, overlaps beyond a week and ids of nobody', async () => {
    const { apiKey } = await create({});
    expect(await rotate(apiKey.id, 604_801)).toMatchObject({
      code: 'INVALID_OVERLAP',
      path: ['input', 'overlapSeconds'],
    });
    expect(await rotate(apiKey.id, -1)).toMatchObject({ code: 'INVALID_OVERLAP' });
    await revoke(apiKey.id);
    expect(await rotate(apiKey.id)).toMatchObject({ __typename: 'InvalidInput', code: 'KEY_ENDED' });
    expect(await rotate(newId())).toMatchObject({ __typename: 'NotFound', path: ['input', 'apiKeyId'] });
    expect(await rotate('no id')).toMatchObject({ __typename: 'NotFound' });
  });
});

describe('apiKeyRevoke', () => {
  it('ends a key for good, once, and tells edges', async () => {
    const { key, apiKey } = await create({});
    const answers = await Promise.all(Array.from({ length: 5 }, () => revoke(apiKey.id)));
    expect(answers.filter(({ revoked }) => revoked)).toHaveLength(1);
    for (const answer of answers) expect(answer.apiKey.revokedAt).toBe(answers[0].apiKey.revokedAt);
    expect(await authenticate(key)).toBeNull();
    expect(await db.sql`select 1 from customers.revocations where credential_id = ${apiKey.id}`).toHaveLength(1);
  });

  it('finds no key beyond the channel and the location of who asks, nor one of a customer', async () => {
    const { customerId } = (
      await internal('mutation { customerEnsure(input: { email: "own@example.com" }) { customerId } }', {})
    ).customerEnsure;
    const register = 'mutation ($input: CredentialUpsertInput!) { credentialUpsert(input: $input) { credentialId } }';
    const input = { secret: 'access-key-of-a-customer', label: 'A key', role: 'customer', scopes: [], customerId };
    const { credentialId } = (await internal(register, { input })).credentialUpsert;
    const { apiKey } = await create({ channel: 'pos' });
    const here = callAs({ ...asStaff(['keys:write'], 'pos').caller, locationId: newId() });
    for (const [id, call] of [
      [credentialId, admin],
      [apiKey.id, asStaff(['keys:write'], 'web')],
      [apiKey.id, here],
      ['no id', admin],
    ] as const)
      expect(await revoke(id, call)).toMatchObject({ __typename: 'NotFound' });
    expect(await authenticate('access-key-of-a-customer')).toMatchObject({ customerId });
    expect(await revoke(apiKey.id, asStaff(['keys:write'], 'pos'))).toMatchObject({ revoked: true });
  });
});

describe('apiKeys', () => {
  it('lists keys of a channel in pages, the newest first, those that were brought among them', async () => {
    const channel = 'a-channel-of-its-own';
    const secret = 'brought-from-outside-1';
    const register = 'mutation ($input: CredentialUpsertInput!) { credentialUpsert(input: $input) { credentialId } }';
    await internal(register, { input: { secret, label: 'Brought', role: 'staff', channel, scopes: [] } });
    for (const label of ['one', 'two', 'three']) await create({ label, channel });
    const LIST = `query ($after: Cursor) { apiKeys(first: 2, after: $after) { edges { node { label prefix lastFour createdBy } } pageInfo { hasNextPage endCursor } } }`;
    const call = asStaff(['keys:read'], channel);
    const first = (await publicly(LIST, {}, call)).data.apiKeys;
    expect(first.edges.map(({ node }: Data) => node.label)).toEqual(['three', 'two']);
    const second = (await publicly(LIST, { after: first.pageInfo.endCursor }, call)).data.apiKeys;
    expect(second.edges.map(({ node }: Data) => node)).toEqual([
      { label: 'one', prefix: 'sk_test_', lastFour: expect.any(String) as string, createdBy: 'staff-1' },
      { label: 'Brought', prefix: null, lastFour: null, createdBy: null },
    ]);
    expect(second.pageInfo.hasNextPage).toBe(false);
    const { errors } = await publicly(LIST, { after: Buffer.from('["x"]').toString('base64url') }, call);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('the last use of a key', () => {
  const usesOf = async (id: string) =>
    (await db.sql`select last_used_at::text as at from customers.credentials where credential_id = ${id}`)[0]!['at'];

  it('is written down beside the answers, once a minute, and by nobody who is held up by a lock', async () => {
    const { key, apiKey } = await create({});
    statements.length = 0;
    await Promise.all(Array.from({ length: 30 }, () => authenticate(key)));
    await eventually(async () => expect(await usesOf(apiKey.id)).not.toBeNull());
    const before = await usesOf(apiKey.id);
    for (let index = 0; index < 5; index += 1) await authenticate(key);
    const { key: other, apiKey: another } = await create({});
    await authenticate(other);
    await eventually(async () => expect(await usesOf(another.id)).not.toBeNull());
    expect(await usesOf(apiKey.id)).toBe(before);
    const later = await start({}, { nowOffset: '61 seconds' });
    await db.orm.transaction(async (tx) => {
      await tx.execute(`select from customers.credentials where credential_id = '${apiKey.id}' for update`);
      expect(await authenticate(key, later.app)).not.toBeNull();
    });
    await later.app.stop();
    started.splice(started.indexOf(later.app), 1);
  });
});

describe('authenticate', () => {
  const register = async (input: Record<string, unknown>) =>
    (
      await internal('mutation ($input: CredentialUpsertInput!) { credentialUpsert(input: $input) { credentialId } }', {
        input: { label: 'A key', scopes: [], ...input },
      })
    ).credentialUpsert.credentialId as string;
  const ensure = async (email: string, more: Record<string, unknown> = {}) =>
    (
      await internal('mutation ($input: CustomerEnsureInput!) { customerEnsure(input: $input) { customerId } }', {
        input: { email, ...more },
      })
    ).customerEnsure.customerId as string;

  it('tells the company, the role in it and the groups of a customer, in one statement', async () => {
    const { companyId } = (
      await internal('mutation { companyUpsert(input: { name: "Keys Limited" }) { companyId } }', {})
    ).companyUpsert;
    const customerId = await ensure('member@keys.example', { companyId });
    await register({ secret: 'access-key-of-a-member', role: 'customer', customerId });
    for (const code of ['vip', 'Trade'])
      await db.sql`insert into customers.groups (code, kind, name, version, created_at, updated_at) values (${code}, 'GROUP', ${code}, 1, now(), now())`;
    await db.sql`insert into customers.group_members (customer_id, group_code, since) select ${customerId}, code, now() from customers.groups`;
    statements.length = 0;
    expect(await authenticate('access-key-of-a-member')).toMatchObject({
      subject: customerId,
      customerId,
      companyId,
      companyRole: 'BUYER',
      companyLocationId: null,
      groups: ['Trade', 'vip'],
    });
    expect(statements.filter((each) => each.includes('secret_hash ='))).toHaveLength(1);
    await db.sql`update customers.company_members set left_at = now() where customer_id = ${customerId}`;
    expect(await authenticate('access-key-of-a-member')).toMatchObject({
      customerId,
      companyId: null,
      companyRole: null,
    });
  });

  it('answers the survivor for a key of a profile that was merged away, and null for one of who was erased', async () => {
    const [survivor, absorbed] = [await ensure('survivor@keys.example'), await ensure('absorbed@keys.example')];
    await register({ secret: 'access-key-of-absorbed', role: 'customer', customerId: absorbed });
    await db.sql`update customers.customers set merged_into = ${survivor} where customer_id = ${absorbed}`;
    expect(await authenticate('access-key-of-absorbed')).toMatchObject({ subject: survivor, customerId: survivor });
    await db.sql`update customers.customers set erased_at = now(), given_name = null, family_name = null where customer_id = ${survivor}`;
    expect(await authenticate('access-key-of-absorbed')).toBeNull();
  });

  it('does not know a brought secret again after its key was rotated', async () => {
    const secret = 'brought-from-outside-2';
    const id = await register({ secret, role: 'integration', channel: 'web' });
    await rotate(id, 0);
    expect(await authenticate(secret)).toBeNull();
    expect(await register({ secret, role: 'integration', channel: 'web' })).toBe(id);
    expect(await authenticate(secret)).toBeNull();
  });
});
