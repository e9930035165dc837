import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { asGuest, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upsertProducts } from '../../commands/upsert-products.ts';
import { writeOffers } from '../../data/search/offers.ts';
import { refreshSearch, staleSearch } from '../../data/search/refresh.ts';
import { makeChannels, product, startProducts, variant } from '../../fixture.ts';
import { fillSearch } from '../../search-worker.ts';

/** A product as a plain model knows it: values by facet, written as `FACET attribute`. */
interface Model {
  readonly handle: string;
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly price: number | null;
  readonly isSellable: boolean;
}
interface Filter {
  readonly facet: string;
  readonly attribute?: string;
  readonly values: readonly string[];
  readonly from?: number;
  readonly to?: number;
}

const SEARCH = `query S($query: String!, $filters: [FacetFilterInput!]) {
  productSearch(query: $query, first: 100, filters: $filters) { totalCount edges { node { handle } } priceRange { minMinor maxMinor } freshness { countsExact }
    facets { facet attribute value label count isApproximate } } }`;

let test: TestDatabase;
let db: Database;
let ask: Awaited<ReturnType<typeof startProducts>>['ask'];
const models: Model[] = [];
const categories = { all: newId(), tops: newId(), shirts: newId(), shoes: newId() };
const above: Record<string, string[]> = {
  [categories.all]: [categories.all],
  [categories.tops]: [categories.tops, categories.all],
  [categories.shirts]: [categories.shirts, categories.tops, categories.all],
  [categories.shoes]: [categories.shoes, categories.all],
};

const nameOf = ({ facet, attribute }: Filter) => `${facet} ${attribute ?? ''}`;
const passes = (model: Model, filter: Filter) => {
  if (filter.facet === 'PRICE')
    return model.price !== null && model.price >= (filter.from ?? 0) && model.price <= (filter.to ?? Infinity);
  if (filter.facet === 'AVAILABILITY') return model.isSellable;
  return (model.values[nameOf(filter)] ?? []).some((value) => filter.values.includes(value));
};

/** What the counts have to be: each facet under the filters of all others. */
function expected(matching: readonly Model[], filters: readonly Filter[]) {
  const under = (name: string) =>
    matching.filter((model) => filters.every((filter) => nameOf(filter) === name || passes(model, filter)));
  const counts: Record<string, number> = {};
  for (const name of new Set(matching.flatMap((model) => Object.keys(model.values))))
    for (const value of under(name).flatMap((model) => model.values[name] ?? []))
      counts[`${name} ${value}`] = (counts[`${name} ${value}`] ?? 0) + 1;
  const sellable = under('AVAILABILITY ').filter(({ isSellable }) => isSellable).length;
  if (sellable > 0) counts['AVAILABILITY  IN_STOCK'] = sellable;
  const prices = under('PRICE ').flatMap(({ price }) => price ?? []);
  return {
    handles: matching.filter((model) => filters.every((filter) => passes(model, filter))).map(({ handle }) => handle),
    counts,
    priceRange: prices.length === 0 ? null : { minMinor: Math.min(...prices), maxMinor: Math.max(...prices) },
  };
}

beforeAll(async () => {
  test = await createTestDatabase(['products']);
  db = test.open('products');
  ({ ask } = await startProducts(db, (await createTestIdentities(['products'])).products));
  await makeChannels(db, 'web', 'pos');
  await db.sql`
    insert into products.categories (category_id, parent_id, handle, name, names, position, version, updated_at) values
      (${categories.all}, null, 'all', 'All', '{"de": "Alles"}', 0, 1, now()), (${categories.tops}, ${categories.all}, 'tops', 'Tops', '{}', 0, 1, now()),
      (${categories.shirts}, ${categories.tops}, 'shirts', 'Shirts', '{}', 0, 1, now()), (${categories.shoes}, ${categories.all}, 'shoes', 'Shoes', '{}', 1, 1, now())`;
  const definition = { labels: {}, isRequired: false, isSearchable: false, isRetired: false, options: [], unit: null };
  const attributes = [
    {
      ...definition,
      code: 'material',
      kind: 'ENUM',
      scope: 'PRODUCT',
      isLocalizable: false,
      isList: true,
      isFilterable: true,
      options: [
        { code: 'wool', labels: { de: 'Wolle', en: 'Wool' } },
        { code: 'cotton', labels: {} },
      ],
    },
    {
      ...definition,
      code: 'waterproof',
      kind: 'BOOLEAN',
      scope: 'PRODUCT',
      isLocalizable: false,
      isList: false,
      isFilterable: true,
    },
    {
      ...definition,
      code: 'care',
      kind: 'TEXT',
      scope: 'PRODUCT',
      isLocalizable: true,
      isList: false,
      isFilterable: true,
      isSearchable: true,
    },
    {
      ...definition,
      code: 'secret',
      kind: 'TEXT',
      scope: 'PRODUCT',
      isLocalizable: false,
      isList: false,
      isFilterable: false,
    },
  ];
  await db.sql`insert into products.product_types (name, labels, attributes, version, updated_at) values ('Top', '{"de": "Oberteil"}', ${JSON.stringify(attributes)}::text::jsonb, 1, now())`;
  const pick = <T>(list: readonly T[], seed: number) => list[seed % list.length]!;
  for (let index = 0; index < 60; index += 1) {
    const vendor = pick(['Acme', 'Beta', "O'Neil \\ Söhne"], index * 7);
    const tags = ['blue', 'warm', 'Größe', 'x'].filter((_, place) => (index >> place) % 2 === 1);
    const productType = pick(['Top', 'Shoe'], Math.floor(index / 3));
    const sizes = ['S', 'M', 'L'].slice(0, 1 + (index % 3));
    const category = pick([categories.shirts, categories.tops, categories.shoes], Math.floor(index / 5));
    const material =
      productType === 'Top' ? [pick(['wool', 'cotton'], index), ...(index % 4 === 0 ? ['wool'] : [])] : [];
    models.push({
      handle: `m-${index}`,
      price: index % 9 === 0 ? null : 100 * (1 + ((index * 13) % 40)),
      isSellable: index % 4 > 0,
      values: {
        'VENDOR ': [vendor],
        'PRODUCT_TYPE ': [productType],
        'TAG ': tags,
        'OPTION Size': sizes,
        'CATEGORY ': above[category]!,
        ...(productType === 'Top'
          ? {
              'ATTRIBUTE material': [...new Set(material)],
              'ATTRIBUTE waterproof': [String(index % 2 === 0)],
              'ATTRIBUTE care': ['wash'],
            }
          : {}),
      },
    });
    await upsertProducts(
      db,
      [
        product(`m-${index}`, {
          title: index % 2 === 0 ? 'Even thing' : 'Odd thing',
          vendor,
          tags,
          productType,
          variants: sizes.map((size) => variant(size)),
        }),
      ],
      // What another channel shows counts nowhere here.
      ['web'],
    );
    const [row] = await db.sql<
      { id: string }[]
    >`select product_id as id from products.products where handle = ${`m-${index}`}`;
    const id = row!.id;
    await db.sql`insert into products.product_categories (product_id, category_id, position) values (${id}, ${category}, 0)`;
    if (productType === 'Top')
      await db.sql`update products.products set attributes = ${JSON.stringify({ material, waterproof: index % 2 === 0, care: { '': 'wash', de: 'waschen' }, secret: 'hidden' })}::text::jsonb where product_id = ${id}`;
    const { price, isSellable } = models.at(-1)!;
    await inTransaction(db, async (tx) => {
      await refreshSearch(tx, [id]);
      const prices = price === null ? [] : [{ currency: 'EUR', minMinor: price, maxMinor: price }];
      await writeOffers(tx, 'web', [{ productId: id, isSellable, prices }]);
    });
  }
  await upsertProducts(db, [product('foreign', { title: 'Even foreign', vendor: 'Foreign' })], ['pos']);
});
afterAll(() => test.drop());

const filter = fc.oneof(
  fc
    .subarray(['Acme', 'Beta', "O'Neil \\ Söhne", 'Foreign'], { minLength: 1 })
    .map((values): Filter => ({ facet: 'VENDOR', values })),
  fc.subarray(['Top', 'Shoe'], { minLength: 1 }).map((values): Filter => ({ facet: 'PRODUCT_TYPE', values })),
  fc
    .subarray(['blue', 'warm', 'Größe', 'x', 'none'], { minLength: 1 })
    .map((values): Filter => ({ facet: 'TAG', values })),
  fc
    .subarray(['S', 'M', 'L'], { minLength: 1 })
    .map((values): Filter => ({ facet: 'OPTION', attribute: 'Size', values })),
  fc
    .subarray(['wool', 'cotton'], { minLength: 1 })
    .map((values): Filter => ({ facet: 'ATTRIBUTE', attribute: 'material', values })),
  fc
    .constantFrom('true', 'false')
    .map((value): Filter => ({ facet: 'ATTRIBUTE', attribute: 'waterproof', values: [value] })),
  fc.subarray(Object.values(categories), { minLength: 1 }).map((values): Filter => ({ facet: 'CATEGORY', values })),
  fc.integer({ min: 0, max: 4_000 }).map((from): Filter => ({ facet: 'PRICE', values: [], from, to: from + 1_500 })),
  fc.constant<Filter>({ facet: 'AVAILABILITY', values: ['IN_STOCK'] }),
);

describe('facets', () => {
  it('count each value under the filters of the other facets, as a plain model does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', 'even', 'thing'),
        fc.array(filter, { maxLength: 4 }),
        async (query, filters) => {
          const matching = models.filter((_, index) => query !== 'even' || index % 2 === 0);
          const wanted = expected(matching, filters);
          const { productSearch: found } = await ask(SEARCH, asGuest(), { query, filters });
          const counts = Object.fromEntries(
            found.facets.map((each: { facet: string; attribute: string | null; value: string; count: number }) => [
              `${each.facet} ${each.attribute ?? ''} ${each.value}`,
              each.count,
            ]),
          );
          expect(found.edges.map(({ node }: { node: { handle: string } }) => node.handle).toSorted()).toEqual(
            wanted.handles.toSorted(),
          );
          expect(found.totalCount).toBe(wanted.handles.length);
          expect(counts).toEqual(wanted.counts);
          expect(found.priceRange).toEqual(wanted.priceRange);
          expect(found.freshness.countsExact).toBe(true);
        },
      ),
      { seed: 42, numRuns: 60 },
    );
  });

  it('name what they count in the language of the list', async () => {
    const { productSearch } = await ask(SEARCH, asGuest(), { query: 'thing' });
    const labels = new Map(
      productSearch.facets.map((each: { value: string; label: string }) => [each.value, each.label]),
    );
    expect(
      ['wool', 'cotton', 'Top', categories.all, categories.tops, 'Acme'].map((value) => labels.get(value)),
    ).toEqual(['Wolle', 'cotton', 'Oberteil', 'Alles', 'Tops', 'Acme']);
    expect(JSON.stringify(productSearch.facets)).not.toMatch(/secret|hidden|Foreign/);
  });

  it('name the values of options as the product says that told last', async () => {
    const labelsIn = async (locale: string) => {
      const { productSearch } = await ask(
        'query S($locale: String!) { productSearch(query: "thing", locale: $locale) { facets { facet value label } } }',
        asGuest(),
        { locale },
      );
      return Object.fromEntries(
        productSearch.facets.flatMap(({ facet, value, label }: Record<string, string>) =>
          facet === 'OPTION' ? [[value, label]] : [],
        ),
      );
    };
    const translate = (handle: string, words: object) =>
      inTransaction(db, async (tx) => {
        await db.sql`update products.products set option_words = ${JSON.stringify(words)}::text::jsonb where handle = ${handle}`;
        const [row] = await db.sql<
          { id: string }[]
        >`select product_id as id from products.products where handle = ${handle}`;
        await refreshSearch(tx, [row!.id]);
      });
    expect(await labelsIn('de')).toEqual({ S: 'S', M: 'M', L: 'L' });
    await translate('m-1', { de: { S: 'klein', Size: 'Größe' }, fr: { S: 'petit', M: '' } });
    await translate('m-2', { de: { M: 'mittel', S: 'Klein' } });
    expect(await labelsIn('de-AT')).toEqual({ S: 'Klein', M: 'mittel', L: 'L' });
    expect(await labelsIn('fr')).toEqual({ S: 'petit', M: 'M', L: 'L' });
    expect(await labelsIn('en')).toEqual({ S: 'S', M: 'M', L: 'L' });
    await translate('m-1', {});
    await translate('m-2', {});
  });

  it('are counted without a page when nobody asks for one, also of what is only similar', async () => {
    const counted = async (query: string, more: string) => {
      const { productSearch } = await ask(
        `query S($query: String!) { productSearch(query: $query) { totalCount facets { value count } ${more} } }`,
        asGuest(),
        { query },
      );
      return { totalCount: productSearch.totalCount, facets: productSearch.facets };
    };
    for (const query of ['thing', 'thnig', 'nothing of this kind'])
      expect(await counted(query, '')).toEqual(await counted(query, 'edges { cursor }'));
    expect((await counted('thnig', '')).totalCount).toBe(models.length);
  });

  it('find by the values of searchable attributes, in every language', async () => {
    const { productSearch } = await ask(SEARCH, asGuest(), { query: 'wash' });
    expect(productSearch.totalCount).toBe(models.filter(({ values }) => values['ATTRIBUTE care']).length);
  });

  it('of a category leave out what all of its products are in', async () => {
    const { categoryByHandle } = await ask(
      '{ categoryByHandle(handle: "tops") { products(first: 1) { totalCount facets { facet value } } } }',
      asGuest(),
    );
    const { totalCount, facets } = categoryByHandle.products;
    expect(totalCount).toBe(models.filter(({ values }) => values['CATEGORY ']!.includes(categories.tops)).length);
    expect(
      facets.flatMap((each: { facet: string; value: string }) => (each.facet === 'CATEGORY' ? [each.value] : [])),
    ).toEqual([categories.shirts]);
  });
});

describe('a product type whose attributes change', () => {
  it('has its products counted by them when their documents are made anew', async () => {
    await db.sql`
      update products.product_types set attributes = (select jsonb_agg(case when d ->> 'code' = 'secret' then d || '{"isFilterable": true}' else d end) from jsonb_array_elements(attributes) as d)
      where name = 'Top'`;
    await inTransaction(db, (tx) => staleSearch(tx, { productType: 'Top' }));
    while (await fillSearch(db));
    const { productSearch } = await ask(SEARCH, asGuest(), { query: 'thing' });
    expect(productSearch.facets.find(({ value }: { value: string }) => value === 'hidden')).toMatchObject({
      facet: 'ATTRIBUTE',
      attribute: 'secret',
      count: models.filter(({ values }) => values['ATTRIBUTE care']).length,
    });
  });
});

describe('a list of more than 10,000', () => {
  it('is counted by a sample and says so, while what narrows it to few is counted', async () => {
    await db.sql`
      insert into products.products (product_id, handle, title, title_key, description_html, vendor, tags, option_names, version, created_at, updated_at)
      select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'bulk-' || n, 'Bulk', 'bulk', '', case when n <= 30 then 'Rare' else 'Common' end, '{}', '{}', 1, now(), now() from generate_series(1, 16000) n`;
    await db.sql`insert into products.publications (channel_code, product_id, published_at) select 'pos', product_id, now() from products.products where handle like 'bulk-%'`;
    const rows = await db.sql<
      { id: string }[]
    >`select product_id as id from products.products where handle like 'bulk-%'`;
    for (let at = 0; at < rows.length; at += 4_000)
      await inTransaction(db, (tx) =>
        refreshSearch(
          tx,
          rows.slice(at, at + 4_000).map(({ id }) => id),
        ),
      );
    for (const query of ['', 'bulk']) {
      const { productSearch: all } = await ask(SEARCH, asGuest('pos'), { query });
      // Others that the channel shows may be in the sample, each for sixteen.
      expect([all.totalCount >= 16_000, all.totalCount % 16, all.freshness.countsExact]).toEqual([true, 0, false]);
      expect(all.totalCount).toBeLessThan(16_500);
      expect(all.facets.find(({ value }: { value: string }) => value === 'Common')).toMatchObject({
        isApproximate: true,
      });
      const filters = [{ facet: 'VENDOR', values: ['Rare'] }];
      const { productSearch: few } = await ask(SEARCH, asGuest('pos'), { query, filters });
      expect([few.totalCount, few.freshness.countsExact, few.edges.length]).toEqual([30, true, 30]);
    }
  });
});
