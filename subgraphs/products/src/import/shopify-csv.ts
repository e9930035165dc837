import type { Readable } from 'node:stream';
import { cleanLine } from '../domain/text.ts';
import { readTable, type TableFormat, type TableHeader } from './delimited-rows.ts';
import { ImportFault, type ImportItem, type ImportReading } from './import-item.ts';
import { fileNotes, groupProducts } from './product-groups.ts';
import { unknownShopifyColumns } from './shopify-columns.ts';
import { readShopifyProduct, type FileMemory } from './shopify-product.ts';

const FORMAT: TableFormat = {
  delimiter: ',',
  complaint: 'this is not a Shopify product export',
  advice: 'Export the products as CSV again, with commas between the columns.',
  needed: ['Handle', 'Title', 'Option1 Name', 'Option1 Value', 'Variant Price'],
  columnOf: (name) => cleanLine(name).toLowerCase(),
  looseQuotes: false,
};
const NO_HANDLE = { column: 'Handle', reason: 'The row has no handle.' };

/**
 * Reads a Shopify product export row by row and gives its products in the order of the file. Columns that are not taken are named once, on
 * line 1.
 * @throws ImportFault (from the items) for a file that is empty, is another kind of file, or is broken: products before that line were given already
 */
export function readShopifyCsv(stream: Readable): ImportReading {
  let header: TableHeader = { names: [], has: () => false };
  const rows = readTable(stream, FORMAT, (read) => {
    header = read;
  });
  const memory: FileMemory = { skuLines: new Map(), has: (column) => header.has(column) };
  return { items: items(), header: () => header.names };

  async function* items(): AsyncGenerator<ImportItem> {
    let isFirst = true;
    const products = groupProducts(
      rows,
      (row) => row.cell('Handle').toLowerCase() || null,
      NO_HANDLE,
      (handle, group) => readShopifyProduct(handle, group, memory),
    );
    for await (const item of products) {
      const unknown = isFirst ? unknownShopifyColumns(header.names) : [];
      isFirst = false;
      if (unknown.length > 0) yield fileNotes(unknown.map(noteOn));
      yield item;
    }
    if (isFirst) throw new ImportFault(1, 'there is no product in the file.');
  }
}

const noteOn = (column: string) => ({ line: 1, column, reason: 'The column is not taken.' });
