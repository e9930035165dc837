import type { Database } from '@kontor/kit/src/database.ts';

export type Sql = Database['sql'];
/** A piece of SQL. */
export type Fragment = ReturnType<Sql>;

/**
 * The CTE `current`, the levels of variants behind their locks: the beginning of a statement that decides by itself. Whatever it decides
 * must come from here and not from the table, which shows it the state before it waited.
 * @param variantIds SQL of an array of ids; those that never had stock are made known.
 */
export const lockedLevels = (sql: Sql, variantIds: Fragment): Fragment => sql`
  current as materialized (select * from stock.lock_levels(${variantIds}, true))`;

/**
 * The end of a statement that changes stock, to follow `current` and the CTE `movement (variant_id, location_id, kind, quantity, from_state,
 * to_state, reservation_id, reference, reason, actor)`: books it all through `stock.book`, which changes the levels, gives each variant its
 * next version, appends to the ledger and tells everybody.
 */
export const booking = (sql: Sql): Fragment => sql`
  booked as materialized (
    select stock.book(array_agg(row(m.variant_id, m.location_id, m.kind::text, m.quantity, m.from_state::text, m.to_state::text, m.reservation_id, m.reference,
      m.reason, m.actor)::stock.entry)) from movement m having count(*) > 0
  )`;
