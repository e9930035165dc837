import { createTokenKey, signToken, tokenClaims } from '@kontor/testkit/src/access-tokens.ts';
import { createFakeCustomers, type FakeCustomers } from '@kontor/testkit/src/fake-customers.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { requestFault } from '../errors.ts';
import type { GraphClient } from '../graph/graph.ts';
import { createEdgeAuthenticator, type EdgeOptions } from './edge.ts';

const authorization = 'Bearer sess_of_ada';
let asked: (() => void)[];
let found: Record<string, unknown> | null;

/** Customers, which answers what was true when it was asked, at once or when the test lets it. */
const edgeOf = (held = false) => {
  const customers = {
    async execute({ query }: { readonly query: string }) {
      // Asked beside every few checks; nothing ended here.
      if (query.includes('revocations')) return { data: { revocations: { revocations: [], cursor: 'here' } } };
      const authenticate = found;
      await new Promise<void>((answer) => (asked.push(answer), held || answer()));
      return { data: { authenticate } };
    },
  } as unknown as GraphClient;
  return createEdgeAuthenticator({ customers, service: 'test', channel: 'web', guests: true, roles: ['customer'] });
};
const session = (endsInMs: number) => ({
  role: 'customer',
  subject: 'ada',
  customerId: 'ada',
  channel: 'web',
  scopes: [],
  credentialId: 'session-1',
  expiresAt: new Date(Date.now() + endsInMs).toISOString(),
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  asked = [];
});
afterEach(() => vi.useRealTimers());

const UNAUTHENTICATED = { extensions: { code: 'UNAUTHENTICATED' } };

it('remembers a credential for 30 seconds, and says which it was and when it ends', async () => {
  found = session(60_000);
  const edge = edgeOf();
  const caller = await edge.authenticate({ authorization });
  expect(caller).toMatchObject({ credentialId: 'session-1', expiresAt: Date.now() + 60_000, customerId: 'ada' });
  vi.advanceTimersByTime(29_000);
  await edge.authenticate({ authorization });
  expect(asked).toHaveLength(1);
  vi.advanceTimersByTime(2_000);
  await edge.authenticate({ authorization });
  expect(asked).toHaveLength(2);
});

it('remembers nothing beyond the end of a session', async () => {
  found = session(10_000);
  const edge = edgeOf();
  await edge.authenticate({ authorization });
  found = null;
  vi.advanceTimersByTime(9_000);
  await edge.authenticate({ authorization });
  vi.advanceTimersByTime(1_001);
  await expect(edge.authenticate({ authorization })).rejects.toMatchObject(UNAUTHENTICATED);
});

it('forgets a credential that has ended at once, and only that', async () => {
  found = session(60_000);
  const edge = edgeOf();
  await edge.authenticate({ authorization });
  edge.forget('another');
  found = null;
  await edge.authenticate({ authorization });
  edge.forget('session-1');
  await expect(edge.authenticate({ authorization })).rejects.toMatchObject(UNAUTHENTICATED);
});

it('does not remember an answer that was on its way when the credential was forgotten', async () => {
  found = session(60_000);
  const edge = edgeOf(true);
  const early = edge.authenticate({ authorization });
  found = null;
  edge.forget('session-1');
  asked[0]!();
  await early;
  const late = edge.authenticate({ authorization });
  asked[1]!();
  await expect(late).rejects.toMatchObject(UNAUTHENTICATED);
});

const answered = (authenticate: unknown, errors?: object[]) =>
  createEdgeAuthenticator({
    customers: { execute: async () => ({ data: { authenticate }, ...(errors ? { errors } : {}) }) } as never,
    service: 'test',
    channel: 'web',
    guests: true,
    roles: ['customer', 'staff'],
  });

it('asks once for all who come with the same credential together, and again for those who come after an end', async () => {
  found = session(60_000);
  const edge = edgeOf(true);
  const herd = Array.from({ length: 50 }, () => edge.authenticate({ authorization }));
  expect(asked).toHaveLength(1);
  edge.forget('another');
  const late = edge.authenticate({ authorization });
  expect(asked).toHaveLength(2);
  asked.forEach((answer) => answer());
  const callers = await Promise.all([...herd, late]);
  expect(new Set(callers.slice(0, 50)).size).toBe(1);
  await edge.authenticate({ authorization });
  expect(asked).toHaveLength(2);
});

it('tells everybody who waited an error of their own when customers does not answer', async () => {
  const down = createEdgeAuthenticator({
    customers: { execute: () => Promise.reject(requestFault('TIMEOUT', 'customers did not answer.')) } as never,
    service: 'test',
    channel: 'web',
    guests: true,
    roles: ['customer'],
  });
  const herd = [1, 2].map(() => down.authenticate({ authorization }).catch((error: unknown) => error));
  const [one, two] = await Promise.all(herd);
  expect(one).toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } });
  expect(two).toMatchObject({ extensions: { code: 'SERVICE_UNAVAILABLE' } });
  expect(one).not.toBe(two);
});

it('does not take a fault of customers for an unknown key', async () => {
  await expect(answered(null, [{ message: 'fault' }]).authenticate({ authorization })).rejects.toMatchObject({
    extensions: { code: 'SERVICE_UNAVAILABLE' },
  });
});

it('says why a key cannot be good here, where its looks tell it', async () => {
  const credentialRefusal = { code: 'KEY_OF_OTHER_MODE', message: 'This is a live key.' };
  const edge = createEdgeAuthenticator({
    customers: { execute: async () => ({ data: { authenticate: null, credentialRefusal } }) } as never,
    service: 'test',
    channel: 'web',
    guests: true,
    roles: ['customer'],
  });
  await expect(edge.authenticate({ authorization })).rejects.toMatchObject({
    message: 'This is a live key.',
    extensions: { code: 'UNAUTHENTICATED', reason: 'KEY_OF_OTHER_MODE' },
  });
});

it('says all that customers knows of a holder, and nothing of what it is not', async () => {
  const member = {
    ...session(60_000),
    companyId: 'company-1',
    companyRole: 'ADMIN',
    companyLocationId: 'location-1',
    groups: ['gold'],
    staffId: 'staff-1',
    deviceId: 'device-1',
    locationId: 'store-1',
  };
  const caller = await answered(member).authenticate({ authorization });
  expect(caller).toEqual({ ...member, expiresAt: Date.now() + 60_000 });
  const plain = { ...session(60_000), companyRole: null, companyLocationId: null, groups: [], staffId: null };
  expect(Object.keys(await answered(plain).authenticate({ authorization })).sort()).toEqual(
    ['channel', 'credentialId', 'customerId', 'expiresAt', 'role', 'scopes', 'subject'].sort(),
  );
});

describe('access tokens', () => {
  const key = createTokenKey();
  const edgeWith = (customers: FakeCustomers, options: Partial<EdgeOptions> = {}) =>
    createEdgeAuthenticator({
      customers,
      service: 'test',
      channel: 'web',
      guests: true,
      roles: ['customer'],
      ...options,
    });
  const bearer = (claims: object = {}) => ({ authorization: `Bearer ${signToken(key, tokenClaims(claims))}` });

  it('are verified without asking who holds them, as the same caller each time', async () => {
    const customers = createFakeCustomers(key);
    const edge = edgeWith(customers);
    const given = bearer();
    const caller = await edge.authenticate(given);
    expect(caller).toMatchObject({ subject: 'ada', channel: 'web', credentialId: 'session-1' });
    expect(await edge.authenticate(given)).toBe(caller);
    expect(customers.asked).toEqual(['signingKeys', 'revocations']);
  });

  it('belong to their channel, and to any where the credential names it', async () => {
    const elsewhere = bearer({ aud: 'kontor:b2b' });
    await expect(edgeWith(createFakeCustomers(key)).authenticate(elsewhere)).rejects.toMatchObject({
      extensions: { code: 'FORBIDDEN' },
    });
    const router = edgeWith(createFakeCustomers(key), { channel: null, guests: false });
    expect((await router.authenticate(elsewhere)).channel).toBe('b2b');
  });

  it('are of a role that may come in', async () => {
    await expect(edgeWith(createFakeCustomers(key)).authenticate(bearer({ role: 'staff' }))).rejects.toMatchObject({
      extensions: { code: 'FORBIDDEN' },
    });
  });

  it('are refused at once when their session is forgotten here, but not those that are issued later', async () => {
    const edge = edgeWith(createFakeCustomers(key));
    const given = bearer();
    const other = bearer({ sid: 'session-2' });
    await edge.authenticate(given);
    edge.forget('session-1');
    await expect(edge.authenticate(given)).rejects.toMatchObject({
      extensions: { code: 'UNAUTHENTICATED', reason: 'SESSION_ENDED' },
    });
    expect((await edge.authenticate(other)).credentialId).toBe('session-2');
    vi.advanceTimersByTime(1_000);
    expect((await edge.authenticate(bearer())).credentialId).toBe('session-1');
  });

  it('are refused when customers says that their session has ended, as are keys that it names', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    const customers = createFakeCustomers(key);
    const edge = edgeWith(customers);
    const given = bearer();
    customers.holders.set('key_of_ada', { ...session(600_000), credentialId: 'key-1' });
    const withKey = { authorization: 'Bearer key_of_ada' };
    await edge.authenticate(given);
    await edge.authenticate(withKey);
    const notBefore = new Date().toISOString();
    customers.revocations.push({ credentialId: 'session-1', notBefore }, { credentialId: 'key-1', notBefore });
    customers.holders.clear();
    vi.advanceTimersByTime(5_000);
    await edge.authenticate(given);
    await vi.waitFor(() =>
      expect(edge.authenticate(given)).rejects.toMatchObject({ extensions: { reason: 'SESSION_ENDED' } }),
    );
    await expect(edge.authenticate(withKey)).rejects.toMatchObject(UNAUTHENTICATED);
    expect(customers.count('authenticate')).toBe(2);
  });

  it('of an enormous length are refused unread', async () => {
    const customers = createFakeCustomers(key);
    const huge = bearer({ scopes: ['x'.repeat(9_000)] });
    await expect(edgeWith(customers).authenticate(huge)).rejects.toMatchObject(UNAUTHENTICATED);
    expect(customers.asked).toEqual([]);
  });
});
