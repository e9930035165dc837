import { describe, expect, test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';

const MEDIA = [
  { __typename: 'Book', id: 'b1', title: 'Sea', pages: 300 },
  { __typename: 'Film', id: 'f1', title: 'Sky', minutes: 90 },
];
type Medium = (typeof MEDIA)[number];
const findMedium = ({ id }: { id: string }) => MEDIA.find((medium) => medium.id === id);

describe('a field of an interface object that requires a field of the interface', () => {
  const shop = runFederation({
    catalogue: {
      typeDefs: `
        type Query { media: [Medium!]! }
        interface Medium @key(fields: "id") { id: ID! title: String! }
        type Book implements Medium @key(fields: "id") { id: ID! title: String! pages: Int! }
        type Film implements Medium @key(fields: "id") { id: ID! title: String! minutes: Int! }`,
      resolvers: {
        Query: { media: () => MEDIA },
        Medium: { __resolveReference: findMedium, __resolveType: ({ __typename }: Medium) => __typename },
        Book: { __resolveReference: findMedium },
        Film: { __resolveReference: findMedium },
      },
    },
    speech: {
      typeDefs: `
        type Query { loudest: Medium! spoken: [Medium!]! }
        type Medium @key(fields: "id") @interfaceObject {
          id: ID!
          title: String! @external
          volume: Int!
          place: Int! @external
          spoken: String! @requires(fields: "title")
          stand: String! @requires(fields: "place")
        }`,
      resolvers: {
        Query: { loudest: () => ({ id: 'f1' }), spoken: () => [{ id: 'b1' }, { id: 'f1' }] },
        Medium: {
          volume: ({ id }: Medium) => (id === 'f1' ? 9 : 2),
          spoken: ({ title }: Medium) => {
            if (title === undefined) throw new Error('There is nothing to speak.');
            return `"${title}"`;
          },
          stand: ({ place }: { place: number }) => `stand ${place}`,
        },
      },
    },
    shelf: {
      typeDefs: `
        type Query { first: Medium! shelf: [Medium!]! }
        type Medium @key(fields: "id") @interfaceObject { id: ID! place: Int! }`,
      resolvers: {
        Query: { first: () => ({ id: 'b1' }), shelf: () => [{ id: 'b1' }, { id: 'f1' }] },
        Medium: { place: ({ id }: Medium) => (id === 'f1' ? 1 : 2) },
      },
    },
  });

  test('gets it where the implementation must be found out first', async () => {
    expect(await shop.execute('{ first { ... on Book { spoken } } }')).toEqual({
      data: { first: { spoken: '"Sea"' } },
    });
    expect(await shop.execute('{ shelf { ... on Film { spoken volume } place } }')).toEqual({
      data: { shelf: [{ place: 2 }, { spoken: '"Sky"', volume: 9, place: 1 }] },
    });
  });

  test('gets it beside fields of implementations and of the interface', async () => {
    expect(
      await shop.execute(
        '{ shelf { ... on Film { spoken minutes title } ... on Book { pages spoken name: title } __typename title } }',
      ),
    ).toEqual({
      data: {
        shelf: [
          { pages: 300, spoken: '"Sea"', name: 'Sea', __typename: 'Book', title: 'Sea' },
          { spoken: '"Sky"', minutes: 90, title: 'Sky', __typename: 'Film' },
        ],
      },
    });
  });

  test('is asked for the one implementation only, where the interface has other fields for all', async () => {
    expect(await shop.execute('{ media { volume ... on Book { spoken } } }')).toEqual({
      data: { media: [{ volume: 2, spoken: '"Sea"' }, { volume: 9 }] },
    });
    expect(await shop.execute('{ media { ... on Film { spoken } volume place } }')).toEqual({
      data: {
        media: [
          { volume: 2, place: 2 },
          { spoken: '"Sky"', volume: 9, place: 1 },
        ],
      },
    });
  });

  test('is asked for the one implementation only, where all have what it requires', async () => {
    expect(await shop.execute('{ media { title ... on Book { spoken } } }')).toEqual({
      data: { media: [{ title: 'Sea', spoken: '"Sea"' }, { title: 'Sky' }] },
    });
    expect(await shop.execute('{ spoken { title ... on Film { spoken volume minutes } } }')).toEqual({
      data: { spoken: [{ title: 'Sea' }, { title: 'Sky', spoken: '"Sky"', volume: 9, minutes: 90 }] },
    });
    expect(await shop.execute('{ media { place id ... on Book { stand } } }')).toEqual({
      data: {
        media: [
          { place: 2, id: 'b1', stand: 'stand 2' },
          { place: 1, id: 'f1' },
        ],
      },
    });
    expect(shop.asked.at(-1)?.variables).toEqual({
      representations: [{ __typename: 'Medium', id: 'b1', place: 2 }],
    });
  });

  test('gets it beside others of each implementation that require something else', async () => {
    expect(
      await shop.execute('{ first { ... on Book { spoken } ... on Film { spoken } ... on Book { stand } } }'),
    ).toEqual({ data: { first: { spoken: '"Sea"', stand: 'stand 2' } } });
    expect(
      await shop.execute(
        '{ shelf { ... on Book { spoken } ... on Film { stand minutes } ... on Film { id spoken } } }',
      ),
    ).toEqual({
      data: { shelf: [{ spoken: '"Sea"' }, { stand: 'stand 1', minutes: 90, id: 'f1', spoken: '"Sky"' }] },
    });
  });
});
