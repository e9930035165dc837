import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { GraphQLError } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp as createMobile } from '../../../bffs/mobile/src/app.ts';
import { createApp as createWeb } from '../../../bffs/web/src/app.ts';
import { startChannel, taxed, type Channel, type Credential } from './channel.ts';

const KEY = 'sess_of_ada';
const keys: Record<string, Credential> = {
  [KEY]: { role: 'customer', channel: null, scopes: [], customerId: 'customer-1', credentialId: 'session-1' },
};
const AT = '2026-01-31T12:00:00.000Z';
const order = { id: 'o1', number: 'K-100001', status: 'PLACED', total: taxed(11_900), placedAt: AT };
const pageInfo = { hasNextPage: true, hasPreviousPage: false, startCursor: 'c1', endCursor: 'c1' };
const address = {
  id: 'a1',
  label: 'Home',
  country: 'DE',
  isDefaultShipping: true,
  isDefaultBilling: false,
  version: 2,
};
const identity = { id: 'i1', kind: 'EMAIL', value: 'ada@example.com', verifiedAt: AT, isPrimary: true };
const sessionOf = (id: string) => ({ id, channel: 'web', label: null, createdAt: AT, lastUsedAt: AT });
const person = (changes: object = {}) => ({
  id: 'customer-1',
  email: 'ada@example.com',
  givenName: 'Ada',
  familyName: null,
  phone: null,
  locale: 'de',
  identities: [identity],
  addresses: [address],
  sessions: [sessionOf('session-2'), sessionOf('session-1')],
  consents: [{ purpose: 'newsletter', channel: 'email', isGranted: true, at: AT, source: 'SELF' }],
  preferences: [{ key: 'currency', text: 'EUR', number: null, isOn: null }],
  company: { id: 'company-1', name: 'Analytical Engines' },
  cart: {
    id: 'cart-1',
    version: 2,
    channel: 'web',
    currency: 'EUR',
    country: 'DE',
    status: 'OPEN',
    lines: [],
    codes: [],
    discounts: [],
    shipping: null,
    gifts: [],
  },
  orders: { edges: [{ cursor: 'c1', node: order }], pageInfo },
  loyalty: {
    balance: 120,
    available: 100,
    pending: 5,
    tier: { code: 'GOLD', name: 'Gold' },
    nextTier: { code: 'PLATINUM', missingPoints: 880 },
    expiring: [{ points: 20, expiresAt: AT }],
    entries: {
      edges: [{ cursor: 'c1', node: { id: 'e1', kind: 'EARN', points: 120, orderId: 'o1', bookedAt: AT } }],
      pageInfo,
    },
  },
  ...changes,
});

let channel: Channel;
afterEach(() => channel.stop());
const startWeb = async (root: Record<string, unknown>) => (channel = await startChannel('web', createWeb, root, keys));
const startMobile = async (root: Record<string, unknown>) =>
  (channel = await startChannel('mobile', createMobile, root, keys));
const outage = () => {
  throw new GraphQLError('customers cannot be reached.', { extensions: { code: 'SERVICE_UNAVAILABLE' } });
};

describe('the account page of the web shop', () => {
  it('shows everything in one operation', async () => {
    await startWeb({ me: person() });
    const query = `{ account { email emailVerified locale identities { kind value } addresses { id version isDefaultShipping } sessions { id isCurrent }
      consents { purpose isGranted } preferences { key text } company { name } recentOrders { number } cart { id version }
      loyalty { balance available pending tier { name } nextTier { missingPoints } expiring { points } } } }`;
    expect(await ask(channel.url, query, {}, KEY)).toEqual({
      account: {
        email: 'ada@example.com',
        emailVerified: true,
        locale: 'de',
        identities: [{ kind: 'EMAIL', value: 'ada@example.com' }],
        addresses: [{ id: 'a1', version: 2, isDefaultShipping: true }],
        sessions: [
          { id: 'session-2', isCurrent: false },
          { id: 'session-1', isCurrent: true },
        ],
        consents: [{ purpose: 'newsletter', isGranted: true }],
        preferences: [{ key: 'currency', text: 'EUR' }],
        company: { name: 'Analytical Engines' },
        recentOrders: [{ number: 'K-100001' }],
        cart: { id: 'cart-1', version: 2 },
        loyalty: {
          balance: 120,
          available: 100,
          pending: 5,
          tier: { name: 'Gold' },
          nextTier: { missingPoints: 880 },
          expiring: [{ points: 20 }],
        },
      },
    });
    expect(channel.router.calls).toHaveLength(1);
  });

  it('asks for no part that nobody reads', async () => {
    const parts = [
      'identities',
      'addresses',
      'sessions',
      'consents',
      'preferences',
      'company',
      'orders',
      'cart',
      'loyalty',
    ];
    await startWeb({ me: person(Object.fromEntries(parts.map((part) => [part, outage]))) });
    const { body } = await post(channel.url, '{ account { email givenName } }', {}, KEY);
    expect(body).toEqual({ data: { account: { email: 'ada@example.com', givenName: 'Ada' } } });
  });

  it('pages through orders and points by arguments of their own', async () => {
    const asked: unknown[] = [];
    const { orders, loyalty } = person();
    const told = (page: object) => (args: unknown) => (asked.push(args), page);
    await startWeb({ me: person({ orders: told(orders), loyalty: { ...loyalty, entries: told(loyalty.entries) } }) });
    const query = `{ account { orders(first: 1, after: "c0") { edges { cursor node { number } } pageInfo { hasNextPage } }
      loyalty { entries(first: 2) { edges { node { kind points orderId } } pageInfo { endCursor } } } } }`;
    expect(await ask(channel.url, query, {}, KEY)).toEqual({
      account: {
        orders: { edges: [{ cursor: 'c1', node: { number: 'K-100001' } }], pageInfo: { hasNextPage: true } },
        loyalty: {
          entries: { edges: [{ node: { kind: 'EARN', points: 120, orderId: 'o1' } }], pageInfo: { endCursor: 'c1' } },
        },
      },
    });
    expect(asked).toEqual([{ first: 1, after: 'c0' }, { first: 2 }]);
  });

  it('shows the rest when a part cannot be asked, and names the part', async () => {
    await startWeb({ me: person({ loyalty: outage }) });
    const { body } = await post(channel.url, '{ account { email loyalty { balance } } }', {}, KEY);
    expect(body).toEqual({
      data: { account: { email: 'ada@example.com', loyalty: null } },
      extensions: { degraded: [{ path: 'me.loyalty', code: 'SERVICE_UNAVAILABLE' }] },
    });
  });
});

describe('what a customer changes in the web shop', () => {
  const customer = person();
  const ACCOUNT = { id: 'customer-1', givenName: 'Ada' };
  const addressInput = { street: 'Torstraße 1', city: 'Berlin', country: 'DE' };
  const done: [field: string, input: object, outcome: object, selection: string, expected: object][] = [
    [
      'profileUpdate',
      { givenName: 'Ada' },
      { __typename: 'ProfileUpdated', customer },
      '... on ProfileUpdated { account { id givenName } }',
      { account: ACCOUNT },
    ],
    [
      'identityAdd',
      { kind: 'PHONE', value: '+4930123456' },
      { __typename: 'IdentityChanged', customer, identity },
      '... on IdentityChanged { account { id givenName } identity { id } }',
      { account: ACCOUNT, identity: { id: 'i1' } },
    ],
    [
      'identityVerify',
      { token: 'from-a-mail' },
      { __typename: 'IdentityChanged', customer, identity },
      '... on IdentityChanged { identity { verifiedAt } }',
      { identity: { verifiedAt: AT } },
    ],
    [
      'identityRemove',
      { identityId: 'i1' },
      { __typename: 'IdentityChanged', customer, identity: null },
      '... on IdentityChanged { identity { id } }',
      { identity: null },
    ],
    [
      'identityPrimarySet',
      { identityId: 'i1' },
      { __typename: 'IdentityChanged', customer, identity },
      '... on IdentityChanged { identity { isPrimary } }',
      { identity: { isPrimary: true } },
    ],
    [
      'addressAdd',
      { address: addressInput, defaultFor: ['SHIPPING'] },
      { __typename: 'AddressSaved', customer, address },
      '... on AddressSaved { address { id } account { id givenName } }',
      { address: { id: 'a1' }, account: ACCOUNT },
    ],
    [
      'addressUpdate',
      { addressId: 'a1', expectedVersion: 1, address: addressInput },
      { __typename: 'AddressSaved', customer, address },
      '... on AddressSaved { address { version } }',
      { address: { version: 2 } },
    ],
    [
      'addressRemove',
      { addressId: 'a1' },
      { __typename: 'AddressRemoved', customer, removed: true },
      '... on AddressRemoved { removed }',
      { removed: true },
    ],
    [
      'addressDefaultSet',
      { addressId: 'a1', kind: 'BILLING' },
      { __typename: 'AddressSaved', customer, address },
      '... on AddressSaved { address { isDefaultBilling } }',
      { address: { isDefaultBilling: false } },
    ],
    [
      'consentSet',
      { purpose: 'newsletter', channel: 'email', isGranted: true },
      { __typename: 'ConsentRecorded', customer, consent: customer.consents[0] },
      '... on ConsentRecorded { consent { purpose at } }',
      { consent: { purpose: 'newsletter', at: AT } },
    ],
    [
      'preferencesSet',
      { preferences: [{ key: 'currency', text: 'EUR' }] },
      { __typename: 'PreferencesChanged', customer },
      '... on PreferencesChanged { account { id givenName } }',
      { account: ACCOUNT },
    ],
    [
      'passwordChange',
      { currentPassword: 'old', newPassword: 'new' },
      { __typename: 'PasswordChanged', endedSessions: 2 },
      '... on PasswordChanged { endedSessions }',
      { endedSessions: 2 },
    ],
    [
      'companyInvitationAccept',
      { token: 'from-a-mail' },
      { __typename: 'CompanyJoined', company: customer.company, memberId: 'm1' },
      '... on CompanyJoined { company { id name } memberId }',
      { company: customer.company, memberId: 'm1' },
    ],
  ];
  const inputOf = (field: string) => `${field[0]!.toUpperCase()}${field.slice(1)}Input`;

  it.each(done)(
    '%s passes its input on as it came, as the customer, and answers what became of it',
    async (field, input, outcome, selection, expected) => {
      let asked: unknown;
      await startWeb({ [field]: (args: unknown) => ((asked = args), outcome) });
      const query = `mutation ($input: ${inputOf(field)}!) { ${field}(input: $input) { __typename ${selection} } }`;
      expect(await ask(channel.url, query, { input }, KEY)).toEqual({
        [field]: { __typename: (outcome as { __typename: string }).__typename, ...expected },
      });
      expect(asked).toEqual({ input });
      expect(channel.router.calls.map(({ call }) => call.caller.customerId)).toEqual(['customer-1']);
    },
  );

  it.each(done)('%s passes a refusal through with all it says', async (field, input) => {
    const refusal = { __typename: 'InvalidInput', code: 'CODE', message: 'What to do.', path: ['input'] };
    await startWeb({ [field]: refusal });
    const query = `mutation ($input: ${inputOf(field)}!) { ${field}(input: $input) { __typename ... on UserError { code message path } } }`;
    expect(await ask(channel.url, query, { input }, KEY)).toEqual({ [field]: refusal });
  });

  it.each(done)('%s is refused to guests, and the router is not asked', async (field, input) => {
    await startWeb({});
    const query = `mutation ($input: ${inputOf(field)}!) { ${field}(input: $input) { __typename } }`;
    const { body } = await post(channel.url, query, { input });
    expect(body.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(channel.router.calls).toEqual([]);
  });

  it('reads what the client wants of the account behind the change, and was done although that fails', async () => {
    const outcome = { __typename: 'PreferencesChanged', customer };
    await startWeb({ preferencesSet: outcome, me: person() });
    const query = `mutation { preferencesSet(input: { preferences: [] }) { ... on PreferencesChanged { account { id preferences { key } } } } }`;
    expect(await ask(channel.url, query, {}, KEY)).toEqual({
      preferencesSet: { account: { id: 'customer-1', preferences: [{ key: 'currency' }] } },
    });
    await channel.stop();
    await startWeb({ preferencesSet: outcome, me: outage });
    expect((await post(channel.url, query, {}, KEY)).body).toEqual({
      data: { preferencesSet: { account: { id: 'customer-1', preferences: null } } },
      extensions: { degraded: [{ path: 'me', code: 'SERVICE_UNAVAILABLE' }] },
    });
  });

  it('keeps input that a customer may not send to itself: nobody asks in the name of somebody else', async () => {
    await startWeb({});
    const query =
      'mutation { privacyErase(input: { customerId: "customer-2", confirmation: "x", idempotencyKey: "k" }) { __typename } }';
    const { body } = await post(channel.url, query, {}, KEY);
    expect(body.errors).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
  });
});

describe('one’s data', () => {
  const request = { id: 'r1', kind: 'EXPORT', state: 'RUNNING', requestedAt: AT, missing: ['orders'] };

  it.each([
    ['privacyExport', { idempotencyKey: 'k1' }],
    ['privacyErase', { confirmation: 'ada@example.com', idempotencyKey: 'k1' }],
  ])('%s answers the request and what should be known', async (field, input) => {
    let asked: unknown;
    const notes = [{ code: 'POINTS_FORFEITED', message: 'Points are lost.' }];
    await startWeb({
      [field]: (args: unknown) => ((asked = args), { __typename: 'PrivacyRequestAccepted', request, notes }),
    });
    const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ... on PrivacyRequestAccepted { request { id state missing parts { edges { cursor } } } notes { code message } } } }`;
    expect(await ask(channel.url, query, { input }, KEY)).toEqual({
      [field]: { request: { id: 'r1', state: 'RUNNING', missing: ['orders'], parts: null }, notes },
    });
    expect(asked).toEqual({ input });
  });

  it('is read page by page as it was kept', async () => {
    const asked: unknown[] = [];
    const data = [{ value: 'ada@example.com', nested: { __proto__: null, list: [1, null] } }];
    const parts = (args: unknown) => (
      asked.push(args),
      { edges: [{ cursor: 'c1', node: { subgraph: 'customers', kind: 'identities', data } }], pageInfo }
    );
    await startWeb({ privacyRequest: { ...request, parts } });
    const query =
      '{ privacyRequest(id: "r1", first: 1, after: "c0") { state parts { edges { node { kind data } } pageInfo { endCursor } } } }';
    expect(await ask(channel.url, query, {}, KEY)).toEqual({
      privacyRequest: {
        state: 'RUNNING',
        parts: { edges: [{ node: { kind: 'identities', data } }], pageInfo: { endCursor: 'c1' } },
      },
    });
    expect(await ask(channel.url, '{ privacyRequest(id: "r1") { state } }', {}, KEY)).toEqual({
      privacyRequest: { state: 'RUNNING' },
    });
    expect(asked).toEqual([{ first: 1, after: 'c0' }]);
  });
});

describe('a customer’s screens of the app', () => {
  it('show a small account, with consents only when they are read', async () => {
    await startMobile({ me: person() });
    expect(
      await ask(channel.url, '{ account { email givenName consents { purpose channel isGranted } } }', {}, KEY),
    ).toEqual({
      account: {
        email: 'ada@example.com',
        givenName: 'Ada',
        consents: [{ purpose: 'newsletter', channel: 'email', isGranted: true }],
      },
    });
    await channel.stop();
    await startMobile({ me: person({ consents: outage }) });
    expect((await post(channel.url, '{ account { email } }', {}, KEY)).body).toEqual({
      data: { account: { email: 'ada@example.com' } },
    });
  });

  it('page through orders with one amount each, and refuse pages too large for a phone', async () => {
    let asked: unknown;
    const { orders } = person();
    await startMobile({ me: person({ orders: (args: unknown) => ((asked = args), orders) }) });
    const query =
      'query ($first: Int) { orders(first: $first, after: "c0") { edges { node { number status total { minorUnits currency } placedAt } } pageInfo { endCursor } } }';
    expect(await ask(channel.url, query, { first: 5 }, KEY)).toEqual({
      orders: {
        edges: [
          {
            node: {
              number: 'K-100001',
              status: 'PLACED',
              total: { minorUnits: 11_900, currency: 'EUR' },
              placedAt: AT,
            },
          },
        ],
        pageInfo: { endCursor: 'c1' },
      },
    });
    expect(asked).toEqual({ first: 5, after: 'c0' });
    const { body } = await post(channel.url, query, { first: 51 }, KEY);
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(channel.router.calls).toHaveLength(1);
  });

  it('show the loyalty card with its number, and points only when they are read', async () => {
    const card = { ...identity, kind: 'LOYALTY_CARD', value: 'KONTOR0042' };
    await startMobile({ me: person({ identities: [identity, card] }) });
    const query =
      '{ loyaltyCard { number barcodeFormat balance available tier { code } nextTier { missingPoints } expiring { points } } }';
    expect(await ask(channel.url, query, {}, KEY)).toEqual({
      loyaltyCard: {
        number: 'KONTOR0042',
        barcodeFormat: 'CODE_128',
        balance: 120,
        available: 100,
        tier: { code: 'GOLD' },
        nextTier: { missingPoints: 880 },
        expiring: [{ points: 20 }],
      },
    });
    await channel.stop();
    await startMobile({ me: person({ loyalty: outage }) });
    expect((await post(channel.url, '{ loyaltyCard { number barcodeFormat } }', {}, KEY)).body).toEqual({
      data: { loyaltyCard: { number: null, barcodeFormat: null } },
    });
    expect((await post(channel.url, '{ loyaltyCard { number balance } }', {}, KEY)).body).toMatchObject({
      data: { loyaltyCard: { number: null, balance: null } },
      extensions: { degraded: [{ path: 'me.loyalty', code: 'SERVICE_UNAVAILABLE' }] },
    });
  });

  it('show guests nothing', async () => {
    await startMobile({ me: null });
    const query = '{ account { id } orders { edges { cursor } } loyaltyCard { number } }';
    expect(await ask(channel.url, query)).toEqual({ account: null, orders: null, loyaltyCard: null });
  });

  it('record a consent to push messages', async () => {
    let asked: unknown;
    const consent = { purpose: 'offers', channel: 'push', isGranted: true, at: AT };
    await startMobile({ consentSet: (args: unknown) => ((asked = args), { __typename: 'ConsentRecorded', consent }) });
    const input = { purpose: 'offers', channel: 'push', isGranted: true };
    const query =
      'mutation ($input: ConsentSetInput!) { consentSet(input: $input) { ... on ConsentRecorded { consent { purpose channel isGranted at } } } }';
    expect(await ask(channel.url, query, { input }, KEY)).toEqual({ consentSet: { consent } });
    expect(asked).toEqual({ input });
  });
});
