import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { ImportFault, type SourceRow } from './import-item.ts';
import { readText } from './text-stream.ts';

/** Of one row; a quote that is never closed would otherwise take the rest of the file into memory. */
const MAX_ROW_CHARACTERS = 1_000_000;

/** What tells one kind of table from another. */
export interface TableFormat {
  readonly delimiter: ',' | '\t';
  /** The start of the message about a header that is none of this kind. */
  readonly complaint: string;
  /** What to do then. */
  readonly advice: string;
  /** Columns without which a file is none of this kind. */
  readonly needed: readonly string[];
  /** The name of a column as it is looked for. */
  readonly columnOf: (name: string) => string;
  /** Whether a quote within a cell stands for itself, as in files that are not quoted at all. */
  readonly looseQuotes: boolean;
}

/** A row under the header. */
export interface TableRow extends SourceRow {
  /** The text in a column, without blanks around it; empty when the file does not have the column. */
  cell(column: string): string;
}

/** The header of a file. */
export interface TableHeader {
  /** As they stand in the file. */
  readonly names: readonly string[];
  has(column: string): boolean;
}

/**
 * The rows under the header, without empty ones. All rows before a fault are given before it is thrown.
 * @param onHeader called once, before the first row.
 * @throws ImportFault for a file that is empty, of another kind, or broken
 */
export async function* readTable(
  stream: Readable,
  format: TableFormat,
  onHeader: (header: TableHeader) => void,
): AsyncGenerator<TableRow> {
  let ready: SourceRow[] = [];
  let lastLine = 0;
  let toRow: ((row: SourceRow) => TableRow) | null = null;
  // Records are taken as they are made: the parser's own buffer would be lost with an error behind them.
  const parser = parse({
    delimiter: format.delimiter,
    relax_column_count: true,
    relax_quotes: format.looseQuotes,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_CHARACTERS,
    on_record: (cells: string[], { lines }) => {
      ready.push({ cells, line: beginning(cells, lines) });
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
    for (const row of rows) {
      if (toRow === null) toRow = readHeader(row.cells, format, onHeader);
      else yield toRow(row);
    }
    if (fault) throw fault instanceof CsvError ? faultOf(fault, lastLine + 1) : fault;
  };
  for await (const text of readText(stream)) yield* take(await parsed((done) => parser.write(text, done)));
  yield* take(await parsed((done) => parser.end(done)));
  if (toRow === null) throw new ImportFault(1, 'the file is empty.');
}

function readHeader(
  names: readonly string[],
  format: TableFormat,
  onHeader: (header: TableHeader) => void,
): (row: SourceRow) => TableRow {
  const places = new Map<string, number>();
  names.forEach((name, index) => {
    const column = format.columnOf(name);
    if (!places.has(column)) places.set(column, index);
  });
  const missing = format.needed.filter((name) => !places.has(format.columnOf(name)));
  if (missing.length > 0)
    throw new ImportFault(
      1,
      `${format.complaint}: the header has no column ${missing.map((name) => `"${name}"`).join(', ')}. ${format.advice}`,
    );
  onHeader({ names, has: (column) => places.has(format.columnOf(column)) });
  return ({ cells, line }) => ({
    cells,
    line,
    cell: (column) => {
      const place = places.get(format.columnOf(column));
      return place === undefined ? '' : (cells[place] ?? '').trim();
    },
  });
}

/** The line on which a row begins, from the one on which it ends: its cells hold the line breaks in between. */
const beginning = (cells: readonly string[], lastLine: number): number =>
  lastLine - cells.reduce((breaks, cell) => breaks + cell.split('\n').length - 1, 0);

/** @param rowLine where the row begins that could not be read. */
function faultOf(error: CsvError, rowLine: number): ImportFault {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new ImportFault(
        rowLine,
        'a quote is opened in this row and never closed. Write a quote inside a quoted cell twice.',
      );
    case 'CSV_MAX_RECORD_SIZE':
      return new ImportFault(
        rowLine,
        `the row has more than ${MAX_ROW_CHARACTERS} characters: most likely a quote in it is not closed.`,
      );
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return new ImportFault(
        Number((error as unknown as { lines?: unknown }).lines ?? rowLine),
        'a quote stands where none may: put the whole cell into quotes and write each quote inside it twice.',
      );
    default:
      return new ImportFault(rowLine, error.message);
  }
}
