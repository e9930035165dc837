import type { Database } from '@kontor/kit/src/database.ts';
import type { Allocation } from '../domain/demand.ts';
import type { SaleLine, UnitLine } from '../domain/reservation-lines.ts';
import type { ReservationRow, ReservationStatus, ShortVariant } from './reservations.ts';
import { retried } from './retry.ts';

/** There is no such reservation, or it is in a state in which it cannot be done. */
export type NotChangeable =
  { readonly kind: 'missing' } | { readonly kind: 'notOpen'; readonly status: ReservationStatus };

/** What became of a move. */
export type Moved =
  | { readonly kind: 'moved'; readonly reservation: ReservationRow }
  | { readonly kind: 'short'; readonly variants: readonly ShortVariant[] }
  /** The plans are for other units than those that are not shipped yet, which are these. */
  | { readonly kind: 'otherDemand'; readonly open: readonly SaleLine[] }
  | NotChangeable;

/** What became of an extension. */
export type Extended = { readonly kind: 'extended'; readonly reservation: ReservationRow } | NotChangeable;

/** A line that names more than is open at its place. */
export interface ExceededLine {
  readonly variantId: string;
  readonly locationId: string;
  readonly requested: number;
  readonly open: number;
}

/** What became of a shipment. */
export type Shipped =
  | {
      readonly kind: 'shipped';
      readonly reservation: ReservationRow;
      /** `short` of the units shipped were not on hand by the books. */
      readonly lines: readonly (UnitLine & { readonly short: number })[];
    }
  | { readonly kind: 'tooMany'; readonly lines: readonly ExceededLine[] }
  | NotChangeable;

/** What became of a cancellation. */
export type Cancelled =
  | {
      readonly kind: 'cancelled';
      readonly reservation: ReservationRow;
      /** `released` of the units cancelled became available; the others had been lost or were waited for. */
      readonly lines: readonly (UnitLine & { readonly released: number })[];
    }
  | { readonly kind: 'tooMany'; readonly lines: readonly ExceededLine[] }
  | NotChangeable;

/** What became of a sale. */
export type Sold =
  | {
      readonly kind: 'sold';
      /** Per stock item, in order of id. `short` of the units sold were not on hand by the books. */
      readonly lines: readonly (SaleLine & { readonly short: number })[];
    }
  | { readonly kind: 'unknownLocation' }
  /** More than 1,000,000 units of one item. */
  | { readonly kind: 'tooLarge' };

/** What a command is known by: the same key with another hash is another command. */
export interface CommandKey {
  readonly key: string;
  readonly hash: string;
}

type Sql = Database['sql'];

/** Sends a statement that is a whole command and answers what became of it. */
async function commanded<Outcome>(db: Database, statement: (sql: Sql) => PromiseLike<{ outcome: Outcome }[]>) {
  const [row] = await retried(() => statement(db.sql));
  if (!row) throw new Error('a function answers one row');
  db.committed();
  return row.outcome;
}

const variantsOf = (lines: readonly SaleLine[]) => lines.map(({ variantId }) => variantId);
const locationsOf = (lines: readonly UnitLine[]) => lines.map(({ locationId }) => locationId);
const quantitiesOf = (lines: readonly SaleLine[]) => lines.map(({ quantity }) => quantity);

/**
 * Gives the units of a reservation that are not shipped back and takes the first of the plans that holds, or changes nothing.
 * @throws the broken constraint of the level when it has fewer units than the reservation's line says.
 */
export const moveUnits = (db: Database, key: string, plans: readonly (readonly Allocation[])[]): Promise<Moved> => {
  const numbers = plans.flatMap((plan, index) => plan.map(() => index));
  const lines = plans.flat();
  // Numbers, because the driver takes an array of booleans for a boolean.
  const aheads = lines.map(({ ahead }) => (ahead ? 1 : 0));
  return commanded<Moved>(
    db,
    (
      sql,
    ) => sql`select stock.move_reservation(${key}, ${numbers}::int[], ${variantsOf(lines)}::uuid[], ${locationsOf(lines)}::uuid[],
      ${quantitiesOf(lines)}::bigint[], ${aheads}::int[]::boolean[]) as outcome`,
  );
};

/** Lets a hold end `ttlSeconds` from now, or when it would have ended anyhow if that is later. */
export const extendHold = (db: Database, key: string, ttlSeconds: number): Promise<Extended> =>
  commanded<Extended>(db, (sql) => sql`select stock.extend_reservation(${key}, ${ttlSeconds}::int) as outcome`);

/**
 * Committed units leave, once per shipment. @param lines one per variant and location.
 * @throws the broken constraints `command_keys_content` and `command_keys_pkey` when the shipment's key was used for something else, or
 * that of the level when it has fewer units than the reservation's line says.
 */
export const shipUnits = (
  db: Database,
  key: string,
  shipment: CommandKey,
  change: { readonly lines: readonly UnitLine[]; readonly actor: string },
): Promise<Shipped> =>
  commanded<Shipped>(
    db,
    (
      sql,
    ) => sql`select stock.ship_reservation(${key}, ${shipment.key}, ${shipment.hash}, ${variantsOf(change.lines)}::uuid[],
      ${locationsOf(change.lines)}::uuid[], ${quantitiesOf(change.lines)}::int[], ${change.actor}) as outcome`,
  );

/**
 * Gives committed units back, once per cancellation. @param lines one per variant and location; null for all that is not shipped.
 * @throws as `shipUnits`.
 */
export const cancelUnits = (
  db: Database,
  key: string,
  cancellation: CommandKey,
  lines: readonly UnitLine[] | null,
): Promise<Cancelled> =>
  commanded<Cancelled>(
    db,
    (
      sql,
    ) => sql`select stock.cancel_reservation(${key}, ${cancellation.key}, ${cancellation.hash}, ${lines && variantsOf(lines)}::uuid[],
      ${lines && locationsOf(lines)}::uuid[], ${lines && quantitiesOf(lines)}::int[]) as outcome`,
  );

/** A sale that has happened. */
export interface Sale {
  readonly channel: string;
  readonly locationId: string;
  /** One per variant. */
  readonly lines: readonly SaleLine[];
  /** ISO 8601. */
  readonly soldAt: string;
  readonly actor: string;
}

/** Books a sale, once per key, whatever is on hand. @throws the broken constraints of the key as `shipUnits`. */
export const bookUnitsSold = (db: Database, { key, hash }: CommandKey, sale: Sale): Promise<Sold> =>
  commanded<Sold>(
    db,
    (
      sql,
    ) => sql`select stock.book_sale(${key}, ${hash}, ${sale.channel}, ${sale.locationId}::uuid, ${variantsOf(sale.lines)}::uuid[],
      ${quantitiesOf(sale.lines)}::int[], ${sale.soldAt}::timestamptz, ${sale.actor}) as outcome`,
  );

/** Where a purge begins. */
export const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const KEEP = '30 days';

/**
 * Forgets reservations that ended more than 30 days ago, among the next ones behind an id.
 * @param most how many it looks at. @returns the last id that it looked at, null when there are no more.
 */
export async function purgeReservations(db: Database, behind: string, most: number): Promise<string | null> {
  const [row] = await db.sql<{ last: string | null }[]>`
    select stock.purge_reservations(${behind}::uuid, stock.app_now() - ${KEEP}::interval, ${most}::int) as last`;
  return row?.last ?? null;
}
