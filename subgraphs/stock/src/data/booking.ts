import type { Database } from '@kontor/kit/src/database.ts';

export type Sql = Database['sql'];
/** A piece of SQL. */
export type Fragment = ReturnType<Sql>;

/**
 * Makes sure that variants which may get their first stock have the row that is their lock. A statement of its own, before the one that
 * books: rows that are made in a statement cannot be changed by it.
 */
export async function ensureVariants({ sql }: Database, variantIds: readonly string[]): Promise<void> {
  await sql`
    insert into stock.variant_versions (variant_id) select distinct id from unnest(${[...variantIds]}::uuid[]) as id order by id
    on conflict on constraint variant_versions_pkey do nothing`;
}

/**
 * The CTE `current`, the levels of variants behind their locks: the beginning of every statement that changes stock. Whatever it decides
 * must come from here and not from the table, which shows it the state before it waited.
 * @param variantIds SQL of an array of ids.
 */
export const lockedLevels = (sql: Sql, variantIds: Fragment): Fragment => sql`
  current as materialized (select * from stock.lock_levels(${variantIds}))`;

/**
 * The end of every statement that changes stock, to follow `current` and the CTE `movement (variant_id, location_id, kind, quantity,
 * available, reserved, committed, cause)` with signed differences per state: changes the levels, gives each variant its next version,
 * appends to the ledger and writes the event of each variant. Gives the CTEs `delta` (per variant and location) and `bumped
 * (variant_id, version)` to what follows.
 */
export const booking = (sql: Sql): Fragment => sql`
  delta as (
    select variant_id, location_id, sum(available)::int as available, sum(reserved)::int as reserved, sum(committed)::int as committed
    from movement group by variant_id, location_id
  ), changed as materialized (
    -- In a function, which sees the rows behind the locks: PostgreSQL checks constraints on what an update makes of the row in its own
    -- snapshot, before it looks for a newer one, and would refuse what a movement that it waited for has made possible.
    select stock.change_levels(array_agg(variant_id), array_agg(location_id), array_agg(available), array_agg(reserved), array_agg(committed))
    from delta having count(*) > 0
  ), bumped as (
    -- The row is there; only an insert finds it when it is younger than this statement.
    insert into stock.variant_versions as v (variant_id, version) select distinct variant_id, 1 from delta, changed
    on conflict on constraint variant_versions_pkey do update set version = v.version + 1
    returning v.variant_id, v.version
  ), booked as (
    insert into stock.movements
      (movement_id, variant_id, location_id, kind, quantity, available_delta, reserved_delta, committed_delta, cause, version, booked_at)
    select stock.new_id(), m.variant_id, m.location_id, m.kind, m.quantity, m.available, m.reserved, m.committed, m.cause, b.version, stock.app_now()
    from movement m join bumped b using (variant_id)
  ), after as (
    select variant_id, location_id, coalesce(c.available, 0) + coalesce(d.available, 0) as available
    from (select * from current where variant_id in (select variant_id from delta)) as c full join delta d using (variant_id, location_id)
  ), told as (
    insert into stock.outbox (event_id, topic, key, payload, occurred_at)
    select stock.new_id(), 'stock.availability.changed', b.variant_id::text,
      jsonb_build_object('variantId', b.variant_id, 'version', b.version, 'asOf', stock.app_now(), 'levels', l.levels), stock.app_now()
    from bumped b join (
      select variant_id, jsonb_agg(jsonb_build_object('locationId', location_id, 'available', available) order by location_id) as levels
      from after group by variant_id
    ) as l using (variant_id)
  )`;
