import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

describe('fields of two subgraphs that require each other in turn', () => {
  const shop = runFederation({
    a: {
      typeDefs: `
        type Query { order: Order }
        type Order @key(fields: "id") {
          id: ID!
          goods: Int!
          shipping: Int! @external
          total: Int! @requires(fields: "shipping")
        }`,
      resolvers: {
        Query: { order: () => ({ id: 'o1' }) },
        Order: {
          goods: () => 100,
          total: ({ shipping }: { shipping: number }) => 100 + shipping,
        },
      },
    },
    b: {
      typeDefs: `
        type Order @key(fields: "id") {
          id: ID!
          goods: Int! @external
          total: Int! @external
          shipping: Int! @requires(fields: "goods")
          points: Int! @requires(fields: "total")
        }`,
      resolvers: {
        Order: {
          shipping: ({ goods }: { goods: number }) => goods / 10,
          points: ({ total }: { total: number }) => total * 2,
        },
      },
    },
  });

  test('are resolved one after the other', async () => {
    const before = shop.asked.length;
    expect(await shop.execute('{ order { points } }')).toEqual({ data: { order: { points: 220 } } });
    expect(shop.asked.slice(before).map(({ subgraph }) => subgraph)).toEqual(['a', 'b', 'a', 'b']);
  });

  test('are resolved beside each other', async () => {
    expect(await shop.execute('{ order { total points shipping goods } }')).toEqual({
      data: { order: { total: 110, points: 220, shipping: 10, goods: 100 } },
    });
  });
});
