import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

const inCurrency = ({ cents }: { cents: number }, { currency }: { currency: string }) =>
  currency === 'USD' ? cents : cents * 2;

describe('a field that requires parts of a list of its own subgraph with arguments', () => {
  const REVIEWS = [
    { id: 'r1', author: 'ada' },
    { id: 'r2', author: 'bob' },
    { id: 'r3', author: 'eve' },
  ];
  const reviews = runFederation({
    products: {
      typeDefs: `
        type Query { products: [Product!]! }
        type Product @key(fields: "id") { id: ID! }`,
      resolvers: { Query: { products: () => [{ id: 'p1' }] } },
    },
    reviews: {
      typeDefs: `
        type Product @key(fields: "id") {
          id: ID!
          reviews(first: Int!): [Review!]!
          lastAuthor: String! @requires(fields: "reviews(first: 3) { author }")
        }
        type Review @key(fields: "id") { id: ID! author: String! @external }`,
      resolvers: {
        Product: {
          reviews: (_: unknown, { first }: { first: number }) => REVIEWS.slice(0, first),
          lastAuthor: ({ reviews: given }: { reviews: { author: string }[] }) => given.at(-1)!.author,
        },
      },
    },
    people: {
      typeDefs: 'type Review @key(fields: "id") { id: ID! author: String! }',
      resolvers: {
        Review: { author: ({ id }: { id: string }) => REVIEWS.find((review) => review.id === id)!.author },
      },
    },
  });

  test('gets as many as it requires, and the client as many as it asks for', async () => {
    expect(
      await reviews.execute('query ($first: Int = 1) { products { lastAuthor reviews(first: $first) { id } } }'),
    ).toEqual({
      data: { products: [{ lastAuthor: 'eve', reviews: [{ id: 'r1' }] }] },
    });
  });

  test('does not show its own where the client asks for none', async () => {
    expect(await reviews.execute('{ products { lastAuthor } }')).toEqual({
      data: { products: [{ lastAuthor: 'eve' }] },
    });
  });

  test('leaves the fields of the client alone', async () => {
    expect(await reviews.execute('{ products { reviews(first: 2) { author } } }')).toEqual({
      data: { products: [{ reviews: [{ author: 'ada' }, { author: 'bob' }] }] },
    });
  });
});

describe('a field of an interface object that requires a field with arguments', () => {
  const media = runFederation({
    catalogue: {
      typeDefs: `
        type Query { items: [Item!]! book: Book }
        interface Item @key(fields: "id") { id: ID! price(currency: String!): Int! }
        type Book implements Item @key(fields: "id") { id: ID! price(currency: String!): Int! }
        type Lamp implements Item @key(fields: "id") { id: ID! price(currency: String!): Int! }`,
      resolvers: {
        Query: {
          items: () => [
            { __typename: 'Book', id: 'b', cents: 1 },
            { __typename: 'Lamp', id: 'l', cents: 3 },
          ],
          book: () => ({ id: 'b', cents: 1 }),
        },
        Item: { __resolveType: ({ id }: { id: string }) => (id === 'b' ? 'Book' : 'Lamp') },
        Book: { price: inCurrency },
        Lamp: { price: inCurrency },
      },
    },
    taxes: {
      typeDefs: `
        type Item @key(fields: "id") @interfaceObject {
          id: ID!
          price(currency: String!): Int! @external
          tax: Int! @requires(fields: "price(currency: \\"EUR\\")")
        }`,
      resolvers: { Item: { tax: ({ price }: { price: number }) => price * 100 } },
    },
  });

  test('gets the value for its arguments for every implementation', async () => {
    expect(
      await media.execute('{ items { tax price(currency: "USD") ... on Lamp { euros: price(currency: "EUR") } } }'),
    ).toEqual({
      data: {
        items: [
          { tax: 200, price: 1 },
          { tax: 600, price: 3, euros: 6 },
        ],
      },
    });
  });

  test('gets it for an implementation that is asked directly', async () => {
    expect(await media.execute('{ book { tax price(currency: "USD") } }')).toEqual({
      data: { book: { tax: 200, price: 1 } },
    });
  });
});
