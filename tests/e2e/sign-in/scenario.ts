import { randomUUID } from 'node:crypto';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import { mailedToken } from '../mailbox.ts';
import {
  ADDRESS,
  CARD,
  CART_CREATE,
  CHECKOUT,
  SEARCH,
  type CartCreateData,
  type CheckoutData,
  type SearchData,
} from '../operations.ts';
import { shopperWith } from '../shopper.ts';
import type { System } from '../system.ts';

const TOKENS = 'token expiresAt refreshToken refreshExpiresAt';
const OUTCOME = `__typename ... on SignedIn { ${TOKENS} account { id email givenName } } ... on UserError { code message path }`;
const CART = '... on SignedIn { cart { id lines { quantity variant { id } } } }';
const PASSWORD = 'correct horse battery';
const SIGN_OUT = 'mutation SignOut { signOut { __typename ... on SignedOut { ended } } }';
const ACCOUNT = '{ account { id email givenName familyName recentOrders { number } } }';
const REFUSED = { status: 401, code: 'UNAUTHENTICATED' };

interface Outcome {
  readonly __typename: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly account: { readonly id: string };
  readonly code?: string;
  readonly cart?: {
    readonly id: string;
    readonly lines: readonly { readonly quantity: number; readonly variant: { readonly id: string } }[];
  } | null;
}
interface AccountData {
  readonly account: {
    readonly email: string;
    readonly recentOrders: readonly { readonly number: string }[] | null;
  } | null;
}

/** A customer makes an account, buys with it, sees the order there, and leaves. */
export function signIn(system: () => System): void {
  const web = () => system().url('web');
  const mobile = () => system().url('mobile');
  /** Sends a command whose input type is named after it. */
  const tell = async (field: string, input: object, options: { url?: string; token?: string; more?: string } = {}) => {
    const { url = web(), token, more = '' } = options;
    const type = `${field[0]!.toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${field}(input: $input) { ${OUTCOME} ${more} } }`;
    return (await ask<Record<string, Outcome>>(url, query, { input }, token))[field]!;
  };
  const signUpAs = (email: string, more: object = {}) => tell('signUp', { email, password: PASSWORD, ...more });
  const signInAs = (email: string, password = PASSWORD, url = web()) => tell('signIn', { email, password }, { url });
  const refresh = async (refreshToken: string) => {
    const query = `mutation ($input: SessionRefreshInput!) { sessionRefresh(input: $input) { __typename ... on SessionRefreshed { ${TOKENS} } ... on UserError { code } } }`;
    return (await ask<{ sessionRefresh: Outcome }>(web(), query, { input: { refreshToken } })).sessionRefresh;
  };
  const stateOf = async (token: string, url = web()) => {
    const { status, body } = await post(url, '{ account { id } }', {}, token);
    return { status, code: body.errors?.[0]?.extensions?.['code'] };
  };
  /** Channels hear of the end of a session within seconds. */
  const endsSoon = (token: string, url = web()) =>
    eventually(async () => expect(await stateOf(token, url)).toEqual(REFUSED));
  /** Other scenarios sell out the trail lantern. */
  const inStock = async () => {
    const { searchPage } = await ask<SearchData>(web(), SEARCH, { query: 'lantern' });
    const variants = searchPage.products.edges.flatMap(({ node }) => node.variants);
    return variants.find(({ availability }) => (availability?.sellableQuantity ?? 0) > 2)!;
  };
  const account = async (token: string) => (await ask<AccountData>(web(), ACCOUNT, {}, token)).account;
  const emailVerified = async (token: string) =>
    (await ask<{ account: { emailVerified: boolean } }>(web(), '{ account { emailVerified } }', {}, token)).account
      .emailVerified;

  it('signs up, buys with the session, shows the order in the account, and refuses the token after signing out', async () => {
    const email = `ada-${randomUUID()}@example.com`;
    const signedUp = await signUpAs(email, { givenName: 'Ada', familyName: 'Lovelace' });
    expect(signedUp.__typename).toBe('SignedIn');
    const profile = { id: signedUp.account.id, email, givenName: 'Ada', familyName: 'Lovelace' };
    expect(await account(signedUp.token)).toEqual({ ...profile, recentOrders: [] });

    const variant = await inStock();
    const lines = [{ variantId: variant.id, quantity: 1 }];
    const { cartCreate } = await ask<CartCreateData>(
      web(),
      CART_CREATE,
      { input: { currency: 'EUR', country: 'DE', lines } },
      signedUp.token,
    );
    expect(cartCreate.token).toBeNull();
    const input = {
      cartId: cartCreate.cart.id,
      shippingAddress: ADDRESS,
      contact: { email },
      tenders: CARD,
      idempotencyKey: randomUUID(),
    };
    const { checkout } = await ask<CheckoutData>(web(), CHECKOUT, { input }, signedUp.token);
    expect(checkout.__typename).toBe('OrderPlaced');
    expect(await account(signedUp.token)).toEqual({ ...profile, recentOrders: [{ number: checkout.order!.number }] });

    const signedIn = await signInAs(email.toUpperCase());
    expect(signedIn).toMatchObject({ __typename: 'SignedIn', account: { id: profile.id } });
    expect(await ask(web(), SIGN_OUT, {}, signedUp.token)).toEqual({
      signOut: { __typename: 'SignedOut', ended: true },
    });
    expect(await stateOf(signedUp.token)).toEqual(REFUSED);
    // Another session of the same customer goes on.
    expect(await account(signedIn.token)).toMatchObject({ email, recentOrders: [{ number: checkout.order!.number }] });
  });

  it('gives the orders of a guest to nobody who signs up with the address, who gets the same answer as for a known one', async () => {
    const email = `guest-${randomUUID()}@example.com`;
    const variant = await inStock();
    const guest = await shopperWith(web(), [{ variantId: variant.id, quantity: 1 }]);
    expect((await guest.checkout({ contact: { email } })).__typename).toBe('OrderPlaced');
    expect(await signUpAs(email)).toEqual({ __typename: 'VerificationSent' });
    expect(await signInAs(email)).toMatchObject({ __typename: 'InvalidCredentials' });
  });

  it('answers alike for a wrong password and for nobody, and takes a session in its own channel alone', async () => {
    const email = `wrong-${randomUUID()}@example.com`;
    const { token } = await signUpAs(email);
    expect(await signInAs(email, 'not the password')).toEqual(await signInAs(`no-${email}`, 'not the password'));
    expect(await stateOf(token, mobile())).toEqual({ status: 403, code: 'FORBIDDEN' });
  });

  it('refuses what is no address, no password and no token, with the field at fault', async () => {
    expect(await signUpAs('nobody')).toMatchObject({ __typename: 'InvalidInput', path: ['input', 'email'] });
    expect(await signUpAs(`short-${randomUUID()}@example.com`, { password: 'short' })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'password'],
    });
    expect(await tell('emailVerify', { token: 'x' })).toMatchObject({ __typename: 'InvalidToken' });
    expect(await tell('passwordReset', { token: 'x', newPassword: PASSWORD })).toMatchObject({
      __typename: 'InvalidToken',
    });
    expect(await refresh('x')).toEqual({ __typename: 'SessionEnded', code: 'SESSION_ENDED' });
    expect(await stateOf('eyJhbGciOiJub25lIn0.e30.')).toEqual(REFUSED);
  });

  it('shows nobody the orders of a guest whose address they signed up with', async () => {
    const email = `victim-${randomUUID()}@example.com`;
    const { token } = await signUpAs(email);
    const variant = await inStock();
    const guest = await shopperWith(web(), [{ variantId: variant.id, quantity: 1 }]);
    const placed = await guest.checkout({ contact: { email, givenName: 'Vera' } });
    expect(placed.__typename).toBe('OrderPlaced');
    expect(await account(token)).toMatchObject({ givenName: null, recentOrders: [] });
    const { order } = await ask<{ order: unknown }>(
      web(),
      'query O($id: ID!) { order(id: $id) { number } }',
      { id: placed.order!.id },
      token,
    );
    expect(order).toBeNull();
  });

  it('exchanges refresh tokens once each, and ends the session when an old one is shown', async () => {
    const first = await signUpAs(`refresh-${randomUUID()}@example.com`);
    const second = await refresh(first.refreshToken);
    expect(second.__typename).toBe('SessionRefreshed');
    const third = await refresh(second.refreshToken);
    expect(await stateOf(third.token)).toEqual({ status: 200, code: undefined });
    expect(await refresh(first.refreshToken)).toEqual({ __typename: 'SessionEnded', code: 'SESSION_ENDED' });
    // Nobody knows whose the newest is: it is of no use either.
    expect(await refresh(third.refreshToken)).toEqual({ __typename: 'SessionEnded', code: 'SESSION_ENDED' });
    await endsSoon(third.token);
  });

  it('ends all sessions at once, at the app, too', async () => {
    const email = `everywhere-${randomUUID()}@example.com`;
    const atWeb = await signUpAs(email);
    const onPhone = await signInAs(email, PASSWORD, mobile());
    expect(await stateOf(onPhone.token, mobile())).toEqual({ status: 200, code: undefined });
    const { signOutEverywhere } = await ask<{ signOutEverywhere: { ended: number } }>(
      web(),
      'mutation { signOutEverywhere { ended } }',
      {},
      atWeb.token,
    );
    expect(signOutEverywhere.ended).toBe(2);
    expect(await stateOf(atWeb.token)).toEqual(REFUSED);
    await endsSoon(onPhone.token, mobile());
    expect(await refresh(atWeb.refreshToken)).toMatchObject({ __typename: 'SessionEnded' });
  });

  it('brings a guest’s cart to the customer who the guest turns out to be, and once alone', async () => {
    const email = `cart-${randomUUID()}@example.com`;
    const { token } = await signUpAs(email);
    const variant = await inStock();
    const lines = [{ variantId: variant.id, quantity: 1 }];
    const { cartCreate: own } = await ask<CartCreateData>(
      web(),
      CART_CREATE,
      { input: { currency: 'EUR', country: 'DE', lines } },
      token,
    );
    const guest = await shopperWith(web(), lines);
    const cart = { cartId: guest.cartId, token: guest.token };
    const merged = { id: own.cart.id, lines: [{ quantity: 2, variant: { id: variant.id } }] };
    const input = { email, password: PASSWORD, cart };
    expect((await tell('signIn', input, { more: CART })).cart).toEqual(merged);
    expect((await tell('signIn', input, { more: CART })).cart).toEqual(merged);
    const { account: shown } = await ask<{ account: { cart: unknown } }>(
      web(),
      '{ account { cart { id lines { quantity variant { id } } } } }',
      {},
      token,
    );
    expect(shown.cart).toEqual(merged);
    // Somebody else's right to a cart is no sign-in lost.
    const wrong = { email, password: PASSWORD, cart: { ...cart, token: 'x'.repeat(43) } };
    const again = await post<{ signIn: Outcome }>(
      web(),
      `mutation ($input: SignInInput!) { signIn(input: $input) { ${OUTCOME} ${CART} } }`,
      { input: { ...wrong, cart: { ...wrong.cart, cartId: randomUUID() } } },
    );
    expect(again.body).toMatchObject({
      data: { signIn: { __typename: 'SignedIn', cart: null } },
      extensions: { degraded: [{ path: 'cartMerge', code: 'NOT_FOUND' }] },
    });
  });

  it('verifies an address by the link in its mail, once, where the account is signed in', async () => {
    const email = `verify-${randomUUID()}@example.com`;
    const { token, account: made } = await signUpAs(email);
    expect(await emailVerified(token)).toBe(false);
    const link = await mailedToken(system().mailbox, email, 'verify-email');
    // Who found the link alone has not shown that they asked for it.
    expect(await tell('emailVerify', { token: link })).toMatchObject({ __typename: 'InvalidCredentials' });
    expect(await emailVerified(token)).toBe(false);
    const verified = await tell('emailVerify', { token: link }, { token });
    expect(verified).toMatchObject({ __typename: 'SignedIn', account: { id: made.id, email } });
    expect(await emailVerified(verified.token)).toBe(true);
    expect(await tell('emailVerify', { token: link }, { token })).toMatchObject({ __typename: 'InvalidToken' });
  });

  it('sets a new password by the link in a mail, ends the sessions before it, and takes the old password no more', async () => {
    const email = `reset-${randomUUID()}@example.com`;
    const before = await signUpAs(email);
    const REQUEST =
      'mutation ($input: PasswordResetRequestInput!) { passwordResetRequest(input: $input) { __typename ... on PasswordResetSent { sent } } }';
    const sent = { passwordResetRequest: { __typename: 'PasswordResetSent', sent: true } };
    expect(await ask(web(), REQUEST, { input: { email } })).toEqual(sent);
    expect(await ask(web(), REQUEST, { input: { email: `nobody-${email}` } })).toEqual(sent);
    const link = await mailedToken(system().mailbox, email, 'reset-password');
    const newPassword = 'a new horse battery';
    const after = await tell('passwordReset', { token: link, newPassword });
    expect(after).toMatchObject({ __typename: 'SignedIn', account: { id: before.account.id } });
    expect(await emailVerified(after.token)).toBe(true);
    await endsSoon(before.token);
    expect(await tell('passwordReset', { token: link, newPassword })).toMatchObject({ __typename: 'InvalidToken' });
    expect(await signInAs(email)).toMatchObject({ __typename: 'InvalidCredentials' });
    expect(await signInAs(email, newPassword)).toMatchObject({ __typename: 'SignedIn' });
    expect(await system().mailbox.textsTo(`nobody-${email}`)).toEqual([]);
  });
}
