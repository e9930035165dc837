import DataLoader from 'dataloader';
import { groupByKey } from '@kontor/kit/src/align.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { readAvailability } from './availability.ts';
import { findLocations, findPickupLocations, type LocationRow } from './data/locations.ts';
import type { Availability } from './domain/availability.ts';

const MAX_PICKUP_LOCATIONS = 20;

/** A variant in a channel. */
export interface VariantInChannel {
  readonly variantId: string;
  readonly channel: string;
}

/** What a request reads by key: each loader sends one statement for all keys of a tick and channel. */
export interface Loaders {
  readonly availability: DataLoader<VariantInChannel, Availability>;
  /** Locations that have the variant and offer pickup, 20 at most. */
  readonly pickupLocations: DataLoader<VariantInChannel, LocationRow[]>;
  readonly location: DataLoader<string, LocationRow | null>;
}

/** Makes the loaders of one request. */
export function createLoaders(db: Database): Loaders {
  return {
    // Stock is not remembered: a subscription's context lives as long as the socket.
    availability: new DataLoader((keys) => perChannel(keys, (channel, ids) => readAvailability(db, channel, ids)), {
      cache: false,
    }),
    pickupLocations: new DataLoader(
      (keys) => perChannel(keys, (channel, ids) => readPickupLocations(db, channel, ids)),
      { cache: false },
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
): Promise<LocationRow[][]> {
  const ids = variantIds.filter(isId);
  const rows = ids.length > 0 ? await findPickupLocations(db, channel, ids, MAX_PICKUP_LOCATIONS) : [];
  const lowerCase = variantIds.map((id) => id.toLowerCase());
  return groupByKey(lowerCase, rows, (row) => row.variantId);
}

/** Reads for each channel once; nearly always there is only the caller's. Results are aligned with the keys. */
async function perChannel<T>(
  keys: readonly VariantInChannel[],
  read: (channel: string, variantIds: readonly string[]) => Promise<T[]>,
): Promise<T[]> {
  const results = new Map<VariantInChannel, T>();
  for (const [channel, group] of Map.groupBy(keys, (key) => key.channel)) {
    const values = await read(
      channel,
      group.map((key) => key.variantId),
    );
    for (const [index, key] of group.entries()) results.set(key, values[index] as T);
  }
  return keys.map((key) => results.get(key) as T);
}
