import { asGuest, asCustomer, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop } from './testing/open-shop.ts';
import { type Answer, mutate, purchase, send } from './testing/documents.ts';

const guest = asGuest();
let database: TestDatabase;
let shop: Shop;

beforeAll(async () => {
  database = await createTestDatabase(['orders', 'psp']);
  const { orders: identity } = await createTestIdentities(['orders']);
  shop = await openShop(database, identity);
});
afterAll(async () => {
  await shop.stop();
  await database.drop();
});

describe('a purchase', () => {
  test('places an order from the nearest location, authorizes the card, commits the stock and says so', async () => {
    const cart = await shop.fill(2, 5, 5);
    const answer = await shop.buy(cart, {
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
        customer: { id: shop.world.customers.get('ada@example.org') },
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
        fulfilmentOrders: [{ location: { id: shop.berlin }, lines: [{ quantity: 2, variant: { id: shop.mug } }] }],
      },
    });
    expect(await shop.traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
    expect(shop.world.stock.levelOf(shop.berlin, shop.mug)).toBe(3);
    expect(await shop.cartOf(cart)).toMatchObject({ status: 'ORDERED', order: { id: answer.order.id } });
    const event = await eventually(() => {
      const found = shop.events.find((each) => each.key === answer.order.id);
      if (!found) throw new Error('no event yet');
      return found;
    });
    expect(event.payload).toMatchObject({
      orderId: answer.order.id,
      number: answer.order.number,
      channel: 'web',
      customerId: shop.world.customers.get('ada@example.org'),
      total: { minorUnits: 2_380, currency: 'EUR' },
      lines: [{ variantId: shop.mug, quantity: 2 }],
    });
    const [row] = await shop.ordersDb.sql`select request, plans from orders.checkouts where cart_id = ${cart.cart.id}`;
    expect(row).toEqual({ request: null, plans: null });
  });

  test('splits over locations when none has everything', async () => {
    const cart = await shop.fill(13, 10, 6);
    const { order } = await shop.buy(cart);
    expect(order.fulfilmentOrders.map((each: Answer) => [each.location.id, each.lines[0].quantity])).toEqual(
      expect.arrayContaining([
        [shop.berlin, 10],
        [shop.munich, 3],
      ]),
    );
  });

  test('is planned again when others were faster at every place that was planned', async () => {
    const cart = await shop.fill(1, 1);
    shop.world.stock.beforeReserve = () => {
      shop.world.stock.setLevel(shop.berlin, shop.mug, 0);
      shop.world.stock.setLevel(shop.munich, shop.mug, 1);
    };
    const { order } = await shop.buy(cart);
    expect(order.fulfilmentOrders).toMatchObject([{ location: { id: shop.munich } }]);
    expect(await shop.traces(cart)).toMatchObject({ states: ['placed'], holds: ['COMMITTED'] });
  });

  test('is collected at the place asked for, and only there', async () => {
    const pickup = { shippingAddress: null, pickupLocationId: shop.berlin };
    expect(await shop.buy(await shop.fill(1, 1, 9), pickup)).toMatchObject({
      order: { fulfilmentOrders: [{ location: { id: shop.berlin } }], shippingAddress: null },
    });
    expect(await shop.buy(await shop.fill(2, 1, 9), pickup)).toMatchObject({
      __typename: 'OutOfStock',
      lines: [{ requested: 2, available: 1 }],
    });
    expect(await shop.buy(await shop.fill(1, 1, 9), { ...pickup, pickupLocationId: shop.munich })).toMatchObject({
      code: 'PICKUP_UNAVAILABLE',
    });
  });

  test('works for customers without an email, and hangs on their profile', async () => {
    const customerId = newId();
    const cart = await shop.fill(1, 1, 0, asCustomer(customerId));
    expect(await shop.buy(cart, { contact: null }, asCustomer(customerId))).toMatchObject({
      order: { customer: { id: customerId }, email: null },
    });
  });

  test('is placed while customers is down, and gets its profile afterwards', async () => {
    shop.world.down.add('customers');
    const cart = await shop.fill(1, 1);
    const { order } = await shop.buy(cart, { contact: { email: 'late@example.org' } });
    shop.world.down.delete('customers');
    expect(order.customer).toBeNull();
    await shop.ordersDb.sql`update orders.orders set profile_due_at = orders.app_now() where order_id = ${order.id}`;
    await eventually(async () =>
      expect(await send(shop.service, guest, 'order', { id: order.id, token: cart.token })).toMatchObject({
        customer: { id: shop.world.customers.get('late@example.org') },
      }),
    );
  });
});

describe('the same key', () => {
  test('fifty times at once buys once and answers the same', async () => {
    const cart = await shop.fill(1, 50);
    const input = purchase(cart);
    const answers = await Promise.all(Array.from({ length: 50 }, () => mutate(shop.service, guest, 'checkout', input)));
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(answers[0].__typename).toBe('OrderPlaced');
    expect(await shop.traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
    expect(await mutate(shop.service, guest, 'checkout', input)).toEqual(answers[0]);
  });

  test('at two processes at once buys once', async () => {
    const second = await shop.startSecond();
    const cart = await shop.fill(1, 50);
    const input = purchase(cart);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => mutate(index % 2 ? shop.service : second, guest, 'checkout', input)),
    );
    await second.stop();
    expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(await shop.traces(cart)).toEqual({
      states: ['placed'],
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
  });

  test('with another input is refused, whether or not the first one bought', async () => {
    const cart = await shop.fill(1, 5);
    const input = purchase(cart);
    await mutate(shop.service, guest, 'checkout', input);
    const other = { ...input, contact: { email: 'eve@example.org' } };
    expect(await mutate(shop.service, guest, 'checkout', other)).toMatchObject({
      __typename: 'IdempotencyKeyReused',
      path: ['input', 'idempotencyKey'],
    });
    const refused = purchase(await shop.fill(9, 1));
    expect(await mutate(shop.service, guest, 'checkout', refused)).toMatchObject({ __typename: 'OutOfStock' });
    expect(
      await mutate(shop.service, guest, 'checkout', { ...refused, contact: { email: 'eve@example.org' } }),
    ).toMatchObject({ __typename: 'IdempotencyKeyReused' });
  });

  test('of another guest is another key', async () => {
    const key = newId();
    const [first, second] = [await shop.fill(1, 5), await shop.fill(1, 5)];
    const answers = [await shop.buy(first, { idempotencyKey: key }), await shop.buy(second, { idempotencyKey: key })];
    expect(answers.map((each) => each.__typename)).toEqual(['OrderPlaced', 'OrderPlaced']);
    expect(answers[0].order.id).not.toBe(answers[1].order.id);
  });
});

describe('one cart', () => {
  test('becomes one order, whatever the number of keys at once', async () => {
    const cart = await shop.fill(1, 50);
    const answers = await Promise.all(Array.from({ length: 20 }, () => shop.buy(cart)));
    const kinds = new Set(answers.map((each) => `${each.__typename}${each.code ? ` ${each.code}` : ''}`));
    expect(answers.filter((each) => each.__typename === 'OrderPlaced')).toHaveLength(1);
    expect(
      [...kinds].filter((kind) => !['OrderPlaced', 'Busy BUSY', 'CheckoutInvalid CART_ALREADY_ORDERED'].includes(kind)),
    ).toEqual([]);
    expect(await shop.traces(cart)).toMatchObject({
      orderCount: 1,
      intents: ['requires_capture'],
      holds: ['COMMITTED'],
    });
    expect(await shop.buy(cart)).toMatchObject({ code: 'CART_ALREADY_ORDERED' });
    expect(
      await mutate(shop.service, guest, 'set', { cartId: cart.cart.id, token: cart.token, lines: [] }),
    ).toMatchObject({
      code: 'CART_ALREADY_ORDERED',
    });
  });

  test('of an older version than expected answers VersionConflict and nothing is taken', async () => {
    const cart = await shop.fill(1, 5);
    expect(await shop.buy(cart, { expectedVersion: 7 })).toMatchObject({
      __typename: 'VersionConflict',
      currentVersion: 1,
    });
    expect(await shop.traces(cart)).toEqual({ states: [], orderCount: 0, intents: [], holds: [] });
  });

  test('changed and bought at once is bought as it was priced', async () => {
    const cart = await shop.fill(1, 50);
    const change = (quantity: number) =>
      mutate(shop.service, guest, 'set', {
        cartId: cart.cart.id,
        token: cart.token,
        lines: [{ variantId: shop.mug, quantity }],
      });
    const [first] = await Promise.all([shop.buy(cart), ...[2, 3, 4, 5].map(change)]);
    // A cart that changes all the time is busy: nobody changes it any more, so that it sells now.
    const { order } = first.__typename === 'Busy' ? await shop.buy(cart) : first;
    const [line] = order.lines;
    expect(order.total.gross.minorUnits).toBe(line.quantity * 1_190);
    expect(order.fulfilmentOrders[0].lines[0].quantity).toBe(line.quantity);
  });
});
