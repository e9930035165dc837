import type { Database } from '@kontor/kit/src/database.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { setPublication } from '../commands/set-publication.ts';
import { upsertProducts } from '../commands/upsert-products.ts';
import { makeChannels, product, variant } from '../fixture.ts';
import { createElection } from './election.ts';
import { createFakeSource, type FakeSource } from '../testing/fake-source.ts';
import { startFeed } from './feed-loop.ts';
import { turnFeed } from './turn.ts';

let testDb: TestDatabase;
/** Two processes. */
let db: Database;
let rival: Database;
let source: FakeSource;

beforeAll(async () => {
  testDb = await createTestDatabase(['products']);
  db = testDb.open('products');
  rival = testDb.open('products');
  await makeChannels(db, 'web', 'pos');
});
afterAll(() => testDb.drop());
beforeEach(async () => {
  source = createFakeSource();
  await db.sql`truncate products.products, products.search_sources cascade`;
});

const signal = new AbortController().signal;
const turn = (database = db) => turnFeed({ db: database, source, signal });
/** Turns until there is nothing left to do at once. */
const settle = async (database = db) => {
  while (await turn(database));
};

/** Makes products with the variants S and M. @returns their ids with those of the variants, in order. */
async function make(handles: readonly string[], channels: readonly string[] = ['web']) {
  const results = await upsertProducts(
    db,
    handles.map((handle) => product(handle)),
    channels,
  );
  return results.map(({ productId, variantIds }) => ({ productId: productId!, variantIds }));
}
/** Lowest and highest price by product, as search has them. */
const bounds = async (channel = 'web') => {
  const rows = await db.sql<{ product_id: string; min: number; max: number }[]>`
    select product_id, min_minor::int as min, max_minor::int as max from products.search_prices where channel_code = ${channel}`;
  return Object.fromEntries(rows.map(({ product_id, min, max }) => [product_id, [min, max]]));
};
const sourceRow = async (channel = 'web') => {
  const [row] = await db.sql<{ step: number; cursor: string; as_of: string | null; rebuilt_through: string | null }[]>`
    select step::int as step, cursor, as_of::text as as_of, rebuilt_through from products.search_sources where source = 'prices' and channel_code = ${channel}`;
  return row;
};

describe('a feed', () => {
  test('begins with all live products of each channel, then says how new it is', async () => {
    const [shirt, hidden] = (await make(['shirt', 'hidden'])) as [
      { productId: string; variantIds: string[] },
      { productId: string; variantIds: string[] },
    ];
    await setPublication(db, { channel: 'web', productIds: [hidden.productId], published: false });
    source.set(shirt.variantIds[0]!, 900);
    source.set(shirt.variantIds[1]!, 700);
    source.set(hidden.variantIds[0]!, 100);
    await settle();
    expect(await bounds()).toEqual({ [shirt.productId]: [700, 900] });
    expect(await bounds('pos')).toEqual({});
    expect(await sourceRow()).toMatchObject({ rebuilt_through: null, as_of: expect.any(String) as string });
  });

  test('asks only about the product of what changed, with all of its variants', async () => {
    const [shirt, belt] = await make(['shirt', 'belt']);
    source.set(shirt!.variantIds[0]!, 900);
    source.set(belt!.variantIds[0]!, 500);
    await settle();
    source.asked.length = 0;
    source.set(shirt!.variantIds[1]!, 1_100);
    await settle();
    expect(source.asked).toEqual([[shirt!.productId]]);
    expect(await bounds()).toEqual({ [shirt!.productId]: [900, 1_100], [belt!.productId]: [500, 500] });
  });

  test('asks again about products that go live or change their variants, and about no others', async () => {
    const [shirt, belt] = await make(['shirt', 'belt'], []);
    source.set(shirt!.variantIds[0]!, 900);
    await settle();
    expect(source.asked).toEqual([]);
    await setPublication(db, { channel: 'web', productIds: [shirt!.productId], published: true });
    await settle();
    expect(await bounds()).toEqual({ [shirt!.productId]: [900, 900] });
    const [changed] = await upsertProducts(
      db,
      [product('shirt', { variants: [variant('M'), variant('L')] }), product('belt')],
      [],
    );
    source.set(changed!.variantIds[1]!, 1_300);
    await settle();
    expect(await bounds()).toEqual({ [shirt!.productId]: [1_300, 1_300] });
    expect(source.asked.flat()).not.toContain(belt!.productId);
  });

  test('removes prices that are gone', async () => {
    const [shirt] = await make(['shirt']);
    source.set(shirt!.variantIds[0]!, 900);
    await settle();
    const bare = createFakeSource();
    source = bare;
    await db.sql`truncate products.search_sources`;
    await settle();
    expect(await bounds()).toEqual({});
  });

  test('has collections look at what changed, and at nothing else', async () => {
    const [shirt, belt] = await make(['shirt', 'belt']);
    source.set(shirt!.variantIds[0]!, 900);
    source.set(belt!.variantIds[0]!, 500);
    await settle();
    await db.sql`truncate products.collection_touches`;
    source.set(shirt!.variantIds[0]!, 950);
    source.set(belt!.variantIds[0]!, 500);
    await settle();
    expect(await db.sql`select product_id from products.collection_touches`).toEqual([
      { product_id: shirt!.productId },
    ]);
  });

  test('keeps what it knows and how old that is while the source is down, then catches up', async () => {
    const [shirt] = await make(['shirt']);
    source.set(shirt!.variantIds[0]!, 900);
    await settle();
    const before = await sourceRow();
    source.goDown();
    source.set(shirt!.variantIds[0]!, 800);
    await expect(turn()).rejects.toThrow('the source cannot be reached');
    expect(await sourceRow()).toEqual(before);
    expect(await bounds()).toEqual({ [shirt!.productId]: [900, 900] });
    source.comeBack();
    await settle();
    expect(await bounds()).toEqual({ [shirt!.productId]: [800, 800] });
    expect((await sourceRow())!.as_of! > before!.as_of!).toBe(true);
  });

  test('asks no further channel when the source is down, and goes on with the others when one fails', async () => {
    await make(['shirt'], ['web', 'pos']);
    await settle();
    const polls = source.polls;
    source.goDown();
    await expect(turn()).rejects.toThrow();
    expect(source.polls - polls).toBe(1);
    const web = await sourceRow('web');
    source.goDown('pos');
    await expect(turn()).rejects.toThrow('broken for pos');
    expect((await sourceRow('web'))!.step).toBe(web!.step + 1);
  });

  test('reads everything anew when the source cannot tell what changed, and says until then how old it is', async () => {
    const [shirt] = await make(['shirt']);
    source.set(shirt!.variantIds[0]!, 900);
    await settle();
    const before = await sourceRow();
    source.set(shirt!.variantIds[0]!, 600);
    source.resync();
    const held = source.hold();
    const turning = turn();
    await held.reached;
    expect((await sourceRow())!.as_of).toBe(before!.as_of);
    held.release();
    await turning;
    await settle();
    expect(await bounds()).toEqual({ [shirt!.productId]: [600, 600] });
    expect((await sourceRow())!.as_of! > before!.as_of!).toBe(true);
  });

  test('reads everything anew when the source does not know the cursor', async () => {
    const [shirt] = await make(['shirt']);
    source.set(shirt!.variantIds[0]!, 900);
    await settle();
    source.set(shirt!.variantIds[0]!, 500);
    source.replace();
    await settle();
    expect(await bounds()).toEqual({ [shirt!.productId]: [500, 500] });
  });

  test('goes on where a process died, and reads no product twice', async () => {
    const handles = Array.from({ length: 600 }, (_, index) => `p${index}`);
    const made = [...(await make(handles.slice(0, 300))), ...(await make(handles.slice(300)))];
    for (const { variantIds } of made) source.set(variantIds[0]!, 100);
    const held = source.hold();
    const dying = new AbortController();
    const died = turnFeed({ db, source, signal: dying.signal });
    await held.reached;
    dying.abort();
    held.release();
    await died;
    expect(Object.keys(await bounds())).toHaveLength(250);
    expect((await sourceRow())!.as_of).toBeNull();
    await settle(rival);
    expect(Object.keys(await bounds())).toHaveLength(600);
    expect(new Set(source.asked.flat()).size).toBe(600);
    expect(source.asked.flat()).toHaveLength(600);
  });

  test('writes nothing when another process was first: what it asked before may be old', async () => {
    const [shirt] = await make(['shirt']);
    source.set(shirt!.variantIds[0]!, 900);
    await settle();
    source.set(shirt!.variantIds[0]!, 800);
    const held = source.hold();
    const slow = turn(rival);
    await held.reached;
    source.set(shirt!.variantIds[0]!, 700);
    await settle();
    const after = await sourceRow();
    held.release();
    await slow;
    expect(await bounds()).toEqual({ [shirt!.productId]: [700, 700] });
    expect(await sourceRow()).toEqual(after);
  });

  test('is built once by two processes at once', async () => {
    const made = await make(['a', 'b', 'c', 'd']);
    for (const { variantIds } of made) source.set(variantIds[0]!, 100);
    const writes: string[] = [];
    const onQuery = (query: string) => {
      if (query.includes('update products.search_documents')) writes.push(query);
    };
    const processes = [testDb.open('products', { onQuery }), testDb.open('products', { onQuery })];
    await Promise.all(processes.map(settle));
    expect(Object.keys(await bounds())).toHaveLength(4);
    expect(writes).toHaveLength(1);
  });
});

describe('an election', () => {
  test('has one leader, and another one when its session ends', async () => {
    const [one, other] = [createElection(db, 'office'), createElection(rival, 'office')];
    expect(await one.leads()).toBe(true);
    expect(await one.leads()).toBe(true);
    expect(await other.leads()).toBe(false);
    expect(await createElection(rival, 'another office').leads()).toBe(true);
    await one.resign();
    await eventually(async () => expect(await other.leads()).toBe(true));
    expect(await one.leads()).toBe(false);
    await Promise.all([one.resign(), other.resign()]);
  });

  test('is held again after the leader lost its connection', async () => {
    const one = createElection(db, 'lost');
    expect(await one.leads()).toBe(true);
    await rival.sql`select pg_terminate_backend(l.pid) from pg_locks l where l.locktype = 'advisory' and l.objid = hashtext('lost')::bit(32)::bigint::oid and l.granted`;
    await eventually(async () => expect(await one.leads()).toBe(true));
    await one.resign();
  });
});

describe('a running feed', () => {
  test('looks at once when it is told of something new, and only in the process that leads', async () => {
    const [shirt] = await make(['shirt']);
    source.set(shirt!.variantIds[0]!, 900);
    const idle = createFakeSource();
    const election = createElection(db, 'loop');
    const standby = createElection(rival, 'loop');
    expect(await election.leads()).toBe(true);
    const feeds = [
      startFeed({ db, source, election, logger: silentLogger }),
      startFeed({ db: rival, source: idle, election: standby, logger: silentLogger }),
    ];
    await eventually(async () => expect(await bounds()).toEqual({ [shirt!.productId]: [900, 900] }));
    source.set(shirt!.variantIds[0]!, 850);
    for (const feed of feeds) feed.hint();
    await eventually(async () => expect(await bounds()).toEqual({ [shirt!.productId]: [850, 850] }));
    expect(idle.polls).toBe(0);
    for (const feed of feeds) await feed.stop();
    await Promise.all([election.resign(), standby.resign()]);
  });

  test('survives a source that is down', async () => {
    const [shirt] = await make(['shirt']);
    source.goDown();
    const election = createElection(db, 'outage');
    const feed = startFeed({ db, source, election, logger: silentLogger });
    await eventually(() => expect(source.polls).toBeGreaterThan(0));
    source.set(shirt!.variantIds[0]!, 850);
    source.comeBack();
    await eventually(async () => expect(await bounds()).toEqual({ [shirt!.productId]: [850, 850] }));
    await feed.stop();
    await election.resign();
  });
});
