import { expect, it } from 'vitest';
import type { FoundVariantFragment } from '../generated/upstream.ts';
import { lookupMatches } from './lookup.ts';

const found = (id: string): FoundVariantFragment => ({
  id,
  title: id,
  sku: null,
  barcode: null,
  image: null,
  product: { title: `product of ${id}` },
  price: null,
  availability: null,
});

it('lists barcodes before SKUs and a variant once when both are the code', () => {
  const matches = lookupMatches({
    variantsByBarcode: [found('a'), found('b')],
    variantsBySku: [found('b'), found('c')],
  });
  expect(matches.map(({ id, matchedBy, productTitle }) => [id, matchedBy, productTitle])).toEqual([
    ['a', 'BARCODE', 'product of a'],
    ['b', 'BARCODE', 'product of b'],
    ['c', 'SKU', 'product of c'],
  ]);
});

it('finds nothing for a code that nobody carries', () =>
  expect(lookupMatches({ variantsByBarcode: [], variantsBySku: [] })).toEqual([]));
