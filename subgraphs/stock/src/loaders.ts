import DataLoader from 'dataloader';
import { groupByKey } from '@kontor/kit/src/align.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { readAvailability } from './availability.ts';
import { findLocations, findPickupLocations, type LocationRow } from './data/locations.ts';
import { findProspects, type Prospect } from './data/restock.ts';
import type { Availability } from './domain/availability.ts';
import type { GeoPoint } from './domain/geography.ts';

const MAX_PICKUP_LOCATIONS = 20;

/** A variant in a channel. */
export interface VariantInChannel {
  readonly variantId: string;
  readonly channel: string;
}

/** A variant in a channel, for someone who is somewhere. */
export interface VariantForDestination extends VariantInChannel {
  readonly destination: GeoPoint | null;
}

/** What a request reads by key: each loader sends one statement for all keys of a tick and channel. */
export interface Loaders {
  readonly availability: DataLoader<VariantInChannel, Availability>;
  /** When more is expected, and what may be sold ahead. */
  readonly prospect: DataLoader<VariantInChannel, Pick<Prospect, 'restockAt' | 'backorder'>>;
  /** Locations that let the channel have the variant and offer pickup, 20 at most; the nearest first when there is a destination. */
  readonly pickupLocations: DataLoader<VariantForDestination, LocationRow[]>;
  readonly location: DataLoader<string, LocationRow | null>;
}

/** Makes the loaders of one request. */
export function createLoaders(db: Database): Loaders {
  const byChannel = ({ channel }: VariantInChannel) => channel;
  // Stock is not remembered: a subscription's context lives as long as the socket.
  const unremembered = { cache: false };
  return {
    availability: new DataLoader(
      (keys) => inGroups(keys, byChannel, ({ channel }, ids) => readAvailability(db, channel, ids)),
      unremembered,
    ),
    prospect: new DataLoader(
      (keys) => inGroups(keys, byChannel, ({ channel }, ids) => readProspects(db, channel, ids)),
      unremembered,
    ),
    pickupLocations: new DataLoader(
      (keys) =>
        inGroups(
          keys,
          ({ channel, destination }) => JSON.stringify([channel, destination?.latitude, destination?.longitude]),
          ({ channel, destination }, ids) => readPickupLocations(db, channel, ids, destination),
        ),
      unremembered,
    ),
    location: new DataLoader(async (ids) => {
      const known = ids.filter(isId);
      const rows = known.length > 0 ? await findLocations(db, known) : [];
      const byId = new Map(rows.map((row) => [row.id, row]));
      return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
    }),
  };
}

async function readPickupLocations(
  db: Database,
  channel: string,
  variantIds: readonly string[],
  near: GeoPoint | null,
): Promise<LocationRow[][]> {
  const ids = variantIds.filter(isId);
  const rows = ids.length > 0 ? await findPickupLocations(db, channel, ids, { limit: MAX_PICKUP_LOCATIONS, near }) : [];
  const lowerCase = variantIds.map((id) => id.toLowerCase());
  return groupByKey(lowerCase, rows, (row) => row.variantId);
}

const NO_PROSPECT = { restockAt: null, backorder: null };

async function readProspects(db: Database, channel: string, variantIds: readonly string[]) {
  const ids = variantIds.filter(isId);
  const rows = ids.length > 0 ? await findProspects(db, channel, ids) : [];
  const byId = new Map(rows.map((row) => [row.variantId, row]));
  return variantIds.map((id) => byId.get(id.toLowerCase()) ?? NO_PROSPECT);
}

/** Reads for each group of keys once; nearly always there is only one, of the caller's channel. Results are aligned with the keys. */
async function inGroups<Key extends VariantInChannel, T>(
  keys: readonly Key[],
  groupOf: (key: Key) => string,
  read: (common: Key, variantIds: readonly string[]) => Promise<T[]>,
): Promise<T[]> {
  const results = new Map<Key, T>();
  for (const group of Map.groupBy(keys, groupOf).values()) {
    const values = await read(
      group[0] as Key,
      group.map((key) => key.variantId),
    );
    for (const [index, key] of group.entries()) results.set(key, values[index] as T);
  }
  return keys.map((key) => results.get(key) as T);
}
