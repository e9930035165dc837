import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus } from '@kontor/kit/src/events/event.ts';
import { encodeCursor } from '@kontor/kit/src/connection.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asService } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveChannel } from './data/channels.ts';
import {
  type Json,
  listeningOnly,
  locationValues,
  makeVariant,
  productsWith,
  reserveThrough,
  startStock,
  upTo,
} from './fixture.ts';
import { upsertLocations } from './commands/upsert-locations.ts';

let testDb: TestDatabase;
let db: Database;
let bus: EventBus;
/** Two processes on one bus. */
let first: Service;
let second: Service;
let berlin: string;
let hamburg: string;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  bus = createMemoryBus();
  const { locationIds } = await upsertLocations(db, [locationValues('berlin'), locationValues('hamburg')]);
  [berlin, hamburg] = locationIds as [string, string];
  const web = { code: 'web', revision: 1, locationIds };
  first = await startStock(testDb.open('stock'), bus, productsWith([web]));
  second = await startStock(testDb.open('stock'), listeningOnly(bus), productsWith([web]));
  await tellsToReadAgain(() => saveChannel(db, web));
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await testDb.drop();
});

/** What the configuration counts, which is part of every version that clients are told. */
async function revision(): Promise<number> {
  const [row] = await db.sql<{ revision: number }[]>`select revision::int from stock.configuration`;
  return row?.revision ?? 0;
}
const reserve = (variantId: string, quantity: number) =>
  reserveThrough(first, asService('orders'), { variantId, locationId: berlin, quantity });

async function versionOf(variantId: string): Promise<number> {
  const [row] = await db.sql<{ version: number }[]>`
    select version::int from stock.variant_versions where variant_id = ${variantId}`;
  return row?.version ?? 0;
}

const WATCH = `subscription ($ids: [ID!]!) { availabilityChanged(variantIds: $ids, since: []) { snapshot variants { variantId sellableQuantity version } } }`;
const watch = (service: Service, ids: string[], call = asGuest()) =>
  service.graph().subscribe<Json>({ query: WATCH, variables: { ids } }, call)[Symbol.asyncIterator]();
const next = async (events: AsyncIterator<GraphResult<Json>>) => {
  const { value, done } = await events.next();
  return done ? 'done' : JSON.parse(JSON.stringify(value.data?.availabilityChanged ?? value));
};

const FEED = `subscription ($after: Cursor) { availabilityFeed(channel: "web", after: $after) { resync cursor variants { variantId sellableQuantity version } } }`;
const open = (service: Service, after: string | null = null) => {
  const events = service
    .graph('/internal/graphql')
    .subscribe<Json>({ query: FEED, variables: { after } }, asService('web'))
    [Symbol.asyncIterator]();
  return {
    event: async (): Promise<Json> => {
      const { value } = (await events.next()) as { value: GraphResult<Json> };
      return value.errors ? value : JSON.parse(JSON.stringify(value.data.availabilityFeed));
    },
    close: () => events.return?.(),
  };
};
/** Changes what is configured, and waits until both processes have told whoever is there to read everything. */
async function tellsToReadAgain(change: () => Promise<unknown>): Promise<void> {
  const feeds = [open(first), open(second)];
  for (const feed of feeds) await feed.event();
  await change();
  for (const feed of feeds) {
    expect(await feed.event()).toMatchObject({ resync: true, variants: [] });
    await feed.close();
  }
}

describe('availabilityChanged', () => {
  it('begins with a snapshot of all, then tells a higher version, in the process that sold and in the other', async () => {
    const [variantId, other] = [await makeVariant(db, berlin, 5), newId()];
    const clients = [watch(first, [variantId, other]), watch(second, [variantId, other])];
    for (const client of clients)
      expect(await next(client)).toEqual({
        snapshot: true,
        variants: [
          { variantId, sellableQuantity: 5, version: (await revision()) + 1 },
          { variantId: other, sellableQuantity: 0, version: 0 },
        ],
      });
    await reserve(variantId, 2);
    for (const client of clients) {
      expect(await next(client)).toEqual({
        snapshot: false,
        variants: [{ variantId, sellableQuantity: 3, version: (await revision()) + 2 }],
      });
      await client.return?.();
    }
  });

  it('gives a slow client the latest of each variant instead of everything', async () => {
    const variantId = await makeVariant(db, berlin, 30);
    const client = watch(first, [variantId]);
    await next(client);
    await Promise.all(upTo(20).map(() => reserve(variantId, 1)));
    await eventually(async () =>
      expect(
        await db.sql`select from stock.outbox where payload::text like ${`%${variantId}%`} and published_at is null`,
      ).toHaveLength(0),
    );
    const seen: number[] = [];
    const last = (await versionOf(variantId)) + (await revision());
    while (seen.at(-1) !== last) seen.push((await next(client)).variants[0].version);
    expect(seen.length).toBeLessThanOrEqual(2);
    await client.return?.();
  });

  it('ends when its client goes while nothing happens', async () => {
    const variantId = await makeVariant(db, berlin, 1);
    const gone = new AbortController();
    const client = watch(first, [variantId], { ...asGuest(), signal: gone.signal });
    await next(client);
    const waiting = next(client);
    await new Promise((resolve) => setImmediate(resolve));
    gone.abort();
    expect(await waiting).toBe('done');
  });

  it('takes at most 100 variants', async () => {
    const client = watch(
      first,
      upTo(101).map(() => newId()),
    );
    expect(await next(client)).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  it('sends a snapshot again when the locations of the channel change', async () => {
    const variantId = await makeVariant(db, berlin, 4);
    const publish = (revision: number, locationIds: string[]) =>
      bus.publish([
        {
          eventId: newId(),
          topic: 'products.channel.changed',
          key: 'pos',
          occurredAt: new Date().toISOString(),
          payload: { code: 'pos', revision, locationIds },
        },
      ]);
    await publish(1, [berlin]);
    const client = watch(second, [variantId], asGuest('pos'));
    expect(await next(client)).toMatchObject({ snapshot: true, variants: [{ sellableQuantity: 4 }] });
    const waiting = next(client);
    await publish(2, [hamburg]);
    expect(await waiting).toMatchObject({
      snapshot: true,
      variants: [{ sellableQuantity: 0, version: (await revision()) + 1 }],
    });
    await publish(1, [berlin]);
    expect(await db.sql`select revision from stock.channel_locations where channel_code = 'pos'`).toEqual([
      { revision: 2 },
    ]);
    await client.return?.();
  });
});

describe('availabilityFeed', () => {
  it('says that it is established, then tells every variant of the channel', async () => {
    const variantId = await makeVariant(db, berlin, 9);
    const feed = open(second);
    expect(await feed.event()).toEqual({ resync: false, variants: [], cursor: expect.any(String) });
    await reserve(variantId, 4);
    const told = new Map<string, Json>();
    const version = (await revision()) + 2;
    while (told.get(variantId)?.version !== version)
      for (const each of (await feed.event()).variants) told.set(each.variantId, each);
    expect(told.get(variantId)).toEqual({ variantId, sellableQuantity: 5, version });
    await feed.close();
  });

  it('begins with what changed meanwhile when it is resumed, in whichever process', async () => {
    const sold = await makeVariant(db, berlin, 9);
    await makeVariant(db, berlin, 3);
    const feed = open(first);
    const { cursor } = await eventually(async () => {
      // Until what was made before is settled, it may come again.
      const again = open(first);
      const { cursor: at } = await again.event();
      await again.close();
      const resumed = open(first, at);
      const event = await resumed.event();
      await resumed.close();
      expect(event.variants).toEqual([]);
      return event;
    });
    await feed.close();
    await reserve(sold, 2);
    for (const process of [first, second]) {
      const resumed = open(process, cursor);
      const event = await resumed.event();
      expect(event).toEqual({
        resync: false,
        cursor: expect.any(String),
        variants: [{ variantId: sold, sellableQuantity: 7, version: (await revision()) + 2 }],
      });
      await resumed.close();
    }
  });

  it('tells when it is resumed also what an older transaction, which still runs, keeps from being settled', async () => {
    const variantId = await makeVariant(db, berlin, 9);
    const session = await testDb.open('stock', { max: 1 }).sql.reserve();
    await session`begin`;
    await session`select pg_current_xact_id()`;
    const feed = open(first);
    const { cursor } = await feed.event();
    await feed.close();
    await reserve(variantId, 1);
    // The bus has told it while nobody followed the feed: it will not tell it again.
    await eventually(async () =>
      expect(await db.sql`select from stock.outbox where published_at is null`).toHaveLength(0),
    );
    const resumed = open(first, cursor);
    const event = await resumed.event();
    expect(event.variants.at(-1)).toMatchObject({ variantId, sellableQuantity: 8 });
    await resumed.close();
    await session`commit`;
    session.release();
  });

  it('asks to read everything when the configuration changes, and who comes back after it', async () => {
    const feed = open(first);
    const { cursor } = await feed.event();
    await feed.close();
    await tellsToReadAgain(() => saveChannel(db, { code: `other-${newId()}`, revision: 1, locationIds: [hamburg] }));
    const resumed = open(first, cursor);
    expect(await resumed.event()).toEqual({ resync: true, variants: [], cursor: expect.any(String) });
    await resumed.close();
  });

  it('is refused behind a cursor that it did not give out', async () => {
    for (const after of ['nonsense', encodeCursor(['berlin'])]) {
      const feed = open(first, after);
      expect(await feed.event()).toMatchObject({
        errors: [{ extensions: { code: 'BAD_USER_INPUT', path: ['after'] } }],
      });
      await feed.close();
    }
  });

  it('keeps a copy right that breaks off and resumes all the time while many sell, and tells no version that falls', async () => {
    const variantIds = await Promise.all(upTo(8).map(() => makeVariant(db, berlin, 60)));
    const begun = open(first);
    let { cursor } = await begun.event();
    await begun.close();
    const copy = new Map<string, { sellableQuantity: number; version: number }>();
    const take = (variants: Json[], within: Map<string, number>) => {
      for (const { variantId, sellableQuantity, version } of variants) {
        expect(version).toBeGreaterThan(within.get(variantId) ?? -1);
        within.set(variantId, version);
        if (version >= (copy.get(variantId)?.version ?? -1)) copy.set(variantId, { sellableQuantity, version });
      }
    };
    const isComplete = async () => {
      const counts = await Promise.all(variantIds.map(versionOf));
      const base = await revision();
      return variantIds.every((id, index) => copy.get(id)?.version === (counts[index] ?? 0) + base);
    };
    let selling = true;
    const selled = Promise.all(upTo(160).map((index) => reserve(variantIds[(index * 5) % 8] as string, 1))).then(
      () => (selling = false),
    );
    for (let turn = 0; selling || !(await isComplete()); turn += 1) {
      const feed = open(turn % 2 ? first : second, cursor);
      const within = new Map<string, number>();
      for (let events = 0; events <= turn % 3; events += 1) {
        // The first event comes at once; whether others do depends on what is sold.
        if (events > 0 && !selling) break;
        const event = await feed.event();
        expect(event.resync).toBe(false);
        take(event.variants, within);
        cursor = event.cursor;
      }
      await feed.close();
    }
    await selled;
    for (const id of variantIds) expect(copy.get(id)?.sellableQuantity).toBe(40);
  });
});
