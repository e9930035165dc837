import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { createApp } from '@kontor/products/src/app.ts';
import { createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Operator } from '../operator.ts';
import { importCategories } from './import-categories.ts';

const SAMPLE = process.env['SAMPLE_DATA'];

let test: TestDatabase;
let db: Database;
let operator: Operator;
let folder: string;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  const { products: identity } = await createTestIdentities(['products']);
  const service = createApp({ db, identity: identity, bus: createMemoryBus(), logger: silentLogger });
  const graph = service.graph(INTERNAL_PATH);
  await graph.server.start();
  const call = { caller: serviceCaller('operator'), requestId: 'import' };
  operator = { ask: (_, request) => graph.execute(request, call) };
  folder = await mkdtemp(join(tmpdir(), 'categories-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await test.drop();
});

async function fileOf(content: string): Promise<string> {
  const file = join(folder, 'categories.json');
  await writeFile(file, content);
  return file;
}

describe('importCategories', () => {
  it('tells of files that hold no list', async () => {
    await expect(importCategories(operator, await fileOf('{ "id": 1 }'))).rejects.toThrow('must hold a JSON list');
    await expect(importCategories(operator, await fileOf('[{'))).rejects.toThrow('is not JSON');
  });

  it('reports what the tree refuses, and keeps the rest', async () => {
    const path = (...ids: string[]) => ids.map((id) => ({ id, name: id }));
    const entries = [
      { id: 'fine', name: 'Fine', path: path('fine') },
      { id: 'one', name: 'One', path: path('other', 'one') },
      { id: 'other', name: 'Other', path: path('one', 'other') },
      { id: 'long', name: 'x'.repeat(256), path: path('long') },
    ];
    const { created, notes, ...report } = await importCategories(operator, await fileOf(JSON.stringify(entries)));
    expect({ created, ...report }).toEqual({ entries: 4, created: 1, updated: 0, unchanged: 0 });
    expect(
      notes.filter(({ kind }) => kind === 'rejected').map(({ category, reason }) => `${category}: ${reason}`),
    ).toEqual([
      'long: The category has no name, or one of more than 255 characters.',
      'one: There is no parent "other".',
      'other: The parent "one" is below the category itself.',
    ]);
  });

  describe.skipIf(!SAMPLE)(`with a real tree${SAMPLE ? '' : ' (skipped: SAMPLE_DATA is not set)'}`, () => {
    const file = join(SAMPLE ?? '', 'categories.json');
    const counts = (notes: readonly { readonly kind: string }[]) =>
      Object.fromEntries(
        Array.from(
          Map.groupBy(notes, ({ kind }) => kind),
          ([kind, list]) => [kind, list.length],
        ),
      );
    const all = { rejected: 1, 'path-only': 139, 'several-parents': 413, 'not-in-file': 1_989, 'name-cleaned': 36 };

    it('makes 4,583 of 4,584 entries and the 139 that paths lead through, and changes nothing the second time', async () => {
      await db.sql`delete from products.categories`;
      const first = await importCategories(operator, file);
      expect(first).toMatchObject({ entries: 4_584, created: 4_583 + 139, updated: 0, unchanged: 0 });
      expect(counts(first.notes)).toEqual(all);
      const kept = () => db.sql`select * from products.categories order by category_id`;
      const before = await kept();
      expect(before).toHaveLength(4_722);
      const events = await db.sql`select 1 from products.outbox where topic = 'products.category.changed'`;

      const second = await importCategories(operator, file);
      expect(second).toMatchObject({ entries: 4_584, created: 0, updated: 0, unchanged: 4_722 });
      expect(second.notes).toEqual(first.notes);
      expect(await kept()).toEqual(before);
      expect(await db.sql`select 1 from products.outbox where topic = 'products.category.changed'`).toHaveLength(
        events.length,
      );
    });

    it('leaves nothing of the file unexplained: each entry stands where its path says, each listed id is there or noted', async () => {
      const { notes } = await importCategories(operator, file);
      const rows = await db.sql<{ id: string; path: string[] }[]>`
        with recursive line (id, path, category_id) as (
          select external_reference, array[external_reference], category_id from products.categories where parent_id is null
          union all select c.external_reference, l.path || c.external_reference, c.category_id from line l join products.categories c on c.parent_id = l.category_id)
        select id, path from line`;
      const made = new Map(rows.map(({ id, path }) => [id, path.join('/')]));
      const of = (kind: string) => new Set(notes.filter((note) => note.kind === kind).map(({ category }) => category));
      const [rejected, outside, several] = [of('rejected'), of('not-in-file'), of('several-parents')];
      const entries = JSON.parse(await readFile(file, 'utf8')) as {
        id: string;
        path: { id: string }[];
        subCategories: { id: string }[];
      }[];
      const inFile = new Set(entries.map(({ id }) => id));
      const misplaced = entries.filter(
        ({ id, path }) => made.get(id) !== path.map((step) => step.id).join('/') && !rejected.has(id),
      );
      const links = entries.flatMap(({ id, subCategories }) =>
        subCategories.map((below) => ({ above: id, below: below.id })),
      );
      const unexplained = links.filter(({ above, below }) => {
        if (rejected.has(below) || outside.has(below)) return false;
        return made.get(below)?.split('/').at(-2) !== above && !several.has(below);
      });
      expect([misplaced, unexplained]).toEqual([[], []]);
      expect(new Set(links.map(({ below }) => below).filter((id) => !inFile.has(id))).size).toBe(2_100);
    });
  });
});
