import { MAX_UNITS } from './stock-operation.ts';
import { isPlainText } from './texts.ts';

/** Units of a variant that are sent. */
export interface DispatchLine {
  readonly variantId: string;
  readonly quantity: number;
}

/** Units of a variant that arrived. */
export interface ReceiptLine {
  readonly variantId: string;
  /** Fit for sale. */
  readonly quantity: number;
  /** Arrived as well, but damaged. */
  readonly damagedQuantity: number;
}

/** A rule that a transfer breaks, with the path of the field within the input. */
export interface TransferFault {
  /** Null when something that was named cannot exist. */
  readonly code: string | null;
  readonly message: string;
  readonly path: readonly string[];
}

const MAX_LINES = 200;

/**
 * The lines of a dispatch with those of one variant summed, in order of id: two lines must not be held against the same units.
 * @param isId whether a text can be an id.
 */
export function toDispatchLines(
  lines: readonly DispatchLine[],
  isId: (text: string) => boolean,
): TransferFault | readonly DispatchLine[] {
  const wrong = faultOfLines(lines, 1, isId, ({ quantity }) => faultOfUnits(quantity, 1, 'quantity'));
  if (wrong) return wrong;
  const summed = byVariant(lines).map(({ variantId, of }) => ({
    variantId,
    quantity: sum(of, (line) => line.quantity),
  }));
  return summed.every(({ quantity }) => quantity <= MAX_UNITS) ? summed : TOO_MANY;
}

/** The lines of a receipt with those of one variant summed, in order of id. @param least how many lines there must be. */
export function toReceiptLines(
  lines: readonly ReceiptLine[],
  least: number,
  isId: (text: string) => boolean,
): TransferFault | readonly ReceiptLine[] {
  const wrong = faultOfLines(lines, least, isId, ({ quantity, damagedQuantity }) => {
    const of = faultOfUnits(quantity, 0, 'quantity') ?? faultOfUnits(damagedQuantity, 0, 'damagedQuantity');
    return (
      of ?? (quantity + damagedQuantity > 0 ? null : fault('INVALID_QUANTITY', 'A line needs a unit.', 'quantity'))
    );
  });
  if (wrong) return wrong;
  const summed = byVariant(lines).map(({ variantId, of }) => ({
    variantId,
    quantity: sum(of, (line) => line.quantity),
    damagedQuantity: sum(of, (line) => line.damagedQuantity),
  }));
  return summed.every(({ quantity, damagedQuantity }) => quantity + damagedQuantity <= MAX_UNITS) ? summed : TOO_MANY;
}

/** Whether the lines were refused. */
export const isTransferFault = <Line>(result: TransferFault | readonly Line[]): result is TransferFault =>
  'message' in result;

/** The first rule that what is said about a transfer breaks. @param expectedAt ISO 8601, or null. */
export function faultOfDetails(expectedAt: string | null, note: string | null): TransferFault | null {
  // Years that every calendar here can hold; whether it makes sense is for the caller to know.
  if (expectedAt !== null && (expectedAt < '2000' || expectedAt >= '2200'))
    return fault('INVALID_EXPECTED_AT', 'expectedAt must be from the year 2000 to 2199.', 'expectedAt');
  if (note !== null && (!isPlainText(note) || note.trim() === ''))
    return fault('INVALID_NOTE', 'note takes 1 to 500 characters in one line.', 'note');
  return null;
}

const fault = (code: string | null, message: string, ...path: string[]): TransferFault => ({ code, message, path });

const TOO_MANY = fault('INVALID_QUANTITY', `All lines of a variant together have at most ${MAX_UNITS} units.`, 'lines');

function faultOfUnits(units: number, least: number, field: string): TransferFault | null {
  if (Number.isInteger(units) && units >= least && units <= MAX_UNITS) return null;
  return fault('INVALID_QUANTITY', `${field} must be from ${least} to ${MAX_UNITS}, not ${units}.`, field);
}

function faultOfLines<Line extends { readonly variantId: string }>(
  lines: readonly Line[],
  least: number,
  isId: (text: string) => boolean,
  faultOfLine: (line: Line) => TransferFault | null,
): TransferFault | null {
  if (lines.length < least || lines.length > MAX_LINES)
    return fault('INVALID_LINES', `lines takes ${least} to ${MAX_LINES} entries, not ${lines.length}.`, 'lines');
  for (const [index, line] of lines.entries()) {
    const wrong = isId(line.variantId) ? faultOfLine(line) : fault(null, 'There is no such variant.', 'variantId');
    if (wrong) return { ...wrong, path: ['lines', String(index), ...wrong.path] };
  }
  return null;
}

/** PostgreSQL writes ids in lower case: two spellings are one variant. */
function byVariant<Line extends { readonly variantId: string }>(lines: readonly Line[]) {
  const groups = Map.groupBy(lines, (line) => line.variantId.toLowerCase());
  return [...groups].map(([variantId, of]) => ({ variantId, of })).sort((a, b) => (a.variantId < b.variantId ? -1 : 1));
}

const sum = <Line>(lines: readonly Line[], units: (line: Line) => number): number =>
  lines.reduce((total, line) => total + units(line), 0);
