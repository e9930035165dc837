import type { Point } from './geography.ts';
import {
  type Allocation,
  type Demand,
  MAX_ALLOCATIONS,
  MAX_PLANS,
  type Plan,
  rankPlans,
  type RoutingLocation,
} from './routing.ts';

/** Why an order that lost units cannot be routed again. */
export type RerouteReason = 'NO_STOCK' | 'RESERVATION_ENDED' | 'STOCK_INCONSISTENT';

/** What stock has for an order of a variant at a location: `quantity` less the other numbers is there. */
export interface CommittedLine extends Allocation {
  /** Units that were lost. */
  readonly shorted: number;
  /** Units that left the building. */
  readonly shipped: number;
  /** Units sold ahead that no goods have come for. */
  readonly waiting: number;
}

/** How many of the plans may keep every unit where it is and look for the lost ones alone. */
const KEEPING_PLANS = 3;

/** Whether an order lacks units. */
export const isShort = (lines: readonly CommittedLine[]): boolean => lines.some((line) => line.shorted > 0);

/** What an order still has at its locations. */
export const keptOf = (lines: readonly CommittedLine[]): Allocation[] =>
  lines.flatMap(({ variantId, locationId, quantity, shorted, shipped, waiting }) => {
    const kept = quantity - shorted - shipped - waiting;
    return kept > 0 ? [{ variantId, locationId, quantity: kept }] : [];
  });

/** What is not shipped of an order, lost units included: what every plan of a move has to serve. */
export const openOf = (lines: readonly CommittedLine[]): Demand[] =>
  totals(lines.map((line) => ({ variantId: line.variantId, quantity: line.quantity - line.shipped })));

/**
 * Ranks where all that is not shipped of an order could come from, best first, at most ten: as at checkout, with what the order
 * has as if it were free; among them, so that the move does not fail for what the order has, plans that leave that alone.
 * @param free locations with what anybody could reserve there; what the order has is not part of it. Must hold the locations
 *   that may keep their units; whatever lies elsewhere is given back.
 */
export function rankMoves(
  lines: readonly CommittedLine[],
  free: readonly RoutingLocation[],
  destination: Point | null,
): Plan[] {
  const allowed = new Set(free.map((location) => location.locationId));
  const kept = keptOf(lines).filter((each) => allowed.has(each.locationId));
  const open = openOf(lines);
  const whole = rankPlans(
    open,
    free.map((location) => withKept(location, kept)),
    destination,
  );
  const lost = missing(open, kept);
  const keeping = rankPlans(lost, free, destination).map((plan) => joined([...kept, ...plan]));
  const ranked = [
    ...whole.slice(0, MAX_PLANS - KEEPING_PLANS),
    ...keeping.slice(0, KEEPING_PLANS),
    ...whole.slice(MAX_PLANS - KEEPING_PLANS),
  ];
  const unique = new Map(ranked.map((plan) => [nameOf(plan), plan]));
  return [...unique.values()].filter((plan) => plan.length <= MAX_ALLOCATIONS).slice(0, MAX_PLANS);
}

function withKept(location: RoutingLocation, kept: readonly Allocation[]): RoutingLocation {
  const available = new Map(location.available);
  for (const { variantId, locationId, quantity } of kept)
    if (locationId === location.locationId) available.set(variantId, (available.get(variantId) ?? 0) + quantity);
  return { ...location, available };
}

function missing(open: readonly Demand[], kept: readonly Allocation[]): Demand[] {
  const had = new Map(totals(kept).map(({ variantId, quantity }) => [variantId, quantity]));
  return open
    .map(({ variantId, quantity }) => ({ variantId, quantity: quantity - (had.get(variantId) ?? 0) }))
    .filter(({ quantity }) => quantity > 0);
}

function totals(parts: readonly Demand[]): Demand[] {
  const units = new Map<string, number>();
  for (const { variantId, quantity } of parts) units.set(variantId, (units.get(variantId) ?? 0) + quantity);
  return [...units].map(([variantId, quantity]) => ({ variantId, quantity })).filter(({ quantity }) => quantity > 0);
}

function joined(parts: readonly Allocation[]): Plan {
  const byPlace = new Map<string, Allocation>();
  for (const part of parts) {
    const place = placeOf(part);
    byPlace.set(place, { ...part, quantity: part.quantity + (byPlace.get(place)?.quantity ?? 0) });
  }
  return [...byPlace.values()];
}

const placeOf = ({ variantId, locationId }: Allocation): string => `${variantId} ${locationId}`;
const nameOf = (plan: Plan): string =>
  plan
    .map((each) => `${placeOf(each)} ${each.quantity}`)
    .sort()
    .join();
