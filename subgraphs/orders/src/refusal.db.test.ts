import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop } from './testing/open-shop.ts';
import { type Answer, mutate, purchase } from './testing/documents.ts';

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

const NOTHING = { states: [], orderCount: 0, intents: [], holds: [] };

describe('what does not sell', () => {
  test('a shortage names the lines, takes nothing, and answers the same again', async () => {
    const cart = await shop.fill(3, 1, 1);
    const input = purchase(cart);
    const answer = await mutate(shop.service, guest, 'checkout', input);
    expect(answer).toMatchObject({
      __typename: 'OutOfStock',
      code: 'OUT_OF_STOCK',
      lines: [{ variantId: shop.mug, requested: 3, available: 2 }],
    });
    expect(await shop.traces(cart)).toEqual({ ...NOTHING, states: ['failed'] });
    expect(await mutate(shop.service, guest, 'checkout', input)).toEqual(answer);
    expect(await shop.cartOf(cart)).toMatchObject({ status: 'OPEN' });
    shop.world.stock.setLevel(shop.berlin, shop.mug, 9);
    expect(await shop.buy(cart)).toMatchObject({ __typename: 'OrderPlaced' });
  });

  test('twelve shoppers of the last five units make five orders, and the rest hear OutOfStock', async () => {
    const carts: Answer[] = [];
    for (let index = 0; index < 12; index += 1) carts.push(await shop.fill(1, 3, 2));
    const answers = await Promise.all(carts.map((cart) => shop.buy(cart)));
    expect(answers.map((each) => each.__typename).sort()).toEqual([
      ...Array.from({ length: 5 }, () => 'OrderPlaced'),
      ...Array.from({ length: 7 }, () => 'OutOfStock'),
    ]);
    expect([shop.world.stock.levelOf(shop.berlin, shop.mug), shop.world.stock.levelOf(shop.munich, shop.mug)]).toEqual([
      0, 0,
    ]);
  });

  test('another total answers PriceChanged with both totals and takes nothing', async () => {
    const cart = await shop.fill(2, 5);
    expect(await shop.buy(cart, { expectedTotal: { minorUnits: 2_000, currency: 'EUR' } })).toMatchObject({
      __typename: 'PriceChanged',
      path: ['input', 'expectedTotal'],
      expectedTotal: { minorUnits: 2_000 },
      currentTotal: { minorUnits: 2_380 },
    });
    expect(await shop.buy(cart, { quoteToken: 'an-old-one' })).toMatchObject({
      __typename: 'PriceChanged',
      currentTotal: { minorUnits: 2_380 },
    });
    shop.world.prices.delete(shop.mug);
    expect(await shop.buy(cart)).toMatchObject({ __typename: 'PriceChanged', currentTotal: null });
    shop.world.prices.set(shop.mug, 1_190);
    expect(await shop.traces(cart)).toEqual({ ...NOTHING, states: ['failed', 'failed', 'failed'] });
  });

  test('prices or stock down is an error before anything is taken', async () => {
    const cart = await shop.fill(1, 5);
    for (const peer of ['prices', 'stock'] as const) {
      shop.world.down.add(peer);
      await expect(shop.buy(cart)).rejects.toThrow('SERVICE_UNAVAILABLE');
      shop.world.down.delete(peer);
    }
    expect(await shop.traces(cart)).toEqual(NOTHING);
    expect(await shop.buy(cart)).toMatchObject({ __typename: 'OrderPlaced' });
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
    const cart = await shop.fill(1, 5);
    expect(await shop.buy(cart, changes)).toMatchObject({ __typename: 'CheckoutInvalid', code, path });
    expect(await shop.traces(cart)).toMatchObject({ orderCount: 0, intents: [], holds: [] });
    expect(await shop.cartOf(cart)).toMatchObject({ status: 'OPEN', version: 1 });
  });

  test('an empty cart', async () => {
    expect(await shop.buy(await mutate(shop.service, guest, 'create', {}))).toMatchObject({ code: 'CART_EMPTY' });
  });

  test('a card number in any text is refused and found in no table', async () => {
    const number = '4242424242424242';
    const cart = await shop.fill(1, 5);
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
      expect(await shop.buy(cart, place)).toMatchObject({ __typename: 'CheckoutInvalid', code: 'CARD_NUMBER_REFUSED' });
    const { sql } = shop.ordersDb;
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
