import type { Database } from '@kontor/kit/src/database.ts';
import { endReservation as end, type ReservationStatus } from '../data/reservations.ts';
import { isKey } from '../domain/texts.ts';

/** What became of a request to end a reservation. */
export interface ReservationEnd {
  /** Whether it is now in the state asked for. */
  readonly done: boolean;
  readonly status: ReservationStatus | 'MISSING';
}

/** Held to committed: the units are sold. Refused with EXPIRED when the hold is over, swept or not. Repeating is harmless. */
export const commitReservation = (db: Database, key: string): Promise<ReservationEnd> =>
  endAs(db, key, 'committed', 'COMMITTED');

/** Held to released: the units are available again. Repeating is harmless. */
export const releaseReservation = (db: Database, key: string): Promise<ReservationEnd> =>
  endAs(db, key, 'released', 'RELEASED');

async function endAs(
  db: Database,
  key: string,
  ending: 'committed' | 'released',
  wanted: ReservationStatus,
): Promise<ReservationEnd> {
  const status = isKey(key) ? await end(db, key, ending) : null;
  return { done: status === wanted, status: status ?? 'MISSING' };
}
