import { hash } from 'node:crypto';
import { brokenConstraint, type Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import {
  findReservation,
  findShortVariants,
  holdAll,
  type Hold,
  type HoldOutcome,
  type ReservationRow,
  type ReservedUnits,
  type ShortVariant,
} from '../data/reservations.ts';
import { isLockTimeout } from '../data/retry.ts';
import { demandText, type Allocation, type Demand } from '../domain/demand.ts';
import { createBatches } from './batches.ts';

/** What became of a request to hold stock. */
export type ReserveOutcome =
  | { readonly kind: 'held'; readonly reservation: ReservationRow }
  | { readonly kind: 'short'; readonly variants: readonly ShortVariant[] }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number };

/** Holds stock: all of the first ranked plan that holds, or nothing. Repeating with one key answers one reservation. */
export type Reserve = (demand: Demand) => Promise<ReserveOutcome>;

/** Requests that may wait in a process; more would only wait until their callers have given up. */
const MAX_WAITING = 5_000;
/** Allocations, over all plans, that one batch decides on. */
const MAX_ALLOCATIONS = 1_000;
const RETRY_AFTER_MS = 250;

/**
 * Makes the command with its queue: one per process, over all variants. The batch is decided in the order of arrival by the database,
 * behind the locks of all its variants, so that any number of processes is right together.
 */
export function createReserve(db: Database): Reserve {
  const batches = createBatches<Hold, Decided>({
    execute: (holds) => decide(db, holds),
    keyOf: ({ demand }) => demand.key,
    weight: ({ demand }) => demand.plans.reduce((sum, plan) => sum + plan.length, 0),
    maxWeight: MAX_ALLOCATIONS,
    maxWaiting: MAX_WAITING,
    isCommon: isLockTimeout,
  });
  return async (demand) => {
    const requestHash = hash('sha256', demandText(demand), 'base64url');
    const reservationId = newId();
    try {
      const outcome = await batches.run({ reservationId, demand, requestHash });
      if (outcome === null) return { kind: 'busy', retryAfterMs: batches.retryAfterMs };
      if (outcome.keyExists) return await earlierReservation(db, demand, requestHash);
      const { planIndex, expiresAt } = outcome;
      if (planIndex === null || expiresAt === null)
        return { kind: 'short', variants: (await outcome.shortages()).get(demand) ?? [] };
      if (outcome.bundled) return await earlierReservation(db, demand, requestHash);
      const allocations = unitsOf(demand.plans[planIndex] ?? []);
      return {
        kind: 'held',
        reservation: { reservationId, key: demand.key, status: 'HELD', planIndex, expiresAt, requestHash, allocations },
      };
    } catch (error) {
      if (isLockTimeout(error)) return { kind: 'busy', retryAfterMs: RETRY_AFTER_MS };
      switch (brokenConstraint(error)) {
        // Another process was quicker with this key.
        case 'reservations_key_unique':
          return earlierReservation(db, demand, requestHash);
        // The last defence: something took the units although we held the locks. The buyer hears the truth, not a fault.
        case 'levels_available_not_negative':
          return { kind: 'short', variants: (await findShortVariants(db, [demand])).get(demand) ?? [] };
        default:
          throw error;
      }
    }
  };
}

interface Decided extends HoldOutcome {
  /** What all that were refused with this one fall short of. */
  readonly shortages: () => Promise<ReadonlyMap<Demand, ShortVariant[]>>;
}

/** Holds, and reads once for all that were refused what is left: when thousands want the last unit, nearly all are. */
async function decide(db: Database, holds: readonly Hold[]): Promise<Decided[]> {
  const outcomes = await holdAll(db, holds);
  const refused = holds.map(({ demand }) => demand).filter((_, index) => outcomes[index]?.planIndex === null);
  let reading: ReturnType<Decided['shortages']> | undefined;
  // Begun by the first who asks, beside the next batch.
  const shortages = () => (reading ??= findShortVariants(db, refused));
  return outcomes.map((outcome) => ({ ...outcome, shortages }));
}

/** What a plan is held as, as a repetition tells it: one of each variant and location, in order; what is sold ahead there waits. */
function unitsOf(plan: readonly Allocation[]): ReservedUnits[] {
  const places = new Map<string, ReservedUnits>();
  for (const { variantId, locationId, quantity, ahead } of plan) {
    const place = `${variantId} ${locationId}`;
    const known = places.get(place);
    places.set(place, {
      variantId,
      locationId,
      quantity: quantity + (known?.quantity ?? 0),
      shorted: 0,
      shipped: 0,
      waiting: (ahead ? quantity : 0) + (known?.waiting ?? 0),
    });
  }
  return [...places].sort(([a], [b]) => compare(a, b)).map(([, units]) => units);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

async function earlierReservation(db: Database, demand: Demand, requestHash: string): Promise<ReserveOutcome> {
  const reservation = await findReservation(db, demand.key);
  return reservation?.requestHash === requestHash ? { kind: 'held', reservation } : { kind: 'keyReused' };
}
