import type { Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql } from 'drizzle-orm';
import type { Allocation } from '../domain/routing.ts';

/** Makes what the locations send of an order what is given; a location that stays keeps the id of its fulfilment order. */
export async function replaceFulfilment(tx: Tx, orderId: string, allocations: readonly Allocation[]): Promise<void> {
  const locations = [...new Set(allocations.map(({ locationId }) => locationId))].sort();
  const kept = JSON.stringify(locations.map((location) => ({ id: newId(), location })));
  await tx.execute(sql`
    delete from orders.fulfilment_order_lines where fulfilment_order_id in (
      select fulfilment_order_id from orders.fulfilment_orders where order_id = ${orderId})`);
  await tx.execute(sql`
    delete from orders.fulfilment_orders where order_id = ${orderId}
    and location_id not in (select location from jsonb_to_recordset(${kept}::jsonb) as f(location uuid))`);
  await tx.execute(sql`
    insert into orders.fulfilment_orders (fulfilment_order_id, order_id, location_id)
    select id, ${orderId}::uuid, location from jsonb_to_recordset(${kept}::jsonb) as f(id uuid, location uuid)
    on conflict on constraint fulfilment_orders_location do nothing`);
  await tx.execute(sql`
    insert into orders.fulfilment_order_lines (fulfilment_order_id, variant_id, quantity)
    select f.fulfilment_order_id, a."variantId", a.quantity
    from jsonb_to_recordset(${JSON.stringify(allocations)}::jsonb) as a("variantId" uuid, "locationId" uuid, quantity int)
    join orders.fulfilment_orders f on f.order_id = ${orderId} and f.location_id = a."locationId"`);
}
