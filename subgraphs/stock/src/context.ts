import type { Database } from '@kontor/kit/src/database.ts';
import type { BaseContext } from '@kontor/kit/src/graph/engine.ts';
import type { EndReservation } from './commands/end-reservation.ts';
import type { Reserve } from './commands/reserve.ts';
import type { AvailabilityHub } from './live/hub.ts';
import type { Loaders } from './loaders.ts';

/** What resolvers are given with each request. */
export interface Context extends BaseContext {
  readonly db: Database;
  readonly hub: AvailabilityHub;
  readonly loaders: Loaders;
  readonly reserve: Reserve;
  readonly endReservation: EndReservation;
}
