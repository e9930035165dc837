import { newId } from '@kontor/kit/src/ids.ts';
import { importLevels } from '@kontor/stock/src/commands/import-levels.ts';
import { upsertLocations } from '@kontor/stock/src/commands/upsert-locations.ts';
import { CHANNEL, type Cluster } from './cluster.ts';

/** A location that the channel sells from, with variants on it. */
export interface Shelf {
  readonly locationId: string;
  readonly variantIds: readonly string[];
}

/** Puts new variants on a new shelf of the channel. */
export async function fillShelf({ db }: Cluster, variantCount: number, quantity: number): Promise<Shelf> {
  const code = newId();
  const { locationIds } = await upsertLocations(db, [
    {
      code,
      name: `Shelf ${code}`,
      kind: 'WAREHOUSE',
      street: null,
      city: null,
      province: null,
      postalCode: null,
      country: 'DE',
      latitude: null,
      longitude: null,
      pickupOffered: false,
      externalReference: null,
    },
  ]);
  const locationId = locationIds[0]!;
  // Behind whatever revision the channel has, with the shelves that it had.
  await db.sql`
    select stock.save_channel(${CHANNEL}, coalesce(max(c.revision), 0) + 1, coalesce(array_agg(p.location_id) filter (where p.location_id is not null), '{}') || ${locationId}::uuid)
    from (select ${CHANNEL}::text as code) as given left join stock.channel_locations c on c.channel_code = given.code
    left join stock.channel_places p on p.channel_code = given.code`;
  const variantIds = Array.from({ length: variantCount }, () => newId());
  await importLevels(
    db,
    locationId,
    variantIds.map((variantId) => ({ variantId, quantity, reference: newId() })),
  );
  return { locationId, variantIds };
}

/** How many levels differ from the sum of the ledger, worked out here and not by the service that is tried. */
export async function differences({ db }: Cluster): Promise<number> {
  const [row] = await db.sql<{ count: number }[]>`
    select count(*)::int as count from (
      select variant_id, location_id, key as state, sum(units) as units from (
        select variant_id, location_id, lower(to_state::text) as key, quantity as units from stock.movements where to_state is not null
        union all select variant_id, location_id, lower(from_state::text), -quantity from stock.movements where from_state is not null
      ) as entries group by 1, 2, 3
    ) as ledger full join (
      select l.variant_id, l.location_id, e.key as state, e.value::bigint as units from stock.levels l cross join jsonb_each_text(
        to_jsonb(l) - 'variant_id' - 'location_id') as e where e.value ~ '^-?[0-9]+$'
    ) as levels using (variant_id, location_id, state) where coalesce(ledger.units, 0) <> coalesce(levels.units, 0)`;
  return row!.count;
}

/** The levels of a shelf against what its reservations say, at one moment; empty when they agree. */
export async function contradictions({ db }: Cluster, { locationId }: Shelf, received: number): Promise<string[]> {
  const rows = await db.sql<{ available: number; reserved: number; committed: number; held: number; sold: number }[]>`
    select l.available, l.reserved, l.committed, coalesce(r.held, 0)::int as held, coalesce(r.sold, 0)::int as sold from stock.levels l left join (
      select variant_id, sum(quantity) filter (where status = 'held') as held, sum(quantity) filter (where status = 'committed') as sold
      from stock.reservation_lines join stock.reservations using (reservation_id) where location_id = ${locationId} group by 1
    ) as r using (variant_id) where l.location_id = ${locationId}`;
  return rows
    .filter(
      ({ available, reserved, committed, held, sold }) =>
        available + reserved + committed !== received ||
        reserved !== held ||
        committed !== sold ||
        Math.min(available, reserved, committed) < 0,
    )
    .map((row) => `received ${received}, but ${JSON.stringify(row)}`);
}
