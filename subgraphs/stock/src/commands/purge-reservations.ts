import type { Database } from '@kontor/kit/src/database.ts';
import { BEFORE_ALL, purgeReservations } from '../data/reservation-changes.ts';

/** How many one statement looks at: few enough that it takes milliseconds. */
const BATCH = 1_000;

/** Goes through all reservations, some at each turn, and forgets those that ended long ago. */
export interface ReservationPurge {
  /** Goes on with the pass that is under way. @param begin starts one when there is none. */
  turn(begin: boolean): Promise<void>;
}

/** Makes the purge of a process. It keeps its place: what it has looked at it does not look at again in one pass. */
export function createReservationPurge(db: Database, batch = BATCH): ReservationPurge {
  let behind: string | null = null;
  return {
    async turn(begin) {
      if (begin) behind ??= BEFORE_ALL;
      if (behind !== null) behind = await purgeReservations(db, behind, batch);
    },
  };
}
