import type { Fragment, Sql } from 'postgres';
import type { Audience } from '../domain/audience.ts';
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
  readonly seoTitle: string | null;
  readonly seoDescription: string | null;
  readonly externalReference: string | null;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Only read with single products: lists rarely show it, and it is the largest column. */
  readonly descriptionHtml?: string;
}

/** The columns of `ProductRow` without the description, of the table `p`. */
export const productColumns = (sql: Sql): Fragment => sql`
  p.product_id as "productId", p.handle, p.title, p.vendor, p.product_type as "productType", p.tags, p.option_names as "optionNames",
  p.seo_title as "seoTitle", p.seo_description as "seoDescription", p.external_reference as "externalReference", p.version,
  p.created_at as "createdAt", p.updated_at as "updatedAt"`;

/** A visible product by id or by handle, with its description; null when there is none. `productId` must be an id. */
export async function findProduct(
  sql: Sql,
  audience: Audience,
  by: { readonly productId: string } | { readonly handle: string },
): Promise<ProductRow | null> {
  const [row] = await sql<ProductRow[]>`
    select ${productColumns(sql)}, p.description_html as "descriptionHtml" from products.products p
    where ${'handle' in by ? sql`p.handle = ${by.handle}` : sql`p.product_id = ${by.productId}`} and ${visible(sql, audience, sql`p.product_id`)}`;
  return row ?? null;
}

/** Visible products by id, in no order. */
export const findProducts = (sql: Sql, audience: Audience, productIds: readonly string[]): Promise<ProductRow[]> =>
  sql<ProductRow[]>`
    select ${productColumns(sql)} from products.products p
    where p.product_id = any(${productIds as string[]}::uuid[]) and ${visible(sql, audience, sql`p.product_id`)}`;

/** Descriptions by product, in no order. */
export const findDescriptions = (
  sql: Sql,
  productIds: readonly string[],
): Promise<{ productId: string; descriptionHtml: string }[]> =>
  sql<{ productId: string; descriptionHtml: string }[]>`
    select p.product_id as "productId", p.description_html as "descriptionHtml" from products.products p where p.product_id = any(${productIds as string[]}::uuid[])`;
