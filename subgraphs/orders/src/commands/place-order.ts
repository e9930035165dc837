import { inTransaction } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { insertOrder, type Profile } from '../data/placement.ts';
import { amountDue, type Checkout, holdKey, holdsPromotions, mayHold } from '../domain/checkout.ts';
import { commitReservation, releaseReservation } from '../peers/stock.ts';
import { ensureCustomer } from '../peers/customers.ts';
import { holdAgain, holdStock } from './hold-stock.ts';
import type { Run, Step } from './run.ts';

/**
 * Makes the hold final, then places the order. In this order because only stock can refuse now (the hold may have expired,
 * and then stock is held again or the payment given back), while placing is one local transaction: after a crash in between,
 * the resumer commits once more, which changes nothing, and places.
 */
export async function placeOrder(run: Run, checkout: Checkout): Promise<Step> {
  const { reservation } = checkout;
  if (!reservation) return holdStock(run, checkout);
  const [ended, profile] = await Promise.all([
    commitReservation(run.orders.peers.stock, run.requestId, reservation.key),
    findProfile(run, checkout),
  ]);
  run.reached('commit-answered');
  // Units of the hold were lost to a count or damage: what is left of it is given back before it is held anew.
  if (ended.status === 'SHORTED') await releaseReservation(run.orders.peers.stock, run.requestId, reservation.key);
  if (!ended.done) return holdAgain(run, checkout);
  const placed = await insertWithEvent(run, checkout, profile);
  run.reached('placed');
  if (!placed) return { next: null };
  return { outcome: { __typename: 'OrderPlaced', orderId: checkout.orderId }, dueInS: null };
}

/** Customers that does not answer must not lose a sale: the order is placed without a profile, and the resumer asks again. */
async function findProfile(run: Run, { request }: Checkout): Promise<Profile> {
  const { contact, customerId } = request;
  const { email } = contact;
  if (customerId || !email) return { customerId, pending: false };
  try {
    return {
      customerId: await ensureCustomer(run.orders.peers.customers, run.requestId, { ...contact, email }),
      pending: false,
    };
  } catch {
    return { customerId: null, pending: true };
  }
}

/** @returns whether the order was placed; false when the lease was lost. */
function insertWithEvent(run: Run, checkout: Checkout, profile: Profile): Promise<boolean> {
  return inTransaction(run.orders.db, async (tx) => {
    const placed = await insertOrder(tx, checkout, run.owner, profile);
    if (!placed) return false;
    const { request, pricing } = checkout;
    const payload = {
      orderId: checkout.orderId,
      number: placed.number,
      channel: checkout.channel,
      customerId: profile.customerId,
      companyId: request.companyId ?? null,
      companyLocationId: request.companyLocationId ?? null,
      groups: request.groups ?? [],
      country: pricing.country ?? request.shippingAddress?.country ?? null,
      // Customers and prices make final what they hold under the key when they hear of the order.
      holdKey: mayHold(request) ? holdKey(checkout.checkoutId) : null,
      promotionHoldKey: holdsPromotions(request) ? holdKey(checkout.checkoutId) : null,
      total: amountDue(pricing),
      discounts: (pricing.discounts ?? []).map(({ promotionId, promotionCode, grossMinor }) => ({
        promotionId,
        promotionCode,
        grossMinor,
      })),
      lines: pricing.lines.map(({ variantId, quantity }) => ({ variantId, quantity })),
      placedAt: new Date(placed.placedAt).toISOString(),
    };
    await appendEvents(tx, 'orders', [{ topic: 'orders.order.placed', key: checkout.orderId, payload }]);
    return true;
  });
}
