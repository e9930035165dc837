import { ask, openSocket, post } from '@kontor/testkit/src/graph-client.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../bffs/web/src/app.ts';
import { startChannel, type Channel, type Credential } from './channel.ts';

const TOKEN = 'sess_of_ada';
const profile = { id: 'customer-1', email: 'ada@example.com', givenName: 'Ada', familyName: null, phone: null };
const NO_SESSION = { __typename: 'NoSession', code: 'NO_SESSION', message: 'What to do.', path: null };

let web: Channel;
afterEach(() => web.stop());
const session = (endsInMs = 60_000): Credential => ({
  role: 'customer',
  channel: 'web',
  scopes: [],
  customerId: profile.id,
  credentialId: 'credential-1',
  // As customers writes it.
  expiresAt: new Date(Date.now() + endsInMs).toISOString() as never,
});
/** Starts the shop with one session, which the field signOut of the shared graph ends. */
async function start(root: Record<string, unknown> = {}, credential = session()) {
  const keys: Record<string, Credential> = { [TOKEN]: credential };
  const signOut = () => (delete keys[TOKEN], { __typename: 'SignedOut', ended: true });
  web = await startChannel('web', createApp, { me: profile, signOut, ...root }, keys);
}
const SIGN_OUT = 'mutation { signOut { __typename ... on SignedOut { ended } ... on UserError { code } } }';
const ACCOUNT = '{ account { id } }';
const REFUSED = '... on UserError { code message path }';

describe('signing up and in', () => {
  const SIGNED_IN = '... on SignedIn { token expiresAt account { id email givenName recentOrders { number } } }';
  const SIGN_UP = `mutation ($input: SignUpInput!) { signUp(input: $input) { __typename ${SIGNED_IN} ${REFUSED} ... on Busy { retryAfterMs } } }`;
  const SIGN_IN = `mutation ($input: SignInInput!) { signIn(input: $input) { __typename ${SIGNED_IN} ${REFUSED} ... on TooManyAttempts { retryAfterMs } ... on Busy { retryAfterMs } } }`;
  const input = { email: 'ada@example.com', password: 'correct horse' };
  const refusal = { code: 'CODE', message: 'What to do.', path: null };

  it.each([
    ['signUp', SIGN_UP, { ...input, givenName: 'Ada', familyName: null }],
    ['signIn', SIGN_IN, input],
  ])('%s passes its input on as it came, and answers the token with the account', async (field, query, sent) => {
    let asked: unknown;
    const expiresAt = '2026-01-31T12:00:00.000Z';
    await start({
      [field]: (args: unknown) => (
        (asked = args),
        { __typename: 'SignedIn', token: TOKEN, expiresAt, customer: profile }
      ),
    });
    const { id, email, givenName } = profile;
    expect(await ask(web.url, query, { input: sent })).toEqual({
      [field]: {
        __typename: 'SignedIn',
        token: TOKEN,
        expiresAt,
        account: { id, email, givenName, recentOrders: null },
      },
    });
    expect(asked).toEqual({ input: sent });
    expect(web.router.calls.map(({ call }) => call.caller.role)).toEqual(['guest']);
  });

  it.each([
    ['signUp', 'InvalidInput', SIGN_UP, {}],
    ['signUp', 'Busy', SIGN_UP, { retryAfterMs: 2_000 }],
    ['signIn', 'InvalidInput', SIGN_IN, {}],
    ['signIn', 'InvalidCredentials', SIGN_IN, {}],
    ['signIn', 'TooManyAttempts', SIGN_IN, { retryAfterMs: 60_000 }],
    ['signIn', 'Busy', SIGN_IN, { retryAfterMs: 2_000 }],
  ])('%s passes the refusal %s through with all it says', async (field, __typename, query, more) => {
    await start({ [field]: { __typename, ...refusal, ...more } });
    expect(await ask(web.url, query, { input })).toEqual({ [field]: { __typename, ...refusal, ...more } });
  });

  it('is refused twice in one document, and the router is not asked', async () => {
    await start();
    const twice = `mutation ($input: SignInInput!) { a: signIn(input: $input) { __typename } b: signIn(input: $input) { __typename } }`;
    const { status, body } = await post(web.url, twice, { input });
    expect({ status, code: body.errors?.[0]?.extensions?.['code'] }).toEqual({
      status: 400,
      code: 'DOCUMENT_TOO_COMPLEX',
    });
    expect(web.router.calls).toEqual([]);
  });
});

describe('signing out', () => {
  it('ends the token in this process at once, although it was remembered', async () => {
    await start();
    expect(await ask(web.url, ACCOUNT, {}, TOKEN)).toEqual({ account: { id: profile.id } });
    expect(await ask(web.url, SIGN_OUT, {}, TOKEN)).toEqual({ signOut: { __typename: 'SignedOut', ended: true } });
    expect(web.router.calls.at(-1)!.call.caller).toMatchObject({ credentialId: 'credential-1', channel: 'web' });
    const { status, body } = await post(web.url, ACCOUNT, {}, TOKEN);
    expect({ status, code: body.errors?.[0]?.extensions?.['code'] }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('tells the holder of a key that there is no session', async () => {
    await start({ signOut: NO_SESSION });
    expect(await ask(web.url, SIGN_OUT, {}, TOKEN)).toEqual({
      signOut: { __typename: 'NoSession', code: 'NO_SESSION' },
    });
    expect(await ask(web.url, ACCOUNT, {}, TOKEN)).toEqual({ account: { id: profile.id } });
  });
});

describe('a socket of a session', () => {
  it('is closed with 4403 when the session expires', async () => {
    await start({}, session(400));
    expect(await openSocket(web.url, TOKEN).closed).toBe(4403);
  });

  it('is closed with 4403 by the first operation after the session was ended', async () => {
    await start();
    const socket = openSocket(web.url, TOKEN);
    expect(await socket.ask(ACCOUNT)).toEqual({ account: { id: profile.id } });
    await ask(web.url, SIGN_OUT, {}, TOKEN);
    const asked = web.router.calls.length;
    await expect(socket.ask(ACCOUNT)).rejects.toBeDefined();
    expect(await socket.closed).toBe(4403);
    expect(web.router.calls).toHaveLength(asked);
  });
});
