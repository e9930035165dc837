import { pageSize } from '@kontor/kit/src/connection.ts';
import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import {
  FeedDocument,
  MappingsDocument,
  TaxonomiesDocument,
  UnmappedCategoriesDocument,
} from '../generated/upstream.ts';
import { feedPage } from '../views/feed-page.ts';
import { mappingPage, unmappedCategoryPage } from '../views/mappings.ts';
import { mappedCategories } from './mapped-categories.ts';

/** Products have up to 250 variants: more of them would be too much for one answer. */
const PRODUCTS_PER_PAGE = 100;
/** What is kept for feeds alone. */
const FEED_FIELDS = ['mpn', 'condition', 'googleProductCategory', 'gender', 'ageGroup', 'customLabels'];

export const Query: QueryResolvers = {
  async feed(_, { first, taxonomy, ...page }, ctx, info) {
    const { productListing } = await ctx.upstream(FeedDocument, {
      ...page,
      first: pageSize(first, PRODUCTS_PER_PAGE, PRODUCTS_PER_PAGE),
      taxonomy: taxonomy ?? '',
      taxonomyCategories: taxonomy != null && selects(info, 'items', 'taxonomyCategory'),
      feedFields: FEED_FIELDS.some((field) => selects(info, 'items', field)),
    });
    return feedPage(productListing);
  },
  taxonomies: async (_, _args, ctx) => (await ctx.upstream(TaxonomiesDocument, {})).taxonomies,
  async mappings(_, args, ctx) {
    const { taxonomy } = await ctx.upstream(MappingsDocument, args);
    return taxonomy && mappingPage(taxonomy);
  },
  mappedCategories: (_, args, ctx) => mappedCategories(ctx, args),
  async unmappedCategories(_, args, ctx) {
    const { taxonomy } = await ctx.upstream(UnmappedCategoriesDocument, args);
    return taxonomy?.unmapped && unmappedCategoryPage(taxonomy.unmapped);
  },
};
