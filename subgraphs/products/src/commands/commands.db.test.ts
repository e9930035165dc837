import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeChannels, product } from '../fixture.ts';
import { setChannel } from './set-channel.ts';
import { setPublication } from './set-publication.ts';
import { updateProduct } from './update-product.ts';
import { upsertCollections } from './upsert-collections.ts';
import { upsertProducts } from './upsert-products.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await makeChannels(db, 'web', 'pos');
});
afterAll(() => test.drop());

const make = async (handle: string) => (await upsertProducts(db, [product(handle)], ['web']))[0]!.productId!;
const rowOf = async (productId: string) =>
  (await db.sql`select title, vendor, tags, version from products.products where product_id = ${productId}`)[0];
const eventsOf = async (key: string) =>
  (
    await db.sql<
      { revision: number }[]
    >`select (payload->>'revision')::int as revision from products.outbox where key = ${key} order by seq`
  ).map(({ revision }) => revision);

describe('updateProduct', () => {
  it('lets exactly one of ten writers win who saw the same version', async () => {
    const productId = await make('raced');
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, writer) =>
        updateProduct(db, { productId, expectedVersion: 1, title: `By ${writer}` }),
      ),
    );
    expect(results.filter(({ __typename }) => __typename === 'ProductUpdated')).toHaveLength(1);
    expect(
      results.filter((result) => result.__typename === 'ProductConflict' && result.currentVersion === 2),
    ).toHaveLength(9);
    expect(await eventsOf(productId)).toEqual([1, 2]);
  });

  it('keeps both of two changes of different fields at once', async () => {
    const productId = await make('partial');
    await Promise.all([
      updateProduct(db, { productId, title: 'New title' }),
      updateProduct(db, { productId, tags: ['b', 'a', 'a'] }),
    ]);
    expect(await rowOf(productId)).toEqual({ title: 'New title', vendor: 'Kontor', tags: ['a', 'b'], version: 3 });
  });

  it('removes a brand of null, and counts no version for a change to what is there', async () => {
    const productId = await make('same');
    await updateProduct(db, { productId, vendor: null });
    await updateProduct(db, { productId, title: 'same', vendor: ' ', expectedVersion: 2 });
    expect(await rowOf(productId)).toMatchObject({ vendor: null, version: 2 });
  });

  it('refuses a bad title, an unknown product and what is no id, and changes nothing', async () => {
    const productId = await make('refused');
    expect(await updateProduct(db, { productId, title: '  ' })).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', 'title'],
    });
    expect(await updateProduct(db, { productId: newId(), title: 'x' })).toMatchObject({ __typename: 'NotFound' });
    expect(await updateProduct(db, { productId: "x'; drop", title: 'x' })).toMatchObject({ __typename: 'NotFound' });
    expect(await rowOf(productId)).toMatchObject({ title: 'refused', version: 1 });
  });
});

describe('setPublication', () => {
  it('counts and announces only products that change', async () => {
    const [one, two] = [await make('pub-one'), await make('pub-two')];
    expect(await setPublication(db, { channel: 'pos', productIds: [one], published: true })).toMatchObject({
      changedCount: 1,
    });
    expect(await setPublication(db, { channel: 'pos', productIds: [one, two, two], published: true })).toMatchObject({
      changedCount: 1,
    });
    expect(await eventsOf(one)).toEqual([1, 2]);
    expect(await eventsOf(two)).toEqual([1, 2]);
  });

  it('changes nothing when one product or the channel is unknown', async () => {
    const one = await make('pub-none');
    expect(await setPublication(db, { channel: 'pos', productIds: [one, newId()], published: true })).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'productIds'],
    });
    expect(await setPublication(db, { channel: 'moon', productIds: [one], published: true })).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'channel'],
    });
    expect(await eventsOf(one)).toEqual([1]);
  });

  it('does not deadlock with imports of the same products', async () => {
    const handles = ['dl-a', 'dl-b', 'dl-c', 'dl-d'];
    const ids = (
      await upsertProducts(
        db,
        handles.map((handle) => product(handle)),
        ['web'],
      )
    ).map(({ productId }) => productId!);
    const rounds = Array.from({ length: 8 }, (_, round) => [
      setPublication(db, { channel: 'pos', productIds: ids.toReversed(), published: round % 2 === 0 }),
      upsertProducts(
        db,
        handles.toReversed().map((handle) => product(handle, { title: `${handle} ${round}` })),
        ['web'],
      ),
      upsertCollections(db, [
        {
          handle: `dl-${round % 2}`,
          title: 'All',
          descriptionHtml: '',
          productHandles: round % 2 ? handles : handles.toReversed(),
        },
      ]),
    ]);
    await expect(Promise.all(rounds.flat())).resolves.toHaveLength(24);
  });
});

describe('setChannel', () => {
  const web = {
    code: 'shop',
    name: 'Shop',
    currencies: ['EUR'],
    countries: ['DE', 'AT'],
    locales: ['de-at'],
    locationIds: [],
  };

  it('makes a channel, leaves one that is so already alone, and announces each change', async () => {
    expect(await setChannel(db, web, null)).toMatchObject({ channel: { version: 1, locales: ['de-AT'] } });
    expect(await setChannel(db, web, null)).toMatchObject({ channel: { version: 1 } });
    expect(await setChannel(db, { ...web, currencies: ['EUR', 'USD'] }, 1)).toMatchObject({ channel: { version: 2 } });
    expect(await setChannel(db, { ...web, name: 'Late' }, 1)).toMatchObject({
      __typename: 'VersionConflict',
      currentVersion: 2,
    });
    expect(await eventsOf('shop')).toEqual([1, 2]);
  });

  it('lets exactly one of many writers win who saw the same version', async () => {
    await setChannel(db, { ...web, code: 'raced' }, null);
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, writer) => setChannel(db, { ...web, code: 'raced', name: `By ${writer}` }, 1)),
    );
    expect(results.filter(({ __typename }) => __typename === 'ChannelSaved')).toHaveLength(1);
  });

  it.each([
    [{ code: 'Bad Code' }, 'code'],
    [{ name: ' ' }, 'name'],
    [{ currencies: [] }, 'currencies'],
    [{ currencies: ['XYZ'] }, 'currencies'],
    [{ countries: ['ZZ'] }, 'countries'],
    [{ countries: ['XX'] }, 'countries'],
    [{ locales: ['not a locale'] }, 'locales'],
    [{ locationIds: ['warehouse'] }, 'locationIds'],
  ])('refuses %j and makes nothing', async (wrong, field) => {
    expect(await setChannel(db, { ...web, code: 'wrong', ...wrong }, null)).toMatchObject({
      __typename: 'InvalidInput',
      path: ['input', field],
    });
    expect([...(await db.sql`select 1 from products.channels where code = 'wrong'`)]).toEqual([]);
  });
});

describe('upsertCollections', () => {
  it('replaces the products of a collection in order, and announces only what changed', async () => {
    await make('col-a');
    await make('col-b');
    const input = {
      handle: 'col',
      title: 'Column',
      descriptionHtml: '<p>x</p>',
      productHandles: ['col-b', 'col-a', 'col-b'],
    };
    const [id] = await upsertCollections(db, [input]);
    expect(await upsertCollections(db, [input])).toEqual([id]);
    await upsertCollections(db, [{ ...input, productHandles: ['col-a'] }]);
    expect(await eventsOf(id!)).toEqual([1, 2]);
    const rows =
      await db.sql`select p.handle from products.collection_products c join products.products p using (product_id) where collection_id = ${id!}`;
    expect([...rows]).toEqual([{ handle: 'col-a' }]);
  });

  it('refuses unknown products and changes nothing', async () => {
    await expect(
      upsertCollections(db, [{ handle: 'ghost', title: 'Ghost', descriptionHtml: '', productHandles: ['not-there'] }]),
    ).rejects.toThrow('There is no product "not-there"');
    expect([...(await db.sql`select 1 from products.collections where handle = 'ghost'`)]).toEqual([]);
  });
});
