import { randomUUID } from 'node:crypto';
import { post } from '@kontor/testkit/src/graph-client.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { decodeJwt } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import { CARD } from '../operations.ts';
import type { System } from '../system.ts';
import { expectAccountsVerified, setProgramme } from './accounts.ts';
import { buy, fillCart, holdSession, plentifulVariant, refresh, signUp, type Account } from './shopping.ts';
import { hireStaff, type Staff } from './staff.ts';

const ORDERS_EACH = 20;
const AT_ONCE = 4;
/** As many orders of the absorbed profile are placed when the merge begins. */
const PLACED_BEFORE = 6;
/** A point for each EUR. */
const EARNED_PER_100 = 100;
const SETTLED_MS = 30_000;
/** Edges hear of changed claims every five seconds. */
const REFUSED_MS = 15_000;

const PERSON = `query ($id: ID!) { customer(id: $id) { id version formerIds
  statistics { channel orders spent { minorUnits currency } } loyalty { balance held pending debt }
  orders(first: 100) { edges { node { id total { gross { minorUnits } } } } pageInfo { hasNextPage } } } }`;
/** What is asked again and again until it is so, at a low price. */
const COUNT = `query ($id: ID!) { customer(id: $id) { statistics { orders } loyalty { balance } } }`;
const ORDER = `query ($id: ID!) { order(id: $id) { customer { id } } }`;
const ME = '{ me { id } }';

interface Person {
  readonly id: string;
  readonly version: number;
  readonly formerIds: readonly string[];
  readonly statistics: readonly { channel: string; orders: number; spent: { minorUnits: number; currency: string } }[];
  readonly loyalty: { balance: number; held: number; pending: number; debt: number };
  readonly orders: {
    readonly edges: readonly { readonly node: { id: string; total: { gross: { minorUnits: number } } } }[];
    readonly pageInfo: { readonly hasNextPage: boolean };
  };
}

/** An order that was placed, and by whose session. */
interface Placed {
  readonly id: string;
  readonly totalMinor: number;
  /** Whom the access token named. */
  readonly as: string;
}

/** Two profiles become one while both of them buy. */
export function merging(system: () => System): void {
  let staff: Staff;
  let variantId: string;
  beforeAll(async () => {
    staff = await hireStaff(system());
    variantId = await plentifulVariant(system());
  });

  const person = async (id: string) => (await staff.ask<{ customer: Person }>(PERSON, { id })).customer;
  const ordersOf = ({ orders }: Person) => orders.edges.map(({ node }) => node.id).sort();
  const clientOf = (account: Account) => {
    const session = holdSession(system(), account);
    return {
      tokens: session.tokens,
      place: () =>
        session.hold(async (token): Promise<Placed> => {
          const cart = await fillCart(system(), token, variantId);
          const outcome = await buy(system(), token, cart, CARD[0]!);
          if (outcome.__typename !== 'OrderPlaced') throw new Error(JSON.stringify(outcome));
          const { id, total } = outcome.order!;
          return { id, totalMinor: total.gross.minorUnits, as: String(decodeJwt(token)['customerId']) };
        }),
    };
  };

  /** Merges, with the versions that are there when it is asked: what changes between asking and merging is refused. */
  const merge = async (survivorId: string, absorbedId: string): Promise<string> => {
    for (;;) {
      const [survivor, absorbed] = await Promise.all([person(survivorId), person(absorbedId)]);
      const outcome = await staff.tell<{ mergeId: string }>(
        'customerMerge',
        {
          ...{ survivorId, absorbedId, idempotencyKey: randomUUID() },
          expectedSurvivorVersion: survivor.version,
          expectedAbsorbedVersion: absorbed.version,
        },
        '... on CustomersMerged { mergeId }',
      );
      if (outcome.__typename === 'CustomersMerged') return outcome.mergeId;
      expect(outcome.__typename).toBe('VersionConflict');
    }
  };

  it('lists every order once when a profile is merged into another one while both buy, and gives back when it is undone', async () => {
    await setProgramme(staff, EARNED_PER_100);
    const [absorbed, survivor] = await Promise.all([signUp(system(), 'absorbed'), signUp(system(), 'survivor')]);
    const [first, second] = [absorbed.customerId, survivor.customerId];
    const clients = { absorbed: clientOf(absorbed), survivor: clientOf(survivor) };
    const placed: Placed[] = [];
    const begun = Promise.withResolvers<void>();
    const shop = async (client: ReturnType<typeof clientOf>) => {
      let left = ORDERS_EACH;
      const worker = async () => {
        while (left > 0) {
          left -= 1;
          placed.push(await client.place());
          if (placed.filter(({ as }) => as === first).length >= PLACED_BEFORE) begun.resolve();
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    };
    let before: readonly Placed[] = [];
    const merged = begun.promise.then(() => {
      before = placed.filter(({ as }) => as === first);
      return merge(second, first);
    });
    await Promise.all([shop(clients.absorbed), shop(clients.survivor), merged]);
    const mergeId = await merged;

    expect(placed).toHaveLength(2 * ORDERS_EACH);
    const all = placed.map(({ id }) => id).sort();
    const spent = placed.reduce((sum, { totalMinor }) => sum + totalMinor, 0);
    // Each order earns for itself, and what is not a whole point is nothing.
    const earned = placed.reduce((sum, { totalMinor }) => sum + Math.floor(totalMinor / 100), 0);
    await eventually(async () => {
      const { customer } = await staff.ask<{ customer: unknown }>(COUNT, { id: second });
      expect(customer).toEqual({ statistics: [{ orders: all.length }], loyalty: { balance: earned } });
    }, SETTLED_MS);
    await eventually(async () => {
      const whole = await person(second);
      expect(ordersOf(whole)).toEqual(all);
      expect(whole.statistics).toEqual([
        { channel: 'web', orders: all.length, spent: { minorUnits: spent, currency: 'EUR' } },
      ]);
      expect(whole.loyalty).toEqual({ balance: earned, held: 0, pending: 0, debt: 0 });
      expect(whole.formerIds).toEqual([first]);
    }, SETTLED_MS);
    // The old id leads to the same profile, with the same orders once; each order names the survivor.
    const byOldId = await person(first);
    expect({ id: byOldId.id, orders: ordersOf(byOldId) }).toEqual({ id: second, orders: all });
    for (const id of all) expect(await staff.ask(ORDER, { id })).toEqual({ order: { customer: { id: second } } });
    await expectAccountsVerified(system());

    // The token that names the absorbed profile is refused wherever it worked; the session's next one names the survivor.
    for (const place of ['web', 'router'] as const)
      await eventually(async () => {
        const { body } = await post(
          system().url(place),
          place === 'web' ? '{ account { id } }' : ME,
          {},
          absorbed.token,
        );
        expect({ place, codes: body.errors?.map(({ extensions }) => extensions?.['code']) }).toEqual({
          place,
          codes: ['UNAUTHENTICATED'],
        });
      }, REFUSED_MS);
    const next = await refresh(system(), clients.absorbed.tokens().refreshToken);
    expect(next.__typename).toBe('SessionRefreshed');
    expect(decodeJwt(next.token)).toMatchObject({ sub: second, customerId: second });
    const { body } = await post<{ me: { id: string } }>(system().url('router'), ME, {}, next.token);
    expect(body.data).toEqual({ me: { id: second } });

    await staff.change('customerUnmerge', { mergeId, idempotencyKey: randomUUID() });
    await eventually(async () => {
      const [restored, kept] = await Promise.all([person(first), person(second)]);
      expect([restored.id, kept.id]).toEqual([first, second]);
      // Every order has one owner again: what was bought before the merge its own, what the survivor bought the survivor.
      expect([...ordersOf(restored), ...ordersOf(kept)].sort()).toEqual(all);
      expect(ordersOf(restored)).toEqual(expect.arrayContaining(before.map(({ id }) => id)));
      expect(ordersOf(kept)).toEqual(
        expect.arrayContaining(placed.filter(({ as }) => as === second).map(({ id }) => id)),
      );
      // What customers counts is what orders lists.
      for (const { statistics, orders } of [restored, kept]) {
        const sum = orders.edges.reduce((total, { node }) => total + node.total.gross.minorUnits, 0);
        expect(statistics).toEqual([
          { channel: 'web', orders: orders.edges.length, spent: { minorUnits: sum, currency: 'EUR' } },
        ]);
      }
    }, SETTLED_MS);
    const [restored, kept] = await Promise.all([person(first), person(second)]);
    expect(restored.loyalty.balance + kept.loyalty.balance).toBe(earned);
    await expectAccountsVerified(system());
  });
}
