import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { asService, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { keepChannels } from './commands/keep-channels.ts';
import { upsertTaxRates } from './commands/taxes/upsert-tax-rates.ts';
import { purgePriceChanges, recordPriceChanges } from './data/price-changes.ts';
import { changedPrices, listDraft, priceChange, savedList } from './testing/list-drafts.ts';
import { openPrices, type OpenPrices } from './testing/open-prices.ts';

interface Page {
  readonly variantIds: string[];
  readonly endCursor: string;
  readonly resync: boolean;
  readonly hasMore: boolean;
}

let prices: OpenPrices;
let db: Database;
/** Another process, and one that lives eight days later. */
let rival: Database;
let later: Database;
let app: Service;

const WEB = { code: 'web', revision: 1, currencies: ['EUR', 'USD'], countries: ['DE', 'AT'] };

beforeAll(async () => {
  prices = await openPrices();
  ({ db } = prices);
  rival = prices.open();
  later = prices.open({ nowOffset: '8 days' });
  app = createApp({
    db,
    bus: createMemoryBus(),
    identity: (await createTestIdentities(['prices'])).prices,
    logger: silentLogger,
    peers: {
      products: createMemoryClient('products', () => null),
      customers: createMemoryClient('customers', () => null),
    },
  });
  await app.graph(INTERNAL_PATH).server.start();
});
afterAll(() => prices.testDb.drop());
beforeEach(async () => {
  await prices.clear();
  await savedList(db, listDraft('web-eur', { scope: 'CHANNEL', channel: 'web' }));
  await keepChannels(db, [{ ...WEB, revision: 2 }]);
});

const ask = async (query: string, variables: Record<string, unknown>) => {
  const result = await app.graph(INTERNAL_PATH).execute({ query, variables }, asService());
  if (result.errors) throw new Error(result.errors[0]!.message);
  return result.data!;
};
const changesSince = async (since: string | null, first?: number) =>
  (
    (await ask(
      `query ($since: Cursor, $first: Int) { priceChanges(since: $since, first: $first) { variantIds endCursor resync hasMore } }`,
      { since, ...(first ? { first } : {}) },
    )) as { priceChanges: Page }
  ).priceChanges;
const end = async () => (await changesSince(null)).endCursor;
const set = (amounts: Record<string, number | null>, code = 'base-eur') =>
  changedPrices(
    db,
    code,
    Object.entries(amounts).map(([variantId, amountMinor]) => priceChange(variantId, amountMinor)),
  );
const ids = (count: number) => Array.from({ length: count }, newId);

describe('priceChanges', () => {
  test('begins with the present end, and a resync', async () => {
    await set({ [newId()]: 100 });
    const begin = await changesSince(null);
    expect(begin).toMatchObject({ variantIds: [], resync: true, hasMore: false });
    expect(await changesSince(begin.endCursor)).toEqual({
      variantIds: [],
      endCursor: begin.endCursor,
      resync: false,
      hasMore: false,
    });
  });

  test('names variants whose price was set, changed or removed, and none whose price was already so', async () => {
    const [one, two, same] = ids(3) as [string, string, string];
    await set({ [two]: 200, [same]: 300 });
    const since = await end();
    await set({ [one]: 100, [two]: null, [same]: 300 });
    const page = await changesSince(since);
    expect(page).toMatchObject({ variantIds: [one, two], resync: false, hasMore: false });
    await set({ [same]: 300 });
    expect(await changesSince(page.endCursor)).toEqual({ ...page, variantIds: [] });
  });

  test('pages through a large update, one row of the log a thousand variants', async () => {
    const all = ids(2_500);
    const since = await end();
    await set(Object.fromEntries(all.map((id) => [id, 100])));
    const [{ count }] = (await db.sql`
      select count(*)::int as count from prices.price_changes where variant_ids is not null`) as unknown as [
      { count: number },
    ];
    expect(count).toBe(3);
    const read: string[][] = [];
    for (let cursor = since, hasMore = true; hasMore;) {
      const page = await changesSince(cursor, 700);
      read.push(page.variantIds);
      ({ endCursor: cursor, hasMore } = page);
    }
    expect(read.map(({ length }) => length)).toEqual([700, 700, 700, 400]);
    expect(read.flat()).toEqual([...all].sort());
  });

  test('misses nothing of two writers at once, whichever commits first', async () => {
    const since = await end();
    const [slow, quick] = ids(2) as [string, string];
    const noted = Promise.withResolvers<void>();
    const committed = Promise.withResolvers<void>();
    const first = rival.orm.transaction(async (tx) => {
      await recordPriceChanges(tx, [slow]);
      noted.resolve();
      await committed.promise;
    });
    await noted.promise;
    const second = set({ [quick]: 100 });
    // What is not committed is not told, and the reader does not wait for it.
    const early = await changesSince(since);
    expect(early).toMatchObject({ variantIds: [], endCursor: since });
    committed.resolve();
    await Promise.all([first, second]);
    expect((await changesSince(early.endCursor)).variantIds.sort()).toEqual([slow, quick].sort());
  });

  test.each<[string, () => Promise<unknown>]>([
    ['taxes', () => upsertTaxRates(db, [{ country: 'DE', region: '', taxCategory: 'standard', basisPoints: 1900 }])],
    ['the currencies of a channel', () => keepChannels(db, [{ ...WEB, revision: 3, currencies: ['EUR'] }])],
    ['the first country of a channel', () => keepChannels(db, [{ ...WEB, revision: 3, countries: ['AT', 'DE'] }])],
    ['the channels, a new one', () => keepChannels(db, [{ ...WEB, code: 'pos' }])],
  ])('makes readers begin again after a change of %s', async (_, change) => {
    const since = await end();
    await change();
    const page = await changesSince(since);
    expect(page).toMatchObject({ variantIds: [], resync: true });
    expect(page.endCursor).not.toBe(since);
    await change();
    expect(await changesSince(page.endCursor)).toMatchObject({ variantIds: [], resync: false });
  });

  test('names the variants of a list that became one for others, and of a list that another derives from', async () => {
    const [base, web] = ids(2) as [string, string];
    await set({ [base]: 100 });
    await set({ [web]: 100 }, 'web-eur');
    const since = await end();
    await savedList(db, listDraft('web-eur', { scope: 'CHANNEL', channel: 'pos' }));
    expect(await changesSince(since)).toMatchObject({ variantIds: [web], resync: false });
    const tenth = { kind: 'PERCENT', basisPoints: -1_000 } as const;
    const derivation = { parentCode: 'base-eur', adjustment: tenth, rounding: null };
    await savedList(db, listDraft('gold', { scope: 'GROUP', subject: 'gold', derivation }));
    expect((await changesSince(since)).variantIds.sort()).toEqual([base, web].sort());
  });

  test('goes on after a channel changed in what prices do not depend on, or was told late', async () => {
    const since = await end();
    await keepChannels(db, [{ ...WEB, revision: 4, currencies: ['USD', 'EUR'], countries: ['DE', 'FR'] }]);
    await keepChannels(db, [{ ...WEB, revision: 3, currencies: ['GBP'] }]);
    expect(await changesSince(since)).toMatchObject({ resync: false });
  });

  test('cannot go on where changes are gone, nor at a position that was never reached', async () => {
    const since = await end();
    await set({ [newId()]: 100 });
    const next = await end();
    await purgePriceChanges(db);
    expect(await changesSince(since)).toMatchObject({ resync: false });
    await purgePriceChanges(later);
    expect(await db.sql`select 1 from prices.price_changes`).toHaveLength(0);
    expect(await changesSince(since)).toMatchObject({ resync: true, endCursor: next });
    expect(await changesSince(next)).toMatchObject({ resync: false, endCursor: next });
    await db.sql`update prices.change_clock set last_number = 0, purged_number = 0`;
    expect(await changesSince(next)).toMatchObject({ resync: true });
  });

  test.each([
    '',
    'x',
    'W10',
    Buffer.from('["price-changes",-1,0]').toString('base64url'),
    Buffer.from('["price-changes",1e99,0]').toString('base64url'),
  ])('refuses the cursor %j, which it never gave out', async (cursor) => {
    await expect(changesSince(cursor)).rejects.toThrow('This cursor is not one');
  });
});
