import type { Database } from '@kontor/kit/src/database.ts';

/** Something that was booked although it could not be, for people to look at. */
export interface ExceptionRow {
  readonly id: string;
  readonly kind: 'OFFLINE_OVERSELL' | 'SHIPPED_SHORT';
  readonly variantId: string;
  readonly locationId: string;
  /** Units that were missing. */
  readonly quantity: number;
  /** What caused it, such as a sale. */
  readonly reference: string;
  readonly raisedAt: string;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
  readonly note: string | null;
}

const columns = (sql: Database['sql']) => sql`
  e.exception_id as id, e.kind, e.variant_id as "variantId", e.location_id as "locationId", e.quantity, e.reference, e.raised_at as "raisedAt",
  e.resolved_at as "resolvedAt", e.resolved_by as "resolvedBy", e.note`;

/** Exceptions, newest first, behind an id. @param open only those that are, or are not, resolved; all of them when null. */
export async function listExceptions(
  db: Database,
  filter: { readonly after: string | null; readonly open: boolean | null; readonly limit: number },
): Promise<ExceptionRow[]> {
  const { sql } = db;
  const { after, open, limit } = filter;
  return sql<ExceptionRow[]>`
    select ${columns(sql)} from stock.exceptions e
    where true ${after === null ? sql`` : sql`and e.exception_id < ${after}`}
      ${open === null ? sql`` : open ? sql`and e.resolved_at is null` : sql`and e.resolved_at is not null`}
    order by e.exception_id desc limit ${limit}`;
}

/** Who says what of which exception. */
export interface Resolution {
  /** A UUID. */
  readonly id: string;
  readonly by: string;
  readonly note: string;
  /** Only an exception of this location; null: of any. */
  readonly atLocationId: string | null;
}

/**
 * Resolves an exception, unless it is resolved already: then it stays as it is. The first one wins.
 * @returns the exception as it is now; null when there is none.
 */
export async function resolveException(db: Database, resolution: Resolution): Promise<ExceptionRow | null> {
  const { sql } = db;
  const { id, by, note, atLocationId } = resolution;
  const named = sql`e.exception_id = ${id} and (${atLocationId}::uuid is null or e.location_id = ${atLocationId}::uuid)`;
  const [resolved] = await sql<ExceptionRow[]>`
    update stock.exceptions as e set resolved_at = stock.app_now(), resolved_by = ${by}, note = ${note}
    where ${named} and e.resolved_at is null returning ${columns(sql)}`;
  if (resolved) return resolved;
  // Behind the update, which has waited for whoever was resolving it.
  const [row] = await sql<ExceptionRow[]>`select ${columns(sql)} from stock.exceptions e where ${named}`;
  return row ?? null;
}
