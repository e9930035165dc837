import type { Context } from '../context.ts';
import { collectionText, type CollectionTexts } from '../domain/collections/collection-texts.ts';
import { plainText } from '../domain/text.ts';
import type { CollectionResolvers } from '../generated/schema.ts';
import type { CollectionMapper } from '../mappers.ts';
import { openProductList } from './product-lists.ts';
import { localesOf, readLocale } from './reading/read-locale.ts';

const SEO_TITLE_LENGTH = 255;
const SEO_DESCRIPTION_LENGTH = 1_024;

/** What reads a collection's texts in a language. Where nothing is translated, nobody is asked which language that would be. */
async function readerOf({ translations }: CollectionMapper, locale: string | null | undefined, ctx: Context) {
  if (translations === null) {
    readLocale(locale);
    return () => undefined;
  }
  const chain = await localesOf(ctx, locale);
  return (field: keyof CollectionTexts) => collectionText(translations, chain, field);
}

export const Collection: CollectionResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.collection.load(id),
  id: ({ collectionId }) => collectionId,
  title: async (collection, { locale }, ctx) => (await readerOf(collection, locale, ctx))('title') ?? collection.title,
  descriptionHtml: async (collection, { locale }, ctx) =>
    (await readerOf(collection, locale, ctx))('descriptionHtml') ?? collection.descriptionHtml,
  seo: async (collection, { locale }, ctx) => {
    const read = await readerOf(collection, locale, ctx);
    const title = read('title') ?? collection.title;
    const descriptionHtml = read('descriptionHtml') ?? collection.descriptionHtml;
    return {
      title: read('seoTitle') ?? collection.seoTitle ?? title.slice(0, SEO_TITLE_LENGTH),
      description:
        read('seoDescription') ?? collection.seoDescription ?? plainText(descriptionHtml, SEO_DESCRIPTION_LENGTH),
    };
  },
  isRuleBased: ({ rule }) => rule !== null,
  products: ({ collectionId }, args, ctx, info) =>
    openProductList(ctx, { kind: 'collection', collectionId }, args, undefined, info),
};
