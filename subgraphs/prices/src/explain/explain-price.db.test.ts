import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANYBODY, type PriceScope } from '../domain/pricing-context.ts';
import { createTableTaxes } from '../domain/taxes/table-taxes.ts';
import { createEngineCache } from '../engine-cache.ts';
import { readWithTaxes } from '../price-readers.ts';
import { unitPriceOf } from '../domain/unit-price.ts';
import { openPrices, type OpenPrices } from '../testing/open-prices.ts';
import { explainPrice } from './explain-price.ts';
import type { PastSource } from './read-past.ts';

let prices: OpenPrices;
let source: PastSource;
const statements: string[] = [];

beforeAll(async () => {
  prices = await openPrices({ onQuery: (query) => statements.push(query) });
});
afterAll(() => prices.testDb.drop());
beforeEach(async () => {
  await prices.clear();
  source = { db: prices.db, engines: createEngineCache(prices.db), taxes: createTableTaxes() };
  await prices.givenTaxRates([{ country: 'DE', basisPoints: 1900 }]);
});

const WEB: PriceScope = { channel: 'web', currency: null, country: null, region: null, buyer: ANYBODY };
const ALL = { variantIds: [], productIds: [], categoryIds: [], labels: [] };
const EVERYTHING = { ...ALL, exclude: ALL };
const explain = (variantId: string, scope: Partial<PriceScope> = {}, quantity = 1) =>
  explainPrice(source, { scope: { ...WEB, ...scope }, variantId, quantity, moment: null });

describe('explainPrice', () => {
  test('names every list that holds the variant, and why it lost', async () => {
    const id = newId();
    await prices.givenPrices('base-eur', { [id]: 2000 });
    const lists = [
      { code: 'web-eur', scope: 'CHANNEL', channel: 'web' },
      { code: 'pos-eur', scope: 'CHANNEL', channel: 'pos' },
      { code: 'base-usd', currency: 'USD' },
      { code: 'vip', scope: 'GROUP', subject: 'vip' },
      { code: 'gold', scope: 'GROUP', subject: 'gold' },
      { code: 'silver', scope: 'GROUP', subject: 'silver' },
      { code: 'draft', scope: 'CHANNEL', channel: 'web', activity: null },
      { code: 'last-year', validity: { from: new Date('2025-01-01'), until: new Date('2026-01-01') } },
      { code: 'costs', scope: 'SOURCE' },
    ] as const;
    for (const [index, list] of lists.entries()) {
      await prices.givenList(list);
      await prices.givenPrices(list.code, { [id]: 1000 + index });
    }
    await prices.givenList({ code: 'bulk', scope: 'CUSTOMER', subject: 'anna' });
    await prices.givenPrices('bulk', { [id]: [{ minQuantity: 10, minor: 1 }] });

    const buyer = { ...ANYBODY, customerId: 'anna', groups: ['gold', 'silver'] };
    const explained = (await explain(id.toUpperCase(), { buyer }))!;
    expect(Object.fromEntries(explained.candidates.map(({ list, reason }) => [list.code, reason]))).toEqual({
      gold: null,
      silver: 'DEARER_GROUP',
      'web-eur': 'LESS_SPECIFIC',
      'base-eur': 'LESS_SPECIFIC',
      bulk: 'NO_TIER',
      vip: 'OTHER_BUYER',
      'pos-eur': 'OTHER_CHANNEL',
      'base-usd': 'OTHER_CURRENCY',
      'last-year': 'OUTSIDE_VALIDITY',
      costs: 'SOURCE',
      draft: 'DRAFT',
    });
    expect(explained.candidates[0]!.list.code).toBe('gold');
    expect(explained.price?.gross.minorUnits).toBe(1004);
    expect(await explain(id, { buyer }, 10)).toMatchObject({ price: { gross: { minorUnits: 1 } } });
    expect(await explain(id, { channel: 'nowhere' })).toBeNull();
  });

  test('tells step by step how a derived, promoted and taxed price came about, by two statements', async () => {
    const id = newId();
    const parentId = await prices.givenList({ code: 'parent', scope: 'SOURCE' });
    await prices.givenPrices('parent', { [id]: 2000 });
    const derivation = {
      parentId,
      adjustment: { kind: 'PERCENT', basisPoints: -1000 },
      rounding: { mode: 'NEAREST', stepMinor: 100, endingMinor: 99 },
    } as const;
    await prices.givenList({ code: 'web-eur', scope: 'CHANNEL', channel: 'web', derivation });
    const effect = { kind: 'PERCENT', target: EVERYTHING, basisPoints: 1000 } as const;
    await prices.givenPromotion({ code: 'spring', name: 'Spring', effect });
    await prices.givenPromotion({ code: 'later', effect, activity: { from: new Date('2090-01-01'), until: null } });
    await explain(id);
    statements.length = 0;
    const explained = (await explain(id))!;
    expect(statements).toHaveLength(2);
    expect(explained.steps.map(({ text }) => text)).toEqual([
      'The list parent says 20.00 EUR.',
      'The list web-eur: 20.00 − 10 %, rounded nearest to amounts that end as 0.99 of 1.00, is 17.99 EUR.',
      'The promotion “Spring” takes 1.80 off 17.99, which leaves 16.19 EUR.',
      '16.19 EUR contain 2.58 of tax, 19 % for “standard” in DE: 13.61 net.',
    ]);
    expect(explained.promotions.map(({ promotion, applied, refusal }) => [promotion.code, applied, refusal])).toEqual([
      ['spring', true, null],
      ['later', false, 'NOT_ACTIVE'],
    ]);
  });

  test('says what the price field says, whatever lists there are', async () => {
    const ids = Array.from({ length: 20 }, newId);
    for (const [index, id] of ids.entries()) await prices.givenPrices('base-eur', { [id]: 100 * (index + 1) });
    await prices.givenList({ code: 'web-eur', scope: 'CHANNEL', channel: 'web', taxIncluded: false });
    for (const id of ids.slice(5)) await prices.givenPrices('web-eur', { [id]: 333 });
    const read = (await readWithTaxes(source, WEB, ids))!;
    for (const id of ids) {
      const explained = (await explain(id))!;
      const { asOf: _, ...price } = unitPriceOf(read.found, id, 1, read.taxes)!;
      expect(explained.price).toMatchObject(price);
    }
  });

  test('refuses what is no variant, a quantity out of bounds and the future', async () => {
    await expect(explain('x')).rejects.toThrow('This is not the id of a variant.');
    await expect(explain(newId(), {}, 0)).rejects.toThrow('A quantity is from 1 to 10000.');
    const future = { scope: WEB, variantId: newId(), quantity: 1, moment: Date.now() * 2_000 };
    await expect(explainPrice(source, future)).rejects.toThrow('cannot be explained yet');
  });
});
