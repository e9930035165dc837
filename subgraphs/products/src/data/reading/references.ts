import type { Sql } from 'postgres';
import type { Audience } from '../../domain/audience.ts';
import { productColumns, type ProductRow } from '../products.ts';
import { variantColumns, type VariantRow } from '../variants.ts';
import { visible } from '../visible.ts';

/** How another system calls a product or a variant. */
export interface Reference {
  /** The system's name. */
  readonly source: string;
  readonly id: string;
}

/** The oldest visible product that a system knows by an id; null when there is none. */
export async function findProductByReference(
  sql: Sql,
  audience: Audience,
  { source, id }: Reference,
): Promise<ProductRow | null> {
  const [row] = await sql<ProductRow[]>`
    select ${productColumns(sql, audience)} from products.products p
    where p.external_references @> jsonb_build_object(${source}::text, ${id}::text) and ${visible(sql, audience, sql`p.product_id`)}
    order by p.product_id limit 1`;
  return row ?? null;
}

/** The oldest variant of a visible product that a system knows by an id; null when there is none. */
export async function findVariantByReference(
  sql: Sql,
  audience: Audience,
  { source, id }: Reference,
): Promise<VariantRow | null> {
  const [row] = await sql<VariantRow[]>`
    select ${variantColumns(sql)} from products.variants v join products.products p on p.product_id = v.product_id
    where v.external_references @> jsonb_build_object(${source}::text, ${id}::text) and ${visible(sql, audience, sql`v.product_id`)}
    order by v.variant_id limit 1`;
  return row ?? null;
}
