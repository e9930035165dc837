import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { customers } from './profile.ts';
import { instant, schema } from './schema.ts';

/** API keys and access keys. Secrets are random, so that a plain SHA-256 cannot be guessed back. */
export const credentials = schema.table(
  'credentials',
  {
    credentialId: uuid('credential_id').notNull(),
    /** SHA-256 in hexadecimal; the secret itself is nowhere. */
    secretHash: text('secret_hash').notNull(),
    label: text('label').notNull(),
    role: text('role').notNull(),
    /** The channel's code that it is bound to; null for any. */
    channel: text('channel'),
    scopes: text('scopes').array().notNull(),
    customerId: uuid('customer_id'),
    /** The location of a register; locations are stock's. */
    locationId: uuid('location_id'),
    createdAt: instant('created_at').notNull(),
    /** When it ends by itself; null for those that end by being revoked. */
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
    /** What the secret begins with, and its last four characters, by which people tell keys apart; null for secrets that were brought. */
    prefix: text('prefix'),
    lastFour: text('last_four'),
    /** The id of who made it: of a person of the staff or of a credential, or the name of a service. */
    createdBy: text('created_by'),
    /** To the minute. */
    lastUsedAt: instant('last_used_at'),
    idempotencyKey: text('idempotency_key'),
    requestHash: text('request_hash'),
  },
  (table) => [
    primaryKey({ name: 'credentials_pkey', columns: [table.credentialId] }),
    unique('credentials_secret').on(table.secretHash),
    check('credentials_role', sql`role in ('customer', 'staff', 'integration')`),
    check('credentials_customer_of_role', sql`(role = 'customer') = (customer_id is not null)`),
    check('credentials_idempotency', sql`(idempotency_key is null) = (request_hash is null)`),
    foreignKey({ name: 'credentials_customer', columns: [table.customerId], foreignColumns: [customers.customerId] }),
    index('credentials_by_customer').on(table.customerId),
    uniqueIndex('credentials_once')
      .on(table.createdBy, table.idempotencyKey)
      .where(sql`idempotency_key is not null`),
  ],
);

/** Secrets of keys that were rotated: each works until its overlap ends. */
export const formerSecrets = schema.table(
  'former_secrets',
  {
    secretHash: text('secret_hash').notNull(),
    credentialId: uuid('credential_id').notNull(),
    endsAt: instant('ends_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'former_secrets_pkey', columns: [table.secretHash] }),
    foreignKey({
      name: 'former_secrets_credential',
      columns: [table.credentialId],
      foreignColumns: [credentials.credentialId],
    }).onDelete('cascade'),
    index('former_secrets_by_credential').on(table.credentialId),
  ],
);

/** Registers and other devices of a location, which staff sign in on. */
export const devices = schema.table(
  'devices',
  {
    deviceId: uuid('device_id').notNull(),
    label: text('label').notNull(),
    channel: text('channel').notNull(),
    locationId: uuid('location_id').notNull(),
    secretHash: text('secret_hash').notNull(),
    prefix: text('prefix').notNull(),
    lastFour: text('last_four').notNull(),
    registeredBy: text('registered_by').notNull(),
    registeredAt: instant('registered_at').notNull(),
    /** To the minute. */
    lastSeenAt: instant('last_seen_at'),
    revokedAt: instant('revoked_at'),
  },
  (table) => [
    primaryKey({ name: 'devices_pkey', columns: [table.deviceId] }),
    unique('devices_secret').on(table.secretHash),
  ],
);

/** People who work here, and what they may do. */
export const staffMembers = schema.table(
  'staff_members',
  {
    staffId: uuid('staff_id').notNull(),
    /** What they type at a register, in lower case. */
    code: text('code').notNull(),
    displayName: text('display_name').notNull(),
    scopes: text('scopes').array().notNull(),
    allLocations: boolean('all_locations').notNull(),
    /** Where they work when not everywhere. */
    locationIds: uuid('location_ids').array().notNull(),
    /** A PHC string; null for people who sign in elsewhere or not at all. */
    pinHash: text('pin_hash'),
    pinChangedAt: instant('pin_changed_at'),
    /** Who they are to an external issuer. */
    externalIssuer: text('external_issuer'),
    externalSubject: text('external_subject'),
    active: boolean('active').notNull(),
    /** Grows with every change but that of the PIN. */
    version: integer('version').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'staff_members_pkey', columns: [table.staffId] }),
    unique('staff_members_code').on(table.code),
    unique('staff_members_external').on(table.externalIssuer, table.externalSubject),
    check('staff_members_code_shape', sql`code ~ '^[a-z0-9][a-z0-9._-]{0,31}$'`),
    check('staff_members_locations', sql`not all_locations or cardinality(location_ids) = 0`),
    check('staff_members_pin', sql`pin_hash like '$argon2id$%'`),
    check('staff_members_pin_changed', sql`(pin_hash is null) = (pin_changed_at is null)`),
    check('staff_members_external_whole', sql`(external_issuer is null) = (external_subject is null)`),
  ],
);

/** ID tokens that were accepted, until nobody would accept them any more: each begins one session. */
export const externalTokens = schema.table(
  'external_tokens',
  {
    /** SHA-256, in hexadecimal, of what is signed. */
    tokenHash: text('token_hash').notNull(),
    endsAt: instant('ends_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'external_tokens_pkey', columns: [table.tokenHash] }),
    index('external_tokens_by_end').on(table.endsAt),
  ],
);
