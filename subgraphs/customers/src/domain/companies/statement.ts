import { addDays, daysBetween, localDate } from './budget-period.ts';

export const STATEMENT_KINDS = ['ORDER', 'CANCELLATION', 'PAYMENT', 'ADJUSTMENT'] as const;
export type StatementKind = (typeof STATEMENT_KINDS)[number];

/** One line of a statement of account. */
export interface StatementEntry {
  readonly id: string;
  readonly kind: StatementKind;
  /** What it adds to what is owed: orders are positive, payments negative. */
  readonly amountMinor: number;
  /** The key of the order, or what was written on the payment. */
  readonly reference: string;
  /** As PostgreSQL writes an instant. */
  readonly bookedAt: string;
  /** The day that an order or a charge is due, as `2026-01-31`; null for what lowers the debt. */
  readonly dueOn: string | null;
}

/** An order or a charge, less what of it was cancelled. */
export interface Charge {
  readonly reference: string;
  readonly netMinor: number;
  readonly dueOn: string;
}

/** What is still to be paid of a charge. */
export interface OpenCharge extends Charge {
  readonly openMinor: number;
}

/** The day that something is due which was booked at an instant. */
export const dueDay = (bookedAt: Date, timeZone: string, termsDays: number): string =>
  addDays(localDate(bookedAt, timeZone), termsDays);

/**
 * What of which charges is open when payments settle the oldest first: then what is owed is the newest charges that make it up, so that
 * the older ones need not be read.
 * @param newestFirst charges, the newest first; as many as it takes. @param owedMinor nothing is open when it is not positive.
 * @returns open charges, the newest first.
 */
export function openCharges(newestFirst: Iterable<Charge>, owedMinor: number): OpenCharge[] {
  const open: OpenCharge[] = [];
  let left = owedMinor;
  for (const charge of newestFirst) {
    if (left <= 0) break;
    if (charge.netMinor <= 0) continue;
    const openMinor = Math.min(left, charge.netMinor);
    open.push({ ...charge, openMinor });
    left -= openMinor;
  }
  return open;
}

/** What is owed by how late it is, in minor units. */
export interface Aging {
  /** Not due yet, or due today. */
  readonly current: number;
  readonly days1To30: number;
  readonly days31To60: number;
  readonly days61To90: number;
  readonly daysOver90: number;
}

/** Sorts open charges by the days since they were due. @param today as `2026-01-31`. */
export function agingOf(charges: readonly OpenCharge[], today: string): Aging {
  const aging = { current: 0, days1To30: 0, days31To60: 0, days61To90: 0, daysOver90: 0 };
  for (const { dueOn, openMinor } of charges) aging[bucketOf(daysBetween(dueOn, today))] += openMinor;
  return aging;
}

function bucketOf(daysLate: number): keyof Aging {
  if (daysLate <= 0) return 'current';
  if (daysLate <= 30) return 'days1To30';
  if (daysLate <= 60) return 'days31To60';
  return daysLate <= 90 ? 'days61To90' : 'daysOver90';
}
