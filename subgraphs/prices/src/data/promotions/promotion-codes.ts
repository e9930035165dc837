import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** A code of a promotion, with what was used of it. */
export interface PromotionCode {
  readonly code: string;
  readonly batchId: string | null;
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
  readonly usesHeld: number;
  readonly usesConfirmed: number;
  readonly isDisabled: boolean;
}

export interface CodeLimits {
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
}

/** Makes codes of a promotion, or gives those that it has these limits; codes of others stay. @returns those that are as asked for now */
export async function writeCodes(
  tx: Tx,
  promotionId: string,
  codes: readonly string[],
  { maxUses, maxUsesPerCustomer }: CodeLimits,
): Promise<Set<string>> {
  const rows = await tx.execute<{ code: string }>(sql`
    insert into prices.promotion_codes as c (code, promotion_id, max_uses, max_uses_per_customer, created_at)
    select code, ${promotionId}::uuid, ${maxUses}::integer, ${maxUsesPerCustomer}::integer, prices.app_now()
    from jsonb_array_elements_text(${JSON.stringify(codes)}::jsonb) as code order by code
    on conflict on constraint promotion_codes_pkey do update
      set max_uses = excluded.max_uses, max_uses_per_customer = excluded.max_uses_per_customer, is_disabled = false
    where c.promotion_id = excluded.promotion_id returning code`);
  return new Set(rows.map(({ code }) => code));
}

/** Makes codes that nobody has, as one batch. @returns how many were made */
export async function insertBatch(
  tx: Tx,
  promotionId: string,
  batchId: string,
  codes: readonly string[],
  { maxUses, maxUsesPerCustomer }: CodeLimits,
): Promise<number> {
  const rows = await tx.execute(sql`
    insert into prices.promotion_codes (code, promotion_id, batch_id, max_uses, max_uses_per_customer, created_at)
    select code, ${promotionId}::uuid, ${batchId}::uuid, ${maxUses}::integer, ${maxUsesPerCustomer}::integer, prices.app_now()
    from jsonb_array_elements_text(${JSON.stringify(codes)}::jsonb) as code
    on conflict on constraint promotion_codes_pkey do nothing returning 1`);
  return rows.length;
}

/** How many codes a batch has. */
export async function countBatch(tx: Tx, promotionId: string, batchId: string): Promise<number> {
  const [row] = await tx.execute<{ count: number }>(sql`
    select count(*)::integer as count from prices.promotion_codes where promotion_id = ${promotionId}::uuid and batch_id = ${batchId}::uuid`);
  return row!.count;
}

/** Ends codes for good. @returns how many were usable */
export async function disableCodes(tx: Tx, codes: readonly string[]): Promise<number> {
  const rows = await tx.execute(sql`
    update prices.promotion_codes set is_disabled = true
    where code in (select jsonb_array_elements_text(${JSON.stringify(codes)}::jsonb)) and not is_disabled returning 1`);
  return rows.length;
}

/** Codes of a promotion in their order, behind a code. @param batchId those of a batch alone; null for all */
export async function findCodes(
  db: Db,
  promotionId: string,
  { batchId, after, limit }: { readonly batchId: string | null; readonly after: string; readonly limit: number },
): Promise<PromotionCode[]> {
  const rows = await db.execute<PromotionCode & Record<string, unknown>>(sql`
    select code, batch_id as "batchId", max_uses as "maxUses", max_uses_per_customer as "maxUsesPerCustomer", uses_held as "usesHeld",
      uses_confirmed as "usesConfirmed", is_disabled as "isDisabled"
    from prices.promotion_codes
    where promotion_id = ${promotionId}::uuid and code > ${after} and (${batchId}::uuid is null or batch_id = ${batchId}::uuid)
    order by code limit ${limit}`);
  return [...rows];
}
