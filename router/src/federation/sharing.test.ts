import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

describe('a root field that several subgraphs share', () => {
  const shop = runFederation({
    names: {
      typeDefs: `
        type Query { product: Product! @shareable products: [Product!]! @shareable }
        type Product @shareable { id: ID! name: Name! }
        type Name { id: ID! brand: String! }`,
      resolvers: {
        Query: {
          product: () => ({ id: 'p1', name: { id: 'n1', brand: 'North' } }),
          products: () => [{ id: 'p1', name: { id: 'n1', brand: 'North' } }],
        },
      },
    },
    prices: {
      typeDefs: `
        type Query { product: Product! @shareable products: [Product!]! @shareable }
        type Product @shareable { id: ID! price: Price! }
        type Price { id: ID! amount: Int! }`,
      resolvers: {
        Query: {
          product: () => ({ id: 'p1', price: { id: 'r1', amount: 9 } }),
          products: () => [{ id: 'p1', price: { id: 'r1', amount: 9 } }],
        },
      },
    },
  });

  test('is asked of each for what it has, and merged', async () => {
    expect(await shop.execute('{ product { id name { brand } price { amount } } }')).toEqual({
      data: { product: { id: 'p1', name: { brand: 'North' }, price: { amount: 9 } } },
    });
  });

  test('is merged element by element where it is a list', async () => {
    expect(await shop.execute('{ products { price { id amount } id name { id } } }')).toEqual({
      data: { products: [{ price: { id: 'r1', amount: 9 }, id: 'p1', name: { id: 'n1' } }] },
    });
  });

  test('is asked of one where one has everything', async () => {
    const before = shop.asked.length;
    expect(await shop.execute('{ product { id price { id } } }')).toEqual({
      data: { product: { id: 'p1', price: { id: 'r1' } } },
    });
    expect(shop.asked.slice(before).map(({ subgraph }) => subgraph)).toEqual(['prices']);
  });
});

describe('fields and values that several subgraphs share', () => {
  const shop = runFederation({
    a: {
      typeDefs: `
        type Query { offers: [Offer!]! }
        type Offer @key(fields: "id") { id: ID! money: Money! @shareable }
        type Money @shareable { cents: Int! currency: String! }`,
      resolvers: { Query: { offers: () => [{ id: 'o1', money: { cents: 5, currency: 'EUR' } }] } },
    },
    b: {
      typeDefs: `
        type Query { best: Offer }
        type Offer @key(fields: "id") { id: ID! money: Money! @shareable stock: Int! }
        type Money @shareable { cents: Int! currency: String! }`,
      resolvers: {
        Query: { best: () => ({ id: 'o2' }) },
        Offer: { money: () => ({ cents: 7, currency: 'SEK' }), stock: () => 3 },
      },
    },
  });

  test('come from the subgraph that is asked anyway', async () => {
    const before = shop.asked.length;
    expect(await shop.execute('{ offers { money { cents currency } } best { stock money { cents } } }')).toEqual({
      data: { offers: [{ money: { cents: 5, currency: 'EUR' } }], best: { stock: 3, money: { cents: 7 } } },
    });
    expect(
      shop.asked
        .slice(before)
        .map(({ subgraph }) => subgraph)
        .sort(),
    ).toEqual(['a', 'b']);
  });
});

describe('what clients must not see', () => {
  const shop = runFederation({
    a: {
      typeDefs: `
        type Query { product: Product secret: String @inaccessible nodes: [Node!]! }
        interface Node { id: ID! }
        type Product implements Node @key(fields: "sku") { id: ID! sku: ID! @inaccessible cost: Int! @inaccessible }
        type Draft implements Node @inaccessible { id: ID! }`,
      resolvers: {
        Query: {
          product: () => ({ id: 'p1', sku: 's1' }),
          nodes: () => [
            { __typename: 'Product', id: 'p1', sku: 's1' },
            { __typename: 'Product', id: 'p2', sku: 's2' },
          ],
        },
        Product: { cost: () => 10 },
      },
    },
    b: {
      typeDefs: `
        type Product @key(fields: "sku") {
          sku: ID! @inaccessible
          cost: Int! @external
          price: Int! @requires(fields: "cost")
        }`,
      resolvers: { Product: { price: ({ cost }: { cost: number }) => cost * 2 } },
    },
  });

  test('serves as key and requirement all the same', async () => {
    expect(await shop.execute('{ product { id price } nodes { id ... on Product { price } } }')).toEqual({
      data: {
        product: { id: 'p1', price: 20 },
        nodes: [
          { id: 'p1', price: 20 },
          { id: 'p2', price: 20 },
        ],
      },
    });
  });

  test('is unknown to clients', async () => {
    await expect(shop.execute('{ product { cost } }')).rejects.toThrow('Cannot query field "cost" on type "Product".');
    await expect(shop.execute('{ secret }')).rejects.toThrow('Cannot query field "secret" on type "Query".');
    await expect(shop.execute('{ nodes { ... on Draft { id } } }')).rejects.toThrow('Unknown type "Draft".');
  });
});

describe('enums and inputs of which each subgraph knows a part', () => {
  const shop = runFederation({
    a: {
      typeDefs: `
        type Query {
          orders(filter: Filter): [Order!]!
          statuses: [Status!]! @shareable
        }
        enum Status { OPEN PAID ARCHIVED @inaccessible }
        input Filter { status: Sort ids: [ID!] onlyHere: Boolean }
        enum Sort { OPEN PAID }
        type Order @key(fields: "id") { id: ID! status: Status }`,
      resolvers: {
        Query: {
          orders: (_: unknown, { filter }: { filter?: { ids?: string[] } }) =>
            [
              { id: '1', status: 'OPEN' },
              { id: '2', status: 'ARCHIVED' },
            ].filter(({ id }) => filter?.ids?.includes(id) ?? true),
        },
      },
    },
    b: {
      typeDefs: `
        type Query { search(filter: Filter): [Order!]! }
        input Filter { status: Sort ids: [ID!] }
        enum Sort { OPEN PAID CLOSED }
        enum Status { OPEN PAID ARCHIVED @inaccessible }
        type Order @key(fields: "id") { id: ID! notes(status: Sort): [String!]! }`,
      resolvers: {
        Query: {
          search: (_: unknown, { filter }: { filter?: { ids?: string[] } }) =>
            (filter?.ids ?? []).map((id) => ({ id })),
        },
        Order: {
          __resolveReference: ({ id }: { id: string }) => ({ id }),
          notes: (_: unknown, { status }: { status?: string }) => [status ?? 'any'],
        },
      },
    },
  });

  test('take the inputs and values that all of them know', async () => {
    expect(
      await shop.execute(
        'query ($filter: Filter, $status: Sort) { orders(filter: $filter) { id status notes(status: $status) } search(filter: { ids: ["1"] }) { status } }',
        { variables: { filter: { ids: ['1'], status: 'OPEN' }, status: 'PAID' } },
      ),
    ).toEqual({ data: { orders: [{ id: '1', status: 'OPEN', notes: ['PAID'] }], search: [{ status: null }] } });
  });

  test('refuse inputs and values that one of them does not know', async () => {
    await expect(shop.execute('{ orders(filter: { onlyHere: true }) { id } }')).rejects.toThrow(
      'Field "onlyHere" is not defined by type "Filter".',
    );
    await expect(shop.execute('{ orders(filter: { status: CLOSED }) { id } }')).rejects.toThrow(
      'Value "CLOSED" does not exist in "Sort" enum.',
    );
  });

  test('have null with an error for a value that clients must not see', async () => {
    expect(await shop.execute('{ orders { id status } }')).toEqual({
      data: {
        orders: [
          { id: '1', status: 'OPEN' },
          { id: '2', status: null },
        ],
      },
      errors: [['orders', 1, 'status']],
    });
  });
});
