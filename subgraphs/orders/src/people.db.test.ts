import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { asCustomer, asGuest, asService, asStaff, callAs, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Answer, mutate, send } from './testing/documents.ts';
import { openShop, type Shop } from './testing/open-shop.ts';

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
beforeEach(() => {
  Object.assign(shop.world.people.pots, { points: 0, credit: 0, budget: Infinity });
  shop.world.people.holds.clear();
  shop.world.down.clear();
});

const tell = (topic: string, key: string, payload: object) =>
  shop.bus.publish([{ eventId: newId(), topic, key, occurredAt: new Date().toISOString(), payload }]);
const merge = (survivorId: string, absorbedId: string, mergeId = newId()) =>
  tell('customers.customer.merged', survivorId, { mergeId, survivorId, absorbedId });
const unmerge = (survivorId: string, absorbedId: string, mergeId: string) =>
  tell('customers.customer.unmerged', survivorId, { mergeId, survivorId, absorbedId });
const ordersOf = async (customerId: string, first = 10, call: Call = asCustomer(customerId)): Promise<string[]> => {
  const query = `query ($r: [_Any!]!, $first: Int) { _entities(representations: $r) { ... on Customer { orders(first: $first) { edges { node { id customer { id } } } } } } }`;
  const variables = { r: [{ __typename: 'Customer', id: customerId }], first };
  const { data } = await shop.service.graph().execute<{ _entities: Answer[] }>({ query, variables }, call);
  return data!._entities[0].orders.edges.map(({ node }: Answer) => {
    expect(node.customer.id).toBe(customerId);
    return node.id;
  });
};
const order = async (call: Call): Promise<string> =>
  (await shop.buy(await shop.fill(1, 5, 0, call), {}, call)).order.id;

describe('orders of merged profiles', () => {
  test('are those of the survivor, in one list by time, whatever the order of the events, and go back when it is undone', async () => {
    const [a, b, c] = [newId(), newId(), newId()];
    const placed: string[] = [];
    for (const id of [a, b, c, a]) placed.unshift(await order(asCustomer(id)));
    const [ofA2, ofC, ofB, ofA1] = placed as [string, string, string, string];
    const intoB = newId();
    // Heard backwards: b was merged into c after a was merged into b.
    const intoC = newId();
    await merge(c, b, intoC);
    await merge(b, a, intoB);
    expect(await ordersOf(c)).toEqual([ofA2, ofC, ofB, ofA1]);
    expect(await ordersOf(c, 2)).toEqual([ofA2, ofC]);
    // What a checkout that was under way places with an old id follows too.
    const late = await order(asCustomer(c));
    await shop.ordersDb.sql`update orders.orders set customer_id = ${a} where order_id = ${late}`;
    expect((await ordersOf(c))[0]).toBe(late);

    await unmerge(c, b, intoC);
    expect(await ordersOf(c)).toEqual([ofC]);
    expect(await ordersOf(b)).toEqual([late, ofA2, ofB, ofA1]);
    await unmerge(b, a, intoB);
    expect(await ordersOf(a)).toEqual([late, ofA2, ofA1]);
    expect(await ordersOf(b)).toEqual([ofB]);
  });

  test('open for the survivor and not for the old id', async () => {
    const [survivor, absorbed] = [newId(), newId()];
    const id = await order(asCustomer(absorbed));
    await merge(survivor, absorbed);
    expect((await send(shop.service, asCustomer(survivor), 'order', { id })).id).toBe(id);
    expect(await send(shop.service, asCustomer(absorbed), 'order', { id })).toBeNull();
  });
});

describe('cartMerge', () => {
  const filled = async (call: Call, quantity: number): Promise<Answer> => shop.fill(quantity, 50, 0, call);
  const join = (call: Call, { cart, token }: Answer) => mutate(shop.service, call, 'merge', { cartId: cart.id, token });

  test("makes a guest's cart the customer's own where there is none, and its token opens it no more", async () => {
    const me = asCustomer(newId());
    const made = await filled(guest, 2);
    const answer = await join(me, made);
    expect(answer).toMatchObject({ __typename: 'CartUpdated', cart: { id: made.cart.id, lines: [{ quantity: 2 }] } });
    expect(await shop.cartOf(made)).toBeNull();
    expect((await join(me, made)).cart.id).toBe(made.cart.id);
    expect((await shop.buy({ ...made, token: null }, {}, me)).__typename).toBe('OrderPlaced');
  });

  test('adds the lines to the cart that is open, once however often it is called at once', async () => {
    const me = asCustomer(newId());
    const own = await filled(me, 3);
    const made = await filled(guest, 2);
    const answers = await Promise.all(Array.from({ length: 10 }, () => join(me, made)));
    for (const answer of answers)
      expect(answer).toMatchObject({ __typename: 'CartUpdated', cart: { id: own.cart.id, lines: [{ quantity: 5 }] } });
    expect(await shop.cartOf(made)).toMatchObject({ status: 'MERGED' });
    const change = { cartId: made.cart.id, token: made.token, lines: [{ variantId: shop.mug, quantity: 1 }] };
    expect(await mutate(shop.service, guest, 'set', change)).toMatchObject({ code: 'CART_MERGED' });
    expect(await shop.buy(made)).toMatchObject({ __typename: 'CheckoutInvalid', code: 'CART_MERGED' });
  });

  test('refuses a wrong token, a guest, another channel and the cart of somebody else, and changes nothing', async () => {
    const [me, stranger] = [asCustomer(newId()), asCustomer(newId())];
    const made = await filled(guest, 2);
    const own = await filled(stranger, 1);
    expect(await join(me, { ...made, token: 'x' })).toMatchObject({ __typename: 'NotFound' });
    expect(await join(asCustomer(newId(), 'pos'), made)).toMatchObject({ __typename: 'NotFound' });
    expect(await join(me, { ...own, token: 'x' })).toMatchObject({ __typename: 'NotFound' });
    await expect(join(guest, made)).rejects.toThrow('FORBIDDEN');
    expect(await shop.cartOf(made)).toMatchObject({ status: 'OPEN', lines: [{ quantity: 2 }] });
    await join(stranger, made);
    expect(await join(me, made)).toMatchObject({ __typename: 'NotFound' });
  });
});

describe('an address that turns out to be theirs', () => {
  test('brings the orders that were placed with it, once, and says so', async () => {
    const owner = newId();
    shop.world.people.verified.set(owner, ['grace.hopper@example.org']);
    const made = await shop.fill(1, 5);
    const { order: placed } = await shop.buy(made, { contact: { email: 'Grace.Hopper@example.org' } });
    await shop.ordersDb.sql`update orders.orders set customer_id = null where order_id = ${placed.id}`;
    await tell('customers.identity.verified', owner, { customerId: owner, kind: 'EMAIL' });
    await tell('customers.identity.verified', owner, { customerId: owner, kind: 'EMAIL' });
    expect(await ordersOf(owner)).toEqual([placed.id]);
    await eventually(() => {
      const attached = shop.events.filter(({ topic, key }) => topic === 'orders.order.attached' && key === placed.id);
      expect(attached.map(({ payload }) => payload)).toMatchObject([
        { customerId: owner, total: { minorUnits: 1_190, currency: 'EUR' } },
      ]);
    });
  });
});

describe('a person who is forgotten', () => {
  const MARKS = ['Zyx Marker', 'zyx@example.org', 'Zyxstraße', 'Zyxstadt', '+4930999', '4242'];
  const marked = {
    contact: { email: 'zyx@example.org', phone: '+4930999', givenName: 'Zyx Marker' },
    shippingAddress: {
      name: 'Zyx Marker',
      street: 'Zyxstraße 1',
      city: 'Zyxstadt',
      postalCode: '10115',
      country: 'DE',
    },
  };
  const everything = async (): Promise<string> => {
    const tables = await shop.ordersDb.sql<
      { name: string }[]
    >`select tablename as name from pg_tables where schemaname = 'orders'`;
    const texts = await Promise.all(
      tables.map(({ name }) =>
        shop.ordersDb.sql.unsafe(`select coalesce(string_agg(t::text, ' '), '') as text from orders."${name}" t`),
      ),
    );
    return texts.map(([row]) => String(row?.['text'])).join(' ');
  };

  test('leaves orders with their amounts and nothing personal, in any table, also when an order is placed later', async () => {
    const [customerId, formerId] = [newId(), newId()];
    const me = asCustomer(customerId);
    const id = (await shop.buy(await shop.fill(1, 5, 0, me), marked, me)).order.id;
    const former = asCustomer(formerId);
    await shop.buy(await shop.fill(1, 5, 0, former), marked, former);
    const open = await shop.fill(1, 5, 0, me);
    await mutate(shop.service, me, 'address', { cartId: open.cart.id, shippingAddress: marked.shippingAddress });
    expect(await everything()).toContain('zyx@example.org');

    const waiting = await shop.fill(1, 5, 0, me);
    const confirm = {
      ...marked,
      idempotencyKey: newId(),
      tenders: [{ kind: 'CARD', token: 'pm_card_authenticationRequired' }],
    };
    const asked = await shop.buy(waiting, confirm, me);
    expect(asked.__typename).toBe('PaymentActionRequired');

    await tell('customers.customer.erased', customerId, { customerId, formerIds: [formerId] });
    const late = (await shop.buy(await shop.fill(1, 5, 0, me), marked, me)).order.id;
    const left = await everything();
    for (const mark of MARKS.slice(0, 5)) expect(left).not.toContain(mark);
    await shop.authenticate(asked, 'succeeded');
    expect((await shop.buy(waiting, confirm, me)).__typename).toBe('OrderPlaced');
    const ended = await everything();
    for (const mark of MARKS.slice(0, 5)) expect(ended).not.toContain(mark);
    const read = (each: string) => send(shop.service, asStaff(['orders:read']), 'order', { id: each });
    expect(await read(id)).toMatchObject({
      email: null,
      total: { gross: { minorUnits: 1_190 } },
      shippingAddress: { city: null, country: 'DE' },
    });
    expect(await read(late)).toMatchObject({ email: null, shippingAddress: { city: null, country: 'DE' } });
    await eventually(() =>
      expect(shop.events.filter(({ topic }) => topic === 'orders.customer.erased')).toMatchObject([
        { payload: { customerId } },
      ]),
    );
  });

  test('is told before what is kept of them, page by page, without secrets', async () => {
    const customerId = newId();
    const me = asCustomer(customerId);
    const ids = [await order(me), await order(me)];
    const query =
      'query ($ids: [ID!]!, $after: Cursor) { personalData(customerIds: $ids, after: $after, first: 1) { cursor parts { kind data } } }';
    const parts: Answer[] = [];
    let after: string | null = null;
    do {
      const variables: Record<string, unknown> = { ids: [customerId], after };
      const { data }: Answer = await shop.service
        .graph(INTERNAL_PATH)
        .execute({ query, variables }, asService('customers'));
      parts.push(...data.personalData.parts);
      after = data.personalData.cursor;
    } while (after);
    const orders = parts.filter(({ kind }) => kind === 'order').map(({ data }) => data);
    expect(orders.map((each: Answer) => each.order_id).sort()).toEqual([...ids].sort());
    expect(orders[0]).toMatchObject({
      contact: { email: 'ada@example.org' },
      lines: [{ quantity: 1 }],
      payments: [{ card_last4: '4242' }],
    });
    expect(JSON.stringify(parts)).not.toContain('token');
    expect(parts.filter(({ kind }) => kind === 'cart')).toHaveLength(2);
    const { errors } = await shop.service
      .graph(INTERNAL_PATH)
      .execute({ query, variables: { ids: [customerId] } }, asStaff(['orders:read']));
    expect(errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });
});

describe('paying with what customers holds', () => {
  const member = (customerId = newId()): Call =>
    callAs({
      role: 'customer',
      subject: customerId,
      customerId,
      companyId: newId(),
      channel: 'web',
      scopes: [],
    } satisfies Caller);
  const pay = async (call: Call, kind: string, quantity = 1): Promise<Answer> =>
    shop.buy(await shop.fill(quantity, 50, 0, call), { tenders: [{ kind }] }, call);
  const held = () => [...shop.world.people.holds.keys()];

  test('places an order for points, which stay held under the key that the event names', async () => {
    shop.world.people.pots.points = 2_000;
    const answer = await pay(asCustomer(newId()), 'POINTS');
    expect(answer.__typename).toBe('OrderPlaced');
    expect(answer.order.payments).toMatchObject([
      { kind: 'POINTS', status: 'AUTHORIZED', amount: { minorUnits: 1_190 } },
    ]);
    await eventually(() => {
      const { payload } = shop.events.find(
        ({ key, topic }) => topic === 'orders.order.placed' && key === answer.order.id,
      )!;
      expect(held()).toEqual([`points ${(payload as Answer).holdKey}`]);
    });
  });

  test('refuses when there are too few, gives the stock back and leaves nothing held', async () => {
    shop.world.people.pots.points = 100;
    expect(await pay(asCustomer(newId()), 'POINTS')).toMatchObject({
      __typename: 'PaymentDeclined',
      declineCode: 'insufficient_points',
    });
    shop.world.people.pots.credit = 100;
    expect(await pay(member(), 'TERMS')).toMatchObject({ __typename: 'CreditExceeded' });
    expect(held()).toEqual([]);
    expect(shop.world.people.pots).toMatchObject({ points: 100, credit: 100, budget: Infinity });
    expect([...shop.world.stock.reservations.values()].filter(({ status }) => status === 'HELD')).toEqual([]);
  });

  test('asks the company first: what needs an approval takes nothing, and what does not counts against the budget', async () => {
    shop.world.people.pots.credit = 5_000;
    shop.world.people.pots.budget = 2_000;
    const placed = await pay(member(), 'TERMS');
    expect(placed.order.payments).toMatchObject([{ kind: 'TERMS' }]);
    expect(shop.world.people.pots).toMatchObject({ credit: 3_810, budget: 810 });
    expect(await pay(member(), 'TERMS')).toMatchObject({
      __typename: 'ApprovalRequired',
      message: expect.stringContaining('budget'),
    });
    expect(await pay(member(), 'CARD')).toMatchObject({ __typename: 'CheckoutInvalid', code: 'TENDER_TOKEN_REQUIRED' });
    expect(shop.world.people.pots).toMatchObject({ credit: 3_810, budget: 810 });
  });

  test('gives the budget back when the card is declined', async () => {
    shop.world.people.pots.budget = 5_000;
    const call = member();
    const tenders = [{ kind: 'CARD', token: 'pm_card_chargeDeclined' }];
    expect((await shop.buy(await shop.fill(1, 5, 0, call), { tenders }, call)).__typename).toBe('PaymentDeclined');
    expect(shop.world.people.pots.budget).toBe(5_000);
    expect(held()).toEqual([]);
  });

  test('is for customers and members: a guest has no points, a person no company', async () => {
    const made = await shop.fill(1, 5);
    expect(await shop.buy(made, { tenders: [{ kind: 'POINTS' }] })).toMatchObject({ code: 'TENDER_UNAVAILABLE' });
    expect(await pay(asCustomer(newId()), 'TERMS')).toMatchObject({ code: 'TENDER_UNAVAILABLE' });
    expect(await pay(asCustomer(newId()), 'GIFT_CARD')).toMatchObject({ code: 'TENDER_UNSUPPORTED' });
  });

  test('waits while customers does not answer, and goes on with the same key', async () => {
    shop.world.people.pots.points = 2_000;
    const me = asCustomer(newId());
    const made = await shop.fill(1, 5, 0, me);
    const again = { tenders: [{ kind: 'POINTS' }], idempotencyKey: newId() };
    shop.world.down.add('customers');
    expect((await shop.buy(made, again, me)).__typename).toBe('PaymentPending');
    shop.world.down.delete('customers');
    await eventually(async () => expect((await shop.buy(made, again, me)).__typename).toBe('OrderPlaced'));
    expect(shop.world.people.pots.points).toBe(810);
  });
});
