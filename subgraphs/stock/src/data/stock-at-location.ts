import type { Database } from '@kontor/kit/src/database.ts';
import type { SellingKind } from '../domain/selling-policy.ts';
import type { LevelImport } from './levels.ts';

/** What a location has of a variant, and how it is sold when nothing is left. */
export interface StockAtLocation {
  readonly variantId: string;
  readonly available: number;
  readonly sellingKind: SellingKind;
  readonly sellAheadLimit: number;
}

/** One row for each id given, in order, in one statement; ids must be UUIDs. */
export const findStockAtLocation = (
  { sql }: Database,
  locationId: string,
  variantIds: readonly string[],
): Promise<StockAtLocation[]> =>
  sql<StockAtLocation[]>`
    select w.variant_id as "variantId", coalesce(l.available, 0) as available, coalesce(s.kind, 'DENY') as "sellingKind",
      coalesce(s.limit_quantity, 0) as "sellAheadLimit"
    from jsonb_array_elements_text(${JSON.stringify(variantIds)}::jsonb) with ordinality as given(id, place) cross join lateral (select given.id::uuid as variant_id) as w
    left join stock.levels l on l.variant_id = w.variant_id and l.location_id = ${locationId}
    left join stock.selling_policies s on s.variant_id = w.variant_id order by given.place`;

/** How many levels an import would change: of lines that were not applied before with the same quantity, those that differ from what is there. */
export async function countChangedLevels(
  { sql }: Database,
  locationId: string,
  levels: readonly LevelImport[],
): Promise<number> {
  const given = JSON.stringify(
    levels.map(({ variantId, quantity, reference }, position) => ({
      variant_id: variantId,
      quantity,
      reference,
      position,
    })),
  );
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int as count from (
      select distinct on (g.variant_id) g.variant_id, g.quantity
      from jsonb_to_recordset(${given}::jsonb) as g(variant_id uuid, quantity int, reference text, position int)
      where not exists (select from stock.import_references r where r.location_id = ${locationId} and r.reference = g.reference and r.variant_id = g.variant_id
        and r.quantity = g.quantity)
      order by g.variant_id, g.position desc) as t
    left join stock.levels l on l.variant_id = t.variant_id and l.location_id = ${locationId} where t.quantity <> coalesce(l.available, 0)`;
  return row?.count ?? 0;
}
