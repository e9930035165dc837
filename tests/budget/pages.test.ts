import { guestOf, type Caller } from '@kontor/kit/src/auth/caller.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogueStatements } from './catalogue-statements.ts';
import { expectSent, startCountingStack, type Budget, type CountingStack } from './counting-stack.ts';
import {
  CATALOG_PAGE,
  CATEGORY_PAGE,
  CATEGORY_TREE,
  COLLECTION_PAGE,
  FEED,
  LOOKUP,
  NARROWED_CATALOG,
  NARROWED_SEARCH,
  PRODUCT_DETAILS,
  PRODUCT_PAGE,
  PRODUCT_SCREEN,
  RECOMMENDATIONS,
  SEARCH_PAGE,
  SEARCH_SUGGESTIONS,
} from './documents.ts';
import { productsOf, type DemoProduct } from './demo-products.ts';
import { phonesAndMarketplaces } from './phones-and-marketplaces.ts';

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

const EDITOR = {
  bff: 'router',
  caller: { role: 'staff', subject: 'editor-1', channel: 'web', scopes: ['catalogue:read', 'catalogue:write'] },
} as const;
const UPDATE = `mutation ($input: ProductUpdateInput!) {
  productUpdate(input: $input) { __typename ... on UserError { code message } }
}`;

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

/** Each list of related products has fetches of its own for prices and stock, side by side with those for the product. */
const withRelated = (lists: number, productStatements: number): Budget => ({
  fetches: { router: 1, products: 1, prices: 1 + lists, stock: 1 + lists },
  statements: { products: productStatements, prices: 1 + lists, stock: 1 + lists },
});

/** Asks the catalogue alone. */
const catalogue = (productStatements: number): Budget => ({
  fetches: { router: 1, products: 1 },
  statements: { products: productStatements },
});

let stack: CountingStack;
let single: DemoProduct;
let wide: DemoProduct;
let related: DemoProduct;

beforeAll(async () => {
  stack = await startCountingStack();
  const products = await productsOf(stack);
  const byVariants = products.toSorted((a, b) => a.variants.length - b.variants.length);
  [single, related, wide] = [byVariants[0]!, byVariants[1]!, byVariants.at(-1)!];
  expect([single.variants.length, wide.variants.length > 5]).toEqual([1, true]);
});
afterAll(() => stack.stop());

catalogueStatements(
  () => stack,
  () => single,
  () => wide,
);

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
  ['', 1, 4],
  ['', 24, 4],
  ['hiking', 1, 5],
  ['hiking', 24, 5],
])('web searchPage for "%s" sends the same for %i products', async (query, first, statements) => {
  const variables = { query, first };
  const counted = await stack.count<{ searchPage: Listing }>({ ...GUEST, query: SEARCH_PAGE, variables });
  expect(counted.data.searchPage.products.edges).toHaveLength(first);
  // The page with the total count and the facets (for words these are two at once), its media, its variants, the names of the facets' values.
  expectSent(counted, page(statements));
});

it.each([1, 10])('web searchPage narrowed and sorted by price sends the same for %i products', async (first) => {
  const filters = [{ facet: 'VENDOR', values: ['Oberland & Sohn'] }];
  const variables = { query: '', first, filters, sort: 'PRICE_ASC', locale: 'de' };
  const counted = await stack.count<{ searchPage: Listing }>({ ...GUEST, query: NARROWED_SEARCH, variables });
  expect(counted.data.searchPage.products.edges).toHaveLength(first);
  // The page with all that is counted of the list, texts of its language, its media, its variants, the names of the facets' values.
  expectSent(counted, page(5));
});

it('web searchSuggestions asks the catalogue alone', async () => {
  const variables = { query: 'la', first: 5 };
  // The products with these titles.
  expectSent(await stack.count({ ...GUEST, query: SEARCH_SUGGESTIONS, variables }), catalogue(1));
});

describe('with products in categories that lead to each other', () => {
  beforeAll(() => fileProducts([single, wide], [related.id]));

  it.each([1, 2])('web categoryPage sends the same for %i products', async (first) => {
    const variables = { handle: 'budget-packs', first, locale: 'de' };
    const counted = await stack.count<{ categoryPage: Listing }>({ ...GUEST, query: CATEGORY_PAGE, variables });
    expect(counted.data.categoryPage.products.edges).toHaveLength(first);
    // The category, what is above it, what is below it, the page, texts of its language, its media, its variants, the names of the facets' values.
    expectSent(counted, page(8));
  });

  it('web categoryPage without its products asks the catalogue for the category alone', async () => {
    const query = '{ categoryPage(handle: "budget-packs") { category { name } cacheTags } }';
    expectSent(await stack.count({ ...GUEST, query }), catalogue(1));
  });

  it.each([1, 250])('web categoryTree sends the same for %i branches', async (first) => {
    // The roots, what is below them.
    expectSent(await stack.count({ ...GUEST, query: CATEGORY_TREE, variables: { first } }), catalogue(2));
  });

  it.each(['one variant', 'many'])('web productPage with all details sends the same for %s', async (width) => {
    const variables = { handle: (width === 'many' ? wide : single).handle, locale: 'de' };
    // The product, its texts, its description, its media, its variants, its collections, its attributes and those of its variants, its categories and
    // those above them, its relations; their texts, media and variants.
    expectSent(await stack.count({ ...GUEST, query: PRODUCT_DETAILS, variables }), withRelated(3, 14));
  });

  it.each(['one variant', 'many'])('web productPage with recommendations sends the same for %s', async (width) => {
    const variables = { handle: (width === 'many' ? wide : single).handle, locale: 'de' };
    // The product, its texts, its description, its media, its variants, its collections, its recommendations; their texts, media and variants.
    expectSent(await stack.count({ ...GUEST, query: RECOMMENDATIONS, variables }), withRelated(1, 10));
  });
});

/** Files products in a category below another, and makes each lead to others in every way. */
async function fileProducts(products: readonly DemoProduct[], productIds: readonly string[]): Promise<void> {
  const above = await saveCategory({ handle: 'budget-gear', name: 'Gear', names: [{ locale: 'de', text: 'Gerät' }] });
  const categoryId = await saveCategory({ handle: 'budget-packs', name: 'Packs', parentId: above });
  await saveCategory({ handle: 'budget-day-packs', name: 'Day packs', parentId: categoryId });
  for (const { id } of products) {
    const relations = ['ACCESSORY', 'CROSS_SELL', 'SUCCESSOR'].map((kind) => ({ kind, productIds }));
    const input = { productId: id, categoryIds: [categoryId], relations };
    const { productUpdate } = await stack.run<{ productUpdate: object }>({
      ...EDITOR,
      query: UPDATE,
      variables: { input },
    });
    expect(productUpdate).toEqual({ __typename: 'ProductUpdated' });
  }
}

async function saveCategory(input: object): Promise<string> {
  const { categorySet } = await stack.run<{ categorySet: { category: { id: string } } }>({
    ...EDITOR,
    query:
      'mutation ($input: CategorySetInput!) { categorySet(input: $input) { ... on CategorySaved { category { id } } } }',
    variables: { input },
  });
  return categorySet.category.id;
}

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

it.each([1, 10])('b2b catalogPage narrowed and sorted by price sends the same for %i products', async (first) => {
  const variables = { first, filters: [{ facet: 'VENDOR', values: ['Oberland & Sohn'] }], locale: 'de' };
  const operation = { bff: 'b2b', caller: BUYER, query: NARROWED_CATALOG, variables } as const;
  const counted = await stack.count<{ catalogPage: Listing }>(operation);
  expect(counted.data.catalogPage.products.edges).toHaveLength(first);
  // The page with all that is counted of the list, texts of its language, its variants, the names of the facets' values.
  expectSent(counted, page(4));
});

it.each([1, 50])('marketplace feed sends the same for %i products', async (first) => {
  const operation = { bff: 'marketplace', caller: MARKETPLACE, query: FEED, variables: { first } } as const;
  const counted = await stack.count<Feed>(operation);
  expect(new Set(counted.data.feed.items.map((item) => item.itemGroupId)).size).toBe(first);
  // The page, its descriptions, its variants, their media.
  expectSent(counted, page(4));
});

// They file products anew: behind what reads them as they are.
phonesAndMarketplaces(
  () => stack,
  () => single,
  () => wide,
);
