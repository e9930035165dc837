import type { Db, Tx } from '@kontor/kit/src/database.ts';
import type { Money } from '@kontor/kit/src/money.ts';
import { sql } from 'drizzle-orm';

/** Points that somebody wants to pay with. */
export interface NewRedemption {
  /** The order's. */
  readonly key: string;
  readonly customerId: string;
  readonly points: number;
  /** What they pay. */
  readonly amount: Money;
  readonly ttlS: number;
}

export interface HeldPoints {
  readonly status: 'HELD' | 'INSUFFICIENT' | 'KEY_REUSED' | 'NOBODY';
  /** What is held, or would have been. */
  readonly points: number;
  /** What can be held besides now. */
  readonly available: number;
}

/**
 * Holds points of whoever an id means now, in one statement. A repeated request is told by its amount of money: it gets the points that were
 * agreed at first, whatever the rules say by now. NOBODY: there is no such person, or they were erased.
 */
export async function holdPoints(db: Db | Tx, redemption: NewRedemption): Promise<HeldPoints> {
  const { key, customerId, points, amount, ttlS } = redemption;
  const [row] = await db.execute<{ status: HeldPoints['status']; points: string; available: string }>(sql`
    select status, points, available from customers.hold_points(${key}, ${customerId}::uuid, ${points}::bigint, ${amount.currency},
      ${amount.minorUnits}::bigint, ${ttlS}::integer)`);
  return { status: row!.status, points: Number(row!.points), available: Number(row!.available) };
}

export interface ReturnedPoints {
  readonly status: 'RETURNED' | 'REPEATED' | 'REFERENCE_REUSED' | 'EXCEEDED' | 'NONE';
  readonly points: number;
}

/**
 * Gives back the points that had paid a part of an order, once for each reference and in one statement: in proportion, rounded down, and all
 * of them when all of the amount is given back. They keep the day on which they expire, but have 30 days at least.
 */
export async function returnPoints(
  db: Db | Tx,
  { key, amount, reference }: { readonly key: string; readonly amount: Money; readonly reference: string },
): Promise<ReturnedPoints> {
  const [row] = await db.execute<{ status: ReturnedPoints['status']; points: string }>(sql`
    select status, points from customers.return_points(${key}, ${amount.currency}, ${amount.minorUnits}::bigint, ${reference})`);
  return { status: row!.status, points: Number(row!.points) };
}
