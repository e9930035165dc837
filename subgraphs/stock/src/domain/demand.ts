import { isKey } from './texts.ts';

/** Units of a variant from a location. */
export interface Allocation {
  readonly variantId: string;
  readonly locationId: string;
  readonly quantity: number;
}

/** What shall be held, and the ranked ways to do so. */
export interface Demand {
  readonly key: string;
  readonly channel: string;
  readonly ttlSeconds: number;
  /** Best first; in each, at most one allocation per variant and location. */
  readonly plans: readonly (readonly Allocation[])[];
  /** Units asked for of each variant, the same in every plan, in order of id. */
  readonly requested: ReadonlyMap<string, number>;
}

/** A rule that a demand breaks, with the path of the field. */
export interface DemandFault {
  readonly message: string;
  readonly path: readonly string[];
}

const MAX_TTL_SECONDS = 3_600;
const MAX_PLANS = 10;
const MAX_ALLOCATIONS = 500;
const MAX_QUANTITY = 10_000;

/** What of a demand comes from outside. */
export interface DemandInput {
  readonly key: string;
  readonly channel: string;
  readonly ttlSeconds: number;
  readonly plans: readonly { readonly allocations: readonly Allocation[] }[];
}

/**
 * Checks a demand and sums the lines of one variant and location, so that two lines can never be held against the same unit.
 * @param isId whether a text can be an id.
 */
export function toDemand(input: DemandInput, isId: (text: string) => boolean): Demand | DemandFault {
  const { key, channel, ttlSeconds } = input;
  if (!isKey(key)) return fault('key takes 1 to 200 characters.', 'key');
  if (!isKey(channel)) return fault('channel is not a code.', 'channel');
  if (ttlSeconds < 1 || ttlSeconds > MAX_TTL_SECONDS)
    return fault(`ttlSeconds must be from 1 to ${MAX_TTL_SECONDS}, not ${ttlSeconds}.`, 'ttlSeconds');
  if (input.plans.length < 1 || input.plans.length > MAX_PLANS)
    return fault(`plans takes 1 to ${MAX_PLANS} entries, not ${input.plans.length}.`, 'plans');
  for (const [index, { allocations }] of input.plans.entries()) {
    const wrong = faultOfPlan(allocations, isId);
    if (wrong) return fault(wrong, 'plans', String(index), 'allocations');
  }
  const plans = input.plans.map(({ allocations }) => summed(allocations));
  const [requested = new Map<string, number>(), ...others] = plans.map(totals);
  const odd = others.findIndex((other) => !equalTotals(requested, other));
  if (odd >= 0)
    return fault('Every plan must serve the same demand: the same units of each variant.', 'plans', String(odd + 1));
  return { key, channel, ttlSeconds, plans, requested };
}

/** Whether `toDemand` refused. */
export const isDemandFault = (result: Demand | DemandFault): result is DemandFault => 'message' in result;

/**
 * What two requests with one key must have in common to be the same request. Plans do not count: who repeats a request may have
 * ranked the locations anew, for the same goods.
 */
export const demandText = (demand: Demand): string => JSON.stringify([demand.channel, [...demand.requested]]);

const fault = (message: string, ...path: string[]): DemandFault => ({ message, path: ['input', ...path] });

function faultOfPlan(allocations: readonly Allocation[], isId: (text: string) => boolean): string | null {
  if (allocations.length < 1 || allocations.length > MAX_ALLOCATIONS)
    return `allocations takes 1 to ${MAX_ALLOCATIONS} entries, not ${allocations.length}.`;
  for (const { variantId, locationId, quantity } of allocations) {
    if (!isId(variantId) || !isId(locationId)) return 'A variant or location is not an id.';
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY)
      return `quantity must be from 1 to ${MAX_QUANTITY}, not ${quantity}.`;
  }
  return null;
}

function summed(allocations: readonly Allocation[]): Allocation[] {
  const byPlace = new Map<string, Allocation>();
  for (const given of allocations) {
    // PostgreSQL writes ids in lower case: two spellings are one variant.
    const variantId = given.variantId.toLowerCase();
    const locationId = given.locationId.toLowerCase();
    const place = `${variantId} ${locationId}`;
    byPlace.set(place, { variantId, locationId, quantity: (byPlace.get(place)?.quantity ?? 0) + given.quantity });
  }
  return [...byPlace.values()];
}

function totals(plan: readonly Allocation[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { variantId, quantity } of plan) units.set(variantId, (units.get(variantId) ?? 0) + quantity);
  return new Map([...units].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const equalTotals = (a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean =>
  a.size === b.size && [...a].every(([variantId, quantity]) => b.get(variantId) === quantity);
