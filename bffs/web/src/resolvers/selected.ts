import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { GraphQLResolveInfo } from 'graphql';

/** What only the catalogue knows of a line's variant; its names stand in the line itself. */
const VARIANT_DETAILS = ['image', 'product'];

/** Lists of cards on the page of a product, by where their cards are. */
const RELATED = [['accessories'], ['crossSells'], ['successor'], ['recommendations', 'product']] as const;

/**
 * Whether the catalogue has to be asked for the variants of lines; a cart and buying must not depend on it.
 * @param path where the lines are below the resolved field.
 */
export const lineVariants = (info: GraphQLResolveInfo, ...path: readonly string[]) => ({
  variants: VARIANT_DETAILS.some((field) => selects(info, ...path, 'lines', 'variant', field)),
});

/** The parts of a list of products that are only fetched when somebody reads them. */
export const listParts = (info: GraphQLResolveInfo) => ({
  images: selects(info, 'products', 'edges', 'node', 'image'),
  totalCount: selects(info, 'products', 'totalCount'),
  facets: selects(info, 'products', 'facets'),
  priceRange: selects(info, 'products', 'priceRange'),
  freshness: selects(info, 'products', 'freshness'),
  asOf: selects(info, 'products', 'freshness', 'asOf'),
  countsExact: selects(info, 'products', 'freshness', 'countsExact'),
  priceLists: selects(info, 'cacheTags'),
});

/** The parts of a category's page that are only fetched when somebody reads them. */
export const categoryParts = (info: GraphQLResolveInfo) => ({
  ...listParts(info),
  ancestors: selects(info, 'ancestors'),
  children: selects(info, 'children'),
  products: selects(info, 'products'),
});

/** The parts of a product's page that are only fetched when somebody reads them. */
export function productParts(info: GraphQLResolveInfo) {
  const reads = (...fields: readonly string[]) => selects(info, ...fields);
  return {
    priceLists: reads('cacheTags'),
    attributes: reads('attributes'),
    variantAttributes: reads('variants', 'attributes'),
    references: reads('attributes', 'products') || reads('variants', 'attributes', 'products'),
    breadcrumbs: reads('breadcrumbs'),
    accessories: reads('accessories'),
    crossSells: reads('crossSells'),
    successor: reads('successor'),
    recommendations: reads('recommendations'),
    relatedImages: RELATED.some((path) => reads(...path, 'image')),
    relatedVariants: RELATED.some((path) => reads(...path, 'variants')),
  };
}
