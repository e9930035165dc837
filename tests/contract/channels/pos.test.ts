import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../bffs/pos/src/app.ts';
import { startChannel, type Channel, type Credential } from './channel.ts';

const keys: Record<string, Credential> = {
  'key-of-staff': { role: 'staff', channel: 'pos', scopes: ['stock:read', 'customers:lookup'], locationId: 'store-1' },
  'key-without-lookup': { role: 'staff', channel: 'pos', scopes: [] },
  'key-of-a-device': { role: 'device', channel: 'pos', scopes: [], deviceId: 'device-1', locationId: 'store-1' },
};

let pos: Channel;
afterEach(() => pos.stop());
const start = async (root: Record<string, unknown>) => (pos = await startChannel('pos', createApp, root, keys));
const codes = (body: { errors?: { extensions?: Record<string, unknown> }[] }) =>
  body.errors?.map(({ extensions }) => extensions?.['code']);

const TOKENS = {
  token: 'access',
  expiresAt: '2026-01-31T12:05:00.000Z',
  refreshToken: 'rt_1',
  refreshExpiresAt: '2026-02-01T00:00:00.000Z',
};
const SIGN_IN = `mutation ($input: StaffSignInInput!) { staffSignIn(input: $input) { __typename ... on StaffSignedIn { token expiresAt refreshToken refreshExpiresAt staff { id name } }
  ... on UserError { code message path } ... on TooManyAttempts { retryAfterMs } ... on Busy { retryAfterMs } } }`;
const REFRESH = `mutation ($input: SessionRefreshInput!) { sessionRefresh(input: $input) { __typename ... on SessionRefreshed { token expiresAt refreshToken refreshExpiresAt }
  ... on UserError { code message path } } }`;
const input = { staffCode: '1001', pin: '702418' };

describe('signing in at a register', () => {
  it('is for the device that asks, which passes code and PIN on as they came', async () => {
    let asked: unknown;
    const staff = { id: 'staff-1', name: 'Nora Albrecht' };
    await start({
      staffSignIn: (args: unknown) => ((asked = args), { __typename: 'StaffSignedIn', ...TOKENS, staff }),
    });
    expect(await ask(pos.url, SIGN_IN, { input }, 'key-of-a-device')).toEqual({
      staffSignIn: { __typename: 'StaffSignedIn', ...TOKENS, staff },
    });
    expect(asked).toEqual({ input });
    expect(pos.router.calls[0]!.call.caller).toMatchObject({ role: 'device', deviceId: 'device-1', channel: 'pos' });
  });

  it.each([
    ['InvalidCredentials', {}],
    ['TooManyAttempts', { retryAfterMs: 60_000 }],
    ['Busy', { retryAfterMs: 2_000 }],
  ])('passes the refusal %s through with all it says', async (__typename, more) => {
    const refusal = { __typename, code: 'CODE', message: 'What to do.', path: null, ...more };
    await start({ staffSignIn: refusal });
    expect(await ask(pos.url, SIGN_IN, { input }, 'key-of-a-device')).toEqual({ staffSignIn: refusal });
  });

  it('is all that a device may do, and nothing that anybody else may', async () => {
    await start({});
    for (const query of [
      '{ lookup(code: "X") { id } }',
      '{ staff { id } }',
      '{ customerLookup(query: "Jana") { id } }',
    ])
      expect(codes((await post(pos.url, query, {}, 'key-of-a-device')).body)).toEqual(['FORBIDDEN']);
    expect(codes((await post(pos.url, SIGN_IN, { input }, 'key-of-staff')).body)).toEqual(['FORBIDDEN']);
    expect(codes((await post(pos.url, SIGN_IN, { input })).body)).toEqual(['UNAUTHENTICATED']);
    expect(pos.router.calls).toEqual([]);
  });

  it('goes on with a refresh token, for whoever has no credential that is still good', async () => {
    const ended = { __typename: 'SessionEnded', code: 'SESSION_ENDED', message: 'Sign in again.', path: null };
    await start({
      sessionRefresh: ({ input: { refreshToken } }: { input: { refreshToken: string } }) =>
        refreshToken === 'rt_1' ? { __typename: 'SessionRefreshed', ...TOKENS, refreshToken: 'rt_2' } : ended,
    });
    const refresh = (refreshToken: string) => ask(pos.url, REFRESH, { input: { refreshToken } });
    expect(await refresh('rt_1')).toEqual({
      sessionRefresh: { __typename: 'SessionRefreshed', ...TOKENS, refreshToken: 'rt_2' },
    });
    expect(await refresh('rt_0')).toEqual({ sessionRefresh: ended });
  });

  it('ends with the session', async () => {
    await start({ staffSignOut: { __typename: 'SignedOut', ended: true } });
    expect(
      await ask(pos.url, 'mutation { staffSignOut { __typename ... on SignedOut { ended } } }', {}, 'key-of-staff'),
    ).toEqual({ staffSignOut: { __typename: 'SignedOut', ended: true } });
  });
});

describe('who works at the register', () => {
  const STAFF = '{ staff { id name location { code name } scopes } }';
  const staff = { id: 'staff-1', name: 'Nora Albrecht' };

  it('is told with the store and what they may do', async () => {
    await start({
      staff,
      location: ({ id }: { id: string }) => ({ id, code: 'berlin-mitte', name: 'Berlin Mitte' }),
    });
    expect(await ask(pos.url, STAFF, {}, 'key-of-staff')).toEqual({
      staff: {
        ...staff,
        location: { code: 'berlin-mitte', name: 'Berlin Mitte' },
        scopes: ['customers:lookup', 'stock:read'],
      },
    });
  });

  it('is told without the store while stock is down, and of a key without a store', async () => {
    await start({
      staff,
      location: () => {
        throw new Error('down');
      },
    });
    const { body } = await post(pos.url, STAFF, {}, 'key-of-staff');
    expect(body).toMatchObject({
      data: { staff: { ...staff, location: null } },
      extensions: { degraded: [{ path: 'location' }] },
    });
    expect(await ask(pos.url, STAFF, {}, 'key-without-lookup')).toEqual({
      staff: { ...staff, location: null, scopes: [] },
    });
  });
});

describe('the customer before the register', () => {
  const match = (changes: Record<string, unknown> = {}) => ({
    customer: { id: 'c1', loyalty: { balance: 1250, tier: { code: 'RIDGE', name: 'Ridge' } } },
    displayName: 'Jana Lindqvist',
    maskedEmail: 'j***@e***.com',
    maskedPhone: '***014',
    loyaltyCardLast4: '4418',
    matchedBy: 'PHONE',
    score: 1,
    ...changes,
  });
  const FIELDS =
    'id displayName maskedEmail maskedPhone loyaltyCardLast4 matchedBy score loyalty { balance tier { code } }';
  const shown = (changes: Record<string, unknown> = {}) => {
    const { customer: _, ...rest } = match();
    return { id: 'c1', ...rest, loyalty: { balance: 1250, tier: { code: 'RIDGE' } }, ...changes };
  };

  it('is found by what was typed, with points and tier, in one operation', async () => {
    let asked: unknown;
    await start({ customerSearch: (args: unknown) => ((asked = args), [match()]) });
    expect(
      await ask(pos.url, `{ customerLookup(query: "030 2312 5014", first: 5) { ${FIELDS} } }`, {}, 'key-of-staff'),
    ).toEqual({ customerLookup: [shown()] });
    expect(asked).toEqual({ query: '030 2312 5014', first: 5 });
    await ask(pos.url, '{ customerLookup(query: "Jana") { id } }', {}, 'key-of-staff');
    expect(pos.router.calls.map(({ request }) => request.variables?.['loyalty'])).toEqual([true, false]);
  });

  it('is found by the card alone where a card was scanned', async () => {
    await start({
      customerSearch: [match(), match({ matchedBy: 'LOYALTY_CARD', customer: { id: 'c2', loyalty: null } })],
    });
    expect(await ask(pos.url, '{ customerByCard(card: "KT7204418") { id matchedBy } }', {}, 'key-of-staff')).toEqual({
      customerByCard: { id: 'c2', matchedBy: 'LOYALTY_CARD' },
    });
  });

  it('is nobody where the card is nobody’s, and where points cannot be asked they are missing', async () => {
    const down = () => {
      throw new Error('down');
    };
    await start({ customerSearch: [match({ customer: { id: 'c1', loyalty: down } })] });
    expect(await ask(pos.url, '{ customerByCard(card: "5014") { id } }', {}, 'key-of-staff')).toEqual({
      customerByCard: null,
    });
    const { body } = await post(
      pos.url,
      '{ customerLookup(query: "5014") { id loyalty { balance } } }',
      {},
      'key-of-staff',
    );
    expect(body).toMatchObject({
      data: { customerLookup: [{ id: 'c1', loyalty: null }] },
      extensions: { degraded: [{ path: 'customerSearch.customer.loyalty' }] },
    });
  });

  it('is not looked up without the scope for it', async () => {
    await start({});
    for (const query of [
      '{ customerLookup(query: "Jana") { id } }',
      '{ customerByCard(card: "KT7204418") { id } }',
      'mutation { customerCreate(input: {}) { __typename } }',
    ])
      expect(codes((await post(pos.url, query, {}, 'key-without-lookup')).body)).toEqual(['FORBIDDEN']);
    expect(pos.router.calls).toEqual([]);
  });

  it('is made at the till, and is told by name alone', async () => {
    const outcomes: unknown[] = [
      { __typename: 'CustomerCreated', customer: { id: 'c3', givenName: 'Ida', familyName: null } },
      { __typename: 'InvalidInput', code: 'IDENTITY_TAKEN', message: 'Somebody has it.', path: ['input', 'email'] },
    ];
    let asked: unknown;
    await start({ customerCreate: (args: unknown) => ((asked = args), outcomes.shift()) });
    const create = (given: object) =>
      ask(
        pos.url,
        'mutation ($input: CustomerCreateInput!) { customerCreate(input: $input) { __typename ... on CustomerCreated { customer { id displayName } } ... on UserError { code path } } }',
        { input: given },
        'key-of-staff',
      );
    const given = { phone: '+493023125099', phoneVerified: true, givenName: 'Ida' };
    expect(await create(given)).toEqual({
      customerCreate: { __typename: 'CustomerCreated', customer: { id: 'c3', displayName: 'Ida' } },
    });
    expect(asked).toEqual({ input: given });
    expect(await create({ email: 'ida@example.com' })).toEqual({
      customerCreate: { __typename: 'InvalidInput', code: 'IDENTITY_TAKEN', path: ['input', 'email'] },
    });
  });
});
