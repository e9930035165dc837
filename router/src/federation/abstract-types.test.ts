import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

describe('a union with other members in each subgraph', () => {
  const BOOK = { __typename: 'Book', id: 'b1', title: 'Sea' };
  const shop = runFederation({
    shelf: {
      typeDefs: `
        type Query { favourite: Media gift: Media @shareable wishes: [Media!]! }
        union Media = Book | Song
        type Book @key(fields: "id") { id: ID! title: String! @shareable }
        type Song @key(fields: "id") { id: ID! title: String! @shareable }`,
      resolvers: {
        Query: {
          favourite: () => BOOK,
          gift: () => BOOK,
          wishes: () => [BOOK, { __typename: 'Song', id: 's1', title: 'Rain' }],
        },
        Song: { __resolveReference: ({ id }: { id: string }) => ({ id, title: `Song ${id}` }) },
      },
    },
    cinema: {
      typeDefs: `
        type Query { gift: Media @shareable shown: [Media!]! }
        union Media = Book | Film
        type Book @key(fields: "id") { id: ID! title: String! @shareable adapted: Film }
        type Film @key(fields: "id") { id: ID! minutes: Int! basedOn: Media }`,
      resolvers: {
        Query: { gift: () => BOOK, shown: () => [{ __typename: 'Film', id: 'f1', minutes: 90, basedOn: BOOK }, BOOK] },
        Book: { adapted: () => ({ id: 'f1', minutes: 90, basedOn: BOOK }) },
      },
    },
  });

  test('never asks a subgraph for a member that it does not know', async () => {
    expect(
      await shop.execute(
        '{ favourite { __typename ... on Book { title } ... on Song { title } ... on Film { minutes } } shown { ... on Song { title } ... on Film { minutes } } }',
      ),
    ).toEqual({ data: { favourite: { __typename: 'Book', title: 'Sea' }, shown: [{ minutes: 90 }, {}] } });
    expect(shop.asked.some(({ subgraph, query }) => subgraph === 'shelf' && query.includes('Film'))).toBe(false);
    expect(shop.asked.some(({ subgraph, query }) => subgraph === 'cinema' && query.includes('Song'))).toBe(false);
  });

  test('has members with fields of other subgraphs, at any depth', async () => {
    expect(
      await shop.execute(
        '{ wishes { ... on Book { adapted { minutes basedOn { ... on Book { title adapted { id } } } } } ... on Song { id } } }',
      ),
    ).toEqual({
      data: { wishes: [{ adapted: { minutes: 90, basedOn: { title: 'Sea', adapted: { id: 'f1' } } } }, { id: 's1' }] },
    });
  });

  test('answers a shared root field with what all its subgraphs may give', async () => {
    expect(
      await shop.execute(
        '{ gift { __typename ... on Book { id title } ... on Film { minutes } ... on Song { title } } }',
      ),
    ).toEqual({ data: { gift: { __typename: 'Book', id: 'b1', title: 'Sea' } } });
  });
});

describe('an interface with other implementations and fields in each subgraph', () => {
  const LISTED = [
    { __typename: 'Jacket', id: 'j1', size: 'M' },
    { __typename: 'Bag', id: 'b1', litres: 20 },
    { __typename: 'Voucher', id: 'v1' },
  ];
  const shop = runFederation({
    products: {
      typeDefs: `
        type Query { listed: [Listed!]! products: [Product!]! }
        interface Listed { id: ID! }
        interface Product implements Listed { id: ID! similar: [Product!]! }
        type Jacket implements Product & Listed @key(fields: "id") { id: ID! size: String! similar: [Product!]! }
        type Bag implements Product & Listed @key(fields: "id") { id: ID! litres: Int! similar: [Product!]! }
        type Voucher implements Listed @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: { listed: () => LISTED, products: () => LISTED.slice(0, 2) },
        Jacket: { similar: () => [LISTED[1], LISTED[0]] },
        Bag: { similar: () => [] },
      },
    },
    prices: {
      typeDefs: `
        type Query { cheapest: Priced }
        interface Priced { id: ID! cents: Int! }
        type Jacket implements Priced @key(fields: "id") { id: ID! cents: Int! }
        type Bag implements Priced @key(fields: "id") { id: ID! cents: Int! }
        type Voucher implements Priced @key(fields: "id") { id: ID! cents: Int! }`,
      resolvers: {
        Query: { cheapest: () => ({ __typename: 'Bag', id: 'b1' }) },
        Jacket: { cents: () => 9000 },
        Bag: { cents: () => 4000 },
        Voucher: { cents: () => 1000 },
      },
    },
    reviews: {
      typeDefs: `
        interface Product { id: ID! stars: Int! }
        type Jacket implements Product @key(fields: "id") { id: ID! stars: Int! }
        type Bag implements Product @key(fields: "id") { id: ID! stars: Int! }`,
      resolvers: { Jacket: { stars: () => 5 }, Bag: { stars: () => 3 } },
    },
  });

  test('answers fields of the interface from the subgraph that has them', async () => {
    expect(await shop.execute('{ products { id stars } }')).toEqual({
      data: {
        products: [
          { id: 'j1', stars: 5 },
          { id: 'b1', stars: 3 },
        ],
      },
    });
  });

  test('takes fragments on one interface within another', async () => {
    expect(
      await shop.execute(
        '{ listed { __typename ... on Priced { cents } ... on Product { stars ... on Jacket { size } } } }',
      ),
    ).toEqual({
      data: {
        listed: [
          { __typename: 'Jacket', cents: 9000, stars: 5, size: 'M' },
          { __typename: 'Bag', cents: 4000, stars: 3 },
          { __typename: 'Voucher', cents: 1000 },
        ],
      },
    });
  });

  test('crosses to an interface that the first subgraph does not know', async () => {
    expect(
      await shop.execute('{ cheapest { cents ... on Listed { id } ... on Product { stars similar { id } } } }'),
    ).toEqual({ data: { cheapest: { cents: 4000, id: 'b1', stars: 3, similar: [] } } });
  });

  test('follows lists of the interface', async () => {
    expect(await shop.execute('{ products { similar { stars ... on Bag { litres cents } similar { id } } } }')).toEqual(
      {
        data: {
          products: [
            {
              similar: [
                { stars: 3, litres: 20, cents: 4000, similar: [] },
                { stars: 5, similar: [{ id: 'b1' }, { id: 'j1' }] },
              ],
            },
            { similar: [] },
          ],
        },
      },
    );
  });

  test('answers type names under any alias, beside and within fragments', async () => {
    expect(
      await shop.execute('{ __typename listed { kind: __typename ... on Product { again: __typename } } }'),
    ).toEqual({
      data: {
        __typename: 'Query',
        listed: [{ kind: 'Jacket', again: 'Jacket' }, { kind: 'Bag', again: 'Bag' }, { kind: 'Voucher' }],
      },
    });
  });
});

describe('an interface whose field has another type in each implementation', () => {
  const shop = runFederation({
    media: {
      typeDefs: `
        type Query { media: [Medium!]! boxed: [Boxed!]! }
        union Boxed = Book | Film
        interface Medium { id: ID! by: Person! }
        interface Person { name: String! }
        type Author implements Person @key(fields: "id") { id: ID! name: String! }
        type Director implements Person @key(fields: "id") { id: ID! name: String! }
        type Book implements Medium { id: ID! by: Author! length: Int! }
        type Film implements Medium { id: ID! by: Director! length: String! }`,
      resolvers: {
        Query: {
          media: () => [
            { __typename: 'Book', id: 'b', by: { id: '1', name: 'Ada' } },
            { __typename: 'Film', id: 'f', by: { id: '2', name: 'Bob' } },
          ],
          boxed: () => [
            { __typename: 'Book', length: 300 },
            { __typename: 'Film', length: '1 h' },
          ],
        },
      },
    },
    people: {
      typeDefs: `
        type Author @key(fields: "id") { id: ID! books: Int! }
        type Director @key(fields: "id") { id: ID! films: Int! }`,
      resolvers: { Author: { books: () => 3 }, Director: { films: () => 7 } },
    },
  });

  test('answers each implementation by its own type', async () => {
    expect(
      await shop.execute('{ media { by { name } ... on Book { by { books } } ... on Film { by { films } } } }'),
    ).toEqual({
      data: {
        media: [{ by: { name: 'Ada', books: 3 } }, { by: { name: 'Bob', films: 7 } }],
      },
    });
  });

  test('answers fields of one name and different types under aliases', async () => {
    expect(await shop.execute('{ boxed { ... on Book { pages: length } ... on Film { duration: length } } }')).toEqual({
      data: { boxed: [{ pages: 300 }, { duration: '1 h' }] },
    });
  });
});

describe('a node that any subgraph may own', () => {
  const shop = runFederation({
    nodes: {
      typeDefs: `
        type Query { node(id: ID!): Node @shareable }
        interface Node { id: ID! }
        type Product implements Node @key(fields: "id") { id: ID! }
        type Chat implements Node @key(fields: "id") { id: ID! }`,
      resolvers: {
        Query: {
          node: (_: unknown, { id }: { id: string }) =>
            id === 'none' ? null : { __typename: id.startsWith('p') ? 'Product' : 'Chat', id },
        },
      },
    },
    products: {
      typeDefs: 'type Product implements Node @key(fields: "id") { id: ID! name: String! } interface Node { id: ID! }',
      resolvers: { Product: { name: ({ id }: { id: string }) => `Product ${id}` } },
    },
    chats: {
      typeDefs: `
        type Chat implements Node @key(fields: "id") { id: ID! messages: [Message!]! }
        type Message implements Node @key(fields: "id") { id: ID! about: Node }
        interface Node { id: ID! }
        type Product implements Node @key(fields: "id", resolvable: false) { id: ID! }`,
      resolvers: {
        Chat: {
          messages: () => [
            { id: 'm1', about: { __typename: 'Product', id: 'p9' } },
            { id: 'm2', about: null },
          ],
        },
      },
    },
  });

  test('has the fields of its type, and null where there is none', async () => {
    expect(
      await shop.execute(
        `{
          product: node(id: "p1") { __typename id ... on Product { name } ... on Message { about { id } } }
          chat: node(id: "c1") { ... on Chat { messages { id about { id ... on Product { name } } } } }
          missing: node(id: "none") { id }
        }`,
      ),
    ).toEqual({
      data: {
        product: { __typename: 'Product', id: 'p1', name: 'Product p1' },
        chat: {
          messages: [
            { id: 'm1', about: { id: 'p9', name: 'Product p9' } },
            { id: 'm2', about: null },
          ],
        },
        missing: null,
      },
    });
  });
});
