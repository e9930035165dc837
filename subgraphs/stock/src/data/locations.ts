import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { boxesAround, roundedDegrees, type GeoBox, type GeoPoint } from '../domain/geography.ts';

/** What kind of place it is. */
export type LocationKind = 'WAREHOUSE' | 'STORE' | 'DROPSHIP' | 'THIRD_PARTY';

/** A place that holds stock, as it shall be. */
export interface LocationValues {
  readonly code: string;
  readonly name: string;
  readonly kind: LocationKind;
  readonly street: string | null;
  readonly city: string | null;
  readonly province: string | null;
  readonly postalCode: string | null;
  readonly country: string;
  /** Degrees, WGS 84. */
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly pickupOffered: boolean;
  readonly externalReference: string | null;
}

/** A place that holds stock. */
export interface LocationRow extends LocationValues {
  readonly id: string;
  readonly revision: number;
}

const columns = (sql: Database['sql']) => sql`
  o.location_id as id, o.code, o.name, o.kind, o.street, o.city, o.province, o.postal_code as "postalCode", o.country, o.latitude, o.longitude,
  o.pickup_offered as "pickupOffered", o.external_reference as "externalReference", o.revision`;

/** Locations by id, in no order; ids must be UUIDs. */
export async function findLocations(db: Database, ids: readonly string[]): Promise<LocationRow[]> {
  return db.sql<
    LocationRow[]
  >`select ${columns(db.sql)} from stock.locations o where o.location_id = any(${[...ids]}::uuid[])`;
}

/** Locations by code, behind a code. */
export async function listLocations(db: Database, afterCode: string | null, limit: number): Promise<LocationRow[]> {
  const { sql } = db;
  return sql<LocationRow[]>`
    select ${columns(sql)} from stock.locations o ${afterCode === null ? sql`` : sql`where o.code > ${afterCode}`} order by o.code limit ${limit}`;
}

/**
 * Locations that let a channel have the variants and offer pickup, at most `limit` for each variant: by code, or the nearest to a point
 * first and those whose place nobody knows last.
 */
export async function findPickupLocations(
  db: Database,
  channel: string,
  variantIds: readonly string[],
  { limit, near }: { readonly limit: number; readonly near: GeoPoint | null },
): Promise<(LocationRow & { readonly variantId: string })[]> {
  const { sql } = db;
  return sql<(LocationRow & { variantId: string })[]>`
    select u.item as "variantId", ${columns(sql)}
    from stock.pickup_place_offers(${[...variantIds]}::uuid[], ${channel}, ${near?.latitude ?? null}::float8, ${near?.longitude ?? null}::float8, ${limit}::int) u
    join stock.locations o on o.location_id = u.location_id order by u.item, u.turn`;
}

/** A location and how far away it is. */
export type NearLocationRow = LocationRow & { readonly distanceKm: number };

/** The part of the earth in which is looked. */
export interface Neighbourhood {
  readonly near: GeoPoint;
  readonly radiusKm: number;
  readonly limit: number;
}

/** Locations within a distance that offer pickup and whose stock the channel sells, the nearest first. */
export async function findLocationsNear(
  db: Database,
  channel: string,
  { near, radiusKm, limit }: Neighbourhood,
): Promise<NearLocationRow[]> {
  return locationsNear(db.sql, channel, { near, radiusKm, limit });
}

/** The statement of it, which can be explained, too. The rectangles are what the index knows; the distance then decides. */
export const locationsNear = (sql: Database['sql'], channel: string, { near, radiusKm, limit }: Neighbourhood) => {
  const [box, other] = boxesAround(near, radiusKm);
  const inside = other ? sql`(${isIn(sql, box)} or ${isIn(sql, other)})` : isIn(sql, box);
  return sql<NearLocationRow[]>`
    select * from (
      select ${columns(sql)}, ${distanceTo(sql, near)} as "distanceKm"
      from stock.locations o join stock.channel_places p on p.location_id = o.location_id and p.channel_code = ${channel}
      where o.longitude is not null and o.latitude is not null and o.pickup_offered and ${inside}
    ) as near where "distanceKm" <= ${radiusKm} order by "distanceKm", code limit ${limit}`;
};

const distanceTo = (sql: Database['sql'], { latitude, longitude }: GeoPoint) =>
  sql`stock.distance_km(${latitude}, ${longitude}, o.latitude, o.longitude)`;

const isIn = (sql: Database['sql'], { west, south, east, north }: GeoBox) =>
  sql`point(o.longitude, o.latitude) <@ box(point(${west}, ${south}), point(${east}, ${north}))`;

/** How many units of variants each of some locations lets a channel have; only where there is one at least. */
export async function findUnitsAt(
  db: Database,
  channel: string,
  variantIds: readonly string[],
  locationIds: readonly string[],
): Promise<{ readonly variantId: string; readonly locationId: string; readonly units: number }[]> {
  return db.sql`
    select item as "variantId", location_id as "locationId", units
    from stock.place_offers(${[...variantIds]}::uuid[], ${channel}, ${[...locationIds]}::uuid[])`;
}

/** What an upsert did to one location. */
export interface UpsertedLocation {
  readonly id: string;
  readonly code: string;
  /** True for new, false for changed, null for a location that was as asked for. */
  readonly created: boolean | null;
}

/**
 * Makes or changes locations by code in one statement, with the event `stock.location.changed` of each that is not as it was.
 * @param locations codes must differ. @returns one row per location, in no order.
 */
export async function upsertLocations(db: Database, locations: readonly LocationValues[]): Promise<UpsertedLocation[]> {
  const { sql } = db;
  const given = JSON.stringify(
    locations.map((location) => ({
      id: newId(),
      ...location,
      latitude: location.latitude === null ? null : roundedDegrees(location.latitude),
      longitude: location.longitude === null ? null : roundedDegrees(location.longitude),
    })),
  );
  const rows = await sql<UpsertedLocation[]>`
    with given as (
      select * from jsonb_to_recordset(${given}::jsonb) as g(
        id uuid, code text, name text, kind text, street text, city text, province text, "postalCode" text, country text,
        latitude float8, longitude float8, "pickupOffered" boolean, "externalReference" text)
    ), upserted as (
      insert into stock.locations as o
        (location_id, code, name, kind, street, city, province, postal_code, country, latitude, longitude, pickup_offered, external_reference, updated_at)
      -- In order of code: two upserts sharing locations would deadlock otherwise.
      select id, code, name, kind, street, city, province, "postalCode", country, latitude, longitude, "pickupOffered", "externalReference", stock.app_now()
      from given order by code
      on conflict on constraint locations_code_unique do update set
        name = excluded.name, kind = excluded.kind, street = excluded.street, city = excluded.city, province = excluded.province,
        postal_code = excluded.postal_code, country = excluded.country, latitude = excluded.latitude, longitude = excluded.longitude,
        pickup_offered = excluded.pickup_offered, external_reference = excluded.external_reference,
        revision = o.revision + 1, updated_at = excluded.updated_at
      where (o.name, o.kind, o.street, o.city, o.province, o.postal_code, o.country, o.latitude, o.longitude, o.pickup_offered, o.external_reference)
        is distinct from (excluded.name, excluded.kind, excluded.street, excluded.city, excluded.province, excluded.postal_code, excluded.country,
          excluded.latitude, excluded.longitude, excluded.pickup_offered, excluded.external_reference)
      returning o.*
    ), told as (
      insert into stock.outbox (event_id, topic, key, payload, occurred_at)
      select stock.new_id(), 'stock.location.changed', u.location_id::text, jsonb_build_object('locationId', u.location_id, 'revision', u.revision,
        'code', u.code, 'name', u.name, 'kind', u.kind, 'postalCode', u.postal_code, 'country', u.country, 'latitude', u.latitude,
        'longitude', u.longitude, 'pickupOffered', u.pickup_offered), stock.app_now()
      from upserted u order by u.code
    )
    select coalesce(u.location_id, o.location_id) as id, g.code, case when u.location_id is null then null else u.revision = 1 end as created
    from given g left join upserted u using (code) left join stock.locations o using (code)`;
  db.committed();
  return rows;
}
