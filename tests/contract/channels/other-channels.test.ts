import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp as createB2b } from '../../../bffs/b2b/src/app.ts';
import { createApp as createMarketplace } from '../../../bffs/marketplace/src/app.ts';
import { createApp as createMobile } from '../../../bffs/mobile/src/app.ts';
import { createApp as createPos } from '../../../bffs/pos/src/app.ts';
import { product, products, startChannel, variant, type Channel, type Credential } from './channel.ts';

const keys: Record<string, Credential> = {
  'key-of-a-customer': { role: 'customer', channel: null, scopes: [], customerId: 'customer-1' },
  'key-of-a-member': { role: 'customer', channel: null, scopes: [], customerId: 'customer-2', companyId: 'company-1' },
  'key-of-staff': { role: 'staff', channel: null, scopes: [], locationId: 'location-1' },
  'key-of-an-integration': { role: 'integration', channel: null, scopes: [] },
};
const makers = { mobile: createMobile, pos: createPos, b2b: createB2b, marketplace: createMarketplace };

let channel: Channel;
afterEach(() => channel.stop());
const start = async (name: keyof typeof makers, root: Record<string, unknown>) =>
  (channel = await startChannel(name, makers[name], root, keys));

const LIVE = 'price { gross { minorUnits currency } } availability { status sellableQuantity version }';
const live = {
  price: { gross: { minorUnits: 11_900, currency: 'EUR' } },
  availability: { status: 'IN_STOCK', sellableQuantity: 42, version: 7 },
};
const callers = () => channel.router.calls.map(({ call }) => call.caller);

describe('mobile', () => {
  it('shows a product and finds variants by barcode, one operation each, for guests', async () => {
    const codes: string[] = [];
    await start('mobile', {
      product: product(),
      variantsByBarcode: ({ barcode }: { barcode: string }) => (codes.push(barcode), [variant('v1')]),
    });
    expect(
      await ask(channel.url, `{ productScreen(id: "p1") { title images { url } variants { id ${LIVE} } } }`),
    ).toEqual({
      productScreen: {
        title: 'Parka',
        images: [{ url: 'https://images.example/1.jpg' }],
        variants: [{ id: 'v1', ...live }],
      },
    });
    expect(
      await ask(channel.url, `{ byBarcode(code: "9520012030013") { id productId productTitle ${LIVE} } }`),
    ).toEqual({ byBarcode: [{ id: 'v1', productId: 'p1', productTitle: 'Parka', ...live }] });
    expect(codes).toEqual(['9520012030013']);
    expect(callers()).toMatchObject([
      { role: 'guest', channel: 'mobile' },
      { role: 'guest', channel: 'mobile' },
    ]);
  });
});

describe('pos', () => {
  it('looks a code up as barcode and SKU in one operation, for the staff at a register', async () => {
    await start('pos', { variantsByBarcode: [variant('v1')], variantsBySku: [variant('v1'), variant('v2')] });
    expect(
      await ask(channel.url, `{ lookup(code: "X") { id matchedBy productTitle ${LIVE} } }`, {}, 'key-of-staff'),
    ).toEqual({
      lookup: [
        { id: 'v1', matchedBy: 'BARCODE', productTitle: 'Parka', ...live },
        { id: 'v2', matchedBy: 'SKU', productTitle: 'Parka', ...live },
      ],
    });
    expect(callers()).toEqual([
      { role: 'staff', subject: 'key-of-staff', channel: 'pos', scopes: [], locationId: 'location-1' },
    ]);
  });
});

describe('b2b', () => {
  it('pages through the catalogue as the company, everything when nothing is searched for', async () => {
    const asked: unknown[] = [];
    await start('b2b', { productSearch: (args: unknown) => (asked.push(args), products(product())) });
    const query = `query ($query: String, $after: String) { catalogPage(first: 5, after: $after, query: $query) { products { edges { node { handle variants { id ${LIVE} } } } pageInfo { hasNextPage } } } }`;
    const page = {
      catalogPage: {
        products: {
          edges: [{ node: { handle: 'parka', variants: [{ id: 'v1', ...live }] } }],
          pageInfo: { hasNextPage: false },
        },
      },
    };
    expect(await ask(channel.url, query, {}, 'key-of-a-member')).toEqual(page);
    expect(await ask(channel.url, query, { query: 'parka', after: 'cursor-1' }, 'key-of-a-member')).toEqual(page);
    expect(asked).toEqual([
      { query: '', first: 5 },
      { query: 'parka', first: 5, after: 'cursor-1' },
    ]);
    expect(callers()[0]).toMatchObject({ role: 'customer', companyId: 'company-1', channel: 'b2b' });
  });

  it('shows prices by quantity, and asks for them only when somebody reads them', async () => {
    let count = 0;
    const tier = (minQuantity: number, minorUnits: number) => ({
      minQuantity,
      price: { ...variant('v1').price, net: { minorUnits, currency: 'EUR' } },
    });
    const priceTiers = () => ((count += 1), [tier(1, 10_000), tier(10, 9_000)]);
    await start('b2b', { productSearch: () => products(product({ variants: [variant('v1', { priceTiers })] })) });
    const read = (fields: string) =>
      ask(
        channel.url,
        `{ catalogPage { products { edges { node { variants { id ${fields} } } } } } }`,
        {},
        'key-of-a-member',
      );
    const page = (shown: object) => ({
      catalogPage: { products: { edges: [{ node: { variants: [{ id: 'v1', ...shown }] } }] } },
    });
    expect(await read('')).toEqual(page({}));
    expect(count).toBe(0);
    expect(await read('priceTiers { minQuantity price { net { minorUnits } } }')).toEqual(
      page({
        priceTiers: [
          { minQuantity: 1, price: { net: { minorUnits: 10_000 } } },
          { minQuantity: 10, price: { net: { minorUnits: 9_000 } } },
        ],
      }),
    );
    expect(count).toBe(1);
  });
});

describe('marketplace', () => {
  it('feeds items, and refuses pages that are too large before anybody is asked', async () => {
    let asked: unknown;
    await start('marketplace', {
      productListing: (args: unknown) => (
        (asked = args),
        products(product({ variants: [variant('v1'), variant('v2')] }))
      ),
    });
    const query = `query ($first: Int) { feed(first: $first, after: "cursor-1") { items { id itemGroupId title link gtin ${LIVE} } pageInfo { hasNextPage } } }`;
    const { feed } = await ask<{ feed: { items: unknown[] } }>(channel.url, query, {}, 'key-of-an-integration');
    expect(feed.items).toEqual(
      ['v1', 'v2'].map((id) => ({
        id,
        itemGroupId: 'p1',
        title: 'Parka – M / Navy',
        link: '/products/parka',
        gtin: '9520012030013',
        ...live,
      })),
    );
    expect(asked).toEqual({ first: 100, after: 'cursor-1' });
    const { body } = await post(channel.url, query, { first: 101 }, 'key-of-an-integration');
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(channel.router.calls).toHaveLength(1);
  });
});

/** A question of each channel. */
const QUESTIONS = {
  mobile: '{ byBarcode(code: "X") { id } }',
  pos: '{ lookup(code: "X") { id } }',
  b2b: '{ catalogPage { products { edges { cursor } } } }',
  marketplace: '{ feed { items { id } } }',
};

describe('who may come in', () => {
  it.each([
    ['mobile', 'key-of-an-integration', 'FORBIDDEN'],
    ['pos', undefined, 'UNAUTHENTICATED'],
    ['pos', 'key-of-a-customer', 'FORBIDDEN'],
    ['pos', 'key-of-an-integration', 'FORBIDDEN'],
    ['b2b', undefined, 'UNAUTHENTICATED'],
    ['b2b', 'key-of-a-customer', 'FORBIDDEN'],
    ['b2b', 'key-of-an-integration', 'FORBIDDEN'],
    ['marketplace', undefined, 'UNAUTHENTICATED'],
    ['marketplace', 'key-of-a-member', 'FORBIDDEN'],
    ['marketplace', 'key-of-staff', 'FORBIDDEN'],
  ] as const)('%s refuses %s with %s, and the router is not asked', async (name, key, code) => {
    await start(name, {});
    const { body } = await post(channel.url, QUESTIONS[name], {}, key);
    expect(body.data ?? null).toBeNull();
    expect(body.errors).toMatchObject([{ extensions: { code } }]);
    expect(channel.router.calls).toEqual([]);
  });
});
