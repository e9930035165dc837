import { asGuest, asCustomer, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShop, type Shop } from './testing/open-shop.ts';
import { type Answer, send } from './testing/documents.ts';

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
    const result = await shop.service.graph().execute<{ _entities: Answer[] }>({ query, variables }, call);
    if (result.errors) throw new Error(String(result.errors[0]?.extensions?.['code']));
    return result.data!._entities[0].orders;
  };

  test('come newest first in pages that stay stable, for the customer and for staff alone', async () => {
    const customerId = newId();
    const me = asCustomer(customerId);
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1)
      ids.unshift((await shop.buy(await shop.fill(1, 5, 0, me), {}, me)).order.id);
    const first = await page(customerId, me, 2);
    expect(first.edges.map((edge: Answer) => edge.node.id)).toEqual(ids.slice(0, 2));
    expect(first.pageInfo.hasNextPage).toBe(true);
    await shop.buy(await shop.fill(1, 5, 0, me), {}, me);
    const rest = await page(customerId, me, 2, first.pageInfo.endCursor);
    expect(rest).toMatchObject({ edges: [{ node: { id: ids[2] } }], pageInfo: { hasNextPage: false } });
    expect(await page(customerId, asStaff(['orders:read']), 1)).not.toBeNull();
    for (const stranger of [guest, asCustomer(newId()), asStaff([])])
      expect(await page(customerId, stranger, 1)).toBeNull();
    await expect(page(customerId, me, 101)).rejects.toThrow('BAD_USER_INPUT');
    await expect(page(customerId, me, 1, 'nonsense')).rejects.toThrow('BAD_USER_INPUT');
  });

  test('an order opens for its token, its customer and staff, and for nobody else', async () => {
    const cart = await shop.fill(1, 5);
    const { order } = await shop.buy(cart, { contact: { email: 'grace@example.org' } });
    const read = (call: ReturnType<typeof asGuest>, token: string | null = null) =>
      send(shop.service, call, 'order', { id: order.id, token });
    expect(await read(guest, cart.token)).toMatchObject({ number: order.number });
    expect(await read(asCustomer(shop.world.customers.get('grace@example.org')!))).toMatchObject({
      number: order.number,
    });
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
