import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upsertCollections } from '../commands/upsert-collections.ts';
import { upsertProducts } from '../commands/upsert-products.ts';
import { makeChannels, product, startProducts, variant } from '../fixture.ts';

const ENTITIES =
  'query E($representations: [_Any!]!) { _entities(representations: $representations) { __typename ... on Product { id handle } ... on ProductVariant { id product { handle } } ... on Collection { id title } ... on Channel { code name } } }';

let test: TestDatabase;
let db: Database;
let ask: Awaited<ReturnType<typeof startProducts>>['ask'];
let askInternal: Awaited<ReturnType<typeof startProducts>>['askInternal'];
let shown: { productId: string; variantIds: string[] };
let hidden: { productId: string; variantIds: string[] };
const statements: string[] = [];

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products', { max: 1, onQuery: (query) => statements.push(query) });
  ({ ask, askInternal } = await startProducts(db, (await createTestIdentities(['products'])).products));
  await makeChannels(db, 'web', 'pos');
  const options = {
    optionNames: ['Size', 'Colour'],
    media: [{ url: 'https://img.example/a.jpg' }, { url: 'https://img.example/b.jpg', altText: 'Back' }],
  };
  const variants = ['S', 'M'].flatMap((size) =>
    ['Navy', 'Red'].map((colour) => ({
      optionValues: [size, colour],
      sku: `${size}-${colour}`,
      barcode: '400',
      weightGrams: 250,
      imageUrl: colour === 'Red' ? 'https://img.example/b.jpg' : null,
    })),
  );
  const results = await upsertProducts(
    db,
    [
      product('shirt', {
        ...options,
        title: 'Linen Shirt',
        descriptionHtml: '<p>Cool &amp; <b>light</b>.</p>',
        variants,
      }),
      product('secret', { published: false, variants: [variant('S', { sku: 'S-Navy' })] }),
    ],
    ['web'],
  );
  [shown, hidden] = results.map(({ productId, variantIds }) => ({ productId: productId!, variantIds })) as [
    typeof shown,
    typeof hidden,
  ];
  await upsertCollections(db, [
    { handle: 'summer', title: 'Summer', descriptionHtml: '', productHandles: ['secret', 'shirt'] },
  ]);
});
afterAll(() => test.drop());

describe('a product', () => {
  it('has its options, variants, images, texts, collections and channels', async () => {
    const { productByHandle } = await ask(
      `{ productByHandle(handle: "shirt") { id title descriptionHtml vendor options { name values } seo { title description } version media { url altText } collections { handle } channels { code }
        variants { title sku weightGrams selectedOptions { name value } image { url } product { handle } } } }`,
      asGuest(),
    );
    expect(productByHandle).toMatchObject({
      id: shown.productId,
      title: 'Linen Shirt',
      descriptionHtml: '<p>Cool &amp; <b>light</b>.</p>',
      options: [
        { name: 'Size', values: ['S', 'M'] },
        { name: 'Colour', values: ['Navy', 'Red'] },
      ],
      seo: { title: 'Linen Shirt', description: 'Cool & light .' },
      version: 1,
      media: [
        { url: 'https://img.example/a.jpg', altText: null },
        { url: 'https://img.example/b.jpg', altText: 'Back' },
      ],
      collections: [{ handle: 'summer' }],
      channels: [{ code: 'web' }],
    });
    expect(productByHandle.variants[1]).toEqual({
      title: 'S / Red',
      sku: 'S-Red',
      weightGrams: 250,
      selectedOptions: [
        { name: 'Size', value: 'S' },
        { name: 'Colour', value: 'Red' },
      ],
      image: { url: 'https://img.example/b.jpg' },
      product: { handle: 'shirt' },
    });
    expect(productByHandle.variants[0].image).toEqual({ url: 'https://img.example/a.jpg' });
  });
});

describe('what a channel does not publish', () => {
  const everyWay = `query W($id: ID!, $variant: ID!) { product(id: $id) { handle } productByHandle(handle: "secret") { handle } variant(id: $variant) { id } variants(ids: [$variant]) { id }
    variantsBySku(sku: "S-Navy") { id } productSearch(query: "secret") { totalCount edges { node { handle } } } all: productSearch(query: "") { totalCount } productListing { edges { node { handle } } }
    collectionByHandle(handle: "summer") { products { totalCount edges { node { handle } } } } }`;

  it('is found in no way by the public, and by those who edit the catalogue in every way but the public listing', async () => {
    const variables = { id: hidden.productId, variant: hidden.variantIds[0] };
    const guest = await ask(everyWay, asGuest(), variables);
    expect(guest).toEqual({
      product: null,
      productByHandle: null,
      variant: null,
      variants: [null],
      variantsBySku: [{ id: shown.variantIds[0] }],
      productSearch: { totalCount: 0, edges: [] },
      all: { totalCount: 1 },
      productListing: { edges: [{ node: { handle: 'shirt' } }] },
      collectionByHandle: { products: { totalCount: 1, edges: [{ node: { handle: 'shirt' } }] } },
    });
    const staff = await ask(everyWay, asStaff(['catalogue:write']), variables);
    expect(staff).toMatchObject({
      product: { handle: 'secret' },
      variant: { id: hidden.variantIds[0] },
      productSearch: { totalCount: 1 },
      all: { totalCount: 2 },
      productListing: { edges: [{ node: { handle: 'shirt' } }] },
    });
    expect(
      staff.collectionByHandle.products.edges.map((edge: { node: { handle: string } }) => edge.node.handle),
    ).toEqual(['secret', 'shirt']);
    expect(
      await ask(
        '{ productByHandle(handle: "shirt") { id } all: productSearch(query: "") { totalCount } }',
        asGuest('pos'),
      ),
    ).toEqual({ productByHandle: null, all: { totalCount: 0 } });
  });

  it('is null as an entity, in place, for the public', async () => {
    const representations = [
      { __typename: 'ProductVariant', id: hidden.variantIds[0] },
      { __typename: 'ProductVariant', id: shown.variantIds[1] },
      { __typename: 'Product', id: hidden.productId },
      { __typename: 'Product', id: shown.productId },
      { __typename: 'ProductVariant', id: 'no id' },
      { __typename: 'Channel', code: 'web' },
      { __typename: 'Channel', code: 'moon' },
    ];
    statements.length = 0;
    const { _entities } = await ask(ENTITIES, asGuest(), { representations });
    expect(_entities).toEqual([
      null,
      { __typename: 'ProductVariant', id: shown.variantIds[1], product: { handle: 'shirt' } },
      null,
      { __typename: 'Product', id: shown.productId, handle: 'shirt' },
      null,
      { __typename: 'Channel', code: 'web', name: 'web' },
      null,
    ]);
    // Variants, products and channels; the product of the variant is among those that were asked for.
    expect(statements).toHaveLength(3);
  });
});

describe('lookups', () => {
  it('align variants with ids, and answer nothing to what cannot be', async () => {
    const [a, b] = shown.variantIds;
    const { variants } = await ask('query V($ids: [ID!]!) { variants(ids: $ids) { id } }', asGuest(), {
      ids: [b, 'x', newId(), a, b],
    });
    expect(variants).toEqual([{ id: b }, null, null, { id: a }, { id: b }]);
    expect(
      await ask(
        '{ product(id: "\' or 1=1") { id } productByHandle(handle: "a\\u0000b") { id } variantsBySku(sku: "\\u0000") { id } collectionByHandle(handle: "\\u0000") { id } }',
        asGuest(),
      ),
    ).toEqual({ product: null, productByHandle: null, variantsBySku: [], collectionByHandle: null });
  });

  it('answer every variant of a repeated barcode, oldest first', async () => {
    const { variantsByBarcode } = await ask('{ variantsByBarcode(barcode: "400") { id } }', asGuest());
    expect(variantsByBarcode.map(({ id }: { id: string }) => id)).toEqual(shown.variantIds);
  });

  it('refuse more than 250 ids, and a channel that is not there', async () => {
    await expect(
      ask('query V($ids: [ID!]!) { variants(ids: $ids) { id } }', asGuest(), {
        ids: Array.from({ length: 251 }, newId),
      }),
    ).rejects.toThrow('BAD_USER_INPUT');
    await expect(ask('{ channel { code } }', asGuest('moon'))).rejects.toThrow(
      'BAD_USER_INPUT: There is no channel "moon".',
    );
  });
});

describe('mutations', () => {
  it('answer the product as it is now, and are closed to guests', async () => {
    const document =
      'mutation U($input: ProductUpdateInput!) { productUpdate(input: $input) { __typename ... on ProductUpdated { product { title vendor version } } ... on ProductConflict { currentVersion } } }';
    const input = { productId: hidden.productId, expectedVersion: 1, title: 'Secret Thing' };
    await expect(ask(document, asGuest(), { input })).rejects.toThrow('FORBIDDEN');
    expect(await ask(document, asStaff(['catalogue:write']), { input })).toEqual({
      productUpdate: { __typename: 'ProductUpdated', product: { title: 'Secret Thing', vendor: 'Kontor', version: 2 } },
    });
    expect(await ask(document, asStaff(['catalogue:write']), { input })).toEqual({
      productUpdate: { __typename: 'ProductConflict', currentVersion: 2 },
    });
  });
});

describe('productChanges', () => {
  const document =
    'query C($since: Cursor, $first: Int) { productChanges(since: $since, first: $first) { endCursor products { handle revision title channelCodes variants { title sku } } } }';

  it('pages over the products in the order of their last change, and gives a later change again', async () => {
    const first = (await askInternal(document, asService(), { first: 1 })).productChanges;
    const second = (await askInternal(document, asService(), { first: 1, since: first.endCursor })).productChanges;
    expect([...first.products, ...second.products].map(({ handle }: { handle: string }) => handle)).toEqual([
      'shirt',
      'secret',
    ]);
    expect((await askInternal(document, asService(), { since: second.endCursor })).productChanges).toEqual({
      endCursor: null,
      products: [],
    });
    await upsertProducts(db, [product('later')], ['pos']);
    const third = (await askInternal(document, asService(), { since: second.endCursor })).productChanges;
    expect(third.products).toEqual([
      {
        handle: 'later',
        revision: 1,
        title: 'later',
        channelCodes: ['pos'],
        variants: [
          { title: 'S', sku: 'later-s' },
          { title: 'M', sku: 'later-m' },
        ],
      },
    ]);
  });

  it('misses no change of writers who run at once with the reader', async () => {
    const writers = test.open('products');
    const seen = new Set<string>();
    let since: string | null = null;
    let writing = true;
    const written = Promise.all(
      Array.from({ length: 40 }, (_, index) => upsertProducts(writers, [product(`stream-${index}`)], ['web'])),
    ).then(() => (writing = false));
    for (let last = false; !last;) {
      last = !writing;
      const { productChanges } = await askInternal(document, asService(), { since, first: 5 });
      for (const { handle } of productChanges.products) seen.add(handle);
      since = productChanges.endCursor ?? since;
      if (productChanges.endCursor !== null) last = false;
    }
    await written;
    expect([...seen].filter((handle) => handle.startsWith('stream-'))).toHaveLength(40);
  });
});

describe('internal commands', () => {
  it('make channels, products and collections, and tell what became of each', async () => {
    const channel = {
      code: 'app',
      name: 'App',
      currencies: ['EUR'],
      countries: ['DE'],
      locales: ['de'],
      locationIds: [],
    };
    const { channelUpsert } = await askInternal(
      'mutation C($input: ChannelUpsertInput!) { channelUpsert(input: $input) { code revision locales } }',
      asService(),
      { input: channel },
    );
    expect(channelUpsert).toEqual({ code: 'app', revision: 1, locales: ['de'] });
    const { productsUpsert } = await askInternal(
      'mutation P($input: ProductsUpsertInput!) { productsUpsert(input: $input) { results { handle outcome variantIds reason } } }',
      asService(),
      { input: { products: [product('via-graph'), product('Wrong')], publishIn: ['app'] } },
    );
    expect(productsUpsert.results).toMatchObject([
      { handle: 'via-graph', outcome: 'CREATED', reason: null },
      { handle: 'Wrong', outcome: 'REJECTED', variantIds: [] },
    ]);
    expect(productsUpsert.results[0].variantIds).toHaveLength(2);
    const { collectionsUpsert } = await askInternal(
      'mutation C($input: CollectionsUpsertInput!) { collectionsUpsert(input: $input) { collectionIds } }',
      asService(),
      { input: { collections: [{ handle: 'app', title: 'App', descriptionHtml: '', productHandles: ['via-graph'] }] } },
    );
    expect(collectionsUpsert.collectionIds).toHaveLength(1);
    await expect(askInternal('{ channelStates { code } }', asGuest())).rejects.toThrow('FORBIDDEN');
  });
});
