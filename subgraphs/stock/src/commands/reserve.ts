import { createHash } from 'node:crypto';
import { brokenConstraint, type Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import {
  attemptHold,
  findReservation,
  findShortVariants,
  type ReservationRow,
  type ShortVariant,
} from '../data/reservations.ts';
import { isLockTimeout } from '../data/retry.ts';
import { demandText, type Demand } from '../domain/demand.ts';
import { endExpiredHolds } from './expire-holds.ts';

/** What became of a request to hold stock. */
export type ReserveOutcome =
  | { readonly kind: 'held'; readonly reservation: ReservationRow }
  | { readonly kind: 'short'; readonly variants: readonly ShortVariant[] }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number };

/** Holds stock: all of the first ranked plan that holds, or nothing. Repeating with one key answers one reservation. */
export type Reserve = (demand: Demand) => Promise<ReserveOutcome>;

/** Requests that may wait in a process; more would only wait until their callers have given up. */
const MAX_PENDING = 1_000;
const RETRY_AFTER_MS = 250;
/** Each round ends up to a hundred holds that are over; behind so many rounds the decision is made without. */
const EXPIRY_ROUNDS = 20;

/** Makes the command with its bounded queue. */
export function createReserve(db: Database): Reserve {
  let pending = 0;
  return async (demand) => {
    if (pending >= MAX_PENDING) return { kind: 'busy', retryAfterMs: RETRY_AFTER_MS };
    pending += 1;
    try {
      return await reserve(db, demand);
    } finally {
      pending -= 1;
    }
  };
}

async function reserve(db: Database, demand: Demand): Promise<ReserveOutcome> {
  const requestHash = createHash('sha256').update(demandText(demand)).digest('base64url');
  const reservationId = newId();
  try {
    for (let round = 0; ; round += 1) {
      const attempt = await attemptHold(db, {
        reservationId,
        demand,
        requestHash,
        ignoreExpired: round === EXPIRY_ROUNDS,
      });
      if (attempt.keyExists) return await earlierReservation(db, demand, requestHash);
      if (attempt.expiredFirst) {
        await endExpiredHolds(db, [...demand.requested.keys()]);
        continue;
      }
      const { planIndex, expiresAt } = attempt;
      if (planIndex === null || expiresAt === null)
        return { kind: 'short', variants: await findShortVariants(db, demand) };
      const allocations = [...(demand.plans[planIndex] ?? [])];
      return {
        kind: 'held',
        reservation: { reservationId, key: demand.key, status: 'HELD', planIndex, expiresAt, requestHash, allocations },
      };
    }
  } catch (error) {
    if (isLockTimeout(error)) return { kind: 'busy', retryAfterMs: RETRY_AFTER_MS };
    switch (brokenConstraint(error)) {
      // Another request with this key was quicker.
      case 'reservations_key_unique':
        return earlierReservation(db, demand, requestHash);
      // The last defence: something took the units although we held the locks. The buyer hears the truth, not a fault.
      case 'levels_available_not_negative':
        return { kind: 'short', variants: await findShortVariants(db, demand) };
      default:
        throw error;
    }
  }
}

async function earlierReservation(db: Database, demand: Demand, requestHash: string): Promise<ReserveOutcome> {
  const reservation = await findReservation(db, demand.key);
  return reservation?.requestHash === requestHash ? { kind: 'held', reservation } : { kind: 'keyReused' };
}
