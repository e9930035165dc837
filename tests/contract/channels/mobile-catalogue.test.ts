import { ask, post } from '@kontor/testkit/src/graph-client.ts';
import { afterEach, describe, expect, it } from 'vitest';
import { createApp } from '../../../bffs/mobile/src/app.ts';
import { product, products, startChannel, variant, type Channel } from './channel.ts';

let mobile: Channel;
afterEach(() => mobile.stop());
const start = async (root: Record<string, unknown>) => (mobile = await startChannel('mobile', createApp, root));
const variablesOf = (call: number) => mobile.router.calls[call]!.request.variables;
const eur = (minorUnits: number) => ({ gross: { minorUnits, currency: 'EUR' } });
const localised = { title: ({ locale }: { locale?: string }) => `Parka in ${locale ?? 'our language'}` };

describe('a feed', () => {
  const CARDS = 'edges { node { id title image { url } lowestPrice { gross { minorUnits currency } } isInStock } }';

  it('is narrowed, sorted and named as the shared graph does it, in one operation', async () => {
    const asked: unknown[] = [];
    const cheap = variant('v2', { price: { ...variant('v2').price, ...eur(990) } });
    const found = products(product({ ...localised, variants: [variant('v1'), cheap] }));
    await start({ productSearch: (args: unknown) => (asked.push(args), found) });
    const filters = [
      { facet: 'PRICE', from: 100, to: 20_000 },
      { facet: 'ATTRIBUTE', attribute: 'material', values: ['wool'] },
    ];
    const query = `query ($filters: [FacetFilter!]) {
      feed(query: "parka", first: 5, after: "c", filters: $filters, sort: PRICE_ASC, locale: "de", currency: "EUR") {
        ${CARDS} totalCount facets { facet label count } priceRange { minMinor maxMinor } freshness { asOf pricesExact }
      }
    }`;
    expect(await ask(mobile.url, query, { filters })).toEqual({
      feed: {
        edges: [
          {
            node: {
              ...{ id: 'p1', title: 'Parka in de', image: { url: 'https://images.example/1.jpg' } },
              ...{ lowestPrice: eur(990), isInStock: true },
            },
          },
        ],
        totalCount: 1,
        facets: [{ facet: 'VENDOR', label: 'Oberland', count: 1 }],
        priceRange: { minMinor: 1_990, maxMinor: 11_900 },
        freshness: { asOf: '2026-01-31T12:00:00.000Z', pricesExact: true },
      },
    });
    expect(asked).toEqual([
      {
        ...{ query: 'parka', first: 5, after: 'c', sort: 'PRICE_ASC', locale: 'de', currency: 'EUR' },
        filters: [
          { facet: 'PRICE', from: 100, to: 20_000, values: [] },
          { facet: 'ATTRIBUTE', attribute: 'material', values: ['wool'] },
        ],
      },
    ]);
    expect(mobile.router.calls).toHaveLength(1);
  });

  it('lists everything when nothing is searched for, and fetches nothing that is not read', async () => {
    await start({ productSearch: products(product()) });
    expect(await ask(mobile.url, '{ feed { edges { node { title } } } }')).toEqual({
      feed: { edges: [{ node: { title: 'Parka' } }] },
    });
    await ask(mobile.url, '{ feed { edges { node { isInStock } } } }');
    const nothing = {
      ...{ query: '', cardImages: false, cardVariants: false, cardPrices: false, cardStock: false, totalCount: false },
      ...{ facets: false, priceRange: false, freshness: false, asOf: false, countsExact: false },
    };
    expect(variablesOf(0)).toEqual(nothing);
    expect(variablesOf(1)).toEqual({ ...nothing, cardVariants: true, cardStock: true });
  });
});

it('suggests titles with the products that they open', async () => {
  await start({ searchSuggestions: [{ text: 'Parka', product: product() }] });
  const query = '{ searchSuggestions(query: "pa", locale: "de", first: 3) { text product { id handle title } } }';
  expect(await ask(mobile.url, query)).toEqual({
    searchSuggestions: [{ text: 'Parka', product: { id: 'p1', handle: 'parka', title: 'Parka' } }],
  });
  expect(variablesOf(0)).toEqual({ query: 'pa', locale: 'de', first: 3 });
});

it('shows a screen in a language, with attributes and what else to look at, in one operation', async () => {
  const recommended = product({ ...localised, id: 'p2', variants: [variant('v2', { availability: null })] });
  await start({
    product: product({
      ...localised,
      media: [
        { url: 'sizes.png', altText: null, role: 'SIZE_CHART' },
        { url: 'a.jpg', altText: null, role: 'GALLERY' },
      ],
      attributes: [{ code: 'material', label: 'Material', kind: 'ENUM', text: 'Wolle', value: 'wool' }],
      recommendations: [{ reason: 'BOUGHT_TOGETHER', product: recommended }],
    }),
  });
  const query = `{ productScreen(id: "p1", locale: "de") { title images { url } attributes { code label text }
    recommendations { reason product { id title isInStock } } } }`;
  expect(await ask(mobile.url, query)).toEqual({
    productScreen: {
      title: 'Parka in de',
      images: [{ url: 'a.jpg' }],
      attributes: [{ code: 'material', label: 'Material', text: 'Wolle' }],
      recommendations: [{ reason: 'BOUGHT_TOGETHER', product: { id: 'p2', title: 'Parka in de', isInStock: null } }],
    },
  });
  expect(mobile.router.calls).toHaveLength(1);
  await ask(mobile.url, '{ productScreen(id: "p1") { title } }');
  expect(variablesOf(1)).toEqual({
    ...{ id: 'p1', attributes: false, recommendations: false },
    ...{ cardImages: false, cardVariants: false, cardPrices: false, cardStock: false },
  });
});

describe('the changes of the catalogue', () => {
  const CHANGES = `query ($since: String, $locale: String) { catalogueChanges(since: $since, first: 2, locale: $locale) {
    changes { productId changedAt isRemoved product { title categoryIds images { url } variants { id sku barcode } } } endCursor hasMore } }`;
  const at = '2026-01-31T12:00:00.000Z';
  const page = (changed: unknown) => ({
    changes: [
      { productId: 'p1', changedAt: at, product: changed },
      { productId: 'p2', changedAt: at, product: null },
    ],
    endCursor: 'cursor-2',
    hasMore: true,
  });

  it('tell products as they are now, and with a tombstone what is gone', async () => {
    await start({ productChanges: page(product({ ...localised, categories: [{ id: 'c2' }, { id: 'c1' }] })) });
    expect(await ask(mobile.url, CHANGES, { since: 'cursor-1', locale: 'de' })).toEqual({
      catalogueChanges: {
        changes: [
          {
            ...{ productId: 'p1', changedAt: at, isRemoved: false },
            product: {
              title: 'Parka in de',
              categoryIds: ['c2', 'c1'],
              images: [{ url: 'https://images.example/1.jpg' }],
              variants: [{ id: 'v1', sku: 'SKU-v1', barcode: '9520012030013' }],
            },
          },
          { productId: 'p2', changedAt: at, isRemoved: true, product: null },
        ],
        endCursor: 'cursor-2',
        hasMore: true,
      },
    });
    expect(variablesOf(0)).toEqual({
      ...{ since: 'cursor-1', first: 2, locale: 'de', categories: true, images: true, variants: true },
    });
    await ask(mobile.url, '{ catalogueChanges { changes { productId isRemoved } } }');
    expect(variablesOf(1)).toEqual({ categories: false, images: false, variants: false });
  });

  it('are refused as a whole when a product could not be read, which would look like one that is gone', async () => {
    const broken = () => {
      throw new Error('the catalogue lost it');
    };
    await start({ productChanges: page(product({ variants: broken })) });
    const { body } = await post(mobile.url, CHANGES);
    expect(body.data ?? null).toBeNull();
    expect(body.errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
  });
});
