import { newId } from '@kontor/kit/src/ids.ts';
import { asCustomer, asGuest, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Answer, mutate, purchase, send } from './testing/documents.ts';
import { openShop, type Shop } from './testing/open-shop.ts';
import type { SimulatedPrices } from './testing/prices.ts';

const guest = asGuest();
const DHL = { code: 'dhl', name: 'DHL', grossMinor: 490, country: 'DE' };
const EXPRESS = { code: 'express', name: 'Express', grossMinor: 1_490, country: 'DE' };

let database: TestDatabase;
let shop: Shop;
let pricing: SimulatedPrices;

beforeAll(async () => {
  database = await createTestDatabase(['orders', 'psp']);
  const { orders: identity } = await createTestIdentities(['orders']);
  shop = await openShop(database, identity);
  ({ pricing } = shop.world);
});
afterEach(() => {
  pricing.removePromotions();
  pricing.removeShipping();
  pricing.units.set(shop.mug, 1_190);
});
afterAll(async () => {
  await shop.stop();
  await database.drop();
});

const held = ({ cart, token }: Answer) => ({ cartId: cart.id, token });
const setCodes = (made: Answer, codes: readonly string[], changes: object = {}): Promise<Answer> =>
  mutate(shop.service, guest, 'codes', { ...held(made), codes, ...changes });
const setShipping = (made: Answer, shippingOptionId: string | null, changes: object = {}): Promise<Answer> =>
  mutate(shop.service, guest, 'shipping', { ...held(made), shippingOptionId, ...changes });
const ADDRESS = { city: 'Berlin', postalCode: '10115', country: 'DE' };
/** A cart with an address of its own, so that its quotes are for its purchase. */
const setAddress = (made: Answer): Promise<Answer> =>
  mutate(shop.service, guest, 'address', { ...held(made), shippingAddress: ADDRESS });
const placedEvent = (orderId: string) =>
  eventually(() => {
    const found = shop.events.find(({ topic, key }) => topic === 'orders.order.placed' && key === orderId);
    if (!found) throw new Error('no event yet');
    return found;
  });
const statusesOf = (): string[] => pricing.holds.statuses();

describe('codes of a cart', () => {
  test('are kept in capitals, each once, and say what they give', async () => {
    const promotionId = pricing.addPromotion({ class: 'ORDER', basisPoints: 1_000, code: 'SUMMER' });
    const made = await shop.fill(2, 5);
    const answer = await setCodes(made, [' summer ', 'Summer'], { expectedVersion: 1 });
    const amount = { minorUnits: 238, currency: 'EUR' };
    expect(answer).toMatchObject({
      __typename: 'CartCodesUpdated',
      refused: [],
      cart: {
        version: 2,
        codes: [{ code: 'SUMMER', status: 'APPLIED', message: null }],
        discounts: [{ promotionId, name: 'Sale', code: 'SUMMER', class: 'ORDER', amount }],
        lines: [
          {
            undiscountedTotal: { gross: { minorUnits: 2_380 } },
            total: { gross: { minorUnits: 2_142 } },
            discounts: [{ promotionId, name: 'Sale', amount }],
          },
        ],
        quote: {
          undiscountedTotal: { gross: { minorUnits: 2_380 } },
          goodsTotal: { gross: { minorUnits: 2_142 } },
          total: { gross: { minorUnits: 2_142 } },
        },
      },
    });
    expect(await setCodes(made, [])).toMatchObject({ cart: { codes: [], discounts: [], version: 3 } });
  });

  test('that nobody knows are named and not kept, beside those that are known and give nothing', async () => {
    pricing.addPromotion({ class: 'PRODUCT', basisPoints: 0, code: 'NOTHING' });
    const made = await shop.fill(1, 5);
    const hostile = ['GUESS-1', 'nothing', '__proto__', 'x', `a\u0000b`, 'z'.repeat(70)];
    const { cart, refused } = await setCodes(made, hostile);
    expect(cart.codes).toMatchObject([{ code: 'NOTHING', status: 'NO_EFFECT', message: expect.any(String) }]);
    expect(refused.map((each: Answer) => [each.code, each.status])).toEqual(
      ['GUESS-1', '__PROTO__', 'X', `A\u0000B`, 'Z'.repeat(70)].map((code) => [code, 'CODE_UNKNOWN']),
    );
  });

  test('can be tried twenty times in an hour where nobody knows them, and known ones do not count', async () => {
    pricing.addPromotion({ class: 'ORDER', basisPoints: 1_000, code: 'SUMMER' });
    const made = await shop.fill(1, 5);
    const guesses = (from: number, count: number) =>
      Array.from({ length: count }, (_, index) => `GUESS-${from + index}`);
    for (let round = 0; round < 5; round += 1) {
      expect(await setCodes(made, ['SUMMER'])).toMatchObject({ cart: { codes: [{ code: 'SUMMER' }] } });
      expect(await setCodes(made, [])).toMatchObject({ cart: { codes: [] } });
    }
    // As many as there may be, all at once: together they are no more than twenty.
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => setCodes(made, guesses(index * 5, 5))));
    expect(answers.filter((each) => each.code === 'TOO_MANY_ATTEMPTS')).toHaveLength(4);
    expect(answers.filter((each) => each.__typename === 'CartCodesUpdated')).toHaveLength(4);
    const asked = pricing.asked.length;
    expect(await setCodes(made, ['SUMMER'])).toMatchObject({
      __typename: 'InvalidInput',
      code: 'TOO_MANY_ATTEMPTS',
      path: ['input', 'codes'],
    });
    expect(pricing.asked).toHaveLength(asked);
    const { sql } = shop.ordersDb;
    await sql`update orders.carts set code_attempts_since = code_attempts_since - interval '1 hour' where cart_id = ${made.cart.id}`;
    expect(await setCodes(made, ['SUMMER'])).toMatchObject({ cart: { codes: [{ status: 'APPLIED' }] } });
  });

  test('are refused when there are too many, when one is a card number, and to whoever does not hold the cart', async () => {
    const made = await shop.fill(1, 5);
    expect(
      await setCodes(
        made,
        Array.from({ length: 11 }, (_, index) => `CODE-${index}`),
      ),
    ).toMatchObject({
      code: 'TOO_MANY_CODES',
    });
    expect(await setCodes(made, ['4242 4242 4242 4242'])).toMatchObject({ code: 'CARD_NUMBER_REFUSED' });
    expect(await setCodes(made, [], { token: 'another' })).toMatchObject({ __typename: 'NotFound' });
    expect(await setCodes(made, [], { expectedVersion: 7 })).toMatchObject({
      __typename: 'VersionConflict',
      currentVersion: 1,
    });
    expect(await shop.cartOf(made)).toMatchObject({ codes: [], version: 1 });
  });

  test('can be taken out while prices is down, and not put in; nothing is counted then', async () => {
    pricing.addPromotion({ class: 'ORDER', basisPoints: 1_000, code: 'SUMMER' });
    const made = await shop.fill(1, 5);
    await setCodes(made, ['SUMMER']);
    shop.world.down.add('prices');
    await expect(setCodes(made, ['SUMMER', 'WINTER'])).rejects.toThrow('SERVICE_UNAVAILABLE');
    expect(await shop.cartOf(made)).toMatchObject({
      codes: [{ code: 'SUMMER', status: null, message: null }],
      discounts: [],
      gifts: [],
      shipping: null,
      quote: null,
    });
    expect(await setCodes(made, [])).toMatchObject({ __typename: 'CartCodesUpdated', cart: { codes: [] } });
    shop.world.down.delete('prices');
    const { sql } = shop.ordersDb;
    const [row] = await sql`select code_attempts from orders.carts where cart_id = ${made.cart.id}`;
    expect(row).toEqual({ code_attempts: 0 });
  });

  test("go into the customer's cart at sign-in behind its own, ten at most, and so does the way of sending", async () => {
    for (let index = 0; index < 12; index += 1)
      pricing.addPromotion({ class: 'ORDER', basisPoints: 1, code: `CODE-${index}` });
    pricing.addShipping(DHL);
    pricing.addShipping(EXPRESS);
    const code = (index: number) => `CODE-${index}`;
    const customer = asCustomer(newId());
    const own = await shop.fill(1, 5, 0, customer);
    await mutate(shop.service, customer, 'codes', { cartId: own.cart.id, codes: [0, 1, 2, 3, 4, 5].map(code) });
    const made = await shop.fill(1, 5);
    await setCodes(made, [11, 3, 10, 9, 8, 7].map(code));
    await setShipping(made, 'express');
    const { cart } = await mutate(shop.service, customer, 'merge', held(made));
    expect(cart.id).toBe(own.cart.id);
    expect(cart.codes.map((each: Answer) => each.code)).toEqual([0, 1, 2, 3, 4, 5, 11, 10, 9, 8].map(code));
    expect(cart.shipping.chosen.id).toBe('express');
  });
});

describe('the way of sending', () => {
  test('is the first that is offered until another one is set, and is a part of the total', async () => {
    pricing.addShipping(DHL);
    pricing.addShipping(EXPRESS);
    const made = await shop.fill(1, 5);
    expect(made.cart).toMatchObject({
      shipping: {
        options: [
          { id: 'dhl', name: 'DHL', total: { gross: { minorUnits: 490 } } },
          { id: 'express', name: 'Express', total: { gross: { minorUnits: 1_490 } } },
        ],
        chosen: { id: 'dhl', total: { gross: { minorUnits: 490 } } },
        message: null,
      },
      quote: { goodsTotal: { gross: { minorUnits: 1_190 } }, total: { gross: { minorUnits: 1_680 } } },
    });
    expect(await setShipping(made, 'express', { expectedVersion: 1 })).toMatchObject({
      __typename: 'CartUpdated',
      cart: { version: 2, shipping: { chosen: { id: 'express' } }, quote: { total: { gross: { minorUnits: 2_680 } } } },
    });
    expect(await setShipping(made, null)).toMatchObject({ cart: { version: 3, shipping: { chosen: { id: 'dhl' } } } });
  });

  test('is refused when it is not offered, for an empty cart, and to whoever does not hold the cart', async () => {
    pricing.addShipping(DHL);
    const made = await shop.fill(1, 5);
    const path = ['input', 'shippingOptionId'];
    expect(await setShipping(made, 'pigeon')).toMatchObject({ code: 'SHIPPING_OPTION_UNKNOWN', path });
    expect(await setShipping(made, `d\u0000hl`)).toMatchObject({ code: 'SHIPPING_OPTION_UNKNOWN', path });
    expect(await setShipping(made, 'dhl', { token: 'another' })).toMatchObject({ __typename: 'NotFound' });
    expect(await setShipping(made, 'dhl', { expectedVersion: 9 })).toMatchObject({ __typename: 'VersionConflict' });
    const empty = await mutate(shop.service, guest, 'create', {});
    expect(await setShipping(empty, 'dhl')).toMatchObject({ code: 'CART_EMPTY', path });
  });

  test('of a purchase is the one that it names, else that of the cart, and must be offered', async () => {
    pricing.addShipping(DHL);
    pricing.addShipping(EXPRESS);
    const made = await shop.fill(1, 9);
    await setShipping(made, 'express');
    pricing.removeShipping();
    pricing.addShipping(DHL);
    expect(await shop.buy(made)).toMatchObject({ code: 'SHIPPING_OPTION_UNKNOWN', path: ['input', 'cartId'] });
    expect(await shop.buy(made, { shippingOptionId: 'pigeon' })).toMatchObject({
      code: 'SHIPPING_OPTION_UNKNOWN',
      path: ['input', 'shippingOptionId'],
    });
    expect(await shop.buy(made, { shippingOptionId: 'dhl', pickupLocationId: shop.berlin })).toMatchObject({
      code: 'SHIPPING_OPTION_UNKNOWN',
    });
    const { order } = await shop.buy(made, {
      shippingOptionId: 'dhl',
      expectedTotal: { minorUnits: 1_680, currency: 'EUR' },
    });
    expect(order).toMatchObject({
      total: { net: { minorUnits: 1_412 }, tax: { minorUnits: 268 }, gross: { minorUnits: 1_680 } },
      shipping: { optionId: 'dhl', name: 'DHL', total: { gross: { minorUnits: 490 } } },
      payments: [{ amount: { minorUnits: 1_680 } }],
    });
  });

  test('costs nothing for what is collected', async () => {
    pricing.addShipping(DHL);
    const made = await shop.fill(1, 5);
    await setShipping(made, 'dhl');
    const pickup = { shippingAddress: null, pickupLocationId: shop.berlin };
    expect(await shop.buy(made, pickup)).toMatchObject({
      order: { shipping: null, total: { gross: { minorUnits: 1_190 } } },
    });
  });
});

describe('a purchase with discounts', () => {
  test('keeps them with its lines, holds what is limited under its key, and says so', async () => {
    const promotionId = pricing.addPromotion({ class: 'ORDER', basisPoints: 1_000, code: 'ONCE', maxUses: 1 });
    const sending = pricing.addPromotion({ class: 'SHIPPING', basisPoints: 10_000, name: 'Free shipping' });
    pricing.addShipping(DHL);
    const before = statusesOf().length;
    const made = await shop.fill(2, 5);
    await setCodes(made, ['ONCE']);
    const { cart } = await setShipping(made, 'dhl');
    const { order } = await shop.buy(made, { quoteToken: cart.quote.token });
    const amount = { minorUnits: 238, currency: 'EUR' };
    const placed = {
      total: { gross: { minorUnits: 2_142 } },
      discounts: [
        { promotionId, name: 'Sale', code: 'ONCE', class: 'ORDER', amount },
        { promotionId: sending, name: 'Free shipping', code: null, class: 'SHIPPING', amount: { minorUnits: 490 } },
      ],
      shipping: { optionId: 'dhl', total: { gross: { minorUnits: 0 } } },
      lines: [{ total: { gross: { minorUnits: 2_142 } }, discounts: [{ promotionId, name: 'Sale', amount }] }],
    };
    expect(order).toMatchObject(placed);
    expect(await send(shop.service, guest, 'order', { id: order.id, token: made.token })).toMatchObject(placed);
    expect(statusesOf().slice(before)).toEqual(['HELD']);
    const { sql } = shop.ordersDb;
    const [checkout] = await sql`select checkout_id as id from orders.checkouts where order_id = ${order.id}`;
    const event = await placedEvent(order.id);
    expect(event.payload).toMatchObject({
      promotionHoldKey: `checkout:${checkout!['id']}`,
      country: 'DE',
      companyLocationId: null,
      groups: [],
      discounts: [
        { promotionId, grossMinor: 238 },
        { promotionId: sending, grossMinor: 490 },
      ],
    });
    const [line] =
      await sql`select discount_minor::int, discounts from orders.order_lines where order_id = ${order.id}`;
    expect(line).toMatchObject({ discount_minor: 238, discounts: [{ promotionId, grossMinor: 238 }] });
    const [row] = await sql`select request from orders.checkouts where order_id = ${order.id}`;
    expect(row).toEqual({ request: null });
  });

  test('holds nothing and says nothing of a hold when nothing is limited', async () => {
    pricing.addPromotion({ class: 'PRODUCT', basisPoints: 1_000 });
    const before = [pricing.holds.held.size, pricing.asked.length];
    const { order } = await shop.buy(await shop.fill(1, 5));
    expect(order.total.gross.minorUnits).toBe(1_071);
    expect([pricing.holds.held.size - before[0]!, pricing.asked.length - before[1]!]).toEqual([0, 2]);
    const event = await placedEvent(order.id);
    expect(event.payload).toMatchObject({ promotionHoldKey: null });
  });

  test('of a code that somebody else has used up gives the stock back and says the price without it, line by line', async () => {
    pricing.addPromotion({ class: 'ORDER', basisPoints: 1_000, code: 'LAST', maxUses: 1 });
    const [mine, other] = [await shop.fill(2, 9), await shop.fill(1, 9)];
    await setCodes(mine, ['LAST']);
    await setAddress(other);
    const { cart } = await setCodes(other, ['LAST']);
    expect(await shop.buy(mine)).toMatchObject({ __typename: 'OrderPlaced' });
    // Its quote is still honoured: the hold decides.
    const quoteToken = cart.quote.token;
    const input = purchase(other, { quoteToken });
    const answer = await mutate(shop.service, guest, 'checkout', input);
    expect(answer).toEqual({
      __typename: 'PriceChanged',
      code: 'PRICE_CHANGED',
      message: expect.stringContaining('discount') as string,
      path: null,
      expectedTotal: { minorUnits: 1_071 },
      currentTotal: { minorUnits: 1_190 },
      lines: [{ variantId: shop.mug, expected: { minorUnits: 1_071 }, current: { minorUnits: 1_190 } }],
    });
    expect(await mutate(shop.service, guest, 'checkout', input)).toEqual(answer);
    expect(await shop.traces(other)).toEqual({ states: ['failed'], orderCount: 0, intents: [], holds: ['RELEASED'] });
    expect(await shop.cartOf(other)).toMatchObject({
      status: 'OPEN',
      codes: [{ code: 'LAST', status: 'CODE_USED_UP' }],
    });
    const expectedTotal = { minorUnits: 1_190, currency: 'EUR' };
    expect(await shop.buy(other, { expectedTotal })).toMatchObject({ __typename: 'OrderPlaced' });
  });

  test('by twelve shoppers at once uses a code that can be used five times five times', async () => {
    pricing.addPromotion({ class: 'ORDER', basisPoints: 1_000, code: 'FIVE', maxUses: 5 });
    const carts: Answer[] = [];
    for (let index = 0; index < 12; index += 1) carts.push(await shop.fill(1, 50));
    await Promise.all(carts.map((each) => setCodes(each, ['FIVE'])));
    const before = statusesOf().length;
    const buy = async (each: Answer) => shop.buy(each, { expectedTotal: { minorUnits: 1_071, currency: 'EUR' } });
    const answers = await Promise.all(carts.map(buy));
    expect(answers.map((each) => each.__typename).sort()).toEqual([
      ...Array.from({ length: 5 }, () => 'OrderPlaced'),
      ...Array.from({ length: 7 }, () => 'PriceChanged'),
    ]);
    expect(statusesOf().slice(before)).toEqual(Array.from({ length: 5 }, () => 'HELD'));
  });

  test('gives promotions back when the payment is declined', async () => {
    pricing.addPromotion({ class: 'ORDER', basisPoints: 1_000, code: 'ONCE', maxUses: 1 });
    const before = statusesOf().length;
    const made = await shop.fill(1, 5);
    await setCodes(made, ['ONCE']);
    const declined = { tenders: [{ kind: 'CARD', token: 'pm_card_chargeDeclined' }] };
    expect(await shop.buy(made, declined)).toMatchObject({ __typename: 'PaymentDeclined' });
    expect(statusesOf().slice(before)).toEqual(['RELEASED']);
    expect(await shop.buy(made)).toMatchObject({ order: { total: { gross: { minorUnits: 1_071 } } } });
    expect(statusesOf().slice(before)).toEqual(['RELEASED', 'HELD']);
  });

  test('that leave nothing to pay gives promotions back when the stock is gone in the end', async () => {
    pricing.addPromotion({ class: 'ORDER', basisPoints: 10_000, code: 'FREE', maxUses: 1 });
    const before = statusesOf().length;
    const made = await shop.fill(1, 1);
    await setCodes(made, ['FREE']);
    shop.world.stock.beforeCommit = () => {
      // The hold ended, and somebody else has the last unit.
      for (const hold of shop.world.stock.reservations.values()) if (hold.status === 'HELD') hold.status = 'EXPIRED';
      shop.world.stock.setLevel(shop.berlin, shop.mug, 0);
    };
    expect(await shop.buy(made)).toMatchObject({ __typename: 'OutOfStock' });
    expect(statusesOf().slice(before)).toEqual(['RELEASED']);
    expect(await shop.traces(made)).toMatchObject({ states: ['failed'], orderCount: 0, intents: [] });
  });

  test('counts limits of customers by who they are, and of guests by their address alone', async () => {
    pricing.addPromotion({ class: 'ORDER', basisPoints: 1_000, maxUsesPerCustomer: 1 });
    const contact = (email: string) => ({ contact: { email } });
    const total = async (changes: object, call = guest) =>
      (await shop.buy(await shop.fill(1, 9, 0, call), changes, call)).order.total.gross.minorUnits;
    expect(await total(contact('grace@example.org'))).toBe(1_071);
    expect(await total(contact(' Grace@Example.org'))).toBe(1_190);
    expect(await total(contact('joan@example.org'))).toBe(1_071);
    const customer = asCustomer(newId());
    expect(await total(contact('grace@example.org'), customer)).toBe(1_071);
    expect(await total(contact('new@example.org'), customer)).toBe(1_190);
    const keys = pricing.asked.flatMap(({ guestKey }) => guestKey ?? []);
    expect(keys.filter((key) => !/^[\w-]{43}$/.test(key))).toEqual([]);
  });

  test('asks for a guest once when nothing is limited, and names no address', async () => {
    const made = await shop.fill(1, 5);
    const before = pricing.asked.length;
    await shop.buy(made);
    expect(pricing.asked.slice(before).map(({ guestKey }) => guestKey)).toEqual([null]);
  });
});

describe('a quote', () => {
  test('that is not honoured is no reason to refuse where lines and total are still what it promised', async () => {
    const made = await shop.fill(2, 9);
    const quoteToken = made.cart.quote.token;
    pricing.expireQuotes();
    expect(await shop.buy(made, { quoteToken })).toMatchObject({ __typename: 'OrderPlaced' });
  });

  test('that is honoured holds its price, and one that expired names the lines whose price is another one', async () => {
    const [first, second] = [await shop.fill(2, 9), await shop.fill(2, 9)];
    const tokens = [first, second].map((made) => made.cart.quote.token);
    pricing.units.set(shop.mug, 1_290);
    const honoured = await setAddress(first);
    pricing.units.set(shop.mug, 1_390);
    expect(await shop.buy(first, { quoteToken: honoured.cart.quote.token })).toMatchObject({
      order: { total: { gross: { minorUnits: 2_580 } } },
    });
    expect(await shop.buy(second, { quoteToken: tokens[1] })).toMatchObject({
      __typename: 'PriceChanged',
      path: ['input', 'quoteToken'],
      expectedTotal: { minorUnits: 2_380 },
      currentTotal: { minorUnits: 2_780 },
      lines: [{ variantId: shop.mug, expected: { minorUnits: 2_380 }, current: { minorUnits: 2_780 } }],
    });
    expect(await shop.buy(second, { quoteToken: 'forged' })).toMatchObject({
      __typename: 'PriceChanged',
      expectedTotal: null,
      currentTotal: { minorUnits: 2_780 },
      lines: [],
    });
    pricing.units.delete(shop.mug);
    expect(await shop.buy(second, { quoteToken: tokens[1] })).toMatchObject({
      currentTotal: null,
      lines: [{ variantId: shop.mug, expected: { minorUnits: 2_380 }, current: null }],
    });
  });

  test('is asked for who the buyer is, and by others without company and groups', async () => {
    const customerId = newId();
    const customer = asCustomer(customerId);
    const [companyId, companyLocationId] = [newId(), newId()];
    const member = {
      ...customer,
      caller: { ...customer.caller, companyId, companyLocationId, groups: ['gold', 'vip'] },
    };
    const { cart } = await shop.fill(1, 5, 0, member);
    expect(pricing.asked.at(-1)!.buyer).toEqual({ customerId, companyId, companyLocationId, groups: ['gold', 'vip'] });
    await send(shop.service, asStaff(['orders:read']), 'cart', { id: cart.id });
    expect(pricing.asked.at(-1)!.buyer).toEqual({
      customerId,
      companyId: null,
      companyLocationId: null,
      groups: [],
    });
    const address = { city: 'Berlin', province: 'BE', postalCode: '10115', country: 'DE' };
    await mutate(shop.service, member, 'address', { cartId: cart.id, shippingAddress: address });
    expect(pricing.asked.at(-1)).toMatchObject({ country: 'DE', region: 'BE', postalCode: '10115', isPickup: false });
    const endless = { ...address, province: 'x'.repeat(150), postalCode: 'y'.repeat(150) };
    await mutate(shop.service, member, 'address', { cartId: cart.id, shippingAddress: endless });
    expect(pricing.asked.at(-1)).toMatchObject({ region: null, postalCode: null });
    const { order } = await shop.buy({ cart, token: null }, { shippingAddress: address }, member);
    expect(pricing.asked.at(-1)).toMatchObject({ buyer: { companyLocationId, groups: ['gold', 'vip'] }, region: 'BE' });
    const event = await placedEvent(order.id);
    expect(event.payload).toMatchObject({ companyId, companyLocationId, groups: ['gold', 'vip'] });
  });
});
