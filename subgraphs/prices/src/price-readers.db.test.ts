import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANYBODY, type PriceScope } from './domain/pricing-context.ts';
import { createTableTaxes } from './domain/taxes/table-taxes.ts';
import type { TaxProvider } from './domain/taxes/tax-provider.ts';
import { createEngineCache } from './engine-cache.ts';
import { createPriceReaders } from './price-readers.ts';
import { openPrices, type OpenPrices } from './testing/open-prices.ts';

let prices: OpenPrices;
const statements: string[] = [];

beforeAll(async () => {
  prices = await openPrices({ max: 1, onQuery: (query) => statements.push(query) });
});
afterAll(() => prices.testDb.drop());
beforeEach(() => prices.clear());

const WEB: PriceScope = { channel: 'web', currency: null, country: null, region: null, buyer: ANYBODY };
const readers = (taxes: TaxProvider = createTableTaxes()) =>
  createPriceReaders({ db: prices.db, engines: createEngineCache(prices.db), taxes });

describe('createPriceReaders', () => {
  test('answers prices at any quantity and tiers of 72 variants by one statement for prices, and one for the engine the first time', async () => {
    const ids = Array.from({ length: 72 }, newId);
    await prices.givenPrices(
      'base-eur',
      Object.fromEntries(ids.map((id, index) => [id, [{ minor: 1_000 + index }, { minQuantity: 5, minor: 900 }]])),
    );
    statements.length = 0;
    const reader = readers()(WEB);
    const [ones, fives, tiers] = await Promise.all([
      Promise.all(ids.map((id) => reader.unitPrice(id, 1))),
      Promise.all(ids.map((id) => reader.unitPrice(id.toUpperCase(), 5))),
      Promise.all(ids.map((id) => reader.tiers(id))),
    ]);
    expect(statements).toHaveLength(2);
    expect(ones.map((price) => price?.gross.minorUnits)).toEqual(ids.map((_, index) => 1_000 + index));
    expect(fives.every((price) => price?.gross.minorUnits === 900)).toBe(true);
    expect(tiers.every((each) => each.length === 2)).toBe(true);
    expect(await reader.unitPrice(ids[0]!, 1)).toBe(ones[0]);
    expect(statements).toHaveLength(2);
  });

  test('keeps scopes apart, and takes the same one for the same', () => {
    const reader = readers();
    expect(reader(WEB)).toBe(reader({ ...WEB }));
    expect(reader(WEB)).not.toBe(reader({ ...WEB, currency: 'EUR' }));
    expect(reader(WEB)).not.toBe(reader({ ...WEB, buyer: { ...ANYBODY, groups: ['gold'] } }));
  });

  test('asks nobody for what is no id, and has no price in a channel that is not known', async () => {
    statements.length = 0;
    const reader = readers()(WEB);
    expect([await reader.unitPrice('no-id', 1), await reader.tiers('')]).toEqual([null, []]);
    expect(statements).toHaveLength(0);
    const nowhere = readers()({ ...WEB, channel: 'nowhere' });
    expect([await nowhere.unitPrice(newId(), 1), await nowhere.tiers(newId())]).toEqual([null, []]);
  });

  test('asks another provider of taxes once, for the categories that there are', async () => {
    const [book, plain] = [newId(), newId()];
    await prices.givenPrices('base-eur', { [book]: 1_000, [plain]: 1_000 });
    await prices.givenFacts({ [book]: { taxCategory: 'books' } });
    const asked: unknown[] = [];
    const taxes: TaxProvider = {
      rates: (destination, categories) => {
        asked.push([destination, categories]);
        return Promise.resolve({ rounding: 'LINE', basisPointsOf: (category) => (category === 'books' ? 2_500 : 0) });
      },
    };
    const reader = readers(taxes)({ ...WEB, region: 'BY' });
    const [one, other] = await Promise.all([reader.unitPrice(book, 1), reader.unitPrice(plain, 1)]);
    expect([one?.tax.minorUnits, other?.tax.minorUnits]).toEqual([200, 0]);
    expect(asked).toEqual([[{ country: 'DE', region: 'BY' }, ['standard', 'books']]]);
  });

  test('tells everybody who waits when a provider of taxes fails', async () => {
    const id = newId();
    const reader = readers({ rates: () => Promise.reject(new Error('taxes are gone')) })(WEB);
    await expect(reader.unitPrice(id, 1)).rejects.toThrow('taxes are gone');
  });
});
