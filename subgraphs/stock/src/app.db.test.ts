import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asService, asStaff } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChannelRow } from './data/channels.ts';
import {
  type Json,
  listeningOnly,
  locationValues,
  makeVariant,
  productsWith,
  reserveThrough,
  run,
  startStock,
  upTo,
} from './fixture.ts';

/** Products has no channels, and so no answer, until the test has made its locations. */
const channels: ChannelRow[] = [];
let testDb: TestDatabase;
let db: Database;
/** Two processes on one bus; the second counts its statements. */
let first: Service;
let second: Service;
const sent: string[] = [];
let berlin: string;
let hamburg: string;
/** What the configuration counts, which is part of every version that clients are told. */
let revision: number;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  const bus = createMemoryBus();
  first = await startStock(testDb.open('stock'), bus, productsWith(channels));
  second = await startStock(
    testDb.open('stock', { onQuery: (query) => sent.push(query) }),
    listeningOnly(bus),
    productsWith(channels),
  );
  const upsert = `mutation ($locations: [LocationUpsert!]!) { locationsUpsert(input: { locations: $locations }) { locationIds } }`;
  const locations = [locationValues('berlin'), { ...locationValues('hamburg'), pickupOffered: false }];
  [berlin, hamburg] = (await run(first, asService(), upsert, { locations })).locationsUpsert.locationIds;
  channels.push({ code: 'web', revision: 1, locationIds: [berlin, hamburg] });
  await eventually(async () =>
    expect(await db.sql`select from stock.channel_locations where channel_code = 'web'`).toHaveLength(1),
  );
  const [row] = await db.sql<{ revision: number }[]>`select revision::int from stock.configuration`;
  revision = row?.revision ?? 0;
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await testDb.drop();
});

const reserve = (variantId: string, quantity: number) =>
  reserveThrough(first, asService('orders'), { variantId, locationId: berlin, quantity });

/** As somebody does who knows how the ledger keeps others out. */
const writePastTheLedger = (variantId: string, damaged: number) =>
  db.sql.begin(async (tx) => {
    await tx`select set_config('stock.booking', 'on', true)`;
    await tx`update stock.levels set damaged = ${damaged} where variant_id = ${variantId}`;
  });

const AVAILABILITY = `query ($ids: [ID!]!) { availability(variantIds: $ids) { variantId status sellableQuantity lowStock version asOf } }`;
const staff = asStaff(['stock:read', 'stock:write']);
/** Beside requests a process sweeps holds and follows its log. */
const isAboutStock = (statement: string) =>
  /stock\.(offers|place_offers|selling_policies|levels|locations)/.test(statement);

describe('availability', () => {
  it('is what can be reserved, and changes with a reservation', async () => {
    const variantId = await makeVariant(db, berlin, 6);
    const unknown = newId();
    const before = await run(first, asGuest(), AVAILABILITY, { ids: [unknown, variantId, 'no id'] });
    expect(before['availability']).toMatchObject([
      { variantId: unknown, status: 'OUT', sellableQuantity: 0, lowStock: true, version: 0 },
      { variantId, status: 'IN_STOCK', sellableQuantity: 6, lowStock: false, version: revision + 1 },
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
    expect(after['availability']).toMatchObject([{ status: 'OUT', sellableQuantity: 0, version: revision + 2 }]);
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
    ).toMatchObject({ status: 'OUT', version: revision + 1 });
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
    expect(sent.filter(isAboutStock)).toHaveLength(1);
    expect(plain['_entities'].slice(0, 6).map((each: Json) => each.availability.sellableQuantity)).toEqual([
      1, 2, 3, 4, 5, 0,
    ]);
    sent.length = 0;
    const pickup = await run(second, asGuest(), query('pickupLocations { code }'), { representations });
    expect(sent.filter(isAboutStock)).toHaveLength(2);
    // Hamburg offers no pickup.
    expect(pickup['_entities'].slice(0, 3).map((each: Json) => each.availability.pickupLocations)).toEqual([
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
    await writePastTheLedger(variantId, 1);
    expect(
      (
        await run(first, staff, `query ($id: ID!) { verifyStock(variantId: $id) { levelCount differenceCount } }`, {
          id: variantId,
        })
      )['verifyStock'],
    ).toEqual({ levelCount: 1, differenceCount: 1 });
    await writePastTheLedger(variantId, 0);
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
      version: revision + 1,
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
      channelAvailability: [{ variantId, sellableQuantity: 3, version: revision + 1 }],
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
    const result = await first.graph('/internal/graphql').execute(
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
