import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { AttributeReference } from '../../domain/types/attribute-definition.ts';

/** Something that an attribute refers to. */
interface ReferredThing {
  readonly kind: AttributeReference;
  readonly id: string;
}

/** Those that do not exist, in one statement. Products stay for ever; others may go later, and are then left out by readers. */
export async function missingReferences(tx: Tx, things: readonly ReferredThing[]): Promise<ReferredThing[]> {
  if (things.length === 0) return [];
  const list = JSON.stringify(things.map(({ kind, id }) => ({ kind, id })));
  const rows = await tx.execute<ReferredThing & Record<string, unknown>>(sql`
    select distinct r.kind, r.id from jsonb_to_recordset(${list}::jsonb) as r(kind text, id uuid)
    where not case r.kind
      when 'PRODUCT' then exists (select 1 from products.products p where p.product_id = r.id)
      when 'VARIANT' then exists (select 1 from products.variants v where v.variant_id = r.id)
      when 'CATEGORY' then exists (select 1 from products.categories c where c.category_id = r.id)
      else exists (select 1 from products.collections l where l.collection_id = r.id) end`);
  return [...rows];
}

/** Those of the products that exist. */
export async function knownProducts(tx: Tx, productIds: readonly string[]): Promise<Set<string>> {
  if (productIds.length === 0) return new Set();
  const rows = await tx.execute<{ productId: string }>(sql`
    select product_id as "productId" from products.products
    where product_id in (select jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb)::uuid)`);
  return new Set(rows.map(({ productId }) => productId));
}

/**
 * Lets one command after another change successors: two at once could make a circle that neither sees. It is taken behind the locks of the
 * products, and whoever holds it waits for no product.
 */
export async function lockSuccessors(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('products.successors', 0))`);
}

/** The successors of products, and theirs, and so on until so many products on, by product. */
export async function readSuccessors(
  tx: Tx,
  productIds: readonly string[],
  maximum: number,
): Promise<Map<string, string>> {
  const rows = await tx.execute<{ productId: string; successorId: string }>(sql`
    with recursive chain as (
      select r.product_id, r.related_product_id, 1 as length from products.product_relations r
      where r.kind = 'SUCCESSOR' and r.product_id in (select jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb)::uuid)
      union
      select r.product_id, r.related_product_id, c.length + 1 from chain c join products.product_relations r
        on r.kind = 'SUCCESSOR' and r.product_id = c.related_product_id where c.length <= ${maximum})
    select distinct product_id as "productId", related_product_id as "successorId" from chain`);
  return new Map(rows.map(({ productId, successorId }) => [productId, successorId]));
}
