import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listing, product } from './floor-reads.ts';

let test: TestDatabase;
beforeAll(async () => (test = await createTestDatabase(['products', 'prices', 'stock'])));
afterAll(() => test.drop());

it('read the tables as they are now', async () => {
  const open = (schema: 'products' | 'prices' | 'stock') => test.open(schema).sql;
  const pools = { products: open('products'), prices: open('prices'), stock: open('stock') };
  const productId = '0190a000-0000-7000-8000-000000000001';
  await pools.products`
    insert into products.products (product_id, handle, title, title_key, description_html, tags, option_names, version, created_at, updated_at)
    values (${productId}, 'cup', 'Cup', 'cup', '', '{}', '{}', 1, now(), now())`;
  expect(await product(pools, 'cup')).toEqual({ title: 'Cup', variants: [] });
  expect(await product(pools, 'nothing')).toBeNull();
  expect(await listing(pools, 'nothing')).toEqual([]);
});
