import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

/** SDL as subgraphs of the first version of Federation write it; the comment keeps it without a `@link` to the second. */
const first = (typeDefs: string) => `# no @link\n${typeDefs}`;

describe('subgraphs of the first version of Federation', () => {
  const USERS = [
    { id: 'u1', name: 'Ada', rank: 'gold' },
    { id: 'u2', name: 'Bob', rank: 'none' },
  ];
  const shop = runFederation({
    customers: {
      typeDefs: first(`
        type Query { customers: [Customer!]! }
        type Customer @key(fields: "id") { id: ID! name: String! rank: String! address: Address }
        type Address { city: String! }`),
      resolvers: {
        Query: { customers: () => USERS },
        Customer: {
          __resolveReference: ({ id }: { id: string }) => USERS.find((user) => user.id === id),
          address: () => ({ city: 'Lund' }),
        },
      },
    },
    orders: {
      typeDefs: first(`
        extend type Query { orders: [Order!]! }
        type Order @key(fields: "id") { id: ID! customer: Customer! @provides(fields: "name") }
        extend type Customer @key(fields: "id") {
          id: ID! @external
          name: String! @external
          rank: String! @external
          orders: [Order!]!
          discount: Int! @requires(fields: "rank")
        }`),
      resolvers: {
        Query: { orders: () => [{ id: 'o1', customer: { id: 'u2', name: 'Bob (copy)' } }] },
        Customer: {
          orders: ({ id }: { id: string }) => (id === 'u2' ? [{ id: 'o1', customer: { id, name: 'Bob (copy)' } }] : []),
          discount: ({ rank }: { rank: string }) => (rank === 'gold' ? 10 : 0),
        },
      },
    },
    reviews: {
      typeDefs: first(`
        type Customer @extends @key(fields: "id") { id: ID! @external reviews: Int! }
        extend type Order @key(fields: "id") { id: ID! @external review: String }`),
      resolvers: { Customer: { reviews: () => 2 }, Order: { review: ({ id }: { id: string }) => `Review of ${id}` } },
    },
  });

  test('extend each other’s types, by either way to write it', async () => {
    expect(await shop.execute('{ customers { name orders { id review } reviews } }')).toEqual({
      data: {
        customers: [
          { name: 'Ada', orders: [], reviews: 2 },
          { name: 'Bob', orders: [{ id: 'o1', review: 'Review of o1' }], reviews: 2 },
        ],
      },
    });
  });

  test('provide and require fields', async () => {
    expect(
      await shop.execute('{ orders { customer { name discount address { city } } } customers { discount } }'),
    ).toEqual({
      data: {
        orders: [{ customer: { name: 'Bob (copy)', discount: 0, address: { city: 'Lund' } } }],
        customers: [{ discount: 10 }, { discount: 0 }],
      },
    });
  });

  test('answer a key that is external without asking its owner', async () => {
    const before = shop.asked.length;
    expect(await shop.execute('{ orders { customer { id } } }')).toEqual({
      data: { orders: [{ customer: { id: 'u2' } }] },
    });
    expect(shop.asked.slice(before).map(({ subgraph }) => subgraph)).toEqual(['orders']);
  });
});

describe('subgraphs of both versions of Federation', () => {
  const shop = runFederation({
    old: {
      typeDefs: first(`
        type Query { product: Product }
        type Product @key(fields: "id") { id: ID! price: Int! name: String! }`),
      resolvers: {
        Query: { product: () => ({ id: 'p1', price: 5, name: 'Jacket' }) },
        Product: { __resolveReference: ({ id }: { id: string }) => ({ id, price: 5, name: 'Jacket' }) },
      },
    },
    new: {
      typeDefs: `
        type Query { promoted: Product }
        extend type Product @key(fields: "id") {
          id: ID! @external
          name: String! @external
          price: Int! @override(from: "old")
          slogan: String! @requires(fields: "name")
        }`,
      resolvers: {
        Query: { promoted: () => ({ id: 'p2' }) },
        Product: { price: () => 4, slogan: ({ name }: { name: string }) => `Buy ${name}` },
      },
    },
  });

  test('extend and override each other', async () => {
    expect(await shop.execute('{ product { name price slogan } promoted { id name slogan } }')).toEqual({
      data: {
        product: { name: 'Jacket', price: 4, slogan: 'Buy Jacket' },
        promoted: { id: 'p2', name: 'Jacket', slogan: 'Buy Jacket' },
      },
    });
  });
});
