import { cleanLine } from '../domain/text.ts';
import { CsvFault } from './csv-product.ts';

/** Columns without which a file is no product export. */
const NEEDED = ['Handle', 'Title', 'Option1 Name', 'Option1 Value', 'Variant Price'];

/** A row of the file: its columns by name, and where it begins. */
export interface ShopifyRow {
  readonly line: number;
  /** The text in a column, without blanks around it; empty when the file does not have the column. */
  cell(column: string): string;
}

/** Reads the header. @returns how to read the rows under it. @throws CsvFault when this is another kind of file */
export function readHeader(fields: readonly string[]): (fields: readonly string[], line: number) => ShopifyRow {
  const places = new Map<string, number>();
  fields.forEach((name, index) => {
    const column = cleanLine(name).toLowerCase();
    if (!places.has(column)) places.set(column, index);
  });
  const missing = NEEDED.filter((name) => !places.has(name.toLowerCase()));
  if (missing.length > 0)
    throw new CsvFault(
      1,
      `this is not a Shopify product export: the header has no column ${missing.map((name) => `"${name}"`).join(', ')}. Export the products as CSV again, with commas between the columns.`,
    );
  return (cells, line) => ({
    line,
    cell: (column) => {
      const place = places.get(column.toLowerCase());
      return place === undefined ? '' : (cells[place] ?? '').trim();
    },
  });
}

const VARIANT_COLUMNS = [
  'Option1 Value',
  'Option2 Value',
  'Option3 Value',
  'Variant SKU',
  'Variant Price',
  'Variant Barcode',
];

/** Whether a row describes a variant; the others only carry an image. */
export const isVariantRow = (row: ShopifyRow): boolean => VARIANT_COLUMNS.some((column) => row.cell(column) !== '');

/** A code as it is: exports put an apostrophe before digits, so that spreadsheets keep their zeros. */
export const readCode = (text: string): string | null => cleanLine(text).replace(/^'(?=\d)/, '') || null;

/** A price as a plain decimal such as `1234.50`; null when the text is none. */
export function readPrice(text: string): string | null {
  if (!/^(\d{1,3}(,\d{3})+|\d{1,12})(\.\d{1,6})?$/.test(text)) return null;
  return text.replaceAll(',', '');
}

/** A number that may carry a fraction, rounded to a whole one; null when the text is none or beyond 32 bits. */
export function readWhole(text: string): number | null {
  if (!/^-?\d{1,10}(\.\d+)?$/.test(text)) return null;
  const number = Math.round(Number(text));
  return Math.abs(number) < 2 ** 31 ? number : null;
}

/** `true`, `TRUE` and `1` are yes. */
export const readFlag = (text: string): boolean => /^(true|yes|1)$/i.test(text);
