import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { asGuest, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepCollections } from '../../commands/collections/keep-collections.ts';
import { upsertProducts } from '../../commands/upsert-products.ts';
import { makeChannels, product, startProducts } from '../../fixture.ts';

const SET = `mutation S($input: CollectionSetInput!) { collectionSet(input: $input) { __typename
  ... on CollectionSaved { collection { id handle title version isRuleBased rule products { totalCount edges { node { handle } } } } }
  ... on UserError { code path } ... on VersionConflict { currentVersion } } }`;
const REMOVE = `mutation R($input: CollectionRemoveInput!) { collectionRemove(input: $input) { __typename ... on CollectionRemoved { collectionId } ... on UserError { code } } }`;

let test: TestDatabase;
let db: Database;
let ask: Awaited<ReturnType<typeof startProducts>>['ask'];
let ids: string[];
const STAFF = asStaff(['catalogue:write']);

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  ({ ask } = await startProducts(db, (await createTestIdentities(['products'])).products));
  await makeChannels(db, 'web');
  const results = await upsertProducts(
    db,
    ['a', 'b', 'c'].map((handle) => product(handle, { tags: [handle === 'c' ? 'late' : 'early'] })),
    ['web'],
  );
  ids = results.map(({ productId }) => productId!);
});
afterAll(() => test.drop());

const set = async (input: object, call = STAFF) => (await ask(SET, call, { input })).collectionSet;
const handlesOf = (saved: { collection: { products: { edges: { node: { handle: string } }[] } } }) =>
  saved.collection.products.edges.map(({ node }) => node.handle);
const countEvents = async () =>
  (await db.sql`select from products.outbox where topic = 'products.collection.changed'`).length;
const EARLY = { match: 'ALL', conditions: [{ field: 'TAG', relation: 'IS', values: ['early'] }] };

it('makes a hand-picked collection and keeps the order of its products', async () => {
  const [a, b, c] = ids as [string, string, string];
  const made = await set({ handle: 'picked', title: ' Picked  by\nhand ', productIds: [c, a, c.toUpperCase()] });
  expect(made.collection).toMatchObject({ title: 'Picked by hand', version: 1, isRuleBased: false, rule: null });
  expect(handlesOf(made)).toEqual(['c', 'a']);
  const { id } = made.collection;
  const changed = await set({ id, productIds: [b, c], expectedVersion: 1 });
  expect([handlesOf(changed), changed.collection.version, changed.collection.title]).toEqual([
    ['b', 'c'],
    2,
    'Picked by hand',
  ]);
  const events = await countEvents();
  const same = await set({ id, productIds: [b, c], title: 'Picked by hand', expectedVersion: 2 });
  expect([same.collection.version, await countEvents()]).toEqual([2, events]);
  expect(await set({ id, title: 'Late', expectedVersion: 1 })).toMatchObject({
    __typename: 'VersionConflict',
    currentVersion: 2,
  });
  expect(await set({ id, title: 'In time' })).toMatchObject({ collection: { version: 3, title: 'In time' } });
});

it('makes a collection by rule, which is filled beside requests', async () => {
  const made = await set({ handle: 'early', title: 'Early', rule: EARLY });
  expect(made.collection).toMatchObject({ isRuleBased: true, rule: EARLY, products: { totalCount: 0 } });
  await keepCollections(db);
  const { id } = made.collection;
  const same = await set({ id, rule: EARLY });
  expect([handlesOf(same).toSorted(), same.collection.version]).toEqual([['a', 'b'], 1]);
  expect(await set({ id, productIds: ids })).toMatchObject({ code: 'HAS_RULE', path: ['input', 'productIds'] });
  const picked = await set({ id, rule: null, productIds: [ids[2]!] });
  expect([handlesOf(picked), picked.collection.isRuleBased]).toEqual([['c'], false]);
  await keepCollections(db);
  expect(handlesOf(await set({ id, title: 'Still picked' }))).toEqual(['c']);
});

it('has its texts in languages, and replaces them together', async () => {
  const { collection } = await set({
    handle: 'texts',
    title: 'Texts',
    translations: [
      { locale: 'DE-at', title: 'Texte', descriptionHtml: '<p onclick="x()">Hallo</p>' },
      { locale: 'fr', title: null },
    ],
  });
  const read = async (locale: string) =>
    (
      await ask(
        'query ($locale: String) { collectionByHandle(handle: "texts") { title(locale: $locale) descriptionHtml(locale: $locale) } }',
        asGuest(),
        { locale },
      )
    ).collectionByHandle;
  expect(await read('de-AT')).toEqual({ title: 'Texte', descriptionHtml: '<p>Hallo</p>' });
  expect(await read('fr')).toEqual({ title: 'Texts', descriptionHtml: '' });
  await set({ id: collection.id, translations: [{ locale: 'de', seoTitle: 'Suche' }] });
  expect(await read('de-AT')).toEqual({ title: 'Texts', descriptionHtml: '' });
});

it.each([
  [{ title: 'No handle' }, 'INVALID_COLLECTION', ['input', 'handle']],
  [{ handle: 'no-title' }, 'INVALID_COLLECTION', ['input', 'title']],
  [{ handle: 'Not A Handle', title: 'x' }, 'INVALID_COLLECTION', ['input', 'handle']],
  [{ handle: 'picked', title: 'x' }, 'HANDLE_TAKEN', ['input', 'handle']],
  [{ handle: 'x', title: ' ' }, 'INVALID_COLLECTION', ['input', 'title']],
  [
    { handle: 'x', title: 'x', translations: [{ locale: '__proto__', title: 'x' }] },
    'INVALID_COLLECTION',
    ['input', 'translations', '0', 'locale'],
  ],
  [
    { handle: 'x', title: 'x', translations: [{ locale: 'de' }, { locale: 'DE' }] },
    'INVALID_COLLECTION',
    ['input', 'translations', '1'],
  ],
  [
    { handle: 'x', title: 'x', rule: { match: 'ALL', conditions: [] } },
    'INVALID_COLLECTION',
    ['input', 'rule', 'conditions'],
  ],
  [
    {
      handle: 'x',
      title: 'x',
      rule: { match: 'ALL', conditions: [{ field: 'CATEGORY', relation: 'IS', values: [newId()] }] },
    },
    'UNKNOWN_CATEGORY',
    ['input', 'rule', 'conditions'],
  ],
  [{ handle: 'x', title: 'x', productIds: [newId()] }, 'NOT_FOUND', ['input', 'productIds']],
  [{ handle: 'x', title: 'x', productIds: ['no id'] }, 'NOT_FOUND', ['input', 'productIds']],
  [{ id: newId(), title: 'x' }, 'NOT_FOUND', ['input', 'id']],
  [{ id: 'no id', title: 'x' }, 'NOT_FOUND', ['input', 'id']],
  [{ handle: 'x', title: 'x', expectedVersion: 1 }, 'VERSION_CONFLICT', ['input', 'expectedVersion']],
])('refuses %j and changes nothing', async (input, code, path) => {
  const before = await db.sql`select collection_id, version from products.collections order by 1`;
  const events = await countEvents();
  expect(await set(input)).toMatchObject({ code, path });
  expect(await db.sql`select collection_id, version from products.collections order by 1`).toEqual(before);
  expect(await countEvents()).toBe(events);
  expect(await db.sql`select from products.collection_sweeps`).toHaveLength(0);
});

it('bounds how many collections go by a rule, and how many products are picked', async () => {
  await db.sql`
    insert into products.collections (collection_id, handle, title, title_key, description_html, rule, version, updated_at)
    select gen_random_uuid(), 'ruled-' || n, 'R', 'r', '', ${JSON.stringify(EARLY)}::jsonb, 1, products.app_now() from generate_series(1, 200) n`;
  expect(await set({ handle: 'one-more', title: 'x', rule: EARLY })).toMatchObject({ code: 'TOO_MANY' });
  await db.sql`delete from products.collections where handle like 'ruled-%'`;
  expect(await set({ handle: 'many', title: 'x', productIds: Array.from({ length: 5_001 }, newId) })).toMatchObject({
    code: 'TOO_MANY',
  });
});

it('lets one of two changes at once with the same version through', async () => {
  const { collection } = await set({ handle: 'raced', title: 'Raced' });
  const outcomes = await Promise.all(
    ['One', 'Two'].map((title) => set({ id: collection.id, title, expectedVersion: 1 })),
  );
  expect(outcomes.map(({ __typename }) => __typename).toSorted()).toEqual(['CollectionSaved', 'VersionConflict']);
});

it('removes a collection, once, and only at the version that was seen', async () => {
  const { collection } = await set({ handle: 'removed', title: 'Removed', productIds: ids });
  const remove = async (input: object) => (await ask(REMOVE, STAFF, { input })).collectionRemove;
  expect(await remove({ id: collection.id, expectedVersion: 2 })).toMatchObject({ code: 'VERSION_CONFLICT' });
  expect(await remove({ id: collection.id, expectedVersion: 1 })).toEqual({
    __typename: 'CollectionRemoved',
    collectionId: collection.id,
  });
  expect(await remove({ id: collection.id })).toMatchObject({ code: 'NOT_FOUND' });
  const { products } = await ask('query ($ids: [ID!]!) { products(ids: $ids) { collections { handle } } }', asGuest(), {
    ids,
  });
  expect(
    products.flatMap((each: { collections: { handle: string }[] }) => each.collections.map(({ handle }) => handle)),
  ).not.toContain('removed');
});

it('is for those who edit the catalogue', async () => {
  const before = await db.sql`select from products.collections`;
  for (const call of [asGuest(), asStaff([])]) {
    await expect(set({ handle: 'guest', title: 'x' }, call)).rejects.toThrow('FORBIDDEN');
    await expect(ask(REMOVE, call, { input: { id: newId() } })).rejects.toThrow('FORBIDDEN');
  }
  expect(await db.sql`select from products.collections`).toHaveLength(before.length);
});
