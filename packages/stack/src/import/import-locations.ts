import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { run, type Operator } from '../operator.ts';
import { chooseChannels, readChannels } from './target.ts';

const MAX_BYTES = 50 * 1024 * 1024;
const CHUNK = 1_000;

/** A store as public store lists give it. */
const storeShape = z.object({
  id: z.union([z.number(), z.string().min(1)]),
  name: z.string().trim().min(1).max(200),
  address: z.string().optional(),
  city: z.string().optional(),
  state: z.string().optional(),
  zip: z.string().optional(),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two upper-case letters')
    .optional(),
  location: z.object({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }),
});

/** What became of a file of locations. */
export interface LocationsReport {
  readonly total: number;
  readonly created: number;
  readonly updated: number;
  readonly rejected: readonly { readonly entry: number; readonly reason: string }[];
}

/**
 * Loads stores with coordinates: a JSON list of `{ id, name, address, city, state, zip, country?, location: { lat, lon } }`. The id identifies a store, so that a second
 * import changes nothing.
 * @param channels codes of channels that shall sell the stores' stock, besides what they have.
 */
export async function importLocations(
  operator: Operator,
  file: string,
  options: { readonly country: string; readonly channels: readonly string[] },
): Promise<LocationsReport> {
  const channels = options.channels.length > 0 ? chooseChannels(await readChannels(operator), options.channels) : [];
  const { size } = await stat(file);
  if (size > MAX_BYTES) throw new Error(`${file} has ${Math.round(size / 1e6)} MB; at most 50 MB are read.`);
  let entries: unknown;
  try {
    entries = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} is not JSON: ${(error as Error).message}.`, { cause: error });
  }
  if (!Array.isArray(entries)) throw new Error(`${file} must hold a JSON list of stores.`);

  const rejected: { entry: number; reason: string }[] = [];
  const stores = new Map<string, Record<string, unknown>>();
  entries.forEach((entry: unknown, index) => {
    const result = storeShape.safeParse(entry);
    if (!result.success) {
      rejected.push({
        entry: index + 1,
        reason: result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
      });
      return;
    }
    const store = result.data;
    const code = `store-${String(store.id)
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')}`;
    if (stores.has(code)) {
      rejected.push({ entry: index + 1, reason: `id ${store.id} stands in the file twice` });
      return;
    }
    stores.set(code, {
      code,
      name: store.name,
      kind: 'STORE',
      street: store.address ?? null,
      city: store.city ?? null,
      province: store.state ?? null,
      postalCode: store.zip ?? null,
      country: store.country ?? options.country,
      latitude: store.location.lat,
      longitude: store.location.lon,
      pickupOffered: true,
      externalReference: String(store.id),
    });
  });

  const list = [...stores.values()];
  const ids: string[] = [];
  let created = 0;
  let updated = 0;
  for (let from = 0; from < list.length; from += CHUNK) {
    const { locationsUpsert } = await run<{
      locationsUpsert: { locationIds: string[]; createdCount: number; updatedCount: number };
    }>(
      operator,
      'stock',
      'mutation L($input: LocationsUpsertInput!) { locationsUpsert(input: $input) { locationIds createdCount updatedCount } }',
      { input: { locations: list.slice(from, from + CHUNK) } },
    );
    ids.push(...locationsUpsert.locationIds);
    created += locationsUpsert.createdCount;
    updated += locationsUpsert.updatedCount;
  }
  for (const channel of channels) await addToChannel(operator, channel.code, ids);
  return { total: entries.length, created, updated, rejected };
}

async function addToChannel(operator: Operator, code: string, ids: readonly string[]): Promise<void> {
  const { channelStates } = await run<{
    channelStates: {
      code: string;
      name: string;
      currencies: string[];
      countries: string[];
      locales: string[];
      locationIds: string[];
    }[];
  }>(operator, 'products', '{ channelStates { code name currencies countries locales locationIds } }');
  const channel = channelStates.find((each) => each.code === code)!;
  await run(operator, 'products', 'mutation C($input: ChannelUpsertInput!) { channelUpsert(input: $input) { code } }', {
    input: { ...channel, locationIds: [...new Set([...channel.locationIds, ...ids])] },
  });
}
