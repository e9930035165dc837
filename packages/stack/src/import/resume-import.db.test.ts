import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SCHEMAS } from '../services.ts';
import { contentOf, differences, openShop, type Shop } from '../testing/open-shop.ts';
import { importCatalogue } from './import-catalogue.ts';

const COMMAND = fileURLToPath(new URL('../catalogue.ts', import.meta.url));
const PRODUCTS = 2_000;
/** Each so many products are in, the process is killed. */
/** A process of Node starts, and finds nothing to migrate, in much less. */
const STARTED_WITHIN_MS = 40_000;
const KILLED_AT = [1, 300, 700, 1_250, 1_900];

let folder: string;
let file: string;
const databases: TestDatabase[] = [];
const shops: Shop[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kontor-resume-'));
  file = join(folder, 'catalogue.csv');
  const rows = Array.from({ length: PRODUCTS }, (_, index) =>
    [
      `p-${index},Product ${index},Size,S,1${index}.00,${index % 7}`,
      `p-${index},,,M,${index % 97 === 0 ? 'x' : '2.50'},1`,
    ].join('\n'),
  );
  const header = 'Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Inventory Qty';
  await writeFile(file, `${[header, ...rows].join('\n')}\n`);
});
afterAll(async () => {
  for (const { session } of shops) await session.close();
  for (const database of databases) await database.drop();
  await rm(folder, { recursive: true });
});

async function newShop() {
  const database = await createTestDatabase(SCHEMAS);
  databases.push(database);
  const shop = await openShop(database.adminUrl, folder);
  shops.push(shop);
  return { database, shop };
}

/** Starts the import in a process of its own. */
function startImport(databaseUrl: string) {
  const child = spawn(process.execPath, [COMMAND, 'import', file], {
    env: { PATH: process.env['PATH'], DATABASE_URL: databaseUrl, DATA_DIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  return { child, ended: once(child, 'exit'), output: () => output };
}

test(
  'gives the same, and the same report, when its process is killed at any moment and started again',
  { timeout: 180_000 },
  async () => {
    const whole = await newShop();
    const wholeReport = await importCatalogue(whole.shop.session.operator, file, whole.shop.target, {
      reportFolder: join(folder, 'whole'),
    });
    expect(wholeReport).toMatchObject({ products: { created: PRODUCTS }, rejectedLines: 21 });

    const broken = await newShop();
    const { sql } = broken.database.open('products');
    for (const count of KILLED_AT) {
      const { child, ended, output } = startImport(broken.database.adminUrl);
      await eventually(async () => {
        expect(child.exitCode, output()).toBe(null);
        const [row] = await sql<{ count: number }[]>`select count(*)::int as count from products.products`;
        expect(row!.count, output()).toBeGreaterThanOrEqual(count);
      }, STARTED_WITHIN_MS);
      child.kill('SIGKILL');
      await ended;
    }
    const [noted] = await sql<
      { state: string; line: number }[]
    >`select state, next_line::int as line from products.imports`;
    expect(noted).toMatchObject({ state: 'RUNNING' });
    expect(noted!.line).toBeGreaterThan(1);
    const last = startImport(broken.database.adminUrl);
    expect(await last.ended).toEqual([0, null]);
    expect(last.output()).toContain(`Went on at line ${noted!.line}`);

    expect(differences(await contentOf(broken.shop, folder), await contentOf(whole.shop, folder))).toEqual([]);
    for (const [kind, path] of Object.entries(wholeReport.files))
      expect([kind, await readFile(join(folder, 'reports', path!.split('/').at(-1)!), 'utf8')]).toEqual([
        kind,
        await readFile(path!, 'utf8'),
      ]);
    const [ended] = await sql<
      { state: string; counts: Record<string, number> }[]
    >`select state, counts from products.imports`;
    expect(ended).toMatchObject({
      state: 'DONE',
      counts: { variants: wholeReport.variants, rejectedLines: 21, notes: wholeReport.notes },
    });
  },
);
