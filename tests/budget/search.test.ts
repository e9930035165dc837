import { guestOf } from '@kontor/kit/src/auth/caller.ts';
import { afterAll, beforeAll, it } from 'vitest';
import { expectSent, startCountingStack, type CountingStack } from './counting-stack.ts';

const SEARCH = `query S($query: String!, $filters: [FacetFilterInput!], $sort: ProductSort, $after: Cursor) {
  productSearch(query: $query, first: 24, filters: $filters, sort: $sort, after: $after) {
    totalCount edges { cursor node { id handle title } } pageInfo { hasNextPage endCursor }
    facets { facet attribute value label count isApproximate } priceRange { currency minMinor maxMinor } freshness { asOf pricesExact countsExact } } }`;

let stack: CountingStack;

beforeAll(async () => {
  stack = await startCountingStack();
});
afterAll(() => stack.stop());

// The page with everything that is counted, and the names of what was counted. What matches best is read beside what is counted; when nothing
// has the words, with what is similar.
it.each([
  ['everything', { query: '' }, 2],
  ['everything by price', { query: '', sort: 'PRICE_ASC' }, 2],
  ['everything by popularity', { query: '', sort: 'POPULARITY' }, 2],
  ['a word', { query: 'jacket' }, 3],
  ['an unfinished word', { query: 'jac', sort: 'NEWEST' }, 2],
  [
    'a word under filters that leave nothing',
    {
      query: 'jacket',
      filters: [{ facet: 'TAG', values: ['nothing has this'] }],
    },
    3,
  ],
  ['a word that is mistyped', { query: 'jakcet' }, 3],
])(
  'a page of %s with its count, facets, prices and age sends the same statements',
  async (_, variables, statements) => {
    const counted = await stack.count<{ productSearch: { edges: readonly object[] } }>({
      bff: 'products',
      caller: guestOf('web'),
      query: SEARCH,
      variables,
    });
    expectSent(counted, { fetches: {}, statements: { products: statements } });
  },
);
