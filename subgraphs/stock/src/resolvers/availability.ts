import { availabilityStatus, publicQuantity } from '@kontor/kit/src/availability.ts';
import { boundedList } from '@kontor/kit/src/connection.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import { isLow } from '../domain/availability.ts';
import type { ProductVariantResolvers, QueryResolvers, VariantAvailabilityResolvers } from '../generated/schema.ts';

const MAX_VARIANTS = 250;

export const ProductVariant: ProductVariantResolvers = {
  __resolveReference: (reference) => ({ id: reference.id }),
  availability: ({ id }, _, ctx) => ctx.loaders.availability.load({ variantId: id, channel: channelOf(ctx) }),
};

export const VariantAvailability: VariantAvailabilityResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  status: ({ sellableQuantity }) => availabilityStatus(sellableQuantity),
  lowStock: ({ sellableQuantity }) => isLow(sellableQuantity),
  sellableQuantity: ({ sellableQuantity }, _, { caller }) => publicQuantity(caller, sellableQuantity),
  pickupLocations: ({ variantId }, _, ctx) => ctx.loaders.pickupLocations.load({ variantId, channel: channelOf(ctx) }),
};

export const availabilityQueries: Pick<QueryResolvers, 'availability'> = {
  availability: (_, { variantIds }, ctx) => {
    const channel = channelOf(ctx);
    const ids = boundedList(variantIds, MAX_VARIANTS, ['variantIds']);
    return Promise.all(ids.map((variantId) => ctx.loaders.availability.load({ variantId, channel })));
  },
};
