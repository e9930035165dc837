import type { QueryResolvers } from '../generated/schema.ts';
import { ByBarcodeDocument, ProductScreenDocument } from '../generated/upstream.ts';
import { productScreen } from '../views/product-screen.ts';
import { scannedVariant } from '../views/scanned-variant.ts';

export const Query: QueryResolvers = {
  async productScreen(_, { id }, ctx) {
    const { product } = await ctx.upstream(ProductScreenDocument, { id });
    return product && productScreen(product);
  },
  byBarcode: async (_, { code }, ctx) =>
    (await ctx.upstream(ByBarcodeDocument, { code })).variantsByBarcode.map(scannedVariant),
};
