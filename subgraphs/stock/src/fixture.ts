/** What the tests of this subgraph arrange and look at, through the same commands as everyone else. */
import type { Database } from '@kontor/kit/src/database.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { importLevels } from './commands/import-levels.ts';
import { createReserve, type Reserve } from './commands/reserve.ts';
import { upsertLocations } from './commands/upsert-locations.ts';
import { saveChannel } from './data/channels.ts';
import { verifyLevels } from './data/movements.ts';
import { isDemandFault, toDemand, type Allocation, type Demand } from './domain/demand.ts';

/** A location as a catalogue file may describe it. */
export const locationValues = (code: string) => ({
  code,
  name: `Store ${code}`,
  kind: 'STORE',
  street: null,
  city: null,
  province: null,
  postalCode: null,
  country: 'DE',
  latitude: 52.5,
  longitude: 13.4,
  pickupOffered: true,
  externalReference: null,
});

/** Makes a channel of its own with some locations. */
export async function makeChannel(
  db: Database,
  locationCount = 1,
): Promise<{ readonly channel: string; readonly locationIds: string[] }> {
  const channel = `channel-${newId()}`;
  const codes = Array.from({ length: locationCount }, (_, index) => `${channel}-${index}`);
  const { locationIds } = await upsertLocations(db, codes.map(locationValues));
  await saveChannel(db, { code: channel, revision: 1, locationIds });
  return { channel, locationIds };
}

/** Brings a new variant into stock at a location. */
export async function makeVariant(db: Database, locationId: string, quantity: number): Promise<string> {
  const variantId = newId();
  await importLevels(db, locationId, [{ variantId, quantity, reference: newId() }]);
  return variantId;
}

/** A valid demand. */
export function demandOf(
  channel: string,
  plans: readonly (readonly Allocation[])[],
  options: { key?: string; ttlSeconds?: number } = {},
): Demand {
  const input = {
    key: options.key ?? newId(),
    channel,
    ttlSeconds: options.ttlSeconds ?? 600,
    plans: plans.map((allocations) => ({ allocations })),
  };
  const demand = toDemand(input, isId);
  if (isDemandFault(demand)) throw new Error(demand.message);
  return demand;
}

/** The command as several processes have it: one pool and one queue each. */
export const reservers = (databases: readonly Database[]): Reserve[] => databases.map(createReserve);

/** A level in the database. */
export async function levelOf(db: Database, variantId: string, locationId: string) {
  const [row] = await db.sql<{ available: number; reserved: number; committed: number }[]>`
    select available, reserved, committed from stock.levels where variant_id = ${variantId} and location_id = ${locationId}`;
  return row ? { ...row } : null;
}

/** How many levels differ from the ledger. */
export const differences = async (db: Database): Promise<number> => (await verifyLevels(db, null)).differenceCount;

/** Versions of a variant in the ledger and in its events, and the one that it has. */
export async function versionsOf(db: Database, variantId: string) {
  const [row] = await db.sql<{ ledger: number[]; events: number[]; current: number }[]>`
    select array(select distinct version::int from stock.movements where variant_id = ${variantId} order by 1) as ledger,
      array(select (payload ->> 'version')::int from stock.outbox where topic = 'stock.availability.changed' and key = ${variantId} order by seq) as events,
      (select version::int from stock.variant_versions where variant_id = ${variantId}) as current`;
  if (!row) throw new Error('a row of subqueries is always there');
  return row;
}

/** The numbers from 1. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
