import { test } from 'vitest';
import { runFederation } from './fixture/run-federation.ts';
test('x', { timeout: 100000 }, async () => {
  const shop = runFederation({
    alpha: {
      typeDefs: `
        type Query { a: Int media: [Media!]! }
        type Mutation { a: Int }
        interface Media @key(fields: "id") { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String onlyBook: Int }
        type Film implements Media @key(fields: "id") { id: ID! title: String onlyFilm: Int }`,
      resolvers: {
        Query: { media: () => [{ __typename: 'Book', id: '1' }, { __typename: 'Film', id: '2' }] },
        Media: { __resolveReference: ({ id }: any) => ({ __typename: id === '1' ? 'Book' : 'Film', id }) , __resolveType: ({ id }: any) => id === '1' ? 'Book' : 'Film' },
        Book: { title: ({ id }: any) => 'T' + id, onlyBook: () => 1 }, Film: { title: ({ id }: any) => 'T' + id, onlyFilm: () => 2 },
      },
    },
    beta: {
      typeDefs: `
        type Query { m: [Media!]! }
        type Mutation { m: Media }
        type Media @key(fields: "id") @interfaceObject { id: ID! title: String @external rating: Int spoken: String @requires(fields: "title") }`,
      resolvers: { Query: { m: () => [{ id: '1' }, { id: '2' }] }, Mutation: { m: () => ({ id: '1' }) }, Media: { rating: () => 5, spoken: ({ title }: any) => 'S' + title } },
    },
  });
  for (const q of [
    '{ m { spoken } }', '{ m { id spoken title } }', '{ media { spoken } }', '{ media { ... on Book { spoken } } }', '{ m { ... on Book { spoken } } }',
    '{ m { ... on Book { rating spoken } title } }',
    '{ m { spoken ... on Book { spoken } } }',
    '{ m { spoken ... on Film { spoken title } ... on Book { spoken onlyBook } } }',
    '{ m { ... on Book { ... on Book { rating onlyBook spoken } } title } }',
    'mutation { m { ... on Book { ... on Book { rating onlyBook spoken } title } } }',
    'mutation { m { ... on Book { ... on Book { rating onlyBook spoken } } title } }',
  ]) {
    const t = performance.now();
    try { console.log('RES', q, JSON.stringify(await shop.execute(q)), shop.plan(q) && ''); } catch (e) { console.log('RES', q, (e as Error).stack?.slice(0, 1500)); }
    console.log('RES', performance.now() - t);
  }
});
