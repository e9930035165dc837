import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import { recordPriceChanges } from '../data/price-changes.ts';
import { changedPrices, listDraft, priceChange, savedList } from '../testing/list-drafts.ts';
import { openPrices, type OpenPrices } from '../testing/open-prices.ts';

interface Page {
  readonly changes: readonly { variantId: string; price: { gross: { minorUnits: number; currency: string } } | null }[];
  readonly endCursor: string;
  readonly resync: boolean;
  readonly hasMore: boolean;
}

let prices: OpenPrices;
let db: Database;
let app: Service;
const statements: string[] = [];

beforeAll(async () => {
  prices = await openPrices({ onQuery: (query) => statements.push(query) });
  ({ db } = prices);
  const nobody = (name: string) => createMemoryClient(name, () => null);
  app = createApp({
    db,
    bus: createMemoryBus(),
    identity: (await createTestIdentities(['prices'])).prices,
    logger: silentLogger,
    peers: { products: nobody('products'), customers: nobody('customers') },
  });
  await app.graph().server.start();
});
afterAll(() => prices.testDb.drop());
beforeEach(async () => {
  await prices.clear();
  await savedList(db, listDraft('base-usd', { currency: 'USD' }));
  await savedList(db, listDraft('gold-eur', { scope: 'GROUP', subject: 'gold' }));
});

const QUERY = /* GraphQL */ `
  query ($since: Cursor, $first: Int, $currency: CurrencyCode) {
    priceChanges(since: $since, first: $first, currency: $currency) {
      changes {
        variantId
        price {
          gross {
            minorUnits
            currency
          }
        }
      }
      endCursor
      resync
      hasMore
    }
  }
`;
async function ask(variables: Record<string, unknown>, call = asGuest()): Promise<Page> {
  const result = await app.graph().execute<{ priceChanges: Page }>({ query: QUERY, variables }, call);
  if (result.errors) throw new Error(result.errors[0]!.message);
  return JSON.parse(JSON.stringify(result.data!.priceChanges)) as Page;
}
const end = async () => (await ask({ since: null })).endCursor;
const set = (amounts: Readonly<Record<string, number | null>>, code = 'base-eur') =>
  changedPrices(
    db,
    code,
    Object.entries(amounts).map(([id, amount]) => priceChange(id, amount)),
  );
const ids = (count: number) => Array.from({ length: count }, newId).sort();
const told = (variantId: string, minorUnits: number, currency = 'EUR') => ({
  variantId,
  price: { gross: { minorUnits, currency } },
});

describe('priceChanges for clients', () => {
  it('begins at the present end, with a resync', async () => {
    await set({ [newId()]: 100 });
    const begin = await ask({ since: null });
    expect(begin).toMatchObject({ changes: [], resync: true, hasMore: false });
    expect(await ask({ since: begin.endCursor })).toEqual({ ...begin, resync: false });
  });

  it('tells what each variant costs the caller now, and null when nothing prices it any more', async () => {
    const [cup, kettle] = ids(2) as [string, string];
    await set({ [cup]: 100 }, 'base-usd');
    await set({ [kettle]: 1 });
    const since = await end();
    await set({ [cup]: 500, [kettle]: null });
    await set({ [cup]: 450 }, 'gold-eur');
    const page = await ask({ since });
    expect(page).toMatchObject({
      changes: [told(cup, 500), { variantId: kettle, price: null }],
      resync: false,
      hasMore: false,
    });
    expect((await ask({ since }, callAs({ ...guestOf('web'), groups: ['gold'] }))).changes[0]).toEqual(told(cup, 450));
    expect((await ask({ since, currency: 'USD' })).changes[0]).toEqual(told(cup, 100, 'USD'));
    expect((await ask({ since }, asGuest('nowhere'))).changes).toEqual([
      { variantId: cup, price: null },
      { variantId: kettle, price: null },
    ]);
  });

  it('pages to the end, by two statements a page', async () => {
    const all = ids(1_150);
    const since = await end();
    await set(Object.fromEntries(all.map((id, index) => [id, index])));
    // The promotions, too, when somebody asks for the first time.
    await ask({ since, first: 1 });
    statements.length = 0;
    const pages: Page[] = [];
    for (let cursor = since, hasMore = true; hasMore;) {
      const page = await ask({ since: cursor, first: 500 });
      pages.push(page);
      ({ endCursor: cursor, hasMore } = page);
    }
    expect(statements).toHaveLength(6);
    expect(pages.map(({ changes }) => changes.length)).toEqual([500, 500, 150]);
    expect(pages.flatMap(({ changes }) => changes)).toEqual(all.map((id, index) => told(id, index)));
  });

  it('makes who follows begin again when it cannot be told what changed', async () => {
    const since = await end();
    await db.orm.transaction((tx) => recordPriceChanges(tx, null));
    const page = await ask({ since });
    expect(page).toMatchObject({ changes: [], resync: true });
    expect(await ask({ since: page.endCursor })).toMatchObject({ resync: false });
  });

  it.each([
    [
      'a cursor of another list',
      { since: Buffer.from('["prices",1,0]').toString('base64url') },
      'This cursor is not one',
    ],
    [
      'a position before the first',
      { since: Buffer.from('["price-changes",-1,0]').toString('base64url') },
      'This cursor is not one',
    ],
    ['more than 500', { first: 501 }, '500'],
    ['none at all', { first: 0 }, 'first'],
  ])('refuses %s', async (_, variables, message) => {
    await expect(ask(variables)).rejects.toThrow(message);
  });
});
