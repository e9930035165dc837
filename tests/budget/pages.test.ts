import { guestOf, type Caller } from '@kontor/kit/src/auth/caller.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
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

interface Listing {
  readonly products: { readonly edges: readonly object[] };
}
interface Lookup {
  readonly lookup: readonly { readonly barcode: string }[];
}
interface Feed {
  readonly feed: { readonly items: readonly { readonly itemGroupId: string }[] };
}

const SIZES = [1, 24];

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

it.each(['one variant', 'many'])('web productPage sends the same for %s', async (width) => {
  const { handle } = width === 'many' ? wide : single;
  // The product, its media, its collections, its variants.
  expectSent(await stack.count({ ...GUEST, query: PRODUCT_PAGE, variables: { handle } }), page(4));
});

it.each(SIZES)('web collectionPage sends the same for %i products', async (first) => {
  const variables = { handle: 'on-the-trail', first };
  const counted = await stack.count<{ collectionPage: Listing }>({ ...GUEST, query: COLLECTION_PAGE, variables });
  expect(counted.data.collectionPage.products.edges).toHaveLength(first);
  // The collection, the page, its media, its variants.
  expectSent(counted, page(4));
});

it.each([
  ['', 1],
  ['', 24],
  ['hiking', 1],
  ['hiking', 24],
])('web searchPage for "%s" sends the same for %i products', async (query, first) => {
  const variables = { query, first };
  const counted = await stack.count<{ searchPage: Listing }>({ ...GUEST, query: SEARCH_PAGE, variables });
  expect(counted.data.searchPage.products.edges).toHaveLength(first);
  // The page, its media, its variants, the total count, the facets.
  expectSent(counted, page(5));
});

it.each(['one variant', 'many'])('mobile productScreen sends the same for %s', async (width) => {
  const { id } = width === 'many' ? wide : single;
  const operation = { bff: 'mobile', caller: guestOf('mobile'), query: PRODUCT_SCREEN, variables: { id } } as const;
  // The product, its media, its variants.
  expectSent(await stack.count(operation), page(3));
});

it('pos lookup sends the same for a barcode and for a SKU', async () => {
  const lookup = { bff: 'pos', caller: STAFF, query: LOOKUP } as const;
  // By barcode, by SKU, the product, its media.
  const bySku = await stack.count<Lookup>({ ...lookup, variables: { code: single.variants[0]!.sku } });
  expectSent(bySku, page(4));
  const [match] = bySku.data.lookup;
  expectSent(await stack.count({ ...lookup, variables: { code: match!.barcode } }), page(4));
});

it.each(SIZES)('b2b catalogPage sends the same for %i products', async (first) => {
  const operation = { bff: 'b2b', caller: BUYER, query: CATALOG_PAGE, variables: { first } } as const;
  const counted = await stack.count<{ catalogPage: Listing }>(operation);
  expect(counted.data.catalogPage.products.edges).toHaveLength(first);
  // The page, its variants.
  expectSent(counted, page(2));
});

it.each([1, 50])('marketplace feed sends the same for %i products', async (first) => {
  const operation = { bff: 'marketplace', caller: MARKETPLACE, query: FEED, variables: { first } } as const;
  const counted = await stack.count<Feed>(operation);
  expect(new Set(counted.data.feed.items.map((item) => item.itemGroupId)).size).toBe(first);
  // The page, its descriptions, its variants, their media.
  expectSent(counted, page(4));
});
