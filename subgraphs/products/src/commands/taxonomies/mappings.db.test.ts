import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findMappingPage, findMappings } from '../../data/taxonomies/mappings.ts';
import { findUnmappedPage } from '../../data/taxonomies/unmapped-categories.ts';
import type { Author } from '../../domain/author.ts';
import { plainChannels, plainProduct } from '../../testing/plain-rows.ts';
import { moveCategory } from '../categories/move-category.ts';
import { removeCategory } from '../categories/remove-category.ts';
import { setCategory } from '../categories/set-category.ts';
import { setCategoryMappings } from './set-category-mappings.ts';
import { setTaxonomy } from './set-taxonomy.ts';

let test: TestDatabase;
let db: Database;
let codes = 0;
/** A taxonomy of each test's own. */
let code: string;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await plainChannels(db, 'web', 'pos');
});
beforeEach(async () => {
  code = `taxonomy-${(codes += 1)}`;
  await setTaxonomy(db, { code, name: code });
});
afterAll(() => test.drop());

const EDITOR: Author = {
  role: 'staff',
  subject: 'key-1',
  staffId: 'ann',
  channel: null,
  action: 'categoryMappingsSet',
};

async function make(handle: string, parentId: string | null = null): Promise<string> {
  const saved = await setCategory(db, { handle, name: handle, parentId });
  if (saved.__typename !== 'CategorySaved') throw new Error(saved.message);
  return saved.category.categoryId;
}
const map = (targets: Record<string, string | null>, expectedRevision: number | null = null, author = EDITOR) =>
  setCategoryMappings(
    db,
    {
      taxonomy: code,
      mappings: Object.entries(targets).map(([categoryId, targetId]) => ({
        categoryId,
        targetId,
        targetPath: targetId && `Path > ${targetId}`,
      })),
      expectedRevision,
    },
    author,
  );
const own = async (revision: number, after: string | null = null, limit = 100) =>
  (await findMappingPage(db.sql, { taxonomyCode: code, revision }, after, limit)).map(({ categoryId, targetId }) => [
    categoryId,
    targetId,
  ]);
/** What each category is mapped to, itself or by what is above it. */
const effective = async (revision: number, ...ids: string[]) => {
  const rows = await findMappings(db.sql, { taxonomyCode: code, revision }, ids);
  return ids.map((id) => rows.find(({ ofCategory }) => ofCategory === id)?.targetId ?? null);
};
const unmapped = async (after: string | null = null, limit = 100) =>
  (await findUnmappedPage(db.sql, code, after, limit)).map(({ handle }) => handle);
const eventsOf = async () =>
  (
    await db.sql<{ payload: unknown }[]>`
      select payload from products.outbox where topic = 'products.taxonomy.changed' and key = ${code} order by seq`
  ).map(({ payload }) => payload);

describe('setTaxonomy', () => {
  it('gives a taxonomy another name and leaves its mapping', async () => {
    const category = await make('renamed');
    await map({ [category]: 't1' });
    expect(await setTaxonomy(db, { code, name: ' Another ' })).toEqual({
      __typename: 'TaxonomySaved',
      taxonomy: { code, name: 'Another', revision: 1 },
    });
    expect(await own(1)).toEqual([[category, 't1']]);
  });

  it.each([
    [{ code: 'Not A Code', name: 'x' }, 'INVALID_CODE'],
    [{ code: 'fine', name: ' ' }, 'INVALID_NAME'],
  ])('refuses %j', async (input, refusal) => {
    expect(await setTaxonomy(db, input)).toMatchObject({ code: refusal });
  });

  it('makes one of a code that two want at once', async () => {
    const results = await Promise.all([1, 2].map((name) => setTaxonomy(db, { code: 'twice', name: `Name ${name}` })));
    expect(results.map(({ __typename }) => __typename)).toEqual(['TaxonomySaved', 'TaxonomySaved']);
    expect(await db.sql`select revision from products.taxonomies where code = 'twice'`).toEqual([{ revision: 0 }]);
  });
});

describe('setCategoryMappings', () => {
  it('begins a revision for what differs, and none for what is so already', async () => {
    const [a, b] = [await make('diff-a'), await make('diff-b')];
    expect(await map({ [a]: 't1', [b]: 't2' }, 0)).toMatchObject({
      __typename: 'MappingsSaved',
      taxonomy: { code, revision: 1 },
      changedCount: 2,
    });
    expect(await map({ [a]: 't1' }, 1)).toMatchObject({ taxonomy: { revision: 1 }, changedCount: 0 });
    expect(await map({ [a]: 't1', [b]: 't3' }, 1)).toMatchObject({ taxonomy: { revision: 2 }, changedCount: 1 });
    const rows = await db.sql`
      select category_id = ${a}::uuid as "isA", revision, target_id, target_path, changed_by from products.category_mappings where taxonomy_code = ${code} order by revision, "isA" desc`;
    expect(rows).toEqual([
      { isA: true, revision: 1, target_id: 't1', target_path: 'Path > t1', changed_by: 'ann' },
      { isA: false, revision: 1, target_id: 't2', target_path: 'Path > t2', changed_by: 'ann' },
      { isA: false, revision: 2, target_id: 't3', target_path: 'Path > t3', changed_by: 'ann' },
    ]);
    expect(await eventsOf()).toEqual(
      [1, 2].map((revision) => ({ taxonomy: code, revision, cacheTags: [`taxonomy:${code}`] })),
    );
  });

  it('reads the mapping as it was at every revision, also where something is mapped no more', async () => {
    const [a, b] = [await make('as-it-was-a'), await make('as-it-was-b')];
    await map({ [a]: 'a1' });
    await map({ [a]: 'a2', [b]: 'b2' });
    await map({ [a]: null });
    await map({ [a]: 'a4' });
    expect(await Promise.all([0, 1, 2, 3, 4].map((revision) => own(revision)))).toEqual([
      [],
      [[a, 'a1']],
      [
        [a, 'a2'],
        [b, 'b2'],
      ],
      [[b, 'b2']],
      [
        [a, 'a4'],
        [b, 'b2'],
      ],
    ]);
    expect([await own(4, null, 1), await own(4, a, 1)]).toEqual([[[a, 'a4']], [[b, 'b2']]]);
  });

  it('lets one of two editors succeed who saw the same revision, and keeps nothing of the other', async () => {
    const category = await make('two-editors');
    for (let round = 0; round < 20; round += 1) {
      const results = await Promise.all(
        ['ann', 'ben'].map((staffId) => map({ [category]: `${staffId}-${round}` }, round, { ...EDITOR, staffId })),
      );
      expect(results.map(({ __typename }) => __typename).sort()).toEqual(['MappingsSaved', 'VersionConflict']);
      expect(results.find((result) => result.__typename === 'VersionConflict')).toMatchObject({
        currentVersion: round + 1,
        path: ['input', 'expectedRevision'],
      });
      const winner = ['ann', 'ben'][results.findIndex(({ __typename }) => __typename === 'MappingsSaved')]!;
      expect(await own(round + 1)).toEqual([[category, `${winner}-${round}`]]);
    }
  });

  it('numbers the revisions of editors who saw none without a gap', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, (_, index) => make(`gap-${index}`)));
    await Promise.all(ids.map((id, index) => map({ [id]: `t${index}` })));
    const rows =
      await db.sql`select revision from products.category_mappings where taxonomy_code = ${code} order by revision`;
    expect(rows.map(({ revision }) => revision as number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('refuses unknown taxonomies and categories, repeats and long targets, and maps none of the others', async () => {
    const category = await make('refused-mapping');
    const set = (mappings: { categoryId: string; targetId: string }[], taxonomy = code) =>
      setCategoryMappings(db, { taxonomy, mappings }, EDITOR);
    const good = { categoryId: category, targetId: 't' };
    expect(await set([good], 'nowhere')).toMatchObject({ __typename: 'NotFound', path: ['input', 'taxonomy'] });
    expect(await set([good, { categoryId: newId(), targetId: 't' }])).toMatchObject({
      code: 'UNKNOWN_CATEGORY',
      path: ['input', 'mappings', '1', 'categoryId'],
    });
    expect(await set([{ categoryId: 'nobody', targetId: 't' }])).toMatchObject({ code: 'UNKNOWN_CATEGORY' });
    expect(await set([good, { ...good, categoryId: category.toUpperCase() }])).toMatchObject({ code: 'MAPPED_TWICE' });
    expect(await set([{ ...good, targetId: 'x'.repeat(256) }])).toMatchObject({ code: 'INVALID_TARGET' });
    expect(await set(Array.from({ length: 1_001 }, () => good))).toMatchObject({ code: 'TOO_MANY' });
    expect(await own(0)).toEqual([]);
    expect(await eventsOf()).toEqual([]);
  });
});

describe('inherited mappings', () => {
  it('are those of the nearest category above, and follow moves', async () => {
    const root = await make('inherit-root');
    const middle = await make('inherit-middle', root);
    const leaf = await make('inherit-leaf', middle);
    const elsewhere = await make('inherit-elsewhere');
    await map({ [root]: 'r' });
    await map({ [middle]: 'm', [elsewhere]: 'e' });
    await map({ [middle]: null });
    expect(await effective(0, root, middle, leaf)).toEqual([null, null, null]);
    expect(await effective(1, root, middle, leaf)).toEqual(['r', 'r', 'r']);
    expect(await effective(2, root, middle, leaf)).toEqual(['r', 'm', 'm']);
    expect(await effective(3, root, middle, leaf)).toEqual(['r', 'r', 'r']);
    await moveCategory(db, { id: middle, parentId: elsewhere });
    expect(await effective(3, root, middle, leaf)).toEqual(['r', 'e', 'e']);
  });
});

describe('the list of unmapped categories', () => {
  it('holds categories with live products alone, that neither they nor one above them maps', async () => {
    const root = await make('list-root');
    const mapped = await make('list-mapped', root);
    const below = await make('list-below-mapped', mapped);
    const bare = await make('list-bare', root);
    const hidden = await make('list-hidden', root);
    await make('list-empty', root);
    await plainProduct(db, 'list-1', { categoryIds: [root, mapped, below, bare], channels: ['pos'] });
    await plainProduct(db, 'list-2', { categoryIds: [hidden], isLive: false });
    await plainProduct(db, 'list-3', { categoryIds: [hidden], channels: [] });
    expect(await unmapped()).toEqual(['list-bare', 'list-below-mapped', 'list-mapped', 'list-root']);
    await map({ [mapped]: 't' });
    expect(await unmapped()).toEqual(['list-bare', 'list-root']);
    expect([await unmapped(null, 1), await unmapped('list-bare', 1)]).toEqual([['list-bare'], ['list-root']]);
    await map({ [mapped]: null, [bare]: 'b' });
    expect(await unmapped()).toEqual(['list-below-mapped', 'list-mapped', 'list-root']);
    await map({ [root]: 'r' });
    expect(await unmapped()).toEqual([]);
  });

  it('loses a mapping with its category', async () => {
    const category = await make('gone-with');
    await map({ [category]: 't' });
    await removeCategory(db, { id: category });
    expect(await own(1)).toEqual([]);
  });
});
