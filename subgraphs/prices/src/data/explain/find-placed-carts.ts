import type { Database } from '@kontor/kit/src/database.ts';

/** A cart that was bought, without who bought it. */
export interface PlacedCart {
  readonly orderId: string;
  readonly placedAt: Date;
  readonly channel: string;
  readonly currency: string;
  readonly country: string;
  readonly companyId: string | null;
  readonly companyLocationId: string | null;
  readonly groups: readonly string[];
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
}

/** Carts that were placed, the newest first. @param channel null for all. */
export async function findPlacedCarts(
  { sql: query }: Database,
  { channel, limit }: { readonly channel: string | null; readonly limit: number },
): Promise<PlacedCart[]> {
  const rows = await query<(Omit<PlacedCart, 'placedAt'> & { readonly placedAt: string })[]>`
    select order_id as "orderId", placed_at as "placedAt", channel_code as channel, currency, country, company_id as "companyId",
      company_location_id as "companyLocationId", groups, lines
    from prices.placed_carts where ${channel}::text is null or channel_code = ${channel}
    order by placed_at desc, order_id limit ${limit}`;
  return rows.map((row) => ({ ...row, placedAt: new Date(row.placedAt) }));
}
