import type { Database } from '@kontor/kit/src/database.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { asGuest, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { sql as statement } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setChannel } from '../../commands/set-channel.ts';
import { setPublication } from '../../commands/set-publication.ts';
import { upsertProducts } from '../../commands/upsert-products.ts';
import { announceProducts } from '../../commands/product-events.ts';
import { lockProductIds } from '../../data/publications.ts';
import { writeOffers } from '../../data/search/offers.ts';
import { writePopularity } from '../../data/search/popularity.ts';
import { refreshSearch } from '../../data/search/refresh.ts';
import { serviceAuthor } from '../../domain/author.ts';
import { makeChannels, product, startProducts, variant } from '../../fixture.ts';
import { fillSearch } from '../../search-worker.ts';

const SEARCH = `query S($query: String!, $first: Int, $after: Cursor, $filters: [FacetFilterInput!], $sort: ProductSort, $locale: String, $currency: CurrencyCode) {
  productSearch(query: $query, first: $first, after: $after, filters: $filters, sort: $sort, locale: $locale, currency: $currency) {
    totalCount edges { node { handle } } pageInfo { hasNextPage endCursor } facets { facet attribute value label count isApproximate }
    priceRange { currency minMinor maxMinor } freshness { asOf pricesExact countsExact } } }`;

const EDITOR = asStaff(['catalogue:write'], 'de');

let test: TestDatabase;
let db: Database;
let ask: Awaited<ReturnType<typeof startProducts>>['ask'];

interface Found {
  handles: string[];
  totalCount: number;
  facets: { facet: string; attribute: string | null; value: string; label: string; count: number }[];
  priceRange: { currency: string; minMinor: number; maxMinor: number } | null;
  freshness: { asOf: string | null; pricesExact: boolean; countsExact: boolean };
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

async function search(query: string, more: Record<string, unknown> = {}, call = asGuest('de')): Promise<Found> {
  const { productSearch } = await ask(SEARCH, call, { query, ...more });
  return {
    ...productSearch,
    handles: productSearch.edges.map((edge: { node: { handle: string } }) => edge.node.handle),
  };
}

const idOf = async (handle: string) =>
  (await db.sql<{ id: string }[]>`select product_id as id from products.products where handle = ${handle}`)[0]!.id;

/** Changes rows of products as a command does, and announces them. */
const change = (handles: readonly string[], work: (ids: string[]) => Promise<unknown>) =>
  inTransaction(db, async (tx) => {
    const ids = await Promise.all(handles.map(idOf));
    await work(ids);
    await db.sql`update products.products set version = version + 1 where product_id = any(${ids}::uuid[])`;
    await announceProducts(tx, ids, serviceAuthor('test'));
  });

const offer = async (handle: string, isSellable: boolean | null, from?: number, to = from, channel = 'de') => {
  const productId = await idOf(handle);
  const prices = from === undefined ? null : [{ currency: 'EUR', minMinor: from, maxMinor: to! }];
  return inTransaction(db, (tx) => writeOffers(tx, channel, [{ productId, isSellable, prices }]));
};

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  ({ ask } = await startProducts(db, (await createTestIdentities(['products'])).products));
  await makeChannels(db, 'de', 'other', 'empty');
  await setChannel(
    db,
    { code: 'en', name: 'en', currencies: ['EUR', 'GBP'], countries: ['GB'], locales: ['en', 'de'], locationIds: [] },
    null,
  );
  await upsertProducts(
    db,
    [
      product('winterjacke', { title: 'Rote Winterjacke', vendor: 'Nord', tags: ['Häuser', 'warm'] }),
      product('jacken', { title: 'Jacken für Damen', vendor: 'Nord', tags: ['warm'] }),
      product('haus', { title: 'Modellhaus', vendor: 'Süd', descriptionHtml: '<p>Für kleine Häuser aus Holz.</p>' }),
      product('schuh', {
        title: 'Laufschuhe',
        vendor: 'Süd',
        variants: [variant('42', { sku: 'LS-42/rot', barcode: '4006381333931' }), variant('43', { sku: "a'b\\c" })],
      }),
      product('hemd', { title: 'T-Shirt weiß', vendor: 'Nord', tags: ['cotton'] }),
    ],
    ['de', 'en'],
  );
  await upsertProducts(
    db,
    [product('geheim', { title: 'Geheime Jacke', vendor: 'Verborgen', tags: ['geheim'] })],
    ['other'],
  );
});
afterAll(() => test.drop());

describe('searching in German', () => {
  it.each([
    ['a plural', 'Jacke', ['jacken']],
    ['a singular in the description', 'Haus', ['winterjacke', 'haus']],
    ['an umlaut that was not typed', 'hauser', ['winterjacke', 'haus']],
    ['a part of a word while typing', 'winterja', ['winterjacke']],
    ['a stop word among words', 'jacken für die damen', ['jacken']],
    ['a hyphen or none', 't shirt', ['hemd']],
    ['a SKU in whatever case', 'ls-42/ROT', ['schuh']],
    ['a SKU with quotes and backslashes', "a'b\\c", ['schuh']],
    ['a barcode', '4006381333931', ['schuh']],
    ['swapped letters', 'winterjakce', ['winterjacke']],
    ['a wrong letter', 'Laufschuke', ['schuh']],
  ])('finds by %s', async (_, query, expected) => {
    expect((await search(query)).handles.toSorted()).toEqual(expected.toSorted());
  });

  it('puts titles before labels, labels before descriptions, and what sells first among equals', async () => {
    await upsertProducts(
      db,
      [
        product('r-text', { title: 'Eins', descriptionHtml: 'Aus Rabitz.' }),
        product('r-tag', { title: 'Zwei', tags: ['Rabitz'] }),
        product('r-title', { title: 'Rabitz' }),
        product('r-sold', { title: 'Rabitz gut' }),
      ],
      ['de'],
    );
    const productId = await idOf('r-sold');
    await inTransaction(db, (tx) => writePopularity(tx, [{ productId, popularity: 7.25 }]));
    expect((await search('rabitz')).handles).toEqual(['r-sold', 'r-title', 'r-tag', 'r-text']);
    expect((await search('rabitz', { sort: 'POPULARITY' })).handles[0]).toBe('r-sold');
  });
});

describe('languages and channels', () => {
  beforeAll(async () => {
    await upsertProducts(
      db,
      [product('kettle', { title: 'Kettle', descriptionHtml: 'Boils water.' }), product('pan', { title: 'Pan' })],
      ['en', 'de'],
    );
    await change(
      ['kettle', 'pan'],
      ([kettle, pan]) => db.sql`
        insert into products.product_texts (product_id, channel_code, locale, title) values
          (${kettle!}, '', 'de-AT', 'Wasserkocher'), (${pan!}, 'en', '', 'Skillet')`,
    );
  });

  it('finds a translation in its language alone, and the catalogue everywhere else', async () => {
    expect((await search('wasserkocher')).handles).toEqual(['kettle']);
    expect((await search('wasserkocher', { locale: 'de-AT' }, asGuest('en'))).handles).toEqual(['kettle']);
    expect((await search('wasserkocher', {}, asGuest('en'))).handles).toEqual([]);
    expect((await search('kettles', {}, asGuest('en'))).handles).toEqual(['kettle']);
    expect((await search('kettle')).totalCount).toBe(0);
  });

  it('finds what a channel calls it there, and the other name elsewhere', async () => {
    expect((await search('skillet', {}, asGuest('en'))).handles).toEqual(['pan']);
    expect((await search('skillet')).handles).toEqual([]);
    expect((await search('pan')).handles).toEqual(['pan']);
    expect(
      (await search('', { sort: 'TITLE' }, asGuest('en'))).handles.filter((handle) => handle === 'pan'),
    ).toHaveLength(1);
  });

  it('follows when a translation goes and when a product leaves the channel', async () => {
    await change(['pan'], () => db.sql`delete from products.product_texts where title = 'Skillet'`);
    expect((await search('skillet', {}, asGuest('en'))).handles).toEqual([]);
    const productIds = [await idOf('pan')];
    await setPublication(db, { channel: 'en', productIds, published: false }, serviceAuthor('test'));
    expect((await search('pan', {}, asGuest('en'))).totalCount).toBe(0);
    expect((await search('pan')).handles).toEqual(['pan']);
  });

  it('makes documents for a language that a channel begins to speak', async () => {
    await upsertProducts(db, [product('chevaux', { title: 'Chevaux rapides' })], ['other']);
    await setChannel(
      db,
      { code: 'other', name: 'o', currencies: ['EUR'], countries: ['FR'], locales: ['fr', 'de'], locationIds: [] },
      null,
    );
    while (await fillSearch(db));
    expect((await search('rapide', { locale: 'fr' }, asGuest('other'))).handles).toEqual(['chevaux']);
    expect(await fillSearch(db)).toBe(false);
  });
});

describe('what a channel does not show', () => {
  it('is in no list, count, facet or suggestion of it, and staff see all', async () => {
    for (const query of ['', 'jacke', 'geheime', 'gehiem']) {
      const found = await search(query);
      expect(found.handles).not.toContain('geheim');
      expect(found.facets.filter(({ value }) => /geheim|Verborgen/.test(value))).toEqual([]);
    }
    expect((await search('geheime')).totalCount).toBe(0);
    const suggested = await ask('{ searchSuggestions(query: "gehei") { text } }', asGuest('de'));
    expect(suggested.searchSuggestions).toEqual([]);
    expect((await search('geheime', {}, EDITOR)).handles).toEqual(['geheim']);
  });
});

describe('synonyms', () => {
  const SET =
    'mutation S($input: SearchSynonymsSetInput!) { searchSynonymsSet(input: $input) { __typename ... on SearchSynonymsSaved { synonyms { id locale words version } } ... on UserError { code path } } }';
  const set = async (input: Record<string, unknown>) => (await ask(SET, EDITOR, { input })).searchSynonymsSet;

  it('find what is called otherwise, in their language, until they are removed', async () => {
    expect((await search('leibchen')).totalCount).toBe(0);
    const { synonyms } = await set({ locale: 'de-DE', words: ['Leibchen', 'T-Shirt', 'Unterhemd'] });
    expect(synonyms).toEqual({
      id: expect.any(String),
      locale: 'de',
      words: ['Leibchen', 'T-Shirt', 'Unterhemd'],
      version: 1,
    });
    expect((await search('leibchen')).handles).toEqual(['hemd']);
    expect((await search('weiße Leibchen')).handles).toEqual(['hemd']);
    expect((await search('leibchen', { locale: 'en' }, asGuest('en'))).totalCount).toBe(0);
    const changed = await set({
      synonymSetId: synonyms.id,
      locale: 'de',
      words: ['sneaker', 'laufschuhe', 'turn schuh'],
      expectedVersion: 1,
    });
    expect(changed.synonyms.version).toBe(2);
    expect((await search('sneaker')).handles).toEqual(['schuh']);
    expect((await search('turn schuh')).handles).toEqual(['schuh']);
    expect(await set({ synonymSetId: synonyms.id, locale: 'de', words: ['a', 'b'], expectedVersion: 1 })).toMatchObject(
      {
        __typename: 'VersionConflict',
      },
    );
    const listed = await ask(
      '{ searchSynonyms(locale: "de") { edges { node { id words } } pageInfo { hasNextPage } } }',
      EDITOR,
    );
    expect(listed.searchSynonyms.edges).toHaveLength(1);
    await ask(
      `mutation { searchSynonymsRemove(input: { synonymSetId: "${synonyms.id}", expectedVersion: 2 }) { __typename } }`,
      EDITOR,
    );
    expect((await search('sneaker')).totalCount).toBe(0);
  });

  it.each([
    [{ locale: 'de', words: ['eins'] }, ['input', 'words']],
    [{ locale: 'de', words: ['eins', 'EINS'] }, ['input', 'words']],
    [{ locale: 'de', words: ['eins', '!!'] }, ['input', 'words']],
    [{ locale: 'de', words: ['a b c d e', 'x'] }, ['input', 'words']],
    [{ locale: 'x y', words: ['a', 'b'] }, ['input', 'locale']],
  ])('refuse %j', async (input, path) => {
    expect(await set(input)).toEqual({ __typename: 'InvalidInput', code: 'SYNONYMS_INVALID', path });
  });
});

describe('searchSuggestions', () => {
  it('begins like what was typed, each title once, what sells first', async () => {
    await upsertProducts(
      db,
      ['l-1', 'l-2', 'l-3'].map((handle, index) => product(handle, { title: index === 2 ? 'Lampion' : 'Lampe' })),
      ['de'],
    );
    const productId = await idOf('l-3');
    await inTransaction(db, (tx) => writePopularity(tx, [{ productId, popularity: 3 }]));
    const { searchSuggestions } = await ask(
      '{ searchSuggestions(query: "lamp", first: 5) { text product { handle } } }',
      asGuest('de'),
    );
    expect(searchSuggestions).toEqual([
      { text: 'Lampion', product: { handle: 'l-3' } },
      { text: 'Lampe', product: { handle: 'l-2' } },
    ]);
    expect((await ask('{ searchSuggestions(query: " ") { text } }', asGuest('de'))).searchSuggestions).toEqual([]);
  });
});

describe('prices and availability', () => {
  beforeAll(async () => {
    await upsertProducts(
      db,
      ['p-1', 'p-2', 'p-3', 'p-4'].map((handle) => product(handle, { title: `Preisliste ${handle}`, vendor: 'Preis' })),
      ['de'],
    );
    await offer('p-1', true, 3_000, 5_000);
    await offer('p-2', false, 1_000);
    await offer('p-3', true, 2_000);
  });

  it('sort both ways with what has none behind, and page so', async () => {
    for (const [sort, expected] of [
      ['PRICE_ASC', ['p-2', 'p-3', 'p-1', 'p-4']],
      ['PRICE_DESC', ['p-1', 'p-3', 'p-2', 'p-4']],
    ] as const) {
      expect((await search('preisliste', { sort })).handles).toEqual(expected);
      const all = (await search('', { sort })).handles.filter((handle) => handle.startsWith('p-'));
      expect(all).toEqual(expected);
      const paged: string[] = [];
      for (let after: string | null = null; ;) {
        const page = await search('preisliste', { sort, first: 1, after });
        paged.push(...page.handles);
        after = page.pageInfo.endCursor;
        if (!page.pageInfo.hasNextPage) break;
      }
      expect(paged).toEqual(expected);
    }
  });

  it('narrow, and bound each other without themselves', async () => {
    const cheap = await search('preisliste', { filters: [{ facet: 'PRICE', values: [], from: 1_500, to: 4_000 }] });
    expect(cheap.handles.toSorted()).toEqual(['p-1', 'p-3']);
    expect(cheap.priceRange).toEqual({ currency: 'EUR', minMinor: 1_000, maxMinor: 5_000 });
    const inStock = await search('preisliste', { filters: [{ facet: 'AVAILABILITY', values: ['IN_STOCK'] }] });
    expect([inStock.handles.toSorted(), inStock.priceRange?.minMinor]).toEqual([['p-1', 'p-3'], 2_000]);
    expect(inStock.facets.find(({ facet }) => facet === 'AVAILABILITY')).toMatchObject({ value: 'IN_STOCK', count: 2 });
    expect((await search('preisliste', { currency: 'GBP' })).priceRange).toBeNull();
  });

  it('are kept by halves, tell what changed, and survive a change of the product', async () => {
    const productId = await idOf('p-2');
    expect(await offer('p-2', false, 1_000)).toEqual([]);
    expect(await offer('p-2', true)).toEqual([productId]);
    await change(['p-2'], () => db.sql`update products.products set vendor = 'Preis' where handle = 'p-2'`);
    expect(
      (await search('preisliste', { filters: [{ facet: 'AVAILABILITY', values: ['IN_STOCK'] }] })).totalCount,
    ).toBe(3);
    expect(await offer('p-2', null, 900)).toEqual([productId]);
    expect((await search('preisliste', { sort: 'PRICE_ASC' })).priceRange?.minMinor).toBe(900);
    expect(await offer('p-2', false, 1_000)).toEqual([productId]);
  });

  it('say how old they are when both sources were read, and for whom they are exact', async () => {
    expect((await search('preisliste')).freshness).toEqual({ asOf: null, pricesExact: true, countsExact: true });
    for (const [source, at] of [
      ['prices', '2026-01-02T00:00:00Z'],
      ['stock', '2026-01-01T00:00:00Z'],
    ] as const)
      await db.sql`insert into products.search_sources (source, channel_code, product_change, step, as_of) values (${source}, 'de', 0, 0, ${at})`;
    const group = { ...asGuest('de'), caller: { ...asGuest('de').caller, groups: ['vip'] } };
    const { freshness } = await search('preisliste', {}, group);
    expect([Date.parse(freshness.asOf!), freshness.pricesExact]).toEqual([Date.parse('2026-01-01T00:00:00Z'), false]);
  });
});

describe('writers of search documents', () => {
  it('never wait crosswise for each other', async () => {
    const handles = Array.from({ length: 40 }, (_, index) => `race-${index}`);
    await upsertProducts(
      db,
      handles.map((handle) => product(handle)),
      ['de', 'en'],
    );
    const ids = await Promise.all(handles.map(idOf));
    // A transaction of its own each, without the second try that a deadlock is given: one would fail the test.
    const once = (work: (tx: Parameters<Parameters<typeof db.orm.transaction>[0]>[0]) => Promise<unknown>) =>
      db.orm.transaction(work);
    const rounds = Array.from({ length: 15 }, (_, round) => round);
    await Promise.all([
      ...rounds.map((round) =>
        once((tx) =>
          writeOffers(
            tx,
            round % 2 === 0 ? 'de' : 'en',
            ids.toReversed().map((productId) => ({
              productId,
              isSellable: round % 3 === 0,
              prices: [{ currency: 'EUR', minMinor: round + 1, maxMinor: round + 2 }],
            })),
          ),
        ),
      ),
      ...rounds.map((round) =>
        once((tx) =>
          writePopularity(
            tx,
            ids.map((productId) => ({ productId, popularity: round })),
          ),
        ),
      ),
      ...rounds.map((round) =>
        once(async (tx) => {
          await lockProductIds(tx, ids);
          await tx.execute(
            statement`update products.products set title = 'Round ' || ${round}::text where handle like 'race-%'`,
          );
          await refreshSearch(tx, ids.toReversed());
        }),
      ),
    ]);
    expect((await search('round')).totalCount).toBe(40);
  });
});

describe('filters', () => {
  it.each([
    [{ facet: 'OPTION', values: ['S'] }, 'says by which one'],
    [{ facet: 'CATEGORY', values: ['nothing'] }, 'ids of categories'],
    [{ facet: 'AVAILABILITY', values: ['MAYBE'] }, 'takes IN_STOCK'],
    [{ facet: 'VENDOR', values: ['x'], from: 1 }, 'takes from and to'],
    [{ facet: 'PRICE', values: ['x'] }, 'takes from and to'],
    [{ facet: 'PRICE', values: [], from: -1 }, 'minor units'],
    [{ facet: 'TAG', values: ['a\u0000b'] }, 'no product can have'],
  ])('refuse %j', async (filter, message) => {
    await expect(search('', { filters: [filter] })).rejects.toThrow(message);
  });

  it.each(["'", '\\', "#' | '@other", '@other', '__proto__', 'constructor', "') | 1"])(
    'take %j as a value that nothing has',
    async (value) => {
      for (const filter of [{ facet: 'VENDOR' }, { facet: 'OPTION', attribute: value }])
        expect((await search('', { filters: [{ ...filter, values: [value] }] })).totalCount).toBe(0);
    },
  );
});
