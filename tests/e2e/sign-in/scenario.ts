import { randomUUID } from 'node:crypto';
import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
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

const OUTCOME =
  '__typename ... on SignedIn { token expiresAt account { id email givenName } } ... on UserError { code message path }';
const SIGN_UP = `mutation SignUp($input: SignUpInput!) { signUp(input: $input) { ${OUTCOME} } }`;
const SIGN_IN = `mutation SignIn($input: SignInInput!) { signIn(input: $input) { ${OUTCOME} ... on TooManyAttempts { retryAfterMs } } }`;
const SIGN_OUT = 'mutation SignOut { signOut { __typename ... on SignedOut { ended } } }';
const ACCOUNT = '{ account { id email givenName familyName recentOrders { number } } }';
const PASSWORD = 'correct horse battery';

interface Outcome {
  readonly __typename: string;
  readonly token: string;
  readonly account: { readonly id: string };
  readonly code?: string;
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
  const signUpAs = async (email: string, more: Record<string, unknown> = {}) =>
    (await ask<{ signUp: Outcome }>(web(), SIGN_UP, { input: { email, password: PASSWORD, ...more } })).signUp;
  const signInAs = async (email: string, password = PASSWORD) =>
    (await ask<{ signIn: Outcome }>(web(), SIGN_IN, { input: { email, password } })).signIn;
  /** Other scenarios sell out the trail lantern. */
  const inStock = async () => {
    const { searchPage } = await ask<SearchData>(web(), SEARCH, { query: 'lantern' });
    const variants = searchPage.products.edges.flatMap(({ node }) => node.variants);
    return variants.find(({ availability }) => (availability?.sellableQuantity ?? 0) > 2)!;
  };
  const account = async (token: string) => (await ask<AccountData>(web(), ACCOUNT, {}, token)).account;

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
    const { status, body } = await post(web(), ACCOUNT, {}, signedUp.token);
    expect({ status, code: body.errors?.[0]?.extensions?.['code'] }).toEqual({ status: 401, code: 'UNAUTHENTICATED' });
    // Another session of the same customer goes on.
    expect(await account(signedIn.token)).toMatchObject({ email, recentOrders: [{ number: checkout.order!.number }] });
  });

  it('gives the orders of a guest to nobody who signs up with the address', async () => {
    const email = `guest-${randomUUID()}@example.com`;
    const variant = await inStock();
    const guest = await shopperWith(web(), [{ variantId: variant.id, quantity: 1 }]);
    expect((await guest.checkout({ contact: { email } })).__typename).toBe('OrderPlaced');
    expect(await signUpAs(email)).toMatchObject({ __typename: 'InvalidInput', code: 'EMAIL_TAKEN' });
    expect(await signInAs(email)).toMatchObject({ __typename: 'InvalidCredentials' });
  });

  it('answers alike for a wrong password and for nobody, and takes a session in its own channel alone', async () => {
    const email = `wrong-${randomUUID()}@example.com`;
    const { token } = await signUpAs(email);
    expect(await signInAs(email, 'not the password')).toEqual(await signInAs(`no-${email}`, 'not the password'));
    const elsewhere = await post(system().url('mobile'), '{ __typename }', {}, token);
    expect({ status: elsewhere.status, code: elsewhere.body.errors?.[0]?.extensions?.['code'] }).toEqual({
      status: 403,
      code: 'FORBIDDEN',
    });
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
}
