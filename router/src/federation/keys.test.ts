import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

describe('an entity with several keys', () => {
  const PRODUCTS = [
    { id: 'p1', sku: 'JKT', name: 'Jacket', pallets: 4 },
    { id: 'p2', sku: 'BAG', name: 'Bag', pallets: 0 },
  ];
  const shop = runFederation({
    products: {
      typeDefs: `
        type Query { products: [Product!]! }
        type Product @key(fields: "id") { id: ID! name: String! }`,
      resolvers: {
        Query: { products: () => PRODUCTS },
        Product: { __resolveReference: ({ id }: { id: string }) => PRODUCTS.find((product) => product.id === id) },
      },
    },
    codes: {
      typeDefs: 'type Product @key(fields: "id") @key(fields: "sku") { id: ID! sku: String! }',
      resolvers: {
        Product: {
          __resolveReference: (key: { id?: string; sku?: string }) =>
            PRODUCTS.find(({ id, sku }) => id === key.id || sku === key.sku),
        },
      },
    },
    stock: {
      typeDefs: `
        type Query { emptied: [Product!]! }
        type Product @key(fields: "sku") { sku: String! pallets: Int! }`,
      resolvers: {
        Query: { emptied: () => PRODUCTS.filter(({ pallets }) => pallets === 0) },
        Product: { __resolveReference: ({ sku }: { sku: string }) => PRODUCTS.find((product) => product.sku === sku) },
      },
    },
  });

  test('is reached through the subgraph that knows both keys', async () => {
    expect(await shop.execute('{ products { name pallets } }')).toEqual({
      data: {
        products: [
          { name: 'Jacket', pallets: 4 },
          { name: 'Bag', pallets: 0 },
        ],
      },
    });
  });

  test('is reached from the other side as well', async () => {
    expect(await shop.execute('{ emptied { name pallets } }')).toEqual({
      data: { emptied: [{ name: 'Bag', pallets: 0 }] },
    });
  });
});

describe('an entity with keys of several fields, nested fields and lists', () => {
  const LINES = [
    { order: { id: 'o1', channel: { code: 'web' } }, position: 1, title: 'Jacket', packed: true },
    { order: { id: 'o1', channel: { code: 'web' } }, position: 2, title: 'Bag', packed: false },
  ];
  type Line = (typeof LINES)[number];
  const orderType = 'type Order @shareable { id: ID! channel: Channel! } type Channel @shareable { code: ID! }';
  const shop = runFederation({
    orders: {
      typeDefs: `
        type Query { lines: [Line!]! bundles: [Bundle!]! }
        type Line @key(fields: "order { id channel { code } } position") { order: Order! position: Int! title: String! }
        type Bundle @key(fields: "parts { sku }") { parts: [Part!]! }
        type Part @shareable { sku: ID! }
        ${orderType}`,
      resolvers: {
        Query: {
          lines: () => LINES,
          bundles: () => [{ parts: [{ sku: 'a' }, { sku: 'b' }] }, { parts: [] }, { parts: [{ sku: 'c' }] }],
        },
      },
    },
    packing: {
      typeDefs: `
        type Line @key(fields: "order { id channel { code } } position") { order: Order! position: Int! packed: Boolean! }
        type Bundle @key(fields: "parts { sku }") { parts: [Part!]! label: String! }
        type Part @shareable { sku: ID! }
        ${orderType}`,
      resolvers: {
        Line: {
          __resolveReference: ({ order, position }: Line) =>
            LINES.find(
              (line) =>
                line.order.id === order.id &&
                line.order.channel.code === order.channel.code &&
                line.position === position,
            ),
        },
        Bundle: { label: ({ parts }: { parts: { sku: string }[] }) => parts.map(({ sku }) => sku).join('+') },
      },
    },
  });

  test('is found by all parts of a compound key', async () => {
    expect(await shop.execute('{ lines { title packed } }')).toEqual({
      data: {
        lines: [
          { title: 'Jacket', packed: true },
          { title: 'Bag', packed: false },
        ],
      },
    });
    expect(shop.asked.at(-1)?.variables).toEqual({
      representations: [
        { __typename: 'Line', order: { id: 'o1', channel: { code: 'web' } }, position: 1 },
        { __typename: 'Line', order: { id: 'o1', channel: { code: 'web' } }, position: 2 },
      ],
    });
  });

  test('is found by a list of objects, an empty one too', async () => {
    expect(await shop.execute('{ bundles { label } }')).toEqual({
      data: { bundles: [{ label: 'a+b' }, { label: '' }, { label: 'c' }] },
    });
  });
});

describe('an entity whose keys can be resolved in one subgraph only', () => {
  const ITEMS = [
    { id: '1', legacyId: 'L1', code: { one: 'a', two: 'b', three: 'c' }, name: 'Jacket' },
    { id: '2', legacyId: 'L2', code: { one: 'd', two: 'e', three: 'f' }, name: 'Bag' },
  ];
  type Item = (typeof ITEMS)[number];
  const code = 'type Code @shareable { one: ID! two: ID! three: ID! }';
  const find = (reference: Partial<Item>) => ITEMS.find(({ id }) => id === reference.id);
  const shop = runFederation({
    catalogue: {
      typeDefs: `
        type Item
          @key(fields: "id")
          @key(fields: "legacyId", resolvable: false)
          @key(fields: "code { one two }", resolvable: false)
          @key(fields: "id code { two three }", resolvable: false) {
          id: ID! legacyId: ID! @shareable code: Code! @shareable name: String!
        }
        ${code}`,
      resolvers: { Item: { __resolveReference: find } },
    },
    packing: {
      typeDefs: `
        type Query { box: Box }
        type Box @key(fields: "id") { id: ID! items: [Item!]! }
        type Item
          @key(fields: "code { one two }", resolvable: false)
          @key(fields: "id code { two three }")
          @key(fields: "legacyId", resolvable: false)
          @key(fields: "id", resolvable: false) {
          id: ID! legacyId: ID! @shareable code: Code! @shareable
          name: String! @external
          label: String! @requires(fields: "name")
        }
        ${code}`,
      resolvers: {
        Query: { box: () => ({ id: 'b1', items: ITEMS }) },
        Item: {
          __resolveReference: ({ name, ...reference }: Item) => {
            const item = find(reference);
            return item?.code.three === reference.code.three ? { ...item, name } : null;
          },
          label: ({ id, name }: Item) => `${id} ${name}`,
        },
      },
    },
  });

  test('comes back after a requirement by the key that can be resolved there', async () => {
    expect(await shop.execute('{ box { id items { id name label } } }')).toEqual({
      data: {
        box: {
          id: 'b1',
          items: [
            { id: '1', name: 'Jacket', label: '1 Jacket' },
            { id: '2', name: 'Bag', label: '2 Bag' },
          ],
        },
      },
    });
    expect(shop.asked.at(-1)).toMatchObject({
      subgraph: 'packing',
      variables: {
        representations: [
          { __typename: 'Item', id: '1', name: 'Jacket', code: { two: 'b', three: 'c' } },
          { __typename: 'Item', id: '2', name: 'Bag', code: { two: 'e', three: 'f' } },
        ],
      },
    });
  });
});

describe('an entity without a value for its key, or unknown to the other subgraph', () => {
  const shop = runFederation({
    products: {
      typeDefs: `
        type Query { shelf: [Product] }
        type Product @key(fields: "id") @key(fields: "sku") { id: ID sku: ID title: String! }`,
      resolvers: {
        Query: {
          shelf: () => [
            { id: 'p1', sku: 's1', title: 'Jacket' },
            { id: null, sku: null, title: 'Sample' },
            null,
            { id: 'p9', sku: 's9', title: 'Gone' },
          ],
        },
      },
    },
    prices: {
      typeDefs: 'type Product @key(fields: "id") { id: ID price: Int }',
      resolvers: {
        Product: { __resolveReference: ({ id }: { id: string | null }) => (id === 'p1' ? { id, price: 90 } : null) },
      },
    },
    ratings: {
      typeDefs: 'type Product @key(fields: "id") { id: ID stars: Int! }',
      resolvers: {
        Product: { __resolveReference: ({ id }: { id: string | null }) => (id === 'p1' ? { id, stars: 5 } : null) },
      },
    },
  });

  test('has null for nullable fields of the other subgraph', async () => {
    expect(await shop.execute('{ shelf { title price } }')).toEqual({
      data: {
        shelf: [{ title: 'Jacket', price: 90 }, { title: 'Sample', price: null }, null, { title: 'Gone', price: null }],
      },
    });
  });

  test('becomes null with an error where a field of the other subgraph is not nullable', async () => {
    expect(await shop.execute('{ shelf { title stars } }')).toEqual({
      data: { shelf: [{ title: 'Jacket', stars: 5 }, null, null, null] },
      errors: [
        ['shelf', 1, 'stars'],
        ['shelf', 3, 'stars'],
      ],
    });
  });
});

describe('entities within entities', () => {
  const shop = runFederation({
    products: {
      typeDefs: `
        type Query { product: Product }
        type Product @key(fields: "id") { id: ID! brand: Brand! }
        type Brand @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: { product: () => ({ id: 'p1', brand: { id: 'b1' } }) },
        Product: { __resolveReference: ({ id }: { id: string }) => ({ id, brand: { id: 'b2' } }) },
      },
    },
    brands: {
      typeDefs: `
        type Brand @key(fields: "id") { id: ID! name: String! country: Country! }
        type Country @key(fields: "code") { code: ID! }`,
      resolvers: {
        Brand: {
          __resolveReference: ({ id }: { id: string }) => ({ id, name: `Brand ${id}`, country: { code: 'SE' } }),
        },
      },
    },
    places: {
      typeDefs: `
        type Country @key(fields: "code") { code: ID! name: String! bestSeller: Product }
        type Product @key(fields: "id") { id: ID! origin: Country! }`,
      resolvers: {
        Country: { name: () => 'Sweden', bestSeller: () => ({ id: 'p2' }) },
        Product: { origin: () => ({ code: 'SE' }) },
      },
    },
  });

  test('are followed from one subgraph to the next and back', async () => {
    expect(
      await shop.execute(
        '{ product { brand { name country { name bestSeller { id origin { code } brand { name } } } } origin { name } } }',
      ),
    ).toEqual({
      data: {
        product: {
          brand: {
            name: 'Brand b1',
            country: { name: 'Sweden', bestSeller: { id: 'p2', origin: { code: 'SE' }, brand: { name: 'Brand b2' } } },
          },
          origin: { name: 'Sweden' },
        },
      },
    });
  });
});
