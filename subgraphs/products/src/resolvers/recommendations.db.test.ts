import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { asGuest, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { setPublication } from '../commands/set-publication.ts';
import { upsertProducts } from '../commands/upsert-products.ts';
import { addPairs } from '../data/demand/demand.ts';
import { writeOffers } from '../data/search/offers.ts';
import { makeChannels, product, startProducts } from '../fixture.ts';

let testDb: TestDatabase;
let db: Database;
let products: Awaited<ReturnType<typeof startProducts>>;
const statements: string[] = [];
let ids: Record<string, string>;

beforeAll(async () => {
  testDb = await createTestDatabase(['products']);
  db = testDb.open('products', { onQuery: (query) => statements.push(query) });
  products = await startProducts(db, (await createTestIdentities(['products'])).products);
  await makeChannels(db, 'web', 'pos');
});
afterAll(() => testDb.drop());
beforeEach(async () => {
  await db.sql`truncate products.products cascade`;
  const kinds: [string, string | null, string[]][] = [
    ['jacket', 'Jacket', ['rain', 'red']],
    ['parka', 'Jacket', ['rain', 'red']],
    ['anorak', 'Jacket', ['rain']],
    ['blazer', 'Jacket', []],
    ['belt', 'Belt', []],
    ['hat', 'Hat', []],
    ['kite', null, ['wind']],
    ['vane', null, ['wind']],
  ];
  const results = await upsertProducts(
    db,
    kinds.map(([handle, productType, tags]) => product(handle, { productType, tags, vendor: null })),
    ['web', 'pos'],
  );
  ids = Object.fromEntries(results.map(({ handle, productId }) => [handle, productId!]));
  await setSellable('web', Object.keys(ids), true);
});

const setSellable = (channel: string, handles: readonly string[], isSellable: boolean) =>
  inTransaction(db, (tx) =>
    writeOffers(
      tx,
      channel,
      handles.map((handle) => ({ productId: ids[handle]!, isSellable, prices: null })),
    ),
  );
const boughtWith = (handle: string, others: Record<string, number>) =>
  inTransaction(db, (tx) =>
    addPairs(
      tx,
      Object.entries(others).map(([other, score]) => ({ productId: ids[handle]!, otherProductId: ids[other]!, score })),
    ),
  );
const QUERY = /* GraphQL */ `
  query ($handle: String!, $first: Int) {
    productByHandle(handle: $handle) {
      recommendations(first: $first) {
        reason
        product {
          handle
        }
      }
    }
  }
`;
const recommended = async (handle: string, { first, channel = 'web' }: { first?: number; channel?: string } = {}) => {
  const { productByHandle } = (await products.ask(QUERY, asGuest(channel), {
    handle,
    ...(first === undefined ? {} : { first }),
  })) as { productByHandle: { recommendations: { reason: string; product: { handle: string } }[] } };
  return productByHandle.recommendations.map(({ reason, product: { handle: of } }) => `${of} ${reason}`);
};

test('names what was bought together, best first, then what has more in common', async () => {
  await boughtWith('jacket', { belt: 70, hat: 71 });
  expect(await recommended('jacket')).toEqual([
    'hat BOUGHT_TOGETHER',
    'belt BOUGHT_TOGETHER',
    'parka RELATED',
    'anorak RELATED',
    'blazer RELATED',
  ]);
  expect(await recommended('jacket', { first: 3 })).toEqual([
    'hat BOUGHT_TOGETHER',
    'belt BOUGHT_TOGETHER',
    'parka RELATED',
  ]);
  expect(await recommended('jacket', { first: 1 })).toEqual(['hat BOUGHT_TOGETHER']);
});

test('names a product once, and never the product itself', async () => {
  await boughtWith('jacket', { parka: 70 });
  expect(await recommended('jacket')).toEqual(['parka BOUGHT_TOGETHER', 'anorak RELATED', 'blazer RELATED']);
});

test('names nothing that the channel hides or cannot sell', async () => {
  await boughtWith('jacket', { belt: 70, hat: 71 });
  await setPublication(db, { channel: 'web', productIds: [ids['hat']!, ids['parka']!], published: false });
  await setSellable('web', ['belt', 'anorak'], false);
  expect(await recommended('jacket')).toEqual(['blazer RELATED']);
  expect(await recommended('jacket', { channel: 'pos' })).toEqual([]);
});

test('goes by tags where there is neither a category nor a type', async () => {
  expect(await recommended('kite')).toEqual(['vane RELATED']);
});

test('prefers the same main category', async () => {
  const categoryId = '01890000-0000-7000-8000-000000000001';
  await db.sql`delete from products.product_categories`;
  await db.sql`
    insert into products.categories (category_id, handle, name, position, version, updated_at)
    values (${categoryId}, 'outdoor', 'Outdoor', 0, 1, now()) on conflict do nothing`;
  for (const handle of ['jacket', 'hat'])
    await db.sql`insert into products.product_categories (product_id, category_id, position) values (${ids[handle]!}, ${categoryId}, 0)`;
  expect((await recommended('jacket'))[0]).toBe('hat RELATED');
});

test('shows staff who see all what the channel would show, and nothing without a channel', async () => {
  await setSellable('web', ['parka'], false);
  const ask = async (channel: string | null) => {
    const call = asStaff(['catalogue:write']);
    const { productByHandle } = (await products.ask(
      QUERY,
      { ...call, caller: { ...call.caller, channel } },
      { handle: 'jacket' },
    )) as { productByHandle: { recommendations: unknown[] } };
    return productByHandle.recommendations;
  };
  expect(await ask('web')).toHaveLength(2);
  expect(await ask(null)).toEqual([]);
});

test('takes one statement for all products of a list', async () => {
  const query = /* GraphQL */ `
    query {
      productListing(first: 8) {
        edges {
          node {
            recommendations {
              product {
                handle
                title
              }
            }
            few: recommendations(first: 2) {
              reason
            }
          }
        }
      }
    }
  `;
  await products.ask(query, asGuest('web'));
  statements.length = 0;
  await products.ask(query, asGuest('web'));
  expect(statements.filter((statement) => statement.includes('bought_together'))).toHaveLength(1);
  expect(statements).toHaveLength(2);
});

test.each([0, 25])('refuses to name %i', async (first) => {
  await expect(recommended('jacket', { first })).rejects.toThrow('first must be from 1 to 24');
});
