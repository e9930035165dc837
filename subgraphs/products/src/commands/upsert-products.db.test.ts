import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeChannels, product, variant } from '../fixture.ts';
import { upsertProducts } from './upsert-products.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await makeChannels(db, 'web', 'pos');
});
afterAll(() => test.drop());

const outboxOf = (productId: string) =>
  db.sql<
    {
      payload: {
        revision: number;
        channelCodes: string[];
        cacheTags: string[];
        variants: { variantId: string; title: string }[];
      };
    }[]
  >`
    select payload from products.outbox where key = ${productId} order by seq`;
const versionOf = async (handle: string) =>
  (await db.sql<{ version: number }[]>`select version from products.products where handle = ${handle}`)[0]?.version;

describe('upsertProducts', () => {
  it('creates products with an event each, and changes nothing when the same input comes again', async () => {
    const input = [product('one'), product('two', { published: false })];
    const first = await upsertProducts(db, input, ['web']);
    const second = await upsertProducts(db, input, ['web']);

    expect(first.map(({ outcome }) => outcome)).toEqual(['CREATED', 'CREATED']);
    expect(second).toEqual(first.map((result) => ({ ...result, outcome: 'UNCHANGED' })));
    expect(await versionOf('one')).toBe(1);
    const [event, ...others] = await outboxOf(first[0]!.productId!);
    expect(others).toEqual([]);
    expect(event!.payload).toEqual({
      productId: first[0]!.productId,
      revision: 1,
      handle: 'one',
      title: 'one',
      channelCodes: ['web'],
      productType: 'Thing',
      status: 'ACTIVE',
      categoryIds: [],
      vendor: 'Kontor',
      tags: [],
      attributes: [],
      variants: [
        { variantId: first[0]!.variantIds[0], title: 'S', sku: 'one-s', weightGrams: null, taxCategory: 'standard' },
        { variantId: first[0]!.variantIds[1], title: 'M', sku: 'one-m', weightGrams: null, taxCategory: 'standard' },
      ],
      cacheTags: [`product:${first[0]!.productId}`],
    });
    expect((await outboxOf(first[1]!.productId!))[0]!.payload.channelCodes).toEqual([]);
  });

  it('keeps the ids of variants and images that stay, and removes what is gone', async () => {
    const before = (
      await upsertProducts(db, [product('changing', { variants: [variant('S'), variant('M'), variant('L')] })], ['web'])
    )[0]!;
    const [media] = await db.sql<
      { id: string }[]
    >`select media_id as id from products.media where product_id = ${before.productId}`;
    const wanted = product('changing', {
      variants: [variant('XL'), variant('M', { sku: 'new', imageUrl: 'https://img.example/two.jpg' })],
      media: [{ url: 'https://img.example/two.jpg' }, { url: 'https://img.example/changing.jpg', altText: 'Side' }],
    });
    const after = (await upsertProducts(db, [wanted], ['web']))[0]!;

    expect(after).toMatchObject({ outcome: 'UPDATED', productId: before.productId });
    expect(after.variantIds[1]).toBe(before.variantIds[1]);
    const variants =
      await db.sql`select variant_id as id, sku, media_id is not null as pictured from products.variants where product_id = ${before.productId} order by position`;
    expect([...variants]).toEqual([
      { id: after.variantIds[0], sku: null, pictured: false },
      { id: before.variantIds[1], sku: 'new', pictured: true },
    ]);
    const images =
      await db.sql`select media_id as id, alt_text as alt from products.media where product_id = ${before.productId} order by position`;
    expect(images[1]).toEqual({ id: media!.id, alt: 'Side' });
    expect(await versionOf('changing')).toBe(2);
    expect((await outboxOf(before.productId!)).map(({ payload }) => payload.revision)).toEqual([1, 2]);
  });

  it('publishes besides where a product is already, and hides it where it shall not be', async () => {
    await upsertProducts(db, [product('shown')], ['web']);
    const [added] = await upsertProducts(db, [product('shown')], ['pos']);
    expect(added!.outcome).toBe('UPDATED');
    const [hidden] = await upsertProducts(db, [product('shown', { published: false })], ['web']);
    expect((await outboxOf(hidden!.productId!)).map(({ payload }) => payload.channelCodes)).toEqual([
      ['web'],
      ['pos', 'web'],
      ['pos'],
    ]);
  });

  it('rejects what breaks a rule with the reason, and keeps the rest', async () => {
    const results = await upsertProducts(
      db,
      [
        product('good'),
        product('good'),
        product('Bad Handle'),
        product('no-variant', { variants: [] }),
        product('twice', { variants: [variant('S'), variant('S')] }),
        product('untitled', { title: ' \u0000 ' }),
        product('odd-media', { media: [{ url: 'javascript:alert(1)' }] }),
        product('odd-image', { variants: [variant('S', { imageUrl: 'https://a.example/x.jpg' })] }),
      ],
      ['web'],
    );
    expect(results.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['CREATED', null],
      ['REJECTED', 'The handle occurs before in the same call.'],
      ['REJECTED', 'The handle must be 1 to 255 lower-case letters, digits, hyphens, dots and underscores.'],
      ['REJECTED', 'There is no variant.'],
      ['REJECTED', 'The variant S occurs twice.'],
      ['REJECTED', 'The title is empty.'],
      ['REJECTED', '"javascript:alert(1)" is not a web address of at most 2,048 characters.'],
      ['REJECTED', "The image of the variant S is not one of the product's."],
    ]);
    expect(await versionOf('no-variant')).toBeUndefined();
  });

  it('refuses an unknown channel and keeps nothing', async () => {
    await expect(upsertProducts(db, [product('nowhere')], ['web', 'moon'])).rejects.toThrow(
      'There is no channel "moon".',
    );
    expect(await versionOf('nowhere')).toBeUndefined();
  });

  it('sanitises descriptions, and finds them unchanged the next time', async () => {
    const input = product('html', {
      descriptionHtml:
        '<p onclick="x()">Hi <a href="javascript:x">a</a><a href="https://e.example" target="_blank">b</a><script>x</script><iframe src="https://e.example"></iframe></p>\u0000',
    });
    await upsertProducts(db, [input], ['web']);
    const [row] = await db.sql<
      { html: string }[]
    >`select description_html as html from products.products where handle = 'html'`;
    expect(row!.html).toBe(
      '<p>Hi <a rel="noopener">a</a><a href="https://e.example" target="_blank" rel="noopener">b</a></p>',
    );
    expect((await upsertProducts(db, [input], ['web']))[0]!.outcome).toBe('UNCHANGED');
  });

  it('lets imports of the same handles in other orders race without deadlock: each product is made once', async () => {
    const handles = Array.from({ length: 60 }, (_, index) => `race-${String(index).padStart(2, '0')}`);
    const racers = [0, 1, 2, 3].map((racer) => {
      const order = racer % 2 === 0 ? handles : handles.toReversed();
      return upsertProducts(
        db,
        order.map((handle) => product(handle, { title: `${handle} of ${racer}` })),
        ['web'],
      );
    });
    const results = (await Promise.all(racers)).flat();

    expect(results.filter(({ outcome }) => outcome === 'CREATED')).toHaveLength(60);
    expect(results.filter(({ outcome }) => outcome === 'UPDATED')).toHaveLength(180);
    for (const handle of handles) {
      const of = results.filter((result) => result.handle === handle);
      expect(new Set(of.map(({ productId }) => productId)).size).toBe(1);
      expect(new Set(of.map(({ variantIds }) => variantIds.join())).size).toBe(1);
    }
    const [{ versions } = { versions: [] }] = await db.sql<
      { versions: number[] }[]
    >`select array_agg(distinct version) as versions from products.products where handle like 'race-%'`;
    expect(versions).toEqual([4]);
  });

  it('sends as many statements for 200 products as for 2', async () => {
    const statements: string[] = [];
    const counted = test.open('products', { onQuery: (query) => statements.push(query), max: 1 });
    await counted.sql`select 1`;
    const count = async (size: number, prefix: string) => {
      statements.length = 0;
      await upsertProducts(
        counted,
        Array.from({ length: size }, (_, index) => product(`${prefix}-${index}`)),
        ['web'],
      );
      return statements.length;
    };
    const few = await count(2, 'few');
    expect(await count(200, 'many')).toBe(few);
    expect(few).toBeLessThanOrEqual(18);
  });
});
