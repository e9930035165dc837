import type { Database } from '@kontor/kit/src/database.ts';

/** Whether there is a list, or else a promotion, of a code. */
export async function isKnown(
  { sql: query }: Database,
  { priceListCode, promotionCode }: { readonly priceListCode: string | null; readonly promotionCode: string | null },
): Promise<boolean> {
  const rows = await query`
    select from prices.price_lists where code = ${priceListCode}
    union all select from prices.promotions where code = ${promotionCode}`;
  return rows.length > 0;
}
