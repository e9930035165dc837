import type { PreciseAmount } from '../../precise-amount.ts';
import type { Refusal } from '../promotion.ts';

/** What a promotion would give to a basket as it is now. */
export interface Plan {
  /** Off each line, as the cart counts amounts; with the units that it takes of the line, bought ones too. */
  readonly lines: readonly PlannedLine[];
  readonly shippingMinor: number;
  /** All that it would give. */
  readonly gainMinor: number;
}

export interface PlannedLine {
  readonly position: number;
  readonly offMinor: number;
  readonly takenUnits: number;
  /** What one unit costs after a unit promotion; null with every other kind. */
  readonly unit: PreciseAmount | null;
}

/** A plan for the lines, or why there is none. */
export type Planned = Plan | Refusal;

export const isRefusal = (planned: Planned): planned is Refusal => typeof planned === 'string';

/** A plan that gives to lines; NO_EFFECT when it would give nothing. */
export function planLines(lines: readonly PlannedLine[]): Planned {
  let gainMinor = 0;
  for (const { offMinor } of lines) gainMinor += offMinor;
  return gainMinor > 0 ? { lines, shippingMinor: 0, gainMinor } : 'NO_EFFECT';
}
