import { writeRow } from '../export/table-row.ts';
import { REJECTION_COLUMNS, type CatalogueFormat, type ImportRejection, type SourceRow } from './import-item.ts';

const MAX_KEPT_TEXT = 100_000;

/** The header of a file of rejected rows; empty where the format has none. */
export const rejectedHeader = (format: CatalogueFormat, header: readonly string[]): string =>
  format === 'jsonl' ? '' : writeRow([...namesOf(header), ...REJECTION_COLUMNS], format);

/**
 * Rows as they stood in the file, each with its line and why it was rejected, in the file's own format: corrected, they can be imported
 * again. All rows of a product come together, also those without a fault, because a product is imported as a whole.
 */
export function rejectedRows(
  format: CatalogueFormat,
  header: readonly string[],
  rows: readonly SourceRow[],
  rejections: readonly ImportRejection[],
): string {
  const reasons = Map.groupBy(rejections, ({ line }) => line);
  const isListed = new Set(rows.map(({ line }) => line));
  // A reason on a line that is no row's own, such as a title's, goes to the first.
  const others = rejections.filter(({ line }) => !isListed.has(line));
  return rows
    .map((row, index) => {
      const mine = [...(index === 0 ? others : []), ...(reasons.get(row.line) ?? [])].map(describe).join(' ');
      return format === 'jsonl' ? jsonLine(row, mine) : tableRow(format, header, row, mine);
    })
    .join('');
}

const describe = ({ column, reason }: ImportRejection): string => (column ? `${column}: ${reason}` : reason);

const isOwn = (name: string) => (REJECTION_COLUMNS as readonly string[]).includes(name.trim());
const namesOf = (header: readonly string[]) => header.filter((name) => !isOwn(name));

function tableRow(
  format: 'shopify' | 'google',
  header: readonly string[],
  { line, cells }: SourceRow,
  reason: string,
): string {
  const kept = header.flatMap((name, index) => (isOwn(name) ? [] : [cells[index] ?? '']));
  return writeRow([...kept, String(line), reason], format);
}

function jsonLine({ line, cells: [text = ''] }: SourceRow, reason: string): string {
  const told = { kontorLine: line, kontorReason: reason };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return `${JSON.stringify(isObject ? { ...(value as object), ...told } : { kontorText: text.slice(0, MAX_KEPT_TEXT), ...told })}\n`;
}
