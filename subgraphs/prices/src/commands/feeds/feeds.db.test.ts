import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ProductFactsState } from '../../domain/feeds/product-labels.ts';
import { openPrices, type OpenPrices } from '../../testing/open-prices.ts';
import { keepCategories } from './keep-categories.ts';
import { keepLocations } from './keep-locations.ts';
import { keepProducts } from './keep-products.ts';

let prices: OpenPrices;

beforeAll(async () => {
  prices = await openPrices();
});
afterAll(() => prices.testDb.drop());
beforeEach(() => prices.clear());

const product = (more: Partial<ProductFactsState> = {}): ProductFactsState => ({
  productId: newId(),
  revision: 1,
  title: 'Lamp',
  productType: 'Lamps',
  vendor: 'Nord',
  tags: ['new'],
  attributes: ['colour=red'],
  categoryIds: [],
  variants: [{ variantId: newId(), sku: 'L-1', weightGrams: 300, taxCategory: 'standard' }],
  ...more,
});
const facts = () =>
  prices.db.sql`select v.variant_id as id, v.sku, v.tax_category as tax, v.weight_grams as grams, p.labels
    from prices.variant_facts v join prices.product_facts p using (product_id) order by v.sku`;
const told = async () =>
  (
    await prices.db.sql<
      { ids: string[] | null }[]
    >`select variant_ids as ids from prices.price_changes order by change_number`
  ).map(({ ids }) => ids);
const revision = async () =>
  Number((await prices.db.sql<{ revision: string }[]>`select revision from prices.engine_state`)[0]!.revision);

describe('keepProducts', () => {
  test('keeps what promotions, taxes and shipping ask, and forgets variants that a product has no more', async () => {
    const state = product();
    const [variant] = state.variants;
    await keepProducts(prices.db, [state]);
    expect(await facts()).toEqual([
      {
        id: variant!.variantId,
        sku: 'L-1',
        tax: 'standard',
        grams: 300,
        labels: ['attribute:colour=red', 'tag:new', 'type:Lamps', 'vendor:Nord'],
      },
    ]);
    const other = { variantId: newId(), sku: 'L-2', taxCategory: 'standard' };
    await keepProducts(prices.db, [{ ...state, revision: 2, variants: [other] }]);
    expect((await facts()).map(({ sku }) => sku as string)).toEqual(['L-2']);
    expect(await told()).toEqual([]);
  });

  test('takes the newest state whatever the order in which they come', async () => {
    const state = product();
    await Promise.all([3, 1, 2].map((at) => keepProducts(prices.db, [{ ...state, revision: at, tags: [`r${at}`] }])));
    await keepProducts(prices.db, [
      { ...state, revision: 2 },
      { ...state, revision: 1 },
    ]);
    expect((await facts())[0]!['labels']).toContain('tag:r3');
  });

  test('tells of goods whose tax changed, and of labels only where a promotion on pages asks for some', async () => {
    const state = product();
    const ids = state.variants.map(({ variantId }) => variantId);
    const reduced = state.variants.map((variant) => ({ ...variant, taxCategory: 'reduced' }));
    await keepProducts(prices.db, [state]);
    await keepProducts(prices.db, [{ ...state, revision: 2, variants: reduced }]);
    expect(await told()).toEqual([ids]);
    await keepProducts(prices.db, [{ ...state, revision: 3, variants: reduced, tags: ['sale'] }]);
    expect(await told()).toEqual([ids]);
    const none = { variantIds: [], productIds: [], categoryIds: [], labels: [] };
    await prices.givenPromotion({
      effect: { kind: 'PERCENT', target: { ...none, labels: ['tag:sale'], exclude: none }, basisPoints: 1_000 },
    });
    await keepProducts(prices.db, [{ ...state, revision: 4, variants: reduced, tags: [] }]);
    expect(await told()).toEqual([ids, ids]);
  });
});

describe('keepCategories', () => {
  test('has processes read the tree anew when it is another, and not when it is told again', async () => {
    const [top, below] = [newId(), newId()];
    const states = [
      { categoryId: top, parentId: null, revision: 1 },
      { categoryId: below, parentId: top, revision: 1 },
    ];
    const before = await revision();
    await keepCategories(prices.db, states);
    await keepCategories(prices.db, states);
    expect(await revision()).toBe(before + 1);
    await keepCategories(prices.db, [{ categoryId: below, revision: 2, isRemoved: true }]);
    expect(await prices.db.sql`select category_id from prices.category_facts where not is_removed`).toEqual([
      { category_id: top },
    ]);
    await keepCategories(prices.db, states);
    expect(await revision()).toBe(before + 2);
  });
});

describe('keepLocations', () => {
  test('keeps the newest of the places that companies buy for', async () => {
    const state = { companyLocationId: newId(), companyId: newId(), revision: 2, priceListCode: 'contract' };
    await keepLocations(prices.db, [
      { ...state, taxExemption: { country: 'AT', validUntil: '2030-01-01T00:00:00.000Z' } },
    ]);
    await keepLocations(prices.db, [{ ...state, revision: 1, priceListCode: null }]);
    expect(await prices.db.sql`select revision, price_list_code, exempt_country from prices.company_locations`).toEqual(
      [{ revision: '2', price_list_code: 'contract', exempt_country: 'AT' }],
    );
  });
});
