import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

describe('fields that a subgraph provides on one path only', () => {
  const shop = runFederation({
    orders: {
      typeDefs: `
        type Query {
          order: Order
          lastProduct: Product @provides(fields: "name brand { name }")
        }
        type Order @key(fields: "id") { id: ID! product: Product! }
        type Product @key(fields: "id") { id: ID! name: String! @external brand: Brand! @external }
        type Brand @key(fields: "id") { id: ID! name: String! @external }`,
      resolvers: {
        Query: {
          order: () => ({ id: 'o1', product: { id: 'p1' } }),
          lastProduct: () => ({ id: 'p1', name: 'Jacket (copy)', brand: { id: 'b1', name: 'North (copy)' } }),
        },
      },
    },
    products: {
      typeDefs: `
        type Product @key(fields: "id") { id: ID! name: String! @shareable brand: Brand! @shareable grams: Int! }
        type Brand @key(fields: "id") { id: ID! name: String! @shareable country: String! }`,
      resolvers: {
        Product: {
          __resolveReference: ({ id }: { id: string }) => ({ id, name: 'Jacket', grams: 400, brand: { id: 'b1' } }),
        },
        Brand: { name: () => 'North', country: () => 'SE' },
      },
    },
  });

  test('come from it there, without a request to their owner', async () => {
    const before = shop.asked.length;
    expect(await shop.execute('{ lastProduct { name brand { name } } }')).toEqual({
      data: { lastProduct: { name: 'Jacket (copy)', brand: { name: 'North (copy)' } } },
    });
    expect(shop.asked.slice(before).map(({ subgraph }) => subgraph)).toEqual(['orders']);
  });

  test('come from their owner on every other path', async () => {
    expect(await shop.execute('{ order { product { name brand { name } } } }')).toEqual({
      data: { order: { product: { name: 'Jacket', brand: { name: 'North' } } } },
    });
  });

  test('stand beside fields of the owner', async () => {
    expect(await shop.execute('{ lastProduct { name grams brand { country } } }')).toEqual({
      data: { lastProduct: { name: 'Jacket (copy)', grams: 400, brand: { country: 'SE' } } },
    });
  });
});

describe('fields that a subgraph provides on members of a union or an interface', () => {
  const HITS = [
    { __typename: 'Book', id: 'b1', title: 'Sea (copy)', pages: 300 },
    { __typename: 'Film', id: 'f1', title: 'Sky (copy)', minutes: 90 },
  ];
  const owned = (title: string) => ({ __resolveReference: ({ id }: { id: string }) => ({ id, title, by: 'ada' }) });
  const shop = runFederation({
    search: {
      typeDefs: `
        type Query {
          found: [Hit!]! @provides(fields: "... on Book { title } ... on Film { title }")
          shown: [Medium!]! @provides(fields: "... on Film { title }")
          plain: [Hit!]!
        }
        union Hit = Book | Film
        interface Medium { id: ID! }
        type Book implements Medium @key(fields: "id") { id: ID! title: String! @external pages: Int! }
        type Film implements Medium @key(fields: "id") { id: ID! title: String! @external minutes: Int! }`,
      resolvers: {
        Query: {
          found: () => HITS,
          shown: () => HITS,
          plain: () => HITS.map(({ __typename, id }) => ({ __typename, id })),
        },
      },
    },
    media: {
      typeDefs: `
        type Book @key(fields: "id") { id: ID! title: String! @shareable by: String! }
        type Film @key(fields: "id") { id: ID! title: String! @shareable by: String! }`,
      resolvers: { Book: owned('Sea'), Film: owned('Sky') },
    },
  });

  test('come from it for the members that it provides them on', async () => {
    const before = shop.asked.length;
    expect(await shop.execute('{ found { __typename ... on Book { title pages } ... on Film { title } } }')).toEqual({
      data: {
        found: [
          { __typename: 'Book', title: 'Sea (copy)', pages: 300 },
          { __typename: 'Film', title: 'Sky (copy)' },
        ],
      },
    });
    expect(shop.asked.slice(before).map(({ subgraph }) => subgraph)).toEqual(['search']);
  });

  test('come from their owner for the others', async () => {
    expect(await shop.execute('{ shown { id ... on Book { title } ... on Film { title } } }')).toEqual({
      data: {
        shown: [
          { id: 'b1', title: 'Sea' },
          { id: 'f1', title: 'Sky (copy)' },
        ],
      },
    });
  });

  test('come from their owner where nothing is provided, and beside what is not', async () => {
    expect(
      await shop.execute('{ plain { ... on Book { title } ... on Film { by } } found { ... on Film { title by } } }'),
    ).toEqual({
      data: { plain: [{ title: 'Sea' }, { by: 'ada' }], found: [{}, { title: 'Sky (copy)', by: 'ada' }] },
    });
  });
});

describe('nested lists that are provided', () => {
  const shop = runFederation({
    listing: {
      typeDefs: `
        type Query { shelves: [Shelf!]! @provides(fields: "categories { id name }") }
        type Shelf @key(fields: "id") { id: ID! categories: [Category!]! @external }
        type Category @key(fields: "id") { id: ID! name: String! @external }`,
      resolvers: {
        Query: { shelves: () => [{ id: 's1', categories: [{ id: 'c1', name: 'Jackets (copy)' }] }] },
      },
    },
    categories: {
      typeDefs: `
        type Shelf @key(fields: "id") { id: ID! categories: [Category!]! @shareable }
        type Category @key(fields: "id") { id: ID! name: String! @shareable children: [Category!]! }`,
      resolvers: {
        Shelf: { categories: () => [{ id: 'c1' }] },
        Category: {
          name: ({ id }: { id: string }) => `Category ${id}`,
          children: ({ id }: { id: string }) => [{ id: `${id}.1` }, { id: `${id}.2` }],
        },
      },
    },
  });

  test('are completed below by their owner', async () => {
    expect(await shop.execute('{ shelves { categories { name children { name } } } }')).toEqual({
      data: {
        shelves: [
          {
            categories: [{ name: 'Jackets (copy)', children: [{ name: 'Category c1.1' }, { name: 'Category c1.2' }] }],
          },
        ],
      },
    });
  });
});
