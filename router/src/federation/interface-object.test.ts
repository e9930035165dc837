import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

const MEDIA = [
  { __typename: 'Book', id: 'b1', title: 'Sea', pages: 300 },
  { __typename: 'Film', id: 'f1', title: 'Sky', minutes: 90 },
];
const findMedium = ({ id }: { id: string }) => MEDIA.find((medium) => medium.id === id);

describe('an interface that other subgraphs know as an object', () => {
  const shop = runFederation({
    catalogue: {
      typeDefs: `
        type Query { media: [Medium!]! book: Book! }
        interface Medium @key(fields: "id") { id: ID! title: String! }
        type Book implements Medium @key(fields: "id") { id: ID! title: String! pages: Int! }
        type Film implements Medium @key(fields: "id") { id: ID! title: String! minutes: Int! }`,
      resolvers: {
        Query: { media: () => MEDIA, book: () => MEDIA[0] },
        Medium: {
          __resolveReference: findMedium,
          __resolveType: ({ __typename }: { __typename: string }) => __typename,
        },
        Book: { __resolveReference: findMedium },
        Film: { __resolveReference: findMedium },
      },
    },
    reviews: {
      typeDefs: `
        type Query { reviews: [Review!]! topRated: Medium unknown: Medium }
        type Review { stars: Int! medium: Medium! }
        type Medium @key(fields: "id") @interfaceObject { id: ID! stars: Int! reviews: [Review!]! }`,
      resolvers: {
        Query: {
          reviews: () => [
            { stars: 4, medium: { id: 'f1' } },
            { stars: 2, medium: { id: 'b1' } },
          ],
          topRated: () => ({ id: 'f1' }),
          unknown: () => ({ id: 'x9' }),
        },
        Medium: {
          stars: ({ id }: { id: string }) => (id === 'f1' ? 4 : 2),
          reviews: ({ id }: { id: string }) => [{ stars: id === 'f1' ? 4 : 2, medium: { id } }],
        },
      },
    },
    translations: {
      typeDefs: 'type Film @key(fields: "id") { id: ID! subtitles: [String!]! }',
      resolvers: { Film: { subtitles: () => ['sv', 'de'] } },
    },
    badges: {
      typeDefs: `
        type Medium @key(fields: "id") @interfaceObject {
          id: ID!
          stars: Int! @external
          badge: String! @requires(fields: "stars")
        }`,
      resolvers: { Medium: { badge: ({ stars }: { stars: number }) => (stars > 3 ? 'gold' : 'none') } },
    },
  });

  test('gives its fields to every implementation', async () => {
    expect(await shop.execute('{ media { title stars } book { stars pages } }')).toEqual({
      data: {
        media: [
          { title: 'Sea', stars: 2 },
          { title: 'Sky', stars: 4 },
        ],
        book: { stars: 2, pages: 300 },
      },
    });
  });

  test('answers fields of its own without asking for the type', async () => {
    const before = shop.asked.length;
    expect(await shop.execute('{ reviews { stars medium { id stars } } }')).toEqual({
      data: {
        reviews: [
          { stars: 4, medium: { id: 'f1', stars: 4 } },
          { stars: 2, medium: { id: 'b1', stars: 2 } },
        ],
      },
    });
    expect(shop.asked.slice(before).map(({ subgraph }) => subgraph)).toEqual(['reviews']);
  });

  test('has the type name of the implementation, which another subgraph knows', async () => {
    expect(await shop.execute('{ reviews { medium { __typename id } } topRated { kind: __typename } }')).toEqual({
      data: {
        reviews: [{ medium: { __typename: 'Film', id: 'f1' } }, { medium: { __typename: 'Book', id: 'b1' } }],
        topRated: { kind: 'Film' },
      },
    });
  });

  test('has fields of an implementation where that is what it is', async () => {
    expect(
      await shop.execute('{ reviews { medium { ... on Film { minutes stars } ... on Book { pages } } } }'),
    ).toEqual({
      data: { reviews: [{ medium: { minutes: 90, stars: 4 } }, { medium: { pages: 300 } }] },
    });
  });

  test('has its own fields under a type condition only for that type', async () => {
    expect(await shop.execute('{ reviews { medium { ... on Film { stars } } } }')).toEqual({
      data: { reviews: [{ medium: { stars: 4 } }, { medium: {} }] },
    });
  });

  test('has fields of an implementation that a third subgraph adds', async () => {
    expect(
      await shop.execute('{ topRated { ... on Film { subtitles } } reviews { medium { ... on Film { subtitles } } } }'),
    ).toEqual({
      data: {
        topRated: { subtitles: ['sv', 'de'] },
        reviews: [{ medium: { subtitles: ['sv', 'de'] } }, { medium: {} }],
      },
    });
  });

  test('has fields of another interface object that require one of the first', async () => {
    expect(await shop.execute('{ media { badge } topRated { badge title } book { badge } }')).toEqual({
      data: {
        media: [{ badge: 'none' }, { badge: 'gold' }],
        topRated: { badge: 'gold', title: 'Sky' },
        book: { badge: 'none' },
      },
    });
  });

  test('is followed from one subgraph to the other and back', async () => {
    expect(await shop.execute('{ media { reviews { medium { title __typename reviews { stars } } } } }')).toEqual({
      data: {
        media: [
          { reviews: [{ medium: { title: 'Sea', __typename: 'Book', reviews: [{ stars: 2 }] } }] },
          { reviews: [{ medium: { title: 'Sky', __typename: 'Film', reviews: [{ stars: 4 }] } }] },
        ],
      },
    });
  });

  test('answers its own fields for what no subgraph knows the type of', async () => {
    expect(await shop.execute('{ unknown { id stars } }')).toEqual({ data: { unknown: { id: 'x9', stars: 2 } } });
  });

  test('becomes null with an error where a type is asked for that no subgraph knows', async () => {
    expect(await shop.execute('{ unknown { __typename stars } }')).toEqual({
      data: { unknown: null },
      errors: [['unknown']],
    });
  });
});

describe('an interface object whose implementation is extended elsewhere', () => {
  const shop = runFederation({
    media: {
      typeDefs: `
        type Query { newest: Medium }
        interface Medium @key(fields: "id") { id: ID! title: String }
        type Film implements Medium @key(fields: "id") { id: ID! title: String minutes: Int }
        type Book implements Medium @key(fields: "id") { id: ID! title: String pages: Int }`,
      resolvers: {
        Query: { newest: () => ({ id: '1', title: 'Film 1', minutes: 100 }) },
        Medium: { __resolveType: () => 'Film' },
        Film: {
          __resolveReference: ({ id }: { id: string }) => ({ id, title: `Film ${id}`, minutes: 100 * Number(id) }),
        },
        Book: { __resolveReference: ({ id }: { id: string }) => ({ id, title: `Book ${id}`, pages: 9 }) },
      },
    },
    people: {
      typeDefs: 'type Film @key(fields: "id") { id: ID! director: String }',
      resolvers: { Film: { director: () => 'Ada' } },
    },
    lists: {
      typeDefs: `
        type Query { list: WatchList }
        type WatchList @key(fields: "id") { id: ID! first: Medium }
        type Medium @key(fields: "id") @interfaceObject { id: ID! }`,
      resolvers: { Query: { list: () => ({ id: 'w1', first: { id: '2' } }) } },
    },
  });

  test('is resolved to its type first', async () => {
    expect(
      await shop.execute(
        '{ newest { id title ... on Film { minutes director } ... on Book { pages } } list { id first { id ... on Film { minutes director } } } }',
      ),
    ).toEqual({
      data: {
        newest: { id: '1', title: 'Film 1', minutes: 100, director: 'Ada' },
        list: { id: 'w1', first: { id: '2', minutes: 200, director: 'Ada' } },
      },
    });
  });

  test('is resolved to its type for a field of the extension alone', async () => {
    expect(await shop.execute('{ list { first { ... on Film { director } } } }')).toEqual({
      data: { list: { first: { director: 'Ada' } } },
    });
  });
});
