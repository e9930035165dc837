import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

const says = (who: string) => () => who;

describe('a field that moved to another subgraph', () => {
  const shop = runFederation({
    monolith: {
      typeDefs: `
        type Query { products: [Product!]! legacy: String! }
        type Product @key(fields: "id") { id: ID! stock: String! grams: Int! }`,
      resolvers: {
        Query: { products: () => [{ id: 'p1' }, { id: 'p2' }], legacy: says('monolith') },
        Product: { stock: says('monolith'), grams: () => 7 },
      },
    },
    stock: {
      typeDefs: `
        type Query { legacy: String! @override(from: "monolith") }
        type Product @key(fields: "id") {
          id: ID!
          stock: String! @override(from: "monolith")
          grams: Int! @external
          pallets: Int! @override(from: "retired") @requires(fields: "grams")
        }`,
      resolvers: {
        Query: { legacy: says('stock') },
        Product: { stock: says('stock'), pallets: ({ grams }: { grams: number }) => grams * 2 },
      },
    },
  });

  test('comes from there, below entities and at the root', async () => {
    const before = shop.asked.length;
    expect(await shop.execute('{ legacy products { stock } }')).toEqual({
      data: { legacy: 'stock', products: [{ stock: 'stock' }, { stock: 'stock' }] },
    });
    expect(shop.asked.slice(before).filter(({ query }) => query.includes('legacy'))).toMatchObject([
      { subgraph: 'stock' },
    ]);
  });

  test('comes from there where its former subgraph no longer exists', async () => {
    expect(await shop.execute('{ products { pallets } }')).toEqual({
      data: { products: [{ pallets: 14 }, { pallets: 14 }] },
    });
  });
});

describe('a moved field that requires others, and is required', () => {
  const shop = runFederation({
    a: {
      typeDefs: `
        type Query { product: Product }
        type Product @key(fields: "id") { id: ID! name: String! label: String! @shareable }`,
      resolvers: {
        Query: { product: () => ({ id: 'p1' }) },
        Product: { name: says('Jacket'), label: says('old label') },
      },
    },
    b: {
      typeDefs: `
        type Product @key(fields: "id") {
          id: ID!
          name: String! @external
          label: String! @override(from: "a") @requires(fields: "name")
        }`,
      resolvers: { Product: { label: ({ name }: { name: string }) => `new ${name}` } },
    },
    c: {
      typeDefs: `
        type Product @key(fields: "id") {
          id: ID!
          label: String! @external
          print: String! @requires(fields: "label")
        }`,
      resolvers: { Product: { print: ({ label }: { label: string }) => `<${label}>` } },
    },
  });

  test('takes and gives the values of its new subgraph', async () => {
    expect(await shop.execute('{ product { label print } }')).toEqual({
      data: { product: { label: 'new Jacket', print: '<new Jacket>' } },
    });
  });
});

describe('a field that moves step by step', () => {
  const shop = runFederation({
    monolith: {
      typeDefs: `
        type Query { product: Product }
        type Product @key(fields: "id") { id: ID! stock: String! price: String! }`,
      resolvers: {
        Query: { product: () => ({ id: 'p1' }) },
        Product: { stock: says('monolith'), price: says('monolith') },
      },
    },
    stock: {
      typeDefs: `
        type Query { arrived: Product }
        type Product @key(fields: "id") {
          id: ID!
          stock: String! @override(from: "monolith", label: "move_stock")
          price: String! @override(from: "monolith", label: "percent(5)")
        }`,
      resolvers: { Query: { arrived: () => ({ id: 'p2' }) }, Product: { stock: says('stock'), price: says('stock') } },
    },
  });
  const text = '{ product { stock price } arrived { stock price } }';

  test('stays where it was while its label is off', async () => {
    expect(await shop.execute(text)).toEqual({
      data: {
        product: { stock: 'monolith', price: 'monolith' },
        arrived: { stock: 'monolith', price: 'monolith' },
      },
    });
  });

  test('comes from the new subgraph while its label is on', async () => {
    expect(await shop.execute(text, { overrides: ['move_stock'] })).toEqual({
      data: { product: { stock: 'stock', price: 'monolith' }, arrived: { stock: 'stock', price: 'monolith' } },
    });
    expect(await shop.execute(text, { overrides: ['move_stock', 'percent(5)'] })).toEqual({
      data: { product: { stock: 'stock', price: 'stock' }, arrived: { stock: 'stock', price: 'stock' } },
    });
  });
});

describe('a moved field of a type behind an interface', () => {
  const POSTS = [
    { __typename: 'Note', id: 'n1' },
    { __typename: 'Photo', id: 'f1' },
  ];
  const shop = runFederation({
    a: {
      typeDefs: `
        type Query { feed: [Post!]! }
        interface Post { id: ID! createdAt: String! }
        type Note implements Post @key(fields: "id") { id: ID! createdAt: String! }
        type Photo implements Post @key(fields: "id") { id: ID! createdAt: String! }`,
      resolvers: {
        Query: { feed: () => POSTS },
        Note: { createdAt: says('a') },
        Photo: { createdAt: says('a') },
      },
    },
    b: {
      typeDefs: 'type Note @key(fields: "id") { id: ID! createdAt: String! @override(from: "a") }',
      resolvers: { Note: { createdAt: says('b') } },
    },
  });

  test('comes from its new subgraph for that type alone', async () => {
    expect(await shop.execute('{ feed { createdAt } }')).toEqual({
      data: { feed: [{ createdAt: 'b' }, { createdAt: 'a' }] },
    });
    expect(await shop.execute('{ feed { id ... on Note { createdAt } } }')).toEqual({
      data: { feed: [{ id: 'n1', createdAt: 'b' }, { id: 'f1' }] },
    });
  });
});
