import type { Database } from '@kontor/kit/src/database.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CategoryRow } from '../../data/categories/categories.ts';
import { categoriesAbove, categoriesBelow, categoriesBelowEach } from '../../data/categories/category-tree.ts';
import {
  findCategoryIdsByHandle,
  missingCategories,
  writeCategoriesOfProducts,
  writeProductCategories,
} from '../../data/categories/product-categories.ts';
import { lockProductIds } from '../../data/publications.ts';
import { plainChannels, plainProduct } from '../../testing/plain-rows.ts';
import { moveCategory } from './move-category.ts';
import { removeCategory } from './remove-category.ts';
import { setCategory, type CategoryInput } from './set-category.ts';
import { upsertCategories } from './upsert-categories.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await plainChannels(db, 'web');
});
afterAll(() => test.drop());

async function make(handle: string, parentId: string | null = null, more: CategoryInput = {}): Promise<CategoryRow> {
  const saved = await setCategory(db, { handle, name: handle, parentId, ...more });
  if (saved.__typename !== 'CategorySaved') throw new Error(saved.message);
  return saved.category;
}
const rowOf = async (categoryId: string) =>
  (
    await db.sql<CategoryRow[]>`
    select category_id as "categoryId", parent_id as "parentId", handle, name, names, position, external_reference as "externalReference", version
    from products.categories where category_id = ${categoryId}`
  )[0];
const eventsOf = async (categoryId: string) =>
  (
    await db.sql<{ payload: Record<string, unknown> }[]>`
      select payload from products.outbox where topic = 'products.category.changed' and key = ${categoryId} order by seq`
  ).map(({ payload }) => payload);
const treeVersion = async () =>
  (await db.sql<{ version: number }[]>`select version from products.category_tree`)[0]!.version;
/** Categories that no root leads to: those in a cycle, and what is below them. */
const cutOff = () => db.sql`
  with recursive reached (category_id) as (
    select category_id from products.categories where parent_id is null
    union select c.category_id from reached r join products.categories c on c.parent_id = r.category_id)
  select category_id from products.categories where category_id not in (select category_id from reached)`;
const chain = async (name: string, length: number): Promise<CategoryRow[]> => {
  const made: CategoryRow[] = [];
  for (let level = 0; level < length; level += 1)
    made.push(await make(`${name}-${level}`, made.at(-1)?.categoryId ?? null));
  return made;
};

describe('setCategory', () => {
  it('makes a category behind its siblings, and tells the lists above it', async () => {
    const root = await make('set-root');
    const first = await make('set-first', root.categoryId);
    const second = await make('set-second', root.categoryId, { names: [{ locale: 'de', text: 'Zweite' }] });
    expect(await rowOf(second.categoryId)).toEqual({
      ...second,
      position: first.position + 1,
      names: { de: 'Zweite' },
      version: 1,
    });
    expect(await eventsOf(second.categoryId)).toEqual([
      {
        categoryId: second.categoryId,
        revision: 1,
        handle: 'set-second',
        parentId: root.categoryId,
        isRemoved: false,
        cacheTags: [`category:${second.categoryId}`, `category:${root.categoryId}`],
      },
    ]);
  });

  it('changes what is named alone, and counts no version for what is so already', async () => {
    const root = await make('change-root');
    const { categoryId, position } = await make('change', root.categoryId, {
      externalReference: 'change-1',
      names: [{ locale: 'fr', text: 'Un' }],
    });
    const before = await treeVersion();
    await setCategory(db, { id: categoryId, name: 'Changed', expectedVersion: 1 });
    await setCategory(db, {
      id: categoryId.toUpperCase(),
      name: ' Changed',
      parentId: root.categoryId,
      expectedVersion: 2,
    });
    expect(await rowOf(categoryId)).toEqual({
      categoryId,
      parentId: root.categoryId,
      handle: 'change',
      name: 'Changed',
      names: { fr: 'Un' },
      position,
      externalReference: 'change-1',
      version: 2,
    });
    expect((await eventsOf(categoryId)).map(({ revision, cacheTags }) => [revision, cacheTags])).toEqual([
      [1, [`category:${categoryId}`, `category:${root.categoryId}`]],
      [2, [`category:${categoryId}`]],
    ]);
    expect(await treeVersion()).toBe(before);
  });

  it('makes a root of a category whose parent becomes null', async () => {
    const root = await make('root-null');
    const { categoryId } = await make('root-null-child', root.categoryId);
    expect(await setCategory(db, { id: categoryId, parentId: null })).toMatchObject({
      category: { parentId: null, version: 2 },
    });
  });

  it('refuses handles and references of others, unknown parents and ids, old versions, and changes nothing', async () => {
    const taken = await make('taken', null, { externalReference: 'taken-1' });
    const { categoryId } = await make('refused');
    const refusals: [CategoryInput, object][] = [
      [{ handle: 'taken' }, { code: 'HANDLE_TAKEN', path: ['input', 'handle'] }],
      [{ externalReference: 'taken-1' }, { code: 'REFERENCE_TAKEN' }],
      [{ parentId: newId() }, { __typename: 'NotFound', path: ['input', 'parentId'] }],
      [{ parentId: 'nobody' }, { __typename: 'NotFound', path: ['input', 'parentId'] }],
      [{ parentId: categoryId }, { code: 'CATEGORY_CYCLE', path: ['input', 'parentId'] }],
      [{ position: -1 }, { code: 'INVALID_POSITION' }],
      [{ name: '' }, { code: 'INVALID_NAME' }],
      [
        { name: 'x', expectedVersion: 7 },
        { __typename: 'VersionConflict', currentVersion: 1 },
      ],
    ];
    for (const [input, refusal] of refusals)
      expect(await setCategory(db, { id: categoryId, ...input })).toMatchObject(refusal);
    expect(await setCategory(db, { id: newId(), name: 'x' })).toMatchObject({ __typename: 'NotFound' });
    expect(await setCategory(db, { id: "x'; drop", name: 'x' })).toMatchObject({ __typename: 'NotFound' });
    expect(await setCategory(db, { handle: 'no-name' })).toMatchObject({ code: 'INVALID_NAME' });
    expect(await setCategory(db, { handle: 'x', name: 'x', expectedVersion: 1 })).toMatchObject({ currentVersion: 0 });
    expect(await rowOf(categoryId)).toMatchObject({ handle: 'refused', name: 'refused', parentId: null, version: 1 });
    expect(await rowOf(taken.categoryId)).toMatchObject({ version: 1 });
  });

  it('gives one handle to one of ten who want it at once', async () => {
    const results = await Promise.all(
      Array.from({ length: 10 }, () => setCategory(db, { handle: 'wanted', name: 'w' })),
    );
    expect(results.filter(({ __typename }) => __typename === 'CategorySaved')).toHaveLength(1);
    expect(results.filter((result) => 'code' in result && result.code === 'HANDLE_TAKEN')).toHaveLength(9);
  });
});

describe('moveCategory', () => {
  it('changes one row, and tells the lists above both places', async () => {
    const [from, to] = [await chain('move-from', 2), await chain('move-to', 2)];
    const { categoryId } = await make('moved', from[1]!.categoryId);
    const below = await make('moved-below', categoryId);
    const before = await treeVersion();
    expect(await moveCategory(db, { id: categoryId, parentId: to[1]!.categoryId, expectedVersion: 1 })).toMatchObject({
      __typename: 'CategorySaved',
      category: { categoryId, parentId: to[1]!.categoryId, position: 0, version: 2 },
    });
    expect(await rowOf(below.categoryId)).toEqual(below);
    expect((await eventsOf(categoryId)).at(-1)!['cacheTags']).toEqual(
      [categoryId, ...[...from, ...to].map((each) => each.categoryId).sort()].map((id) => `category:${id}`),
    );
    expect(await eventsOf(below.categoryId)).toHaveLength(1);
    expect(await treeVersion()).toBe(before + 1);
  });

  it('counts no version for a category that is there already', async () => {
    const root = await make('there-root');
    const first = await make('there-first', root.categoryId);
    const last = await make('there-last', root.categoryId);
    await moveCategory(db, { id: last.categoryId, parentId: root.categoryId });
    await moveCategory(db, { id: first.categoryId, parentId: root.categoryId, position: first.position });
    expect([await rowOf(last.categoryId), await rowOf(first.categoryId)]).toEqual([last, first]);
    await moveCategory(db, { id: first.categoryId, parentId: root.categoryId });
    expect(await rowOf(first.categoryId)).toMatchObject({ position: last.position + 1, version: 2 });
  });

  it('refuses a place below itself, unknown parents and old versions', async () => {
    const [top, middle, bottom] = await chain('self', 3);
    expect(await moveCategory(db, { id: top!.categoryId, parentId: bottom!.categoryId })).toMatchObject({
      code: 'CATEGORY_CYCLE',
    });
    expect(await moveCategory(db, { id: middle!.categoryId, parentId: middle!.categoryId })).toMatchObject({
      code: 'CATEGORY_CYCLE',
    });
    expect(await moveCategory(db, { id: middle!.categoryId, parentId: newId() })).toMatchObject({
      __typename: 'NotFound',
    });
    expect(await moveCategory(db, { id: newId() })).toMatchObject({ __typename: 'NotFound' });
    expect(await moveCategory(db, { id: middle!.categoryId, expectedVersion: 2 })).toMatchObject({ currentVersion: 1 });
    expect(await rowOf(middle!.categoryId)).toEqual(middle);
  });

  it('refuses a tree that would be too deep, also by what is below the category', async () => {
    const deep = await chain('deep', 20);
    expect(await setCategory(db, { handle: 'deep-20', name: 'x', parentId: deep.at(-1)!.categoryId })).toMatchObject({
      code: 'TREE_TOO_DEEP',
    });
    const pair = await chain('pair', 2);
    const move = (level: number) => moveCategory(db, { id: pair[0]!.categoryId, parentId: deep[level]!.categoryId });
    expect(await move(18)).toMatchObject({ code: 'TREE_TOO_DEEP' });
    expect(await move(17)).toMatchObject({ __typename: 'CategorySaved' });
  });

  it('makes no cycle of two opposite moves at once, of which exactly one succeeds', async () => {
    const [one, other] = [await make('opposite-one'), await make('opposite-other')];
    for (let round = 0; round < 100; round += 1) {
      const [a, b] = round % 2 === 0 ? [one, other] : [other, one];
      const results = await Promise.all([
        moveCategory(db, { id: a.categoryId, parentId: b.categoryId }),
        moveCategory(db, { id: b.categoryId, parentId: a.categoryId }),
      ]);
      const outcomes = results.map((result) => ('code' in result ? result.code : result.__typename)).sort();
      expect(outcomes).toEqual(['CATEGORY_CYCLE', 'CategorySaved']);
      expect(await cutOff()).toEqual([]);
      await Promise.all([one, other].map(({ categoryId }) => moveCategory(db, { id: categoryId })));
    }
  });

  it('makes no cycle of many moves around a ring at once', async () => {
    const ring = await Promise.all(Array.from({ length: 8 }, (_, index) => make(`ring-${index}`)));
    for (let round = 0; round < 25; round += 1) {
      const results = await Promise.all(
        ring.map(({ categoryId }, index) =>
          moveCategory(db, { id: categoryId, parentId: ring[(index + 1 + (round % 6)) % 8]!.categoryId }),
        ),
      );
      expect(results.some(({ __typename }) => __typename === 'CategorySaved')).toBe(true);
      expect(await cutOff()).toEqual([]);
      await Promise.all(ring.map(({ categoryId }) => moveCategory(db, { id: categoryId })));
    }
  });
});

describe('removeCategory', () => {
  it('refuses what has something below it or in it, with the counts, and removes it when that is gone', async () => {
    const [parent, child] = await chain('remove', 2);
    const productId = await plainProduct(db, 'in-remove');
    const put = (ids: string[]) => inTransaction(db, (tx) => writeProductCategories(tx, productId, ids));
    await put([parent!.categoryId]);
    expect(await removeCategory(db, { id: parent!.categoryId })).toMatchObject({
      code: 'CATEGORY_IN_USE',
      message: '1 categories are below it and 1 products are in it: move them first.',
    });
    expect(await removeCategory(db, { id: child!.categoryId, expectedVersion: 2 })).toMatchObject({
      currentVersion: 1,
    });
    await removeCategory(db, { id: child!.categoryId, expectedVersion: 1 });
    await put([]);
    expect(await removeCategory(db, { id: parent!.categoryId })).toEqual({
      __typename: 'CategoryRemoved',
      categoryId: parent!.categoryId,
    });
    expect(await rowOf(parent!.categoryId)).toBeUndefined();
    expect((await eventsOf(child!.categoryId)).at(-1)).toMatchObject({
      revision: 2,
      isRemoved: true,
      cacheTags: [`category:${child!.categoryId}`, `category:${parent!.categoryId}`],
    });
    expect(await removeCategory(db, { id: parent!.categoryId })).toMatchObject({ __typename: 'NotFound' });
  });

  it('either removes a category or leaves the product in it, when both are asked at once', async () => {
    const productId = await plainProduct(db, 'raced-category');
    for (let round = 0; round < 30; round += 1) {
      const { categoryId } = await make(`raced-${round}`);
      const put = inTransaction(db, async (tx) => {
        await lockProductIds(tx, [productId]);
        const missing = await missingCategories(tx, [categoryId]);
        if (missing.length === 0) await writeProductCategories(tx, productId, [categoryId]);
        return missing;
      });
      const [missing, removal] = await Promise.all([put, removeCategory(db, { id: categoryId })]);
      const kept = await db.sql`select 1 from products.product_categories where category_id = ${categoryId}`;
      expect([missing.length, removal.__typename, kept.length]).toEqual(
        removal.__typename === 'CategoryRemoved' ? [1, 'CategoryRemoved', 0] : [0, 'InvalidInput', 1],
      );
    }
  });

  it('lets one of two succeed who remove a category and put another one below it', async () => {
    for (let round = 0; round < 30; round += 1) {
      const { categoryId } = await make(`below-${round}`);
      const [removal, made] = await Promise.all([
        removeCategory(db, { id: categoryId }),
        setCategory(db, { handle: `below-${round}-child`, name: 'x', parentId: categoryId }),
      ]);
      expect([removal.__typename, made.__typename]).toEqual(
        made.__typename === 'CategorySaved' ? ['InvalidInput', 'CategorySaved'] : ['CategoryRemoved', 'NotFound'],
      );
    }
  });
});

describe('upsertCategories', () => {
  const row = (name: string, parent: string | null, more: object = {}) => ({
    externalReference: name,
    handle: `h-${name}`,
    name,
    parentExternalReference: parent,
    ...more,
  });

  it('makes a tree in any order, changes what differs, and leaves the rest with its version', async () => {
    const rows = [row('u-leaf', 'u-middle'), row('u-middle', 'u-root'), row('u-root', null), row('u-lost', 'u-nobody')];
    const first = await upsertCategories(db, rows);
    expect(first.map(({ outcome }) => outcome)).toEqual(['CREATED', 'CREATED', 'CREATED', 'REJECTED']);
    const version = await treeVersion();
    const second = await upsertCategories(db, [row('u-leaf', 'u-root'), ...rows.slice(1, 3)]);
    expect(second.map(({ outcome }) => outcome)).toEqual(['UPDATED', 'UNCHANGED', 'UNCHANGED']);
    expect(await treeVersion()).toBe(version + 1);
    const [leaf, middle, root] = first.map(({ categoryId }) => categoryId!);
    expect(await rowOf(leaf!)).toMatchObject({ parentId: root, position: 1, version: 2 });
    expect((await eventsOf(leaf!)).at(-1)).toMatchObject({
      revision: 2,
      cacheTags: [leaf, middle, root].map((id) => `category:${id}`),
    });
    expect(await eventsOf(middle!)).toHaveLength(1);
  });

  it('exchanges handles within one call, and keeps names in other languages', async () => {
    const [one, other] = await upsertCategories(db, [row('x-one', null), row('x-other', null), row('x-third', null)]);
    await setCategory(db, { id: one!.categoryId!, names: [{ locale: 'de', text: 'Eins' }] });
    const results = await upsertCategories(db, [
      row('x-third', null, { handle: 'h-x-free' }),
      row('x-one', null, { handle: 'h-x-third' }),
      row('x-other', null, { handle: 'h-x-one' }),
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(['UPDATED', 'UPDATED', 'UPDATED']);
    expect(await rowOf(one!.categoryId!)).toMatchObject({ handle: 'h-x-third', names: { de: 'Eins' }, version: 3 });
    expect(await rowOf(other!.categoryId!)).toMatchObject({ handle: 'h-x-one' });
  });

  it('makes no cycle of two calls at once that turn the same categories around', async () => {
    for (let round = 0; round < 20; round += 1) {
      const [a, b] = [`t${round}-a`, `t${round}-b`];
      await upsertCategories(db, [row(a, null), row(b, null)]);
      await Promise.all([upsertCategories(db, [row(a, b)]), upsertCategories(db, [row(b, a)])]);
      expect(await cutOff()).toEqual([]);
    }
  });

  it('refuses more than 1,000 at once', async () => {
    const rows = Array.from({ length: 1_001 }, (_, index) => row(`many-${index}`, null));
    await expect(upsertCategories(db, rows)).rejects.toThrow('At most 1000 categories at once, not 1001.');
  });

  it('writes a call of 1,000 with as many statements as one of 10', async () => {
    const statements: string[] = [];
    const counted = test.open('products', { onQuery: (query) => statements.push(query) });
    const count = async (size: number, name: string) => {
      await upsertCategories(counted, [row(`${name}-warm`, null)]);
      statements.length = 0;
      await upsertCategories(
        counted,
        Array.from({ length: size }, (_, index) => row(`${name}-${index}`, null)),
      );
      return statements.length;
    };
    expect(await count(1_000, 'thousand')).toBe(await count(10, 'ten'));
  });
});

describe('the categories of products', () => {
  it('are exactly the given ones in their order, and only products that changed are told', async () => {
    const [a, b, c] = await chain('of', 3);
    const ids = [a!, b!, c!].map(({ categoryId }) => categoryId);
    const [one, two] = [await plainProduct(db, 'of-one'), await plainProduct(db, 'of-two')];
    const write = (rows: { productId: string; categoryIds: string[] }[]) =>
      inTransaction(db, (tx) => writeCategoriesOfProducts(tx, rows));
    const kept = async () =>
      (
        await db.sql<{ productId: string; ids: string[] }[]>`
          select product_id as "productId", array_agg(category_id order by position) as ids from products.product_categories
          where product_id in (${one}, ${two}) group by product_id order by product_id`
      ).map(({ ids: list }) => list);
    expect(
      (
        await write([
          { productId: one, categoryIds: [ids[2]!, ids[0]!, ids[2]!.toUpperCase()] },
          { productId: two, categoryIds: [ids[1]!] },
        ])
      ).sort(),
    ).toEqual([one, two].sort());
    expect(await kept()).toEqual([[ids[2], ids[0]], [ids[1]]]);
    expect(
      await write([
        { productId: one, categoryIds: [ids[0]!, ids[2]!] },
        { productId: two, categoryIds: [ids[1]!] },
      ]),
    ).toEqual([one]);
    expect(
      await write([
        { productId: one, categoryIds: [ids[0]!] },
        { productId: two, categoryIds: [] },
      ]),
    ).toHaveLength(2);
    expect(await kept()).toEqual([[ids[0]]]);
    expect(
      await write([
        { productId: one, categoryIds: [ids[0]!] },
        { productId: two, categoryIds: [] },
      ]),
    ).toEqual([]);
  });

  it('are missing when they are not there, or no ids at all', async () => {
    const { categoryId } = await make('not-missing');
    const nobody = newId();
    expect(
      await inTransaction(db, (tx) => missingCategories(tx, [categoryId.toUpperCase(), nobody, "x'; drop", nobody])),
    ).toEqual([nobody, "x'; drop"]);
    expect(await inTransaction(db, (tx) => findCategoryIdsByHandle(tx, ['not-missing', 'nobody']))).toEqual(
      new Map([['not-missing', categoryId]]),
    );
  });
});

describe('the SQL of the tree', () => {
  it('finds what is below and above, for lists of ids and for expressions', async () => {
    const [a, b, c] = (await chain('sql', 3)).map(({ categoryId }) => categoryId);
    const { sql } = db;
    const below = await sql<
      { category_id: string }[]
    >`select category_id from (${categoriesBelow(sql, [b!, c!])}) t order by category_id`;
    expect(below.map((row) => row.category_id)).toEqual([b, c].sort());
    const each = await sql<
      { root_id: string; category_id: string }[]
    >`select * from (${categoriesBelowEach(sql, [b!, c!])}) t`;
    expect(each.map((row) => `${row.root_id} ${row.category_id}`).sort()).toEqual(
      [`${b} ${b}`, `${b} ${c}`, `${c} ${c}`].sort(),
    );
    const above = await sql<{ ancestor_id: string; distance: number }[]>`
      select * from (${categoriesAbove(sql, sql`array(select category_id from products.categories where handle = 'sql-2')`)}) t order by distance`;
    expect(above.map((row) => [row.ancestor_id, row.distance])).toEqual([
      [c, 0],
      [b, 1],
      [a, 2],
    ]);
    expect(await sql`${categoriesBelow(sql, [])}`).toEqual([]);
  });
});
