import type { Database } from '@kontor/kit/src/database.ts';
import type { PreciseAmount } from '../../domain/precise-amount.ts';

/** A price as a list holds it. */
export interface ListPrice {
  readonly variantId: string;
  readonly minQuantity: number;
  readonly amount: PreciseAmount;
  readonly compareAtMinor: number | null;
  readonly since: Date;
}

/** The price behind which a page begins. */
export interface ListPricePlace {
  readonly variantId: string;
  readonly minQuantity: number;
}

interface Row {
  readonly variantId: string;
  readonly minQuantity: number;
  readonly minor: string;
  readonly micros: number;
  readonly compareAt: string | null;
  readonly since: string;
}

const toPrice = ({ variantId, minQuantity, minor, micros, compareAt, since }: Row): ListPrice => ({
  variantId,
  minQuantity,
  amount: { minor: Number(minor), micros },
  compareAtMinor: compareAt === null ? null : Number(compareAt),
  since: new Date(since),
});

const FIRST: ListPricePlace = { variantId: '00000000-0000-0000-0000-000000000000', minQuantity: 0 };

/** Prices that a list itself holds, in the order of variant and quantity. */
export async function findListPrices(
  { sql: query }: Pick<Database, 'sql'>,
  code: string,
  after: ListPricePlace | null,
  limit: number,
): Promise<ListPrice[]> {
  const { variantId, minQuantity } = after ?? FIRST;
  const rows = await query<Row[]>`
    select p.variant_id as "variantId", p.min_quantity as "minQuantity", p.amount_minor as minor, p.amount_micros as micros,
      p.compare_at_minor as "compareAt", p.since
    from prices.price_lists l join prices.prices p using (price_list_id)
    where l.code = ${code} and (p.variant_id, p.min_quantity) > (${variantId}::uuid, ${minQuantity}::integer)
    order by p.variant_id, p.min_quantity limit ${limit}`;
  return rows.map(toPrice);
}

/** Prices that a list itself holds for one unit of variants, by variant; those without one are left out. @param variantIds UUIDs */
export async function findPricesOfOne(
  { sql: query }: Pick<Database, 'sql'>,
  code: string,
  variantIds: readonly string[],
): Promise<ListPrice[]> {
  const rows = await query<Row[]>`
    select p.variant_id as "variantId", p.min_quantity as "minQuantity", p.amount_minor as minor, p.amount_micros as micros,
      p.compare_at_minor as "compareAt", p.since
    from prices.price_lists l join prices.prices p using (price_list_id)
    where l.code = ${code} and p.min_quantity = 1
      and p.variant_id in (select jsonb_array_elements_text(${JSON.stringify(variantIds)}::text::jsonb)::uuid)
    order by p.variant_id`;
  return rows.map(toPrice);
}

/** SKUs of variants, as products has told them; those that have none are left out. @param variantIds UUIDs */
export async function findSkus(
  { sql: query }: Pick<Database, 'sql'>,
  variantIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await query<{ id: string; sku: string }[]>`
    select variant_id as id, sku from prices.variant_facts
    where sku is not null and variant_id in (select jsonb_array_elements_text(${JSON.stringify(variantIds)}::text::jsonb)::uuid)`;
  return new Map(rows.map(({ id, sku }) => [id, sku]));
}

/** Variants by SKU, as products has told them: at most a few of the same. */
export async function findVariantsBySku(
  { sql: query }: Pick<Database, 'sql'>,
  skus: readonly string[],
): Promise<Map<string, string[]>> {
  const rows = await query<{ sku: string; ids: string[] }[]>`
    select sku, (array_agg(variant_id order by variant_id))[:10] as ids from prices.variant_facts
    where sku in (select jsonb_array_elements_text(${JSON.stringify(skus)}::text::jsonb)) group by sku`;
  return new Map(rows.map(({ sku, ids }) => [sku, ids]));
}
