import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Author } from '../../domain/author.ts';
import { makeChannels, product } from '../../fixture.ts';
import { readChange } from '../../resolvers/history/read-change.ts';
import { updateProduct } from '../update-product.ts';
import { upsertProducts } from '../upsert-products.ts';
import { discardDraft } from './discard-draft.ts';
import { createDraftClock, makeDueDrafts } from './draft-clock.ts';
import { publishDraft } from './publish-draft.ts';
import { setDraft } from './set-draft.ts';

let test: TestDatabase;
let db: Database;
/** The same database, an hour later. */
let later: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  later = test.open('products', { nowOffset: '1 hour' });
  await makeChannels(db, 'web');
});
afterAll(() => test.drop());

const ANNA: Author = { role: 'staff', subject: 'key-anna', staffId: 'anna', channel: 'pos', action: 'productDraftSet' };
const BEN: Author = { ...ANNA, subject: 'key-ben', staffId: 'ben' };

const make = async (handle: string) => (await upsertProducts(db, [product(handle)], ['web']))[0]!.productId!;
const soon = () => new Date(Date.now() + 60_000).toISOString();
const draftOf = async (productId: string) =>
  (
    await db.sql`
      select change, version, base_version as "baseVersion", problem, staff_id as "staffId", publish_at is not null as "isTimed"
      from products.product_drafts where product_id = ${productId} and change <> 'null'`
  )[0] ?? null;
const productOf = async (productId: string) =>
  (await db.sql`select title, vendor, version from products.products where product_id = ${productId}`)[0];
const revisionsOf = async (productId: string) => [
  ...(await db.sql`
    select version, action, role, staff_id as "staffId" from products.product_revisions where product_id = ${productId} order by version`),
];
const topicsOf = async (key: string) =>
  (await db.sql<{ topic: string }[]>`select topic from products.outbox where key = ${key} order by seq`).map(
    ({ topic }) => topic,
  );
const clock = (on: Database) => createDraftClock({ db: on, readChange, logger: silentLogger });

describe('setDraft', () => {
  it('keeps the change and leaves the product as it is, and tells nobody', async () => {
    const productId = await make('kept');
    expect(
      await setDraft(
        db,
        { change: { productId, title: 'Prepared', tags: ['new'] }, publishAt: '9000-01-01T00:00:00.000Z' },
        ANNA,
      ),
    ).toEqual({ __typename: 'ProductDraftSaved', productId });
    expect(await draftOf(productId)).toEqual({
      change: { title: 'Prepared', tags: ['new'] },
      version: 1,
      baseVersion: 1,
      problem: null,
      staffId: 'anna',
      isTimed: true,
    });
    expect(await productOf(productId)).toMatchObject({ title: 'kept', version: 1 });
    expect(await topicsOf(productId)).toEqual(['products.product.changed']);
  });

  it('lets exactly one of two editors win who saw the same draft, and tells the other which version it has now', async () => {
    const productId = await make('edited');
    await setDraft(db, { change: { productId, title: 'First' } }, ANNA);
    const results = await Promise.all(
      [ANNA, BEN].map((author) =>
        setDraft(db, { change: { productId, title: `By ${author.staffId}` }, expectedDraftVersion: 1 }, author),
      ),
    );
    expect(results.map(({ __typename }) => __typename).sort()).toEqual(['ProductDraftSaved', 'VersionConflict']);
    expect(results.find(({ __typename }) => __typename === 'VersionConflict')).toMatchObject({
      currentVersion: 2,
      path: ['input', 'expectedDraftVersion'],
    });
    const draft = await draftOf(productId);
    expect(draft).toMatchObject({ version: 2, change: { title: `By ${draft!['staffId'] as string}` } });
  });

  it('lets one of two editors win who both saw none, and never takes a draft that is gone for the next one', async () => {
    const productId = await make('first');
    const begin = (author: Author) =>
      setDraft(db, { change: { productId, vendor: null }, expectedDraftVersion: 0 }, author);
    const results = await Promise.all([begin(ANNA), begin(BEN)]);
    expect(results.map(({ __typename }) => __typename).sort()).toEqual(['ProductDraftSaved', 'VersionConflict']);
    await discardDraft(db, { productId, expectedDraftVersion: 1 });
    expect(await begin(BEN)).toMatchObject({ __typename: 'ProductDraftSaved' });
    expect(await discardDraft(db, { productId, expectedDraftVersion: 1 })).toMatchObject({
      __typename: 'VersionConflict',
      currentVersion: 3,
    });
    expect(await draftOf(productId)).toMatchObject({ version: 3 });
  });

  let count = 0;
  it.each([
    ['an empty change', {}, {}, 'EMPTY_DRAFT', ['input', 'change']],
    ['a text with NUL', { title: 'a\0b' }, {}, 'INVALID_TEXT', ['input', 'change']],
    ['half of a character', { title: 'a\ud800' }, {}, 'INVALID_TEXT', ['input', 'change']],
    [
      'a change of more than a million characters',
      { title: 'x'.repeat(1_000_000) },
      {},
      'TOO_LARGE',
      ['input', 'change'],
    ],
    [
      'a version that never was',
      { title: 'x', expectedVersion: 2 },
      {},
      'INVALID_VERSION',
      ['input', 'change', 'expectedVersion'],
    ],
    [
      'a time that PostgreSQL does not know',
      { title: 'x' },
      { publishAt: '-000001-12-31T19:00:00.000Z' },
      'INVALID_DATES',
      ['input', 'publishAt'],
    ],
    ['a text that breaks a rule', { title: ' ' }, {}, 'INVALID_TEXT', ['input', 'change', 'title']],
  ])('refuses %s and keeps nothing', async (_, change, more, code, path) => {
    const productId = await make(`refused-${(count += 1)}`);
    expect(await setDraft(db, { change: { productId, ...change }, ...more }, ANNA)).toMatchObject({
      __typename: 'InvalidInput',
      code,
      path,
    });
    expect(await draftOf(productId)).toBeNull();
  });

  it('finds no product for an unknown id and for what is no id', async () => {
    for (const productId of [newId(), '__proto__'])
      expect(await setDraft(db, { change: { productId, title: 'x' } }, ANNA)).toMatchObject({ __typename: 'NotFound' });
  });
});

describe('publishDraft', () => {
  it('makes the change in the name of who publishes it, and the draft is gone', async () => {
    const productId = await make('published');
    await setDraft(db, { change: { productId, title: 'Prepared' } }, ANNA);
    expect(
      await publishDraft(
        db,
        { productId, expectedDraftVersion: 1 },
        { ...BEN, action: 'productDraftPublish' },
        readChange,
      ),
    ).toMatchObject({ __typename: 'ProductUpdated' });
    expect(await productOf(productId)).toMatchObject({ title: 'Prepared', version: 2 });
    expect(await draftOf(productId)).toBeNull();
    expect(await revisionsOf(productId)).toEqual([
      { version: 1, action: 'productsUpsert', role: 'service', staffId: null },
      { version: 2, action: 'productDraftPublish', role: 'staff', staffId: 'ben' },
    ]);
    expect(await publishDraft(db, { productId }, BEN, readChange)).toMatchObject({ __typename: 'NotFound' });
  });

  it('keeps the draft when the same field was changed since, and makes it over the version that is shown', async () => {
    const productId = await make('conflicting');
    await setDraft(db, { change: { productId, title: 'Prepared' } }, ANNA);
    await updateProduct(db, { productId, title: 'Meanwhile' });
    expect(await publishDraft(db, { productId }, ANNA, readChange)).toMatchObject({
      __typename: 'ProductConflict',
      currentVersion: 2,
      fields: [{ field: 'title', base: 'conflicting', current: 'Meanwhile', yours: 'Prepared' }],
    });
    expect(await productOf(productId)).toMatchObject({ title: 'Meanwhile', version: 2 });
    expect(await draftOf(productId)).toMatchObject({ version: 1, change: { title: 'Prepared' } });
    expect(await publishDraft(db, { productId, expectedVersion: 2 }, ANNA, readChange)).toMatchObject({
      __typename: 'ProductUpdated',
    });
    expect(await productOf(productId)).toMatchObject({ title: 'Prepared', version: 3 });
  });

  it('makes the draft when other fields were changed since, unless the caller insists on a version', async () => {
    const productId = await make('disjoint');
    await setDraft(db, { change: { productId, title: 'Prepared' } }, ANNA);
    await updateProduct(db, { productId, vendor: 'Meanwhile' });
    expect(await publishDraft(db, { productId, expectedVersion: 1 }, ANNA, readChange)).toMatchObject({
      __typename: 'ProductConflict',
      fields: [],
    });
    expect(await publishDraft(db, { productId }, ANNA, readChange)).toMatchObject({ __typename: 'ProductUpdated' });
    expect(await productOf(productId)).toEqual({ title: 'Prepared', vendor: 'Meanwhile', version: 3 });
  });

  it('keeps the draft and writes nothing of it when the product does not take it any more', async () => {
    const [productId] = [await make('unfit'), await make('unfit-taken')];
    await setDraft(db, { change: { productId, title: 'Prepared', handle: 'unfit-taken' } }, ANNA);
    expect(await publishDraft(db, { productId }, ANNA, readChange)).toMatchObject({ code: 'HANDLE_TAKEN' });
    expect(await productOf(productId)).toMatchObject({ title: 'unfit', version: 1 });
    expect(await draftOf(productId)).toMatchObject({ version: 1 });
  });

  it.each([
    ['a field that there is not', { colour: 'red' }, 'colour'],
    ['another type', { title: 5 }, 'title'],
    ['a list that is none', { tags: { length: 1 } }, 'tags'],
    ['a prototype', JSON.parse('{"__proto__": {"title": "x"}}') as object, '__proto__'],
  ])('refuses %s in what was kept, and names it', async (_, change, field) => {
    const productId = await make(`tampered-${field.replaceAll('_', '')}`);
    await setDraft(db, { change: { productId, title: 'Prepared' } }, ANNA);
    await db.sql`update products.product_drafts set change = ${JSON.stringify(change)}::text::jsonb where product_id = ${productId}`;
    const result = await publishDraft(db, { productId }, ANNA, readChange);
    expect(result).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_DRAFT' });
    expect('message' in result && result.message).toContain(field);
    expect(await productOf(productId)).toMatchObject({ version: 1 });
    expect(await draftOf(productId)).not.toBeNull();
  });
});

describe('makeDueDrafts', () => {
  it('makes what is due in the name of who prepared it, and nothing before', async () => {
    const productId = await make('due');
    await setDraft(db, { change: { productId, title: 'Prepared' }, publishAt: soon() }, ANNA);
    expect(await makeDueDrafts(clock(db))).toBe(0);
    expect(await productOf(productId)).toMatchObject({ title: 'due' });
    expect(await makeDueDrafts(clock(later))).toBe(1);
    expect(await productOf(productId)).toMatchObject({ title: 'Prepared', version: 2 });
    expect((await revisionsOf(productId)).at(-1)).toEqual({
      version: 2,
      action: 'productDraftDue',
      role: 'staff',
      staffId: 'anna',
    });
    expect(await draftOf(productId)).toBeNull();
  });

  it('makes each draft once, however many processes try at the same time', async () => {
    const productIds = await Promise.all(['a', 'b', 'c', 'd'].map((name) => make(`many-${name}`)));
    for (const productId of productIds)
      await setDraft(db, { change: { productId, title: 'Prepared' }, publishAt: soon() }, ANNA);
    const made = await Promise.all(Array.from({ length: 4 }, () => makeDueDrafts(clock(later))));
    // Who was passed by is found by the next turn.
    const rest = await makeDueDrafts(clock(later));
    expect(made.reduce((sum, count) => sum + count, rest)).toBe(4);
    for (const productId of productIds) {
      expect(await productOf(productId)).toMatchObject({ title: 'Prepared', version: 2 });
      expect(await topicsOf(productId)).toEqual(['products.product.changed', 'products.product.changed']);
    }
  });

  it('gives a draft its problem and an event when an editor saves at the same time, and tries no more', async () => {
    const productId = await make('raced');
    await setDraft(db, { change: { productId, title: 'Prepared' }, publishAt: soon() }, ANNA);
    const [saved] = await Promise.all([
      updateProduct(db, { productId, expectedVersion: 1, title: 'Edited' }),
      makeDueDrafts(clock(later)),
    ]);
    // Whoever came second was told: the editor by a conflict, or the draft by its problem with the next turn at the latest.
    await makeDueDrafts(clock(later));
    const product = await productOf(productId);
    expect(product).toMatchObject({ version: 2 });
    if (saved.__typename === 'ProductUpdated') {
      expect(product).toMatchObject({ title: 'Edited' });
      const draft = await draftOf(productId);
      expect(draft).toMatchObject({ version: 2, change: { title: 'Prepared' } });
      expect(draft!['problem']).toContain('version 2');
      expect(await topicsOf(productId)).toEqual([
        'products.product.changed',
        'products.product.changed',
        'products.draft.failed',
      ]);
    } else {
      expect(product).toMatchObject({ title: 'Prepared' });
      expect(await draftOf(productId)).toBeNull();
    }
    expect(await makeDueDrafts(clock(later))).toBe(0);
  });

  it('gives a draft its problem when the product was saved before, and makes it when it was prepared again', async () => {
    const productId = await make('problem');
    await setDraft(db, { change: { productId, title: 'Prepared' }, publishAt: soon() }, ANNA);
    await updateProduct(db, { productId, title: 'Meanwhile' });
    for (let turn = 0; turn < 3; turn += 1) await makeDueDrafts(clock(later));
    expect(await draftOf(productId)).toMatchObject({ version: 2 });
    expect((await topicsOf(productId)).filter((topic) => topic === 'products.draft.failed')).toHaveLength(1);
    expect(
      await setDraft(db, { change: { productId, title: 'Prepared' }, publishAt: soon(), expectedDraftVersion: 2 }, BEN),
    ).toMatchObject({ __typename: 'ProductDraftSaved' });
    expect(await draftOf(productId)).toMatchObject({ problem: null, baseVersion: 2, version: 3 });
    await makeDueDrafts(clock(later));
    expect(await productOf(productId)).toMatchObject({ title: 'Prepared', version: 3 });
  });

  it('leaves the product, the draft and the outbox as they were when it dies before it commits, and makes it once afterwards', async () => {
    const productId = await make('dying');
    await setDraft(db, { change: { productId, title: 'Prepared' }, publishAt: soon() }, ANNA);
    const dying: Database = {
      ...later,
      orm: Object.assign(Object.create(later.orm) as Database['orm'], {
        transaction: (work: Parameters<Database['orm']['transaction']>[0]) =>
          later.orm.transaction(async (tx) => {
            await work(tx);
            throw new Error('killed');
          }),
      }),
    };
    const dead = clock(dying);
    expect(await makeDueDrafts(dead)).toBe(0);
    expect(await productOf(productId)).toMatchObject({ title: 'dying', version: 1 });
    expect(await draftOf(productId)).toMatchObject({ version: 1, problem: null });
    expect(dead.failures.get(productId)).toBe(1);
    expect(await makeDueDrafts(clock(later))).toBe(1);
    expect(await topicsOf(productId)).toEqual(['products.product.changed', 'products.product.changed']);
  });

  it('makes the drafts behind one that breaks, and leaves that one to a person after five turns', async () => {
    const [broken, fine] = [await make('breaking'), await make('behind')];
    await setDraft(db, { change: { productId: broken, title: 'Breaks' }, publishAt: new Date(0).toISOString() }, ANNA);
    await setDraft(db, { change: { productId: fine, title: 'Prepared' }, publishAt: soon() }, ANNA);
    const worker = createDraftClock({
      db: later,
      logger: silentLogger,
      readChange: (kept) => {
        if ((kept as { title: string }).title === 'Breaks') throw new TypeError('a bug');
        return readChange(kept);
      },
    });
    expect(await makeDueDrafts(worker)).toBe(1);
    for (let turn = 2; turn < 5; turn += 1) await makeDueDrafts(worker);
    expect(await draftOf(broken)).toMatchObject({ problem: null });
    await makeDueDrafts(worker);
    expect((await draftOf(broken))!['problem']).toBe(
      'Something broke while the draft was made. Publish it by hand, or ask us.',
    );
    expect(worker.failures.size).toBe(0);
    expect(await productOf(broken)).toMatchObject({ version: 1 });
  });
});
