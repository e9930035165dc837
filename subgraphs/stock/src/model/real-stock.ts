import { serviceCaller, type Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createEndReservation, type EndReservation } from '../commands/end-reservation.ts';
import { createReserve, type Reserve } from '../commands/reserve.ts';
import { upsertLocations } from '../commands/upsert-locations.ts';
import { retirePolicy } from '../data/allocation-policies.ts';
import { saveBundles } from '../data/bundles.ts';
import { saveChannel } from '../data/channels.ts';
import { locationValues } from '../fixture.ts';
import type { Shape } from './stock-model.ts';

/** Seconds of a tick of the model's clock: far more than a run takes, so that real time never decides. */
export const TICK_S = 100;

/** The ids that a run gave to what the model numbers. */
export interface Names {
  readonly run: string;
  /** Items, then bundles. */
  readonly things: readonly string[];
  readonly locations: readonly string[];
  readonly channels: readonly string[];
  /** The revisions that products would have given. */
  readonly revisions: { places: number; bundles: number };
  /** What bundles consist of. */
  bundles: Shape['bundles'];
  /** In the order in which they began to govern. */
  readonly policies: string[];
  /** In the order in which they were sent. */
  readonly transfers: string[];
}

/** Stock as one process has it: a pool and queues of its own. */
export interface RealStock {
  readonly db: Database;
  readonly names: Names;
  readonly caller: Caller;
  readonly reserve: Reserve;
  readonly endReservation: EndReservation;
  /** Shifts the clock of this process, which must have one connection. */
  advance(ticks: number): Promise<void>;
}

/** Makes a new world in the database: locations, channels and bundles of its own. */
export async function createWorld(db: Database, shape: Shape, locationCount: number): Promise<Names> {
  const run = newId();
  const codes = Array.from({ length: locationCount }, (_, index) => `${run}-${index}`);
  const { locationIds: locations } = await upsertLocations(db, codes.map(locationValues));
  const names: Names = {
    run,
    things: Array.from({ length: shape.itemCount + shape.bundles.length }, () => newId()),
    locations: [...locations].sort(),
    channels: shape.channels.map((_, index) => `${run}-channel-${index}`),
    revisions: { places: 0, bundles: 0 },
    bundles: [],
    policies: [],
    transfers: [],
  };
  // A policy of another world that governs all variants would govern these.
  const rows = await db.sql<{ id: string }[]>`
    select policy_id as id from stock.allocation_policies where status <> 'retired'`;
  for (const { id } of rows) await retirePolicy(db, id, null, 'service:world');
  for (const [index, places] of shape.channels.entries()) await keepPlaces(db, names, index, places);
  await keepBundles(db, names, shape.itemCount, shape.bundles);
  return names;
}

/** Tells stock from where a channel sells. */
export async function keepPlaces(db: Database, names: Names, channel: number, places: readonly number[]) {
  names.revisions.places += 1;
  await saveChannel(db, {
    code: names.channels[channel]!,
    revision: names.revisions.places,
    locationIds: places.map((place) => names.locations[place]!),
  });
}

/** Tells stock what bundles consist of. */
export async function keepBundles(db: Database, names: Names, itemCount: number, bundles: Shape['bundles']) {
  names.revisions.bundles += 1;
  names.bundles = bundles;
  await saveBundles(
    db,
    bundles.map((components, index) => ({
      variantId: names.things[itemCount + index]!,
      revision: names.revisions.bundles,
      components: components.map(({ item, quantity }) => ({ variantId: names.things[item]!, quantity })),
    })),
  );
}

/** Opens a process on a world. */
export function openProcess(db: Database, names: Names): RealStock {
  let now = 0;
  return {
    db,
    names,
    caller: serviceCaller(names.run),
    reserve: createReserve(db),
    endReservation: createEndReservation(db),
    async advance(ticks) {
      now += ticks;
      await db.sql`select set_config('app.now_offset', ${`${now * TICK_S} seconds`}, false)`;
    },
  };
}

/** Numbers for ids, whatever there may be around them. */
export const numberOf = (ids: readonly string[], id: string): number => {
  const found = ids.indexOf(id);
  if (found < 0) throw new Error(`${id} is not of this run`);
  return found;
};
