import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { EventBus } from '@kontor/kit/src/events/event.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asCustomer, asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import type { PaymentProvider } from './payments/provider.ts';
import { createSimulatedPeers, type SimulatedPeers } from './testing/peers.ts';
import { mutate, send } from './testing/documents.ts';

let database: TestDatabase;
let service: Service;
let bus: EventBus;
let world: SimulatedPeers;
const statements: string[] = [];
let mug: string;
let cap: string;

const noPayments: PaymentProvider = {
  authorize: () => Promise.reject(new Error('nobody pays here')),
  retrieve: () => Promise.reject(new Error('nobody pays here')),
  cancel: () => Promise.reject(new Error('nobody pays here')),
};

beforeAll(async () => {
  database = await createTestDatabase(['orders']);
  world = createSimulatedPeers();
  mug = world.addVariant(1_190);
  cap = world.addVariant(2_380, 'Cap');
  bus = createMemoryBus();
  const { orders: identity } = await createTestIdentities(['orders']);
  service = createApp({
    db: database.open('orders', { onQuery: (statement) => void statements.push(statement) }),
    bus,
    identity,
    logger: silentLogger,
    peers: world.peers,
    payments: noPayments,
  });
  await service.start();
  await eventually(() => mutate(service, asGuest(), 'create', { lines: [{ variantId: cap, quantity: 1 }] }));
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const guest = asGuest();
const create = (input: object = {}, call = guest) => mutate(service, call, 'create', input);

describe('cartCreate', () => {
  test('makes a cart with the defaults of the channel, prices it with one question, and gives a token of 32 bytes', async () => {
    const before = world.quoteCount;
    const { cart, token } = await create({
      lines: [
        { variantId: mug, quantity: 2 },
        { variantId: cap, quantity: 1 },
      ],
    });
    expect(cart).toMatchObject({
      version: 1,
      status: 'OPEN',
      currency: 'EUR',
      country: 'DE',
      lines: [
        {
          quantity: 2,
          variant: { id: mug },
          unitPrice: { gross: { minorUnits: 1_190 } },
          total: { gross: { minorUnits: 2_380 } },
        },
        { quantity: 1, variant: { id: cap } },
      ],
      quote: { total: { gross: { minorUnits: 4_760, currency: 'EUR' } } },
    });
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(world.quoteCount - before).toBe(1);
    const [row] = await database.open('orders').sql`select token_hash from orders.carts where cart_id = ${cart.id}`;
    expect(Buffer.from(row!['token_hash'] as Uint8Array).toString('base64url')).not.toBe(token);
  });

  test('answers the same cart and token for the same key, also at once, and refuses another input', async () => {
    const key = newId();
    const lines = [{ variantId: mug, quantity: 1 }];
    const answers = await Promise.all(Array.from({ length: 10 }, () => create({ lines, idempotencyKey: key })));
    expect(new Set(answers.map((each) => `${each.cart.id} ${each.token}`)).size).toBe(1);
    expect(await send(service, guest, 'cart', { id: answers[0].cart.id, token: answers[0].token })).toMatchObject({
      id: answers[0].cart.id,
    });
    await expect(create({ lines: [], idempotencyKey: key })).rejects.toThrow('BAD_USER_INPUT');
  });

  test('refuses a currency, a country or a variant that the channel does not have', async () => {
    await expect(create({ currency: 'GBP' })).rejects.toThrow('BAD_USER_INPUT: This channel takes EUR, USD.');
    await expect(create({ country: 'US' })).rejects.toThrow('BAD_USER_INPUT');
    await expect(create({ lines: [{ variantId: newId(), quantity: 1 }] })).rejects.toThrow('UNKNOWN_VARIANT');
    await expect(create({ lines: [{ variantId: mug, quantity: 10_001 }] })).rejects.toThrow('INVALID_QUANTITY');
  });
});

describe('who sees a cart', () => {
  test('a guest with the token in the same channel, and nobody with another one or none', async () => {
    const { cart, token } = await create();
    expect(await send(service, guest, 'cart', { id: cart.id, token })).not.toBeNull();
    for (const wrong of [null, '', 'x', (await create()).token])
      expect(await send(service, guest, 'cart', { id: cart.id, token: wrong })).toBeNull();
    expect(await send(service, guest, 'cart', { id: 'not-an-id', token })).toBeNull();
    const set = (input: object, call = guest) => mutate(service, call, 'set', { cartId: cart.id, lines: [], ...input });
    expect(await set({ token: 'x' })).toMatchObject({ __typename: 'NotFound', path: ['input', 'cartId'] });
    expect(await set({ token }, asGuest('pos'))).toMatchObject({ __typename: 'NotFound' });
    expect(await set({ token })).toMatchObject({ __typename: 'CartUpdated' });
  });

  test('a customer their own without a token, and staff with the scope', async () => {
    const [ada, eve] = [newId(), newId()];
    const { cart, token } = await create({}, asCustomer(ada));
    expect(token).toBeNull();
    const read = (call: typeof guest) => send(service, call, 'cart', { id: cart.id, token: null });
    expect(await read(asCustomer(ada))).not.toBeNull();
    expect(await read(asCustomer(eve))).toBeNull();
    expect(await read(guest)).toBeNull();
    expect(await read(asStaff(['orders:read']))).not.toBeNull();
    expect(await read(asStaff([]))).toBeNull();
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Cart { id } } }';
    const entity = async (call: typeof guest) =>
      (await service.graph().execute({ query, variables: { r: [{ __typename: 'Cart', id: cart.id }] } }, call)).data?.[
        '_entities'
      ];
    expect(await entity(asCustomer(eve))).toEqual([null]);
    expect(await entity(asCustomer(ada))).toEqual([{ id: cart.id }]);
  });
});

describe('cartLinesSet', () => {
  test('sets, adds and removes lines, keeps the order, and counts the version', async () => {
    const { cart, token } = await create({ lines: [{ variantId: mug, quantity: 1 }] });
    const set = (lines: object[]) => mutate(service, guest, 'set', { cartId: cart.id, token, lines });
    const both = await set([
      { variantId: cap, quantity: 4 },
      { variantId: mug, quantity: 3 },
    ]);
    expect(both.cart).toMatchObject({
      version: 2,
      lines: [
        { variant: { id: mug }, quantity: 3 },
        { variant: { id: cap }, quantity: 4 },
      ],
    });
    const one = await set([{ variantId: mug, quantity: 0 }]);
    expect(one.cart).toMatchObject({ version: 3, lines: [{ variant: { id: cap }, quantity: 4 }] });
  });

  test('refuses quantities out of bounds, unknown and repeated variants, and changes nothing', async () => {
    const { cart, token } = await create({ lines: [{ variantId: mug, quantity: 1 }] });
    const set = (lines: object[]) => mutate(service, guest, 'set', { cartId: cart.id, token, lines });
    for (const quantity of [-1, 10_001])
      expect(
        await set([
          { variantId: cap, quantity: 1 },
          { variantId: mug, quantity },
        ]),
      ).toMatchObject({
        __typename: 'InvalidInput',
        code: 'INVALID_QUANTITY',
        path: ['input', 'lines', '1', 'quantity'],
      });
    for (const variantId of [newId(), 'nonsense'])
      expect(await set([{ variantId, quantity: 1 }])).toMatchObject({
        code: 'UNKNOWN_VARIANT',
        path: ['input', 'lines', '0', 'variantId'],
      });
    expect(
      await set([
        { variantId: mug, quantity: 1 },
        { variantId: mug.toUpperCase(), quantity: 2 },
      ]),
    ).toMatchObject({ code: 'DUPLICATE_VARIANT' });
    expect(await send(service, guest, 'cart', { id: cart.id, token })).toMatchObject({
      version: 1,
      lines: [{ quantity: 1 }],
    });
  });

  test('keeps a cart at 100 lines, whole inputs or none', async () => {
    const many = Array.from({ length: 101 }, () => world.addVariant(100));
    const { cart, token } = await create();
    await Promise.all(
      many.map((variantId) =>
        bus.publish([
          {
            eventId: newId(),
            topic: 'products.product.changed',
            key: variantId,
            occurredAt: new Date().toISOString(),
            payload: {
              productId: newId(),
              revision: 1,
              title: 'Pin',
              channelCodes: ['web'],
              variants: [{ variantId, title: 'Pin', sku: null }],
            },
          },
        ]),
      ),
    );
    const set = (lines: object[]) => mutate(service, guest, 'set', { cartId: cart.id, token, lines });
    expect(await set(many.slice(0, 99).map((variantId) => ({ variantId, quantity: 1 })))).toMatchObject({
      __typename: 'CartUpdated',
    });
    expect(await set(many.slice(99).map((variantId) => ({ variantId, quantity: 1 })))).toMatchObject({
      code: 'TOO_MANY_LINES',
    });
    expect((await send(service, guest, 'cart', { id: cart.id, token })).lines).toHaveLength(99);
  });

  test('lets exactly one of twenty writers with the same expected version win', async () => {
    const { cart, token } = await create();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        mutate(service, guest, 'set', {
          cartId: cart.id,
          token,
          expectedVersion: 1,
          lines: [{ variantId: mug, quantity: index + 1 }],
        }),
      ),
    );
    const kinds = answers.map((each) => each.__typename as string).sort();
    expect(kinds).toEqual(['CartUpdated', ...Array.from({ length: 19 }, () => 'VersionConflict')]);
    expect(answers.find((each) => each.__typename === 'VersionConflict')).toMatchObject({ currentVersion: 2 });
  });

  test('serialises twenty writers without an expected version: every one counts', async () => {
    const { cart, token } = await create();
    await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        mutate(service, guest, 'set', {
          cartId: cart.id,
          token,
          lines: [
            { variantId: index % 2 ? mug : cap, quantity: index + 1 },
            { variantId: index % 2 ? cap : mug, quantity: 0 },
          ],
        }),
      ),
    );
    const after = await send(service, guest, 'cart', { id: cart.id, token });
    expect(after.version).toBe(21);
    expect(after.lines).toHaveLength(1);
  });
});

test('cartAddressSet keeps what is absent, moves the country, and refuses card numbers and countries not served', async () => {
  const { cart, token } = await create();
  const set = (input: object) => mutate(service, guest, 'address', { cartId: cart.id, token, ...input });
  expect(await set({ shippingAddress: { city: 'Wien', country: 'AT' } })).toMatchObject({
    cart: { version: 2, country: 'AT', shippingAddress: { city: 'Wien', country: 'AT' } },
  });
  expect(await set({ billingAddress: { city: 'Graz', country: 'AT' } })).toMatchObject({
    cart: { shippingAddress: { city: 'Wien' } },
  });
  expect(await set({ shippingAddress: { country: 'US' } })).toMatchObject({ code: 'COUNTRY_NOT_SERVED' });
  expect(await set({ shippingAddress: { name: '4242 4242 4242 4242', country: 'DE' } })).toMatchObject({
    code: 'CARD_NUMBER_REFUSED',
    path: ['input', 'shippingAddress', 'name'],
  });
  expect(await set({ expectedVersion: 1, shippingAddress: { country: 'DE' } })).toMatchObject({
    __typename: 'VersionConflict',
    currentVersion: 3,
  });
});

test('a cart shows its lines without prices while prices is down', async () => {
  const { cart, token } = await create({ lines: [{ variantId: mug, quantity: 1 }] });
  world.down.add('prices');
  const read = await send(service, guest, 'cart', { id: cart.id, token });
  world.down.delete('prices');
  expect(read).toMatchObject({ quote: null, lines: [{ quantity: 1, unitPrice: null, total: null }] });
});

test('a cart names its lines, in one statement for all, also when they are no longer sold or products is down', async () => {
  const [productId, kept, deleted] = [newId(), newId(), newId()];
  const publish = (revision: number, channelCodes: string[], ids: string[]) =>
    bus.publish([
      {
        eventId: newId(),
        topic: 'products.product.changed',
        key: productId,
        occurredAt: new Date().toISOString(),
        payload: {
          productId,
          revision,
          title: 'Kettle',
          channelCodes,
          variants: ids.map((id) => ({ variantId: id, title: `No. ${ids.indexOf(id) + 1}`, sku: id.slice(-4) })),
        },
      },
    ]);
  await publish(1, ['web'], [kept, deleted]);
  const lines = [mug, kept, deleted].map((variantId) => ({ variantId, quantity: 1 }));
  const { cart, token } = await create({ lines });
  const named = { productTitle: 'Kettle', variantTitle: 'No. 1', sku: kept.slice(-4) };
  expect(cart.lines).toMatchObject([
    { productTitle: 'Mug', variantTitle: 'Blue', sku: `SKU-${mug.slice(-4)}` },
    named,
    { productTitle: 'Kettle', variantTitle: 'No. 2', sku: deleted.slice(-4) },
  ]);

  await publish(2, [], [kept]);
  world.down.add('products');
  const before = statements.length;
  const read = await send(service, guest, 'cart', { id: cart.id, token });
  const sent = statements.slice(before).filter((statement) => statement.includes('variant_projections'));
  world.down.delete('products');
  expect(read.lines).toMatchObject([
    { productTitle: 'Mug' },
    named,
    { variant: { id: deleted }, productTitle: null, variantTitle: null, sku: null },
  ]);
  expect(sent).toHaveLength(1);
});

test('a product event that is not newer changes nothing; a newer one unpublishes and removes variants', async () => {
  const [productId, variantId, gone] = [newId(), newId(), newId()];
  world.prices.set(variantId, 500);
  const publish = (revision: number, channelCodes: string[], ids: string[]) =>
    bus.publish([
      {
        eventId: newId(),
        topic: 'products.product.changed',
        key: productId,
        occurredAt: new Date().toISOString(),
        payload: {
          productId,
          revision,
          title: `Title ${revision}`,
          channelCodes,
          variants: ids.map((id) => ({ variantId: id, title: 'x', sku: null })),
        },
      },
    ]);
  const add = (id: string) => create({ lines: [{ variantId: id, quantity: 1 }] });
  await publish(2, ['web'], [variantId, gone]);
  await publish(1, [], []);
  expect(await add(variantId)).toMatchObject({ cart: { lines: [{ variant: { id: variantId }, quantity: 1 }] } });
  await publish(3, ['web'], [variantId]);
  await expect(add(gone)).rejects.toThrow('UNKNOWN_VARIANT');
  await publish(4, ['pos'], [variantId]);
  await expect(add(variantId)).rejects.toThrow('UNKNOWN_VARIANT');
});

test('openCheckouts is for services alone', async () => {
  const query = '{ openCheckouts { checkoutId state attemptCount startedAt } }';
  expect(await service.graph('/internal/graphql').execute({ query }, asService())).toMatchObject({
    data: { openCheckouts: [] },
  });
  expect((await service.graph('/internal/graphql').execute({ query }, guest)).errors?.[0]?.extensions?.['code']).toBe(
    'FORBIDDEN',
  );
});
