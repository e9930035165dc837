import type { Database } from '@kontor/kit/src/database.ts';
import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upsertCollections } from '../commands/upsert-collections.ts';
import { upsertProducts } from '../commands/upsert-products.ts';
import { makeChannels, product, startProducts, variant } from '../fixture.ts';

const SEARCH = `query S($query: String!, $first: Int, $after: Cursor, $filters: [FacetFilterInput!], $sort: ProductSort) {
  productSearch(query: $query, first: $first, after: $after, filters: $filters, sort: $sort) { totalCount edges { cursor node { handle } } pageInfo { hasNextPage hasPreviousPage endCursor } facets { facet value count } } }`;
const CARD =
  'handle title descriptionHtml options { values } media { url } variants { title image { url } product { title } } collections { title } channels { name }';

let test: TestDatabase;
let db: Database;
let ask: Awaited<ReturnType<typeof startProducts>>['ask'];
const statements: string[] = [];

interface Found {
  handles: string[];
  totalCount: number;
  hasNextPage: boolean;
  endCursor: string | null;
  facets: { facet: string; value: string; count: number }[];
}

async function search(query: string, more: Record<string, unknown> = {}): Promise<Found> {
  const { productSearch } = await ask(SEARCH, asGuest(), { query, ...more });
  return {
    ...productSearch,
    ...productSearch.pageInfo,
    handles: productSearch.edges.map((edge: { node: { handle: string } }) => edge.node.handle),
  };
}

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products', { max: 1, onQuery: (query) => statements.push(query) });
  ({ ask } = await startProducts(db, (await createTestIdentities(['products'])).products));
  await makeChannels(db, 'web', 'pos');
  const catalogue = [
    product('denim-jacket', { title: 'Denim Jacket', vendor: 'Acme', productType: 'Jacket', tags: ['blue', 'winter'] }),
    product('leather-jacket', {
      title: 'Leather Jacket',
      vendor: 'Acme',
      productType: 'Jacket',
      tags: ['black', 'winter'],
    }),
    product('jacket-hanger', {
      title: 'Hanger',
      vendor: 'Beta',
      productType: 'Home',
      tags: ['wood'],
      descriptionHtml: '<p>For every jacket.</p>',
    }),
    product('cafe-mug', { title: 'Café Mug', vendor: 'Beta', productType: 'Home', tags: ['blue'] }),
    product('boots', {
      title: 'Winter Boots',
      vendor: 'Gamma',
      productType: 'Shoe',
      tags: ['winter'],
      variants: [variant('42', { sku: 'JACKET 9', barcode: '4006381333931' })],
    }),
    product('hidden-jacket', { title: 'Hidden Jacket', vendor: 'Acme', published: false }),
  ];
  await upsertProducts(db, catalogue, ['web']);
  await upsertCollections(db, [
    {
      handle: 'cold',
      title: 'Cold Days',
      descriptionHtml: '',
      productHandles: ['boots', 'leather-jacket', 'hidden-jacket', 'denim-jacket'],
    },
    { handle: 'home', title: 'At Home', descriptionHtml: '', productHandles: ['cafe-mug', 'jacket-hanger'] },
  ]);
});
afterAll(() => test.drop());

describe('productSearch', () => {
  it('finds inflected words, and titles before descriptions', async () => {
    const { handles, totalCount } = await search('jackets');
    expect(handles.toSorted()).toEqual(['denim-jacket', 'jacket-hanger', 'leather-jacket']);
    expect(handles[2]).toBe('jacket-hanger');
    expect(totalCount).toBe(3);
  });

  it.each([
    ['an unfinished last word', 'leather jac', ['leather-jacket']],
    ['an unfinished only word', 'DEN', ['denim-jacket']],
    ['words of vendor, type and tags', 'acme winter black', ['leather-jacket']],
    ['an accent that was not typed', 'cafe', ['cafe-mug']],
    ['an accent that was typed', 'CAFÉ', ['cafe-mug']],
    ['stop words, also as the last', 'boots for the', ['boots']],
    ['wrong letters', 'lether jackt', ['leather-jacket']],
    ['swapped letters', 'jakcet denmi', ['denim-jacket']],
    ['a missing letter in a short word', 'bots', ['boots']],
    ['a SKU typed in full, before words', 'JACKET 9', ['boots']],
    ['a barcode', '4006381333931', ['boots']],
    ['nothing that exists', 'xylophone', []],
  ])('finds by %s', async (_, query, expected) => {
    expect((await search(query)).handles.slice(0, Math.max(1, expected.length))).toEqual(expected);
  });

  it.each([
    `' or 1=1 --`,
    `a:* & !b | (c`,
    `\\`,
    `%`,
    `_____`,
    `"`,
    `<->`,
    '\u0000',
    'a\u0000b',
    '\ud800',
    '!!!',
    `'a':*ABCD`,
    'ﷺ'.repeat(60),
  ])('takes %j as text', async (query) => {
    expect(Array.isArray((await search(query)).handles)).toBe(true);
  });

  it('refuses more than 200 characters, and a page of nothing or too much', async () => {
    await expect(search('a'.repeat(201))).rejects.toThrow('BAD_USER_INPUT: A query has at most 200');
    await expect(search('a', { first: 0 })).rejects.toThrow('BAD_USER_INPUT');
    await expect(search('a', { first: 101 })).rejects.toThrow('BAD_USER_INPUT');
  });

  it('lists all of the channel for an empty query, newest first, or by title', async () => {
    expect((await search('  ')).handles).toEqual([
      'boots',
      'cafe-mug',
      'jacket-hanger',
      'leather-jacket',
      'denim-jacket',
    ]);
    expect((await search('', { sort: 'TITLE' })).handles).toEqual([
      'cafe-mug',
      'denim-jacket',
      'jacket-hanger',
      'leather-jacket',
      'boots',
    ]);
    expect((await search('jacket', { sort: 'TITLE' })).handles).toEqual([
      'denim-jacket',
      'jacket-hanger',
      'leather-jacket',
    ]);
  });

  it('counts each facet under the filters of the others', async () => {
    const { handles, totalCount, facets } = await search('', {
      filters: [
        { facet: 'TAG', values: ['winter'] },
        { facet: 'VENDOR', values: ['Acme', 'Beta'] },
      ],
    });
    expect(handles).toEqual(['leather-jacket', 'denim-jacket']);
    expect(totalCount).toBe(2);
    expect(facets).toEqual([
      { facet: 'VENDOR', value: 'Acme', count: 2 },
      { facet: 'VENDOR', value: 'Gamma', count: 1 },
      { facet: 'PRODUCT_TYPE', value: 'Jacket', count: 2 },
      { facet: 'TAG', value: 'blue', count: 2 },
      { facet: 'TAG', value: 'winter', count: 2 },
      { facet: 'TAG', value: 'black', count: 1 },
      { facet: 'TAG', value: 'wood', count: 1 },
      { facet: 'OPTION', value: 'M', count: 2 },
      { facet: 'OPTION', value: 'S', count: 2 },
    ]);
  });

  it('narrows by several filters of one facet, and ignores a filter without values', async () => {
    const filters = [
      { facet: 'TAG', values: ['winter'] },
      { facet: 'TAG', values: ['blue', 'black'] },
      { facet: 'VENDOR', values: [] },
    ];
    expect((await search('', { filters })).handles).toEqual(['leather-jacket', 'denim-jacket']);
    expect(
      (
        await search('', {
          filters: [
            { facet: 'VENDOR', values: ['Acme'] },
            { facet: 'VENDOR', values: ['Beta'] },
          ],
        })
      ).handles,
    ).toEqual([]);
  });

  it.each([
    ['', 'RELEVANCE'],
    ['', 'TITLE'],
    ['jacket', 'RELEVANCE'],
    ['jacket', 'NEWEST'],
    ['jakcet', 'RELEVANCE'],
  ])('pages over %j by %s without repeats', async (query, sort) => {
    const all = (await search(query, { sort })).handles;
    const paged: string[] = [];
    let after: string | null = null;
    do {
      const page = await search(query, { sort, first: 1, after });
      paged.push(...page.handles);
      after = page.hasNextPage ? page.endCursor : null;
    } while (after !== null);
    expect(paged).toEqual(all);
    expect(all.length).toBeGreaterThan(1);
  });

  it('refuses a cursor of another order, and what is none', async () => {
    const { endCursor } = await search('', { first: 1, sort: 'TITLE' });
    await expect(search('', { after: endCursor })).rejects.toThrow('BAD_USER_INPUT: This cursor belongs');
    for (const forged of [['newest', 0, null, 'x'], ['title', 0, 'a\u0000', '0199'], ['match', 0, 1e99, 'x'], 'x'])
      await expect(search('', { after: Buffer.from(JSON.stringify(forged)).toString('base64url') })).rejects.toThrow(
        'BAD_USER_INPUT',
      );
  });
});

describe('a page of a search', () => {
  it('continues behind its cursor while products are added before and behind it', async () => {
    const handles = ['k-b', 'k-d', 'k-f'];
    await upsertProducts(
      db,
      handles.map((handle) => product(handle, { title: `Kettle ${handle}`, tags: ['kettle'] })),
      ['pos'],
    );
    const page = async (after: string | null) =>
      (await ask(SEARCH, asGuest('pos'), { query: 'kettle', first: 2, after, sort: 'TITLE' })).productSearch;
    const first = await page(null);
    await upsertProducts(
      db,
      ['k-a', 'k-e'].map((handle) => product(handle, { title: `Kettle ${handle}` })),
      ['pos'],
    );
    const second = await page(first.pageInfo.endCursor);
    expect([...first.edges, ...second.edges].map(({ node }: { node: { handle: string } }) => node.handle)).toEqual([
      'k-b',
      'k-d',
      'k-e',
      'k-f',
    ]);
    expect(second.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });

  it('stays with similar titles when an exact match appears between its pages', async () => {
    await upsertProducts(
      db,
      ['t-1', 't-2'].map((handle) => product(handle, { title: `Thermos ${handle}` })),
      ['pos'],
    );
    const page = async (after: string | null) =>
      (await ask(SEARCH, asGuest('pos'), { query: 'thremos', first: 1, after })).productSearch;
    const first = await page(null);
    await upsertProducts(db, [product('t-3', { title: 'Thremos' })], ['pos']);
    const second = await page(first.pageInfo.endCursor);
    expect(first.edges[0].node.handle).not.toBe(second.edges[0].node.handle);
    expect(second.edges[0].node.handle).toMatch(/^t-[12]$/);
  });
});

describe('collection.products', () => {
  const document = `query C($filters: [FacetFilterInput!], $sort: ProductSort, $after: Cursor) { collectionByHandle(handle: "cold") { products(first: 2, filters: $filters, sort: $sort, after: $after) {
    totalCount edges { node { handle } } pageInfo { hasNextPage endCursor } facets { facet value count } } } }`;
  const open = async (variables: Record<string, unknown> = {}) =>
    (await ask(document, asGuest(), variables)).collectionByHandle.products;

  it('keeps the order of the collection, and pages, sorts and narrows it', async () => {
    const handlesOf = (list: { edges: { node: { handle: string } }[] }) => list.edges.map(({ node }) => node.handle);
    const first = await open();
    expect([handlesOf(first), first.totalCount]).toEqual([['boots', 'leather-jacket'], 3]);
    expect(handlesOf(await open({ after: first.pageInfo.endCursor }))).toEqual(['denim-jacket']);
    expect(handlesOf(await open({ sort: 'TITLE' }))).toEqual(['denim-jacket', 'leather-jacket']);
    const narrowed = await open({ filters: [{ facet: 'VENDOR', values: ['Gamma'] }] });
    expect([handlesOf(narrowed), narrowed.totalCount]).toEqual([['boots'], 1]);
    expect(narrowed.facets.filter(({ facet }: { facet: string }) => facet === 'VENDOR')).toEqual([
      { facet: 'VENDOR', value: 'Acme', count: 2 },
      { facet: 'VENDOR', value: 'Gamma', count: 1 },
    ]);
  });

  it('is read for a whole page of collections at once', async () => {
    statements.length = 0;
    const { collections } = await ask(
      '{ collections { edges { node { title products(first: 1) { totalCount edges { node { handle variants { sku } } } facets { value } } } } } }',
      asGuest(),
    );
    expect(
      collections.edges.map(
        ({
          node,
        }: {
          node: { title: string; products: { totalCount: number; edges: { node: { handle: string } }[] } };
        }) => [node.title, node.products.totalCount, node.products.edges[0]?.node.handle],
      ),
    ).toEqual([
      ['At Home', 2, 'cafe-mug'],
      ['Cold Days', 3, 'boots'],
    ]);
    // Collections, products with all that is counted, names of the values, variants.
    expect(statements).toHaveLength(4);
  });
});

describe('statements', () => {
  it.each([
    ['a bare page', 'edges { node { handle } }', 1],
    ['a page with its count', 'totalCount edges { node { handle } }', 1],
    [
      'a page with its count, its facets, its prices and its age',
      'totalCount facets { value label } priceRange { minMinor } freshness { asOf countsExact } edges { node { handle } }',
      2,
    ],
    ['a page of variants', 'edges { node { handle variants { id } } }', 2],
    ['everything', `totalCount facets { value } edges { node { ${CARD} } }`, 8],
  ])('are %s: the same number for 2 products as for 5', async (_, selection, expected) => {
    for (const first of [2, 5]) {
      statements.length = 0;
      await ask(`{ productSearch(query: "", first: ${first}) { ${selection} } }`, asGuest());
      expect(statements).toHaveLength(expected);
    }
  });

  it('use the indexes of the search on a catalogue of some size', async () => {
    await db.sql`
      insert into products.products (product_id, handle, title, title_key, description_html, tags, option_names, version, created_at, updated_at)
      select gen_random_uuid(), 'bulk-' || n, 'Bulk ' || md5(n::text), 'bulk ' || md5(n::text), '', '{}', '{}', 1, products.app_now(), products.app_now() from generate_series(1, 5000) n`;
    await db.sql`
      insert into products.search_documents (product_id, language, channel_code, title_key, facets, marks, vector)
      select product_id, '', '', title_key, '', array_to_tsvector(array['@', '@web']), array_to_tsvector(array['@', '@web'] || string_to_array(title_key, ' ')) from products.products where handle like 'bulk-%'`;
    await db.sql`vacuum analyze products.search_documents`;
    const plan = async (statement: string) =>
      (await db.sql.unsafe(`explain ${statement}`)).map((row) => Object.values(row)[0]).join('\n');
    const documents = 'select product_id from products.search_documents d where';
    expect(await plan(`${documents} d.vector @@ (select products.search_scope('web', 'en') && 'leather')`)).toContain(
      'search_documents_vector',
    );
    const newest = `${documents} case when d.marks @@ (select products.search_scope('web', 'en')) then true else false end order by d.product_id desc limit 25`;
    expect(await plan(newest)).toContain('search_documents_pkey');
    const fuzzy = await db.sql.unsafe(
      `set pg_trgm.word_similarity_threshold = 0.35; explain ${documents} d.title_key operator(extensions.%>) 'lether'`,
    );
    expect(JSON.stringify(fuzzy)).toContain('search_documents_title_trigrams');
  });
});
