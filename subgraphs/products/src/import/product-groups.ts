import type { ImportItem, ImportNote, ImportProduct, ImportRejection, SourceRow } from './import-item.ts';

/** Rows of one product: 250 variants and 250 images, and room for what is rejected. */
const MAX_ROWS_OF_PRODUCT = 2_000;

/** What a reader of one product's rows came to. */
export interface GroupReading {
  readonly product: ImportProduct | null;
  readonly notes: readonly ImportNote[];
  readonly rejections: readonly ImportRejection[];
}

/**
 * Gives the products of a table, each as soon as its last row was read. Rows of a product stand together; rows of a handle that comes again
 * later are rejected, for the product is out already.
 * @param handleOf of a row; null when it has none, and `complaint` says so.
 */
export async function* groupProducts<Row extends SourceRow>(
  rows: AsyncIterable<Row>,
  handleOf: (row: Row) => string | null,
  complaint: { readonly column: string; readonly reason: string },
  readProduct: (handle: string, rows: readonly Row[]) => GroupReading,
): AsyncGenerator<ImportItem> {
  const firstLines = new Map<string, number>();
  let group: Row[] = [];
  /** Rows without a handle among the rows of a product, most likely its own. */
  let strays: Row[] = [];
  let current: string | null = null;
  const finished = function* (): Generator<ImportItem> {
    if (current !== null && group.length > 0)
      yield toItem(current, readProduct(current, group), group, strays, complaint);
    group = [];
    strays = [];
  };
  for await (const row of rows) {
    const handle = handleOf(row);
    if (handle === null && group.length > 0 && group.length + strays.length < MAX_ROWS_OF_PRODUCT) {
      strays.push(row);
      continue;
    }
    if (handle === null) {
      yield* finished();
      yield rejectedRow(row, null, complaint.column, complaint.reason);
      continue;
    }
    if (handle !== current) {
      yield* finished();
      current = handle;
      if (!firstLines.has(handle)) firstLines.set(handle, row.line);
    }
    const first = firstLines.get(handle)!;
    if (group.length + strays.length === MAX_ROWS_OF_PRODUCT) {
      yield* finished();
      yield rejectedRow(row, handle, complaint.column, `A product has at most ${MAX_ROWS_OF_PRODUCT} rows.`);
    } else if (group.length === 0 && first !== row.line) {
      yield rejectedRow(
        row,
        handle,
        complaint.column,
        `The rows of this product began on line ${first} and were interrupted: move this row to them.`,
      );
    } else group.push(row);
  }
  yield* finished();
}

function toItem(
  handle: string,
  { product, notes, rejections }: GroupReading,
  group: readonly SourceRow[],
  strays: readonly SourceRow[],
  { column, reason }: { readonly column: string; readonly reason: string },
): ImportItem {
  const lost = strays.map(({ line }): ImportRejection => ({ line, column, handle: null, reason }));
  return {
    line: group[0]!.line,
    handle,
    product,
    notes,
    rejections: [...rejections, ...lost].sort((a, b) => a.line - b.line),
    rows: [...group, ...strays].map(({ line, cells }) => ({ line, cells })).sort((a, b) => a.line - b.line),
    isLater: false,
  };
}

const rejectedRow = (
  { line, cells }: SourceRow,
  handle: string | null,
  column: string,
  reason: string,
): ImportItem => ({
  line,
  handle,
  product: null,
  notes: [],
  rejections: [{ line, column, handle, reason }],
  rows: [{ line, cells }],
  isLater: false,
});

/** What has to be said of the file as a whole. */
export const fileNotes = (notes: readonly ImportNote[]): ImportItem => ({
  line: 1,
  handle: null,
  product: null,
  notes,
  rejections: [],
  rows: [],
  isLater: false,
});
