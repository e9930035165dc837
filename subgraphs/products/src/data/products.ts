import type { Fragment, Sql } from 'postgres';
import type { Audience } from '../domain/audience.ts';
import type { ProductStatus } from '../domain/editing/inputs.ts';
import type { FeedFields } from '../domain/editing/product-content.ts';
import type { OptionWords } from '../domain/option-words.ts';
import type { TextRow } from '../domain/product-texts.ts';
import { ownTexts } from './reading/product-texts.ts';
import { visible } from './visible.ts';

/** A product without its relations. */
export interface ProductRow {
  readonly productId: string;
  readonly handle: string;
  readonly title: string;
  readonly vendor: string | null;
  readonly productType: string | null;
  readonly tags: string[];
  readonly optionNames: string[];
  /** Words of options and values by locale, each by the word in the catalogue; null when nothing is translated. */
  readonly optionWords: OptionWords | null;
  readonly seoTitle: string | null;
  readonly seoDescription: string | null;
  readonly externalReference: string | null;
  /** Null when there is none. */
  readonly externalReferences: Readonly<Record<string, string>> | null;
  readonly status: ProductStatus;
  readonly taxCategory: string;
  readonly isGiftCard: boolean;
  /** Null when nothing is set. */
  readonly feedFields: FeedFields | null;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Only read with single products: lists rarely show it, and it is the largest column. */
  readonly descriptionHtml?: string;
  /** Its texts for the audience that asks for no language; null when they are the catalogue's, absent when nobody has looked. */
  readonly texts?: readonly TextRow[] | null;
}

/**
 * The columns of `ProductRow` without the description, of the table `p`.
 * @param audience for whom the texts are read along; without one, they cost a statement more when they are asked for.
 */
export const productColumns = (sql: Sql, audience?: Audience): Fragment => sql`
  p.product_id as "productId", p.handle, p.title, p.vendor, p.product_type as "productType", p.tags, p.option_names as "optionNames",
  nullif(p.option_words, '{}') as "optionWords",
  p.seo_title as "seoTitle", p.seo_description as "seoDescription", p.external_reference as "externalReference", p.version,
  nullif(p.external_references, '{}') as "externalReferences", p.status, p.tax_category as "taxCategory", p.is_gift_card as "isGiftCard",
  nullif(p.feed_fields, '{}') as "feedFields", p.created_at as "createdAt", p.updated_at as "updatedAt" ${audience ? sql`, ${ownTexts(sql, audience)} as texts` : sql``}`;

/** A visible product by id or by handle, with its description; null when there is none. `productId` must be an id. */
export async function findProduct(
  sql: Sql,
  audience: Audience,
  by: { readonly productId: string } | { readonly handle: string },
): Promise<ProductRow | null> {
  const [row] = await sql<ProductRow[]>`
    select ${productColumns(sql)}, p.description_html as "descriptionHtml", ${ownTexts(sql, audience, true)} as texts from products.products p
    where ${'handle' in by ? sql`p.handle = ${by.handle}` : sql`p.product_id = ${by.productId}`} and ${visible(sql, audience, sql`p.product_id`)}`;
  return row ?? null;
}

/** Visible products by id, in no order. */
export const findProducts = (sql: Sql, audience: Audience, productIds: readonly string[]): Promise<ProductRow[]> =>
  sql<ProductRow[]>`
    select ${productColumns(sql, audience)} from products.products p
    where p.product_id = any(${productIds as string[]}::uuid[]) and ${visible(sql, audience, sql`p.product_id`)}`;
