import type { CatalogueWriter, ExportProduct } from './export-product.ts';

/** Writes one JSON object a line: each product with all that it is, and behind all of them what leads from one to another. */
export const jsonLinesWriter: CatalogueWriter = {
  header: () => '',
  write: (product) => ({ text: `${JSON.stringify(lineOf(product))}\n`, losses: [] }),
  writeLater({ document: { handle, relations, bundles } }) {
    const isLinked = (relations?.length ?? 0) > 0 || (bundles?.length ?? 0) > 0;
    return isLinked ? `${JSON.stringify({ handle, relations, bundles })}\n` : '';
  },
};

function lineOf({ document, currency, variants }: ExportProduct): object {
  const { handle, relations: _, bundles: __, variants: rows, ...content } = document;
  return {
    handle,
    currency,
    ...content,
    variants: rows.map((row, index) => {
      const { price, compareAt, quantity, continueSelling } = variants[index]!;
      return { ...row, price, compareAtPrice: compareAt, quantity, continueSelling };
    }),
  };
}
