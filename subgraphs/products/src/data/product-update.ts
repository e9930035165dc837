import type { Tx } from '@kontor/kit/src/database.ts';
import { products } from '@kontor/drizzle/products/tables.ts';
import { eq, sql } from 'drizzle-orm';

/** Columns of a product to change; what is absent stays. */
export interface ProductPatch {
  readonly title?: string;
  readonly titleKey?: string;
  readonly descriptionHtml?: string;
  readonly vendor?: string | null;
  readonly productType?: string | null;
  readonly tags?: readonly string[];
}

/**
 * Changes a product in one conditional statement: only the version that the caller has seen (any, when null), and only when something
 * differs. @returns whether it changed.
 */
export async function patchProduct(
  tx: Tx,
  productId: string,
  expectedVersion: number | null,
  patch: ProductPatch,
): Promise<boolean> {
  const { vendor, productType } = { vendor: 'vendor' in patch, productType: 'productType' in patch };
  // Every absent field is taken from the row that is being updated, never from one read before: two partial changes at once both stay.
  const rows = await tx.execute(sql`
    update products.products p set title = coalesce(w.title, p.title), title_key = coalesce(w."titleKey", p.title_key),
      description_html = coalesce(w."descriptionHtml", p.description_html), vendor = case when ${vendor} then w.vendor else p.vendor end,
      product_type = case when ${productType} then w."productType" else p.product_type end, tags = coalesce(w.tags, p.tags),
      version = p.version + 1, updated_at = products.app_now()
    from jsonb_to_record(${JSON.stringify(patch)}::jsonb) as w(title text, "titleKey" text, "descriptionHtml" text, vendor text, "productType" text, tags text[])
    where p.product_id = ${productId} and (${expectedVersion}::int is null or p.version = ${expectedVersion}::int)
      and (p.title <> w.title or p.description_html <> w."descriptionHtml" or p.tags <> w.tags or (${vendor} and p.vendor is distinct from w.vendor)
        or (${productType} and p.product_type is distinct from w."productType"))
    returning p.product_id`);
  return rows.length > 0;
}

/** The version of a product; null when there is none. */
export async function readVersion(tx: Tx, productId: string): Promise<number | null> {
  const [row] = await tx.select({ version: products.version }).from(products).where(eq(products.productId, productId));
  return row?.version ?? null;
}
