import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { sql } from 'drizzle-orm';

/** What is taken of the payload of `orders.order.placed`. */
export interface PlacedOrder {
  readonly orderId: string;
  readonly channel: string;
  readonly customerId: string | null;
  readonly companyId?: string | null;
  readonly companyLocationId?: string | null;
  readonly groups?: readonly string[];
  /** Null for one whose country nobody said. */
  readonly country?: string | null;
  readonly total: { readonly currency: string };
  readonly lines: readonly { readonly variantId: string; readonly quantity: number }[];
  readonly placedAt: string;
}

/** Counts an order of its customer, and keeps what was in it without who bought it. */
export async function keepPlacedCart(tx: Tx, order: PlacedOrder): Promise<void> {
  const { customerId, companyId = null, companyLocationId = null, groups = [], country = null } = order;
  if (customerId !== null && isId(customerId))
    await tx.execute(sql`
      insert into prices.buyers as b (customer_id, order_count) values (${customerId}, 1)
      on conflict on constraint buyers_pkey do update set order_count = b.order_count + 1`);
  if (country === null) return;
  const lines = order.lines.map(({ variantId, quantity }) => ({ variantId, quantity }));
  await tx.execute(sql`
    insert into prices.placed_carts (order_id, placed_at, channel_code, currency, country, company_id, company_location_id, groups, lines)
    values (${order.orderId}, ${order.placedAt}, ${order.channel}, ${order.total.currency}, ${country}, ${companyId}, ${companyLocationId},
      array(select jsonb_array_elements_text(${JSON.stringify(groups)}::jsonb)), ${JSON.stringify(lines)}::jsonb)
    on conflict on constraint placed_carts_pkey do nothing`);
}

const KEPT = '90 days';
const MOST = 20_000;

/** Forgets carts that are old, or too many. */
export async function purgePlacedCarts({ orm }: Database): Promise<void> {
  await orm.execute(sql`
    delete from prices.placed_carts where placed_at < prices.app_now() - ${KEPT}::interval
      or placed_at < (select placed_at from prices.placed_carts order by placed_at desc offset ${MOST} limit 1)`);
}
