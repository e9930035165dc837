import { randomUUID } from 'node:crypto';
import { ask } from '@kontor/testkit/src/graph-client.ts';
import {
  ADDRESS,
  CART_CREATE,
  CHECKOUT,
  SEARCH,
  type CartCreateData,
  type CheckoutData,
  type SearchData,
} from '../operations.ts';
import type { System } from '../system.ts';
import { tellAt } from './staff.ts';

export type Outcome = CheckoutData['checkout'];

/** A cart with a unit of something in it, and what it costs. */
export interface OwnCart {
  readonly id: string;
  readonly totalMinor: number;
}

/** What a session's holder keeps. */
export interface Tokens {
  readonly token: string;
  readonly refreshToken: string;
}

/** Somebody with an account of the web shop. */
export interface Account extends Tokens {
  readonly customerId: string;
  readonly email: string;
}

export const PASSWORD = 'correct horse battery';
const TOKENS = 'token refreshToken account { id }';

/** Makes an account at the web shop. */
export async function signUp(system: System, name: string): Promise<Account> {
  const email = `${name}-${randomUUID()}@example.com`;
  const input = { email, password: PASSWORD };
  const made = await tellAt<Tokens & { account: { id: string } }>(
    system.url('web'),
    undefined,
    'signUp',
    input,
    `... on SignedIn { ${TOKENS} }`,
  );
  if (made.__typename !== 'SignedIn') throw new Error(JSON.stringify(made));
  return { token: made.token, refreshToken: made.refreshToken, customerId: made.account.id, email };
}

/** Signs in at the web shop. @returns the session's tokens, or the refusal. */
export const signIn = (system: System, email: string, password = PASSWORD) =>
  tellAt<Tokens & { account: { id: string } }>(
    system.url('web'),
    undefined,
    'signIn',
    { email, password },
    `... on SignedIn { ${TOKENS} }`,
  );

/** Exchanges a refresh token at the web shop, without anything else to show. */
export const refresh = (system: System, refreshToken: string) =>
  tellAt<Tokens>(
    system.url('web'),
    undefined,
    'sessionRefresh',
    { refreshToken },
    '... on SessionRefreshed { token refreshToken }',
  );

/** A session whose holder exchanges the token when it is refused, as the client of a shop does. */
export interface Session {
  tokens(): Tokens;
  /** Does something with the token of now, and once more with the next one where it was refused. */
  hold<Value>(work: (token: string) => Promise<Value>): Promise<Value>;
}

/** Holds a session. What is said of a person may change at any time, and then their token is refused. */
export function holdSession(system: System, { token, refreshToken }: Tokens): Session {
  let tokens: Tokens = { token, refreshToken };
  let exchanging: Promise<void> | undefined;
  const exchange = async (refused: string) => {
    if (refused === tokens.token)
      exchanging ??= refresh(system, tokens.refreshToken)
        .then((next) => {
          if (next.__typename !== 'SessionRefreshed') throw new Error(JSON.stringify(next));
          tokens = { token: next.token, refreshToken: next.refreshToken };
        })
        .finally(() => (exchanging = undefined));
    await exchanging;
  };
  return {
    tokens: () => tokens,
    async hold(work) {
      for (;;) {
        const now = tokens.token;
        try {
          return await work(now);
        } catch (error) {
          if (!/UNAUTHENTICATED/.test(String(error))) throw error;
          await exchange(now);
        }
      }
    },
  };
}

/** A variant of which there are many more than a scenario buys, that costs something. */
export async function plentifulVariant(system: System): Promise<string> {
  const found = await ask<SearchData>(system.url('web'), SEARCH, { query: '' });
  const variants = found.searchPage.products.edges.flatMap(({ node }) => node.variants);
  const variant = variants.find(
    ({ availability, price }) => (availability?.sellableQuantity ?? 0) > 150 && (price?.gross.minorUnits ?? 0) > 0,
  );
  if (!variant) throw new Error('the demo has nothing that it has many of');
  return variant.id;
}

/** Makes a customer's cart at the router. */
export async function fillCart(system: System, token: string, variantId: string): Promise<OwnCart> {
  const lines = [{ variantId, quantity: 1 }];
  const input = { currency: 'EUR', country: 'DE', lines };
  const { cartCreate } = await ask<CartCreateData>(system.url('router'), CART_CREATE, { input }, token);
  const { id, quote } = cartCreate.cart;
  return { id, totalMinor: quote!.total.gross.minorUnits };
}

/** Checks a customer's cart out at the router. */
export async function buy(
  system: System,
  token: string,
  cart: OwnCart,
  tender: object,
  more: object = {},
): Promise<Outcome> {
  const input = { cartId: cart.id, shippingAddress: ADDRESS, tenders: [tender], idempotencyKey: randomUUID(), ...more };
  return (await ask<CheckoutData>(system.url('router'), CHECKOUT, { input }, token)).checkout;
}

/** How many outcomes there are of each kind, with the code of a refusal or the reason of a decline. */
export function tallyOf(outcomes: readonly Outcome[]): Record<string, number> {
  const nameOf = ({ __typename, code, declineCode }: Outcome) =>
    [__typename, declineCode ?? code].filter(Boolean).join(' ');
  return Object.fromEntries(Object.entries(Object.groupBy(outcomes, nameOf)).map(([name, all]) => [name, all!.length]));
}
