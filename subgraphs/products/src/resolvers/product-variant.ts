import { variantTitle } from '../domain/variant-title.ts';
import type { MediaResolvers, ProductVariantResolvers, VariantComponentResolvers } from '../generated/schema.ts';

export const ProductVariant: ProductVariantResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.variant.load(id),
  id: ({ variantId }) => variantId,
  product: async ({ productId }, _, { loaders }) => {
    const product = await loaders.product.load(productId);
    if (!product) throw new Error(`the product of a variant, ${productId}, is gone`);
    return product;
  },
  title: ({ optionValues }) => variantTitle(optionValues),
  selectedOptions: ({ optionNames, optionValues }) =>
    optionNames.map((name, index) => ({ name, value: optionValues[index] ?? '' })),
  image: async ({ productId, mediaId }, _, { loaders }) => {
    const media = await loaders.mediaOfProduct.load(productId);
    return media.find((each) => each.mediaId === mediaId) ?? media[0] ?? null;
  },
  components: ({ variantId }, _, { loaders }) => loaders.componentsOfVariant.load(variantId),
};

export const VariantComponent: VariantComponentResolvers = { variant: (component) => component };

export const Media: MediaResolvers = { id: ({ mediaId }) => mediaId };
