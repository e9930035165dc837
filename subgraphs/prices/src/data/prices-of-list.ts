import type { Sql } from 'postgres';

/** A price as a list has it. */
export interface ListPrice {
  readonly variantId: string;
  readonly amountMinor: number;
  readonly compareAtMinor: number | null;
}

/** Prices of a list, by variant id; variants without one are left out. @param variantIds UUIDs */
export async function findListPrices(sql: Sql, code: string, variantIds: readonly string[]): Promise<ListPrice[]> {
  const rows = await sql<{ variantId: string; amountMinor: string; compareAtMinor: string | null }[]>`
    select p.variant_id as "variantId", p.amount_minor as "amountMinor", p.compare_at_minor as "compareAtMinor"
    from prices.price_lists l join prices.prices p using (price_list_id)
    where l.code = ${code} and p.variant_id in (select jsonb_array_elements_text(${JSON.stringify(variantIds)}::jsonb)::uuid)
    order by p.variant_id`;
  return rows.map(({ variantId, amountMinor, compareAtMinor }) => ({
    variantId,
    amountMinor: Number(amountMinor),
    compareAtMinor: compareAtMinor === null ? null : Number(compareAtMinor),
  }));
}
