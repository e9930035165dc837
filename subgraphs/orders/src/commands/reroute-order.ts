import {
  findRoutedOrder,
  finishRerouting,
  forgetRerouting,
  isAboutToBePlaced,
  lookAgain,
  putOff,
  raiseException,
  type Rerouting,
  type RoutedOrder,
} from '../data/reroutings.ts';
import { type Orders, ProcessDied } from '../dependencies.ts';
import { isShort, type RerouteReason } from '../domain/rerouting.ts';
import type { Allocation } from '../domain/routing.ts';
import { findReservation, moveReservation } from '../peers/stock.ts';
import { planMove } from './plan-move.ts';
import { Postponed } from './run.ts';

/** How often stock may have no place for an order before somebody has to look at it. */
const MAX_REFUSALS = 3;
/** Goods come in and holds end meanwhile. */
const REFUSED_WAIT_S = [10, 60] as const;
const PLACEMENT_WAIT_S = 5;
const LONGEST_BACKOFF_S = 60;

/** What a try came to: the order has all of its stock, why it has not, or null when there is nothing to say yet. */
export type Rerouted = { readonly reason: RerouteReason | null } | null;

/** What stock has for an order now, or why it cannot have all. */
type Found =
  { readonly allocations: readonly Allocation[]; readonly moved: boolean } | { readonly reason: RerouteReason };

/**
 * Tries once to route a leased order again, and keeps what came of it. Stock is asked what the order has before it is asked to
 * move it: after a crash in between, what was moved is found complete and only kept.
 * @throws GraphQLError when stock does not answer, and what else kept it from an answer; the lease is given back then.
 */
export async function rerouteOrder(
  orders: Orders,
  rerouting: Rerouting,
  owner: string,
  requestId: string,
): Promise<Rerouted> {
  const { db } = orders;
  const { orderId, attemptCount } = rerouting;
  try {
    const order = await findRoutedOrder(db, orderId);
    if (!order) return await awaitPlacement(orders, rerouting, owner);
    const found = await findStock(orders, rerouting, order, requestId);
    if ('reason' in found) return await refuse(orders, rerouting, owner, { order, reason: found.reason });
    const kept = await finishRerouting(db, rerouting, owner, { order, allocations: found.allocations });
    orders.faults?.('rerouted', orderId);
    if (kept) return { reason: null };
    // This process stood still: another one may have kept what stock had before this move.
    if (found.moved) await lookAgain(db, orderId);
    return null;
  } catch (error) {
    if (error instanceof ProcessDied) throw error;
    const delayS = Math.min(2 ** (attemptCount - 1), LONGEST_BACKOFF_S);
    await putOff(db, rerouting, owner, { delayS, refused: false });
    throw error;
  }
}

/** An order that is not there is about to be placed, or its checkout came to another end. */
async function awaitPlacement({ db }: Orders, rerouting: Rerouting, owner: string): Promise<null> {
  if (await isAboutToBePlaced(db, rerouting.orderId))
    await putOff(db, rerouting, owner, { delayS: PLACEMENT_WAIT_S, refused: false });
  else await forgetRerouting(db, rerouting, owner);
  return null;
}

async function findStock(
  orders: Orders,
  { orderId, reservationKey }: Rerouting,
  order: RoutedOrder,
  requestId: string,
): Promise<Found> {
  const { stock } = orders.peers;
  const reservation = await findReservation(stock, requestId, reservationKey);
  if (reservation?.status !== 'COMMITTED') return { reason: 'RESERVATION_ENDED' };
  const { allocations } = reservation;
  if (!isShort(allocations)) return { allocations: allocations.map(toAllocation), moved: false };
  const plans = await planMove(orders, requestId, order, allocations);
  if (plans.length === 0) return { reason: 'NO_STOCK' };
  const answer = await moveReservation(stock, requestId, reservationKey, plans);
  orders.faults?.('move-answered', orderId);
  switch (answer.__typename) {
    case 'Reservation':
      return { allocations: answer.allocations.map(toAllocation), moved: true };
    case 'InsufficientStock':
      return { reason: 'NO_STOCK' };
    case 'NotFound':
    case 'ReservationNotOpen':
      return { reason: 'RESERVATION_ENDED' };
    case 'LevelInconsistent':
      return { reason: 'STOCK_INCONSISTENT' };
    case 'ReservationDemandDiffers':
      throw new Postponed('units were shipped or cancelled meanwhile');
    case 'Busy':
      throw new Postponed('stock is busy');
    case 'InvalidInput':
      throw new Error(`stock does not take the plans for ${reservationKey}: ${answer.message}`);
  }
}

const toAllocation = ({ variantId, locationId, quantity }: Allocation): Allocation => ({
  variantId,
  locationId,
  quantity,
});

/** Waits for better times, or leaves the order to somebody. An order that was left to somebody stays so. */
async function refuse(
  { db }: Orders,
  rerouting: Rerouting,
  owner: string,
  { order, reason }: { readonly order: RoutedOrder; readonly reason: RerouteReason },
): Promise<Rerouted> {
  const { state, refusalCount } = rerouting;
  // Nothing that comes in brings back what stock has ended.
  const isLast = state === 'exception' || reason === 'RESERVATION_ENDED' || refusalCount + 1 >= MAX_REFUSALS;
  const raised = isLast && (await raiseException(db, rerouting, owner, { order, reason }));
  if (!raised) await putOff(db, rerouting, owner, { delayS: REFUSED_WAIT_S[refusalCount] ?? 0, refused: true });
  return { reason };
}
