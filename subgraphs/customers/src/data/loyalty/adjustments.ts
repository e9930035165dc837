import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** Points that somebody gives or takes by hand. */
export interface Adjustment {
  readonly customerId: string;
  /** Not zero; less than zero takes. */
  readonly points: number;
  /** Once for each of them. */
  readonly reference: string;
  /** Of what was asked for: the same reference with another one is refused. */
  readonly fingerprint: string;
  /** Who does it: an id. */
  readonly actor: string;
  /** Why, for people; kept apart from the ledger. */
  readonly note: string;
  /** Of points that are given; null when they do not expire. */
  readonly expiryMonths: number | null;
}

export interface AdjustedPoints {
  readonly status: 'ADJUSTED' | 'REPEATED' | 'REFERENCE_REUSED' | 'INSUFFICIENT' | 'NOBODY';
  /** Whoever the id means now; null for nobody. */
  readonly customerId: string | null;
  /** What is free. */
  readonly available: number;
}

/** Gives or takes points, in one statement; never more is taken than is free. */
export async function adjustPoints(db: Db | Tx, adjustment: Adjustment): Promise<AdjustedPoints> {
  const { customerId, points, reference, fingerprint, actor, note, expiryMonths } = adjustment;
  const [row] = await db.execute<{
    status: AdjustedPoints['status'];
    customerId: string | null;
    available: string;
  }>(sql`
    select status, person as "customerId", available from customers.adjust_points(${customerId}::uuid, ${points}::bigint, ${reference},
      ${fingerprint}, ${actor}, ${note}, ${expiryMonths}::integer)`);
  return { status: row!.status, customerId: row!.customerId, available: Number(row!.available) };
}
