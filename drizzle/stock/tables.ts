import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { eventTables } from '../shared/event-tables.ts';

export const schema = pgSchema('stock');
export const { outbox, inbox } = eventTables(schema);

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** Places that hold stock. */
export const locations = schema.table(
  'locations',
  {
    locationId: uuid('location_id').notNull(),
    code: text('code').notNull(),
    name: text('name').notNull(),
    kind: text('kind').notNull(),
    street: text('street'),
    city: text('city'),
    province: text('province'),
    postalCode: text('postal_code'),
    country: text('country').notNull(),
    latitude: doublePrecision('latitude'),
    longitude: doublePrecision('longitude'),
    pickupOffered: boolean('pickup_offered').notNull(),
    externalReference: text('external_reference'),
    revision: integer('revision').notNull().default(1),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'locations_pkey', columns: [table.locationId] }),
    unique('locations_code_unique').on(table.code),
    check('locations_kind_known', sql`kind in ('WAREHOUSE', 'STORE', 'DROPSHIP', 'THIRD_PARTY')`),
    check('locations_latitude_range', sql`latitude between -90 and 90`),
    check('locations_longitude_range', sql`longitude between -180 and 180`),
  ],
);

/**
 * One row per variant that ever had stock. It is the lock of the variant: whoever changes a level of the variant holds it until
 * commit, so that versions have no gaps and the levels read behind it are the newest.
 */
export const variantVersions = schema.table(
  'variant_versions',
  {
    variantId: uuid('variant_id').notNull(),
    version: bigint('version', { mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ name: 'variant_versions_pkey', columns: [table.variantId] })],
);

/** How many units of a variant a location has in each state: the projection of the ledger. */
export const levels = schema.table(
  'levels',
  {
    variantId: uuid('variant_id').notNull(),
    locationId: uuid('location_id').notNull(),
    available: integer('available').notNull().default(0),
    reserved: integer('reserved').notNull().default(0),
    committed: integer('committed').notNull().default(0),
    safety: integer('safety').notNull().default(0),
    damaged: integer('damaged').notNull().default(0),
    inspection: integer('inspection').notNull().default(0),
    incoming: integer('incoming').notNull().default(0),
  },
  (table) => [
    primaryKey({ name: 'levels_pkey', columns: [table.variantId, table.locationId] }),
    foreignKey({ name: 'levels_location_fkey', columns: [table.locationId], foreignColumns: [locations.locationId] }),
    foreignKey({
      name: 'levels_variant_fkey',
      columns: [table.variantId],
      foreignColumns: [variantVersions.variantId],
    }),
    check('levels_available_not_negative', sql`available >= 0`),
    check('levels_reserved_not_negative', sql`reserved >= 0`),
    check('levels_committed_not_negative', sql`committed >= 0`),
    check('levels_safety_not_negative', sql`safety >= 0`),
    check('levels_damaged_not_negative', sql`damaged >= 0`),
    check('levels_inspection_not_negative', sql`inspection >= 0`),
    check('levels_incoming_not_negative', sql`incoming >= 0`),
    check('levels_available_bounded', sql`available <= 1000000000`),
  ],
);

/** The ledger: append-only (a trigger refuses anything else), each row the signed difference that it made to every state. */
export const movements = schema.table(
  'movements',
  {
    movementId: uuid('movement_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    locationId: uuid('location_id').notNull(),
    kind: text('kind').notNull(),
    quantity: integer('quantity').notNull(),
    availableDelta: integer('available_delta').notNull().default(0),
    reservedDelta: integer('reserved_delta').notNull().default(0),
    committedDelta: integer('committed_delta').notNull().default(0),
    safetyDelta: integer('safety_delta').notNull().default(0),
    damagedDelta: integer('damaged_delta').notNull().default(0),
    inspectionDelta: integer('inspection_delta').notNull().default(0),
    incomingDelta: integer('incoming_delta').notNull().default(0),
    cause: text('cause').notNull(),
    version: bigint('version', { mode: 'number' }).notNull(),
    bookedAt: instant('booked_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'movements_pkey', columns: [table.movementId] }),
    index('movements_of_variant').on(table.variantId, table.version.desc(), table.movementId.desc()),
    check(
      'movements_kind_known',
      sql`kind in ('RECEIVED', 'RESERVED', 'RELEASED', 'EXPIRED', 'COMMITTED', 'SHIPPED', 'ADJUSTED', 'COUNTED')`,
    ),
  ],
);

/** Stock held under a key: it leaves `held` once, for one of the other three. */
export const reservations = schema.table(
  'reservations',
  {
    reservationId: uuid('reservation_id').notNull(),
    key: text('key').notNull(),
    channelCode: text('channel_code').notNull(),
    status: text('status').notNull(),
    planIndex: integer('plan_index').notNull(),
    requestHash: text('request_hash').notNull(),
    expiresAt: instant('expires_at').notNull(),
    createdAt: instant('created_at').notNull(),
    endedAt: instant('ended_at'),
  },
  (table) => [
    primaryKey({ name: 'reservations_pkey', columns: [table.reservationId] }),
    unique('reservations_key_unique').on(table.key),
    check('reservations_status_known', sql`status in ('held', 'committed', 'released', 'expired')`),
    check('reservations_ended_when_not_held', sql`(status = 'held') = (ended_at is null)`),
    index('reservations_held')
      .on(table.expiresAt)
      .where(sql`status = 'held'`),
  ],
);

/** What a reservation holds where; never changed. */
export const reservationLines = schema.table(
  'reservation_lines',
  {
    reservationId: uuid('reservation_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    locationId: uuid('location_id').notNull(),
    quantity: integer('quantity').notNull(),
  },
  (table) => [
    primaryKey({
      name: 'reservation_lines_pkey',
      columns: [table.reservationId, table.variantId, table.locationId],
    }),
    foreignKey({
      name: 'reservation_lines_reservation_fkey',
      columns: [table.reservationId],
      foreignColumns: [reservations.reservationId],
    }),
    check('reservation_lines_quantity_positive', sql`quantity > 0`),
  ],
);

/** Projection of products' channels: the locations whose stock each one sells. */
export const channelLocations = schema.table(
  'channel_locations',
  {
    channelCode: text('channel_code').notNull(),
    revision: integer('revision').notNull(),
    locationIds: uuid('location_ids').array().notNull(),
  },
  (table) => [primaryKey({ name: 'channel_locations_pkey', columns: [table.channelCode] })],
);

/** Idempotency keys of commands, each of one caller, with what the command answered. */
export const commandKeys = schema.table(
  'command_keys',
  {
    caller: text('caller').notNull(),
    key: text('key').notNull(),
    requestHash: text('request_hash').notNull(),
    result: jsonb('result'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'command_keys_pkey', columns: [table.caller, table.key] }),
    index('command_keys_created').on(table.createdAt),
  ],
);

/** Lines of imports that were applied: the same reference with the same quantity is not applied again, even after sales. */
export const importReferences = schema.table(
  'import_references',
  {
    locationId: uuid('location_id').notNull(),
    reference: text('reference').notNull(),
    variantId: uuid('variant_id').notNull(),
    quantity: integer('quantity').notNull(),
    appliedAt: instant('applied_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'import_references_pkey', columns: [table.locationId, table.reference] }),
    foreignKey({
      name: 'import_references_location_fkey',
      columns: [table.locationId],
      foreignColumns: [locations.locationId],
    }),
  ],
);
