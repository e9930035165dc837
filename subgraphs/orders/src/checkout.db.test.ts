import type { DomainEvent } from '@kontor/kit/src/events/event.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { createPsp, type Psp } from '@kontor/psp/src/app.ts';
import { asCustomer, asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import type { PaymentProvider } from './payments/provider.ts';
import { createStripeProvider } from './payments/stripe.ts';
import { createSimulatedPeers, type SimulatedPeers } from './testing/peers.ts';
import { type Answer, mutate, purchase, send } from './testing/shop.ts';

const SECRET_KEY = 'sk_test_kontor_demo';
const BERLIN = { latitude: 52.52, longitude: 13.4, postalCode: '10115', pickupOffered: true };
const MUNICH = { latitude: 48.14, longitude: 11.58, postalCode: '80331' };

let database: TestDatabase;
let ordersDb: Database;
let pspDb: Database;
let psp: Psp;
let world: SimulatedPeers;
let service: Service;
let pspUrl: string;
/** Makes the provider's answers get lost. */
let providerIsSilent = false;
let berlin: string;
let munich: string;
const events: DomainEvent[] = [];

beforeAll(async () => {
  database = await createTestDatabase(['orders', 'psp']);
  ordersDb = database.open('orders', { max: 2 });
  pspDb = database.open('psp', { max: 2 });
  psp = createPsp({ db: database.open('psp'), secretKey: SECRET_KEY, logger: silentLogger, hangMs: 5_000 });
  pspUrl = `http://127.0.0.1:${await psp.listen(0, '127.0.0.1')}`;
  world = createSimulatedPeers();
  berlin = world.stock.addLocation(BERLIN);
  munich = world.stock.addLocation(MUNICH);
  const real = createStripeProvider({ secretKey: SECRET_KEY, baseUrl: pspUrl, timeoutMs: 400 });
  const payments: PaymentProvider = {
    ...real,
    // The request arrives, the answer does not.
    authorize: async (authorization) => {
      const outcome = await real.authorize(authorization);
      return providerIsSilent ? { status: 'unknown', reason: 'silent' } : outcome;
    },
  };
  const { orders: identity } = await createTestIdentities(['orders']);
  const bus = createMemoryBus();
  await bus.listen(
    ['orders.order.placed'],
    (heard) => void events.push(...heard),
    () => undefined,
  );
  for (const [title, price] of [
    ['Mug', 1_190],
    ['Cap', 2_380],
  ] as const)
    variants.push(world.addVariant(price, title));
  service = createApp({
    db: database.open('orders'),
    bus,
    identity,
    logger: silentLogger,
    peers: world.peers,
    payments,
  });
  await service.start();
  await eventually(() => mutate(service, guest, 'create', { lines: [{ variantId: variants[1], quantity: 1 }] }));
});
afterAll(async () => {
  await service.stop();
  await psp.stop();
  await database.drop();
});

const variants: string[] = [];
const guest = asGuest();

/** A cart of a guest with some mugs, of which there are so many in each location. */
async function fill(quantity: number, inBerlin: number, inMunich = 0, call = guest): Promise<Answer> {
  world.stock.setLevel(berlin, variants[0]!, inBerlin);
  world.stock.setLevel(munich, variants[0]!, inMunich);
  return mutate(service, call, 'create', { lines: [{ variantId: variants[0], quantity }] });
}
const buy = (cart: Answer, changes: object = {}, call = guest) =>
  mutate(service, call, 'checkout', purchase(cart, changes));
const cartOf = ({ cart, token }: Answer) => send(service, guest, 'cart', { id: cart.id, token });
const openCheckouts = async () =>
  (
    await service
      .graph('/internal/graphql')
      .execute<{ openCheckouts: Answer[] }>({ query: '{ openCheckouts { checkoutId state } }' }, asService())
  ).data!.openCheckouts;
/** What a checkout of a cart has left behind: rows, stock and holds at the provider. */
async function traces({ cart }: Answer) {
  const db = ordersDb;
  const rows = await db.sql<
    { checkout_id: string; state: string }[]
  >`select checkout_id, state from orders.checkouts where cart_id = ${cart.id}`;
  const ids = rows.map((row) => row.checkout_id);
  const [orders] = await db.sql<
    { count: number }[]
  >`select count(*)::int as count from orders.orders where cart_id = ${cart.id}`;
  const intents = await pspDb.sql<{ status: string }[]>`
    select status from psp.payment_intents where metadata ->> 'checkout' = any(${ids}) order by status`;
  const holds = [...world.stock.reservations.values()]
    .filter((each) => ids.some((id) => each.key.includes(id)))
    .map((each) => each.status);
  return {
    states: rows.map((row) => row.state),
    orderCount: orders!.count,
    intents: intents.map((row) => row.status),
    holds,
  };
}
const NOTHING = { states: [], orderCount: 0, intents: [], holds: [] };

describe('a purchase', () => {
  test('places an order from the nearest location, authorizes the card, commits the stock and says so', async () => {
    const cart = await fill(2, 5, 5);
    const answer = await buy(cart, {
      expectedVersion: 1,
      quoteToken: cart.cart.quote.token,
      expectedTotal: { minorUnits: 2_380, currency: 'EUR' },
    });
    expect(answer).toMatchObject({
      __typename: 'OrderPlaced',
      order: {
        number: expect.stringMatching(/^K-1\d{5}$/),
        status: 'PLACED',
        channel: 'web',
        email: 'ada@example.org',
        customer: { id: world.customers.get('ada@example.org') },
        total: { net: { minorUnits: 2_000 }, tax: { minorUnits: 380 }, gross: { minorUnits: 2_380, currency: 'EUR' } },
        shippingAddress: { city: 'Berlin' },
        billingAddress: { city: 'Berlin' },
        lines: [
          {
            productTitle: 'Mug',
            variantTitle: 'Blue',
            sku: expect.any(String),
            quantity: 2,
            unitPrice: { gross: { minorUnits: 1_190 } },
            total: { gross: { minorUnits: 2_380 } },
          },
        ],
        payments: [
          { kind: 'CARD', status: 'AUTHORIZED', amount: { minorUnits: 2_380 }, cardBrand: 'visa', cardLast4: '4242' },
        ],
        fulfilmentOrders: [{ location: { id: berlin }, lines: [{ quantity: 2, variant: { id: variants[0] } }] }],
      },
    });
    expect(await traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
    expect(world.stock.levelOf(berlin, variants[0]!)).toBe(3);
    expect(await cartOf(cart)).toMatchObject({ status: 'ORDERED', order: { id: answer.order.id } });
    const event = await eventually(() => {
      const found = events.find((each) => each.key === answer.order.id);
      if (!found) throw new Error('no event yet');
      return found;
    });
    expect(event.payload).toMatchObject({
      orderId: answer.order.id,
      number: answer.order.number,
      channel: 'web',
      customerId: world.customers.get('ada@example.org'),
      total: { minorUnits: 2_380, currency: 'EUR' },
      lines: [{ variantId: variants[0], quantity: 2 }],
    });
    const [row] = await ordersDb.sql`select request, plans from orders.checkouts where cart_id = ${cart.cart.id}`;
    expect(row).toEqual({ request: null, plans: null });
  });

  test('splits over locations when none has everything', async () => {
    const cart = await fill(13, 10, 6);
    const { order } = await buy(cart);
    expect(order.fulfilmentOrders.map((each: Answer) => [each.location.id, each.lines[0].quantity])).toEqual(
      expect.arrayContaining([
        [berlin, 10],
        [munich, 3],
      ]),
    );
  });

  test('is collected at the place asked for, and only there', async () => {
    const pickup = { shippingAddress: null, pickupLocationId: berlin };
    expect(await buy(await fill(1, 1, 9), pickup)).toMatchObject({
      order: { fulfilmentOrders: [{ location: { id: berlin } }], shippingAddress: null },
    });
    expect(await buy(await fill(2, 1, 9), pickup)).toMatchObject({
      __typename: 'OutOfStock',
      lines: [{ requested: 2, available: 1 }],
    });
    expect(await buy(await fill(1, 1, 9), { ...pickup, pickupLocationId: munich })).toMatchObject({
      code: 'PICKUP_UNAVAILABLE',
    });
  });

  test('works for customers without an email, and hangs on their profile', async () => {
    const customerId = newId();
    const cart = await fill(1, 1, 0, asCustomer(customerId));
    expect(await buy(cart, { contact: null }, asCustomer(customerId))).toMatchObject({
      order: { customer: { id: customerId }, email: null },
    });
  });

  test('is placed while customers is down, and gets its profile afterwards', async () => {
    world.down.add('customers');
    const cart = await fill(1, 1);
    const { order } = await buy(cart, { contact: { email: 'late@example.org' } });
    world.down.delete('customers');
    expect(order.customer).toBeNull();
    await ordersDb.sql`update orders.orders set profile_due_at = orders.app_now() where order_id = ${order.id}`;
    await eventually(async () =>
      expect(await send(service, guest, 'order', { id: order.id, token: cart.token })).toMatchObject({
        customer: { id: world.customers.get('late@example.org') },
      }),
    );
  });
});

describe('the same key', () => {
  test('fifty times at once buys once and answers the same', async () => {
    const cart = await fill(1, 50);
    const input = purchase(cart);
    const answers = await Promise.all(Array.from({ length: 50 }, () => mutate(service, guest, 'checkout', input)));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(answers[0].__typename).toBe('OrderPlaced');
    expect(await traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
    expect(await mutate(service, guest, 'checkout', input)).toEqual(answers[0]);
  });

  test('at two processes at once buys once', async () => {
    const { orders: identity } = await createTestIdentities(['orders']);
    const payments = createStripeProvider({ secretKey: SECRET_KEY, baseUrl: pspUrl });
    const second = createApp({
      db: database.open('orders'),
      bus: createMemoryBus(),
      identity,
      logger: silentLogger,
      peers: world.peers,
      payments,
    });
    await second.start();
    const cart = await fill(1, 50);
    const input = purchase(cart);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => mutate(index % 2 ? service : second, guest, 'checkout', input)),
    );
    await second.stop();
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(await traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
  });

  test('with another input is refused, whether or not the first one bought', async () => {
    const cart = await fill(1, 5);
    const input = purchase(cart);
    await mutate(service, guest, 'checkout', input);
    const other = { ...input, contact: { email: 'eve@example.org' } };
    expect(await mutate(service, guest, 'checkout', other)).toMatchObject({
      __typename: 'IdempotencyKeyReused',
      path: ['input', 'idempotencyKey'],
    });
    const refused = purchase(await fill(9, 1));
    expect(await mutate(service, guest, 'checkout', refused)).toMatchObject({ __typename: 'OutOfStock' });
    expect(
      await mutate(service, guest, 'checkout', { ...refused, contact: { email: 'eve@example.org' } }),
    ).toMatchObject({ __typename: 'IdempotencyKeyReused' });
  });

  test('of another guest is another key', async () => {
    const key = newId();
    const [first, second] = [await fill(1, 5), await fill(1, 5)];
    const answers = [await buy(first, { idempotencyKey: key }), await buy(second, { idempotencyKey: key })];
    expect(answers.map((each) => each.__typename)).toEqual(['OrderPlaced', 'OrderPlaced']);
    expect(answers[0].order.id).not.toBe(answers[1].order.id);
  });
});

describe('one cart', () => {
  test('becomes one order, whatever the number of keys at once', async () => {
    const cart = await fill(1, 50);
    const answers = await Promise.all(Array.from({ length: 20 }, () => buy(cart)));
    const kinds = new Set(answers.map((each) => `${each.__typename}${each.code ? ` ${each.code}` : ''}`));
    expect(answers.filter((each) => each.__typename === 'OrderPlaced')).toHaveLength(1);
    expect(
      [...kinds].filter((kind) => !['OrderPlaced', 'Busy BUSY', 'CheckoutInvalid CART_ALREADY_ORDERED'].includes(kind)),
    ).toEqual([]);
    expect(await traces(cart)).toMatchObject({ orderCount: 1, intents: ['requires_capture'], holds: ['COMMITTED'] });
    expect(await buy(cart)).toMatchObject({ code: 'CART_ALREADY_ORDERED' });
    expect(await mutate(service, guest, 'set', { cartId: cart.cart.id, token: cart.token, lines: [] })).toMatchObject({
      code: 'CART_ALREADY_ORDERED',
    });
  });

  test('of an older version than expected answers VersionConflict and nothing is taken', async () => {
    const cart = await fill(1, 5);
    expect(await buy(cart, { expectedVersion: 7 })).toMatchObject({ __typename: 'VersionConflict', currentVersion: 1 });
    expect(await traces(cart)).toEqual(NOTHING);
  });

  test('changed and bought at once is bought as it was priced', async () => {
    const cart = await fill(1, 50);
    const change = (quantity: number) =>
      mutate(service, guest, 'set', {
        cartId: cart.cart.id,
        token: cart.token,
        lines: [{ variantId: variants[0], quantity }],
      });
    const [first] = await Promise.all([buy(cart), ...[2, 3, 4, 5].map(change)]);
    // A cart that changes all the time is busy: nobody changes it any more, so that it sells now.
    const { order } = first.__typename === 'Busy' ? await buy(cart) : first;
    const [line] = order.lines;
    expect(order.total.gross.minorUnits).toBe(line.quantity * 1_190);
    expect(order.fulfilmentOrders[0].lines[0].quantity).toBe(line.quantity);
  });
});

describe('what does not sell', () => {
  test('a shortage names the lines, takes nothing, and answers the same again', async () => {
    const cart = await fill(3, 1, 1);
    const input = purchase(cart);
    const answer = await mutate(service, guest, 'checkout', input);
    expect(answer).toMatchObject({
      __typename: 'OutOfStock',
      code: 'OUT_OF_STOCK',
      lines: [{ variantId: variants[0], requested: 3, available: 2 }],
    });
    expect(await traces(cart)).toEqual({ ...NOTHING, states: ['failed'] });
    expect(await mutate(service, guest, 'checkout', input)).toEqual(answer);
    expect(await cartOf(cart)).toMatchObject({ status: 'OPEN' });
    world.stock.setLevel(berlin, variants[0]!, 9);
    expect(await buy(cart)).toMatchObject({ __typename: 'OrderPlaced' });
  });

  test('twelve shoppers of the last five units make five orders, and the rest hear OutOfStock', async () => {
    const carts: Answer[] = [];
    for (let index = 0; index < 12; index += 1) carts.push(await fill(1, 3, 2));
    const answers = await Promise.all(carts.map((cart) => buy(cart)));
    expect(answers.map((each) => each.__typename).sort()).toEqual([
      ...Array.from({ length: 5 }, () => 'OrderPlaced'),
      ...Array.from({ length: 7 }, () => 'OutOfStock'),
    ]);
    expect([world.stock.levelOf(berlin, variants[0]!), world.stock.levelOf(munich, variants[0]!)]).toEqual([0, 0]);
  });

  test('another total answers PriceChanged with both totals and takes nothing', async () => {
    const cart = await fill(2, 5);
    expect(await buy(cart, { expectedTotal: { minorUnits: 2_000, currency: 'EUR' } })).toMatchObject({
      __typename: 'PriceChanged',
      path: ['input', 'expectedTotal'],
      expectedTotal: { minorUnits: 2_000 },
      currentTotal: { minorUnits: 2_380 },
    });
    expect(await buy(cart, { quoteToken: 'an-old-one' })).toMatchObject({
      __typename: 'PriceChanged',
      currentTotal: { minorUnits: 2_380 },
    });
    world.prices.delete(variants[0]!);
    expect(await buy(cart)).toMatchObject({ __typename: 'PriceChanged', currentTotal: null });
    world.prices.set(variants[0]!, 1_190);
    expect(await traces(cart)).toEqual({ ...NOTHING, states: ['failed', 'failed', 'failed'] });
  });

  test('prices or stock down is an error before anything is taken', async () => {
    const cart = await fill(1, 5);
    for (const peer of ['prices', 'stock'] as const) {
      world.down.add(peer);
      await expect(buy(cart)).rejects.toThrow('SERVICE_UNAVAILABLE');
      world.down.delete(peer);
    }
    expect(await traces(cart)).toEqual(NOTHING);
    expect(await buy(cart)).toMatchObject({ __typename: 'OrderPlaced' });
  });

  test.each([
    ['CART_NOT_FOUND', { token: 'x' }, ['input', 'cartId']],
    ['CART_NOT_FOUND', { cartId: 'nonsense' }, ['input', 'cartId']],
    ['EMAIL_REQUIRED', { contact: null }, ['input', 'contact', 'email']],
    ['EMAIL_INVALID', { contact: { email: 'nobody' } }, ['input', 'contact', 'email']],
    ['ADDRESS_REQUIRED', { shippingAddress: null }, ['input', 'shippingAddress']],
    [
      'ADDRESS_INVALID',
      { shippingAddress: { country: 'DE', latitude: 91, longitude: 0 } },
      ['input', 'shippingAddress', 'latitude'],
    ],
    ['COUNTRY_NOT_SERVED', { shippingAddress: { country: 'US' } }, ['input', 'shippingAddress', 'country']],
    ['SHIPPING_OPTION_UNKNOWN', { shippingOptionId: 'express' }, ['input', 'shippingOptionId']],
    ['TENDER_UNSUPPORTED', { tenders: [] }, ['input', 'tenders']],
    ['TENDER_UNSUPPORTED', { tenders: [{ kind: 'CASH' }] }, ['input', 'tenders', '0', 'kind']],
    ['TENDER_TOKEN_REQUIRED', { tenders: [{ kind: 'CARD' }] }, ['input', 'tenders', '0', 'token']],
    [
      'TENDER_AMOUNT_MISMATCH',
      { tenders: [{ kind: 'CARD', token: 'pm_card_visa', amount: { minorUnits: 1, currency: 'EUR' } }] },
      ['input', 'tenders', '0', 'amount'],
    ],
  ])('%s for %j', async (code, changes, path) => {
    const cart = await fill(1, 5);
    expect(await buy(cart, changes)).toMatchObject({ __typename: 'CheckoutInvalid', code, path });
    expect(await traces(cart)).toMatchObject({ orderCount: 0, intents: [], holds: [] });
    expect(await cartOf(cart)).toMatchObject({ status: 'OPEN', version: 1 });
  });

  test('an empty cart', async () => {
    expect(await buy(await mutate(service, guest, 'create', {}))).toMatchObject({ code: 'CART_EMPTY' });
  });

  test('a card number in any text is refused and found in no table', async () => {
    const number = '4242424242424242';
    const cart = await fill(1, 5);
    const places = [
      { contact: { email: 'ada@example.org', givenName: number } },
      { contact: { email: `${number}@example.org` } },
      { shippingAddress: { street: '4242 4242 4242 4242', country: 'DE' } },
      { billingAddress: { postalCode: '4242-4242-4242-4242', country: 'DE' } },
      { tenders: [{ kind: 'CARD', token: number }] },
      { tenders: [{ kind: 'CARD', token: `pm_${number}` }] },
      { idempotencyKey: number },
      { quoteToken: number },
      { shippingOptionId: number },
      { pickupLocationId: number },
    ];
    for (const place of places)
      expect(await buy(cart, place)).toMatchObject({ __typename: 'CheckoutInvalid', code: 'CARD_NUMBER_REFUSED' });
    const { sql } = ordersDb;
    const tables = await sql<
      { name: string }[]
    >`select table_name as name from information_schema.tables where table_schema = 'orders'`;
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      const [row] = await sql<{ count: number }[]>`
        select count(*)::int as count from orders.${sql(name)} t where regexp_replace(t::text, '[ -]', '', 'g') like ${`%${number}%`}`;
      expect([name, row!.count]).toEqual([name, 0]);
    }
  });
});

describe('the payment', () => {
  test('declined gives the stock back and opens the cart again', async () => {
    const cart = await fill(1, 5);
    const input = purchase(cart, { tenders: [{ kind: 'CARD', token: 'pm_card_chargeDeclinedInsufficientFunds' }] });
    const answer = await mutate(service, guest, 'checkout', input);
    expect(answer).toMatchObject({ __typename: 'PaymentDeclined', declineCode: 'insufficient_funds' });
    expect(await traces(cart)).toMatchObject({ states: ['failed'], orderCount: 0, holds: ['RELEASED'] });
    expect(world.stock.levelOf(berlin, variants[0]!)).toBe(5);
    expect(await mutate(service, guest, 'checkout', input)).toEqual(answer);
    expect(await buy(cart)).toMatchObject({ __typename: 'OrderPlaced' });
  });

  test('with a token that the provider never gave out is declined', async () => {
    expect(await buy(await fill(1, 5), { tenders: [{ kind: 'CARD', token: 'pm_nobody' }] })).toMatchObject({
      __typename: 'PaymentDeclined',
    });
  });

  test('that wants the shopper holds the stock, and the same key goes on after the confirmation', async () => {
    const cart = await fill(1, 5);
    const input = purchase(cart, { tenders: [{ kind: 'CARD', token: 'pm_card_authenticationRequired' }] });
    const asked = await mutate(service, guest, 'checkout', input);
    expect(asked).toMatchObject({ __typename: 'PaymentActionRequired', clientSecret: expect.stringMatching(/^pi_/) });
    expect(await mutate(service, guest, 'checkout', input)).toEqual(asked);
    expect(await traces(cart)).toMatchObject({ states: ['action_required'], orderCount: 0, holds: ['HELD'] });
    expect(await buy(cart)).toMatchObject({ __typename: 'Busy' });
    await authenticate(asked, 'succeeded');
    expect(await mutate(service, guest, 'checkout', input)).toMatchObject({
      __typename: 'OrderPlaced',
      order: { payments: [{ cardLast4: '3184' }] },
    });
    expect(await traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
  });

  test('that the bank refuses after all is declined', async () => {
    const cart = await fill(1, 5);
    const input = purchase(cart, { tenders: [{ kind: 'CARD', token: 'pm_card_authenticationRequired' }] });
    await authenticate(await mutate(service, guest, 'checkout', input), 'failed');
    expect(await mutate(service, guest, 'checkout', input)).toMatchObject({ __typename: 'PaymentDeclined' });
    expect(await traces(cart)).toMatchObject({ states: ['failed'], holds: ['RELEASED'] });
  });

  test.each(['pm_card_timeoutAfterCharge', 'pm_card_serverErrorOnce'])('with %s is charged once', async (token) => {
    const cart = await fill(1, 5);
    expect(await buy(cart, { tenders: [{ kind: 'CARD', token }] })).toMatchObject({ __typename: 'OrderPlaced' });
    expect(await traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
  });

  test('whose outcome is unknown answers PaymentPending, and the same key learns it later', async () => {
    const cart = await fill(1, 5);
    const input = purchase(cart);
    providerIsSilent = true;
    expect(await mutate(service, guest, 'checkout', input)).toMatchObject({
      __typename: 'PaymentPending',
      retryAfterMs: 1_000,
    });
    expect(await openCheckouts()).toEqual([{ checkoutId: expect.any(String), state: 'authorizing' }]);
    expect(await mutate(service, guest, 'checkout', input)).toMatchObject({ __typename: 'PaymentPending' });
    providerIsSilent = false;
    expect(await mutate(service, guest, 'checkout', input)).toMatchObject({ __typename: 'OrderPlaced' });
    expect(await traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
  });

  test('whose outcome is unknown is learnt without the shopper, too', async () => {
    const cart = await fill(1, 5);
    providerIsSilent = true;
    await buy(cart);
    providerIsSilent = false;
    await eventually(async () => expect(await cartOf(cart)).toMatchObject({ status: 'ORDERED' }));
    expect(await traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
  });

  test('that comes after the hold expired takes stock again, or is given back when there is none', async () => {
    const [again, never] = [await fill(1, 9), await fill(1, 9)];
    const late = { tenders: [{ kind: 'CARD', token: 'pm_card_authenticationRequired' }] };
    const inputs = [purchase(again, late), purchase(never, late)];
    for (const input of inputs) await authenticate(await mutate(service, guest, 'checkout', input), 'succeeded');
    world.stock.aheadMs += 700_000;
    expect(await mutate(service, guest, 'checkout', inputs[0]!)).toMatchObject({ __typename: 'OrderPlaced' });
    expect(await traces(again)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['EXPIRED', 'COMMITTED'],
    });
    world.stock.setLevel(berlin, variants[0]!, 0);
    expect(await mutate(service, guest, 'checkout', inputs[1]!)).toMatchObject({
      __typename: 'OutOfStock',
      lines: [{ requested: 1, available: 0 }],
    });
    expect(await traces(never)).toEqual({
      states: ['failed'],
      orderCount: 0,
      intents: ['canceled'],
      holds: ['EXPIRED'],
    });
    expect(await cartOf(never)).toMatchObject({ status: 'OPEN' });
  });
});

test('stock that is busy puts the checkout off, and the same key goes on', async () => {
  const cart = await fill(1, 5);
  const input = purchase(cart);
  world.stock.busyCount = 1;
  expect(await mutate(service, guest, 'checkout', input)).toMatchObject({ __typename: 'Busy' });
  expect(await mutate(service, guest, 'checkout', input)).toMatchObject({ __typename: 'OrderPlaced' });
});

const authenticate = async ({ clientSecret }: Answer, outcome: 'succeeded' | 'failed') => {
  const intentId = String(clientSecret).split('_secret')[0];
  const response = await fetch(`${pspUrl}/simulator/payment_intents/${intentId}/authenticate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ outcome }),
  });
  expect(response.status).toBe(200);
};

describe('orders of a customer', () => {
  const query = `query ($r: [_Any!]!, $first: Int, $after: Cursor) { _entities(representations: $r) { ... on Customer { orders(first: $first, after: $after) {
    edges { cursor node { id } } pageInfo { hasNextPage endCursor } } } } }`;
  const page = async (
    customerId: string,
    call: ReturnType<typeof asGuest>,
    first: number,
    after: string | null = null,
  ): Promise<Answer> => {
    const variables = { r: [{ __typename: 'Customer', id: customerId }], first, after };
    const result = await service.graph().execute<{ _entities: Answer[] }>({ query, variables }, call);
    if (result.errors) throw new Error(String(result.errors[0]?.extensions?.['code']));
    return result.data!._entities[0].orders;
  };

  test('come newest first in pages that stay stable, for the customer and for staff alone', async () => {
    const customerId = newId();
    const me = asCustomer(customerId);
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) ids.unshift((await buy(await fill(1, 5, 0, me), {}, me)).order.id);
    const first = await page(customerId, me, 2);
    expect(first.edges.map((edge: Answer) => edge.node.id)).toEqual(ids.slice(0, 2));
    expect(first.pageInfo.hasNextPage).toBe(true);
    await buy(await fill(1, 5, 0, me), {}, me);
    const rest = await page(customerId, me, 2, first.pageInfo.endCursor);
    expect(rest).toMatchObject({ edges: [{ node: { id: ids[2] } }], pageInfo: { hasNextPage: false } });
    expect(await page(customerId, asStaff(['orders:read']), 1)).not.toBeNull();
    for (const stranger of [guest, asCustomer(newId()), asStaff([])])
      expect(await page(customerId, stranger, 1)).toBeNull();
    await expect(page(customerId, me, 101)).rejects.toThrow('BAD_USER_INPUT');
    await expect(page(customerId, me, 1, 'nonsense')).rejects.toThrow('BAD_USER_INPUT');
  });

  test('an order opens for its token, its customer and staff, and for nobody else', async () => {
    const cart = await fill(1, 5);
    const { order } = await buy(cart, { contact: { email: 'grace@example.org' } });
    const read = (call: ReturnType<typeof asGuest>, token: string | null = null) =>
      send(service, call, 'order', { id: order.id, token });
    expect(await read(guest, cart.token)).toMatchObject({ number: order.number });
    expect(await read(asCustomer(world.customers.get('grace@example.org')!))).toMatchObject({ number: order.number });
    expect(await read(asStaff(['orders:read']))).not.toBeNull();
    for (const [call, token] of [
      [guest, null],
      [guest, 'x'],
      [asCustomer(newId()), null],
      [asStaff([]), null],
    ] as const)
      expect(await read(call, token)).toBeNull();
  });
});
