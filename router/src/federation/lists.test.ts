import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

describe('entities in lists of lists', () => {
  const shop = runFederation({
    shelves: {
      typeDefs: `
        type Query { grid: [[Slot]!]! cube: [[[Slot!]]]! }
        type Slot { product: Product also: [[Product!]!] }
        type Product @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          grid: () => [
            [{ product: { id: 'a' } }, null, { product: null }],
            [],
            [{ product: { id: 'b' }, also: [[{ id: 'a' }, { id: 'c' }], []] }],
          ],
          cube: () => [[[{ product: { id: 'a' } }], null], null, [[{ product: { id: 'b' } }]]],
        },
      },
    },
    products: {
      typeDefs: 'type Product @key(fields: "id") { id: ID! name: String! tags: [[String!]!]! related: [[Product!]!]! }',
      resolvers: {
        Product: {
          __resolveReference: ({ id }: { id: string }) => (id === 'c' ? null : { id }),
          name: ({ id }: { id: string }) => id.toUpperCase(),
          tags: ({ id }: { id: string }) => [[id], []],
          related: ({ id }: { id: string }) => [[{ id: `${id}1` }]],
        },
      },
    },
    stock: {
      typeDefs: 'type Product @key(fields: "id") { id: ID! left: Int! }',
      resolvers: { Product: { left: ({ id }: { id: string }) => id.length } },
    },
  });

  test('are completed at every depth, with nulls between them', async () => {
    expect(await shop.execute('{ grid { product { name tags } } cube { product { name left } } }')).toEqual({
      data: {
        grid: [
          [{ product: { name: 'A', tags: [['a'], []] } }, null, { product: null }],
          [],
          [{ product: { name: 'B', tags: [['b'], []] } }],
        ],
        cube: [[[{ product: { name: 'A', left: 1 } }], null], null, [[{ product: { name: 'B', left: 1 } }]]],
      },
    });
  });

  test('are asked for once each', async () => {
    const before = shop.asked.length;
    expect(await shop.execute('{ grid { product { left } also { left } } }')).toEqual({
      data: {
        grid: [
          [{ product: { left: 1 }, also: null }, null, { product: null, also: null }],
          [],
          [{ product: { left: 1 }, also: [[{ left: 1 }, { left: 1 }], []] }],
        ],
      },
    });
    const asked = shop.asked.slice(before).filter(({ subgraph }) => subgraph === 'stock');
    const ids = asked.flatMap(({ variables }) =>
      (variables['representations'] as { id: string }[]).map(({ id }) => id),
    );
    expect(new Set(ids)).toEqual(new Set(['a', 'b', 'c']));
  });

  test('lead on to entities of other subgraphs', async () => {
    expect(await shop.execute('{ grid { product { related { left name } } } }')).toEqual({
      data: {
        grid: [
          [{ product: { related: [[{ left: 2, name: 'A1' }]] } }, null, { product: null }],
          [],
          [{ product: { related: [[{ left: 2, name: 'B1' }]] } }],
        ],
      },
    });
  });

  test('become null up to the next nullable place where one is not known', async () => {
    expect(await shop.execute('{ grid { also { name } } }')).toEqual({
      data: { grid: [[{ also: null }, null, { also: null }], [], [{ also: null }]] },
      errors: [['grid', 2, 0, 'also', 0, 1, 'name']],
    });
  });
});
