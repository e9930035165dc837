/**
 * What the tables of stock are like behind all migrations. From 0002 on these are written by hand, because much of it Drizzle cannot say:
 * that `movements` is partitioned by month (`movements_YYYY_MM` and `movements_default`), fill factors, functions and triggers.
 */
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  customType,
  date,
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
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { eventTables } from '../shared/event-tables.ts';

export const schema = pgSchema('stock');
export const { outbox, inbox } = eventTables(schema);

const instant = (name: string) => timestamp(name, { withTimezone: true });
const count = (name: string) => bigint(name, { mode: 'number' });
/** The number of a transaction; it never begins again. */
const transactionId = customType<{ data: string }>({ dataType: () => 'xid8' });

/** What units of stock are in. On hand are all but INCOMING. */
export const stockState = schema.enum('stock_state', [
  'AVAILABLE',
  'RESERVED',
  'COMMITTED',
  'SAFETY',
  'DAMAGED',
  'INSPECTION',
  'INCOMING',
]);

/** What a ledger entry did. */
export const movementKind = schema.enum('movement_kind', [
  'RECEIVED',
  'RESERVED',
  'RELEASED',
  'EXPIRED',
  'COMMITTED',
  'SHIPPED',
  'RETURNED',
  'TRANSFERRED_OUT',
  'TRANSFERRED_IN',
  'ADJUSTED',
  'COUNTED',
]);

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
    index('locations_point')
      .using('gist', sql`point(longitude, latitude)`)
      .where(sql`longitude is not null and latitude is not null`),
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
    version: count('version').notNull().default(0),
    /** When its last entry was booked: no later one is booked before. */
    changedAt: instant('changed_at')
      .notNull()
      .default(sql`'-infinity'`),
  },
  (table) => [primaryKey({ name: 'variant_versions_pkey', columns: [table.variantId] })],
);

/** How many units of a variant a location has in each state: the projection of the ledger. Only `stock.book` writes it (a trigger refuses others). */
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
    check('levels_states_bounded', sql`greatest(safety, damaged, inspection, incoming) <= 1000000000`),
  ],
);

/**
 * The ledger: append-only (a trigger refuses anything else), each row units that moved from a state to a state, null being outside of stock. A
 * version of a variant has one entry or more. Partitioned by range of `booked_at`, a month each; the key serves every reader.
 */
export const movements = schema.table(
  'movements',
  {
    variantId: uuid('variant_id').notNull(),
    version: count('version').notNull(),
    entry: integer('entry').notNull(),
    locationId: uuid('location_id').notNull(),
    kind: movementKind('kind').notNull(),
    quantity: integer('quantity').notNull(),
    fromState: stockState('from_state'),
    toState: stockState('to_state'),
    reservationId: uuid('reservation_id'),
    reference: text('reference'),
    reason: text('reason'),
    actor: text('actor'),
    bookedAt: instant('booked_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'movements_pkey', columns: [table.variantId, table.version, table.entry, table.bookedAt] }),
    check('movements_quantity_positive', sql`quantity > 0`),
    check('movements_moves', sql`from_state is distinct from to_state`),
    check('movements_has_cause', sql`num_nonnulls(reservation_id, reference) = 1`),
  ],
);

/** Months of the ledger that are over, the oldest without gaps: their sums are kept, and they may be archived. */
export const ledgerMonths = schema.table(
  'ledger_months',
  {
    month: date('month').notNull(),
    state: text('state').notNull(),
    entryCount: count('entry_count').notNull(),
    closedAt: instant('closed_at').notNull(),
    archivedAt: instant('archived_at'),
    /** The file's name, and the SHA-256 of its bytes. */
    archive: text('archive'),
    checksum: text('checksum'),
  },
  (table) => [
    primaryKey({ name: 'ledger_months_pkey', columns: [table.month] }),
    check('ledger_months_state_known', sql`state in ('closed', 'archived')`),
  ],
);

/** What a level was when a closed month ended; only of levels that moved in it. */
export const ledgerOpenings = schema.table(
  'ledger_openings',
  {
    variantId: uuid('variant_id').notNull(),
    locationId: uuid('location_id').notNull(),
    month: date('month').notNull(),
    available: count('available').notNull(),
    reserved: count('reserved').notNull(),
    committed: count('committed').notNull(),
    safety: count('safety').notNull(),
    damaged: count('damaged').notNull(),
    inspection: count('inspection').notNull(),
    incoming: count('incoming').notNull(),
    /** The variant's version after its last entry of the month there. */
    version: count('version').notNull(),
  },
  (table) => [primaryKey({ name: 'ledger_openings_pkey', columns: [table.variantId, table.locationId, table.month] })],
);

/** What was found and repaired, of a variant or a reservation. */
export const ledgerRepairs = schema.table(
  'ledger_repairs',
  {
    repairId: uuid('repair_id').notNull(),
    subjectId: uuid('subject_id').notNull(),
    reason: text('reason').notNull(),
    repairedBy: text('repaired_by').notNull(),
    differences: jsonb('differences').notNull(),
    repairedAt: instant('repaired_at').notNull(),
  },
  (table) => [primaryKey({ name: 'ledger_repairs_pkey', columns: [table.repairId, table.subjectId] })],
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
  ],
);

/** When the holds end that there are: a table of its own, so that no index stands in the way of updates of reservations. */
export const holdDeadlines = schema.table(
  'hold_deadlines',
  {
    expiresAt: instant('expires_at').notNull(),
    reservationId: uuid('reservation_id').notNull(),
  },
  (table) => [primaryKey({ name: 'hold_deadlines_pkey', columns: [table.expiresAt, table.reservationId] })],
);

/** What a reservation has where: `quantity` is what it holds (or was sold), was shorted by, has shipped, and waits for. */
export const reservationLines = schema.table(
  'reservation_lines',
  {
    reservationId: uuid('reservation_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    locationId: uuid('location_id').notNull(),
    quantity: integer('quantity').notNull(),
    shorted: integer('shorted').notNull().default(0),
    shipped: integer('shipped').notNull().default(0),
    waiting: integer('waiting').notNull().default(0),
    /** Of the policy whose pool it was taken from, where consumption is counted. */
    policyRevision: count('policy_revision'),
  },
  (table) => [
    primaryKey({
      name: 'reservation_lines_pkey',
      columns: [table.reservationId, table.variantId, table.locationId],
    }),
    check('reservation_lines_quantity_positive', sql`quantity > 0`),
    check(
      'reservation_lines_open_not_negative',
      sql`shorted >= 0 and shipped >= 0 and waiting >= 0 and shorted + shipped + waiting <= quantity`,
    ),
    index('reservation_lines_of_level').on(table.variantId, table.locationId, table.reservationId),
    index('reservation_lines_waiting')
      .on(table.variantId, table.locationId, table.reservationId)
      .where(sql`waiting > 0`),
  ],
);

/** What is configured, in one row: its revision, and what there is of it, so that commands need not look for what there is not. */
export const configuration = schema.table(
  'configuration',
  {
    singleton: boolean('singleton').notNull().default(true),
    revision: count('revision').notNull().default(0),
    defaultPolicyId: uuid('default_policy_id'),
    hasPolicies: boolean('has_policies').notNull().default(false),
    hasSafetyStocks: boolean('has_safety_stocks').notNull().default(false),
    hasBundles: boolean('has_bundles').notNull().default(false),
    hasBackorders: boolean('has_backorders').notNull().default(false),
  },
  (table) => [
    primaryKey({ name: 'configuration_pkey', columns: [table.singleton] }),
    check('configuration_single', sql`singleton`),
  ],
);

/** Which channel sells from which location: `channel_locations`, one row each. */
export const channelPlaces = schema.table(
  'channel_places',
  {
    locationId: uuid('location_id').notNull(),
    channelCode: text('channel_code').notNull(),
  },
  (table) => [
    primaryKey({ name: 'channel_places_pkey', columns: [table.locationId, table.channelCode] }),
    index('channel_places_of_channel').on(table.channelCode),
  ],
);

/** Units of each variant at a location that a channel may not have. */
export const safetyStocks = schema.table(
  'safety_stocks',
  {
    channelCode: text('channel_code').notNull(),
    locationId: uuid('location_id').notNull(),
    quantity: integer('quantity').notNull(),
  },
  (table) => [
    primaryKey({ name: 'safety_stocks_pkey', columns: [table.channelCode, table.locationId] }),
    foreignKey({
      name: 'safety_stocks_location_fkey',
      columns: [table.locationId],
      foreignColumns: [locations.locationId],
    }),
    check('safety_stocks_quantity_positive', sql`quantity > 0`),
  ],
);

/** How channels share what is there. */
export const allocationPolicies = schema.table(
  'allocation_policies',
  {
    policyId: uuid('policy_id').notNull(),
    name: text('name').notNull(),
    kind: text('kind').notNull(),
    lendableBasisPoints: integer('lendable_basis_points').notNull().default(0),
    /** Null: all variants that no other policy names. */
    variantIds: uuid('variant_ids').array(),
    /** Null: all locations. */
    locationIds: uuid('location_ids').array(),
    status: text('status').notNull(),
    version: integer('version').notNull(),
    /** Of the configuration, when it was activated. */
    revision: count('revision'),
    changedBy: text('changed_by').notNull(),
    createdAt: instant('created_at').notNull(),
    activatedAt: instant('activated_at'),
    retiredAt: instant('retired_at'),
  },
  (table) => [
    primaryKey({ name: 'allocation_policies_pkey', columns: [table.policyId] }),
    check('allocation_policies_kind_known', sql`kind in ('FIFO', 'PRIORITY', 'PROPORTIONAL')`),
    check('allocation_policies_status_known', sql`status in ('draft', 'active', 'retired')`),
    check('allocation_policies_lendable_range', sql`lendable_basis_points between 0 and 10000`),
    check('allocation_policies_active_has_revision', sql`status <> 'active' or revision is not null`),
    uniqueIndex('allocation_policies_one_default')
      .on(sql`(true)`)
      .where(sql`status = 'active' and variant_ids is null`),
    index('allocation_policies_of_status').on(table.status, table.policyId),
  ],
);

/** What a policy gives a channel. */
export const allocationShares = schema.table(
  'allocation_shares',
  {
    policyId: uuid('policy_id').notNull(),
    channelCode: text('channel_code').notNull(),
    priority: integer('priority').notNull(),
    promised: integer('promised').notNull(),
    shareBasisPoints: integer('share_basis_points').notNull(),
    floor: integer('floor').notNull(),
  },
  (table) => [
    primaryKey({ name: 'allocation_shares_pkey', columns: [table.policyId, table.channelCode] }),
    foreignKey({
      name: 'allocation_shares_policy_fkey',
      columns: [table.policyId],
      foreignColumns: [allocationPolicies.policyId],
    }),
    check(
      'allocation_shares_not_negative',
      sql`priority >= 0 and promised >= 0 and floor >= 0 and share_basis_points between 0 and 10000`,
    ),
  ],
);

/** The locations that all channels of an active policy share; `stock.reconfigure` works it out. */
export const policyPools = schema.table(
  'policy_pools',
  {
    policyId: uuid('policy_id').notNull(),
    locationId: uuid('location_id').notNull(),
  },
  (table) => [primaryKey({ name: 'policy_pools_pkey', columns: [table.policyId, table.locationId] })],
);

/** Variants that an active policy names. */
export const policyVariants = schema.table(
  'policy_variants',
  {
    variantId: uuid('variant_id').notNull(),
    policyId: uuid('policy_id').notNull(),
  },
  (table) => [
    primaryKey({ name: 'policy_variants_pkey', columns: [table.variantId] }),
    index('policy_variants_of_policy').on(table.policyId),
  ],
);

/** What a channel took of a variant's pool since the policy was activated. */
export const allocationUsage = schema.table(
  'allocation_usage',
  {
    variantId: uuid('variant_id').notNull(),
    channelCode: text('channel_code').notNull(),
    policyRevision: count('policy_revision').notNull(),
    consumed: integer('consumed').notNull(),
  },
  (table) => [
    primaryKey({ name: 'allocation_usage_pkey', columns: [table.variantId, table.channelCode] }),
    check('allocation_usage_consumed_not_negative', sql`consumed >= 0`),
  ],
);

/** Whether a variant may be sold before it is there, and how much of it was. */
export const sellingPolicies = schema.table(
  'selling_policies',
  {
    variantId: uuid('variant_id').notNull(),
    kind: text('kind').notNull(),
    limitQuantity: integer('limit_quantity').notNull(),
    /** The sum of lines that wait. */
    soldAhead: integer('sold_ahead').notNull().default(0),
    promisedAt: instant('promised_at'),
    promisedDays: integer('promised_days'),
    /** Null: all channels. */
    channelCodes: text('channel_codes').array(),
    version: integer('version').notNull(),
  },
  (table) => [
    primaryKey({ name: 'selling_policies_pkey', columns: [table.variantId] }),
    check('selling_policies_kind_known', sql`kind in ('DENY', 'BACKORDER', 'PREORDER')`),
    check('selling_policies_limit_range', sql`limit_quantity between 0 and 1000000`),
    check('selling_policies_sold_ahead_not_negative', sql`sold_ahead >= 0`),
  ],
);

/** Projection of products' bundles. */
export const bundles = schema.table(
  'bundles',
  {
    bundleId: uuid('bundle_id').notNull(),
    revision: integer('revision').notNull(),
    /** What its version counts beyond its components' versions, so that it never falls. */
    versionBase: count('version_base').notNull(),
  },
  (table) => [primaryKey({ name: 'bundles_pkey', columns: [table.bundleId] })],
);

/** What a bundle consists of. */
export const bundleComponents = schema.table(
  'bundle_components',
  {
    bundleId: uuid('bundle_id').notNull(),
    componentId: uuid('component_id').notNull(),
    quantity: integer('quantity').notNull(),
  },
  (table) => [
    primaryKey({ name: 'bundle_components_pkey', columns: [table.bundleId, table.componentId] }),
    check('bundle_components_quantity_positive', sql`quantity > 0`),
    foreignKey({
      name: 'bundle_components_bundle_fkey',
      columns: [table.bundleId],
      foreignColumns: [bundles.bundleId],
    }),
    index('bundle_components_of_component').on(table.componentId),
  ],
);

/** Goods on their way: between two locations, or from a supplier when there is no location that they come from. */
export const transfers = schema.table(
  'transfers',
  {
    transferId: uuid('transfer_id').notNull(),
    fromLocationId: uuid('from_location_id'),
    toLocationId: uuid('to_location_id').notNull(),
    status: text('status').notNull(),
    expectedAt: instant('expected_at'),
    note: text('note'),
    createdBy: text('created_by').notNull(),
    createdAt: instant('created_at').notNull(),
    closedAt: instant('closed_at'),
  },
  (table) => [
    primaryKey({ name: 'transfers_pkey', columns: [table.transferId] }),
    foreignKey({
      name: 'transfers_from_fkey',
      columns: [table.fromLocationId],
      foreignColumns: [locations.locationId],
    }),
    foreignKey({ name: 'transfers_to_fkey', columns: [table.toLocationId], foreignColumns: [locations.locationId] }),
    check('transfers_status_known', sql`status in ('in_transit', 'closed')`),
    check('transfers_between_two', sql`from_location_id is distinct from to_location_id`),
    index('transfers_of_origin').on(table.fromLocationId, table.transferId),
    index('transfers_of_destination').on(table.toLocationId, table.transferId),
    index('transfers_in_transit')
      .on(table.transferId)
      .where(sql`status = 'in_transit'`),
  ],
);

/** How many units of a variant a transfer brings, and what became of them. */
export const transferLines = schema.table(
  'transfer_lines',
  {
    transferId: uuid('transfer_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    quantity: integer('quantity').notNull(),
    received: integer('received').notNull().default(0),
    lost: integer('lost').notNull().default(0),
  },
  (table) => [
    primaryKey({ name: 'transfer_lines_pkey', columns: [table.transferId, table.variantId] }),
    foreignKey({
      name: 'transfer_lines_transfer_fkey',
      columns: [table.transferId],
      foreignColumns: [transfers.transferId],
    }),
    check('transfer_lines_quantity_positive', sql`quantity > 0`),
    check('transfer_lines_accounted', sql`received >= 0 and lost >= 0 and received + lost <= quantity`),
    index('transfer_lines_open')
      .on(table.variantId)
      .where(sql`received + lost < quantity`),
  ],
);

/** What somebody has to look at: a sale that was booked although nothing was there. */
export const exceptions = schema.table(
  'exceptions',
  {
    exceptionId: uuid('exception_id').notNull(),
    kind: text('kind').notNull(),
    variantId: uuid('variant_id').notNull(),
    locationId: uuid('location_id').notNull(),
    quantity: integer('quantity').notNull(),
    reference: text('reference').notNull(),
    raisedAt: instant('raised_at').notNull(),
    resolvedAt: instant('resolved_at'),
    resolvedBy: text('resolved_by'),
    note: text('note'),
  },
  (table) => [
    primaryKey({ name: 'exceptions_pkey', columns: [table.exceptionId] }),
    check('exceptions_kind_known', sql`kind in ('OFFLINE_OVERSELL', 'SHIPPED_SHORT')`),
    index('exceptions_open')
      .on(table.exceptionId)
      .where(sql`resolved_at is null`),
  ],
);

/**
 * Which variants changed, in an order that readers can follow: whoever reads only what is older than every running transaction misses
 * nothing. No variants: the configuration changed.
 */
export const availabilityLog = schema.table(
  'availability_log',
  {
    transactionId: transactionId('transaction_id')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    logId: count('log_id').notNull().generatedAlwaysAsIdentity(),
    variantIds: uuid('variant_ids').array(),
    loggedAt: instant('logged_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'availability_log_pkey', columns: [table.transactionId, table.logId] }),
    index('availability_log_age').on(table.loggedAt),
    index('availability_log_configuration')
      .on(table.transactionId, table.logId)
      .where(sql`variant_ids is null`),
  ],
);

/** Where the log begins: nothing of a transaction up to this one is certain to be there any more. */
export const availabilityLogPurge = schema.table(
  'availability_log_purge',
  {
    singleton: boolean('singleton').notNull().default(true),
    purgedThrough: transactionId('purged_through').notNull().default('0'),
  },
  (table) => [
    primaryKey({ name: 'availability_log_purge_pkey', columns: [table.singleton] }),
    check('availability_log_purge_single', sql`singleton`),
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
