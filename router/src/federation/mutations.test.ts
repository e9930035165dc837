import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

function createShop() {
  const log: string[] = [];
  const stock = new Map([['p1', 5]]);
  const shop = runFederation({
    stock: {
      typeDefs: `
        type Query { left(id: ID!): Int! }
        type Mutation { take(id: ID!, quantity: Int!): Product broken: Int restock(id: ID!): Product! }
        type Product @key(fields: "id") { id: ID! left: Int! }`,
      resolvers: {
        Query: { left: (_: unknown, { id }: { id: string }) => stock.get(id) },
        Mutation: {
          take: (_: unknown, { id, quantity }: { id: string; quantity: number }) => {
            log.push(`take ${quantity}`);
            stock.set(id, stock.get(id)! - quantity);
            return { id, left: stock.get(id) };
          },
          broken: () => {
            log.push('broken');
            throw new Error('broken');
          },
          restock: (_: unknown, { id }: { id: string }) => {
            log.push('restock');
            stock.set(id, 5);
            return { id, left: 5 };
          },
        },
      },
    },
    orders: {
      typeDefs: `
        type Mutation { order(id: ID!): Order! }
        type Order { id: ID! product: Product! }
        type Product @key(fields: "id") { id: ID! ordered: Int! }`,
      resolvers: {
        Mutation: {
          order: (_: unknown, { id }: { id: string }) => {
            log.push('order');
            return { id: `order of ${id}`, product: { id } };
          },
        },
        Product: { ordered: () => log.filter((entry) => entry === 'order').length },
      },
    },
  });
  return { shop, log };
}

describe('mutations of several subgraphs in one operation', () => {
  test('run one after the other in the order of the document', async () => {
    const { shop, log } = createShop();
    expect(
      await shop.execute(`mutation {
        first: take(id: "p1", quantity: 1) { left }
        order(id: "p1") { id }
        second: take(id: "p1", quantity: 2) { left }
        third: take(id: "p1", quantity: 1) { left }
      }`),
    ).toEqual({
      data: { first: { left: 4 }, order: { id: 'order of p1' }, second: { left: 2 }, third: { left: 1 } },
    });
    expect(log).toEqual(['take 1', 'order', 'take 2', 'take 1']);
  });

  test('have fields of other subgraphs', async () => {
    const { shop } = createShop();
    expect(
      await shop.execute(
        'mutation { order(id: "p1") { product { ordered } } take(id: "p1", quantity: 1) { id left ordered } }',
      ),
    ).toEqual({ data: { order: { product: { ordered: 1 } }, take: { id: 'p1', left: 4, ordered: 1 } } });
  });

  test('go on after one that failed', async () => {
    const { shop, log } = createShop();
    expect(
      await shop.execute('mutation { broken order(id: "p1") { id } take(id: "p1", quantity: 3) { left } }'),
    ).toEqual({
      data: { broken: null, order: { id: 'order of p1' }, take: { left: 2 } },
      errors: [['broken']],
    });
    expect(log).toEqual(['broken', 'order', 'take 3']);
  });

  test('are left out by a condition', async () => {
    const { shop, log } = createShop();
    expect(
      await shop.execute(
        'mutation ($order: Boolean!) { order(id: "p1") @include(if: $order) { id } restock(id: "p1") @skip(if: $order) { left } }',
        { variables: { order: false } },
      ),
    ).toEqual({ data: { restock: { left: 5 } } });
    expect(log).toEqual(['restock']);
  });
});
