import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  customType,
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

const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });
/** A transaction's number, which never wraps around. */
const transactionId = customType<{ data: string }>({ dataType: () => 'xid8' });

/** What customers sign in with. A profile without a row was made by a checkout or a till: nobody can sign in to it. */
export const passwords = schema.table(
  'passwords',
  {
    customerId: uuid('customer_id').notNull(),
    /** A PHC string: algorithm, cost, salt and hash. */
    hash: text('hash').notNull(),
    changedAt: instant('changed_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'passwords_pkey', columns: [table.customerId] }),
    check('passwords_argon2id', sql`hash like '$argon2id$%'`),
    foreignKey({ name: 'passwords_customer', columns: [table.customerId], foreignColumns: [customers.customerId] }),
  ],
);

/** Secrets that the service makes once for all of its processes, where the environment gives none. */
export const secrets = schema.table(
  'secrets',
  { name: text('name').notNull(), value: bytes('value').notNull() },
  (table) => [primaryKey({ name: 'secrets_pkey', columns: [table.name] })],
);

/**
 * The keys that sign access tokens. The one without `retires_at` is the newest: it signs from `signs_from` on, and its predecessor,
 * which retires at that instant, until then. A key verifies until `ends_at`, when the last token that it signed has ended.
 */
export const signingKeys = schema.table(
  'signing_keys',
  {
    kid: text('kid').notNull(),
    /** The private key, encrypted under the sealing secret. */
    sealedKey: text('sealed_key').notNull(),
    publicKey: jsonb('public_key').notNull(),
    createdAt: instant('created_at').notNull(),
    signsFrom: instant('signs_from').notNull(),
    retiresAt: instant('retires_at'),
    endsAt: instant('ends_at'),
  },
  (table) => [
    primaryKey({ name: 'signing_keys_pkey', columns: [table.kid] }),
    check('signing_keys_retired', sql`(retires_at is null) = (ends_at is null)`),
    check('signing_keys_ends', sql`ends_at > retires_at`),
    uniqueIndex('signing_keys_newest')
      .on(sql`(retires_at is null)`)
      .where(sql`retires_at is null`),
  ],
);

/** Sessions that go on; what has ended is gone. No row holds a token or a hash of one. */
export const sessions = schema.table(
  'sessions',
  {
    sessionId: uuid('session_id').notNull(),
    role: text('role').notNull(),
    customerId: uuid('customer_id'),
    staffId: uuid('staff_id'),
    deviceId: uuid('device_id'),
    locationId: uuid('location_id'),
    /** The channel's code that it was made in and works in. */
    channel: text('channel').notNull(),
    scopes: text('scopes').array().notNull(),
    /** The program that it was made with, as it called itself. */
    label: text('label'),
    /** How often its refresh token was exchanged: only the newest token is good. */
    generation: integer('generation').notNull(),
    rotatedAt: instant('rotated_at').notNull(),
    createdAt: instant('created_at').notNull(),
    lastUsedAt: instant('last_used_at').notNull(),
    /** When it ends unless it is used, never after `ends_at`. */
    expiresAt: instant('expires_at').notNull(),
    endsAt: instant('ends_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'sessions_pkey', columns: [table.sessionId] }),
    foreignKey({ name: 'sessions_customer', columns: [table.customerId], foreignColumns: [customers.customerId] }),
    check('sessions_role', sql`role in ('customer', 'staff')`),
    check('sessions_of_customer', sql`(role = 'customer') = (customer_id is not null)`),
    check('sessions_of_staff', sql`(role = 'staff') = (staff_id is not null)`),
    check('sessions_generation', sql`generation >= 0`),
    check('sessions_expires', sql`expires_at <= ends_at`),
    index('sessions_by_customer')
      .on(table.customerId, table.createdAt)
      .where(sql`customer_id is not null`),
    index('sessions_by_staff')
      .on(table.staffId)
      .where(sql`staff_id is not null`),
    index('sessions_by_device')
      .on(table.deviceId)
      .where(sql`device_id is not null`),
    index('sessions_by_expiry').on(table.expiresAt),
  ],
);

/** Credentials whose access tokens are refused although they have not expired. Kept for longer than a token lives. */
export const revocations = schema.table(
  'revocations',
  {
    revocationId: bigint('revocation_id', { mode: 'number' }).generatedAlwaysAsIdentity().notNull(),
    /** The transaction that wrote it: readers tell by its number what they have not seen, in whichever order writers commit. */
    xid: transactionId('xid')
      .notNull()
      .default(sql`pg_current_xact_id()`),
    credentialId: uuid('credential_id').notNull(),
    /** Tokens that were issued at or before this instant are refused. */
    notBefore: instant('not_before').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'revocations_pkey', columns: [table.revocationId] }),
    index('revocations_by_transaction').on(table.xid, table.revocationId),
    index('revocations_by_age').on(table.createdAt),
  ],
);

/** How often something was tried in a window of time. */
export const attempts = schema.table(
  'attempts',
  {
    kind: text('kind').notNull(),
    /** SHA-256 of whom it was tried with or by. */
    subject: bytes('subject').notNull(),
    count: integer('count').notNull(),
    endsAt: instant('ends_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'attempts_pkey', columns: [table.kind, table.subject] }),
    index('attempts_by_end').on(table.endsAt),
  ],
);

/** Tokens of links in mails, each good for once. The token itself follows from its id and the sealing secret. */
export const oneTimeTokens = schema.table(
  'one_time_tokens',
  {
    tokenId: uuid('token_id').notNull(),
    purpose: text('purpose').notNull(),
    subjectId: uuid('subject_id').notNull(),
    /** What it carries, encrypted under the sealing secret. */
    payload: text('payload'),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'one_time_tokens_pkey', columns: [table.tokenId] }),
    index('one_time_tokens_by_subject').on(table.subjectId),
    index('one_time_tokens_by_expiry').on(table.expiresAt),
  ],
);

/** Mails that are to be sent. Whom to is found when they are: a row holds no address and no secret. */
export const mails = schema.table(
  'mails',
  {
    mailId: uuid('mail_id').notNull(),
    kind: text('kind').notNull(),
    customerId: uuid('customer_id'),
    identityId: uuid('identity_id'),
    tokenId: uuid('token_id'),
    locale: text('locale'),
    /** Values of the text that are nothing personal. */
    parameters: jsonb('parameters').notNull(),
    tries: integer('tries').notNull(),
    dueAt: instant('due_at').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'mails_pkey', columns: [table.mailId] }),
    check('mails_recipient', sql`coalesce(customer_id, identity_id, token_id) is not null`),
    index('mails_by_due').on(table.dueAt),
  ],
);
