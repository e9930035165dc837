import type { Database, Tx } from '@kontor/kit/src/database.ts';
import { consumeOnce } from '@kontor/kit/src/events/outbox.ts';
import type { DomainEvent, EventBus, Listening } from '@kontor/kit/src/events/event.ts';
import { lockCustomers } from '../data/profile/locked-customers.ts';
import {
  countOrders,
  noteLateOrders,
  noteSegmentsDue,
  ownersOfOrders,
  uncountOrders,
} from '../data/profile/statistics.ts';
import { readCancelledOrder, readPlacedOrder } from '../domain/profile/counted-order.ts';

const CONSUMER = 'customers-statistics';
const PLACED = 'orders.order.placed';
/** An order that found its profile after it was placed. */
const ATTACHED = 'orders.order.attached';
const CANCELLED = 'orders.order.cancelled';

/**
 * Counts orders for their buyers, and takes cancelled ones back. An old id of a merged profile counts for the survivor. Each event has one
 * effect however often it comes; what names no profile, or was never counted, has none.
 */
export const consumeOrders = (bus: EventBus, db: Database): Promise<Listening> =>
  bus.consume(CONSUMER, [PLACED, ATTACHED, CANCELLED], (events) =>
    consumeOnce(db, 'customers', CONSUMER, events, (tx, fresh) => apply(tx, fresh)),
  );

async function apply(tx: Tx, events: readonly DomainEvent[]): Promise<void> {
  const placed = events.flatMap(({ topic, payload }) => (topic === CANCELLED ? [] : (readPlacedOrder(payload) ?? [])));
  const cancelled = events.flatMap(({ topic, payload }) =>
    topic === CANCELLED ? (readCancelledOrder(payload) ?? []) : [],
  );
  const owners = await ownersOfOrders(tx, cancelled);
  // An order belongs to whoever its buyer is once the lock is held: a merge moves it before or after all of this.
  const locked = await lockCustomers(tx, [...placed.map(({ customerId }) => customerId), ...owners]);
  const orders = placed.flatMap((order) => {
    const customer = locked.get(order.customerId);
    return customer ? [{ ...order, customerId: customer.id }] : [];
  });
  await noteLateOrders(
    tx,
    placed.flatMap(({ orderId, customerId }) =>
      (locked.get(customerId)?.id ?? customerId) === customerId ? [] : [{ orderId, formerId: customerId }],
    ),
  );
  const changed = [...(await countOrders(tx, orders)), ...(await uncountOrders(tx, cancelled))];
  await noteSegmentsDue(tx, [...new Set(changed)].sort());
}
