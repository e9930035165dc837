import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANYBODY } from '../../domain/pricing-context.ts';
import { createTableTaxes } from '../../domain/taxes/table-taxes.ts';
import { createEngineCache } from '../../engine-cache.ts';
import { answerQuote } from '../../quotes/answer-quote.ts';
import { toQuoteRequest } from '../../quotes/quote-request.ts';
import { NO_CONDITIONS, openPrices, type GivenPromotion, type OpenPrices } from '../../testing/open-prices.ts';
import { confirmPromotions, releasePromotions, sweepHolds } from './end-holds.ts';
import { holdPromotions, type HoldOutcome } from './hold-promotions.ts';

let prices: OpenPrices;
let db: Database;
/** Another process, and one that lives two days later. */
let rival: Database;
let later: Database;
const variantId = newId();
const key = new Uint8Array(32).fill(7);
const quoteKey = () => Promise.resolve(key);
const clock = { now: () => new Date() };

beforeAll(async () => {
  prices = await openPrices();
  db = prices.db;
  rival = prices.open();
  later = prices.open({ nowOffset: '2 days' });
});
afterAll(() => prices.testDb.drop());
beforeEach(async () => {
  await prices.clear();
  await prices.givenPrices('base-eur', { [variantId]: 10_000 });
});

const NONE = { variantIds: [], productIds: [], categoryIds: [], labels: [] };
const TEN_PERCENT = { kind: 'CART_PERCENT', target: { ...NONE, exclude: NONE }, basisPoints: 1_000 } as const;
const promotion = (more: Partial<GivenPromotion> = {}) => prices.givenPromotion({ effect: TEN_PERCENT, ...more });
const limits = (more: object) => ({ limits: { maxUses: null, maxUsesPerCustomer: null, budget: null, ...more } });

async function quoted(
  codes: readonly string[] = [],
  { customerId = null, quantity = 1 }: { customerId?: string | null; quantity?: number } = {},
) {
  const request = toQuoteRequest({
    channel: 'web',
    lines: [{ lineId: '1', variantId, quantity }],
    codes: [...codes],
    isPickup: true,
    buyer: { ...ANYBODY, groups: [], customerId },
  });
  const engines = createEngineCache(db);
  const answer = await answerQuote({ db, clock, engines, taxes: createTableTaxes(), quoteKey }, request);
  return { quote: answer.quote, token: answer.token! };
}
const hold = (holdKey: string, quoteToken: string, database = db, guestKey: string | null = null) =>
  holdPromotions({ db: database, quoteKey, clock }, { key: holdKey, quoteToken, guestKey });
const kinds = (outcomes: readonly HoldOutcome[]) => {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const kind = outcome.__typename === 'PromotionUnavailable' ? outcome.reason : outcome.__typename;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
};
async function counters() {
  const [row] = await db.sql`
    select uses_held, uses_confirmed, budget_held::int, budget_spent::int from prices.promotions limit 1`;
  return Object.values(row!);
}

describe('holdPromotions', () => {
  test('gives a code that can be used once to one of a hundred orders, whichever process they go through', async () => {
    await prices.givenCode('ONCE', await promotion({ needsCode: true }), { maxUses: 1 });
    const { token, quote } = await quoted(['once']);
    expect(quote.goodsTotal.gross.minorUnits).toBe(9_000);
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) => hold(`order:${index}`, token, index % 2 ? db : rival)),
    );
    expect(kinds(outcomes)).toEqual({ PromotionsHeld: 1, CODE_USED_UP: 99 });
    expect((await quoted(['ONCE'])).quote.codes).toEqual([{ code: 'ONCE', status: 'CODE_USED_UP' }]);
    expect(await db.sql`select status from prices.promotion_holds`).toEqual([{ status: 'HELD' }]);
  });

  test('never holds more than the budget, and has the promotion end for everybody when it is gone', async () => {
    await promotion(limits({ budget: { minor: 20_000, currency: 'EUR' } }));
    const tokens = await Promise.all([1, 2, 3].map(async (quantity) => (await quoted([], { quantity })).token));
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, index) => hold(`order:${index}`, tokens[index % 3]!, index % 2 ? db : rival)),
    );
    const [, , held] = await counters();
    expect(held).toBeLessThanOrEqual(20_000);
    expect(held).toBeGreaterThan(18_000);
    expect(kinds(outcomes)['PromotionsHeld']).toBeGreaterThan(6);
    for (const index of Array.from({ length: 20 }, (_, at) => at)) await hold(`last:${index}`, tokens[0]!);
    expect((await counters())[2]).toBe(20_000);
    expect((await quoted()).quote.promotions).toEqual([]);
  });

  test('counts the uses of each customer, and of guests by the key that they are known by', async () => {
    await promotion(limits({ maxUsesPerCustomer: 1 }));
    const customerId = newId();
    const { token } = await quoted([], { customerId });
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, index) => hold(`order:${index}`, token, rival)));
    expect(kinds(outcomes)).toEqual({ PromotionsHeld: 1, CUSTOMER_LIMIT: 9 });
    expect((await quoted([], { customerId })).quote.promotions).toEqual([]);
    const guest = (await quoted()).token;
    expect(await hold('guest:1', guest, db, 'anna')).toMatchObject({ __typename: 'PromotionsHeld' });
    expect(await hold('guest:2', guest, db, 'anna')).toMatchObject({ reason: 'CUSTOMER_LIMIT' });
    expect(await hold('guest:3', guest, db, 'bob')).toMatchObject({ __typename: 'PromotionsHeld' });
    expect(await hold('guest:4', guest)).toMatchObject({ reason: 'SIGN_IN_NEEDED' });
  });

  test('answers the same when it is repeated, also at once, and refuses another quote under the same key', async () => {
    await promotion(limits({ maxUses: 5 }));
    const { token } = await quoted();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => hold('one', token, index % 2 ? db : rival)),
    );
    expect(kinds(outcomes)).toEqual({ PromotionsHeld: 20 });
    expect(await counters()).toEqual([1, 0, 1_000, 0]);
    const { token: other } = await quoted([], { quantity: 2 });
    expect(await hold('one', other)).toEqual({ __typename: 'HoldEnded', status: 'HELD' });
  });

  test('holds all or nothing', async () => {
    await prices.givenCode('GONE', await promotion({ needsCode: true, combinesWith: ['ORDER'] }), { maxUses: 1 });
    const first = (await quoted(['GONE'])).token;
    await promotion({ ...limits({ maxUses: 10 }), combinesWith: ['ORDER'] });
    const both = await quoted(['GONE']);
    expect(both.quote.promotions).toHaveLength(2);
    await hold('first', first);
    expect(await hold('second', both.token)).toMatchObject({ reason: 'CODE_USED_UP', code: 'GONE' });
    const rows = await db.sql`select sum(uses_held)::int as held from prices.promotions`;
    expect(rows).toEqual([{ held: 1 }]);
  });

  test('lets exactly one of confirming, releasing and expiring win', async () => {
    await promotion(limits({ budget: { minor: 1_000_000, currency: 'EUR' }, maxUses: 1_000 }));
    const { token } = await quoted();
    const keys = Array.from({ length: 30 }, (_, index) => `order:${index}`);
    for (const each of keys) await hold(each, token);
    expect(await counters()).toEqual([30, 0, 30_000, 0]);
    await Promise.all(
      keys.flatMap((each, index) => [
        index % 2 ? releasePromotions(rival, each) : sweepHolds(later),
        releasePromotions(db, each),
      ]),
    );
    expect(await counters()).toEqual([0, 0, 0, 0]);
    for (const each of keys) await confirmPromotions(db, each);
    await Promise.all(keys.map((each) => confirmPromotions(rival, each)));
    // The orders stand, whatever became of their holds; each counts once.
    expect(await counters()).toEqual([0, 30, 0, 30_000]);
    for (const each of keys) expect(await releasePromotions(db, each)).toBe('CONFIRMED');
    expect(await counters()).toEqual([0, 30, 0, 30_000]);
  });

  test('gives back what nobody paid: the promotion applies again', async () => {
    await promotion(limits({ maxUses: 1 }));
    const { token } = await quoted();
    await hold('a', token);
    expect((await quoted()).quote.promotions).toEqual([]);
    expect(await releasePromotions(db, 'a')).toBe('RELEASED');
    expect((await quoted()).quote.promotions).toHaveLength(1);
    expect(await hold('a', token)).toEqual({ __typename: 'HoldEnded', status: 'RELEASED' });
    await hold('b', token);
    expect(await sweepHolds(later)).toBe(1);
    expect(await hold('b', token)).toMatchObject({ __typename: 'PromotionsHeld' });
    expect(await counters()).toEqual([1, 0, 1_000, 0]);
  });

  test('refuses a hold that comes after its own release, and a token that is not ours', async () => {
    await promotion(limits({ maxUses: 1 }));
    const { token } = await quoted();
    expect(await releasePromotions(db, 'late')).toBeNull();
    expect(await hold('late', token)).toEqual({ __typename: 'HoldEnded', status: 'RELEASED' });
    await expect(hold('x', 'forged')).rejects.toThrow('This is not a quote of ours.');
    await expect(hold('', token)).rejects.toThrow('A key has 1 to 200 characters.');
  });

  test('does not deadlock where orders take several promotions', async () => {
    for (let index = 0; index < 4; index += 1)
      await promotion({ ...limits({ maxUses: 10_000 }), combinesWith: ['ORDER'], conditions: NO_CONDITIONS });
    const { token, quote } = await quoted();
    expect(quote.promotions).toHaveLength(4);
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const database = index % 2 ? db : rival;
        await hold(`order:${index}`, token, database);
        await (index % 3
          ? confirmPromotions(database, `order:${index}`)
          : releasePromotions(database, `order:${index}`));
      }),
    );
    const rows = await db.sql`select distinct uses_held, uses_confirmed from prices.promotions`;
    expect(rows).toEqual([{ uses_held: 0, uses_confirmed: 26 }]);
  });
});
