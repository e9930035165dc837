import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { EventBus } from '@kontor/kit/src/events/event.ts';
import type { Call, GraphClient, GraphResult } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { locationValues, makeVariant, upTo } from './fixture.ts';

/** What products would answer; tests change it and publish the event. */
const channels = new Map([['web', { code: 'web', revision: 1, locationIds: [] as string[] }]]);
let productsAnswers = false;
const products: GraphClient = {
  execute: <Data>() => {
    if (!productsAnswers) return Promise.reject(new Error('not yet'));
    return Promise.resolve({ data: { channelStates: [...channels.values()] } } as GraphResult<Data>);
  },
  subscribe: () => {
    throw new Error('nobody subscribes to products');
  },
};

let testDb: TestDatabase;
let db: Database;
let bus: EventBus;
/** Two processes on one bus; the second counts its statements. */
let first: Service;
let second: Service;
const sent: string[] = [];
let berlin: string;
let hamburg: string;

async function startProcess(database: Database, consumers: EventBus): Promise<Service> {
  const { stock: identity } = await createTestIdentities(['stock', 'test']);
  const service = createApp({ db: database, bus: consumers, identity, logger: silentLogger, peers: { products } });
  await service.start();
  return service;
}

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  bus = createMemoryBus();
  first = await startProcess(testDb.open('stock'), bus);
  // A group has one consumer in a process: here the second process only listens.
  second = await startProcess(testDb.open('stock', { onQuery: (query) => sent.push(query) }), {
    ...bus,
    consume: () => Promise.resolve({ stop: () => Promise.resolve() }),
  });
  const made = await run(
    first,
    asService(),
    `mutation ($locations: [LocationUpsert!]!) { locationsUpsert(input: { locations: $locations }) { locationIds createdCount } }`,
    {
      locations: [locationValues('berlin'), { ...locationValues('hamburg'), pickupOffered: false }],
    },
  );
  [berlin, hamburg] = made['locationsUpsert'].locationIds;
  channels.set('web', { code: 'web', revision: 1, locationIds: [berlin, hamburg] });
  productsAnswers = true;
  await eventually(async () =>
    expect(await db.sql`select from stock.channel_locations where channel_code = 'web'`).toHaveLength(1),
  );
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await testDb.drop();
});

/** Asks the public graph, or the internal one as a service, and wants no errors. */
async function run(
  service: Service,
  call: Call,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Record<string, any>> {
  const result = await service
    .graph(call.caller.role === 'service' ? '/internal/graphql' : '/graphql')
    .execute({ query, variables }, call);
  expect(result.errors).toBeUndefined();
  return JSON.parse(JSON.stringify(result.data)) as Record<string, any>;
}

const reserve = async (variantId: string, quantity: number, locationId = berlin, key = newId()) => {
  const { reserve: result } = await run(
    first,
    asService('orders'),
    `mutation ($input: ReserveInput!) { reserve(input: $input) { __typename ... on Reservation { reservationId key status planIndex expiresAt allocations { variantId locationId quantity } }
      ... on InsufficientStock { variants { variantId requested available } } ... on ReservationKeyReused { key } } }`,
    {
      input: { key, channel: 'web', ttlSeconds: 600, plans: [{ allocations: [{ variantId, locationId, quantity }] }] },
    },
  );
  return result;
};

const AVAILABILITY = `query ($ids: [ID!]!) { availability(variantIds: $ids) { variantId status sellableQuantity lowStock version asOf } }`;
const staff = asStaff(['stock:read', 'stock:write']);

describe('availability', () => {
  it('is what can be reserved, and changes with a reservation', async () => {
    const variantId = await makeVariant(db, berlin, 6);
    const unknown = newId();
    const before = await run(first, asGuest(), AVAILABILITY, { ids: [unknown, variantId, 'no id'] });
    expect(before['availability']).toMatchObject([
      { variantId: unknown, status: 'OUT', sellableQuantity: 0, lowStock: true, version: 0 },
      { variantId, status: 'IN_STOCK', sellableQuantity: 6, lowStock: false, version: 1 },
      { variantId: 'no id', status: 'OUT', sellableQuantity: 0, version: 0 },
    ]);
    expect(await reserve(variantId, 7)).toEqual({
      __typename: 'InsufficientStock',
      variants: [{ variantId, requested: 7, available: 6 }],
    });
    expect(await reserve(variantId, 6)).toMatchObject({
      __typename: 'Reservation',
      status: 'HELD',
      allocations: [{ variantId, locationId: berlin, quantity: 6 }],
    });
    const after = await run(second, asGuest(), AVAILABILITY, { ids: [variantId] });
    expect(after['availability']).toMatchObject([{ status: 'OUT', sellableQuantity: 0, version: 2 }]);
  });

  it('shows the public no more than 999 units, and staff all', async () => {
    const variantId = await makeVariant(db, berlin, 5_000);
    expect((await run(first, asGuest(), AVAILABILITY, { ids: [variantId] }))['availability'][0].sellableQuantity).toBe(
      999,
    );
    expect((await run(first, staff, AVAILABILITY, { ids: [variantId] }))['availability'][0].sellableQuantity).toBe(
      5_000,
    );
  });

  it('is nothing in a channel that has no locations', async () => {
    const variantId = await makeVariant(db, berlin, 5);
    expect(
      (await run(first, asGuest('unheard-of'), AVAILABILITY, { ids: [variantId] }))['availability'][0],
    ).toMatchObject({ status: 'OUT', version: 1 });
  });

  it('costs one statement for 200 entities, and one more with pickup locations', async () => {
    const variantIds = await Promise.all(upTo(5).map((index) => makeVariant(db, index % 2 ? berlin : hamburg, index)));
    const representations = [...variantIds, ...upTo(195).map(() => newId())].map((id) => ({
      __typename: 'ProductVariant',
      id,
    }));
    const query = (fields: string) =>
      `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ProductVariant { availability { sellableQuantity ${fields} } } } }`;
    await run(second, asGuest(), query(''), { representations });
    sent.length = 0;
    const plain = await run(second, asGuest(), query(''), { representations });
    expect(sent.filter((statement) => statement.includes('variant_versions'))).toHaveLength(1);
    expect(plain['_entities'].slice(0, 6).map((each: any) => each.availability.sellableQuantity)).toEqual([
      1, 2, 3, 4, 5, 0,
    ]);
    sent.length = 0;
    const pickup = await run(second, asGuest(), query('pickupLocations { code }'), { representations });
    expect(sent.filter((statement) => /stock\.(variant_versions|levels|locations)/.test(statement))).toHaveLength(2);
    // Hamburg offers no pickup.
    expect(pickup['_entities'].slice(0, 3).map((each: any) => each.availability.pickupLocations)).toEqual([
      [{ code: 'berlin' }],
      [],
      [{ code: 'berlin' }],
    ]);
  });
});

describe('staff', () => {
  it('receive and count, and read levels and the ledger by pages', async () => {
    const variantId = newId();
    const receive = `mutation ($input: StockReceiveInput!) { stockReceive(input: $input) { __typename ... on StockChanged { level { available onHand location { code } variant { id availability { sellableQuantity } } } } ... on UserError { code path } } }`;
    const input = { variantId, locationId: berlin, quantity: 10, idempotencyKey: newId() };
    expect((await run(first, staff, receive, { input }))['stockReceive']).toMatchObject({
      __typename: 'StockChanged',
      level: {
        available: 10,
        onHand: 10,
        location: { code: 'berlin' },
        variant: { id: variantId, availability: { sellableQuantity: 10 } },
      },
    });
    expect((await run(first, staff, receive, { input: { ...input, quantity: 11 } }))['stockReceive']).toEqual({
      __typename: 'IdempotencyKeyReused',
      code: 'IDEMPOTENCY_KEY_REUSED',
      path: ['input', 'idempotencyKey'],
    });
    expect((await run(first, staff, receive, { input: { ...input, locationId: 'x' } }))['stockReceive']).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'locationId'],
    });
    const count = `mutation ($input: StockCountInput!) { stockCount(input: $input) { __typename ... on QuantityMismatch { currentQuantity path } } }`;
    expect(
      (
        await run(first, staff, count, {
          input: { variantId, locationId: berlin, countedQuantity: 8, expectedQuantity: 9, idempotencyKey: newId() },
        })
      )['stockCount'],
    ).toMatchObject({ __typename: 'QuantityMismatch', currentQuantity: 10 });
    await reserve(variantId, 2);

    const ledger = `query ($id: ID!, $after: Cursor) { stockLedger(variantId: $id, first: 1, after: $after) { edges { cursor node { kind quantity cause version bookedAt } } pageInfo { hasNextPage endCursor } } }`;
    const { stockLedger: page } = await run(first, staff, ledger, { id: variantId });
    expect(page).toMatchObject({
      edges: [{ node: { kind: 'RESERVED', quantity: 2, version: 2 } }],
      pageInfo: { hasNextPage: true },
    });
    const { stockLedger: last } = await run(first, staff, ledger, { id: variantId, after: page.pageInfo.endCursor });
    expect(last).toMatchObject({
      edges: [{ node: { kind: 'RECEIVED', quantity: 10, version: 1 } }],
      pageInfo: { hasNextPage: false },
    });
    const { stockLevels } = await run(
      first,
      staff,
      `query ($id: ID!) { stockLevels(variantId: $id) { available reserved onHand } }`,
      { id: variantId },
    );
    expect(stockLevels).toEqual([{ available: 8, reserved: 2, onHand: 10 }]);
    expect((await run(first, staff, `{ verifyStock { differenceCount } }`))['verifyStock']).toEqual({
      differenceCount: 0,
    });
  });

  it('find a level that was written past the ledger', async () => {
    const variantId = await makeVariant(db, berlin, 3);
    await db.sql`update stock.levels set damaged = 1 where variant_id = ${variantId}`;
    expect(
      (
        await run(first, staff, `query ($id: ID!) { verifyStock(variantId: $id) { levelCount differenceCount } }`, {
          id: variantId,
        })
      )['verifyStock'],
    ).toEqual({ levelCount: 1, differenceCount: 1 });
    await db.sql`update stock.levels set damaged = 0 where variant_id = ${variantId}`;
  });

  it('are who may: guests and staff without the scope are refused, and nothing changes', async () => {
    const variantId = await makeVariant(db, berlin, 3);
    const refused = `mutation ($input: StockReceiveInput!) { stockReceive(input: $input) { __typename } }`;
    const variables = { input: { variantId, locationId: berlin, quantity: 1, idempotencyKey: newId() } };
    for (const call of [asGuest(), asStaff(['stock:read'])]) {
      const result = await first.graph().execute({ query: refused, variables }, call);
      expect(result.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
    }
    const internal = await first
      .graph('/internal/graphql')
      .execute({ query: `mutation { reservationRelease(key: "k") { done } }` }, asStaff(['stock:write']));
    expect(internal.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
    expect((await run(first, staff, AVAILABILITY, { ids: [variantId] }))['availability'][0]).toMatchObject({
      sellableQuantity: 3,
      version: 1,
    });
  });
});

describe('services', () => {
  it('read candidates, availability and locations, and end reservations', async () => {
    const variantId = await makeVariant(db, berlin, 3);
    const query = `query ($id: ID!, $locations: [ID!]!) { stockCandidates(channel: "web", variantIds: [$id, "x"]) { location { locationId code revision } levels { variantId available } }
      channelAvailability(channel: "web", variantIds: [$id]) { variantId sellableQuantity version } locationStates(ids: $locations) { locationId kind } }`;
    expect(await run(first, asService(), query, { id: variantId, locations: [hamburg, 'x', berlin] })).toEqual({
      stockCandidates: [
        { location: { locationId: berlin, code: 'berlin', revision: 1 }, levels: [{ variantId, available: 3 }] },
      ],
      channelAvailability: [{ variantId, sellableQuantity: 3, version: 1 }],
      locationStates: [{ locationId: hamburg, kind: 'STORE' }, null, { locationId: berlin, kind: 'STORE' }],
    });
    const { key } = await reserve(variantId, 1);
    const end = `mutation ($key: String!) { reservationCommit(key: $key) { done status } reservationRelease(key: $key) { done status } }`;
    expect(await run(first, asService(), end, { key })).toEqual({
      reservationCommit: { done: true, status: 'COMMITTED' },
      reservationRelease: { done: false, status: 'COMMITTED' },
    });
    expect(
      (await run(first, asService(), `query ($key: String!) { reservation(key: $key) { status } }`, { key }))[
        'reservation'
      ],
    ).toEqual({ status: 'COMMITTED' });
  });

  it('hear which argument of a reservation is wrong', async () => {
    const result = await first
      .graph('/internal/graphql')
      .execute(
        {
          query: `mutation { reserve(input: { key: "k", channel: "web", ttlSeconds: 60, plans: [{ allocations: [{ variantId: "x", locationId: "y", quantity: 1 }] }] }) { __typename } }`,
        },
        asService(),
      );
    expect(result.errors?.[0]).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', path: ['input', 'plans', '0', 'allocations'] },
    });
  });
});

const WATCH = `subscription ($ids: [ID!]!) { availabilityChanged(variantIds: $ids, since: []) { snapshot variants { variantId sellableQuantity version } } }`;
const watch = (service: Service, ids: string[], call = asGuest()) =>
  service.graph().subscribe<any>({ query: WATCH, variables: { ids } }, call)[Symbol.asyncIterator]();
const next = async (events: AsyncIterator<GraphResult<any>>) => {
  const { value, done } = await events.next();
  return done ? 'done' : JSON.parse(JSON.stringify((value as GraphResult<any>).data?.availabilityChanged ?? value));
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
    for (const _ of upTo(20)) await reserve(variantId, 1);
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
    channels.set('pos', { code: 'pos', revision: 1, locationIds: [berlin] });
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
    const feed = second.graph('/internal/graphql').subscribe<any>({ query }, asService('web'))[Symbol.asyncIterator]();
    const event = async () => ((await feed.next()).value as GraphResult<any>).data.availabilityFeed;
    expect(await event()).toEqual({ resync: false, variants: [] });
    await reserve(variantId, 4);
    const told = new Map<string, any>();
    while (told.get(variantId)?.version !== 2)
      for (const each of (await event()).variants) told.set(each.variantId, each);
    expect(told.get(variantId)).toEqual({ variantId, sellableQuantity: 5, version: 2 });
    await feed.return?.();
  });
});
