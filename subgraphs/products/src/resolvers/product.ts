import type { Context } from '../context.ts';
import { optionsOf } from '../domain/variant-title.ts';
import { plainText } from '../domain/text.ts';
import type { ProductResolvers } from '../generated/schema.ts';
import type { ProductMapper } from '../mappers.ts';

const SEO_TITLE_LENGTH = 255;
const SEO_DESCRIPTION_LENGTH = 1_024;

const descriptionOf = async ({ productId, descriptionHtml }: ProductMapper, { loaders }: Context): Promise<string> =>
  descriptionHtml ?? (await loaders.description.load(productId))?.descriptionHtml ?? '';

export const Product: ProductResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.product.load(id),
  id: ({ productId }) => productId,
  descriptionHtml: (product, _, ctx) => descriptionOf(product, ctx),
  options: async ({ productId, optionNames }, _, { loaders }) =>
    optionNames.length === 0 ? [] : optionsOf(optionNames, await loaders.variantsOfProduct.load(productId)),
  variants: async (product, _, { loaders }) => {
    loaders.product.prime(product.productId, product);
    return loaders.variantsOfProduct.load(product.productId);
  },
  media: ({ productId }, _, { loaders }) => loaders.mediaOfProduct.load(productId),
  collections: ({ productId }, _, { loaders }) => loaders.collectionsOfProduct.load(productId),
  seo: async (product, _, ctx) => ({
    title: product.seoTitle ?? product.title.slice(0, SEO_TITLE_LENGTH),
    description: product.seoDescription ?? plainText(await descriptionOf(product, ctx), SEO_DESCRIPTION_LENGTH),
  }),
  channels: async ({ productId }, _, { loaders }) => {
    const codes = await loaders.channelCodesOfProduct.load(productId);
    const channels = await Promise.all(codes.map(({ code }) => loaders.channel.load(code)));
    return channels.filter((channel) => channel !== null);
  },
};
