import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { sql as statement } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findProductTypes, readProductTypes } from '../../data/types/product-types.ts';
import { acceptAttributes } from '../../domain/types/accept-attributes.ts';
import type { AttributeDefinitionInput } from '../../domain/types/accept-definition.ts';
import { wanted } from '../../domain/types/attribute-fixture.ts';
import { makeChannels, product } from '../../fixture.ts';
import { sanitiseHtml } from '../../sanitise-html.ts';
import { upsertProducts } from '../upsert-products.ts';
import { setProductType } from './set-product-type.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await makeChannels(db, 'web');
  await upsertProducts(
    db,
    ['a', 'b', 'c'].map((handle) => product(handle, { productType: 'Shirt' })),
    ['web'],
  );
});
afterAll(() => test.drop());

beforeEach(async () => {
  await db.sql`delete from products.product_types`;
  await db.sql`delete from products.outbox`;
  await db.sql`update products.products set attributes = '{}'`;
  await db.sql`update products.variants set attributes = '{}'`;
});

const colour = (...codes: string[]): AttributeDefinitionInput =>
  wanted('colour', 'ENUM', { options: codes.map((code) => ({ code })) });
const set = (attributes: readonly AttributeDefinitionInput[], expectedVersion: number | null = null, name = 'Shirt') =>
  setProductType(db, { name, attributes }, expectedVersion);
const typeNow = async (name = 'Shirt') => (await findProductTypes(db.sql, [name]))[0];
const codesNow = async () =>
  (await typeNow())?.attributes.map(({ code, isRetired }) => `${code}${isRetired ? ' retired' : ''}`);
const events = () => db.sql`select topic, key, payload from products.outbox order by seq`;

describe('setProductType', () => {
  it('makes a type, changes it, and tells others each time with the tag of what shows it', async () => {
    expect(await set([colour('red')], 0, 'T-shirt, long')).toMatchObject({
      __typename: 'ProductTypeSaved',
      productType: { name: 'T-shirt, long', version: 1, labels: {} },
    });
    expect(await set([colour('red', 'blue')], 1, 'T-shirt, long')).toMatchObject({ productType: { version: 2 } });
    expect(await events()).toEqual(
      [1, 2].map((revision) => ({
        topic: 'products.product-type.changed',
        key: 'T-shirt, long',
        payload: { name: 'T-shirt, long', revision, cacheTags: ['product-type:T-shirt%2C%20long'] },
      })),
    );
  });

  it('keeps the version and tells nobody when nothing differs', async () => {
    await set([colour('red'), wanted('fit', 'TEXT', { labels: [{ locale: 'de', text: 'Passform' }] })]);
    expect(await set([colour('red'), wanted('fit', 'TEXT')])).toMatchObject({ productType: { version: 1 } });
    expect(await events()).toHaveLength(1);
  });

  it('retires what is left out and brings it back with its values', async () => {
    await set([colour('red'), wanted('fit', 'TEXT')]);
    await db.sql`update products.products set attributes = '{"fit": "slim"}' where handle = 'a'`;
    await set([colour('red')]);
    expect(await codesNow()).toEqual(['colour', 'fit retired']);
    expect(await set([wanted('fit', 'NUMBER')])).toMatchObject({
      __typename: 'InvalidInput',
      code: 'ATTRIBUTE_FIXED',
      path: ['input', 'attributes', '0', 'kind'],
    });
    await set([wanted('fit', 'TEXT')]);
    expect(await codesNow()).toEqual(['fit', 'colour retired']);
    const [row] = await db.sql`select attributes from products.products where handle = 'a'`;
    expect(row).toEqual({ attributes: { fit: 'slim' } });
  });

  it.each([
    ['a product', 'products', { colour: 'red' }, {}],
    ['a list of a product', 'products', { colour: ['blue', 'red'] }, { isList: true }],
    ['one language of a product', 'products', { colour: { '': 'blue', de: 'red' } }, { isLocalizable: true }],
    ['a variant', 'variants', { colour: 'red' }, { scope: 'VARIANT' }],
  ] as const)('refuses to take an option from %s, and counts the products', async (_, table, attributes, more) => {
    const with_ = (...codes: string[]) => ({ ...colour(...codes), ...more });
    await set([with_('red', 'blue', 'green')]);
    await db.sql`
      update products.${db.sql(table)} t set attributes = ${JSON.stringify(attributes)}::jsonb
      where product_id in (select product_id from products.products where handle in ('a', 'b'))`;
    expect(await set([with_('blue')])).toEqual({
      __typename: 'InvalidInput',
      code: 'OPTION_IN_USE',
      message: '2 products have one of the options of "colour" that are left out: red, green.',
      path: ['input', 'attributes', '0', 'options'],
    });
    expect((await typeNow())?.version).toBe(1);
    expect(await set([with_('red', 'blue')])).toMatchObject({ productType: { version: 2 } });
  });

  it('lets an option go that only products of other types have', async () => {
    await set([colour('red', 'blue')]);
    await set([colour('red', 'blue')], null, 'Hat');
    await db.sql`update products.products set attributes = '{"colour": "red"}' where handle = 'a'`;
    expect(await set([colour('blue')], null, 'Hat')).toMatchObject({ productType: { version: 2 } });
  });

  it('refuses the second of two editors who saw the same version, and changes nothing for it', async () => {
    await set([colour('red')]);
    const results = await Promise.all([
      set([colour('red'), wanted('fit', 'TEXT')], 1),
      set([colour('red'), wanted('neck', 'TEXT')], 1),
    ]);
    expect(results.map(({ __typename }) => __typename).sort()).toEqual(['ProductTypeSaved', 'VersionConflict']);
    expect(results.find(({ __typename }) => __typename === 'VersionConflict')).toMatchObject({ currentVersion: 2 });
    expect((await typeNow())?.attributes).toHaveLength(2);
  });

  it('gives editors who overwrite one version after another, so that no code loses its meaning', async () => {
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        set([wanted('same', index % 2 === 0 ? 'TEXT' : 'NUMBER'), wanted(`own_${index}`, 'TEXT')]),
      ),
    );
    const saved = results.filter(({ __typename }) => __typename === 'ProductTypeSaved');
    expect(saved).toHaveLength(4);
    expect((await typeNow())?.version).toBe(4);
    expect((await typeNow())?.attributes.map(({ code }) => code)).toHaveLength(5);
  });

  it('makes one type of two that are made at once at version 0', async () => {
    const results = await Promise.all([set([colour('red')], 0), set([colour('blue')], 0)]);
    expect(results.map(({ __typename }) => __typename).sort()).toEqual(['ProductTypeSaved', 'VersionConflict']);
  });

  it('never lets an option go that a product is given at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      await db.sql`delete from products.product_types`;
      await db.sql`update products.products set attributes = '{}'`;
      await set([colour('red', 'blue')]);
      const give = () =>
        inTransaction(db, async (tx) => {
          await tx.execute(statement`select 1 from products.products where handle = 'a' for no key update`);
          const definitions = (await readProductTypes(tx, ['Shirt'])).get('Shirt')?.attributes ?? [];
          const accepted = acceptAttributes(
            { definitions, scope: 'PRODUCT', kept: {}, input: [{ code: 'colour', value: 'red' }] },
            sanitiseHtml,
          );
          if ('broken' in accepted) return false;
          await tx.execute(statement`
            update products.products set attributes = ${JSON.stringify(accepted.values)}::jsonb where handle = 'a'`);
          return true;
        });
      const [given, taken] = await Promise.all([give(), set([colour('blue')])]);
      expect(taken.__typename).toBe(given ? 'InvalidInput' : 'ProductTypeSaved');
    }
  });

  it.each(['', 'a\0b', ' x', 'x'.repeat(256)])('refuses the name %j before it asks the database', async (name) => {
    expect(await set([], null, name)).toMatchObject({ code: 'INVALID_NAME', path: ['input', 'name'] });
  });
});

describe('readProductTypes', () => {
  it('answers the types that there are, by name, and needs no statement for none', async () => {
    await set([], null, 'B');
    await set([colour('red')], null, 'A');
    const found = await inTransaction(db, (tx) => readProductTypes(tx, ['B', 'A', 'A', 'missing', '__proto__']));
    expect([...found.keys()]).toEqual(['A', 'B']);
    expect(found.get('A')?.attributes[0]?.options).toEqual([{ code: 'red', labels: {} }]);
    expect(await inTransaction(db, (tx) => readProductTypes(tx, []))).toEqual(new Map());
  });
});
