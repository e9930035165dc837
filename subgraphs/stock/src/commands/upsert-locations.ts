import type { Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { upsertLocations as upsert, type LocationKind, type LocationValues } from '../data/locations.ts';
import { isKey, isPlainText } from '../domain/texts.ts';

const KINDS: ReadonlySet<string> = new Set<LocationKind>(['WAREHOUSE', 'STORE', 'DROPSHIP', 'THIRD_PARTY']);
const MAX_LOCATIONS = 1_000;
const TRIES = 3;

/** What became of the locations. */
export interface LocationsUpserted {
  /** Aligned with the input. */
  readonly locationIds: string[];
  readonly createdCount: number;
  readonly updatedCount: number;
}

/**
 * Makes or changes locations by code, all or nothing; those that are as asked for keep their revision and emit nothing.
 * @throws GraphQLError BAD_USER_INPUT for a location that breaks a rule, or a code that is given twice.
 */
export async function upsertLocations(
  db: Database,
  locations: readonly (Omit<LocationValues, 'kind'> & { readonly kind: string })[],
): Promise<LocationsUpserted> {
  if (locations.length > MAX_LOCATIONS)
    throw badInput(`locations takes at most ${MAX_LOCATIONS} entries, not ${locations.length}.`, [
      'input',
      'locations',
    ]);
  const seen = new Set<string>();
  for (const [index, location] of locations.entries()) {
    const wrong = faultOf(location) ?? (seen.has(location.code) ? 'is given twice' : null);
    if (wrong)
      throw badInput(`The location "${location.code.slice(0, 50)}" ${wrong}.`, ['input', 'locations', String(index)]);
    seen.add(location.code);
  }
  if (locations.length === 0) return { locationIds: [], createdCount: 0, updatedCount: 0 };

  for (let tries = 1; ; tries += 1) {
    const rows = await upsert(db, locations as readonly LocationValues[]);
    // A location that another call made at the same moment, alike, is not visible to this statement yet: it is to the next one.
    if (rows.some((row) => row.id === null) && tries < TRIES) continue;
    const idOf = new Map(rows.map((row) => [row.code, row.id]));
    return {
      locationIds: locations.map((location) => idOf.get(location.code) ?? ''),
      createdCount: rows.filter((row) => row.created === true).length,
      updatedCount: rows.filter((row) => row.created === false).length,
    };
  }
}

function faultOf(location: Omit<LocationValues, 'kind'> & { readonly kind: string }): string | null {
  const { code, name, kind, latitude, longitude } = location;
  if (!isKey(code)) return 'needs a code of 1 to 200 characters';
  if (name.trim() === '') return 'needs a name';
  if (!KINDS.has(kind)) return `has a kind that is none of ${[...KINDS].join(', ')}`;
  const texts = [
    name,
    location.street,
    location.city,
    location.province,
    location.postalCode,
    location.externalReference,
  ];
  if (texts.some((text) => text !== null && !isPlainText(text)))
    return 'has a text of more than 500 characters or with control characters';
  if (latitude !== null && Math.abs(latitude) > 90) return 'has a latitude beyond 90 degrees';
  if (longitude !== null && Math.abs(longitude) > 180) return 'has a longitude beyond 180 degrees';
  return null;
}
