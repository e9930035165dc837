import type { Database } from '@kontor/kit/src/database.ts';
import type { EventBus } from '@kontor/kit/src/events/event.ts';
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
  await saveChannel(db, web);
  first = await startStock(testDb.open('stock'), bus, productsWith([web]));
  second = await startStock(testDb.open('stock'), listeningOnly(bus), productsWith([web]));
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await testDb.drop();
});

const reserve = (variantId: string, quantity: number) =>
  reserveThrough(first, asService('orders'), { variantId, locationId: berlin, quantity });

const WATCH = `subscription ($ids: [ID!]!) { availabilityChanged(variantIds: $ids, since: []) { snapshot variants { variantId sellableQuantity version } } }`;
const watch = (service: Service, ids: string[], call = asGuest()) =>
  service.graph().subscribe<Json>({ query: WATCH, variables: { ids } }, call)[Symbol.asyncIterator]();
const next = async (events: AsyncIterator<GraphResult<Json>>) => {
  const { value, done } = await events.next();
  return done ? 'done' : JSON.parse(JSON.stringify(value.data?.availabilityChanged ?? value));
};

describe('availabilityChanged', () => {
  it('begins with a snapshot of all, then tells a higher version, in the process that sold and in the other', async () => {
    const [variantId, other] = [await makeVariant(db, berlin, 5), newId()];
    const clients = [watch(first, [variantId, other]), watch(second, [variantId, other])];
    for (const client of clients)
      expect(await next(client)).toEqual({
        snapshot: true,
        variants: [
          { variantId, sellableQuantity: 5, version: 1 },
          { variantId: other, sellableQuantity: 0, version: 0 },
        ],
      });
    await reserve(variantId, 2);
    for (const client of clients) {
      expect(await next(client)).toEqual({
        snapshot: false,
        variants: [{ variantId, sellableQuantity: 3, version: 2 }],
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
      expect(await db.sql`select from stock.outbox where key = ${variantId} and published_at is null`).toHaveLength(0),
    );
    const seen: number[] = [];
    while (seen.at(-1) !== 21) seen.push((await next(client)).variants[0].version);
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
    expect(await waiting).toMatchObject({ snapshot: true, variants: [{ sellableQuantity: 0, version: 1 }] });
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
    const query = `subscription { availabilityFeed(channel: "web") { resync variants { variantId sellableQuantity version } } }`;
    const feed = second.graph('/internal/graphql').subscribe<Json>({ query }, asService('web'))[Symbol.asyncIterator]();
    const event = async () => ((await feed.next()).value as GraphResult<Json>).data.availabilityFeed;
    expect(await event()).toEqual({ resync: false, variants: [] });
    await reserve(variantId, 4);
    const told = new Map<string, Json>();
    while (told.get(variantId)?.version !== 2)
      for (const each of (await event()).variants) told.set(each.variantId, each);
    expect(told.get(variantId)).toEqual({ variantId, sellableQuantity: 5, version: 2 });
    await feed.return?.();
  });
});
