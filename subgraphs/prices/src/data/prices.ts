import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { PriceChange } from '../domain/price-change.ts';

/**
 * Makes the prices of a list as asked for, in one statement. Rows that are so already are not touched, not even locked: who calls
 * holds the lock of the list, so that nobody changes them in between.
 * @returns the variants whose price was written or removed, in id order.
 */
export async function writePrices(tx: Tx, priceListId: string, changes: readonly PriceChange[]): Promise<string[]> {
  const input = changes.map(({ variantId, amountMinor, compareAtMinor }) => ({
    variant_id: variantId,
    amount_minor: amountMinor,
    compare_at_minor: compareAtMinor,
  }));
  const rows = await tx.execute<{ variant_id: string }>(sql`
    with input as (
      select i.variant_id, i.amount_minor, i.compare_at_minor, p.variant_id is not null as held
      from jsonb_to_recordset(${JSON.stringify(input)}::jsonb)
        as i(variant_id uuid, amount_minor bigint, compare_at_minor bigint)
      left join prices.prices p on p.price_list_id = ${priceListId}::uuid and p.variant_id = i.variant_id
      where (p.amount_minor, p.compare_at_minor) is distinct from (i.amount_minor, i.compare_at_minor)
    ), removed as (
      delete from prices.prices p using input i
      where i.amount_minor is null and p.price_list_id = ${priceListId}::uuid and p.variant_id = i.variant_id
      returning p.variant_id
    ), changed as (
      update prices.prices p set amount_minor = i.amount_minor, compare_at_minor = i.compare_at_minor
      from input i
      where i.held and i.amount_minor is not null and p.price_list_id = ${priceListId}::uuid and p.variant_id = i.variant_id
      returning p.variant_id
    ), added as (
      insert into prices.prices (price_list_id, variant_id, amount_minor, compare_at_minor)
      select ${priceListId}::uuid, variant_id, amount_minor, compare_at_minor from input
      where not held and amount_minor is not null order by variant_id
      returning variant_id
    )
    select variant_id from removed union all select variant_id from changed union all select variant_id from added
    order by variant_id`);
  return rows.map((row) => row.variant_id);
}
