import { distanceKm, type Point } from './geography.ts';

/** Units of a variant that somebody wants. Variants are unique in a demand. */
export interface Demand {
  readonly variantId: string;
  readonly quantity: number;
}

/** A location with what it can give. */
export interface RoutingLocation {
  readonly locationId: string;
  /** Null when nobody knows where it is: it comes after all that are known. */
  readonly point: Point | null;
  readonly postalCode: string | null;
  readonly country: string;
  readonly pickupOffered: boolean;
  /** Units by variant id; absent means none. */
  readonly available: ReadonlyMap<string, number>;
}

/** Units of a variant from a location. */
export interface Allocation {
  readonly variantId: string;
  readonly locationId: string;
  readonly quantity: number;
}

/** One way to serve a whole demand. */
export type Plan = readonly Allocation[];

/** A variant that all locations together cannot serve. */
export interface Shortage {
  readonly variantId: string;
  readonly requested: number;
  readonly available: number;
}

/** Stock tries so many plans in one transaction. */
export const MAX_PLANS = 10;
/** Stock takes so many allocations in one plan. */
export const MAX_ALLOCATIONS = 500;
/** How many locations, the nearest first, may begin a split. */
const MAX_SPLIT_STARTS = 50;

/** What falls short even when every location gives all it has; empty exactly when a plan exists. */
export function shortages(demand: readonly Demand[], locations: readonly RoutingLocation[]): Shortage[] {
  return demand.flatMap(({ variantId, quantity }) => {
    let available = 0;
    for (const location of locations) available += location.available.get(variantId) ?? 0;
    return available < quantity ? [{ variantId, requested: quantity, available }] : [];
  });
}

/**
 * Ranks the ways to serve a demand, best first, at most ten: single locations by great-circle distance, then splits by the
 * number of locations and their distance. Ties go to the lower location id, so that the same question has one answer.
 * @param destination where the goods go; null when nobody knows, and then ids decide.
 */
export function rankPlans(
  demand: readonly Demand[],
  locations: readonly RoutingLocation[],
  destination: Point | null,
): Plan[] {
  const ranked = byDistance(locations, destination);
  const singles = ranked.filter((location) => holdsAll(location, demand)).slice(0, MAX_PLANS);
  const plans: Plan[] = singles.map(({ locationId }) => demand.map((each) => ({ ...each, locationId })));
  if (plans.length === MAX_PLANS || shortages(demand, locations).length > 0) return plans;
  return [...plans, ...splits(demand, ranked).slice(0, MAX_PLANS - plans.length)];
}

const compareIds = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function byDistance(locations: readonly RoutingLocation[], destination: Point | null): RoutingLocation[] {
  return locations
    .map((location) => ({
      location,
      km: location.point && destination ? distanceKm(location.point, destination) : Number.POSITIVE_INFINITY,
    }))
    .sort((a, b) => (a.km === b.km ? compareIds(a.location.locationId, b.location.locationId) : a.km - b.km))
    .map(({ location }) => location);
}

const holdsAll = (location: RoutingLocation, demand: readonly Demand[]): boolean =>
  demand.every(({ variantId, quantity }) => (location.available.get(variantId) ?? 0) >= quantity);

/**
 * Splits over two locations and more, fewest first. Each of the nearest locations begins one: whenever two locations are
 * enough, the run that begins with one of them finds the other. Beyond two it is greedy.
 */
function splits(demand: readonly Demand[], ranked: readonly RoutingLocation[]): Plan[] {
  const found = new Map<string, { readonly plan: Plan; readonly size: number; readonly rank: number }>();
  for (const [rank, start] of ranked.slice(0, MAX_SPLIT_STARTS).entries()) {
    if (holdsAll(start, demand)) continue;
    const plan = allocate(demand, chooseLocations(demand, ranked, start));
    const chosen = new Set(plan.map((allocation) => allocation.locationId));
    const key = [...chosen].sort().join();
    // Runs come nearest first, so that the first to find a set of locations gives it the better rank.
    if (chosen.size > 1 && plan.length <= MAX_ALLOCATIONS && !found.has(key))
      found.set(key, { plan, size: chosen.size, rank });
  }
  return [...found.values()].sort((a, b) => a.size - b.size || a.rank - b.rank).map(({ plan }) => plan);
}

/** Adds to `start` whatever location gives most of what is still missing, the nearer of equals, until nothing is. */
function chooseLocations(demand: readonly Demand[], ranked: readonly RoutingLocation[], start: RoutingLocation) {
  const missing = new Map(demand.map(({ variantId, quantity }) => [variantId, quantity]));
  const chosen = new Set<RoutingLocation>();
  let next: RoutingLocation | null = start;
  while (next) {
    chosen.add(next);
    for (const [variantId, quantity] of missing) {
      const left = quantity - (next.available.get(variantId) ?? 0);
      if (left > 0) missing.set(variantId, left);
      else missing.delete(variantId);
    }
    next = missing.size > 0 ? mostGiving(missing, ranked, chosen) : null;
  }
  // Nearest first again: the nearest of the chosen gives as much as it has.
  return ranked.filter((location) => chosen.has(location));
}

function mostGiving(
  missing: ReadonlyMap<string, number>,
  ranked: readonly RoutingLocation[],
  chosen: ReadonlySet<RoutingLocation>,
): RoutingLocation | null {
  let best: RoutingLocation | null = null;
  let bestUnits = 0;
  for (const location of ranked) {
    if (chosen.has(location)) continue;
    let units = 0;
    for (const [variantId, quantity] of missing) units += Math.min(quantity, location.available.get(variantId) ?? 0);
    if (units > bestUnits) {
      best = location;
      bestUnits = units;
    }
  }
  return best;
}

/** Takes the demand from the locations in their order; what one gives is no longer asked of the next. */
function allocate(demand: readonly Demand[], locations: readonly RoutingLocation[]): Plan {
  return demand.flatMap(({ variantId, quantity }) => {
    let missing = quantity;
    return locations.flatMap(({ locationId, available }) => {
      const taken = Math.min(missing, available.get(variantId) ?? 0);
      missing -= taken;
      return taken > 0 ? [{ variantId, locationId, quantity: taken }] : [];
    });
  });
}
