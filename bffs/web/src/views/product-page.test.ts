import { describe, expect, it } from 'vitest';
import { breadcrumbsOf } from './breadcrumbs.ts';
import { categoryPageTags, collectionPageTags, productListTags, productPageTags } from './cache-tags.ts';
import { productJsonLd } from './json-ld.ts';
import { isPicture, mediaOf } from './pictures.ts';
import { productSeo } from './seo.ts';
import { sitemapPage } from './sitemap.ts';
import type { ProductCardSource, ProductListSource, ProductPageSource } from './sources.ts';

type Variant = ProductPageSource['variants'][number];

const eur = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });
const priceOf = (minorUnits: number, code = 'base-eur'): Variant['price'] => ({
  net: eur(minorUnits),
  gross: eur(minorUnits),
  tax: eur(0),
  compareAt: null,
  priceList: { code },
});
const availabilityOf = (variantId: string, status: 'IN_STOCK' | 'LOW' | 'OUT'): Variant['availability'] => ({
  variantId,
  status,
  sellableQuantity: 42,
  version: 3,
  asOf: '2026-01-31T12:00:00.000Z',
});
const variant = (id: string, changes: Partial<Variant> = {}): Variant => ({
  id,
  title: 'M / Navy',
  sku: `SKU-${id}`,
  barcode: null,
  selectedOptions: [],
  image: null,
  price: priceOf(1990),
  availability: availabilityOf(id, 'IN_STOCK'),
  ...changes,
});
const product = (changes: Partial<ProductPageSource> = {}): ProductPageSource => ({
  id: 'p1',
  handle: 'café-parka',
  title: 'Café Parka',
  descriptionHtml: '<p>Warm.</p>',
  vendor: 'Oberland',
  productType: 'Jacket',
  tags: [],
  media: [{ url: 'https://images.example/1.jpg', altText: null, role: 'GALLERY' }],
  options: [],
  collections: [{ id: 'c1', handle: 'new', title: 'New' }],
  seo: { title: 'Café Parka', description: 'Warm.' },
  variants: [variant('v1')],
  ...changes,
});
const category = (id: string) => ({ id, handle: id, name: id });
const card = (id: string, variants: Variant[]): ProductCardSource => ({
  id,
  handle: id,
  title: id,
  vendor: null,
  variants,
});
const list = (...nodes: ProductCardSource[]): ProductListSource => ({
  edges: nodes.map((node) => ({ cursor: node.id, node })),
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
});

describe('JSON-LD', () => {
  const read = (source: ProductPageSource) => JSON.parse(productJsonLd(source)) as Record<string, unknown>;

  it('is a schema.org product with an offer per priced variant and no counts', () => {
    const text = productJsonLd(
      product({
        variants: [
          variant('v1', { barcode: '9520012030013' }),
          variant('v2', { price: null }),
          variant('v3', { price: priceOf(5), availability: null, sku: null }),
        ],
      }),
    );
    expect(JSON.parse(text)).toEqual({
      '@context': 'https://schema.org',
      '@type': 'Product',
      name: 'Café Parka',
      description: 'Warm.',
      url: '/products/caf%C3%A9-parka',
      image: ['https://images.example/1.jpg'],
      brand: { '@type': 'Brand', name: 'Oberland' },
      category: 'Jacket',
      offers: [
        {
          '@type': 'Offer',
          name: 'M / Navy',
          url: '/products/caf%C3%A9-parka',
          price: '19.90',
          priceCurrency: 'EUR',
          sku: 'SKU-v1',
          gtin: '9520012030013',
          availability: 'https://schema.org/InStock',
        },
        { '@type': 'Offer', name: 'M / Navy', url: '/products/caf%C3%A9-parka', price: '0.05', priceCurrency: 'EUR' },
      ],
    });
    expect(text).not.toContain('42');
  });

  it.each([
    ['IN_STOCK', 'https://schema.org/InStock'],
    ['LOW', 'https://schema.org/LimitedAvailability'],
    ['OUT', 'https://schema.org/OutOfStock'],
  ] as const)('says %s as %s', (status, word) => {
    expect(read(product({ variants: [variant('v1', { availability: availabilityOf('v1', status) })] }))).toMatchObject({
      offers: [{ availability: word }],
    });
  });

  it('leaves out what is not known, and codes that are no GTIN', () => {
    const bare = read(
      product({ media: [], vendor: null, productType: null, variants: [variant('v1', { price: null })] }),
    );
    expect(Object.keys(bare).sort()).toEqual(['@context', '@type', 'description', 'name', 'url']);
    expect(read(product({ variants: [variant('v1', { barcode: 'ABC-12345678' })] })).offers).not.toMatchObject([
      { gtin: expect.anything() },
    ]);
  });

  it('shows pictures of the product and of its use alone', () => {
    const media = (['MANUAL', 'LIFESTYLE', 'VIDEO', 'GALLERY'] as const).map((role) => ({
      url: `https://images.example/${role}`,
      altText: null,
      role,
    }));
    expect(read(product({ media })).image).toEqual([
      'https://images.example/LIFESTYLE',
      'https://images.example/GALLERY',
    ]);
    expect(read(product({ media: media.slice(0, 1) }))).not.toHaveProperty('image');
  });

  it('cannot end the script element that it stands in', () => {
    const text = productJsonLd(product({ title: '</script><script>alert(1)</script><!--' }));
    expect(text).not.toContain('<');
    expect(JSON.parse(text)).toMatchObject({ name: '</script><script>alert(1)</script><!--' });
  });
});

describe('cache tags', () => {
  it('of a product page name the product, its type, its collections and the price lists that priced it, each once', () => {
    const variants = [
      variant('v1'),
      variant('v2'),
      variant('v3', { price: priceOf(1, 'web-eur') }),
      variant('v4', { price: null }),
    ];
    expect(productPageTags(product({ variants }))).toEqual([
      'product:p1',
      'product-type:Jacket',
      'collection:c1',
      'prices:base-eur',
      'prices:web-eur',
    ]);
  });

  it('of a product page name the categories and related products that were read, and what these cost', () => {
    const related = { id: 'p2', handle: 'p2', title: 'p2', vendor: null };
    const page = product({
      productType: null,
      category: { ...category('leaf'), ancestors: [category('root')] },
      accessories: [{ ...related, variants: [variant('v2', { price: priceOf(1, 'sale-eur') })] }],
      crossSells: [related],
      successors: [{ ...related, id: 'p3' }],
      recommendations: [{ reason: 'RELATED', product: { ...related, id: 'p4' } }],
    });
    expect(productPageTags(page)).toEqual([
      'product:p1',
      'collection:c1',
      'category:root',
      'category:leaf',
      'product:p2',
      'product:p3',
      'product:p4',
      'prices:base-eur',
      'prices:sale-eur',
    ]);
  });

  it('of a category name it, the categories above and below that were read, its products and what facets are named after', () => {
    const count = { attribute: null, label: '', count: 1, isApproximate: false };
    const products = {
      ...list(card('p1', [variant('v1')])),
      facets: [
        { ...count, facet: 'CATEGORY' as const, value: 'leaf' },
        { ...count, facet: 'PRODUCT_TYPE' as const, value: 'Jacket' },
        { ...count, facet: 'VENDOR' as const, value: 'Oberland' },
      ],
    };
    const page = { ...category('middle'), ancestors: [category('root')], children: [category('leaf')] };
    expect(categoryPageTags({ ...page, products })).toEqual([
      'category:middle',
      'category:root',
      'category:leaf',
      'product:p1',
      'prices:base-eur',
      'product-type:Jacket',
    ]);
    expect(categoryPageTags(category('middle'))).toEqual(['category:middle']);
  });

  it('of lists name every product of the page, and the collection first', () => {
    const products = list(card('p1', [variant('v1')]), card('p2', [variant('v2')]));
    expect(productListTags(products)).toEqual(['product:p1', 'product:p2', 'prices:base-eur']);
    expect(collectionPageTags({ id: 'c9', handle: 'c', title: 'C', descriptionHtml: '', products })).toEqual([
      'collection:c9',
      'product:p1',
      'product:p2',
      'prices:base-eur',
    ]);
  });
});

it('leads from the root to the main category, and nowhere without one', () => {
  const leaf = { ...category('leaf'), ancestors: [category('root'), category('middle')] };
  expect(breadcrumbsOf({ category: leaf }).map(({ id }) => id)).toEqual(['root', 'middle', 'leaf']);
  expect([breadcrumbsOf({ category: null }), breadcrumbsOf({})]).toEqual([[], []]);
});

it('tells media apart by what they are for', () => {
  const media = (['GALLERY', 'SWATCH', 'LIFESTYLE', 'SIZE_CHART', 'MANUAL', 'VIDEO'] as const).map((role) => ({
    url: role,
    altText: null,
    role,
  }));
  expect(media.filter(isPicture).map(({ url }) => url)).toEqual(['GALLERY', 'LIFESTYLE']);
  expect(mediaOf(media, null)).toEqual(media);
  expect(mediaOf(media, 'MANUAL')).toEqual([{ url: 'MANUAL', altText: null, role: 'MANUAL' }]);
});

it('gives a page one canonical path, encoded', () => {
  expect(productSeo(product())).toEqual({
    title: 'Café Parka',
    description: 'Warm.',
    canonicalPath: '/products/caf%C3%A9-parka',
  });
});

it('makes a site map of paths and times', () => {
  const pageInfo = { hasNextPage: true, hasPreviousPage: false, startCursor: 'a', endCursor: 'b' };
  expect(
    sitemapPage({ edges: [{ node: { handle: 'tent', updatedAt: '2026-01-31T12:00:00.000Z' } }], pageInfo }),
  ).toEqual({ entries: [{ path: '/products/tent', lastModified: '2026-01-31T12:00:00.000Z' }], pageInfo });
});
