import type { FoundVariantFragment, LookupQuery } from '../generated/upstream.ts';

/** What a code found: barcodes first, each variant once, since many merchants print the SKU as the barcode. */
export function lookupMatches({ variantsByBarcode, variantsBySku }: LookupQuery) {
  const scanned = new Set(variantsByBarcode.map(({ id }) => id));
  return [
    ...variantsByBarcode.map((variant) => matchOf(variant, 'BARCODE')),
    ...variantsBySku.filter(({ id }) => !scanned.has(id)).map((variant) => matchOf(variant, 'SKU')),
  ];
}

const matchOf = ({ product, ...variant }: FoundVariantFragment, matchedBy: 'BARCODE' | 'SKU') => ({
  ...variant,
  productTitle: product.title,
  matchedBy,
});
