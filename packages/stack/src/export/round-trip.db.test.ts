import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CatalogueFormat } from '@kontor/products/src/import/import-item.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importCatalogue } from '../import/import-catalogue.ts';
import { SCHEMAS } from '../services.ts';
import { contentOf, differences, exportFrom, openShop, type Shop } from '../testing/open-shop.ts';

const samples = process.env['SAMPLE_DATA'];
const NOTHING = { created: 0, updated: 0, rejected: 0 };

let folder: string;
const databases: TestDatabase[] = [];
const shops: Shop[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kontor-round-trip-'));
});
afterAll(async () => {
  for (const { session } of shops) await session.close();
  for (const database of databases) await database.drop();
  await rm(folder, { recursive: true });
});

async function newShop(): Promise<Shop> {
  const database = await createTestDatabase(SCHEMAS);
  databases.push(database);
  const shop = await openShop(database.adminUrl, folder);
  shops.push(shop);
  return shop;
}

const importInto = ({ session, target }: Shop, file: string, format: CatalogueFormat) =>
  importCatalogue(session.operator, file, target, { format });

describe.skipIf(!samples)(
  `an exported catalogue${samples ? '' : ' (skipped: SAMPLE_DATA does not name the folder of the sample data)'}`,
  () => {
    it.each(['apparel', 'bicycles', 'fashion'])(
      'of %s.csv imports to the same in an empty system and changes nothing in its own',
      { timeout: 120_000 },
      async (name) => {
        const shop = await newShop();
        const first = await importInto(shop, join(samples!, 'catalogues', `${name}.csv`), 'shopify');
        expect(first.products.rejected).toBe(0);
        const content = await contentOf(shop, folder);
        expect(content.some((line) => line.includes('"customProduct":'))).toBe(name !== 'apparel');
        for (const format of ['shopify', 'jsonl', 'google'] as const) {
          const file = await exportFrom(shop, format, folder);
          const again = await importInto(shop, file, format);
          expect([format, again.products]).toMatchObject([format, NOTHING]);
          expect([again.pricesChanged, again.levelsChanged, again.sellingPoliciesChanged]).toEqual([0, 0, 0]);
          expect(differences(await contentOf(shop, folder), content)).toEqual([]);
          if (format === 'google') continue;
          const empty = await newShop();
          expect(await importInto(empty, file, format)).toMatchObject({ products: { updated: 0, rejected: 0 } });
          expect(differences(await contentOf(empty, folder), content)).toEqual([]);
        }
      },
    );
  },
);
