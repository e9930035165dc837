import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

interface Product {
  readonly id: string;
  readonly grams: number | null;
  readonly size: { readonly width: number; readonly depth: number } | null;
}

const PRODUCTS: readonly Product[] = [
  { id: 'p1', grams: 400, size: { width: 3, depth: 2 } },
  { id: 'p2', grams: null, size: null },
];
const findProduct = ({ id }: { id: string }) => PRODUCTS.find((product) => product.id === id);

describe('fields that require fields of other subgraphs', () => {
  const shop = runFederation({
    products: {
      typeDefs: `
        type Query { products: [Product!]! }
        type Product @key(fields: "id") { id: ID! grams: Int size: Size }
        type Size @shareable { width: Int! depth: Int! }`,
      resolvers: { Query: { products: () => PRODUCTS }, Product: { __resolveReference: findProduct } },
    },
    shipping: {
      typeDefs: `
        type Product @key(fields: "id") {
          id: ID!
          grams: Int @external
          size: Size @external
          fee: Int @requires(fields: "grams size { width depth }")
          shelfSpace: Int @requires(fields: "size { width }")
        }
        type Size @shareable { width: Int! depth: Int! }`,
      resolvers: {
        Product: {
          fee: ({ grams, size }: Product) => (grams === null || !size ? null : grams + size.width * size.depth),
          shelfSpace: ({ size }: Product) => size?.width ?? 0,
        },
      },
    },
    promotions: {
      typeDefs: `
        type Query { featured: Product }
        type Product @key(fields: "id") {
          id: ID!
          fee: Int @external
          freeShipping: Boolean! @requires(fields: "fee")
          banner: String! @requires(fields: "fee headline")
          headline: String! @external
        }`,
      resolvers: {
        Query: { featured: () => ({ id: 'p1' }) },
        Product: {
          freeShipping: ({ fee }: { fee: number | null }) => (fee ?? 0) > 100,
          banner: ({ headline, fee }: { headline: string; fee: number | null }) => `${headline} for ${fee}`,
        },
      },
    },
    editors: {
      typeDefs: `
        type Product @key(fields: "id") {
          id: ID!
          shelfSpace: Int @external
          headline: String! @requires(fields: "shelfSpace")
        }`,
      resolvers: { Product: { headline: ({ shelfSpace }: { shelfSpace: number }) => `Takes ${shelfSpace}` } },
    },
  });

  test('get them, null as well, without showing them to the client', async () => {
    expect(await shop.execute('{ products { fee } }')).toEqual({
      data: { products: [{ fee: 406 }, { fee: null }] },
    });
    expect(shop.asked.at(-1)?.variables).toEqual({
      representations: [
        { __typename: 'Product', id: 'p1', grams: 400, size: { width: 3, depth: 2 } },
        { __typename: 'Product', id: 'p2', grams: null, size: null },
      ],
    });
  });

  test('get what requires something itself', async () => {
    expect(await shop.execute('{ products { id freeShipping } }')).toEqual({
      data: {
        products: [
          { id: 'p1', freeShipping: true },
          { id: 'p2', freeShipping: false },
        ],
      },
    });
  });

  test('get several fields that require something, of different subgraphs', async () => {
    expect(await shop.execute('{ products { banner } }')).toEqual({
      data: { products: [{ banner: 'Takes 3 for 406' }, { banner: 'Takes 0 for null' }] },
    });
  });

  test('start in the subgraph that requires', async () => {
    expect(await shop.execute('{ featured { fee banner grams } }')).toEqual({
      data: { featured: { fee: 406, banner: 'Takes 3 for 406', grams: 400 } },
    });
  });

  test('get only the selected parts of an object of which the client sees others', async () => {
    expect(await shop.execute('{ products { size { depth } shelfSpace } }')).toEqual({
      data: {
        products: [
          { size: { depth: 2 }, shelfSpace: 3 },
          { size: null, shelfSpace: 0 },
        ],
      },
    });
  });

  test('are left out with their requirements under a condition that does not hold', async () => {
    const before = shop.asked.length;
    expect(
      await shop.execute('query ($fees: Boolean!) { products { id fee @include(if: $fees) } }', {
        variables: { fees: false },
      }),
    ).toEqual({ data: { products: [{ id: 'p1' }, { id: 'p2' }] } });
    expect(shop.asked.slice(before).map(({ subgraph }) => subgraph)).toEqual(['products']);
  });
});

describe('fields that require parts of an interface or a union', () => {
  const PARCELS = [
    { id: 'a', content: { __typename: 'Book', isbn: '978', pages: 300 } },
    { id: 'b', content: { __typename: 'Lamp', watts: 60 } },
    { id: 'c', content: { __typename: 'Book', isbn: '979', pages: 100 } },
  ];
  const shop = runFederation({
    parcels: {
      typeDefs: `
        type Query { parcels: [Parcel!]! }
        type Parcel @key(fields: "id") { id: ID! content: Content! declared: Declared! }
        interface Content { code: String! }
        union Declared = Book | Lamp
        type Book implements Content @shareable { code: String! isbn: ID! pages: Int! }
        type Lamp implements Content @shareable { code: String! watts: Int! }`,
      resolvers: {
        Query: { parcels: () => PARCELS.map((parcel) => ({ ...parcel, declared: parcel.content })) },
        Parcel: {
          __resolveReference: ({ id }: { id: string }) => {
            const parcel = PARCELS.find((candidate) => candidate.id === id);
            return parcel && { ...parcel, declared: parcel.content };
          },
        },
        Book: { code: ({ isbn }: { isbn: string }) => `B${isbn}` },
        Lamp: { code: () => 'L' },
      },
    },
    customs: {
      typeDefs: `
        type Parcel @key(fields: "id") {
          id: ID!
          content: Content! @external
          declared: Declared! @external
          duty: Int! @requires(fields: "content { ... on Book { pages } ... on Lamp { watts } }")
          form: String! @requires(fields: "content { __typename code }")
          declaration: String! @requires(fields: "declared { ... on Book { isbn } ... on Lamp { watts code } }")
        }
        interface Content { code: String! }
        union Declared = Book | Lamp
        type Book implements Content @shareable { code: String! isbn: ID! pages: Int! }
        type Lamp implements Content @shareable { code: String! watts: Int! }`,
      resolvers: {
        Parcel: {
          duty: ({ content }: { content: { pages?: number; watts?: number } }) => content.pages ?? content.watts! * 2,
          form: ({ content }: { content: { __typename: string; code: string } }) =>
            `${content.__typename}/${content.code}`,
          declaration: ({ declared }: { declared: object }) => Object.keys(declared).sort().join(),
        },
      },
    },
  });

  test('get the parts of each type', async () => {
    expect(await shop.execute('{ parcels { duty } }')).toEqual({
      data: { parcels: [{ duty: 300 }, { duty: 120 }, { duty: 100 }] },
    });
  });

  test('get fields of the interface and the type', async () => {
    expect(await shop.execute('{ parcels { form } }')).toEqual({
      data: { parcels: [{ form: 'Book/B978' }, { form: 'Lamp/L' }, { form: 'Book/B979' }] },
    });
  });

  test('get the parts of each member, whatever the client selects of it', async () => {
    expect(
      await shop.execute('{ parcels { declaration declared { ... on Book { pages } ... on Lamp { w: watts } } } }'),
    ).toEqual({
      data: {
        parcels: [
          { declaration: 'isbn', declared: { pages: 300 } },
          { declaration: 'code,watts', declared: { w: 60 } },
          { declaration: 'isbn', declared: { pages: 100 } },
        ],
      },
    });
  });
});

describe('a field that requires a field of an entity within the entity', () => {
  const shop = runFederation({
    orders: {
      typeDefs: `
        type Query { orders: [Order!]! }
        type Order @key(fields: "id") { id: ID! lines: [Line!]! }
        type Line { product: Product! quantity: Int! }
        type Product @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          orders: () => [
            {
              id: 'o1',
              lines: [
                { product: { id: 'p1' }, quantity: 2 },
                { product: { id: 'p2' }, quantity: 1 },
              ],
            },
            { id: 'o2', lines: [] },
          ],
        },
      },
    },
    products: {
      typeDefs: 'type Product @key(fields: "id") { id: ID! grams: Int! }',
      resolvers: { Product: { grams: ({ id }: { id: string }) => (id === 'p1' ? 10 : 7) } },
    },
    shipping: {
      typeDefs: `
        type Order @key(fields: "id") {
          id: ID!
          lines: [Line!]! @external
          grams: Int! @requires(fields: "lines { quantity product { grams } }")
        }
        type Line { quantity: Int! @external product: Product! @external }
        type Product @key(fields: "id") { id: ID! grams: Int! @external }`,
      resolvers: {
        Order: {
          grams: ({ lines }: { lines: { quantity: number; product: { grams: number } }[] }) =>
            lines.reduce((sum, { quantity, product }) => sum + quantity * product.grams, 0),
        },
      },
    },
  });

  test('gets it for every element of a list', async () => {
    expect(await shop.execute('{ orders { id grams } }')).toEqual({
      data: {
        orders: [
          { id: 'o1', grams: 27 },
          { id: 'o2', grams: 0 },
        ],
      },
    });
  });
});

describe('a required field that fails', () => {
  const shop = runFederation({
    products: {
      typeDefs: `
        type Query { product: Product }
        type Product @key(fields: "id") { id: ID! name: String! grams: Int }`,
      resolvers: {
        Query: { product: () => ({ id: 'p1', name: 'Jacket' }) },
        Product: {
          grams: () => {
            throw new Error('scales are broken');
          },
        },
      },
    },
    shipping: {
      typeDefs: `
        type Product @key(fields: "id") {
          id: ID!
          grams: Int @external
          fee: Int @requires(fields: "grams")
        }`,
      resolvers: { Product: { fee: ({ grams }: { grams: number | null }) => (grams === null ? null : grams * 2) } },
    },
  });

  test('is null for the field that requires it, with the error at its place', async () => {
    expect(await shop.execute('{ product { name fee } }')).toEqual({
      data: { product: { name: 'Jacket', fee: null } },
      errors: [['product', 'grams']],
    });
  });
});
