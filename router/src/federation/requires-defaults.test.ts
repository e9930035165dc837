import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

const ITEMS = [
  { __typename: 'Book', id: 'b1', size: 4, box: { size: 8 } },
  { __typename: 'Lamp', id: 'l1', size: 6, box: { size: 10 } },
];
type Item = (typeof ITEMS)[number];
const scaled = ({ size }: { size: number }, { ratio = 1 }: { ratio?: number }) => size * ratio;
const find = ({ id }: Item) => ITEMS.find((item) => item.id === id);

describe('a field that requires a field with arguments by their defaults', () => {
  const shop = runFederation({
    stock: {
      typeDefs: `
        type Query { book: Book! items: [Item!]! }
        interface Item { id: ID! size(ratio: Float! = 1.5): Float label: String }
        type Book implements Item @key(fields: "id") { id: ID! label: String @external size(ratio: Float! = 1.5): Float @external box: Box @external
          name: String @requires(fields: "size")
          doubled: String @requires(fields: "size(ratio: 2)")
          packed: String @requires(fields: "box { size }") }
        type Lamp implements Item @key(fields: "id") { id: ID! label: String @external size(ratio: Float! = 1.5): Float @external
          name: String @requires(fields: "size") }
        type Box @shareable { size(ratio: Float! = 1.5): Float @external }`,
      resolvers: {
        Query: { book: () => ({ id: 'b1' }), items: () => ITEMS.map(({ __typename, id }) => ({ __typename, id })) },
        Item: { __resolveType: ({ __typename }: Item) => __typename },
        Book: {
          name: ({ size }: Item) => `size ${size}`,
          doubled: ({ size }: Item) => `doubled ${size}`,
          packed: ({ box }: Item) => `packed ${box.size}`,
        },
        Lamp: { name: ({ size }: Item) => `size ${size}` },
      },
    },
    sizes: {
      typeDefs: `
        type Book @key(fields: "id") { id: ID! size(ratio: Float! = 1.5): Float label: String box: Box }
        type Lamp @key(fields: "id") { id: ID! size(ratio: Float! = 1.5): Float label: String }
        type Box @shareable { size(ratio: Float! = 1.5): Float material(of: String): String }`,
      resolvers: {
        Book: { __resolveReference: find, size: scaled, label: () => 'book' },
        Lamp: { __resolveReference: find, size: scaled, label: () => 'lamp' },
        Box: { size: scaled, material: () => 'tin' },
      },
    },
  });

  test('gets the value for the defaults where the client asks with other arguments', async () => {
    expect(await shop.execute('{ book { name size(ratio: 2.5) } }')).toEqual({
      data: { book: { name: 'size 6', size: 10 } },
    });
    const byVariable = 'query ($ratio: Float!) { book { size(ratio: $ratio) name } }';
    expect(await shop.execute(byVariable, { variables: { ratio: 0.5 } })).toEqual({
      data: { book: { size: 2, name: 'size 6' } },
    });
    expect(await shop.execute(byVariable, { variables: { ratio: 1.5 } })).toEqual({
      data: { book: { size: 6, name: 'size 6' } },
    });
  });

  test('gets it where the client asks with the defaults, or by several names', async () => {
    expect(await shop.execute('{ book { name size other: size(ratio: 3) same: size(ratio: 1.5) } }')).toEqual({
      data: { book: { name: 'size 6', size: 6, other: 12, same: 6 } },
    });
    expect(await shop.execute('{ book { name size: label label: size(ratio: 3) } }')).toEqual({
      data: { book: { name: 'size 6', size: 'book', label: 12 } },
    });
  });

  test('gets it where several parts of the document ask with other arguments', async () => {
    expect(
      await shop.execute(
        `query ($ratio: Float!) { book { ...Sizes ... on Item { size(ratio: $ratio) } name } }
        fragment Sizes on Book { a: size ...More }
        fragment More on Item { size(ratio: $ratio) b: size(ratio: 4) }`,
        { variables: { ratio: 2.5 } },
      ),
    ).toEqual({ data: { book: { a: 6, size: 10, b: 16, name: 'size 6' } } });
  });

  test.each([
    [true, { size: 10, name: 'size 6' }],
    [false, { name: 'size 6' }],
  ])('gets it where the client asks with other arguments under a condition that is %s', async (large, book) => {
    expect(
      await shop.execute('query ($large: Boolean!) { book { size(ratio: 2.5) @include(if: $large) name } }', {
        variables: { large },
      }),
    ).toEqual({ data: { book } });
  });

  test('gets it within an object of which the client asks with other arguments', async () => {
    expect(await shop.execute('{ book { packed box { size(ratio: 2) material } } }')).toEqual({
      data: { book: { packed: 'packed 12', box: { size: 16, material: 'tin' } } },
    });
  });

  test('gets it on each type of an interface', async () => {
    expect(
      await shop.execute(
        '{ items { size(ratio: 2) ... on Book { name } ... on Lamp { name other: size(ratio: 3) } label } }',
      ),
    ).toEqual({
      data: {
        items: [
          { size: 8, name: 'size 6', label: 'book' },
          { size: 12, name: 'size 9', other: 18, label: 'lamp' },
        ],
      },
    });
    expect(
      await shop.execute('{ items { ... on Book { name size(ratio: 2) } ... on Lamp { name size(ratio: 3) } } }'),
    ).toEqual({
      data: {
        items: [
          { name: 'size 6', size: 8 },
          { name: 'size 9', size: 18 },
        ],
      },
    });
  });

  test('gets it beside one that requires it with arguments', async () => {
    expect(await shop.execute('{ book { name doubled packed size(ratio: 3) } }')).toEqual({
      data: { book: { name: 'size 6', doubled: 'doubled 8', packed: 'packed 12', size: 12 } },
    });
  });
});

describe('a field that requires a field which takes arguments on an implementation only', () => {
  const shop = runFederation({
    goods: {
      typeDefs: `
        type Query { bag: Bag! }
        type Bag @key(fields: "id") { id: ID! content: Item! }
        interface Item { size: Float! }
        type Book implements Item { size(ratio: Float = 1.5): Float! }`,
      resolvers: {
        Query: { bag: () => ({ id: 'bag' }) },
        Bag: { __resolveReference: ({ id }: Item) => ({ id }), content: () => ({ size: 4 }) },
        Item: { __resolveType: () => 'Book' },
        Book: { size: scaled },
      },
    },
    freight: {
      typeDefs: `
        type Bag @key(fields: "id") { id: ID! content: Item! @external fee: String! @requires(fields: "content { size }") }
        interface Item { size: Float! }
        type Book implements Item { size(ratio: Float = 1.5): Float! @external }`,
      resolvers: {
        Bag: { fee: ({ content }: { content: Item }) => `fee ${content.size}` },
      },
    },
  });

  test('gets the value for the defaults where the client asks that one with arguments', async () => {
    expect(await shop.execute('{ bag { fee content { ... on Book { size(ratio: 2) } } } }')).toEqual({
      data: { bag: { fee: 'fee 6', content: { size: 8 } } },
    });
  });
});
