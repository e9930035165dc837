import { Readable } from 'node:stream';
import type { CatalogueFormat, ImportProduct } from '../import/import-item.ts';
import { readCatalogue } from '../import/read-catalogue.ts';
import type { CatalogueWriter, ExportProduct } from './export-product.ts';
import { googleWriter } from './write-google.ts';
import { jsonLinesWriter } from './write-json-lines.ts';
import { shopifyWriter } from './write-shopify.ts';

/** Where pages of products are when nobody says it: the handle is read from the path. */
export const DEFAULT_PAGES = 'https://shop.example/products/';

/** How a catalogue is written in one of the formats. @param pages where the pages of products are, for feeds that link to them. */
export function catalogueWriter(format: CatalogueFormat, pages: string = DEFAULT_PAGES): CatalogueWriter {
  if (format === 'google') return googleWriter(pages);
  return format === 'shopify' ? shopifyWriter : jsonLinesWriter;
}

/**
 * What a format carries of products, by handle: written and read back. Those of which it carries nothing are missing; null for a format that carries
 * everything.
 */
export async function carriedBy(
  format: CatalogueFormat,
  products: readonly ExportProduct[],
): Promise<Map<string, ImportProduct> | null> {
  if (format === 'jsonl') return null;
  const carried = new Map<string, ImportProduct>();
  if (products.length === 0) return carried;
  const writer = catalogueWriter(format);
  const text = products.map((product) => writer.write(format === 'google' ? shown(product) : product).text);
  for await (const { product } of readCatalogue(format, Readable.from([writer.header(), ...text])).items)
    if (product !== null) carried.set(product.document.handle, product);
  return carried;
}

/** As if it were published: feeds have no other products. */
const shown = (product: ExportProduct): ExportProduct => ({
  ...product,
  isPublished: true,
  document: { ...product.document, status: 'ACTIVE' },
});
