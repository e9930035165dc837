import { isKey } from './texts.ts';

/** Units of a variant from a location. */
export interface Allocation {
  readonly variantId: string;
  readonly locationId: string;
  readonly quantity: number;
  /** Sold ahead: waits for goods instead of taking what is available. False when absent. */
  readonly ahead?: boolean;
}

/** What shall be held, and the ranked ways to do so. */
export interface Demand {
  readonly key: string;
  readonly channel: string;
  readonly ttlSeconds: number;
  /** Best first; in each, at most one allocation per variant and location, and one more that is sold ahead. */
  readonly plans: readonly (readonly Allocation[])[];
  /** Units asked for of each variant, the same in every plan, in order of id. */
  readonly requested: ReadonlyMap<string, number>;
}

/** The part of a demand that says what shall be taken where. */
export type RankedPlans = Pick<Demand, 'plans' | 'requested'>;

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
  readonly plans: readonly { readonly allocations: readonly AllocationInput[] }[];
}

type AllocationInput = Omit<Allocation, 'ahead'> & { readonly ahead?: boolean | null | undefined };

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
  const checked = toPlans(input.plans, isId);
  return isDemandFault(checked) ? checked : { key, channel, ttlSeconds, ...checked };
}

/** Checks ranked plans: that each is one, that all serve the same demand; sums the lines of one variant and location. */
export function toPlans(given: DemandInput['plans'], isId: (text: string) => boolean): RankedPlans | DemandFault {
  if (given.length < 1 || given.length > MAX_PLANS)
    return fault(`plans takes 1 to ${MAX_PLANS} entries, not ${given.length}.`, 'plans');
  for (const [index, { allocations }] of given.entries()) {
    const wrong = faultOfPlan(allocations, isId);
    if (wrong) return fault(wrong, 'plans', String(index), 'allocations');
  }
  const plans = given.map(({ allocations }) => summed(allocations));
  const [requested = new Map<string, number>(), ...others] = plans.map(totals);
  const odd = others.findIndex((other) => !equalTotals(requested, other));
  if (odd >= 0)
    return fault('Every plan must serve the same demand: the same units of each variant.', 'plans', String(odd + 1));
  return { plans, requested };
}

/** Whether `toDemand` or `toPlans` refused. */
export const isDemandFault = (result: RankedPlans | DemandFault): result is DemandFault => 'message' in result;

/**
 * What two requests with one key must have in common to be the same request. Plans do not count: who repeats a request may have
 * ranked the locations anew, for the same goods.
 */
export const demandText = (demand: Demand): string => JSON.stringify([demand.channel, [...demand.requested]]);

const fault = (message: string, ...path: string[]): DemandFault => ({ message, path: ['input', ...path] });

function faultOfPlan(allocations: readonly AllocationInput[], isId: (text: string) => boolean): string | null {
  if (allocations.length < 1 || allocations.length > MAX_ALLOCATIONS)
    return `allocations takes 1 to ${MAX_ALLOCATIONS} entries, not ${allocations.length}.`;
  for (const { variantId, locationId, quantity } of allocations) {
    if (!isId(variantId) || !isId(locationId)) return 'A variant or location is not an id.';
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY)
      return `quantity must be from 1 to ${MAX_QUANTITY}, not ${quantity}.`;
  }
  return null;
}

function summed(allocations: readonly AllocationInput[]): Allocation[] {
  const byPlace = new Map<string, Allocation>();
  for (const given of allocations) {
    // PostgreSQL writes ids in lower case: two spellings are one variant.
    const variantId = given.variantId.toLowerCase();
    const locationId = given.locationId.toLowerCase();
    const ahead = given.ahead ?? false;
    const place = `${variantId} ${locationId} ${ahead}`;
    const quantity = (byPlace.get(place)?.quantity ?? 0) + given.quantity;
    byPlace.set(place, { variantId, locationId, quantity, ...(ahead && { ahead }) });
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
