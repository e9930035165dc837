import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import { announceEngine } from '../commands/announce/announce-engine.ts';
import { recordPriceChanges } from '../data/price-changes.ts';
import { EVERYTHING, percent } from '../testing/given-promotions.ts';
import { changedPrices, priceChange } from '../testing/list-drafts.ts';
import { openPrices, type OpenPrices } from '../testing/open-prices.ts';

interface Page {
  readonly changes: readonly { variantId: string; price: { gross: { minorUnits: number } } | null }[];
  readonly endCursor: string;
  readonly resync: boolean;
  readonly hasMore: boolean;
}

const CHANGES = /* GraphQL */ `
  query ($since: Cursor, $first: Int) {
    priceChanges(since: $since, first: $first) {
      changes {
        variantId
        price {
          gross {
            minorUnits
          }
        }
      }
      endCursor
      resync
      hasMore
    }
  }
`;

let prices: OpenPrices;
let db: Database;
/** Another process that writes. */
let rival: Database;
let app: Service;

beforeAll(async () => {
  prices = await openPrices();
  ({ db } = prices);
  rival = prices.open();
  const nobody = (name: string) => createMemoryClient(name, () => null);
  const peers = { products: nobody('products'), customers: nobody('customers') };
  const identity = (await createTestIdentities(['prices'])).prices;
  app = createApp({ db, bus: createMemoryBus(), identity, logger: silentLogger, peers });
  await app.graph().server.start();
});
afterAll(() => prices.testDb.drop());
beforeEach(() => prices.clear());

async function read(since: string | null, first = 100) {
  const request = { query: CHANGES, variables: { since, first } };
  const { data, errors } = await app.graph().execute<{ priceChanges: Page }>(request, asGuest());
  if (errors) throw new Error(errors[0]!.message);
  const { changes, ...page } = data!.priceChanges;
  const amounts = changes.map(({ variantId, price }) => [variantId, price && price.gross.minorUnits] as const);
  return { ...page, amounts: Object.fromEntries(amounts), count: changes.length };
}
const end = async () => (await read(null)).endCursor;
const set = (amounts: Readonly<Record<string, number | null>>, code = 'base-eur', writer = db) =>
  changedPrices(
    writer,
    code,
    Object.entries(amounts).map(([id, amount]) => priceChange(id, amount)),
  );
const ids = (count: number) => Array.from({ length: count }, newId);

describe('readers of priceChanges', () => {
  it('shows what a promotion takes off, and has everything read anew when it cannot be told which prices changed', async () => {
    const [cup] = ids(1) as [string];
    await set({ [cup]: 1_000 });
    const since = await end();
    await prices.givenPromotion({ effect: percent(25, { ...EVERYTHING, variantIds: [cup] }) });
    await db.orm.transaction((tx) => announceEngine(tx, [cup]));
    const page = await read(since);
    expect(page).toMatchObject({ amounts: { [cup]: 750 }, resync: false });
    await db.orm.transaction((tx) => announceEngine(tx, null));
    const anew = await read(page.endCursor);
    expect(anew).toMatchObject({ amounts: {}, resync: true, hasMore: false });
    expect(await read(anew.endCursor)).toMatchObject({ amounts: {}, resync: false });
  });

  it('loses nothing while prices change: every reader ends with what is shown', async () => {
    const all = ids(5);
    const copies = [
      { size: 1, cursor: await end(), amounts: {} as Record<string, number | null> },
      { size: 3, cursor: await end(), amounts: {} as Record<string, number | null> },
    ];
    const apply = async (copy: (typeof copies)[number]) => {
      const page = await read(copy.cursor, copy.size);
      expect(page.resync).toBe(false);
      copy.cursor = page.endCursor;
      Object.assign(copy.amounts, page.amounts);
      return page.hasMore;
    };
    let writing = true;
    const write = async (writer: Database, lane: number) => {
      for (let turn = 0; turn < 15; turn += 1) {
        const price = (turn + lane) % 4 === 0 ? null : turn * 10 + lane + 1;
        await set({ [all[(turn + lane) % 5]!]: price, [all[turn % 5]!]: turn + 1 }, 'base-eur', writer);
      }
    };
    const writers = Promise.all([write(db, 0), write(rival, 1), write(rival, 2)]).finally(() => (writing = false));
    while (writing) await Promise.all(copies.map(apply));
    await writers;
    for (const copy of copies) while (await apply(copy));
    const rows = await db.sql`select variant_id as id, amount_minor::int as amount from prices.prices`;
    const shown = Object.fromEntries(all.map((id) => [id, rows.find((row) => row['id'] === id)?.['amount'] ?? null]));
    for (const { amounts } of copies) expect(amounts).toEqual(shown);
  });

  it('tells a price whose date came, though nobody changed anything', async () => {
    const [cup] = ids(1) as [string];
    await set({ [cup]: 1_000 });
    await prices.givenList({
      code: 'sale',
      scope: 'CHANNEL',
      channel: 'web',
      validity: { from: new Date(Date.now() + 1_000), until: null },
    });
    await prices.givenPrices('sale', { [cup]: 800 });
    const since = await end();
    expect((await read(since)).amounts).toEqual({});
    const running = createApp({
      db: prices.open(),
      bus: createMemoryBus(),
      identity: (await createTestIdentities(['prices'])).prices,
      logger: silentLogger,
    });
    await running.start();
    try {
      await eventually(async () => expect((await read(since)).amounts).toEqual({ [cup]: 800 }));
    } finally {
      await running.stop();
    }
  });

  it('names no variant twice on a page, and one again when it changed behind the page', async () => {
    const [cup, kettle] = ids(2) as [string, string];
    const since = await end();
    const note = (variantIds: string[]) => db.orm.transaction((tx) => recordPriceChanges(tx, variantIds));
    await note([cup]);
    await note([kettle]);
    await note([cup]);
    const page = await read(since, 2);
    expect(page).toMatchObject({ amounts: { [cup]: null, [kettle]: null }, count: 2, hasMore: true });
    expect(await read(page.endCursor, 2)).toMatchObject({ amounts: { [cup]: null }, count: 1, hasMore: false });
  });
});
