import { sql } from 'drizzle-orm';
import { bigint, boolean, check, customType, index, jsonb, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { instant, schema } from './schema.ts';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** What staff, devices and integrations did, chained by hashes; only ever appended to, which triggers see to. */
export const auditEntries = schema.table(
  'audit_entries',
  {
    seq: bigint('seq', { mode: 'number' }).notNull(),
    /** The id of the event that told it. */
    entryId: uuid('entry_id').notNull(),
    at: instant('at').notNull(),
    subgraph: text('subgraph').notNull(),
    actor: text('actor').notNull(),
    subject: text('subject').notNull(),
    credentialId: text('credential_id'),
    staffId: text('staff_id'),
    deviceId: text('device_id'),
    channel: text('channel'),
    requestId: text('request_id').notNull(),
    action: text('action').notNull(),
    entityIds: uuid('entity_ids').array().notNull(),
    inputDigest: text('input_digest').notNull(),
    outcome: text('outcome').notNull(),
    reason: text('reason'),
    previousHash: bytea('previous_hash').notNull(),
    hash: bytea('hash').notNull(),
  },
  (table) => [
    primaryKey({ name: 'audit_entries_pkey', columns: [table.seq] }),
    unique('audit_entries_once').on(table.entryId),
    index('audit_entries_by_subject').on(table.subject, table.seq),
    index('audit_entries_by_staff')
      .on(table.staffId, table.seq)
      .where(sql`staff_id is not null`),
    index('audit_entries_by_action').on(table.action, table.seq),
    index('audit_entries_by_entity').using('gin', table.entityIds),
    index('audit_entries_by_time').on(table.at),
    check('audit_entries_outcome', sql`outcome in ('DONE', 'REFUSED', 'FAILED')`),
    check('audit_entries_hashes', sql`octet_length(previous_hash) = 32 and octet_length(hash) = 32`),
  ],
);

/** Salts of the digests. They are not in the chain, so that what was entered can be forgotten. */
export const auditSalts = schema.table(
  'audit_salts',
  { entryId: uuid('entry_id').notNull(), salt: bytea('salt').notNull() },
  (table) => [primaryKey({ name: 'audit_salts_pkey', columns: [table.entryId] })],
);

/** The end of the chain, in one row. Its lock is the order of the entries. */
export const auditHead = schema.table(
  'audit_head',
  {
    headId: boolean('head_id').notNull().default(true),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    hash: bytea('hash').notNull(),
    /** The last entry that a checkpoint signs. */
    signedSeq: bigint('signed_seq', { mode: 'number' }).notNull(),
    signedAt: instant('signed_at'),
  },
  (table) => [
    primaryKey({ name: 'audit_head_pkey', columns: [table.headId] }),
    check('audit_head_one', sql`head_id`),
    check('audit_head_signed', sql`signed_seq <= seq`),
  ],
);

/** Keys that checkpoints are signed with, by their thumbprint. */
export const auditKeys = schema.table(
  'audit_keys',
  {
    keyId: text('key_id').notNull(),
    publicKey: jsonb('public_key').notNull(),
    /** Sealed where the service has a sealing secret. */
    privateKey: text('private_key').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [primaryKey({ name: 'audit_keys_pkey', columns: [table.keyId] })],
);

/** Signatures over the chain as it was. */
export const auditCheckpoints = schema.table(
  'audit_checkpoints',
  {
    seq: bigint('seq', { mode: 'number' }).notNull(),
    hash: bytea('hash').notNull(),
    at: instant('at').notNull(),
    /** A compact JWS (RFC 7515) over sequence number, hash and time. */
    token: text('token').notNull(),
  },
  (table) => [
    primaryKey({ name: 'audit_checkpoints_pkey', columns: [table.seq] }),
    check('audit_checkpoints_hash', sql`octet_length(hash) = 32`),
  ],
);
