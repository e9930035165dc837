import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { GraphQLResolveInfo } from 'graphql';

/** What only the catalogue knows of a line's variant; its names stand in the line itself. */
const VARIANT_DETAILS = ['image', 'product'];

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
  priceLists: selects(info, 'cacheTags'),
});
