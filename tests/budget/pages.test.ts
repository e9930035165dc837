import { guestOf, type Caller } from '@kontor/kit/src/auth/caller.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSent, startCountingStack, type Budget, type CountingStack } from './counting-stack.ts';
import { CATALOG_PAGE, COLLECTION_PAGE, FEED, LOOKUP, PRODUCT_PAGE, PRODUCT_SCREEN, SEARCH_PAGE } from './documents.ts';
import { productsOf, type DemoProduct } from './demo-products.ts';

const GUEST = { bff: 'web', caller: guestOf('web') } as const;
const STAFF: Caller = { role: 'staff', subject: 'staff-1', channel: 'pos', scopes: [] };
const BUYER: Caller = {
  role: 'customer',
  subject: 'buyer-1',
  customerId: newId(),
  companyId: newId(),
  channel: 'b2b',
  scopes: [],
};
const MARKETPLACE: Caller = { role: 'integration', subject: 'integration-1', channel: 'marketplace', scopes: [] };

/** Every page is one operation at the router: the catalogue first, then prices and stock side by side, each asked once. */
const page = (productStatements: number): Budget => ({
  fetches: { router: 1, products: 1, prices: 1, stock: 1 },
  statements: { products: productStatements, prices: 1, stock: 1 },
});

let stack: CountingStack;
let single: DemoProduct;
let wide: DemoProduct;

beforeAll(async () => {
  stack = await startCountingStack();
  const products = await productsOf(stack);
  const byVariants = products.toSorted((a, b) => a.variants.length - b.variants.length);
  [single, wide] = [byVariants[0]!, byVariants.at(-1)!];
  expect([single.variants.length, wide.variants.length > 5]).toEqual([1, true]);
});
afterAll(() => stack.stop());

describe('web', () => {
  it('productPage sends the same for one variant and for many', async () => {
    // The product, its media, its collections, its variants.
    for (const { handle } of [single, wide])
      expectSent(await stack.count({ ...GUEST, query: PRODUCT_PAGE, variables: { handle } }), page(4));
  });

  it('collectionPage sends the same for 1 and for 24 products', async () => {
    const { collectionPage } = await stack.run<{ collectionPage: { products: { edges: object[] } } }>({
      ...GUEST,
      query: COLLECTION_PAGE,
      variables: { handle: 'new-arrivals', first: 24 },
    });
    console.log('N', collectionPage.products.edges.length);
    // The collection, the page, its media, its variants.
    for (const first of [1, 24])
      expectSent(
        await stack.count({ ...GUEST, query: COLLECTION_PAGE, variables: { handle: 'new-arrivals', first } }),
        page(4),
      );
  });

  it.each(['', 'jacket'])('searchPage for "%s" sends the same for 1 and for 24 products', async (query) => {
    // The page, its media, its variants, the total count, the facets.
    for (const first of [1, 24])
      expectSent(await stack.count({ ...GUEST, query: SEARCH_PAGE, variables: { query, first } }), page(5));
  });
});

it('mobile productScreen sends the same for one variant and for many', async () => {
  // The product, its media, its variants.
  for (const { id } of [single, wide])
    expectSent(
      await stack.count({ bff: 'mobile', caller: guestOf('mobile'), query: PRODUCT_SCREEN, variables: { id } }),
      page(3),
    );
});

it('pos lookup sends the same for a barcode and for a SKU', async () => {
  const { sku } = single.variants[0]!;
  const lookup = { bff: 'pos', caller: STAFF, query: LOOKUP } as const;
  const { lookup: found } = await stack.run<{ lookup: { barcode: string }[] }>({ ...lookup, variables: { code: sku } });
  // By barcode, by SKU, the product, its media.
  for (const code of [found[0]!.barcode, sku])
    expectSent(await stack.count({ ...lookup, variables: { code } }), page(4));
});

it('b2b catalogPage sends the same for 1 and for 24 products', async () => {
  // The page, its variants.
  for (const first of [1, 24])
    expectSent(await stack.count({ bff: 'b2b', caller: BUYER, query: CATALOG_PAGE, variables: { first } }), page(2));
});

it('marketplace feed sends the same for 1 and for 50 products', async () => {
  // The page, descriptions, variants, media.
  for (const first of [1, 50])
    expectSent(
      await stack.count({ bff: 'marketplace', caller: MARKETPLACE, query: FEED, variables: { first } }),
      page(4),
    );
});
