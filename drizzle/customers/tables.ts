import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  foreignKey,
  index,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { eventTables } from '../shared/event-tables.ts';

export const schema = pgSchema('customers');

export const { outbox, inbox } = eventTables(schema);

/** Organisations that buy. */
export const companies = schema.table(
  'companies',
  {
    companyId: uuid('company_id').notNull(),
    name: text('name').notNull(),
    taxId: text('tax_id'),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'companies_pkey', columns: [table.companyId] }),
    unique('companies_name').on(table.name),
  ],
);

/** People who buy: one row a person, whatever the channel. */
export const customers = schema.table(
  'customers',
  {
    customerId: uuid('customer_id').notNull(),
    /** In lower case: what identifies the person. */
    email: text('email').notNull(),
    givenName: text('given_name'),
    familyName: text('family_name'),
    /** E.164. */
    phone: text('phone'),
    /** The company that the person buys for. */
    companyId: uuid('company_id'),
    revision: bigint('revision', { mode: 'number' }).notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'customers_pkey', columns: [table.customerId] }),
    unique('customers_email').on(table.email),
    check('customers_email_lower', sql`email = lower(email)`),
    check('customers_phone_e164', sql`phone ~ '^\\+[1-9][0-9]{6,14}$'`),
    foreignKey({ name: 'customers_company', columns: [table.companyId], foreignColumns: [companies.companyId] }),
    index('customers_by_company').on(table.companyId),
  ],
);

/** What customers sign in with. A profile without a row was made by a checkout: nobody can sign in to it. */
export const passwords = schema.table(
  'passwords',
  {
    customerId: uuid('customer_id').notNull(),
    /** A PHC string: algorithm, cost, salt and hash. */
    hash: text('hash').notNull(),
    changedAt: timestamp('changed_at', { withTimezone: true }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'passwords_pkey', columns: [table.customerId] }),
    check('passwords_argon2id', sql`hash like '$argon2id$%'`),
    foreignKey({ name: 'passwords_customer', columns: [table.customerId], foreignColumns: [customers.customerId] }),
  ],
);

/** API keys, access keys and sessions. Secrets are random, so that a plain SHA-256 cannot be guessed back. */
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
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    /** When a session ends; null for keys, which end by being revoked. */
    expiresAt: timestamp('expires_at', { withTimezone: true }),
    revokedAt: timestamp('revoked_at', { withTimezone: true }),
  },
  (table) => [
    primaryKey({ name: 'credentials_pkey', columns: [table.credentialId] }),
    unique('credentials_secret').on(table.secretHash),
    check('credentials_role', sql`role in ('customer', 'staff', 'integration')`),
    check('credentials_customer_of_role', sql`(role = 'customer') = (customer_id is not null)`),
    check('credentials_session_of_customer', sql`expires_at is null or role = 'customer'`),
    foreignKey({ name: 'credentials_customer', columns: [table.customerId], foreignColumns: [customers.customerId] }),
    index('credentials_by_customer').on(table.customerId),
  ],
);
