import type { Fragment, Sql } from 'postgres';
import type { Audience } from '../domain/audience.ts';
import type { FeedFields } from '../domain/editing/product-content.ts';
import type { OptionWords } from '../domain/option-words.ts';
import { visible } from './visible.ts';

/** A variant with the names of its product's options. */
export interface VariantRow {
  readonly variantId: string;
  readonly productId: string;
  readonly optionNames: string[];
  readonly optionValues: string[];
  /** Words of options and values by locale, as its product has them; null when nothing is translated. */
  readonly optionWords: OptionWords | null;
  readonly sku: string | null;
  readonly barcode: string | null;
  readonly weightGrams: number | null;
  readonly mediaId: string | null;
  /** Its own, else the product's. */
  readonly taxCategory: string;
  readonly requiresShipping: boolean;
  readonly externalReference: string | null;
  /** Null when there is none. */
  readonly externalReferences: Readonly<Record<string, string>> | null;
  /** The product's with its own over them; null when nothing is set. */
  readonly feedFields: FeedFields | null;
}

/** The columns of `VariantRow`, of the tables `v` and `p`. */
export const variantColumns = (sql: Sql): Fragment => sql`
  v.variant_id as "variantId", v.product_id as "productId", p.option_names as "optionNames", v.option_values as "optionValues",
  nullif(p.option_words, '{}') as "optionWords", v.sku, v.barcode,
  v.weight_grams as "weightGrams", v.media_id as "mediaId", coalesce(v.tax_category, p.tax_category) as "taxCategory", v.requires_shipping as "requiresShipping",
  v.external_reference as "externalReference", nullif(v.external_references, '{}') as "externalReferences", nullif(p.feed_fields || v.feed_fields, '{}') as "feedFields"`;

/** Variants of visible products by id, in no order. */
export const findVariants = (sql: Sql, audience: Audience, variantIds: readonly string[]): Promise<VariantRow[]> =>
  sql<VariantRow[]>`
    select ${variantColumns(sql)} from products.variants v join products.products p on p.product_id = v.product_id
    where v.variant_id = any(${variantIds as string[]}::uuid[]) and ${visible(sql, audience, sql`v.product_id`)}`;

/** Variants of products, whoever asks; each product's in its order. */
export const findVariantsOfProducts = (sql: Sql, productIds: readonly string[]): Promise<VariantRow[]> =>
  sql<VariantRow[]>`
    select ${variantColumns(sql)} from products.variants v join products.products p on p.product_id = v.product_id
    where v.product_id = any(${productIds as string[]}::uuid[]) order by v.product_id, v.position`;

/** Variants of visible products that carry a SKU or a barcode, oldest first. */
export const findVariantsByCode = (
  sql: Sql,
  audience: Audience,
  column: 'sku' | 'barcode',
  code: string,
  limit: number,
): Promise<VariantRow[]> =>
  sql<VariantRow[]>`
    select ${variantColumns(sql)} from products.variants v join products.products p on p.product_id = v.product_id
    where ${column === 'sku' ? sql`v.sku = ${code}` : sql`v.barcode = ${code}`} and ${visible(sql, audience, sql`v.product_id`)}
    order by v.variant_id limit ${limit}`;
