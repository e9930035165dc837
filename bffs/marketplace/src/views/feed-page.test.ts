import { describe, expect, it } from 'vitest';
import type { FeedQuery } from '../generated/upstream.ts';
import { feedPage } from './feed-page.ts';

type Product = FeedQuery['productListing']['edges'][number]['node'];

const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
const variant = (id: string, barcode: string | null = null): Product['variants'][number] => ({
  id,
  title: id,
  sku: null,
  barcode,
  image: null,
  price: null,
  availability: null,
});
const product = (variants: Product['variants']): Product => ({
  id: 'p1',
  handle: 'parka',
  title: 'Parka',
  vendor: 'Oberland',
  seo: { description: 'Warm.' },
  variants,
});
const itemsOf = (...variants: Product['variants']) =>
  feedPage({ edges: [{ node: product(variants) }], pageInfo }).items;

describe('a feed item', () => {
  it('is made for every variant and grouped by its product', () => {
    expect(
      itemsOf(variant('M'), variant('L')).map(({ id, itemGroupId, title, link, description, brand }) => ({
        id,
        itemGroupId,
        title,
        link,
        description,
        brand,
      })),
    ).toEqual([
      {
        id: 'M',
        itemGroupId: 'p1',
        title: 'Parka – M',
        link: '/products/parka',
        description: 'Warm.',
        brand: 'Oberland',
      },
      {
        id: 'L',
        itemGroupId: 'p1',
        title: 'Parka – L',
        link: '/products/parka',
        description: 'Warm.',
        brand: 'Oberland',
      },
    ]);
  });

  it('has the product’s own name when it is the only variant', () =>
    expect(itemsOf(variant('Default'))[0]!.title).toBe('Parka'));

  it.each([
    ['96385074', '96385074'],
    ['036000291452', '036000291452'],
    ['9520012030013', '9520012030013'],
    ['19520012030010', '19520012030010'],
    ['952001203', null],
    ['SHELF-12345678', null],
    [null, null],
  ])('takes the barcode %s as GTIN %s', (barcode, gtin) => expect(itemsOf(variant('M', barcode))[0]!.gtin).toBe(gtin));
});
