import type { Database } from '@kontor/kit/src/database.ts';
import type { RerouteReason } from '../domain/rerouting.ts';

/** An order that waits for somebody. */
export interface OrderExceptionRow {
  readonly orderId: string;
  readonly reason: RerouteReason;
  /** When it was raised, as PostgreSQL wrote it. */
  readonly raisedAt: string;
}

const columns = ({ sql }: Database) => sql`order_id as "orderId", reason, raised_at as "raisedAt"`;

/** Exceptions of orders, in no order; ids must be UUIDs. */
export async function findExceptions(db: Database, orderIds: readonly string[]): Promise<OrderExceptionRow[]> {
  return await db.sql<OrderExceptionRow[]>`
    select ${columns(db)} from orders.reroutings where state = 'exception' and order_id = any(${[...orderIds]}::uuid[])`;
}

/** Exceptions, the oldest first. @param after continues behind one. */
export async function findExceptionPage(
  db: Database,
  limit: number,
  after: { readonly raisedAt: string; readonly orderId: string } | null,
): Promise<OrderExceptionRow[]> {
  return await db.sql<OrderExceptionRow[]>`
    select ${columns(db)} from orders.reroutings where state = 'exception'
    and (${after?.raisedAt ?? null}::timestamptz is null
      or (raised_at, order_id) > (${after?.raisedAt ?? null}::timestamptz, ${after?.orderId ?? null}::uuid))
    order by raised_at, order_id limit ${limit}`;
}
