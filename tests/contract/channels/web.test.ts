import { requestFault } from '@kontor/kit/src/errors.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { ask, post, watch } from '@kontor/testkit/src/graph-client.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../bffs/web/src/app.ts';
import { product, products, startChannel, taxed, variant, type Channel, type Credential } from './channel.ts';

const CUSTOMER: Credential = { role: 'customer', channel: null, scopes: [], customerId: 'customer-1' };
const keys: Record<string, Credential> = {
  'key-of-a-customer': CUSTOMER,
  'key-of-an-integration': { role: 'integration', channel: 'web', scopes: [] },
  'key-of-another-channel': { ...CUSTOMER, channel: 'b2b' },
};

let web: Channel;
afterEach(() => web.stop());
const start = async (root: Record<string, unknown>) => (web = await startChannel('web', createApp, root, keys));

const down = () => {
  throw requestFault('SERVICE_UNAVAILABLE', 'stock cannot be reached.');
};
const LIST =
  'products { edges { node { handle title variants { id sku price { gross { minorUnits currency } } availability { status sellableQuantity version } } } } pageInfo { hasNextPage endCursor } }';
const NODE = {
  handle: 'parka',
  title: 'Parka',
  variants: [
    {
      id: 'v1',
      sku: 'SKU-v1',
      price: { gross: { minorUnits: 11_900, currency: 'EUR' } },
      availability: { status: 'IN_STOCK', sellableQuantity: 42, version: 7 },
    },
  ],
};

describe('pages', () => {
  it('search with one operation, as the caller, and are kept by nobody', async () => {
    let asked: unknown;
    await start({ productSearch: (args: unknown) => ((asked = args), products(product())) });
    const query = `query ($query: String!, $after: String, $filters: [FacetFilter!], $sort: ProductSort) { searchPage(query: $query, first: 5, after: $after, filters: $filters, sort: $sort) { ${LIST} } }`;
    const filters = [{ facet: 'VENDOR', values: ['Oberland'] }];
    const { body, headers } = await post(web.url, query, { query: 'parka', after: 'cursor-9', filters, sort: 'TITLE' });
    expect(body).toEqual({
      data: {
        searchPage: { products: { edges: [{ node: NODE }], pageInfo: { hasNextPage: false, endCursor: 'cursor-0' } } },
      },
    });
    expect(asked).toEqual({ query: 'parka', first: 5, after: 'cursor-9', filters, sort: 'TITLE' });
    expect(headers.get('cache-control')).toBe('private, no-store');
    expect(web.router.calls).toHaveLength(1);
    expect(web.router.calls[0]!.call.caller).toEqual({ role: 'guest', subject: 'guest', channel: 'web', scopes: [] });
  });

  it('open a collection, or are null when there is none', async () => {
    const collection = {
      id: 'c1',
      handle: 'new',
      title: 'New',
      descriptionHtml: '<p>New.</p>',
      products: () => products(product()),
    };
    await start({ collectionByHandle: ({ handle }: { handle: string }) => (handle === 'new' ? collection : null) });
    const query = `query ($handle: String!) { collectionPage(handle: $handle, first: 3) { title canonicalPath cacheTags ${LIST} } }`;
    const { collectionPage } = await ask<{ collectionPage: object }>(web.url, query, { handle: 'new' });
    expect(collectionPage).toMatchObject({
      title: 'New',
      canonicalPath: '/collections/new',
      cacheTags: ['collection:c1', 'product:p1', 'prices:base-eur'],
      products: { edges: [{ node: NODE }] },
    });
    expect(await ask(web.url, query, { handle: 'old' })).toEqual({ collectionPage: null });
    expect(web.router.calls).toHaveLength(2);
  });

  it('open a product with everything that its page shows', async () => {
    await start({ productByHandle: product() });
    const query = `{ productPage(handle: "parka") { product { vendor tags } title gallery { url } options { name values } collections { handle } seo { title description canonicalPath } jsonLd cacheTags
      variants { id barcode selectedOptions { name value } image { altText } price { compareAt { minorUnits } } availability { variantId asOf } } } }`;
    const { productPage } = await ask<{ productPage: { jsonLd: string } }>(web.url, query);
    expect(productPage).toMatchObject({
      product: { vendor: 'Oberland', tags: ['warm'] },
      title: 'Parka',
      gallery: [{ url: 'https://images.example/1.jpg' }],
      options: [{ name: 'Size', values: ['M'] }],
      collections: [{ handle: 'new' }],
      seo: { title: 'Parka', description: 'Warm.', canonicalPath: '/products/parka' },
      cacheTags: ['product:p1', 'product-type:Jacket', 'collection:c1', 'prices:base-eur'],
      variants: [
        {
          id: 'v1',
          barcode: '9520012030013',
          image: { altText: 'A parka' },
          price: { compareAt: { minorUnits: 14_900 } },
          availability: { variantId: 'v1' },
        },
      ],
    });
    expect(JSON.parse(productPage.jsonLd)).toMatchObject({ '@type': 'Product', offers: [{ price: '119.00' }] });
    expect(web.router.calls).toHaveLength(1);
  });

  it('are whole but for what a subgraph owns that is down, and tell what they were made without', async () => {
    await start({
      productByHandle: product({
        variants: [variant('v1', { availability: down }), variant('v2', { availability: down })],
      }),
    });
    const { body } = await post(
      web.url,
      '{ productPage(handle: "parka") { title variants { id price { gross { minorUnits } } availability { status } } } }',
    );
    expect(body).toEqual({
      data: {
        productPage: {
          title: 'Parka',
          variants: ['v1', 'v2'].map((id) => ({ id, price: { gross: { minorUnits: 11_900 } }, availability: null })),
        },
      },
      extensions: { degraded: [{ path: 'productByHandle.variants.availability', code: 'SERVICE_UNAVAILABLE' }] },
    });
  });

  it('fail when the catalogue itself is down: an outage is not an absence', async () => {
    await start({ productByHandle: down });
    const { body } = await post<{ productPage: null }>(web.url, '{ productPage(handle: "parka") { title } }');
    expect(body.data).toEqual({ productPage: null });
    expect(body.errors).toMatchObject([
      { path: ['productPage'], extensions: { code: 'SERVICE_UNAVAILABLE', retryable: true } },
    ]);
  });

  it('fetch counts, images and price lists only for those who read them', async () => {
    await start({ productSearch: () => products(product()) });
    await ask(web.url, `{ searchPage(query: "") { ${LIST} } }`);
    await ask(
      web.url,
      '{ searchPage(query: "") { products { totalCount facets { count } edges { node { image { url } } } } cacheTags } }',
    );
    expect(web.router.calls.map(({ request }) => request.variables)).toMatchObject([
      { totalCount: false, facets: false, images: false, priceLists: false },
      { totalCount: true, facets: true, images: true, priceLists: true },
    ]);
  });

  it('show an account and its latest orders to its customer, and nothing to guests', async () => {
    const order = {
      id: 'o1',
      number: 'K-100001',
      status: 'PLACED',
      total: taxed(100),
      placedAt: '2026-01-31T12:00:00.000Z',
    };
    const me = {
      id: 'customer-1',
      email: 'ada@example.com',
      givenName: 'Ada',
      familyName: null,
      phone: null,
      orders: { edges: [{ node: order }] },
    };
    await start({ me: () => (web.router.calls.at(-1)!.call.caller.role === 'customer' ? me : null) });
    const query = '{ account { email recentOrders { number } } }';
    expect(await ask(web.url, query)).toEqual({ account: null });
    expect(await ask(web.url, query, {}, 'key-of-a-customer')).toEqual({
      account: { email: 'ada@example.com', recentOrders: [{ number: 'K-100001' }] },
    });
    expect(web.router.calls[1]!.call.caller).toMatchObject({ customerId: 'customer-1', channel: 'web' });
  });

  it('list addresses for search engines', async () => {
    await start({ productListing: products(product()) });
    expect(
      await ask(web.url, '{ sitemap(first: 10) { entries { path lastModified } pageInfo { endCursor } } }'),
    ).toEqual({
      sitemap: {
        entries: [{ path: '/products/parka', lastModified: '2026-01-31T12:00:00.000Z' }],
        pageInfo: { endCursor: 'cursor-0' },
      },
    });
  });
});

describe('buying', () => {
  const address = {
    name: 'Ada',
    street: null,
    street2: null,
    city: 'Berlin',
    province: null,
    postalCode: '10119',
    country: 'DE',
  };
  const lines = [
    {
      id: 'l1',
      variant: variant('v1', { title: down, image: down, product: down }),
      productTitle: 'Parka',
      variantTitle: 'M',
      sku: 'SKU',
      quantity: 2,
      unitPrice: taxed(100),
      undiscountedTotal: taxed(220),
      total: taxed(200),
      discounts: [{ promotionId: 'p1', name: 'Sale', amount: { minorUnits: 20, currency: 'EUR' } }],
    },
  ];
  const discounts = [
    { promotionId: 'p1', name: 'Sale', code: 'SUMMER', class: 'ORDER', amount: { minorUnits: 20, currency: 'EUR' } },
  ];
  const cart = {
    id: 'cart-1',
    version: 3,
    channel: 'web',
    currency: 'EUR',
    country: 'DE',
    status: 'OPEN',
    lines,
    quote: {
      undiscountedTotal: taxed(220),
      goodsTotal: taxed(200),
      total: taxed(690),
      token: 'quote',
      expiresAt: '2026-01-31T12:00:00.000Z',
    },
    codes: [{ code: 'SUMMER', status: 'APPLIED', message: null }],
    discounts,
    shipping: {
      options: [{ id: 'dhl', name: 'DHL', total: taxed(490) }],
      chosen: { id: 'dhl', name: 'DHL', undiscountedTotal: taxed(490), total: taxed(490) },
      message: null,
    },
    gifts: [{ name: 'A sticker', variant: variant('v9', { title: down, image: down }), quantity: 1, inCart: 0 }],
    shippingAddress: address,
    billingAddress: null,
    order: null,
  };
  const order = {
    id: 'o1',
    number: 'K-100001',
    channel: 'web',
    status: 'PLACED',
    lines: [{ ...lines[0], productTitle: 'Parka', variantTitle: 'M', sku: 'SKU' }],
    total: taxed(690),
    discounts,
    shipping: { optionId: 'dhl', name: 'DHL', total: taxed(490) },
    email: null,
    shippingAddress: address,
    billingAddress: null,
    payments: [
      {
        id: 'pay',
        kind: 'CARD',
        status: 'AUTHORIZED',
        amount: { minorUnits: 200, currency: 'EUR' },
        cardBrand: 'visa',
        cardLast4: '4242',
      },
    ],
    placedAt: '2026-01-31T12:00:00.000Z',
  };

  it('makes, fills and reads a cart with its token, and does not need the catalogue for it', async () => {
    const asked: unknown[] = [];
    const note = (answer: unknown) => (args: unknown) => (asked.push(args), answer);
    await start({
      cartCreate: note({ cart, token: 'secret' }),
      cartLinesSet: note({ __typename: 'CartUpdated', cart }),
      cart: note(cart),
    });
    const input = { cartId: 'cart-1', token: 'secret', expectedVersion: 2, lines: [{ variantId: 'v1', quantity: 2 }] };
    expect(
      await ask(
        web.url,
        'mutation ($input: CartCreateInput!) { cartCreate(input: $input) { token cart { id lines { variant { id } quantity } } } }',
        { input: { currency: 'EUR' } },
      ),
    ).toEqual({
      cartCreate: { token: 'secret', cart: { id: 'cart-1', lines: [{ variant: { id: 'v1' }, quantity: 2 }] } },
    });
    expect(
      await ask(
        web.url,
        'mutation ($input: CartLinesSetInput!) { cartLinesSet(input: $input) { __typename ... on CartUpdated { cart { version quote { token total { gross { minorUnits } } } } } } }',
        { input },
      ),
    ).toEqual({
      cartLinesSet: {
        __typename: 'CartUpdated',
        cart: { version: 3, quote: { token: 'quote', total: { gross: { minorUnits: 690 } } } },
      },
    });
    expect(
      await ask(web.url, '{ cart(id: "cart-1", token: "secret") { status shippingAddress { city } order { id } } }'),
    ).toEqual({ cart: { status: 'OPEN', shippingAddress: { city: 'Berlin' }, order: null } });
    expect(asked).toEqual([{ input: { currency: 'EUR' } }, { input }, { id: 'cart-1', token: 'secret' }]);
  });

  it('shows codes, discounts, ways of sending and gifts of a cart, and sets them by the verbs of the graph', async () => {
    const asked: unknown[] = [];
    const note = (answer: unknown) => (args: unknown) => (asked.push(args), answer);
    const refused = [{ code: 'GUESS', status: 'CODE_UNKNOWN', message: 'This code is not valid.' }];
    await start({
      cartCodesSet: note({ __typename: 'CartCodesUpdated', cart, refused }),
      cartShippingSet: note({ __typename: 'CartUpdated', cart }),
    });
    const input = { cartId: 'cart-1', token: 'secret', expectedVersion: 2, codes: ['summer', 'guess'] };
    const query = `mutation ($input: CartCodesSetInput!) { cartCodesSet(input: $input) { __typename ... on UserError { code } ... on CartCodesUpdated {
      refused { code status message } cart { codes { code status message } discounts { promotionId name code class amount { minorUnits } }
        lines { undiscountedTotal { gross { minorUnits } } discounts { promotionId name amount { minorUnits } } }
        quote { undiscountedTotal { gross { minorUnits } } goodsTotal { gross { minorUnits } } }
        shipping { options { id name total { gross { minorUnits } } } chosen { id name undiscountedTotal { gross { minorUnits } } total { gross { minorUnits } } } message }
        gifts { name variantId quantity inCart } } } } }`;
    const gross = (minorUnits: number) => ({ gross: { minorUnits } });
    const discount = { promotionId: 'p1', name: 'Sale', amount: { minorUnits: 20 } };
    expect(await ask(web.url, query, { input })).toEqual({
      cartCodesSet: {
        __typename: 'CartCodesUpdated',
        refused,
        cart: {
          codes: cart.codes,
          discounts: [{ ...discount, code: 'SUMMER', class: 'ORDER' }],
          lines: [{ undiscountedTotal: gross(220), discounts: [discount] }],
          quote: { undiscountedTotal: gross(220), goodsTotal: gross(200) },
          shipping: {
            options: [{ id: 'dhl', name: 'DHL', total: gross(490) }],
            chosen: { id: 'dhl', name: 'DHL', undiscountedTotal: gross(490), total: gross(490) },
            message: null,
          },
          gifts: [{ name: 'A sticker', variantId: 'v9', quantity: 1, inCart: 0 }],
        },
      },
    });
    const shipping = { cartId: 'cart-1', token: 'secret', shippingOptionId: 'dhl' };
    expect(
      await ask(
        web.url,
        'mutation ($input: CartShippingSetInput!) { cartShippingSet(input: $input) { __typename ... on CartUpdated { cart { version } } } }',
        { input: shipping },
      ),
    ).toEqual({ cartShippingSet: { __typename: 'CartUpdated', cart: { version: 3 } } });
    expect(asked).toEqual([{ input }, { input: shipping }]);
    expect(web.router.calls).toHaveLength(2);
  });

  it('reads the names in a cart from its lines, whatever the catalogue says', async () => {
    await start({ cart });
    const names = await ask(
      web.url,
      '{ cart(id: "cart-1") { lines { productTitle variantTitle sku variant { id title sku } } } }',
    );
    expect(names).toEqual({
      cart: {
        lines: [
          { productTitle: 'Parka', variantTitle: 'M', sku: 'SKU', variant: { id: 'v1', title: 'M', sku: 'SKU' } },
        ],
      },
    });
  });

  it('asks the catalogue for images and addresses in a cart when somebody reads them', async () => {
    await start({ cart: { ...cart, lines: [{ ...lines[0], variant: variant('v1') }] } });
    expect(
      await ask(web.url, '{ cart(id: "cart-1") { lines { variant { title product { handle } image { url } } } } }'),
    ).toEqual({
      cart: {
        lines: [
          {
            variant: { title: 'M', product: { handle: 'parka' }, image: { url: 'https://images.example/m.jpg' } },
          },
        ],
      },
    });
  });

  const CHECKOUT = `mutation ($input: CheckoutInput!) { checkout(input: $input) { __typename ... on UserError { code message path }
    ... on OrderPlaced { order { number discounts { name amount { minorUnits } } shipping { optionId total { gross { minorUnits } } } lines { productTitle variant { id } discounts { name } } payments { status cardLast4 } } } ... on OutOfStock { lines { variantId requested available } }
    ... on PriceChanged { expectedTotal { minorUnits currency } currentTotal { minorUnits currency } changed: lines { variantId expected { minorUnits } current { minorUnits } } } ... on PaymentActionRequired { clientSecret } ... on PaymentPending { retryAfterMs }
    ... on PaymentDeclined { declineCode } ... on VersionConflict { currentVersion } ... on Busy { retryAfterMs } } }`;
  const input = {
    cartId: 'cart-1',
    token: 'secret',
    contact: { email: 'ada@example.com' },
    tenders: [{ kind: 'CARD', token: 'pm_card_visa' }],
    idempotencyKey: 'once',
  };
  const refusal = { code: 'CODE', message: 'What to do.', path: null };

  it('places an order, and passes the input on as it came', async () => {
    let asked: unknown;
    await start({ checkout: (args: unknown) => ((asked = args), { __typename: 'OrderPlaced', order }) });
    expect(await ask(web.url, CHECKOUT, { input })).toEqual({
      checkout: {
        __typename: 'OrderPlaced',
        order: {
          number: 'K-100001',
          discounts: [{ name: 'Sale', amount: { minorUnits: 20 } }],
          shipping: { optionId: 'dhl', total: { gross: { minorUnits: 490 } } },
          lines: [{ productTitle: 'Parka', variant: { id: 'v1' }, discounts: [{ name: 'Sale' }] }],
          payments: [{ status: 'AUTHORIZED', cardLast4: '4242' }],
        },
      },
    });
    expect(asked).toEqual({ input });
  });

  it.each([
    ['OutOfStock', { lines: [{ variantId: 'v1', requested: 2, available: 1 }] }],
    ['PaymentActionRequired', { clientSecret: 'pi_secret' }],
    ['PaymentPending', { retryAfterMs: 500 }],
    ['PaymentDeclined', { declineCode: 'insufficient_funds' }],
    ['ApprovalRequired', {}],
    ['CreditExceeded', {}],
    ['CheckoutInvalid', {}],
    ['VersionConflict', { currentVersion: 4 }],
    ['IdempotencyKeyReused', {}],
    ['Busy', { retryAfterMs: 100 }],
  ])('passes the refusal %s through with all it says', async (__typename, more) => {
    await start({ checkout: { __typename, ...refusal, ...more } });
    expect(await ask(web.url, CHECKOUT, { input })).toEqual({ checkout: { __typename, ...refusal, ...more } });
  });

  it('passes PriceChanged through with what each line cost and costs', async () => {
    const line = { variantId: 'v1', expected: { minorUnits: 100 }, current: null };
    const totals = { expectedTotal: { minorUnits: 1, currency: 'EUR' }, currentTotal: null };
    const lines = [{ ...line, expected: { ...line.expected, currency: 'EUR' } }];
    await start({ checkout: { __typename: 'PriceChanged', ...refusal, ...totals, lines } });
    expect(await ask(web.url, CHECKOUT, { input })).toEqual({
      checkout: { __typename: 'PriceChanged', ...refusal, ...totals, changed: [line] },
    });
  });
});

describe('who may come in', () => {
  it.each([
    ['an unknown key', 'nobodys-key', 401, 'UNAUTHENTICATED'],
    ['an integration', 'key-of-an-integration', 403, 'FORBIDDEN'],
    ['a key of another channel', 'key-of-another-channel', 403, 'FORBIDDEN'],
  ])('is not %s, and the router is not asked', async (_who, key, status, code) => {
    await start({ productSearch: () => products() });
    const answer = await post(web.url, '{ searchPage(query: "") { products { edges { cursor } } } }', {}, key);
    expect(answer.status).toBe(status);
    expect(answer.body.errors).toMatchObject([{ extensions: { code } }]);
    expect(web.router.calls).toEqual([]);
  });
});

describe('live stock', () => {
  const AVAILABILITY =
    'subscription ($ids: [ID!]!, $since: [VariantVersionInput!]) { availabilityChanged(variantIds: $ids, since: $since) { snapshot variants { variantId status sellableQuantity version } } }';

  it('comes over graphql-ws: a snapshot, changes, and what was missed while stock was away', async () => {
    await start({});
    const variantId = newId();
    web.stock.set(variantId, 7);
    const screen = watch(web.url, AVAILABILITY, { ids: [variantId], since: [{ variantId, version: 1 }] });
    const update = (snapshot: boolean, status: string, sellableQuantity: number, version: number) => ({
      availabilityChanged: { snapshot, variants: [{ variantId, status, sellableQuantity, version }] },
    });
    expect(await screen.next()).toEqual(update(true, 'IN_STOCK', 7, 1));
    web.stock.set(variantId, 5);
    expect(await screen.next()).toEqual(update(false, 'LOW', 5, 2));
    web.stock.goDown();
    web.stock.set(variantId, 0);
    web.stock.comeBack();
    expect(await screen.next()).toEqual(update(false, 'OUT', 0, 3));
    await screen.stop();
  });

  it('is given up as soon as a client leaves, although nothing happens', async () => {
    await start({});
    const [left, stayed] = [newId(), newId()];
    const leaving = watch(web.url, AVAILABILITY, { ids: [left] });
    const staying = watch(web.url, AVAILABILITY, { ids: [stayed] });
    await Promise.all([leaving.next(), staying.next()]);
    await leaving.stop();
    // The server learns of it by itself: until it has, both are read.
    await eventually(async () => {
      web.stock.resync();
      expect(web.stock.reads.at(-1)).toEqual([stayed]);
    });
    await staying.stop();
  });

  it('is refused for what is no id, and for what is no GraphQL', async () => {
    await start({});
    await expect(watch(web.url, AVAILABILITY, { ids: ['parka'] }).next()).rejects.toThrow(/BAD_USER_INPUT/);
    await expect(watch(web.url, 'subscription {').next()).rejects.toMatchObject([
      { extensions: { code: 'GRAPHQL_PARSE_FAILED' } },
    ]);
  });
});

it('serves its page, its SDL and its health beside the graph', async () => {
  await start({});
  const get = (path: string, accept = '*/*') => fetch(new URL(path, web.url), { headers: { accept } });
  expect(await (await get('/graphql', 'text/html')).text()).toContain('Kontor web');
  expect(await (await get('/schema.graphql')).text()).toContain('productPage(');
  expect((await get('/readyz')).status).toBe(200);
  expect((await get('/livez')).status).toBe(200);
});
