import type { Context } from '../../context.ts';
import type { ProductRow } from '../../data/products.ts';
import { pickTexts, type ProductTexts } from '../../domain/product-texts.ts';
import { readLocale } from './read-locale.ts';

/** Either, as many fields are known already: a list of a thousand products need not wait a thousand times. */
type Ready<T> = T | Promise<T>;

/**
 * The texts of a product in a language, null when they are the catalogue's own. Those that were read with the product cost nothing.
 * @param locale the field's argument. @throws GraphQLError BAD_USER_INPUT for what is no language tag
 */
export function textsOf(
  { productId, texts }: ProductRow,
  locale: string | null | undefined,
  { loaders, audience }: Context,
): Ready<ProductTexts | null> {
  const wanted = readLocale(locale);
  if (wanted === null && texts !== undefined) return pickTexts(texts);
  if (wanted === null && audience.channel === null) return null;
  return loaders.texts.load({ productId, locale: wanted }).then((row) => pickTexts(row?.texts ?? null));
}

/** The title of a product in a language. @throws GraphQLError BAD_USER_INPUT for what is no language tag */
export function titleOf(product: ProductRow, locale: string | null | undefined, ctx: Context): Ready<string> {
  const texts = textsOf(product, locale, ctx);
  return texts instanceof Promise
    ? texts.then((found) => found?.title ?? product.title)
    : (texts?.title ?? product.title);
}

/**
 * The description of a product in a language; read apart where it did not come with the product.
 * @throws GraphQLError BAD_USER_INPUT for what is no language tag
 */
export async function descriptionOf(
  { productId, texts, descriptionHtml }: ProductRow,
  locale: string | null | undefined,
  { loaders }: Context,
): Promise<string> {
  const wanted = readLocale(locale);
  if (wanted === null && descriptionHtml !== undefined && texts !== undefined)
    return pickTexts(texts)?.descriptionHtml ?? descriptionHtml;
  return (await loaders.description.load({ productId, locale: wanted }))?.descriptionHtml ?? '';
}
