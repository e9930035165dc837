import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { PriceChange } from '../../domain/lists/price-change.ts';

/** A row that was written or removed. */
export interface WrittenPrice {
  readonly variantId: string;
  readonly minQuantity: number;
  readonly isRemoved: boolean;
}

/**
 * The quantities that a locked list holds prices for, of those variants that could get more than `maximum` by changes; the others are left out.
 * @param changes ids in lower case.
 */
export async function findCrowded(
  tx: Tx,
  priceListId: string,
  changes: readonly PriceChange[],
  maximum: number,
): Promise<Map<string, number[]>> {
  const added = new Map<string, number>();
  for (const { variantId, amountMinor } of changes)
    if (amountMinor !== null) added.set(variantId, (added.get(variantId) ?? 0) + 1);
  const input = [...added].map(([variant_id, count]) => ({ variant_id, count }));
  const rows = await tx.execute<{ id: string; quantities: number[] }>(sql`
    select i.variant_id as id, array(
        select p.min_quantity from prices.prices p where p.price_list_id = ${priceListId}::uuid and p.variant_id = i.variant_id
      ) as quantities
    from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as i(variant_id uuid, count integer)
    where i.count + (
      select count(*) from prices.prices p where p.price_list_id = ${priceListId}::uuid and p.variant_id = i.variant_id) > ${maximum}::integer`);
  return new Map(rows.map(({ id, quantities }) => [id, quantities]));
}

/**
 * Makes the prices of a list as asked for, in one statement that moves what was into the history. Rows that are so already are not touched, not even
 * locked: who calls holds the lock of the list, so that nobody changes them in between.
 * @param changes each variant and quantity once, ids in lower case.
 * @returns the rows that were written or removed, by variant and quantity.
 */
export async function writePrices(
  tx: Tx,
  priceListId: string,
  changes: readonly PriceChange[],
): Promise<WrittenPrice[]> {
  const input = changes.map((change) => ({
    variant_id: change.variantId,
    min_quantity: change.minQuantity,
    amount_minor: change.amountMinor,
    amount_micros: change.amountMicros,
    compare_at_minor: change.compareAtMinor,
  }));
  const rows = await tx.execute<{ variantId: string; minQuantity: number; isRemoved: boolean }>(sql`
    with input as materialized (
      select i.*, p.since as was_since, greatest(prices.app_now(), p.since + interval '1 microsecond') as at,
        p.amount_minor as was_minor, p.amount_micros as was_micros, p.compare_at_minor as was_compare_at
      from jsonb_to_recordset(${JSON.stringify(input)}::jsonb)
        as i(variant_id uuid, min_quantity integer, amount_minor bigint, amount_micros integer, compare_at_minor bigint)
      left join prices.prices p
        on p.price_list_id = ${priceListId}::uuid and p.variant_id = i.variant_id and p.min_quantity = i.min_quantity
      where case when i.amount_minor is null then p.since is not null
        else (p.amount_minor, p.amount_micros, p.compare_at_minor) is distinct from (i.amount_minor, i.amount_micros, i.compare_at_minor) end
    ), kept as (
      insert into prices.price_history (price_list_id, variant_id, min_quantity, amount_minor, amount_micros, compare_at_minor, held)
      select ${priceListId}::uuid, variant_id, min_quantity, was_minor, was_micros, was_compare_at, tstzrange(was_since, at)
      from input where was_since is not null
    ), removed as (
      delete from prices.prices p using input i
      where i.amount_minor is null and p.price_list_id = ${priceListId}::uuid and p.variant_id = i.variant_id and p.min_quantity = i.min_quantity
    ), changed as (
      update prices.prices p set amount_minor = i.amount_minor, amount_micros = i.amount_micros, compare_at_minor = i.compare_at_minor, since = i.at
      from input i
      where i.was_since is not null and i.amount_minor is not null
        and p.price_list_id = ${priceListId}::uuid and p.variant_id = i.variant_id and p.min_quantity = i.min_quantity
    ), added as (
      insert into prices.prices (price_list_id, variant_id, min_quantity, amount_minor, amount_micros, compare_at_minor, since)
      select ${priceListId}::uuid, variant_id, min_quantity, amount_minor, amount_micros, compare_at_minor, prices.app_now()
      from input where was_since is null order by variant_id, min_quantity
    )
    select variant_id as "variantId", min_quantity as "minQuantity", amount_minor is null as "isRemoved" from input order by 1, 2`);
  return [...rows];
}
