import type { ByBarcodeQuery } from '../generated/upstream.ts';

/** A variant that was found by its code, with its product's name beside it. */
export const scannedVariant = ({ product, ...variant }: ByBarcodeQuery['variantsByBarcode'][number]) => ({
  ...variant,
  productId: product.id,
  productTitle: product.title,
});
