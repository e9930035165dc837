import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import { expect, it } from 'vitest';
import { expectSent, type CountingStack } from './counting-stack.ts';
import type { DemoProduct } from './demo-products.ts';

const GUEST = { bff: 'products', caller: guestOf('web') } as const;

const VALUES = 'code label text value unit';
const OWN = `id handle title(locale: $locale) descriptionHtml(locale: $locale) seo(locale: $locale) { title description }
  vendor productType tags status taxCategory isGiftCard externalReferences { source id } feedFields { mpn }`;

/** All that shoppers and partners can read of a product. */
const EVERYTHING = `query Everything($handle: String!, $locale: String) {
  productByHandle(handle: $handle) {
    ${OWN} options(locale: $locale) { name values } media { url altText(locale: $locale) role }
    type { label(locale: $locale) attributes { code label(locale: $locale) } } attributes(locale: $locale) { ${VALUES} }
    variants { id title(locale: $locale) sku image { url } selectedOptions(locale: $locale) { name value }
      attributes(locale: $locale) { ${VALUES} } components { quantity variant { id } } }
    category { name(locale: $locale) } categories { handle ancestors { name(locale: $locale) } }
    collections { title(locale: $locale) } channels { code serviceLevels { code } }
    relations(kind: ACCESSORY) { handle } recommendations { reason product { handle } }
  }
}`;

const LIST = `query List($query: String!, $first: Int!, $filters: [FacetFilterInput!], $sort: ProductSort) {
  productSearch(query: $query, first: $first, filters: $filters, sort: $sort, locale: "de") {
    totalCount facets { facet attribute value label count isApproximate } priceRange { currency minMinor maxMinor }
    freshness { asOf pricesExact countsExact } edges { cursor node { id handle } } pageInfo { hasNextPage endCursor }
  }
}`;

const LISTING = `query Listing($first: Int!) {
  productListing(first: $first) { edges { node { handle title media { url } variants { sku } } } pageInfo { endCursor } }
}`;

interface Everything {
  readonly productByHandle: { readonly variants: readonly object[] };
}
interface List {
  readonly productSearch: { readonly edges: readonly object[]; readonly facets: readonly object[] };
}
interface Listing {
  readonly productListing: { readonly edges: readonly object[] };
}

/** What is filtered by prices and stock, and sorted by prices. */
const LIKELY = [
  { facet: 'AVAILABILITY', values: ['IN_STOCK'] },
  { facet: 'PRICE', values: [], from: 1 },
] as const;

/** What the subgraph products sends for what is asked of it directly, as the router does: of a product with one variant, and one with many. */
export function catalogueStatements(
  stack: () => CountingStack,
  single: () => DemoProduct,
  wide: () => DemoProduct,
): void {
  it.each([
    ['one variant', 'en'],
    ['many', 'en'],
    ['many', 'de'],
  ])('everything of a product with %s in "%s" is one statement for each kind of thing', async (width, locale) => {
    const { handle, variants } = width === 'many' ? wide() : single();
    const counted = await stack().count<Everything>({ ...GUEST, query: EVERYTHING, variables: { handle, locale } });
    expect(counted.data.productByHandle.variants).toHaveLength(variants.length);
    // The product, its texts, its description, options and variants, what its variants say and consist of, media, type, attributes, categories,
    // those above them, collections, where it is published, those channels, relations, recommendations.
    expectSent(counted, { fetches: {}, statements: { products: 16 } });
  });

  it('a page in another language, narrowed and sorted by price, is two statements with its count, facets, prices and age', async () => {
    const variables = { query: 'jacke', first: 24, filters: LIKELY, sort: 'PRICE_ASC' };
    const counted = await stack().count<List>({ ...GUEST, query: LIST, variables });
    const { edges, facets } = counted.data.productSearch;
    expect([edges.length > 0, facets.length > 0]).toEqual([true, true]);
    // The page with all that is counted, the names of what is counted.
    expectSent(counted, { fetches: {}, statements: { products: 2 } });
  });

  it.each([1, 100])('a part of the listing with %i products is one statement for each kind of thing', async (first) => {
    const counted = await stack().count<Listing>({ ...GUEST, query: LISTING, variables: { first } });
    expect(counted.data.productListing.edges).toHaveLength(first);
    // The part, its media, its variants.
    expectSent(counted, { fetches: {}, statements: { products: 3 } });
  });
}
