import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { touchForCollections } from '../../data/collections/touches.ts';
import { writeOffers } from '../../data/search/offers.ts';
import type { RuleInput } from '../../domain/collections/read-rule.ts';
import { makeChannels, product } from '../../fixture.ts';
import { updateProduct } from '../update-product.ts';
import { upsertCollections } from '../upsert-collections.ts';
import { upsertProducts } from '../upsert-products.ts';
import { followBatch, keepCollections, sweepBatch } from './keep-collections.ts';
import { removeCollection } from './remove-collection.ts';
import { setCollection, type CollectionChange } from './set-collection.ts';

let test: TestDatabase;
let db: Database;
const statements: string[] = [];
let count = 0;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products', { onQuery: (query) => statements.push(query) });
  await makeChannels(db, 'web');
});
afterAll(() => test.drop());
beforeEach(async () => {
  await db.sql`delete from products.collections`;
  await db.sql`delete from products.products`;
  await keepCollections(db);
});

const rule = (...conditions: RuleInput['conditions']): RuleInput => ({ match: 'ALL', conditions });
const tagged = (...values: string[]): RuleInput => rule({ field: 'TAG', relation: 'IS', values });

async function make(more: Partial<CollectionChange> = {}): Promise<string> {
  const handle = `collection-${(count += 1)}`;
  const outcome = await setCollection(db, { handle, title: handle, ...more });
  if (outcome.__typename !== 'CollectionSaved') throw new Error(outcome.message);
  return outcome.collectionId;
}
const change = async (more: CollectionChange): Promise<void> => {
  expect(await setCollection(db, more)).toMatchObject({ __typename: 'CollectionSaved' });
};
async function makeProducts(...products: [handle: string, tags: string[]][]): Promise<string[]> {
  const results = await upsertProducts(
    db,
    products.map(([handle, tags]) => product(handle, { tags })),
    ['web'],
  );
  return results.map(({ productId }) => productId!);
}
const retag = (productId: string, ...tags: string[]) => updateProduct(db, { productId, tags });
/** Handles of a collection's products, in its order. */
const heldBy = async (collectionId: string): Promise<string[]> =>
  (
    await db.sql<{ handle: string }[]>`
      select p.handle from products.collection_products cp join products.products p on p.product_id = cp.product_id
      where cp.collection_id = ${collectionId} order by cp.position, p.product_id`
  ).map(({ handle }) => handle);
const eventsOf = (collectionId: string) =>
  db.sql<{ payload: { cacheTags: string[]; revision: number } }[]>`
    select payload from products.outbox where topic = 'products.collection.changed' and key = ${collectionId} order by seq`;

describe('a collection by rule', () => {
  it('holds what matches, newest first, and follows products that change, come and leave the rule', async () => {
    const [first] = (await makeProducts(['old', ['sale']], ['plain', []])) as [string];
    await db.sql`update products.products set created_at = created_at - interval '1 day' where handle = 'old'`;
    const [newer] = (await makeProducts(['newer', ['sale']])) as [string];
    const id = await make({ rule: tagged('sale') });
    await keepCollections(db);
    expect(await heldBy(id)).toEqual(['newer', 'old']);

    await retag(newer, 'other');
    const [third] = (await makeProducts(['third', ['sale', 'x']])) as [string];
    await keepCollections(db);
    expect(await heldBy(id)).toEqual(['third', 'old']);

    const events = await eventsOf(id);
    expect(events.map(({ payload }) => payload.cacheTags.toSorted())).toEqual(
      [[`collection:${id}`], [`collection:${id}`, first, newer], [`collection:${id}`, newer, third]].map((tags) =>
        tags.map((tag) => (tag.includes(':') ? tag : `product:${tag}`)).toSorted(),
      ),
    );
    // What a rule finds is no change by staff.
    expect(events.map(({ payload }) => payload.revision)).toEqual([1, 1, 1]);
  });

  it('emits nothing and writes nothing when products change otherwise', async () => {
    const [productId] = (await makeProducts(['steady', ['sale']])) as [string];
    const id = await make({ rule: tagged('sale') });
    await keepCollections(db);
    const before = await eventsOf(id);
    await updateProduct(db, { productId, title: 'Another' });
    await keepCollections(db);
    expect(await eventsOf(id)).toHaveLength(before.length);
    statements.length = 0;
    await keepCollections(db);
    // Nothing is behind: it asks, and goes.
    expect(statements).toHaveLength(1);
  });

  it('is decided anew for the whole catalogue when its rule changes, in batches', async () => {
    await db.sql`
      insert into products.products (product_id, handle, title, title_key, description_html, tags, option_names, version, created_at, updated_at)
      select gen_random_uuid(), 'bulk-' || n, 'B', 'b', '', array[case when n % 2 = 0 then 'even' else 'odd' end], '{}', 1, products.app_now(), products.app_now() from generate_series(1, 2500) n`;
    const id = await make({ rule: tagged('even') });
    await keepCollections(db);
    expect(await heldBy(id)).toHaveLength(1_250);
    await change({ id, rule: tagged('odd') });
    expect(await sweepBatch(db)).toBe('done');
    const [{ odd } = { odd: 0 }] = await db.sql<{ odd: number }[]>`
      select count(*)::int as odd from products.collection_products join products.products using (product_id) where collection_id = ${id} and tags = '{odd}'`;
    expect(odd).toBeGreaterThan(0);
    expect(odd).toBeLessThan(1_250);
    await keepCollections(db);
    const handles = await heldBy(id);
    expect([handles.length, handles.every((handle) => Number(handle.slice(5)) % 2 === 1)]).toEqual([1_250, true]);
    expect(await db.sql`select from products.collection_sweeps`).toHaveLength(0);
    const events = await eventsOf(id);
    expect(Math.max(...events.map(({ payload }) => payload.cacheTags.length))).toBe(501);
  });

  it('asks all rules of many changed products in the same number of statements as one rule of one product', async () => {
    const one = async (...products: [string, string[]][]) => {
      await makeProducts(...products);
      statements.length = 0;
      await followBatch(db);
      return statements.length;
    };
    await make({ rule: tagged('t0') });
    await keepCollections(db);
    const few = await one(['few', ['t0']]);
    for (let index = 1; index < 12; index += 1) await make({ rule: tagged(`t${index}`) });
    await keepCollections(db);
    const many = await one(
      ...Array.from({ length: 40 }, (_, index): [string, string[]] => [`many-${index}`, [`t${index % 12}`]]),
    );
    expect(many).toBe(few);
  });

  it('follows categories that are moved, though no product changes', async () => {
    const [jackets, sale] = [newId(), newId()];
    for (const [id, handle] of [
      [jackets, 'jackets'],
      [sale, 'all-sale'],
    ] as const)
      await db.sql`insert into products.categories (category_id, handle, name, position, version, updated_at) values (${id}, ${handle}, ${handle}, 0, 1, products.app_now())`;
    const [productId] = (await makeProducts(['parka', []], ['other', []])) as [string];
    await db.sql`insert into products.product_categories (product_id, category_id, position) values (${productId}, ${jackets}, 0)`;
    const id = await make({ rule: rule({ field: 'CATEGORY', relation: 'IS', values: [sale] }) });
    await keepCollections(db);
    expect(await heldBy(id)).toEqual([]);
    await db.sql`update products.categories set parent_id = ${sale} where category_id = ${jackets}`;
    await db.sql`update products.category_tree set version = version + 1`;
    await keepCollections(db);
    expect(await heldBy(id)).toEqual(['parka']);
    expect(
      await setCollection(db, { id, rule: rule({ field: 'CATEGORY', relation: 'IS', values: [newId()] }) }),
    ).toMatchObject({ __typename: 'InvalidInput', code: 'UNKNOWN_CATEGORY' });
  });

  it('lets go what has become too old, one product or a whole import', async () => {
    await makeProducts(['fresh', []]);
    const id = await make({ rule: rule({ field: 'CREATED_WITHIN_DAYS', relation: 'IS', values: ['7'] }) });
    const older = await make({ rule: rule({ field: 'CREATED_WITHIN_DAYS', relation: 'IS_NOT', values: ['7'] }) });
    await keepCollections(db);
    expect([await heldBy(id), await heldBy(older)]).toEqual([['fresh'], []]);
    const nextWeek = test.open('products', { nowOffset: '7 days' });
    await keepCollections(nextWeek);
    expect([await heldBy(id), await heldBy(older)]).toEqual([[], ['fresh']]);

    await nextWeek.sql`
      insert into products.products (product_id, handle, title, title_key, description_html, tags, option_names, version, created_at, updated_at)
      select gen_random_uuid(), 'bulk-' || n, 'B', 'b', '', '{}', '{}', 1, products.app_now(), products.app_now() from generate_series(1, 1200) n`;
    await db.sql`insert into products.collection_sweeps (collection_id, begun_at) values (${id}, products.app_now())`;
    await keepCollections(nextWeek);
    expect(await heldBy(id)).toHaveLength(1_200);
    const weekAfter = test.open('products', { nowOffset: '15 days' });
    await keepCollections(weekAfter);
    expect([(await heldBy(id)).length, (await heldBy(older)).length]).toEqual([0, 1_201]);
    // Back to the present for the others.
    await db.sql`update products.collection_follower set checked_at = products.app_now()`;
  });

  it('follows prices and whether a channel can sell, which are no changes of products', async () => {
    const [cheap, dear] = (await makeProducts(['cheap', []], ['dear', []])) as [string, string];
    const offer = (productId: string, isSellable: boolean, minMinor: number) =>
      inTransaction(db, async (tx) => {
        const prices = [{ currency: 'EUR', minMinor, maxMinor: minMinor + 500 }];
        await touchForCollections(tx, [
          ...(await writeOffers(tx, 'web', [{ productId, isSellable, prices }])),
          newId(),
        ]);
      });
    const under = await make({
      rule: rule({ field: 'PRICE', attribute: 'web/EUR', relation: 'LESS', values: ['1000'] }),
    });
    const sellable = await make({
      rule: rule({ field: 'SELLABLE', attribute: 'web', relation: 'IS', values: ['true'] }),
    });
    await offer(cheap, true, 500);
    await offer(dear, false, 1_000);
    await keepCollections(db);
    expect([await heldBy(under), await heldBy(sellable)]).toEqual([['cheap'], ['cheap']]);
    await offer(cheap, false, 2_000);
    await offer(dear, true, 999);
    await keepCollections(db);
    expect([await heldBy(under), await heldBy(sellable)]).toEqual([['dear'], ['dear']]);
    expect(await db.sql`select from products.collection_touches`).toHaveLength(0);
  });

  it('keeps what it holds when it becomes hand-picked, and follows nothing any more', async () => {
    const [one] = (await makeProducts(['one', ['sale']], ['two', []])) as [string];
    const id = await make({ rule: tagged('sale') });
    await keepCollections(db);
    await change({ id, rule: null });
    await retag(one, 'other');
    await keepCollections(db);
    expect(await heldBy(id)).toEqual(['one']);
    await change({ id, rule: tagged('nothing') });
    await keepCollections(db);
    expect(await heldBy(id)).toEqual([]);
  });

  it('keeps rule and products when the importer brings a collection of its handle', async () => {
    await makeProducts(['ruled', ['sale']], ['picked', []]);
    const id = await make({ handle: 'both', title: 'Before', rule: tagged('sale') });
    await keepCollections(db);
    expect(
      await upsertCollections(db, [
        { handle: 'both', title: 'After', descriptionHtml: '', productHandles: ['picked'] },
      ]),
    ).toEqual([id]);
    await keepCollections(db);
    expect(await heldBy(id)).toEqual(['ruled']);
    const [row] =
      await db.sql`select title, version, rule is not null as ruled from products.collections where collection_id = ${id}`;
    expect(row).toEqual({ title: 'After', version: 2, ruled: true });
  });
});

describe('the worker', () => {
  /** What every collection should hold, asked of the catalogue at once. */
  const expectSettled = async (wanted: Readonly<Record<string, string>>) => {
    for (const [id, tag] of Object.entries(wanted)) {
      const rows = await db.sql<{ handle: string }[]>`select handle from products.products where ${tag} = any(tags)`;
      expect((await heldBy(id)).toSorted()).toEqual(rows.map(({ handle }) => handle).toSorted());
    }
  };

  it('ends with what the rules say when rules and products change under it, in several processes at once', async () => {
    const handles = Array.from({ length: 30 }, (_, index) => `p-${index}`);
    const ids = await makeProducts(...handles.map((handle): [string, string[]] => [handle, ['a']]));
    const collections = [await make({ rule: tagged('a') }), await make({ rule: tagged('b') })] as const;
    let writing = true;
    const workers = [db, test.open('products'), test.open('products')].map(async (process) => {
      while (writing) await keepCollections(process);
    });
    const products = ids.map(async (id, index) => {
      for (let turn = 0; turn < 6; turn += 1) await retag(id, ['a', 'b', 'c'][(index + turn) % 3]!);
    });
    const rules = collections.map(async (id, index) => {
      for (let turn = 0; turn < 9; turn += 1) await change({ id, rule: tagged(['a', 'b', 'c'][(index + turn) % 3]!) });
    });
    const importer = (async () => {
      for (let turn = 0; turn < 5; turn += 1)
        await upsertCollections(db, [
          {
            handle: `manual-${turn % 2}`,
            title: `Turn ${turn}`,
            descriptionHtml: '',
            productHandles: handles.slice(0, turn),
          },
        ]);
    })();
    await Promise.all([...products, ...rules, importer]).finally(() => (writing = false));
    await Promise.all(workers);
    await keepCollections(db);
    await expectSettled({ [collections[0]]: 'c', [collections[1]]: 'a' });
  }, 60_000);

  it.each([
    ['asks a rule of the catalogue', sweepBatch, false],
    ['follows a change', followBatch, true],
  ])('loses nothing when its process dies while it %s', async (_, batch, isFollowing) => {
    const [productId] = (await makeProducts(['victim', isFollowing ? [] : ['sale']])) as [string];
    const id = await make({ rule: tagged('sale') });
    if (isFollowing) {
      await keepCollections(db);
      await retag(productId, 'sale');
    }
    const dying = test.open('products', { max: 1, name: 'dying' });
    // Holds what the worker needs late, so that it dies with nothing committed.
    const blocker = await db.sql.reserve();
    await blocker`begin`;
    await blocker`select 1 from products.collections where collection_id = ${id} for update`;
    const outcome = batch(dying).then(
      () => 'done',
      () => 'broken',
    );
    await eventually(async () =>
      expect(
        await db.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dying' and wait_event_type = 'Lock'`,
      ).toHaveLength(1),
    );
    expect(await outcome).toBe('broken');
    await blocker`rollback`;
    blocker.release();
    expect(await heldBy(id)).toEqual([]);
    await keepCollections(db);
    expect(await heldBy(id)).toEqual(['victim']);
  });

  it('writes nothing by a rule that is taken away while it is asked', async () => {
    const [productId] = (await makeProducts(['late', []])) as [string];
    const id = await make({ rule: tagged('sale') });
    await keepCollections(db);
    await retag(productId, 'sale');
    const staff = await db.sql.reserve();
    await staff`begin`;
    await staff`update products.collections set rule = null where collection_id = ${id}`;
    const batch = followBatch(test.open('products', { max: 1, name: 'asking' }));
    await eventually(async () =>
      expect(
        await db.sql`select from pg_stat_activity where application_name = 'asking' and wait_event_type = 'Lock'`,
      ).toHaveLength(1),
    );
    await staff`commit`;
    staff.release();
    expect(await batch).toBe('idle');
    expect(await heldBy(id)).toEqual([]);
  });

  it('leaves the work to the process that is at it', async () => {
    await makeProducts(['shared', ['sale']]);
    const id = await make({ rule: tagged('sale') });
    const leader = await db.sql.reserve();
    await leader`begin`;
    await leader`select 1 from products.collection_follower for update`;
    expect([await followBatch(db), await sweepBatch(db)]).toEqual(['idle', 'idle']);
    expect(await heldBy(id)).toEqual([]);
    await leader`rollback`;
    leader.release();
    await keepCollections(db);
    expect(await heldBy(id)).toEqual(['shared']);
  });

  it('goes on when a collection is removed under it', async () => {
    await makeProducts(['left', ['sale']]);
    const [gone, stays] = [await make({ rule: tagged('sale') }), await make({ rule: tagged('sale') })];
    expect(await removeCollection(db, { id: gone })).toEqual({ __typename: 'CollectionRemoved', collectionId: gone });
    await keepCollections(db);
    expect([await heldBy(gone), await heldBy(stays)]).toEqual([[], ['left']]);
  });

  it('does not count as behind what others draw from the sequence of changes', async () => {
    await make({ rule: tagged('sale') });
    await keepCollections(db);
    await db.sql`update products.change_clock set last_number = last_number + 3`;
    await keepCollections(db);
    statements.length = 0;
    await keepCollections(db);
    expect(statements).toHaveLength(1);
  });
});
