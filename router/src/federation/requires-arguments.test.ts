import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

const PRODUCTS = [
  { id: 'p1', cents: 10, kilos: 3, category: { name: 'Jackets', cents: 12 } },
  { id: 'p2', cents: 20, kilos: 1, category: { name: 'Bags', cents: 8 } },
];
const inCurrency = ({ cents }: { cents: number }, { currency }: { currency: string }) =>
  currency === 'USD' ? cents : cents * 2;

const shop = runFederation({
  catalogue: {
    typeDefs: `
      type Query { products: [Product!]! product(id: ID!): Product }
      type Product @key(fields: "id") { id: ID! price(currency: String!): Int kilos: Int! category: Category }
      type Category { name: String! averagePrice(currency: String!): Int }`,
    resolvers: {
      Query: {
        products: () => PRODUCTS,
        product: (_: unknown, { id }: { id: string }) => PRODUCTS.find((product) => product.id === id),
      },
      Product: { price: inCurrency },
      Category: { averagePrice: inCurrency },
    },
  },
  shipping: {
    typeDefs: `
      type Product @key(fields: "id") {
        id: ID!
        kilos: Int! @external
        price(currency: String!): Int @external
        category: Category @external
        feeUsd(express: Boolean = false): Int @requires(fields: "price(currency: \\"USD\\") kilos")
        feeEur(express: Boolean = false): Int @requires(fields: "price(currency: \\"EUR\\") kilos")
        isCheap: Boolean @requires(fields: "category { averagePrice(currency: \\"USD\\") } price(currency: \\"USD\\")")
        carriers: [String!]!
      }
      type Category { averagePrice(currency: String!): Int @external }`,
    resolvers: {
      Product: {
        feeUsd: ({ price, kilos }: { price: number; kilos: number }, { express }: { express: boolean }) =>
          price * kilos * (express ? 10 : 1),
        feeEur: ({ price, kilos }: { price: number; kilos: number }, { express }: { express: boolean }) =>
          price * kilos * (express ? 10 : 1),
        isCheap: ({ price, category }: { price: number; category: { averagePrice: number } }) =>
          price < category.averagePrice,
        carriers: () => ['post'],
      },
    },
  },
});

describe('a field that requires a field with arguments', () => {
  test('gets the value for its arguments', async () => {
    expect(await shop.execute('{ products { id feeUsd } }')).toEqual({
      data: {
        products: [
          { id: 'p1', feeUsd: 30 },
          { id: 'p2', feeUsd: 20 },
        ],
      },
    });
    expect(shop.asked.at(-1)?.variables).toEqual({
      representations: [
        { __typename: 'Product', id: 'p1', kilos: 3, price: 10 },
        { __typename: 'Product', id: 'p2', kilos: 1, price: 20 },
      ],
    });
  });

  test('gets its own value where the client asks with other arguments', async () => {
    expect(await shop.execute('{ products { feeUsd price(currency: "EUR") } }')).toEqual({
      data: {
        products: [
          { feeUsd: 30, price: 20 },
          { feeUsd: 20, price: 40 },
        ],
      },
    });
  });

  test('gets its own value where the client asks by a variable', async () => {
    const text =
      'query ($currency: String = "EUR") { products { ...Price feeUsd euros: price(currency: "EUR") } } fragment Price on Product { price(currency: $currency) }';
    expect(await shop.execute(text)).toEqual({
      data: {
        products: [
          { price: 20, feeUsd: 30, euros: 20 },
          { price: 40, feeUsd: 20, euros: 40 },
        ],
      },
    });
    expect(await shop.execute(text, { variables: { currency: 'USD' } })).toEqual({
      data: {
        products: [
          { price: 10, feeUsd: 30, euros: 20 },
          { price: 20, feeUsd: 20, euros: 40 },
        ],
      },
    });
  });

  test('gets its own value where the client gives the name to another field', async () => {
    expect(await shop.execute('{ product(id: "p1") { feeUsd price: kilos kilos: price(currency: "EUR") } }')).toEqual({
      data: { product: { feeUsd: 30, price: 3, kilos: 20 } },
    });
  });

  test('gets it below an object of which the client sees another value', async () => {
    expect(
      await shop.execute(
        '{ products { isCheap category { averagePrice(currency: "EUR") name } price(currency: "EUR") } }',
      ),
    ).toEqual({
      data: {
        products: [
          { isCheap: true, category: { averagePrice: 24, name: 'Jackets' }, price: 20 },
          { isCheap: false, category: { averagePrice: 16, name: 'Bags' }, price: 40 },
        ],
      },
    });
  });
});

describe('fields that require one field with different arguments', () => {
  test('get each its own value, in requests of their own', async () => {
    const before = shop.asked.length;
    expect(
      await shop.execute(
        'query ($express: Boolean) { product(id: "p1") { feeUsd feeEur(express: $express) isCheap carriers } }',
        {
          variables: { express: true },
        },
      ),
    ).toEqual({ data: { product: { feeUsd: 30, feeEur: 600, isCheap: true, carriers: ['post'] } } });
    const [, ...entities] = shop.asked.slice(before);
    expect(entities.map(({ subgraph, variables }) => ({ subgraph, variables }))).toEqual([
      {
        subgraph: 'shipping',
        variables: {
          representations: [{ __typename: 'Product', id: 'p1', kilos: 3, price: 10, category: { averagePrice: 12 } }],
        },
      },
      {
        subgraph: 'shipping',
        variables: {
          express: true,
          representations: [{ __typename: 'Product', id: 'p1', kilos: 3, price: 20 }],
        },
      },
    ]);
  });

  test('get each its own value under aliases and fragments of the client', async () => {
    expect(
      await shop.execute(
        '{ products { a: feeEur ... on Product { b: feeUsd(express: true) c: feeUsd } price(currency: "USD") } }',
      ),
    ).toEqual({
      data: {
        products: [
          { a: 60, b: 300, c: 30, price: 10 },
          { a: 40, b: 200, c: 20, price: 20 },
        ],
      },
    });
  });
});

describe('a required field with arguments that fails', () => {
  const broken = runFederation({
    catalogue: {
      typeDefs: `
        type Query { product: Product }
        type Product @key(fields: "id") { id: ID! price(currency: String!): Int }`,
      resolvers: {
        Query: { product: () => ({ id: 'p1' }) },
        Product: {
          price: (_: unknown, { currency }: { currency: string }) => {
            if (currency === 'USD') throw new Error('no dollars');
            return 5;
          },
        },
      },
    },
    shipping: {
      typeDefs: `
        type Product @key(fields: "id") {
          id: ID!
          price(currency: String!): Int @external
          fee: Int @requires(fields: "price(currency: \\"USD\\")")
        }`,
      resolvers: { Product: { fee: ({ price }: { price: number | null }) => price } },
    },
  });

  test('has an error that names the field', async () => {
    expect(await broken.execute('{ product { id fee euros: price(currency: "EUR") } }')).toEqual({
      data: { product: { id: 'p1', fee: null, euros: 5 } },
      errors: [['product', 'price']],
    });
  });
});
