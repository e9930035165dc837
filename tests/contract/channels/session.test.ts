import { ask, openSocket, post } from '@kontor/testkit/src/graph-client.ts';
import { GraphQLError } from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp as createMobile } from '../../../bffs/mobile/src/app.ts';
import { createApp as createWeb } from '../../../bffs/web/src/app.ts';
import { startChannel, type Channel, type Credential } from './channel.ts';

const TOKEN = 'sess_of_ada';
const profile = { id: 'customer-1', email: 'ada@example.com', givenName: 'Ada', familyName: null, phone: null };
const NO_SESSION = { __typename: 'NoSession', code: 'NO_SESSION', message: 'What to do.', path: null };
const makers = { web: createWeb, mobile: createMobile };

let channel: Channel;
/** What `Authorization: Bearer` may carry now. */
let keys: Record<string, Credential>;
afterEach(() => channel.stop());
const session = (endsInMs = 60_000): Credential => ({
  role: 'customer',
  channel: 'web',
  scopes: [],
  customerId: profile.id,
  credentialId: 'credential-1',
  // As customers writes it.
  expiresAt: new Date(Date.now() + endsInMs).toISOString() as never,
});
/** Starts a channel with one session, which the commands of the shared graph that end sessions end. */
async function start(root: Record<string, unknown> = {}, credential = session(), name: keyof typeof makers = 'web') {
  keys = { [TOKEN]: { ...credential, channel: name } };
  const end = (answer: object) => () => (delete keys[TOKEN], answer);
  channel = await startChannel(
    name,
    makers[name],
    {
      me: profile,
      signOut: end({ __typename: 'SignedOut', ended: true }),
      signOutEverywhere: end({ ended: 3 }),
      sessionEnd: end({ __typename: 'SignedOut', ended: true }),
      ...root,
    },
    keys,
  );
}
const callers = () => channel.router.calls.map(({ call }) => call.caller.role);
const SIGN_OUT = 'mutation { signOut { __typename ... on SignedOut { ended } ... on UserError { code } } }';
const ACCOUNT = '{ account { id } }';
const REFUSED = '... on UserError { code message path }';
const EXPIRES = '2026-01-31T12:00:00.000Z';
const REFRESH_EXPIRES = '2026-03-02T12:00:00.000Z';
const TOKENS = { token: TOKEN, expiresAt: EXPIRES, refreshToken: 'refresh_1', refreshExpiresAt: REFRESH_EXPIRES };
const SIGNED_IN = { __typename: 'SignedIn', ...TOKENS, customer: profile };
const TOKEN_FIELDS = 'token expiresAt refreshToken refreshExpiresAt';

const SIGN_IN_INPUT = { email: 'ada@example.com', password: 'correct horse' };
const NEW_PASSWORD = { token: 'from-a-mail', newPassword: 'correct horse' };
const BY_ISSUER = { issuer: 'https://login.example', idToken: 'id-token', nonce: 'once' };
const command = (field: string, more = '') => {
  const input = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
  return `mutation ($input: ${input}!) { ${field}(input: $input) { __typename ... on SignedIn { ${TOKEN_FIELDS} account { id email givenName } ${more} } ${REFUSED} } }`;
};

describe.each(['web', 'mobile'] as const)('signing up and in at %s', (name) => {
  const refusal = { code: 'CODE', message: 'What to do.', path: null };

  it.each([
    ['signUp', { ...SIGN_IN_INPUT, givenName: 'Ada', familyName: null }],
    ['signIn', SIGN_IN_INPUT],
  ])(
    '%s passes its input on as it came, and answers all tokens with the account in one operation',
    async (field, sent) => {
      let asked: unknown;
      await start({ [field]: (args: unknown) => ((asked = args), SIGNED_IN) }, session(), name);
      const { id, email, givenName } = profile;
      expect(await ask(channel.url, command(field), { input: sent })).toEqual({
        [field]: { __typename: 'SignedIn', ...TOKENS, account: { id, email, givenName } },
      });
      expect(asked).toEqual({ input: sent });
      expect(callers()).toEqual(['guest']);
    },
  );

  it.each([
    ['signUp', 'InvalidInput', {}],
    ['signUp', 'TooManyAttempts', { retryAfterMs: 60_000 }],
    ['signUp', 'Busy', { retryAfterMs: 2_000 }],
    ['signIn', 'InvalidInput', {}],
    ['signIn', 'InvalidCredentials', {}],
    ['signIn', 'TooManyAttempts', { retryAfterMs: 60_000 }],
    ['signIn', 'Busy', { retryAfterMs: 2_000 }],
  ])('%s passes the refusal %s through with all it says', async (field, __typename, more) => {
    await start({ [field]: { __typename, ...refusal, ...more } }, session(), name);
    const waits = Object.keys(more).length > 0 ? `... on ${__typename} { retryAfterMs }` : '';
    const query = command(field).replace(REFUSED, `${REFUSED} ${waits}`);
    expect(await ask(channel.url, query, { input: SIGN_IN_INPUT })).toEqual({
      [field]: { __typename, ...refusal, ...more },
    });
  });

  it('tells who signs up with a known address that a mail is on its way, and nothing else', async () => {
    await start({ signUp: { __typename: 'VerificationSent', sent: true } }, session(), name);
    const query =
      'mutation ($input: SignUpInput!) { signUp(input: $input) { __typename ... on VerificationSent { sent } } }';
    expect(await ask(channel.url, query, { input: SIGN_IN_INPUT })).toEqual({
      signUp: { __typename: 'VerificationSent', sent: true },
    });
  });

  it('exchanges a refresh token without another credential, and says when the session has ended', async () => {
    let asked: unknown;
    let answer: object = { __typename: 'SessionRefreshed', ...TOKENS };
    await start({ sessionRefresh: (args: unknown) => ((asked = args), answer) }, session(), name);
    const query = `mutation ($input: SessionRefreshInput!) { sessionRefresh(input: $input) { __typename ... on SessionRefreshed { ${TOKEN_FIELDS} } ${REFUSED} } }`;
    const input = { refreshToken: 'refresh_0' };
    expect(await ask(channel.url, query, { input })).toEqual({ sessionRefresh: answer });
    expect(asked).toEqual({ input });
    answer = { __typename: 'SessionEnded', ...refusal };
    expect(await ask(channel.url, query, { input })).toEqual({ sessionRefresh: answer });
  });
});

it('is refused twice in one document, and the router is not asked', async () => {
  await start();
  const twice = `mutation ($input: SignInInput!) { a: signIn(input: $input) { __typename } b: signIn(input: $input) { __typename } }`;
  const { status, body } = await post(channel.url, twice, { input: SIGN_IN_INPUT });
  expect({ status, code: body.errors?.[0]?.extensions?.['code'] }).toEqual({
    status: 400,
    code: 'DOCUMENT_TOO_COMPLEX',
  });
  expect(channel.router.calls).toEqual([]);
});

describe('what follows a sign-in', () => {
  const guestCart = { cartId: 'cart-1', token: 'right-to-cart-1' };
  const cart = {
    id: 'cart-2',
    version: 3,
    channel: 'web',
    currency: 'EUR',
    country: 'DE',
    status: 'OPEN',
    lines: [],
    codes: [],
    discounts: [],
    shipping: null,
    gifts: [],
  };
  const merged = { __typename: 'CartUpdated', cart };

  it.each([
    ['signUp', SIGN_IN_INPUT],
    ['signIn', SIGN_IN_INPUT],
    ['signInExternal', BY_ISSUER],
    ['emailVerify', { token: 'from-a-mail' }],
    ['passwordReset', NEW_PASSWORD],
  ])('%s begins the session as the guest, then merges the guest’s cart as the customer', async (field, input) => {
    const asked: unknown[] = [];
    const told = (answer: object) => (args: unknown) => (asked.push(args), answer);
    await start({ [field]: told(SIGNED_IN), cartMerge: told(merged) });
    const { body } = await post(channel.url, command(field, 'cart { id version }'), {
      input: { ...input, cart: guestCart },
    });
    expect(body).toMatchObject({ data: { [field]: { token: TOKEN, cart: { id: 'cart-2', version: 3 } } } });
    expect(body).not.toHaveProperty('extensions');
    expect(asked).toEqual([{ input }, { input: guestCart }]);
    expect(channel.router.calls.map(({ call }) => [call.caller.role, call.caller.customerId])).toEqual([
      ['guest', undefined],
      ['customer', profile.id],
    ]);
  });

  it.each([
    [
      'the cart is not there',
      () => ({ __typename: 'NotFound', code: 'NOT_FOUND', message: 'No.', path: null }),
      'NOT_FOUND',
    ],
    [
      'orders is down',
      () => {
        throw new GraphQLError('orders cannot be reached.', { extensions: { code: 'SERVICE_UNAVAILABLE' } });
      },
      'SERVICE_UNAVAILABLE',
    ],
  ])('answers the session without a cart when %s, and says so beside the data', async (_when, cartMerge, code) => {
    await start({ signIn: SIGNED_IN, cartMerge });
    const { body } = await post(channel.url, command('signIn', 'cart { id }'), {
      input: { ...SIGN_IN_INPUT, cart: guestCart },
    });
    expect(body.errors).toBeUndefined();
    expect(body).toMatchObject({
      data: { signIn: { ...TOKENS, cart: null } },
      extensions: { degraded: [{ path: 'cartMerge', code }] },
    });
  });

  it('asks nothing as somebody whose token this channel does not take', async () => {
    await start({ signIn: { ...SIGNED_IN, token: 'sess_of_eve' }, cartMerge: merged });
    const { body } = await post(channel.url, command('signIn', 'cart { id }'), {
      input: { ...SIGN_IN_INPUT, cart: guestCart },
    });
    expect(body).toMatchObject({
      data: { signIn: { token: 'sess_of_eve', cart: null } },
      extensions: { degraded: [{ path: 'cartMerge', code: 'UNAUTHENTICATED' }] },
    });
    expect(callers()).toEqual(['guest']);
  });

  it('fetches what the client reads of the account as the customer, behind the merge', async () => {
    const addresses = [{ id: 'a1', country: 'DE', isDefaultShipping: true, isDefaultBilling: true, version: 1 }];
    await start({ signIn: SIGNED_IN, cartMerge: merged, me: { ...profile, addresses } });
    const query = command('signIn').replace('givenName', 'givenName addresses { id }');
    expect(await ask(channel.url, query, { input: { ...SIGN_IN_INPUT, cart: guestCart } })).toMatchObject({
      signIn: { account: { id: profile.id, addresses: [{ id: 'a1' }] } },
    });
    expect(callers()).toEqual(['guest', 'customer', 'customer']);
  });

  it('shows the phone how many lines the cart has', async () => {
    const lines = ['l1', 'l2'].map((id) => ({ id }));
    await start(
      { signIn: SIGNED_IN, cartMerge: { __typename: 'CartUpdated', cart: { ...cart, lines } } },
      session(),
      'mobile',
    );
    expect(
      await ask(channel.url, command('signIn', 'cart { id version lineCount }'), {
        input: { ...SIGN_IN_INPUT, cart: guestCart },
      }),
    ).toMatchObject({ signIn: { cart: { id: 'cart-2', version: 3, lineCount: 2 } } });
  });
});

describe('ending sessions', () => {
  const refusedNow = async () => {
    const { status, body } = await post(channel.url, ACCOUNT, {}, TOKEN);
    expect({ status, code: body.errors?.[0]?.extensions?.['code'] }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  };

  it.each([
    ['web', SIGN_OUT],
    ['mobile', SIGN_OUT],
    ['web', 'mutation { signOutEverywhere { ended } }'],
    ['mobile', 'mutation { signOutEverywhere { ended } }'],
    ['web', 'mutation { sessionEnd(input: { sessionId: "credential-1" }) { __typename } }'],
  ] as const)('%s refuses the token at once behind %s, although it was remembered', async (name, query) => {
    await start({}, session(), name);
    expect(await ask(channel.url, ACCOUNT, {}, TOKEN)).toEqual({ account: { id: profile.id } });
    await ask(channel.url, query, {}, TOKEN);
    expect(channel.router.calls.at(-1)!.call.caller).toMatchObject({ credentialId: 'credential-1', channel: name });
    await refusedNow();
  });

  it('refuses the token also when the answer to signing out was lost', async () => {
    await start({
      signOutEverywhere: () => {
        delete keys[TOKEN];
        throw new GraphQLError('customers did not answer.', { extensions: { code: 'TIMEOUT' } });
      },
    });
    await ask(channel.url, ACCOUNT, {}, TOKEN);
    const { body } = await post(channel.url, 'mutation { signOutEverywhere { ended } }', {}, TOKEN);
    expect(body.errors).toMatchObject([{ extensions: { code: 'TIMEOUT' } }]);
    await refusedNow();
  });

  it('goes on with the session that ends another one', async () => {
    await start({ sessionEnd: { __typename: 'SignedOut', ended: true } });
    await ask(channel.url, 'mutation { sessionEnd(input: { sessionId: "credential-2" }) { __typename } }', {}, TOKEN);
    expect(await ask(channel.url, ACCOUNT, {}, TOKEN)).toEqual({ account: { id: profile.id } });
  });

  it('tells the holder of a key that there is no session', async () => {
    await start({ signOut: NO_SESSION });
    expect(await ask(channel.url, SIGN_OUT, {}, TOKEN)).toEqual({
      signOut: { __typename: 'NoSession', code: 'NO_SESSION' },
    });
    expect(await ask(channel.url, ACCOUNT, {}, TOKEN)).toEqual({ account: { id: profile.id } });
  });
});

describe('a socket of a session', () => {
  it('is closed with 4403 when the session expires', async () => {
    await start({}, session(400));
    expect(await openSocket(channel.url, TOKEN).closed).toBe(4403);
  });

  it('is closed with 4403 by the first operation after the session was ended', async () => {
    await start();
    const socket = openSocket(channel.url, TOKEN);
    expect(await socket.ask(ACCOUNT)).toEqual({ account: { id: profile.id } });
    await ask(channel.url, SIGN_OUT, {}, TOKEN);
    const asked = channel.router.calls.length;
    await expect(socket.ask(ACCOUNT)).rejects.toBeDefined();
    expect(await socket.closed).toBe(4403);
    expect(channel.router.calls).toHaveLength(asked);
  });
});
