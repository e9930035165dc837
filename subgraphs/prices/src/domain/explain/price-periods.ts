/** What something cost from one moment until before another; microseconds since the epoch. */
export interface PricePeriod<Price> {
  readonly from: number;
  readonly until: number;
  /** Null while nothing priced it. */
  readonly price: Price | null;
}

/** Prices of which two are told apart by what a consumer pays. */
interface Grossed {
  readonly gross: { readonly minorUnits: number };
}

const isSame = (one: Grossed | null, other: Grossed | null): boolean =>
  one?.gross.minorUnits === other?.gross.minorUnits;

/** The periods of a span in which a price did not change, oldest first. @param points moments at which it may have, the first one being the beginning. */
export function pricePeriods<Price extends Grossed>(
  points: readonly number[],
  until: number,
  priceAt: (moment: number) => Price | null,
): PricePeriod<Price>[] {
  const periods: PricePeriod<Price>[] = [];
  for (const [index, from] of points.entries()) {
    const end = points[index + 1] ?? until;
    const price = priceAt(from);
    const last = periods.at(-1);
    if (last && isSame(last.price, price)) periods[periods.length - 1] = { ...last, until: end };
    else periods.push({ from, until: end, price });
  }
  return periods;
}

const DAY_MICROS = 86_400_000_000;
const OMNIBUS_DAYS = 30;
/** How far back periods have to reach so that the lowest price can be told. */
export const OMNIBUS_REACH_MICROS = 2 * OMNIBUS_DAYS * DAY_MICROS;

/**
 * The lowest price of thirty days (Directive 98/6/EC, article 6a): of those before the present price began, if it began as a reduction in the last
 * thirty days; else of the last thirty. The days in which nothing priced the goods are left out.
 * @param periods oldest first, up to now, through `OMNIBUS_REACH_MICROS`.
 * @returns null when there was no price in those days.
 */
export function lowestPriceOf<Price extends Grossed>(
  periods: readonly PricePeriod<Price>[],
): { readonly price: Price; readonly from: number; readonly until: number } | null {
  const present = periods.at(-1);
  if (!present) return null;
  const before = periods.at(-2)?.price ?? null;
  const isReduction =
    present.price !== null &&
    before !== null &&
    before.gross.minorUnits > present.price.gross.minorUnits &&
    present.from > present.until - OMNIBUS_DAYS * DAY_MICROS;
  const until = isReduction ? present.from : present.until;
  const from = until - OMNIBUS_DAYS * DAY_MICROS;
  let lowest: Price | null = null;
  for (const period of periods) {
    if (period.price === null || period.until <= from || period.from >= until) continue;
    if (lowest === null || period.price.gross.minorUnits < lowest.gross.minorUnits) lowest = period.price;
  }
  return lowest && { price: lowest, from, until };
}
