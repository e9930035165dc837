import { pageSize } from '@kontor/kit/src/connection.ts';
import { optionsOf } from '../domain/variant-title.ts';
import { plainText } from '../domain/text.ts';
import type { ProductResolvers } from '../generated/schema.ts';
import { translatorOf } from './reading/option-text.ts';
import { descriptionOf, textsOf, titleOf } from './reading/product-text.ts';

const SEO_TITLE_LENGTH = 255;
const SEO_DESCRIPTION_LENGTH = 1_024;
const DEFAULT_RELATIONS = 12;
const MAX_RELATIONS = 50;

export const Product: ProductResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.product.load(id),
  id: ({ productId }) => productId,
  title: (product, { locale }, ctx) => titleOf(product, locale, ctx),
  descriptionHtml: (product, { locale }, ctx) => descriptionOf(product, locale, ctx),
  options: async ({ productId, optionNames, optionWords }, { locale }, ctx) => {
    if (optionNames.length === 0) return [];
    const [translate, variants] = await Promise.all([
      translatorOf(optionWords, locale, ctx),
      ctx.loaders.variantsOfProduct.load(productId),
    ]);
    return optionsOf(optionNames, variants).map(({ name, values }) => ({
      name: translate(name),
      values: values.map(translate),
    }));
  },
  variants: async (product, _, { loaders }) => {
    loaders.product.prime(product.productId, product);
    return loaders.variantsOfProduct.load(product.productId);
  },
  media: async ({ productId }, { role }, { loaders }) => {
    const media = await loaders.mediaOfProduct.load(productId);
    return role == null ? media : media.filter((each) => each.role === role);
  },
  collections: ({ productId }, _, { loaders }) => loaders.collectionsOfProduct.load(productId),
  relations: async ({ productId }, { kind, first }, { loaders }) => {
    const size = pageSize(first, DEFAULT_RELATIONS, MAX_RELATIONS);
    const related = await loaders.relations.load({ productId, kind, first: size });
    for (const product of related) loaders.product.prime(product.productId, product);
    return related;
  },
  seo: async (product, { locale }, ctx) => {
    const texts = await textsOf(product, locale, ctx);
    const title = texts?.title ?? product.title;
    const description = texts?.seoDescription ?? product.seoDescription;
    return {
      title: texts?.seoTitle ?? product.seoTitle ?? title.slice(0, SEO_TITLE_LENGTH),
      description: description ?? plainText(await descriptionOf(product, locale, ctx), SEO_DESCRIPTION_LENGTH),
    };
  },
  channels: async ({ productId }, _, { loaders }) => {
    const codes = await loaders.channelCodesOfProduct.load(productId);
    const channels = await Promise.all(codes.map(({ code }) => loaders.channel.load(code)));
    return channels.filter((channel) => channel !== null);
  },
};
