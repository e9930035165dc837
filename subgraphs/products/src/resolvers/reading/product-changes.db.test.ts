import type { Database } from '@kontor/kit/src/database.ts';
import { asGuest, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { setPublication } from '../../commands/set-publication.ts';
import { updateProduct } from '../../commands/update-product.ts';
import { upsertProducts } from '../../commands/upsert-products.ts';
import { makeChannels, product, startProducts } from '../../fixture.ts';

const CHANGES = `query C($since: Cursor, $first: Int) { productChanges(since: $since, first: $first) { changes { productId changedAt product { title variants { sku } } } endCursor hasMore } }`;

interface Page {
  changes: { productId: string; changedAt: string; product: { title: string } | null }[];
  endCursor: string;
  hasMore: boolean;
}

let test: TestDatabase;
let db: Database;
let ask: Awaited<ReturnType<typeof startProducts>>['ask'];
const ids: Record<string, string> = {};
const statements: string[] = [];

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products', { onQuery: (query) => statements.push(query) });
  ({ ask } = await startProducts(db, (await createTestIdentities(['products'])).products));
  await makeChannels(db, 'web', 'pos');
  const handles = ['a', 'b', 'c', 'd', 'hidden'];
  const results = await upsertProducts(
    db,
    handles.map((handle) => product(handle, { published: handle !== 'hidden' })),
    ['web'],
  );
  for (const [index, { productId }] of results.entries()) ids[handles[index]!] = productId!;
});
afterAll(() => test.drop());
beforeEach(async () => {
  await setPublication(db, {
    channel: 'web',
    productIds: ['a', 'b', 'c', 'd'].map((handle) => ids[handle]!),
    published: true,
  });
});

const nameOf = (id: string) => Object.keys(ids).find((handle) => ids[handle] === id) ?? id;
const read = async (since: string | null = null, first = 100, call = asGuest()): Promise<Page & { told: string[] }> => {
  const { productChanges } = await ask(CHANGES, call, { since, first });
  const page = productChanges as Page;
  return {
    ...page,
    told: page.changes.map(({ productId, product: shown }) => `${nameOf(productId)}${shown ? '' : ' gone'}`),
  };
};
const hide = (handle: string) => setPublication(db, { channel: 'web', productIds: [ids[handle]!], published: false });
const retitle = (handle: string, title: string) => updateProduct(db, { productId: ids[handle]!, title });

it('begins with all that the channel shows, and then tells what changed and what is gone', async () => {
  const first = await read();
  expect([first.told.toSorted(), first.hasMore]).toEqual([['a', 'b', 'c', 'd'], false]);
  expect((await read(first.endCursor)).told).toEqual([]);
  await retitle('b', 'Beta');
  await hide('c');
  await retitle('hidden', 'Still hidden');
  const second = await read(first.endCursor);
  expect(second.told).toEqual(['b', 'c gone', 'hidden gone']);
  expect(second.changes[0]!.product).toEqual({ title: 'Beta', variants: [{ sku: 'b-s' }, { sku: 'b-m' }] });
  expect((await read(second.endCursor)).changes).toEqual([]);
  // Who begins now hears nothing of what was gone before.
  expect((await read()).told.toSorted()).toEqual(['a', 'b', 'd']);
});

it('tells a product that goes while somebody reads the beginning', async () => {
  const first = await read(null, 2);
  expect([first.told, first.hasMore]).toEqual([first.told, true]);
  const seen = first.changes.map(({ productId }) => productId);
  const [gone] = seen as [string];
  await setPublication(db, { channel: 'web', productIds: [gone], published: false });
  const rest: string[] = [];
  let page: Page = first;
  while (page.hasMore) {
    page = await read(page.endCursor, 2);
    for (const change of page.changes) rest.push(`${change.productId}${change.product ? '' : ' gone'}`);
  }
  const others = Object.values(ids).filter((id) => !seen.includes(id) && id !== ids['hidden']);
  expect(rest).toEqual([...rest.slice(0, -1), `${gone} gone`]);
  expect(rest.slice(0, -1).toSorted()).toEqual(others.toSorted());
});

it('loses nothing while products change: every reader ends with what is shown', async () => {
  const state = new Map<string, string>();
  let cursor: string | null = null;
  let writing = true;
  const writers = Promise.all(
    ['a', 'b', 'c', 'd'].map(async (handle, lane) => {
      for (let turn = 0; turn < 12; turn += 1) {
        await retitle(handle, `${handle} ${turn}`);
        if (turn % 4 === lane) await hide(handle);
        if (turn % 4 === (lane + 1) % 4)
          await setPublication(db, { channel: 'web', productIds: [ids[handle]!], published: true });
      }
    }),
  ).finally(() => (writing = false));
  const apply = async () => {
    const page: Page = await read(cursor, 2);
    cursor = page.endCursor;
    for (const { productId, product: shown } of page.changes)
      if (shown) state.set(productId, shown.title);
      else state.delete(productId);
    return page.hasMore;
  };
  while (writing) await apply();
  await writers;
  while (await apply());
  const { products } = await ask('query ($ids: [ID!]!) { products(ids: $ids) { id title } }', asGuest(), {
    ids: Object.values(ids),
  });
  const shown = (products as ({ id: string; title: string } | null)[]).flatMap((each) =>
    each ? [[each.id, each.title]] : [],
  );
  expect([...state].toSorted()).toEqual(shown.toSorted());
});

it('answers for the caller’s channel, and tells all to staff who edit', async () => {
  expect((await read(null, 100, asGuest('pos'))).told).toEqual([]);
  expect((await read(null, 100, asStaff(['catalogue:write']))).told.toSorted()).toEqual(['a', 'b', 'c', 'd', 'hidden']);
});

it('is a constant number of statements, and refuses what is no cursor and no page', async () => {
  for (const first of [1, 4]) {
    statements.length = 0;
    await read(null, first);
    // The changes with their products, and the variants.
    expect(statements).toHaveLength(2);
  }
  for (const since of [
    'x',
    Buffer.from('[1]').toString('base64url'),
    Buffer.from('[-1,0]').toString('base64url'),
    Buffer.from('[1.5,1]').toString('base64url'),
  ])
    await expect(read(since)).rejects.toThrow('BAD_USER_INPUT');
  for (const first of [0, 251]) await expect(read(null, first)).rejects.toThrow('BAD_USER_INPUT');
});
