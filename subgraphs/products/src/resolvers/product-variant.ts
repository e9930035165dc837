import type { Context } from '../context.ts';
import type { MediaRow } from '../data/media.ts';
import { textInChain } from '../domain/locale-chain.ts';
import { variantTitle } from '../domain/variant-title.ts';
import type { MediaResolvers, ProductVariantResolvers, VariantComponentResolvers } from '../generated/schema.ts';
import { translatorOf } from './reading/option-text.ts';
import { localesOf, readLocale } from './reading/read-locale.ts';

export const ProductVariant: ProductVariantResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.variant.load(id),
  id: ({ variantId }) => variantId,
  product: async ({ productId }, _, { loaders }) => {
    const product = await loaders.product.load(productId);
    if (!product) throw new Error(`the product of a variant, ${productId}, is gone`);
    return product;
  },
  title: async ({ optionValues, optionWords }, { locale }, ctx) =>
    variantTitle(optionValues.map(await translatorOf(optionWords, locale, ctx))),
  selectedOptions: async ({ optionNames, optionValues, optionWords }, { locale }, ctx) => {
    const translate = await translatorOf(optionWords, locale, ctx);
    return optionNames.map((name, index) => ({ name: translate(name), value: translate(optionValues[index] ?? '') }));
  },
  image: async ({ productId, mediaId }, _, { loaders }) => {
    const media = await loaders.mediaOfProduct.load(productId);
    return media.find((each) => each.mediaId === mediaId) ?? media[0] ?? null;
  },
  components: ({ variantId }, _, { loaders }) => loaders.componentsOfVariant.load(variantId),
};

export const VariantComponent: VariantComponentResolvers = { variant: (component) => component };

/** Where nothing is translated, nobody is asked which language that would be. */
async function altTextOf({ altText, altTexts }: MediaRow, locale: string | null | undefined, ctx: Context) {
  if (altTexts !== null) return textInChain(altTexts, await localesOf(ctx, locale)) ?? altText;
  readLocale(locale);
  return altText;
}

export const Media: MediaResolvers = {
  id: ({ mediaId }) => mediaId,
  altText: (media, { locale }, ctx) => altTextOf(media, locale, ctx),
};
