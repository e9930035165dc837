import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { customers } from './profile.ts';
import { instant, schema } from './schema.ts';

/** Where people have things sent and what they are billed at; at most one default of each kind a person. */
export const addresses = schema.table(
  'addresses',
  {
    addressId: uuid('address_id').notNull(),
    customerId: uuid('customer_id').notNull(),
    /** What its owner calls it. */
    label: text('label'),
    name: text('name'),
    company: text('company'),
    street: text('street'),
    street2: text('street2'),
    city: text('city'),
    province: text('province'),
    postalCode: text('postal_code'),
    country: text('country').notNull(),
    phone: text('phone'),
    isDefaultShipping: boolean('is_default_shipping').notNull().default(false),
    isDefaultBilling: boolean('is_default_billing').notNull().default(false),
    version: integer('version').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'addresses_pkey', columns: [table.addressId] }),
    foreignKey({ name: 'addresses_customer', columns: [table.customerId], foreignColumns: [customers.customerId] }),
    index('addresses_by_customer').on(table.customerId, table.addressId),
    uniqueIndex('addresses_default_shipping')
      .on(table.customerId)
      .where(sql`is_default_shipping`),
    uniqueIndex('addresses_default_billing')
      .on(table.customerId)
      .where(sql`is_default_billing`),
    check('addresses_country', sql`country ~ '^[A-Z]{2}$'`),
  ],
);

/** What people like, by key: texts, numbers and switches. */
export const preferences = schema.table(
  'preferences',
  {
    customerId: uuid('customer_id').notNull(),
    key: text('key').notNull(),
    value: jsonb('value').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'preferences_pkey', columns: [table.customerId, table.key] }),
    foreignKey({ name: 'preferences_customer', columns: [table.customerId], foreignColumns: [customers.customerId] }),
    check('preferences_scalar', sql`jsonb_typeof(value) in ('string', 'number', 'boolean')`),
  ],
);

/**
 * What people agreed to and took back, one row each time: the last of a purpose and channel counts. A trigger refuses every change but
 * another owner (a merge) and the loss of the proof (erasure).
 */
export const consents = schema.table(
  'consents',
  {
    seq: bigint('seq', { mode: 'number' }).generatedAlwaysAsIdentity().notNull(),
    customerId: uuid('customer_id').notNull(),
    purpose: text('purpose').notNull(),
    /** By which way: `email`, `sms`. */
    channel: text('channel').notNull(),
    granted: boolean('granted').notNull(),
    source: text('source').notNull(),
    textVersion: text('text_version'),
    /** What shows it, such as the number of a signed form. May hold something personal. */
    proof: text('proof'),
    /** The caller's subject. */
    recordedBy: text('recorded_by').notNull(),
    recordedAt: instant('recorded_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'consents_pkey', columns: [table.seq] }),
    foreignKey({ name: 'consents_customer', columns: [table.customerId], foreignColumns: [customers.customerId] }),
    index('consents_current').on(table.customerId, table.purpose, table.channel, table.seq),
    index('consents_history').on(table.customerId, table.seq),
    check('consents_source', sql`source in ('SELF', 'STAFF', 'INTEGRATION')`),
  ],
);

/** What staff wrote about people, for staff. */
export const notes = schema.table(
  'notes',
  {
    noteId: uuid('note_id').notNull(),
    customerId: uuid('customer_id').notNull(),
    body: text('body').notNull(),
    /** The caller's subject. */
    author: text('author').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'notes_pkey', columns: [table.noteId] }),
    foreignKey({ name: 'notes_customer', columns: [table.customerId], foreignColumns: [customers.customerId] }),
    index('notes_by_customer').on(table.customerId, table.createdAt, table.noteId),
    check('notes_body', sql`char_length(body) between 1 and 2000`),
  ],
);
