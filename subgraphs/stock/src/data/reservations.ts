import type { Database } from '@kontor/kit/src/database.ts';
import type { Allocation, Demand } from '../domain/demand.ts';
import { retried } from './retry.ts';

/** The states of a reservation, as the graph writes them. SHORTED is a hold of which units were lost to a count, damage or an offline sale. */
export type ReservationStatus = 'HELD' | 'COMMITTED' | 'RELEASED' | 'EXPIRED' | 'SHORTED';

/** A reservation with what it holds. */
export interface ReservationRow {
  readonly reservationId: string;
  readonly key: string;
  readonly status: ReservationStatus;
  readonly planIndex: number;
  readonly expiresAt: string;
  readonly requestHash: string;
  /** Of stock items: a bundle stands as its components. Empty when the hold was released or expired. */
  readonly allocations: ReservedUnits[];
}

/** Units of a reservation at a location; what is held or committed there is `quantity` less the other numbers. */
export interface ReservedUnits extends Omit<Allocation, 'ahead'> {
  /** Units that were lost to a count, damage or an offline sale. */
  readonly shorted: number;
  /** Units that left the building. */
  readonly shipped: number;
  /** Units sold ahead that no goods have come for yet. */
  readonly waiting: number;
}

/** A variant of which no plan finds enough. */
export interface ShortVariant {
  readonly variantId: string;
  readonly requested: number;
  /** What the channel can sell of it. */
  readonly available: number;
}

/** A hold to be made. */
export interface Hold {
  readonly reservationId: string;
  readonly demand: Demand;
  readonly requestHash: string;
}

/** What became of one of several holds. */
export interface HoldOutcome {
  /** The plan that holds; null when nothing was held. */
  readonly planIndex: number | null;
  readonly expiresAt: string | null;
  /** Whether the key has a reservation already: nothing was held. */
  readonly keyExists: boolean;
  /** Whether a bundle was asked for: what is held are its components. */
  readonly bundled: boolean;
}

/**
 * Holds many demands in one transaction, decided in the order given: each gets the first of its plans that holds as a whole, or
 * nothing. @returns aligned with the holds.
 * @throws the broken constraint `reservations_key_unique` when one of the keys was reserved while this statement waited; PostgreSQL's
 * lock_not_available when it waited too long. Nothing was held then.
 */
export async function holdAll(db: Database, holds: readonly Hold[]): Promise<HoldOutcome[]> {
  const { sql } = db;
  const requests: number[] = [];
  const plans: number[] = [];
  const variants: string[] = [];
  const locations: string[] = [];
  const quantities: number[] = [];
  // Numbers, because the driver takes an array of booleans for a boolean.
  const ahead: number[] = [];
  for (const [index, { demand }] of holds.entries())
    for (const [planIndex, plan] of demand.plans.entries())
      for (const each of plan) {
        requests.push(index + 1);
        plans.push(planIndex);
        variants.push(each.variantId);
        locations.push(each.locationId);
        quantities.push(each.quantity);
        ahead.push(each.ahead ? 1 : 0);
      }
  const rows = await retried(
    () => sql<HoldOutcome[]>`
      select plan as "planIndex", expires_at as "expiresAt", known as "keyExists", bundled
      from stock.reserve(
        ${holds.map((hold) => hold.reservationId)}::uuid[], ${holds.map((hold) => hold.demand.key)}::text[],
        ${holds.map((hold) => hold.demand.channel)}::text[], ${holds.map((hold) => hold.requestHash)}::text[],
        ${holds.map((hold) => hold.demand.ttlSeconds)}::int[],
        ${requests}::int[], ${plans}::int[], ${variants}::uuid[], ${locations}::uuid[], ${quantities}::bigint[], ${ahead}::int[]::boolean[])
      order by request`,
  );
  db.committed();
  return rows;
}

/**
 * Which variants of each demand fall short of what was asked, with what its channel can sell, in order of id; all of them when each
 * alone would do but no plan does. One statement for any number of demands.
 */
export async function findShortVariants(
  db: Database,
  demands: readonly Demand[],
): Promise<ReadonlyMap<Demand, ShortVariant[]>> {
  const asked = new Map<string, Set<string>>();
  for (const { channel, requested } of demands) {
    const ids = asked.get(channel) ?? new Set<string>();
    for (const id of requested.keys()) ids.add(id);
    asked.set(channel, ids);
  }
  const pairs = [...asked].flatMap(([channel, ids]) => [...ids].map((id) => ({ channel, id })));
  const rows = await db.sql<{ channel: string; variantId: string; available: number }[]>`
    select c.code as channel, o.item as "variantId", o.sellable as available
    from (
      select g.code, array_agg(g.id) as ids
      from unnest(${pairs.map(({ channel }) => channel)}::text[], ${pairs.map(({ id }) => id)}::uuid[]) as g(code, id) group by g.code
    ) as c cross join lateral stock.offers(c.ids, c.code) o`;
  const sellable = new Map(rows.map(({ channel, variantId, available }) => [`${variantId} ${channel}`, available]));
  return new Map(
    demands.map((demand) => {
      const all = [...demand.requested].map(([variantId, requested]) => ({
        variantId,
        requested,
        available: sellable.get(`${variantId} ${demand.channel}`) ?? 0,
      }));
      const short = all.filter(({ available, requested }) => available < requested);
      return [demand, short.length > 0 ? short : all];
    }),
  );
}

/** A reservation by its key. A hold that is over counts as expired, whether or not it was ended already. */
export async function findReservation(db: Database, key: string): Promise<ReservationRow | null> {
  const [row] = await db.sql<{ state: ReservationRow }[]>`
    select stock.reservation_state(r.reservation_id) as state from stock.reservations r where r.key = ${key}`;
  return row?.state ?? null;
}

/** A hold to be ended. */
export interface EndRequest {
  readonly key: string;
  readonly ending: 'committed' | 'released';
}

/**
 * Ends holds in one transaction, each by a conditional update behind the locks of its variants: whatever is asked for, a hold that is
 * over expires. Keys must differ. @returns the state each is in now, aligned; null for an unknown key.
 */
export async function endHolds(db: Database, requests: readonly EndRequest[]): Promise<(ReservationStatus | null)[]> {
  const { sql } = db;
  const rows = await retried(
    () => sql<{ key: string; status: ReservationStatus | null }[]>`
      select reservation_key as key, status
      from stock.end_reservations(${requests.map(({ key }) => key)}::text[], ${requests.map(({ ending }) => ending)}::text[])`,
  );
  db.committed();
  const statuses = new Map(rows.map(({ key, status }) => [key, status]));
  return requests.map(({ key }) => statuses.get(key) ?? null);
}

/** Ends holds that are over. @param patient waits for variants that others are busy with instead of passing by. @returns how many it found. */
export async function expireHolds(db: Database, limit: number, patient: boolean): Promise<number> {
  const [row] = await retried(
    () => db.sql<{ count: number }[]>`select stock.expire_holds(${limit}, ${patient}) as count`,
  );
  db.committed();
  return row?.count ?? 0;
}
