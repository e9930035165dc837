import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Author } from '../../domain/author.ts';
import { makeChannels, product, variant } from '../../fixture.ts';
import { changeProduct } from '../change-product.ts';
import { setPublication } from '../set-publication.ts';
import { setVariantComponents } from '../set-variant-components.ts';
import { setProductType } from '../types/set-product-type.ts';
import { updateProduct } from '../update-product.ts';
import { upsertProducts } from '../upsert-products.ts';
import { restoreProduct } from './restore-product.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await makeChannels(db, 'web', 'pos');
});
afterAll(() => test.drop());

const ANNA: Author = { role: 'staff', subject: 'key', staffId: 'anna', channel: null, action: 'productRestore' };

async function upsert(handle: string, more: Parameters<typeof product>[1] = {}) {
  const [made] = await upsertProducts(db, [product(handle, more)], []);
  return { productId: made!.productId!, variantIds: made!.variantIds };
}
const restore = (productId: string, version: number, expectedVersion: number | null = null) =>
  restoreProduct(db, { productId, version, expectedVersion }, ANNA);
const versionOf = async (productId: string) =>
  (await db.sql<{ version: number }[]>`select version from products.products where product_id = ${productId}`)[0]!
    .version;
const contentOf = async (productId: string, version: number) =>
  (
    await db.sql<{ content: unknown }[]>`
      select content - 'publications' as content from products.product_revisions where product_id = ${productId} and version = ${version}`
  )[0]?.content;
const topicsOf = async (key: string) =>
  (await db.sql<{ topic: string }[]>`select topic from products.outbox where key = ${key} order by seq`).map(
    ({ topic }) => topic,
  );
/** Writes rows of a product as a command does. */
const write = (productId: string, ...statements: string[]) =>
  changeProduct(db, { productId, expectedVersion: null }, ANNA, async (tx) => {
    for (const statement of statements) await tx.execute(statement);
    return { kind: 'changed' };
  });

describe('restoreProduct', () => {
  it('brings texts, labels, images, variants with their ids, categories and relations back as a new version', async () => {
    const other = await upsert('related');
    const { productId, variantIds } = await upsert('whole');
    const categoryId = newId();
    await write(
      productId,
      `insert into products.categories (category_id, handle, name, position, version, updated_at) values ('${categoryId}', 'whole-things', 'Things', 0, 1, now())`,
      `insert into products.product_categories values ('${productId}', '${categoryId}', 0)`,
      `insert into products.product_texts values ('${productId}', 'web', 'de', 'Ganz', null, null, null), ('${productId}', '', 'fr', 'Entier', null, null, null)`,
      `insert into products.product_relations values ('${productId}', 'ACCESSORY', '${other.productId}', 0)`,
      `insert into products.channel_media select '${productId}', 'pos', media_id, 0 from products.media where product_id = '${productId}'`,
      `update products.products set attributes = '{"care": {"": "Wash", "de": "Waschen"}}', tax_category = 'reduced' where product_id = '${productId}'`,
      `update products.variants set attributes = '{"depth": 3}', media_id = (select media_id from products.media where product_id = '${productId}') where variant_id = '${variantIds[0]}'`,
    );
    await upsert('whole', {
      title: 'Another',
      vendor: null,
      tags: ['new'],
      optionNames: ['Colour'],
      variants: [variant('red'), variant('blue')],
      media: [{ url: 'https://img.example/another.jpg' }],
    });
    await write(
      productId,
      `delete from products.product_categories where product_id = '${productId}'`,
      `delete from products.product_texts where product_id = '${productId}'`,
      `delete from products.product_relations where product_id = '${productId}'`,
      `update products.products set handle = 'renamed', attributes = '{}', status = 'ARCHIVED' where product_id = '${productId}'`,
    );
    expect(await contentOf(productId, 4)).not.toEqual(await contentOf(productId, 2));

    expect(await restore(productId, 2, 4)).toEqual({ __typename: 'ProductRestored', productId });
    expect(await versionOf(productId)).toBe(5);
    expect(await contentOf(productId, 5)).toEqual(await contentOf(productId, 2));
    expect(await topicsOf(productId)).toHaveLength(5);
    const [row] = await db.sql`
      select p.handle, p.title_key as "titleKey", array(select v.variant_id from products.variants v where v.product_id = p.product_id order by position) as ids
      from products.products p where product_id = ${productId}`;
    expect(row).toEqual({ handle: 'whole', titleKey: 'whole', ids: variantIds });
    expect([
      ...(await db.sql`select action, staff_id as "staffId" from products.product_revisions where product_id = ${productId} and version = 5`),
    ]).toEqual([{ action: 'productRestore', staffId: 'anna' }]);
  });

  it('changes nothing and tells nobody when the product is so already', async () => {
    const { productId } = await upsert('present');
    await updateProduct(db, { productId, title: 'Now' });
    expect(await restore(productId, 2, 2)).toMatchObject({ __typename: 'ProductRestored' });
    await setPublication(db, { channel: 'web', productIds: [productId], published: true });
    expect(await restore(productId, 2, 3)).toMatchObject({ __typename: 'ProductRestored' });
    expect(await versionOf(productId)).toBe(3);
    expect(await topicsOf(productId)).toHaveLength(3);
  });

  it('leaves publications as they are, and what is live follows the status', async () => {
    const { productId } = await upsert('shown');
    await write(productId, `update products.products set status = 'DRAFT' where product_id = '${productId}'`);
    await setPublication(db, { channel: 'web', productIds: [productId], published: true });
    const live = async () => [
      ...(await db.sql`select channel_code as code, is_live as "isLive" from products.publications where product_id = ${productId}`),
    ];
    expect(await live()).toEqual([{ code: 'web', isLive: false }]);
    await restore(productId, 1);
    expect(await live()).toEqual([{ code: 'web', isLive: true }]);
    await restore(productId, 2);
    expect(await live()).toEqual([{ code: 'web', isLive: false }]);
  });

  it('exchanges option values between variants', async () => {
    const { productId, variantIds } = await upsert('swapped');
    await write(
      productId,
      `update products.variants set option_values = '{parked}' where variant_id = '${variantIds[0]}'`,
      `update products.variants set option_values = '{S}' where variant_id = '${variantIds[1]}'`,
      `update products.variants set option_values = '{M}' where variant_id = '${variantIds[0]}'`,
    );
    await restore(productId, 1);
    expect(await contentOf(productId, 3)).toEqual(await contentOf(productId, 1));
  });

  it('refuses a version that is not kept, another version than the caller saw, and an unknown product', async () => {
    const { productId } = await upsert('unkept');
    expect(await restore(productId, 2)).toMatchObject({ __typename: 'NotFound', path: ['input', 'version'] });
    expect(await restore(productId, 1, 7)).toMatchObject({ __typename: 'VersionConflict', currentVersion: 1 });
    for (const id of [newId(), 'constructor'])
      expect(await restore(id, 1)).toMatchObject({ __typename: 'NotFound', path: ['input', 'productId'] });
  });

  it('refuses a handle that is taken and categories that are gone, names them, and changes nothing', async () => {
    const { productId } = await upsert('handle-old');
    const categoryId = newId();
    await write(
      productId,
      `insert into products.categories (category_id, handle, name, position, version, updated_at) values ('${categoryId}', 'gone', 'Gone', 0, 1, now())`,
      `insert into products.product_categories values ('${productId}', '${categoryId}', 0)`,
    );
    await write(
      productId,
      `delete from products.product_categories where product_id = '${productId}'`,
      `delete from products.categories where category_id = '${categoryId}'`,
      `update products.products set handle = 'handle-new' where product_id = '${productId}'`,
    );
    await upsert('handle-old');
    expect(await restore(productId, 1)).toMatchObject({ __typename: 'InvalidInput', code: 'HANDLE_TAKEN' });
    expect(await restore(productId, 2)).toEqual({
      __typename: 'InvalidInput',
      code: 'REFERENCE_GONE',
      message: `The version refers to what is gone: the category ${categoryId}.`,
      path: ['input', 'version'],
    });
    expect(await versionOf(productId)).toBe(3);
  });

  it('lets one of two restores win that saw the same version', async () => {
    const { productId } = await upsert('raced');
    await updateProduct(db, { productId, title: 'Second' });
    await updateProduct(db, { productId, title: 'Third' });
    const results = await Promise.all([restore(productId, 1, 3), restore(productId, 2, 3)]);
    expect(results.map(({ __typename }) => __typename).sort()).toEqual(['ProductRestored', 'VersionConflict']);
    expect(await versionOf(productId)).toBe(4);
  });
});

describe('restoreProduct of bundles', () => {
  const parts = (...variantIds: string[]) => variantIds.map((variantId) => ({ variantId, quantity: 2 }));

  it('brings back what a variant consisted of, and tells so', async () => {
    const part = await upsert('part');
    const kit = await upsert('kit');
    await setVariantComponents(db, { variantId: kit.variantIds[0]!, components: parts(part.variantIds[0]!) });
    await upsert('kit', { variants: [variant('M')] });
    expect(await restore(kit.productId, 2)).toMatchObject({ __typename: 'ProductRestored' });
    expect(await contentOf(kit.productId, 4)).toEqual(await contentOf(kit.productId, 2));
    const events = await db.sql<{ payload: object }[]>`
      select payload from products.outbox where key = ${kit.variantIds[0]!} order by seq`;
    const list = [{ variantId: part.variantIds[0], quantity: 2 }];
    expect(events.map(({ payload }) => payload)).toEqual([
      { variantId: kit.variantIds[0], revision: 1, components: list },
      { variantId: kit.variantIds[0], revision: 2, components: [] },
      { variantId: kit.variantIds[0], revision: 3, components: list },
    ]);
    expect(await restore(kit.productId, 1)).toMatchObject({ __typename: 'ProductRestored' });
    expect(await contentOf(kit.productId, 5)).toEqual(await contentOf(kit.productId, 1));
  });

  it('refuses a component that has become a bundle itself, or is gone, and names it', async () => {
    const [inner, part, kit] = [await upsert('inner'), await upsert('becomes'), await upsert('outer')];
    const [becomes, goes] = part.variantIds as [string, string];
    const variantId = kit.variantIds[0]!;
    await setVariantComponents(db, { variantId, components: parts(becomes) });
    await setVariantComponents(db, { variantId, components: parts(goes) });
    await setVariantComponents(db, { variantId, components: [] });
    await setVariantComponents(db, { variantId: becomes, components: parts(inner.variantIds[0]!) });
    await upsert('becomes', { variants: [variant('S')] });
    const nested = await restore(kit.productId, 2);
    expect(nested).toMatchObject({ __typename: 'InvalidInput', code: 'NESTED_BUNDLE', path: ['input', 'version'] });
    expect('message' in nested && nested.message).toContain(becomes);
    expect(await restore(kit.productId, 3)).toMatchObject({
      code: 'REFERENCE_GONE',
      message: `The version refers to what is gone: the variant ${goes}.`,
    });
    expect(await versionOf(kit.productId)).toBe(4);
    expect(await topicsOf(variantId)).toHaveLength(3);
  });

  it('refuses to remove a variant that a bundle of another product consists of, and names it', async () => {
    const part = await upsert('grows', { variants: [variant('S')] });
    const grown = await upsert('grows', { variants: [variant('S'), variant('XL')] });
    const kit = await upsert('holds');
    await setVariantComponents(db, { variantId: kit.variantIds[0]!, components: parts(grown.variantIds[1]!) });
    expect(await restore(part.productId, 1)).toEqual({
      __typename: 'InvalidInput',
      code: 'COMPONENT_IN_USE',
      message: 'The variant XL is a component of a bundle and would be removed: change the bundle first.',
      path: ['input', 'version'],
    });
    expect(await versionOf(part.productId)).toBe(2);
  });

  it('turns bundle and component of one product round', async () => {
    const { productId, variantIds } = await upsert('turned');
    const [one, two] = variantIds as [string, string];
    await setVariantComponents(db, { variantId: one, components: parts(two) });
    await setVariantComponents(db, { variantId: one, components: [] });
    await setVariantComponents(db, { variantId: two, components: parts(one) });
    expect(await restore(productId, 2)).toMatchObject({ __typename: 'ProductRestored' });
    expect(await contentOf(productId, 5)).toEqual(await contentOf(productId, 2));
  });
});

describe('restoreProduct under rules that came since', () => {
  const define = (name: string, options: readonly string[], isRequired = false) =>
    setProductType(
      db,
      {
        name,
        attributes: [
          { code: 'size', kind: 'ENUM', scope: 'VARIANT', options: options.map((code) => ({ code })) },
          { code: 'line', kind: 'REFERENCE', referenceTo: 'COLLECTION' },
          { code: 'weight', kind: 'NUMBER', isRequired },
        ],
      },
      null,
    );
  const attributes = (productId: string, row: object, variantRow: object = {}) =>
    write(
      productId,
      `update products.products set attributes = '${JSON.stringify(row)}' where product_id = '${productId}'`,
      `update products.variants set attributes = '${JSON.stringify(variantRow)}' where product_id = '${productId}'`,
    );

  it('refuses an option that has gone, names the variant, and leaves everything as it was', async () => {
    const { productId } = await upsert('optional', { productType: 'Optional' });
    await define('Optional', ['small', 'large']);
    await attributes(productId, {}, { size: 'large' });
    await attributes(productId, {});
    expect(await define('Optional', ['small'])).toMatchObject({ __typename: 'ProductTypeSaved' });
    const refused = await restore(productId, 2);
    expect(refused).toMatchObject({
      __typename: 'InvalidInput',
      code: 'INVALID_ATTRIBUTE',
      path: ['input', 'version'],
    });
    expect('message' in refused && refused.message).toMatch(/^The variant S: .*size/);
    expect(await versionOf(productId)).toBe(3);
    expect(await contentOf(productId, 3)).toMatchObject({ variants: [{ attributes: {} }, { attributes: {} }] });
  });

  it('refuses an active product without what is required now, and takes one that is not active', async () => {
    const { productId } = await upsert('required', { productType: 'Required' });
    await attributes(productId, { weight: 2 });
    await define('Required', ['small'], true);
    expect(await restore(productId, 1)).toMatchObject({ code: 'INVALID_ATTRIBUTE' });
    await write(
      productId,
      `update products.products set status = 'DRAFT', attributes = '{}' where product_id = '${productId}'`,
    );
    await attributes(productId, { weight: 2 });
    expect(await restore(productId, 3)).toMatchObject({ __typename: 'ProductRestored' });
  });

  it('refuses an attribute that refers to what is gone, and names it', async () => {
    const { productId } = await upsert('referring', { productType: 'Referring' });
    await define('Referring', ['small']);
    const line = newId();
    await attributes(productId, { line });
    await attributes(productId, {});
    expect(await restore(productId, 2)).toMatchObject({
      code: 'REFERENCE_GONE',
      message: `The version refers to what is gone: the collection ${line}.`,
    });
  });

  it('refuses a successor that leads back to the product by now', async () => {
    const [one, two] = [await upsert('successor-one'), await upsert('successor-two')];
    const follow = (from: string, to: string) =>
      write(from, `insert into products.product_relations values ('${from}', 'SUCCESSOR', '${to}', 0)`);
    await follow(one.productId, two.productId);
    await write(one.productId, `delete from products.product_relations where product_id = '${one.productId}'`);
    await follow(two.productId, one.productId);
    expect(await restore(one.productId, 2)).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_RELATION' });
    expect(await versionOf(one.productId)).toBe(3);
  });
});

describe('revisions', () => {
  it('keeps the newest hundred', async () => {
    const { productId } = await upsert('long');
    for (let version = 2; version <= 103; version += 1)
      await updateProduct(db, { productId, title: `Title ${version}` });
    const versions = await db.sql<{ version: number }[]>`
      select version from products.product_revisions where product_id = ${productId} order by version`;
    expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 100 }, (_, index) => index + 4));
    expect(await restore(productId, 3)).toMatchObject({ __typename: 'NotFound' });
  });
});
