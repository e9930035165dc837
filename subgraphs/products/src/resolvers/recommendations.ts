import { pageSize } from '@kontor/kit/src/connection.ts';
import type { ProductResolvers, RecommendationResolvers } from '../generated/schema.ts';

const DEFAULT_RECOMMENDATIONS = 8;
const MAX_RECOMMENDATIONS = 24;

/** What a product has beside its own. */
export const productRecommendations: Pick<ProductResolvers, 'recommendations'> = {
  async recommendations({ productId }, { first }, { audience, loaders }) {
    const size = pageSize(first, DEFAULT_RECOMMENDATIONS, MAX_RECOMMENDATIONS);
    // Nothing is shown or sold outside of channels.
    return audience.channel === null ? [] : loaders.recommendations.load({ productId, first: size });
  },
};

export const Recommendation: RecommendationResolvers = {
  product: (recommended, _, { loaders }) => {
    loaders.product.prime(recommended.productId, recommended);
    return recommended;
  },
};
