import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectSent, startCountingStack, type Budget, type CountingStack } from './counting-stack.ts';
import { productsOf } from './demo-products.ts';
import { CART, CART_CREATE, CART_LINES_SET, CHECKOUT } from './documents.ts';

const GUEST = { bff: 'web', caller: guestOf('web') } as const;
const SIZES = [1, 24];
const ENOUGH = 10;

interface Created {
  readonly cartCreate: { readonly token: string; readonly cart: { readonly id: string } };
}

interface Read {
  readonly cart: { readonly lines: readonly object[] };
}

interface Bought {
  readonly checkout: { readonly __typename: string };
}

/** A cart is orders' own; only prices is asked, once for all lines. */
const cart = (orderStatements: number): Budget => ({
  fetches: { router: 1, orders: 1, 'prices (internal)': 1 },
  statements: { orders: orderStatements, prices: 1 },
});
/** The cart with its lines, the names of the lines. */
const READ = 2;
/** The channel, what it sells of the lines, the cart with its lines; then what is read. */
const CREATE = 3 + READ;
/** The cart, what its channel sells of the lines; in a transaction its version, its lines and their count; then what is read. */
const SET_LINES = 2 + 5 + READ;

let stack: CountingStack;
let variantIds: readonly string[];

beforeAll(async () => {
  stack = await startCountingStack();
  const variants = (await productsOf(stack)).flatMap((product) => product.variants);
  variantIds = variants.filter((each) => each.availability.sellableQuantity > ENOUGH).map(({ id }) => id);
  expect(variantIds.length).toBeGreaterThan(24);
});
afterAll(() => stack.stop());

const linesOf = (count: number) => variantIds.slice(0, count).map((variantId) => ({ variantId, quantity: 1 }));
async function createCart(count: number) {
  const variables = { input: { lines: linesOf(count) } };
  const { cartCreate } = await stack.run<Created>({ ...GUEST, query: CART_CREATE, variables });
  return { id: cartCreate.cart.id, token: cartCreate.token };
}

it.each(SIZES)('cartCreate sends the same for %i lines', async (count) => {
  const variables = { input: { lines: linesOf(count) } };
  expectSent(await stack.count({ ...GUEST, query: CART_CREATE, variables }), cart(CREATE));
});

it.each(SIZES)('cart sends the same for %i lines, and nothing to products', async (count) => {
  expectSent(await stack.count({ ...GUEST, query: CART, variables: await createCart(count) }), cart(READ));
});

it.each(SIZES)('cartLinesSet sends the same for %i lines', async (count) => {
  const { id, token } = await createCart(0);
  const variables = { input: { cartId: id, token, lines: linesOf(count) } };
  expectSent(await stack.count({ ...GUEST, query: CART_LINES_SET, variables }), cart(SET_LINES));
});

it.each(SIZES)('checkout sends the same for %i lines, from the cart to the placed order', async (count) => {
  const counted = await stack.count<Bought>({ ...GUEST, query: CHECKOUT }, () => purchase(count));
  expect(counted.data.checkout.__typename).toBe('OrderPlaced');
  expectSent(counted, {
    fetches: {
      router: 1,
      orders: 1,
      'prices (internal)': 1,
      // Where it lies, the hold, the hold made final.
      'stock (internal)': 3,
      'customers (internal)': 1,
    },
    statements: {
      // Read: the cart, its key, the channel, what it sells. Kept: claimed, reserved, authorized. The order and its event in
      // a transaction. Shown: the order, its lines, its payments.
      orders: 4 + 3 + 4 + 3,
      prices: 1,
      // Levels and locations, the hold, the hold made final.
      stock: 2 + 1 + 1,
      // The email is known from the purchase before.
      customers: 1,
      // In a transaction the key, the payment, the answer.
      psp: 5,
    },
  });
});

it('a cart keeps its names and prices while products is stopped, for the same', async () => {
  const variables = await createCart(24);
  const read = async () => (await stack.run<Read>({ ...GUEST, query: CART, variables })).cart.lines;
  const before = await read();
  for (const line of before)
    expect(line).toMatchObject({
      productTitle: expect.stringMatching(/./) as string,
      variantTitle: expect.stringMatching(/./) as string,
      unitPrice: { gross: { currency: 'EUR' } },
    });
  await stack.stopService('products');
  expect(await read()).toEqual(before);
  expectSent(await stack.count({ ...GUEST, query: CART, variables }), cart(READ));
});

async function purchase(count: number) {
  const { id, token } = await createCart(count);
  return {
    input: {
      cartId: id,
      token,
      contact: { email: 'ada@example.com' },
      shippingAddress: { name: 'Ada Lovelace', city: 'Berlin', postalCode: '10119', country: 'DE' },
      tenders: [{ kind: 'CARD', token: 'pm_card_visa' }],
      idempotencyKey: newId(),
    },
  };
}
