import type { Database } from '@kontor/kit/src/database.ts';
import { requestFault } from '@kontor/kit/src/errors.ts';
import { endHolds, type EndRequest, type ReservationStatus } from '../data/reservations.ts';
import { isLockTimeout } from '../data/retry.ts';
import { isKey } from '../domain/texts.ts';
import { createBatches } from './batches.ts';

/** What became of a request to end a reservation. */
export interface ReservationEnd {
  /** Whether it is now in the state asked for. */
  readonly done: boolean;
  readonly status: ReservationStatus | 'MISSING';
}

/** Ends reservations; what is asked for while others are being ended goes with the next of them. */
export interface EndReservation {
  /** Held to committed: the units are sold. Refused with EXPIRED when the hold is over, swept or not, and with SHORTED when units were lost. Repeating is harmless. @throws GraphQLError SERVICE_UNAVAILABLE when too many wait. */
  commit(key: string): Promise<ReservationEnd>;
  /** Held to released: the units are available again. Repeating is harmless. */
  release(key: string): Promise<ReservationEnd>;
}

const MAX_WAITING = 5_000;
const MAX_BATCH = 200;

/** Makes the commands with their queue. */
export function createEndReservation(db: Database): EndReservation {
  const batches = createBatches<EndRequest, ReservationStatus | null>({
    execute: (requests) => endHolds(db, requests),
    keyOf: ({ key }) => key,
    weight: () => 1,
    maxWeight: MAX_BATCH,
    maxWaiting: MAX_WAITING,
    isCommon: isLockTimeout,
  });
  const end = async (request: EndRequest, wanted: ReservationStatus): Promise<ReservationEnd> => {
    if (!isKey(request.key)) return { done: false, status: 'MISSING' };
    const running = batches.run(request);
    if (!running)
      throw requestFault('SERVICE_UNAVAILABLE', 'Stock is busy. Repeat later: the reservation is as it was.', {
        retryAfterMs: batches.retryAfterMs,
      });
    const status = await running;
    return { done: status === wanted, status: status ?? 'MISSING' };
  };
  return {
    commit: (key) => end({ key, ending: 'committed' }, 'COMMITTED'),
    release: (key) => end({ key, ending: 'released' }, 'RELEASED'),
  };
}
