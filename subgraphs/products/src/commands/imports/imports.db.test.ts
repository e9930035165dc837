import type { Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serviceAuthor } from '../../domain/author.ts';
import { beginImport, noteProgress } from './advance-import.ts';
import { checkProducts } from './check-products.ts';

let testDb: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDb = await createTestDatabase(['products']);
  db = testDb.open('products');
});
afterAll(() => testDb.drop());

const identity = (digit: string) => ({ fingerprint: digit.repeat(64), fileName: 'a.csv', format: 'shopify' });

it('goes on where an import broke off, and begins anew what ended or shall be begun anew', async () => {
  const first = await beginImport(db, identity('a'), false);
  expect(first).toMatchObject({ nextLine: 1, counts: {}, state: 'RUNNING' });
  const at = (nextLine: number, isDone = false) =>
    noteProgress(db, { importId: first.importId, nextLine, counts: { created: nextLine }, isDone });
  expect(await at(50)).toMatchObject({ nextLine: 50, counts: { created: 50 } });
  expect(await at(20)).toMatchObject({ nextLine: 50, counts: { created: 50 } });
  expect(await at(50)).toMatchObject({ nextLine: 50, counts: { created: 50 } });
  expect(await beginImport(db, identity('a'), false)).toMatchObject({ importId: first.importId, nextLine: 50 });
  expect(await at(50, true)).toMatchObject({ state: 'DONE' });
  expect(await at(70)).toMatchObject({ nextLine: 50, state: 'DONE' });
  const second = await beginImport(db, identity('a'), false);
  expect(second).toMatchObject({ nextLine: 1, counts: {}, state: 'RUNNING' });
  expect(second.importId).not.toBe(first.importId);
  await expect(at(80)).rejects.toThrow('There is no such import');
  const third = await beginImport(db, identity('a'), true);
  expect(third.importId).not.toBe(second.importId);
});

it('begins one import when two processes begin it at once, and keeps the line that is farthest', async () => {
  const runs = await Promise.all([1, 2, 3].map(() => beginImport(db, identity('b'), false)));
  expect(new Set(runs.map(({ importId }) => importId)).size).toBe(1);
  const { importId } = runs[0]!;
  await Promise.all(
    [30, 10, 20].map((nextLine) => noteProgress(db, { importId, nextLine, counts: {}, isDone: false })),
  );
  expect(await beginImport(db, identity('b'), false)).toMatchObject({ nextLine: 30 });
});

it.each([
  ['a fingerprint that is none', () => beginImport(db, { ...identity('a'), fingerprint: 'x' }, false)],
  ['a name that is too long', () => beginImport(db, { ...identity('a'), fileName: 'x'.repeat(256) }, false)],
  [
    'a line before the first',
    () => noteProgress(db, { importId: crypto.randomUUID(), nextLine: 0, counts: {}, isDone: false }),
  ],
  [
    'counts without end',
    () =>
      noteProgress(db, {
        importId: crypto.randomUUID(),
        nextLine: 1,
        counts: { x: 'x'.repeat(10_001) },
        isDone: false,
      }),
  ],
  ['an id that is none', () => noteProgress(db, { importId: 'x', nextLine: 1, counts: {}, isDone: false })],
])('refuses %s', async (_, attempt) => {
  await expect((async () => attempt())()).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
});

it('tells what an upsert would do, and leaves nothing behind', async () => {
  const hat = {
    handle: 'hat',
    title: 'Hat',
    descriptionHtml: '',
    tags: [],
    published: true,
    optionNames: [],
    variants: [{ optionValues: [] }],
    media: [],
  };
  const results = await checkProducts(
    db,
    [hat, { ...hat, handle: 'cap', title: '' }],
    [],
    serviceAuthor('productsUpsert'),
  );
  expect(results.map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['CREATED', null],
    ['REJECTED', 'The title is empty.'],
  ]);
  const [left] =
    await db.sql`select (select count(*) from products.products)::int as products, (select count(*) from products.outbox)::int as events`;
  expect(left).toEqual({ products: 0, events: 0 });
});
