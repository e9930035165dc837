import { guestOf, type Caller } from '@kontor/kit/src/auth/caller.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSent, type Budget, type CountingStack } from './counting-stack.ts';
import type { DemoProduct } from './demo-products.ts';
import {
  CATALOGUE_CHANGES,
  MAPPED_CATEGORIES,
  MAPPED_FEED,
  MAPPINGS,
  MOBILE_FEED,
  MOBILE_SCREEN,
} from './documents.ts';

const PHONE = { bff: 'mobile', caller: guestOf('mobile') } as const;
const INTEGRATION: Caller = { role: 'integration', subject: 'integration-2', channel: 'marketplace', scopes: [] };
const MARKETPLACE = { bff: 'marketplace', caller: INTEGRATION } as const;
const EDITOR = {
  bff: 'router',
  caller: { role: 'staff', subject: 'editor-2', channel: 'web', scopes: ['catalogue:write'] },
} as const;

/** What a phone gets for the cards of 24 products, and for all that narrows them, before compression. */
const CARD_BYTES = 8_192;
const NARROWING_BYTES = 16_384;

/** One operation at the router; prices and stock are asked as often as there are lists of products. */
const sent = (productStatements: number, lists: number): Budget => ({
  fetches: { router: 1, products: 1, ...(lists > 0 ? { prices: lists, stock: lists } : {}) },
  statements: { products: productStatements, ...(lists > 0 ? { prices: lists, stock: lists } : {}) },
});

interface Feed {
  readonly feed: { readonly edges: readonly object[] };
}
interface Screen {
  readonly productScreen: { readonly recommendations: readonly object[] };
}
interface Changes {
  readonly catalogueChanges: { readonly changes: readonly object[] };
}
interface Items {
  readonly feed: {
    readonly items: readonly { readonly itemGroupId: string; readonly taxonomyCategory: object | null }[];
  };
}
interface Mappings {
  readonly mappings: { readonly mappings: readonly object[] };
}
interface Tree {
  readonly mappedCategories: { readonly categories: readonly object[] };
}

/** What screens of the app and feeds of marketplaces send for what is asked of the catalogue. */
export function phonesAndMarketplaces(stack: () => CountingStack, single: () => DemoProduct, wide: () => DemoProduct) {
  it.each([1, 24])('mobile feed sends the same for %i products', async (first) => {
    const counted = await stack().count<Feed>({ ...PHONE, query: MOBILE_FEED, variables: { first, locale: 'de' } });
    expect(counted.data.feed.edges).toHaveLength(first);
    const { edges, ...rest } = counted.data.feed;
    expect(Buffer.byteLength(JSON.stringify(edges))).toBeLessThanOrEqual(CARD_BYTES);
    expect(Buffer.byteLength(JSON.stringify(rest))).toBeLessThanOrEqual(NARROWING_BYTES);
    // The page with all that is counted of the list, texts of its language, its media, its variants, the names of the facets' values.
    expectSent(counted, sent(5, 1));
  });

  it.each(['one variant', 'many'])('mobile productScreen with recommendations sends the same for %s', async (width) => {
    const variables = { id: (width === 'many' ? wide() : single()).id, locale: 'de' };
    const counted = await stack().count<Screen>({ ...PHONE, query: MOBILE_SCREEN, variables });
    expect(counted.data.productScreen.recommendations.length).toBeGreaterThan(0);
    // The product, its texts, its description, its attributes, its media, its variants, its recommendations; their texts, media and variants.
    expectSent(counted, sent(10, 2));
  });

  it.each([1, 50])('mobile catalogueChanges asks the catalogue alone, the same for %i products', async (first) => {
    const operation = { ...PHONE, query: CATALOGUE_CHANGES, variables: { first, locale: 'de' } };
    const counted = await stack().count<Changes>(operation);
    expect(counted.data.catalogueChanges.changes).toHaveLength(first);
    // The changes with their products, their texts, their descriptions, their categories, their media, their variants.
    expectSent(counted, sent(6, 0));
  });

  describe('with categories in a taxonomy', () => {
    beforeAll(() => mapCategories(stack(), [single(), wide()]));

    it.each([1, 50])('marketplace feed with a taxonomy sends the same for %i products', async (first) => {
      const counted = await stack().count<Items>({ ...MARKETPLACE, query: MAPPED_FEED, variables: { first } });
      expect(new Set(counted.data.feed.items.map((item) => item.itemGroupId)).size).toBe(first);
      // The page, its descriptions, its variants, their media, its categories, the taxonomy, their mappings.
      expectSent(counted, sent(7, 1));
    });

    it('marketplace mappings ask the catalogue alone', async () => {
      const counted = await stack().count<Mappings>({ ...MARKETPLACE, query: MAPPINGS });
      expect(counted.data.mappings.mappings).toHaveLength(1);
      // The taxonomy, the mappings, their categories.
      expectSent(counted, sent(3, 0));
    });

    it.each([1, 250])(
      'marketplace mappedCategories ask the catalogue alone, the same for %i categories',
      async (first) => {
        const counted = await stack().count<Tree>({ ...MARKETPLACE, query: MAPPED_CATEGORIES, variables: { first } });
        expect(counted.data.mappedCategories.categories.length).toBeGreaterThan(0);
        // The taxonomy, the categories, their mappings.
        expectSent(counted, sent(3, 0));
      },
    );
  });
}

/** Files products in a category, whose parent is mapped into a taxonomy. */
async function mapCategories(stack: CountingStack, products: readonly DemoProduct[]): Promise<void> {
  const run = (field: string, type: string, answer: string, input: object) =>
    stack.run<Record<string, Record<string, { readonly id: string }>>>({
      ...EDITOR,
      query: `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on ${answer} } }`,
      variables: { input },
    });
  const saveCategory = async (input: object) => {
    const { categorySet } = await run('categorySet', 'CategorySetInput', 'CategorySaved { category { id } }', input);
    return categorySet!['category']!.id;
  };
  const parentId = await saveCategory({ handle: 'budget-mapped', name: 'Mapped' });
  const categoryId = await saveCategory({ handle: 'budget-inherits', name: 'Inherits', parentId });
  for (const { id: productId } of products)
    await run('productUpdate', 'ProductUpdateInput', 'ProductUpdated { product { id } }', {
      productId,
      categoryIds: [categoryId],
    });
  await run('taxonomySet', 'TaxonomySetInput', 'TaxonomySaved { taxonomy { code } }', {
    code: 'budget',
    name: 'Budget',
  });
  const mappings = [{ categoryId: parentId, targetId: '42', targetPath: 'Mapped' }];
  const mapped = await run('categoryMappingsSet', 'CategoryMappingsSetInput', 'MappingsSaved { changedCount }', {
    taxonomy: 'budget',
    mappings,
  });
  expect(mapped).toEqual({ categoryMappingsSet: { __typename: 'MappingsSaved', changedCount: 1 } });
}
