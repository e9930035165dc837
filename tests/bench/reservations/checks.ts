import type { Database } from '@kontor/kit/src/database.ts';

/**
 * Counts what should not be: levels that differ from their ledger, levels whose reserved or committed units differ from the lines of
 * reservations, and variants whose version differs from the newest of the ledger. Nothing may be changing meanwhile.
 * @param variantIds only these; all when absent.
 */
export async function countDifferences(db: Database, variantIds?: readonly string[]): Promise<number> {
  const { sql } = db;
  const only = (column: string) => (variantIds ? sql`where ${sql(column)} = any(${[...variantIds]}::uuid[])` : sql``);
  const sum = (state: string) =>
    sql`coalesce(sum(case when to_state = ${state} then quantity when from_state = ${state} then -quantity end), 0)`;
  const [row] = await sql<{ count: number }[]>`
    with ledger as (
      select variant_id, location_id, max(version) as version, ${sum('AVAILABLE')} as available, ${sum('RESERVED')} as reserved, ${sum('COMMITTED')} as committed
      from stock.movements ${only('variant_id')} group by variant_id, location_id
    ), open as (
      select l.variant_id, l.location_id, coalesce(sum(l.quantity) filter (where r.status = 'held'), 0) as reserved,
        coalesce(sum(l.quantity) filter (where r.status = 'committed'), 0) as committed
      from stock.reservation_lines l join stock.reservations r using (reservation_id) ${only('l.variant_id')} group by l.variant_id, l.location_id
    ), kept as (
      select l.variant_id, l.location_id, v.version, l.available, l.reserved, l.committed
      from stock.levels l join stock.variant_versions v using (variant_id) ${only('l.variant_id')}
    )
    select count(*)::int as count from kept k full join ledger g using (variant_id, location_id) full join open o using (variant_id, location_id)
    where (k.version, k.available, k.reserved, k.committed) is distinct from (g.version, g.available, g.reserved, g.committed)
      or (k.reserved, k.committed) is distinct from (coalesce(o.reserved, 0), coalesce(o.committed, 0))`;
  return row!.count;
}
