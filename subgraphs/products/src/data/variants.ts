import type { Fragment, Sql } from 'postgres';
import type { Audience } from '../domain/audience.ts';
import { visible } from './visible.ts';

/** A variant with the names of its product's options. */
export interface VariantRow {
  readonly variantId: string;
  readonly productId: string;
  readonly optionNames: string[];
  readonly optionValues: string[];
  readonly sku: string | null;
  readonly barcode: string | null;
  readonly weightGrams: number | null;
  readonly mediaId: string | null;
}

/** The columns of `VariantRow`, of the tables `v` and `p`. */
export const variantColumns = (sql: Sql): Fragment => sql`
  v.variant_id as "variantId", v.product_id as "productId", p.option_names as "optionNames", v.option_values as "optionValues", v.sku, v.barcode,
  v.weight_grams as "weightGrams", v.media_id as "mediaId"`;

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
