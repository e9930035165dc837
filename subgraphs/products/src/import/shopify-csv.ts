import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { CsvFault, type CsvProduct, type CsvRejection } from './csv-product.ts';
import { readShopifyProduct, type FileMemory } from './shopify-product.ts';
import { readHeader, type ShopifyRow } from './shopify-row.ts';
import { readText } from './text-stream.ts';

export type { CsvProduct, CsvRejection } from './csv-product.ts';

/** Of one row; a quote that is never closed would otherwise take the rest of the file into memory. */
const MAX_ROW_CHARACTERS = 1_000_000;
/** Rows of one product: 250 variants and 250 images, and room for what is rejected. */
const MAX_ROWS_OF_PRODUCT = 2_000;

/**
 * Reads a Shopify product export row by row and gives its products in the order of the file, each as soon as its last row was read.
 * Rows of a product stand together; rows of a handle that comes again later are rejected, for the product is out already.
 * @throws CsvFault for a file that is empty, is another kind of file, or is broken: products before that line were given already
 */
export async function* readShopifyCsv(stream: Readable): AsyncGenerator<CsvProduct | CsvRejection> {
  const memory: FileMemory = { skuLines: new Map() };
  const firstLines = new Map<string, number>();
  let rows: ShopifyRow[] = [];
  let current: string | null = null;
  for await (const row of readRows(stream)) {
    const handle = row.cell('Handle').toLowerCase();
    if (handle === '') {
      yield rejected(row.line, null, 'The row has no handle.');
      continue;
    }
    if (handle !== current) {
      if (current !== null && rows.length > 0) yield* readShopifyProduct(current, rows, memory);
      current = handle;
      rows = [];
      if (!firstLines.has(handle)) firstLines.set(handle, row.line);
    }
    if (rows.length === 0 && firstLines.get(handle) !== row.line) {
      yield rejected(
        row.line,
        handle,
        `The rows of this product began on line ${firstLines.get(handle)} and were interrupted: move this row to them.`,
      );
      continue;
    }
    if (rows.length === MAX_ROWS_OF_PRODUCT) {
      yield rejected(row.line, handle, `A product has at most ${MAX_ROWS_OF_PRODUCT} rows.`);
      continue;
    }
    rows.push(row);
  }
  if (current === null) throw new CsvFault(1, 'there is no product in the file.');
  if (rows.length > 0) yield* readShopifyProduct(current, rows, memory);
}

const rejected = (line: number, handle: string | null, reason: string): CsvRejection => ({
  kind: 'rejection',
  line,
  column: 'Handle',
  handle,
  reason,
});

/** The rows under the header. All rows before a fault are given before it is thrown. */
async function* readRows(stream: Readable): AsyncGenerator<ShopifyRow> {
  let ready: { readonly record: string[]; readonly line: number }[] = [];
  let lastLine = 0;
  let toRow: ReturnType<typeof readHeader> | null = null;
  // Records are taken as they are made: the parser's own buffer would be lost with an error behind them.
  const parser = parse({
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_CHARACTERS,
    on_record: (record: string[], { lines }) => {
      ready.push({ record, line: beginning(record, lines) });
      lastLine = lines;
      return null;
    },
  });
  parser.on('error', () => undefined).resume();
  const parsed = (feed: (done: (error?: Error | null) => void) => void) =>
    new Promise<Error | null>((resolve) => feed((error) => resolve(error ?? null)));
  const take = function* (fault: Error | null) {
    const rows = ready;
    ready = [];
    for (const { record, line } of rows) {
      if (toRow === null) toRow = readHeader(record);
      else yield toRow(record, line);
    }
    if (fault) throw fault instanceof CsvError ? faultOf(fault, lastLine + 1) : fault;
  };
  for await (const text of readText(stream)) yield* take(await parsed((done) => parser.write(text, done)));
  yield* take(await parsed((done) => parser.end(done)));
  if (toRow === null) throw new CsvFault(1, 'the file is empty.');
}

/** The line on which a row begins, from the one on which it ends: its cells hold the line breaks in between. */
const beginning = (record: readonly string[], lastLine: number): number =>
  lastLine - record.reduce((breaks, cell) => breaks + cell.split('\n').length - 1, 0);

/** @param rowLine where the row begins that could not be read. */
function faultOf(error: CsvError, rowLine: number): CsvFault {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new CsvFault(
        rowLine,
        'a quote is opened in this row and never closed. Write a quote inside a quoted cell twice.',
      );
    case 'CSV_MAX_RECORD_SIZE':
      return new CsvFault(
        rowLine,
        `the row has more than ${MAX_ROW_CHARACTERS} characters: most likely a quote in it is not closed.`,
      );
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return new CsvFault(
        Number((error as unknown as { lines?: unknown }).lines ?? rowLine),
        'a quote stands where none may: put the whole cell into quotes and write each quote inside it twice.',
      );
    default:
      return new CsvFault(rowLine, error.message);
  }
}
