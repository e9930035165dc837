import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { GraphQLResolveInfo } from 'graphql';

/** Where the cards are below `feed`, and below `productScreen`. */
const FEED_CARDS = ['edges', 'node'] as const;
const RECOMMENDED_CARDS = ['recommendations', 'product'] as const;

/** The parts of cards that are only fetched when somebody reads them. @param path where the cards are below the resolved field. */
function cardParts(info: GraphQLResolveInfo, path: readonly string[]) {
  const reads = (...fields: readonly string[]) => selects(info, ...path, ...fields);
  const cardPrices = reads('lowestPrice') || reads('variants', 'price');
  const cardStock = reads('isInStock') || reads('variants', 'availability');
  return {
    cardImages: reads('image'),
    cardVariants: reads('variants') || cardPrices || cardStock,
    cardPrices,
    cardStock,
  };
}

/** The parts of a feed that are only fetched when somebody reads them. */
export const feedParts = (info: GraphQLResolveInfo) => ({
  ...cardParts(info, FEED_CARDS),
  totalCount: selects(info, 'totalCount'),
  facets: selects(info, 'facets'),
  priceRange: selects(info, 'priceRange'),
  freshness: selects(info, 'freshness'),
  asOf: selects(info, 'freshness', 'asOf'),
  countsExact: selects(info, 'freshness', 'countsExact'),
});

/** The parts of a product's screen that are only fetched when somebody reads them. */
export const screenParts = (info: GraphQLResolveInfo) => ({
  ...cardParts(info, RECOMMENDED_CARDS),
  attributes: selects(info, 'attributes'),
  recommendations: selects(info, 'recommendations'),
});

/** The parts of changed products that are only fetched when somebody reads them. */
export const changeParts = (info: GraphQLResolveInfo) => ({
  categories: selects(info, 'changes', 'product', 'categoryIds'),
  images: selects(info, 'changes', 'product', 'images'),
  variants: selects(info, 'changes', 'product', 'variants'),
});
