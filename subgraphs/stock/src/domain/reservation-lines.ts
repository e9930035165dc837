import type { DemandFault } from './demand.ts';

/** Units of a stock item at a location. */
export interface UnitLine {
  readonly variantId: string;
  readonly locationId: string;
  readonly quantity: number;
}

/** Units of a variant that were sold at one place. */
export type SaleLine = Omit<UnitLine, 'locationId'>;

const MAX_LINES = 500;
const MAX_SALE_LINES = 200;
const MAX_QUANTITY = 10_000;

/**
 * Checks lines that are to be shipped or cancelled, and sums those of one variant and location, so that two lines can never count the
 * same unit; in order of variant and location. @param isId whether a text can be an id.
 */
export function toUnitLines(lines: readonly UnitLine[], isId: (text: string) => boolean): UnitLine[] | DemandFault {
  return (
    faultOf(lines, MAX_LINES, (line) => isId(line.variantId) && isId(line.locationId)) ??
    summed(lines, ({ variantId, locationId }) => `${variantId} ${locationId}`.toLowerCase()).map(
      ([place, quantity]) => {
        const [variantId = '', locationId = ''] = place.split(' ');
        return { variantId, locationId, quantity };
      },
    )
  );
}

/** Checks the lines of a sale, and sums those of one variant; in order of variant. @param isId whether a text can be an id. */
export function toSaleLines(lines: readonly SaleLine[], isId: (text: string) => boolean): SaleLine[] | DemandFault {
  return (
    faultOf(lines, MAX_SALE_LINES, (line) => isId(line.variantId)) ??
    summed(lines, ({ variantId }) => variantId.toLowerCase()).map(([variantId, quantity]) => ({ variantId, quantity }))
  );
}

function faultOf<Line extends SaleLine>(
  lines: readonly Line[],
  most: number,
  isKnown: (line: Line) => boolean,
): DemandFault | null {
  const fault = (message: string, ...path: string[]) => ({ message, path: ['input', 'lines', ...path] });
  if (lines.length < 1 || lines.length > most) return fault(`lines takes 1 to ${most} entries, not ${lines.length}.`);
  for (const [index, line] of lines.entries()) {
    if (!isKnown(line)) return fault('A variant or location is not an id.', String(index));
    if (!Number.isInteger(line.quantity) || line.quantity < 1 || line.quantity > MAX_QUANTITY)
      return fault(`quantity must be from 1 to ${MAX_QUANTITY}, not ${line.quantity}.`, String(index), 'quantity');
  }
  return null;
}

/** Units per place, in order of it. PostgreSQL writes ids in lower case: two spellings are one place. */
function summed<Line extends SaleLine>(lines: readonly Line[], placeOf: (line: Line) => string): [string, number][] {
  const units = new Map<string, number>();
  for (const line of lines) units.set(placeOf(line), (units.get(placeOf(line)) ?? 0) + line.quantity);
  return [...units].sort(([a], [b]) => (a < b ? -1 : 1));
}
