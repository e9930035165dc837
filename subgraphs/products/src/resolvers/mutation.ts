import { authorOf } from '../context.ts';
import { setChannel } from '../commands/set-channel.ts';
import { setPublication } from '../commands/set-publication.ts';
import { setVariantComponents } from '../commands/set-variant-components.ts';
import { updateProduct } from '../commands/update-product.ts';
import type {
  MutationResolvers,
  ProductUpdatedResolvers,
  VariantComponentsSavedResolvers,
} from '../generated/schema.ts';

export const Mutation: MutationResolvers = {
  productUpdate: (_, { input }, ctx) => updateProduct(ctx.db, input, authorOf(ctx, 'productUpdate')),
  variantComponentsSet: (_, { input }, ctx) =>
    setVariantComponents(ctx.db, input, authorOf(ctx, 'variantComponentsSet')),
  productPublicationSet: (_, { input }, ctx) => setPublication(ctx.db, input, authorOf(ctx, 'productPublicationSet')),
  channelSet: (_, { input: { expectedVersion, ...channel } }, { db }) =>
    setChannel(db, channel, expectedVersion ?? null),
};

export const ProductUpdated: ProductUpdatedResolvers = {
  product: async ({ productId }, _, { loaders }) => {
    const product = await loaders.product.clear(productId).load(productId);
    // Products are never deleted, and who may change one sees all.
    if (!product) throw new Error(`product ${productId} is gone`);
    return product;
  },
};

export const VariantComponentsSaved: VariantComponentsSavedResolvers = {
  variant: async ({ variantId, productId }, _, { loaders }) => {
    loaders.product.clear(productId);
    loaders.componentsOfVariant.clear(variantId);
    const variant = await loaders.variant.clear(variantId).load(variantId);
    // Only an import that came in between can have removed it.
    if (!variant) throw new Error(`variant ${variantId} is gone`);
    return variant;
  },
};
