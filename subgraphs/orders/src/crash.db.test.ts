import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createPsp, type Psp } from '@kontor/psp/src/app.ts';
import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { purgeFinished } from './data/checkouts.ts';
import { type CheckoutPoint, ProcessDied } from './dependencies.ts';
import type { PaymentProvider } from './payments/provider.ts';
import { createStripeProvider } from './payments/stripe.ts';
import { createSimulatedPeers, type SimulatedPeers } from './testing/peers.ts';
import { type Answer, mutate, purchase, send } from './testing/documents.ts';

const SECRET_KEY = 'sk_test_kontor_demo';
const guest = asGuest();

let database: TestDatabase;
let ordersDb: Database;
let pspDb: Database;
let psp: Psp;
let payments: PaymentProvider;
let world: SimulatedPeers;
let mug: string;
let berlin: string;

beforeAll(async () => {
  database = await createTestDatabase(['orders', 'psp']);
  ordersDb = database.open('orders', { max: 2 });
  pspDb = database.open('psp', { max: 2 });
  psp = createPsp({ db: database.open('psp'), secretKey: SECRET_KEY, logger: silentLogger });
  const port = await psp.listen(0, '127.0.0.1');
  payments = createStripeProvider({ secretKey: SECRET_KEY, baseUrl: `http://127.0.0.1:${port}` });
});
beforeEach(() => {
  world = createSimulatedPeers();
  mug = world.addVariant(1_190);
  berlin = world.stock.addLocation({ latitude: 52.52, longitude: 13.4 });
  world.stock.setLevel(berlin, mug, 5);
});
afterAll(async () => {
  await psp.stop();
  await database.drop();
});

/** A process of orders. It dies at `diesAt`; its clock in SQL is ahead by `nowOffset`, so that leases of others have ended. */
async function start({ diesAt, nowOffset }: { diesAt?: CheckoutPoint; nowOffset?: string } = {}): Promise<Service> {
  const { orders: identity } = await createTestIdentities(['orders']);
  const service = createApp({
    db: database.open('orders', { max: 4, ...(nowOffset ? { nowOffset } : {}) }),
    bus: createMemoryBus(),
    identity,
    logger: silentLogger,
    peers: world.peers,
    payments,
    faults: (point) => {
      if (point === diesAt) throw new ProcessDied(point);
    },
  });
  await service.start();
  return service;
}

/** Buys three mugs in a process that dies on the way. @returns the cart and the input that may be repeated. */
async function buyAndDie(
  diesAt: CheckoutPoint,
  changes: object = {},
  before = async (_service: Service, _input: object) => {},
) {
  const dying = await start({ diesAt });
  const cart = await eventually(() => mutate(dying, guest, 'create', { lines: [{ variantId: mug, quantity: 3 }] }));
  const input = purchase(cart, changes);
  await before(dying, input);
  await expect(mutate(dying, guest, 'checkout', input)).rejects.toThrow('INTERNAL');
  await dying.stop();
  return { cart, input };
}

/** As above, with a code that can be used once and comes off the price. */
async function buyWithCodeAndDie(diesAt: CheckoutPoint, changes: object = {}) {
  const dying = await start({ diesAt });
  world.pricing.addPromotion({ class: 'ORDER', basisPoints: 1_000, code: 'ONCE', maxUses: 1 });
  const cart = await eventually(() => mutate(dying, guest, 'create', { lines: [{ variantId: mug, quantity: 3 }] }));
  await mutate(dying, guest, 'codes', { cartId: cart.cart.id, token: cart.token, codes: ['ONCE'] });
  const input = purchase(cart, changes);
  await expect(mutate(dying, guest, 'checkout', input)).rejects.toThrow('INTERNAL');
  await dying.stop();
  return { cart, input };
}

async function traces({ cart }: Answer) {
  const { sql } = ordersDb;
  const rows = await sql<{ checkout_id: string; state: string; cart: string }[]>`
    select k.checkout_id, k.state, c.status as cart from orders.checkouts k join orders.carts c using (cart_id) where cart_id = ${cart.id}`;
  const [orders] = await sql<
    { count: number }[]
  >`select count(*)::int as count from orders.orders where cart_id = ${cart.id}`;
  const intents = await pspDb.sql<{ status: string }[]>`
    select status from psp.payment_intents where metadata ->> 'checkout' = ${rows[0]!.checkout_id}`;
  return {
    state: rows[0]!.state,
    cart: rows[0]!.cart,
    orderCount: orders!.count,
    intents: intents.map((row) => row.status),
    holds: [...world.stock.reservations.values()].map((each) => each.status),
  };
}

const BOUGHT = { state: 'placed', cart: 'ORDERED', orderCount: 1, intents: ['requires_capture'], holds: ['COMMITTED'] };

describe('a process that dies at checkout', () => {
  test.each<CheckoutPoint>([
    'claimed',
    'reserve-answered',
    'reserved',
    'authorize-answered',
    'authorized',
    'commit-answered',
    'placed',
  ])('at %s leaves a purchase that another process finishes by itself, once', async (diesAt) => {
    const { cart, input } = await buyAndDie(diesAt);
    const other = await start({ nowOffset: '1 minute' });
    await eventually(async () => expect(await traces(cart)).toEqual(BOUGHT));
    expect(world.stock.levelOf(berlin, mug)).toBe(2);
    const answer = await mutate(other, guest, 'checkout', input);
    expect(answer).toMatchObject({
      __typename: 'OrderPlaced',
      order: { payments: [{ status: 'AUTHORIZED' }], lines: [{ quantity: 3 }] },
    });
    expect(await send(other, guest, 'cart', { id: cart.cart.id, token: cart.token })).toMatchObject({
      order: { id: answer.order.id },
    });
    await other.stop();
    expect(await traces(cart)).toEqual(BOUGHT);
  });

  test('keeps its lease: another process leaves the checkout alone until it ends, and answers for now', async () => {
    const { cart } = await buyAndDie('reserved');
    const early = await start();
    const { sql } = ordersDb;
    const [row] =
      await sql`select lease_until > orders.app_now() + interval '5 seconds' as leased, attempt_count from orders.checkouts where cart_id = ${cart.cart.id}`;
    expect(row).toEqual({ leased: true, attempt_count: 1 });
    expect(await mutate(early, guest, 'checkout', purchase(cart))).toMatchObject({ __typename: 'Busy' });
    await early.stop();
    expect(await traces(cart)).toMatchObject({ state: 'reserved', cart: 'IN_CHECKOUT', orderCount: 0 });
    const other = await start({ nowOffset: '1 minute' });
    await eventually(async () => expect(await traces(cart)).toEqual(BOUGHT));
    await other.stop();
  });

  test.each<CheckoutPoint>(['compensating', 'release-answered'])(
    'at %s of a declined payment leaves nothing held',
    async (diesAt) => {
      const { cart, input } = await buyAndDie(diesAt, { tenders: [{ kind: 'CARD', token: 'pm_card_chargeDeclined' }] });
      const other = await start({ nowOffset: '1 minute' });
      await eventually(async () =>
        expect(await traces(cart)).toEqual({
          state: 'failed',
          cart: 'OPEN',
          orderCount: 0,
          intents: ['requires_payment_method'],
          holds: ['RELEASED'],
        }),
      );
      expect(await mutate(other, guest, 'checkout', input)).toMatchObject({
        __typename: 'PaymentDeclined',
        declineCode: 'generic_decline',
      });
      await other.stop();
      expect(world.stock.levelOf(berlin, mug)).toBe(5);
    },
  );

  test.each<CheckoutPoint>(['compensating', 'cancel-answered', 'release-answered'])(
    'at %s of a purchase whose stock is gone gives the payment back',
    async (diesAt) => {
      const { cart, input } = await buyAndDie('authorized');
      // The hold expires, and somebody else buys what was held.
      world.stock.aheadMs = 700_000;
      await world.peers.stock.execute({ query: '{ reservationRelease }', variables: { key: 'nobody' } }, guest);
      world.stock.setLevel(berlin, mug, 1);
      const second = await start({ diesAt, nowOffset: '1 minute' });
      await eventually(async () => expect((await traces(cart)).state).toBe('compensating'));
      await second.stop();
      const third = await start({ nowOffset: '2 minutes' });
      await eventually(async () =>
        expect(await traces(cart)).toEqual({
          state: 'failed',
          cart: 'OPEN',
          orderCount: 0,
          intents: ['canceled'],
          holds: ['EXPIRED'],
        }),
      );
      expect(await mutate(third, guest, 'checkout', input)).toMatchObject({
        __typename: 'OutOfStock',
        lines: [{ requested: 3, available: 1 }],
      });
      await third.stop();
    },
  );
});

describe('a process that dies while promotions are held for a purchase', () => {
  test.each<[CheckoutPoint, string[]]>([
    ['claimed', []],
    ['reserved', []],
    ['promotions-answered', ['HELD']],
    ['authorize-answered', ['HELD']],
    ['authorized', ['HELD']],
    ['commit-answered', ['HELD']],
    ['placed', ['HELD']],
  ])('at %s leaves a purchase that is finished with them, which are held once', async (diesAt, left) => {
    const { cart, input } = await buyWithCodeAndDie(diesAt);
    expect(world.pricing.holds.statuses()).toEqual(left);
    const other = await start({ nowOffset: '1 minute' });
    await eventually(async () => expect(await traces(cart)).toEqual(BOUGHT));
    expect(world.pricing.holds.statuses()).toEqual(['HELD']);
    expect(await mutate(other, guest, 'checkout', input)).toMatchObject({
      order: { total: { gross: { minorUnits: 3_213 } }, discounts: [{ code: 'ONCE' }] },
    });
    await other.stop();
  });

  test.each<CheckoutPoint>(['promotions-answered', 'compensating', 'promotions-released', 'release-answered'])(
    'at %s of a payment that is declined leaves nothing held',
    async (diesAt) => {
      const declined = { tenders: [{ kind: 'CARD', token: 'pm_card_chargeDeclined' }] };
      const { cart, input } = await buyWithCodeAndDie(diesAt, declined);
      const other = await start({ nowOffset: '1 minute' });
      await eventually(async () =>
        expect(await traces(cart)).toMatchObject({ state: 'failed', cart: 'OPEN', orderCount: 0, holds: ['RELEASED'] }),
      );
      expect(world.pricing.holds.statuses()).toEqual(['RELEASED']);
      expect(world.stock.levelOf(berlin, mug)).toBe(5);
      expect(await mutate(other, guest, 'checkout', input)).toMatchObject({ __typename: 'PaymentDeclined' });
      await other.stop();
    },
  );

  test('before they were held, and finds them used up, gives the stock back', async () => {
    const { cart, input } = await buyWithCodeAndDie('reserved');
    const [promised] = world.pricing.asked.slice(-1);
    expect(promised?.codes).toEqual(['ONCE']);
    const first = await start();
    const faster = await mutate(first, guest, 'create', { lines: [{ variantId: mug, quantity: 1 }] });
    await mutate(first, guest, 'codes', { cartId: faster.cart.id, token: faster.token, codes: ['ONCE'] });
    expect(await mutate(first, guest, 'checkout', purchase(faster))).toMatchObject({ __typename: 'OrderPlaced' });
    await first.stop();
    const other = await start({ nowOffset: '1 minute' });
    await eventually(async () =>
      expect(await traces(cart)).toMatchObject({ state: 'failed', cart: 'OPEN', orderCount: 0, intents: [] }),
    );
    expect(world.pricing.holds.statuses()).toEqual(['HELD']);
    expect(world.stock.levelOf(berlin, mug)).toBe(4);
    expect(await mutate(other, guest, 'checkout', input)).toMatchObject({
      __typename: 'PriceChanged',
      expectedTotal: { minorUnits: 3_213 },
      currentTotal: { minorUnits: 3_570 },
    });
    await other.stop();
  });

  test('is finished when prices is back: what is held waits, and is given back after half an hour', async () => {
    const { cart } = await buyWithCodeAndDie('promotions-answered');
    world.down.add('prices');
    const other = await start({ nowOffset: '1 hour' });
    await eventually(async () => {
      const { sql } = ordersDb;
      const [row] = await sql`select attempt_count from orders.checkouts where cart_id = ${cart.cart.id}`;
      expect(row!['attempt_count']).toBeGreaterThan(1);
    });
    expect(await traces(cart)).toMatchObject({ state: 'reserved', cart: 'IN_CHECKOUT', orderCount: 0, intents: [] });
    world.down.delete('prices');
    await eventually(async () => expect(await traces(cart)).toMatchObject({ state: 'failed', cart: 'OPEN' }));
    expect(world.pricing.holds.statuses()).toEqual(['RELEASED']);
    await other.stop();
  });
});

describe('a purchase that nobody finished for an hour', () => {
  test.each<[CheckoutPoint, string[]]>([
    ['claimed', []],
    ['authorize-answered', ['canceled']],
  ])('is given up and given back when the process died at %s', async (diesAt, intents) => {
    const { cart, input } = await buyAndDie(diesAt);
    const other = await start({ nowOffset: '1 hour' });
    await eventually(async () =>
      expect(await traces(cart)).toMatchObject({ state: 'failed', cart: 'OPEN', orderCount: 0, intents }),
    );
    expect([...world.stock.reservations.values()].filter((each) => each.status === 'HELD')).toEqual([]);
    expect(await mutate(other, guest, 'checkout', input)).toMatchObject({
      __typename: 'CheckoutInvalid',
      code: 'CHECKOUT_EXPIRED',
    });
    await other.stop();
  });

  test('is given back when the shopper never confirmed at the bank', async () => {
    const first = await start();
    const cart = await eventually(() => mutate(first, guest, 'create', { lines: [{ variantId: mug, quantity: 3 }] }));
    const input = purchase(cart, { tenders: [{ kind: 'CARD', token: 'pm_card_authenticationRequired' }] });
    expect(await mutate(first, guest, 'checkout', input)).toMatchObject({ __typename: 'PaymentActionRequired' });
    await first.stop();
    const other = await start({ nowOffset: '1 hour' });
    await eventually(async () =>
      expect(await traces(cart)).toEqual({
        state: 'failed',
        cart: 'OPEN',
        orderCount: 0,
        intents: ['canceled'],
        holds: ['RELEASED'],
      }),
    );
    expect(await mutate(other, guest, 'checkout', input)).toMatchObject({
      __typename: 'PaymentDeclined',
      declineCode: 'authentication_timeout',
    });
    await other.stop();
  });
});

test('finished checkouts are forgotten after a week, and their orders are not', async () => {
  const { cart } = await buyAndDie('placed');
  expect(await purgeFinished(database.open('orders', { nowOffset: '6 days' }), 100)).toBe(0);
  expect(await purgeFinished(database.open('orders', { nowOffset: '8 days' }), 1_000)).toBeGreaterThan(0);
  const { sql } = ordersDb;
  expect(await sql`select 1 from orders.checkouts where cart_id = ${cart.cart.id}`).toHaveLength(0);
  expect(await sql`select 1 from orders.orders where cart_id = ${cart.cart.id}`).toHaveLength(1);
});

test('two processes that resume at once finish each checkout once', async () => {
  const dead: Answer[] = [];
  world.stock.setLevel(berlin, mug, 100);
  for (let index = 0; index < 12; index += 1) dead.push(await buyAndDie('reserved'));
  const both = await Promise.all([start({ nowOffset: '1 minute' }), start({ nowOffset: '1 minute' })]);
  for (const { cart } of dead) {
    await eventually(async () =>
      expect(await traces(cart)).toMatchObject({ state: 'placed', orderCount: 1, intents: ['requires_capture'] }),
    );
  }
  await Promise.all(both.map((each) => each.stop()));
  expect([...world.stock.reservations.values()].map((each) => each.status)).toEqual(
    Array.from({ length: 12 }, () => 'COMMITTED'),
  );
});
