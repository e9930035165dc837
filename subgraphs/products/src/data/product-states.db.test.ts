import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setProductType } from '../commands/types/set-product-type.ts';
import { upsertProducts } from '../commands/upsert-products.ts';
import type { AttributeDefinitionInput } from '../domain/types/accept-definition.ts';
import { makeChannels, product, variant } from '../fixture.ts';
import { findProductChanges, readProductStates, type ProductState } from './product-states.ts';

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  await makeChannels(db, 'web');
});
afterAll(() => test.drop());

async function define(name: string, attributes: readonly AttributeDefinitionInput[]): Promise<void> {
  const saved = await setProductType(db, { name, attributes }, null);
  if (saved.__typename !== 'ProductTypeSaved') throw new Error(saved.message);
}

async function make(handle: string, more: Parameters<typeof product>[1]): Promise<string> {
  const [made] = await upsertProducts(db, [product(handle, more)], ['web']);
  if (made?.productId == null) throw new Error(made?.reason ?? 'nothing');
  return made.productId;
}

async function stateOf(productId: string): Promise<ProductState> {
  const [found] = await inTransaction(db, (tx) => readProductStates(tx, [productId]));
  return found!.state;
}

describe('the state of a product', () => {
  it('has its brand, its labels and the values of its filterable attributes, single ones first', async () => {
    await define('Coat', [
      {
        code: 'material',
        kind: 'ENUM',
        isList: true,
        isFilterable: true,
        options: [{ code: 'wool' }, { code: 'silk' }],
      },
      { code: 'care', kind: 'TEXT', isLocalizable: true, isFilterable: true },
      { code: 'season', kind: 'ENUM', isFilterable: true, options: [{ code: 'winter' }] },
      { code: 'waterproof', kind: 'BOOLEAN', isFilterable: true },
      { code: 'vegan', kind: 'BOOLEAN', isFilterable: true },
      { code: 'label', kind: 'TEXT', isFilterable: true },
      { code: 'absent', kind: 'TEXT', isFilterable: true },
      { code: 'hidden', kind: 'TEXT' },
      { code: 'length', kind: 'NUMBER', isFilterable: true },
      { code: 'weight', kind: 'MEASURE', unit: 'g', isFilterable: true },
      { code: 'fit', kind: 'TEXT', scope: 'VARIANT', isFilterable: true },
    ]);
    const productId = await make('coat', {
      vendor: 'Acme',
      tags: ['a "b", {c}', 'warm'],
      productType: 'Coat',
      attributes: [
        { code: 'material', value: ['wool', 'silk'] },
        { code: 'care', value: 'By hand' },
        { code: 'care', value: 'Handwäsche', locale: 'de' },
        { code: 'season', value: 'winter' },
        { code: 'waterproof', value: true },
        { code: 'vegan', value: false },
        { code: 'label', value: 'a=b, "c" \\ {d}' },
        { code: 'hidden', value: 'x' },
        { code: 'length', value: 3 },
        { code: 'weight', value: 4, unit: 'g' },
      ],
      variants: [variant('S', { attributes: [{ code: 'fit', value: 'slim' }] })],
    });
    const known = {
      vendor: 'Acme',
      tags: ['a "b", {c}', 'warm'],
      attributes: [
        'season=winter',
        'waterproof=true',
        'vegan=false',
        'label=a=b, "c" \\ {d}',
        'material=wool',
        'material=silk',
        'care=By hand',
      ],
    };
    const state = await stateOf(productId);
    expect(state).toMatchObject(known);
    const { states } = await findProductChanges(db.orm, 0, 1_000);
    expect(states.find((each) => each.productId === productId)).toEqual(state);
    const [event] = await db.sql<{ payload: ProductState }[]>`
      select payload from products.outbox where topic = 'products.product.changed' and key = ${productId}`;
    expect(event!.payload).toMatchObject(known);
  });

  it('has no attributes that are retired, nor those of a type that it has not', async () => {
    const colour = { code: 'colour', kind: 'TEXT', isFilterable: true } as const;
    const shape = { code: 'shape', kind: 'TEXT', isFilterable: true } as const;
    await define('Vase', [colour, shape]);
    const productId = await make('vase', {
      productType: 'Vase',
      attributes: [
        { code: 'colour', value: 'red' },
        { code: 'shape', value: 'round' },
      ],
    });
    expect((await stateOf(productId)).attributes).toEqual(['colour=red', 'shape=round']);
    await define('Vase', [shape]);
    expect((await stateOf(productId)).attributes).toEqual(['shape=round']);
    await make('vase', { productType: 'Nobody defined it' });
    expect((await stateOf(productId)).attributes).toEqual([]);
    await make('vase', { productType: null });
    expect(await stateOf(productId)).toMatchObject({ productType: null, attributes: [] });
  });

  it('has values up to 200 characters with their code, and at most 50', async () => {
    await define('Long', [
      { code: 'a', kind: 'TEXT', isFilterable: true },
      { code: 'b', kind: 'TEXT', isFilterable: true },
      { code: 'list', kind: 'TEXT', isList: true, isFilterable: true },
    ]);
    const productId = await make('long', {
      productType: 'Long',
      attributes: [
        { code: 'a', value: 'ü'.repeat(198) },
        { code: 'b', value: 'x'.repeat(199) },
        { code: 'list', value: ['y'.repeat(196), ...Array.from({ length: 60 }, (_, count) => `v${count}`)] },
      ],
    });
    expect((await stateOf(productId)).attributes).toEqual([
      `a=${'ü'.repeat(198)}`,
      ...Array.from({ length: 49 }, (_, count) => `list=v${count}`),
    ]);
  });

  it('has every variant with its own or the tax category of the product', async () => {
    const productId = await make('taxed', {
      taxCategory: 'reduced',
      variants: [variant('S "1"', { sku: 's', weightGrams: 5 }), variant('M', { taxCategory: 'books' })],
    });
    expect((await stateOf(productId)).variants).toEqual([
      { variantId: expect.any(String), title: 'S "1"', sku: 's', weightGrams: 5, taxCategory: 'reduced' },
      { variantId: expect.any(String), title: 'M', sku: null, weightGrams: null, taxCategory: 'books' },
    ]);
  });
});
