import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { GoodsTarget } from '../../domain/promotions/promotion.ts';

const MAX_NAMED = 1_000;

/** Variants that a target may mean, without those that it excludes being left out; null when it names none by id, or more than can be told. */
export async function findVariantsOfTarget(tx: Tx, target: GoodsTarget): Promise<string[] | null> {
  const { variantIds, productIds, categoryIds, labels } = target;
  if (variantIds.length + productIds.length === 0 || categoryIds.length + labels.length > 0) return null;
  if (variantIds.length > MAX_NAMED) return null;
  const rows = await tx.execute<{ id: string }>(sql`
    select variant_id as id from prices.variant_facts
    where product_id in (select jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb)::uuid) limit ${MAX_NAMED + 1}`);
  const ids = [...new Set([...variantIds, ...rows.map(({ id }) => id)])];
  return ids.length > MAX_NAMED ? null : ids.sort();
}
