import type { Connection } from './transaction.ts';

/**
 * Takes the locks of variants, in order of id so that two commands sharing variants cannot deadlock.
 * It must be a statement of its own before the one that books: that one then reads the newest levels, also of locations that
 * another command has just added, which a lock taken in the same statement could not show it.
 * Variants that never had stock have no row and nothing to protect.
 */
export const lockVariants = (sql: Connection, variantIds: readonly string[]) => sql`
  select from stock.variant_versions where variant_id = any(${[...variantIds]}::uuid[]) order by variant_id for no key update`;

/** The same for commands that may bring a variant its first stock. */
export const lockOrMakeVariants = (sql: Connection, variantIds: readonly string[]) => sql`
  insert into stock.variant_versions (variant_id)
  select distinct id from unnest(${[...variantIds]}::uuid[]) as id order by id
  -- A conflicting row is locked even though the condition lets nothing be written.
  on conflict on constraint variant_versions_pkey do update set version = excluded.version where false`;

/**
 * The tail of every statement that changes stock, to follow the CTE `movement (variant_id, location_id, kind, quantity,
 * available, reserved, committed, cause)` with signed differences per state: changes the levels, gives each variant its next
 * version, appends to the ledger and writes the event of each variant. The variants' locks must be held.
 * Gives the CTEs `bumped (variant_id, version)` and `after (variant_id, location_id, available)` to what follows.
 */
export const booking = (sql: Connection) => sql`
  delta as (
    select variant_id, location_id, sum(available)::int as available, sum(reserved)::int as reserved, sum(committed)::int as committed
    from movement group by variant_id, location_id
  ), updated as (
    update stock.levels l
    set available = l.available + d.available, reserved = l.reserved + d.reserved, committed = l.committed + d.committed
    from delta d where l.variant_id = d.variant_id and l.location_id = d.location_id
  ), inserted as (
    insert into stock.levels (variant_id, location_id, available, reserved, committed)
    select d.variant_id, d.location_id, d.available, d.reserved, d.committed from delta d
    where not exists (select from stock.levels l where l.variant_id = d.variant_id and l.location_id = d.location_id)
  ), bumped as (
    update stock.variant_versions v set version = v.version + 1
    from (select distinct variant_id from delta) as d where v.variant_id = d.variant_id
    returning v.variant_id, v.version
  ), booked as (
    insert into stock.movements
      (movement_id, variant_id, location_id, kind, quantity, available_delta, reserved_delta, committed_delta, cause, version, booked_at)
    select stock.new_id(), m.variant_id, m.location_id, m.kind, m.quantity, m.available, m.reserved, m.committed, m.cause, b.version, stock.app_now()
    from movement m join bumped b using (variant_id)
  ), before as (
    select l.variant_id, l.location_id, l.available from stock.levels l where l.variant_id in (select variant_id from bumped)
  ), after as (
    select variant_id, location_id, coalesce(b.available, 0) + coalesce(d.available, 0) as available
    from before b full join delta d using (variant_id, location_id)
  ), told as (
    insert into stock.outbox (event_id, topic, key, payload, occurred_at)
    select stock.new_id(), 'stock.availability.changed', b.variant_id::text,
      jsonb_build_object('variantId', b.variant_id, 'version', b.version, 'asOf', stock.app_now(), 'levels', l.levels), stock.app_now()
    from bumped b join (
      select variant_id, jsonb_agg(jsonb_build_object('locationId', location_id, 'available', available) order by location_id) as levels
      from after group by variant_id
    ) as l using (variant_id)
  )`;
