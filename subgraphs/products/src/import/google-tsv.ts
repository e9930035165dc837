import type { Readable } from 'node:stream';
import { isHandle } from '../domain/editing/accept-line.ts';
import { readTable, type TableFormat, type TableHeader, type TableRow } from './delimited-rows.ts';
import { googleColumn, unknownGoogleColumns } from './google-columns.ts';
import { readGoogleProduct } from './google-product.ts';
import { ImportFault, type ImportItem, type ImportNote, type ImportReading } from './import-item.ts';
import { fileNotes, groupProducts } from './product-groups.ts';

const FORMAT: TableFormat = {
  delimiter: '\t',
  complaint: 'this is not a product feed of Google Merchant',
  advice: 'Write the feed as text with tabs between the columns.',
  needed: ['id', 'title', 'price'],
  columnOf: googleColumn,
  looseQuotes: true,
};
const NO_HANDLE = {
  column: 'id',
  reason: 'The row has neither an id, nor an item_group_id, nor a link to name the product by.',
};

/**
 * Reads a product feed of Google Merchant, tab-separated: a row is a variant, rows with one `item_group_id` that stand together are a product.
 * @throws ImportFault (from the items) for a file that is empty, is another kind of file, or is broken
 */
export function readGoogleTsv(stream: Readable): ImportReading {
  let header: TableHeader = { names: [], has: () => false };
  const rows = readTable(stream, FORMAT, (read) => {
    header = read;
  });
  return { items: items(), header: () => header.names };

  async function* items(): AsyncGenerator<ImportItem> {
    let isFirst = true;
    const products = groupProducts(rows, handleOf, NO_HANDLE, (handle, group) =>
      readGoogleProduct(handle, group, (column) => header.has(column)),
    );
    for await (const item of products) {
      const notes = isFirst ? notesOn(header) : [];
      isFirst = false;
      if (notes.length > 0) yield fileNotes(notes);
      yield item;
    }
    if (isFirst) throw new ImportFault(1, 'there is no product in the file.');
  }
}

function notesOn(header: TableHeader): ImportNote[] {
  const notes = unknownGoogleColumns(header.names).map((column): ImportNote => ({
    line: 1,
    column,
    reason: 'The column is not taken.',
  }));
  if (!header.has('quantity'))
    notes.push({
      line: 1,
      column: null,
      reason: 'The file has no column "quantity": what is out of stock is set to 0, other quantities stay as they are.',
    });
  return notes;
}

/** The handle by which a product is known: of its page, else made of the group's or its own id. */
function handleOf(row: TableRow): string | null {
  const page = /\/products\/([^/?#]+)/.exec(row.cell('link'))?.[1];
  const named = page === undefined ? '' : decode(page).toLowerCase();
  if (isHandle(named)) return named;
  return asHandle(row.cell('item_group_id')) ?? asHandle(row.cell('id'));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A text as a handle; null when nothing of it can be one. */
function asHandle(text: string): string | null {
  const handle = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_.-]+/gu, '-')
    .replace(/^[^\p{L}\p{N}]+|-+$/gu, '')
    .slice(0, 255);
  return isHandle(handle) ? handle : null;
}
