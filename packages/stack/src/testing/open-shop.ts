import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogueFormat } from '@kontor/products/src/import/import-item.ts';
import { readStackEnv } from '../env.ts';
import { exportCatalogue } from '../export/export-catalogue.ts';
import { openOperatorSession, type OperatorSession } from '../import/operator-session.ts';
import { chooseTarget, type ImportTarget } from '../import/target.ts';
import { run } from '../operator.ts';

/** A system with two channels and a warehouse. */
export interface Shop {
  readonly session: OperatorSession;
  readonly target: ImportTarget;
}

/** Opens a database as the catalogue's command line does, and makes channels, a warehouse and a price list, where they are missing. */
export async function openShop(databaseUrl: string, folder: string): Promise<Shop> {
  const session = await openOperatorSession(readStackEnv({ DATABASE_URL: databaseUrl, DATA_DIR: folder }));
  const { operator } = session;
  const { locationsUpsert } = await run<{ locationsUpsert: { locationIds: string[] } }>(
    operator,
    'stock',
    'mutation L($input: LocationsUpsertInput!) { locationsUpsert(input: $input) { locationIds } }',
    { input: { locations: [{ code: 'main', name: 'Main', kind: 'WAREHOUSE', country: 'DE', pickupOffered: false }] } },
  );
  for (const code of ['web', 'pos'])
    await run(
      operator,
      'products',
      'mutation C($input: ChannelUpsertInput!) { channelUpsert(input: $input) { code } }',
      {
        input: {
          code,
          name: code,
          currencies: ['EUR'],
          countries: ['DE'],
          locales: ['en'],
          locationIds: locationsUpsert.locationIds,
        },
      },
    );
  return { session, target: await chooseTarget(operator, { channels: [], currency: undefined, location: undefined }) };
}

/** Writes a shop's catalogue into a file of the folder. @returns its path */
export async function exportFrom({ session, target }: Shop, format: CatalogueFormat, folder: string): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.${format}`);
  await exportCatalogue(session.operator, file, target, { format });
  return file;
}

/** All that a shop knows of its products, without ids: a line each, in order. */
export const contentOf = async (shop: Shop, folder: string): Promise<string[]> =>
  (await readFile(await exportFrom(shop, 'jsonl', folder), 'utf8')).split('\n').sort();

/** The lines that are in one list alone, cut so that they can be read. */
export const differences = (left: readonly string[], right: readonly string[]): string[] =>
  [...missingIn(right, left), ...missingIn(left, right)].map((line) => line.slice(0, 200));

function missingIn(list: readonly string[], lines: readonly string[]): string[] {
  const known = new Set(list);
  return lines.filter((line) => !known.has(line));
}
