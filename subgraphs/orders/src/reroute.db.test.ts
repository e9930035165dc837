import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createPsp, type Psp } from '@kontor/psp/src/app.ts';
import { asGuest, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { createCartTokens } from './cart-tokens.ts';
import { createGuestKeys } from './guest-keys.ts';
import { rerouteOrders } from './commands/reroute-orders.ts';
import { resumeCheckouts } from './commands/resume-checkouts.ts';
import { consumeShortedReservations } from './consumers/stock-reservation-shorted.ts';
import { type CheckoutPoint, type Orders, ProcessDied } from './dependencies.ts';
import type { PaymentProvider } from './payments/provider.ts';
import { createStripeProvider } from './payments/stripe.ts';
import { type Answer, mutate, purchase, send } from './testing/documents.ts';
import { createSimulatedPeers, type SimulatedPeers } from './testing/peers.ts';
import type { SimulatedShortage } from './testing/stock.ts';

const SECRET_KEY = 'sk_test_kontor_demo';
const guest = asGuest();
const reader = asStaff(['orders:read']);
const writer = asStaff(['orders:read', 'orders:write']);
const bus = createMemoryBus();

let database: TestDatabase;
let db: Database;
let psp: Psp;
let payments: PaymentProvider;
let world: SimulatedPeers;
let mug: string;
let berlin: string;
let munich: string;

beforeAll(async () => {
  database = await createTestDatabase(['orders', 'psp']);
  db = database.open('orders', { max: 4 });
  psp = createPsp({ db: database.open('psp'), secretKey: SECRET_KEY, logger: silentLogger });
  const port = await psp.listen(0, '127.0.0.1');
  payments = createStripeProvider({ secretKey: SECRET_KEY, baseUrl: `http://127.0.0.1:${port}` });
  await consumeShortedReservations(bus, db);
});
beforeEach(async () => {
  await db.sql`delete from orders.reroutings`;
  world = createSimulatedPeers();
  mug = world.addVariant(1_190);
  berlin = world.stock.addLocation({ latitude: 52.52, longitude: 13.4, postalCode: '10115', pickupOffered: true });
  munich = world.stock.addLocation({ latitude: 48.14, longitude: 11.58, postalCode: '80331' });
  world.stock.setLevel(berlin, mug, 3);
});
afterAll(async () => {
  await psp.stop();
  await database.drop();
});

/** What a process of orders works with that routes again when a test says so. It dies at `diesAt`; its clock in SQL is ahead by `nowOffset`. */
function worker({ diesAt, nowOffset }: { diesAt?: CheckoutPoint; nowOffset?: string } = {}): Orders {
  const pool = nowOffset ? database.open('orders', { max: 2, nowOffset }) : db;
  return {
    db: pool,
    logger: silentLogger,
    peers: world.peers,
    payments,
    cartTokens: createCartTokens(pool),
    guestKeys: createGuestKeys(pool),
    underWay: new Map(),
    faults: (point) => {
      if (point === diesAt) throw new ProcessDied(point);
    },
  };
}

async function createService(diesAt?: CheckoutPoint, on = createMemoryBus()): Promise<Service> {
  const { orders: identity } = await createTestIdentities(['orders']);
  // A service closes its pool when it stops.
  const pool = database.open('orders', { max: 4 });
  return createApp({ ...worker(diesAt ? { diesAt } : {}), db: pool, bus: on, identity });
}

/** Buys three mugs, in a process that is gone afterwards, so that tests decide who routes again and when. */
async function buy(changes: object = {}): Promise<{ id: string; token: string; key: string }> {
  const service = await createService();
  await service.start();
  const cart = await eventually(() => mutate(service, guest, 'create', { lines: [{ variantId: mug, quantity: 3 }] }));
  const { order } = await mutate(service, guest, 'checkout', purchase(cart, changes));
  await service.stop();
  const [row] = await db.sql<
    { key: string }[]
  >`select reservation_key as key from orders.orders where order_id = ${order.id}`;
  return { id: order.id, token: cart.token, key: row!.key };
}

/** Orders hears of what stock lost. @returns the events, to be told again. */
async function tell(shortages: readonly SimulatedShortage[]) {
  const events = shortages.map((payload) => ({
    eventId: newId(),
    topic: 'stock.reservation.shorted',
    key: payload.key,
    occurredAt: new Date().toISOString(),
    payload,
  }));
  await bus.publish(events);
  return events;
}
const damage = async (quantity: number, locationId = berlin) => tell(world.stock.damage(locationId, mug, quantity));

/** What the locations send, as orders keeps it, by location. */
async function fulfilmentOf(orderId: string): Promise<Record<string, number>> {
  const rows = await db.sql<{ location: string; units: number }[]>`
    select f.location_id as location, sum(l.quantity)::int as units from orders.fulfilment_orders f
    left join orders.fulfilment_order_lines l using (fulfilment_order_id) where f.order_id = ${orderId} group by f.location_id`;
  return Object.fromEntries(rows.map((row) => [row.location, row.units]));
}
/** What stock has for the order, by location. */
const committedFor = (key: string): Record<string, number> =>
  Object.fromEntries(
    world.stock.reservations.get(key)!.allocations.map((each) => [each.locationId, each.quantity - each.shorted]),
  );
async function stateOf(orderId: string) {
  const [row] = await db.sql`
    select state, reason, refusal_count as refusals, lease_owner as "leaseOwner" from orders.reroutings where order_id = ${orderId}`;
  return row ?? null;
}
const eventsOf = async (orderId: string, topic: string) =>
  (
    await db.sql<{ payload: Answer }[]>`
      select payload from orders.outbox where topic = ${topic} and key = ${orderId} order by seq`
  ).map((row) => row.payload);

async function ask(call: Call, query: string, variables: object = {}): Promise<Answer> {
  const service = await createService();
  const result = await service.graph().execute<Answer>({ query, variables: { ...variables } }, call);
  const [error] = result.errors ?? [];
  if (error) throw new Error(String(error.extensions?.['code']));
  return result.data;
}
const EXCEPTION = 'kind reason since order { id }';
const exceptions = async (call: Call, first = 50, after: string | null = null): Promise<Answer> =>
  (
    await ask(
      call,
      `query ($first: Int, $after: Cursor) { orderExceptions(first: $first, after: $after) { edges { cursor node { ${EXCEPTION} } } pageInfo { hasNextPage endCursor } } }`,
      { first, after },
    )
  ).orderExceptions;
const reroute = async (call: Call, orderId: string): Promise<Answer> =>
  (
    await ask(
      call,
      `mutation ($id: ID!) { orderReroute(input: { orderId: $id }) { __typename ... on UserError { code path } ... on OrderUnroutable { reason }
        ... on OrderRerouted { order { id exception { reason } fulfilmentOrders { location { id } lines { quantity } } } } } }`,
      { id: orderId },
    )
  ).orderReroute;

const MOVED = { state: 'moved', reason: null, refusals: 0, leaseOwner: null };

describe('an order that lost units', () => {
  test('moves to a location that has all of it, its fulfilment orders follow, and an event says so', async () => {
    const { id, key } = await buy();
    world.stock.setLevel(munich, mug, 5);
    await damage(2);
    expect(await rerouteOrders(worker())).toBe(1);
    expect(committedFor(key)).toEqual({ [munich]: 3 });
    expect(await fulfilmentOf(id)).toEqual({ [munich]: 3 });
    expect([world.stock.levelOf(berlin, mug), world.stock.levelOf(munich, mug)]).toEqual([1, 2]);
    expect(await stateOf(id)).toEqual(MOVED);
    expect(await eventsOf(id, 'orders.order.rerouted')).toEqual([
      {
        orderId: id,
        number: expect.stringMatching(/^K-\d+$/) as string,
        channel: 'web',
        allocations: [{ variantId: mug, locationId: munich, quantity: 3 }],
      },
    ]);
    expect(await rerouteOrders(worker({ nowOffset: '1 hour' }))).toBe(0);
  });

  test('keeps what it has where nothing else is free, and the fulfilment order there stays the same', async () => {
    const { id, key } = await buy();
    const idOf = async () =>
      db.sql`select fulfilment_order_id from orders.fulfilment_orders where order_id = ${id} and location_id = ${berlin}`;
    const before = await idOf();
    world.stock.setLevel(munich, mug, 2);
    await damage(1);
    await rerouteOrders(worker());
    expect(committedFor(key)).toEqual({ [berlin]: 2, [munich]: 1 });
    expect(await fulfilmentOf(id)).toEqual({ [berlin]: 2, [munich]: 1 });
    expect(await idOf()).toEqual(before);
    expect(await stateOf(id)).toEqual(MOVED);
  });

  test('is routed once however often the event is delivered', async () => {
    const { id } = await buy();
    world.stock.setLevel(munich, mug, 5);
    const events = await damage(1);
    await rerouteOrders(worker());
    await bus.publish(events);
    expect(await rerouteOrders(worker())).toBe(0);
    expect(await eventsOf(id, 'orders.order.rerouted')).toHaveLength(1);
  });

  test('is found by the key of its reservation after its checkout was forgotten', async () => {
    const { id } = await buy();
    await db.sql`delete from orders.checkouts where order_id = ${id}`;
    world.stock.setLevel(munich, mug, 3);
    await damage(1);
    await rerouteOrders(worker());
    expect(await stateOf(id)).toEqual(MOVED);
  });

  test('waits while stock does not answer, which does not count as a refusal', async () => {
    const { id } = await buy();
    world.stock.setLevel(munich, mug, 3);
    await damage(1);
    world.down.add('stock');
    for (const nowOffset of ['0 seconds', '2 minutes', '4 minutes', '6 minutes'])
      expect(await rerouteOrders(worker({ nowOffset }))).toBe(1);
    expect(await stateOf(id)).toEqual({ state: 'pending', reason: null, refusals: 0, leaseOwner: null });
    world.down.delete('stock');
    await rerouteOrders(worker({ nowOffset: '8 minutes' }));
    expect(await stateOf(id)).toEqual(MOVED);
  });

  test('waits for its placement when the process died between the commitment and the order', async () => {
    const dying = await createService('commit-answered');
    await dying.start();
    const cart = await eventually(() => mutate(dying, guest, 'create', { lines: [{ variantId: mug, quantity: 3 }] }));
    await expect(mutate(dying, guest, 'checkout', purchase(cart))).rejects.toThrow('INTERNAL');
    await dying.stop();
    world.stock.setLevel(munich, mug, 3);
    await damage(1);
    expect(await rerouteOrders(worker())).toBe(1);
    expect(world.stock.moveCount).toBe(0);
    await resumeCheckouts(worker({ nowOffset: '1 minute' }));
    const [order] = await db.sql<
      { id: string }[]
    >`select order_id as id from orders.orders where cart_id = ${cart.cart.id}`;
    await rerouteOrders(worker({ nowOffset: '1 minute' }));
    expect(await stateOf(order!.id)).toEqual(MOVED);
    expect(await fulfilmentOf(order!.id)).toEqual({ [munich]: 3 });
  });
});

test('units that a hold lost, and reservations of others, are nothing to route again', async () => {
  const { key } = await buy();
  const [shortage] = world.stock.damage(berlin, mug, 1);
  await tell([
    { ...shortage!, status: 'HELD' },
    { ...shortage!, key: 'till:4711' },
    { ...shortage!, key: `checkout:${newId()}` },
    { ...shortage!, key: `${key}:2` },
  ]);
  expect(await rerouteOrders(worker())).toBe(0);
  expect(await db.sql`select 1 from orders.reroutings`).toHaveLength(0);
});

describe('a process that routes again', () => {
  test('and dies after the move leaves an order that another one finishes without moving it again', async () => {
    const { id, key } = await buy();
    world.stock.setLevel(munich, mug, 3);
    await damage(1);
    // The rerouter survives a failed order; only that order is left as it was.
    await rerouteOrders(worker({ diesAt: 'move-answered' }));
    expect(await fulfilmentOf(id)).toEqual({ [berlin]: 3 });
    expect(await rerouteOrders(worker())).toBe(0);
    expect(await rerouteOrders(worker({ nowOffset: '2 minutes' }))).toBe(1);
    expect(world.stock.moveCount).toBe(1);
    expect(committedFor(key)).toEqual({ [munich]: 3 });
    expect(await fulfilmentOf(id)).toEqual({ [munich]: 3 });
    expect(await eventsOf(id, 'orders.order.rerouted')).toHaveLength(1);
  });

  test('and dies after it has kept everything leaves nothing to do', async () => {
    const { id } = await buy();
    world.stock.setLevel(munich, mug, 3);
    await damage(1);
    await rerouteOrders(worker({ diesAt: 'rerouted' }));
    expect(await rerouteOrders(worker({ nowOffset: '2 minutes' }))).toBe(0);
    expect(await stateOf(id)).toEqual(MOVED);
    expect(await eventsOf(id, 'orders.order.rerouted')).toHaveLength(1);
  });

  test('beside another one takes other orders: each is moved once', async () => {
    world.stock.setLevel(berlin, mug, 12);
    const bought = [await buy(), await buy(), await buy(), await buy()];
    world.stock.setLevel(munich, mug, 12);
    await damage(12);
    const taken = await Promise.all([rerouteOrders(worker()), rerouteOrders(worker())]);
    expect(taken[0] + taken[1]).toBe(4);
    expect(world.stock.moveCount).toBe(4);
    for (const { id } of bought) {
      expect(await fulfilmentOf(id)).toEqual({ [munich]: 3 });
      expect(await eventsOf(id, 'orders.order.rerouted')).toHaveLength(1);
    }
  });

  test('and stood still while another one finished has the order looked at again, so that orders keeps what stock has', async () => {
    const { id, key } = await buy();
    world.stock.setLevel(munich, mug, 3);
    await damage(1);
    world.stock.beforeMove = async () => {
      const potsdam = world.stock.addLocation({ latitude: 52.4, longitude: 13.06, postalCode: '14467' });
      world.stock.setLevel(potsdam, mug, 3);
      await rerouteOrders(worker({ nowOffset: '2 minutes' }));
      expect(await fulfilmentOf(id)).toEqual({ [potsdam]: 3 });
    };
    await rerouteOrders(worker());
    expect(committedFor(key)).toEqual({ [munich]: 3 });
    expect(await rerouteOrders(worker())).toBe(1);
    expect(await fulfilmentOf(id)).toEqual({ [munich]: 3 });
    expect(await stateOf(id)).toEqual(MOVED);
  });

  test('looks again when the order lost more units meanwhile', async () => {
    const { id, key } = await buy();
    world.stock.setLevel(munich, mug, 3);
    await damage(1);
    world.stock.beforeMove = async () => void (await damage(1));
    await rerouteOrders(worker());
    expect(await stateOf(id)).toMatchObject({ state: 'pending' });
    expect(await rerouteOrders(worker())).toBe(1);
    expect(committedFor(key)).toEqual({ [munich]: 3 });
    expect(await stateOf(id)).toEqual(MOVED);
  });
});

describe('an order that no locations have the goods for', () => {
  /** An order that was refused three times. */
  async function stuck(changes: object = {}) {
    const order = await buy(changes);
    await damage(1);
    for (const nowOffset of ['0 seconds', '1 minute', '3 minutes'])
      expect(await rerouteOrders(worker({ nowOffset }))).toBe(1);
    return order;
  }

  test('is left to staff after the third refusal, which an event says once', async () => {
    const { id, key } = await stuck();
    expect(await stateOf(id)).toMatchObject({ state: 'exception', reason: 'NO_STOCK' });
    expect(await rerouteOrders(worker({ nowOffset: '1 hour' }))).toBe(0);
    expect(await eventsOf(id, 'orders.order.exception')).toMatchObject([
      { orderId: id, channel: 'web', kind: 'STOCK_SHORT', reason: 'NO_STOCK' },
    ]);
    expect(await fulfilmentOf(id)).toEqual({ [berlin]: 3 });
    expect(committedFor(key)).toEqual({ [berlin]: 2 });
    await damage(1);
    expect(await stateOf(id)).toMatchObject({ state: 'exception', reason: 'NO_STOCK' });
  });

  test('is seen by staff alone, in pages, the oldest first', async () => {
    const first = await stuck();
    world.stock.setLevel(berlin, mug, 3);
    const second = await stuck();
    const page = await exceptions(reader, 1);
    expect(page).toMatchObject({
      edges: [{ node: { kind: 'STOCK_SHORT', reason: 'NO_STOCK', order: { id: first.id } } }],
      pageInfo: { hasNextPage: true },
    });
    expect(await exceptions(reader, 1, page.pageInfo.endCursor)).toMatchObject({
      edges: [{ node: { order: { id: second.id } } }],
      pageInfo: { hasNextPage: false },
    });
    for (const call of [guest, asStaff([])]) await expect(exceptions(call)).rejects.toThrow('FORBIDDEN');
    await expect(exceptions(reader, 101)).rejects.toThrow('BAD_USER_INPUT');
    await expect(exceptions(reader, 1, 'nonsense')).rejects.toThrow('BAD_USER_INPUT');

    const query = `query ($id: ID!, $token: String) { order(id: $id, token: $token) { id exception { reason } } }`;
    expect(await ask(reader, query, { id: first.id })).toEqual({
      order: { id: first.id, exception: { reason: 'NO_STOCK' } },
    });
    expect(await ask(guest, query, first)).toEqual({ order: { id: first.id, exception: null } });
  });

  test('is routed again by hand when goods came in', async () => {
    const { id, token } = await stuck();
    expect(await reroute(writer, id)).toEqual({
      __typename: 'OrderUnroutable',
      code: 'ORDER_UNROUTABLE',
      path: ['input', 'orderId'],
      reason: 'NO_STOCK',
    });
    world.stock.setLevel(munich, mug, 3);
    for (const call of [guest, reader]) await expect(reroute(call, id)).rejects.toThrow('FORBIDDEN');
    expect(await stateOf(id)).toMatchObject({ state: 'exception', leaseOwner: null });
    expect(await reroute(writer, id)).toEqual({
      __typename: 'OrderRerouted',
      order: { id, exception: null, fulfilmentOrders: [{ location: { id: munich }, lines: [{ quantity: 3 }] }] },
    });
    expect(await exceptions(reader)).toMatchObject({ edges: [] });
    expect(await eventsOf(id, 'orders.order.exception')).toHaveLength(1);
    expect(await eventsOf(id, 'orders.order.rerouted')).toHaveLength(1);
    expect(await reroute(writer, id)).toMatchObject({ __typename: 'InvalidInput', code: 'ORDER_NOT_SHORT' });
    expect(await reroute(writer, newId())).toMatchObject({ __typename: 'NotFound' });
    expect(await reroute(writer, 'nonsense')).toMatchObject({ __typename: 'NotFound' });
    expect(await send(await createService(), guest, 'order', { id, token })).toMatchObject({
      fulfilmentOrders: [{ location: { id: munich }, lines: [{ quantity: 3, variant: { id: mug } }] }],
    });
  });

  test('is busy for one of two hands that try at once, and moved once', async () => {
    const { id } = await stuck();
    world.stock.setLevel(munich, mug, 3);
    let second: Answer;
    world.stock.beforeMove = async () => {
      second = await reroute(writer, id);
    };
    expect(await reroute(writer, id)).toMatchObject({ __typename: 'OrderRerouted' });
    expect(second).toMatchObject({ __typename: 'Busy' });
    expect(world.stock.moveCount).toBe(1);
  });

  test('stays where the shopper collects it, whatever others have', async () => {
    world.stock.setLevel(munich, mug, 9);
    const { id } = await stuck({ pickupLocationId: berlin });
    expect(await stateOf(id)).toMatchObject({ state: 'exception', reason: 'NO_STOCK' });
    expect(world.stock.levelOf(munich, mug)).toBe(9);
  });
});

test('an order for which stock holds nothing any more is left to staff at once', async () => {
  const { id, key } = await buy();
  await damage(1);
  world.stock.reservations.get(key)!.status = 'RELEASED';
  await rerouteOrders(worker());
  expect(await stateOf(id)).toMatchObject({ state: 'exception', reason: 'RESERVATION_ENDED' });
});

test('a running service hears of lost units and routes by itself', async () => {
  const { id } = await buy();
  world.stock.setLevel(munich, mug, 3);
  const shared = createMemoryBus();
  const service = await createService(undefined, shared);
  await service.start();
  const [payload] = world.stock.damage(berlin, mug, 1);
  const occurredAt = new Date().toISOString();
  await shared.publish([
    { eventId: newId(), topic: 'stock.reservation.shorted', key: payload!.key, occurredAt, payload },
  ]);
  await eventually(async () => expect(await stateOf(id)).toEqual(MOVED));
  await service.stop();
});
