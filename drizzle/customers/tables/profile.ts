import { sql } from 'drizzle-orm';
import {
  bigint,
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
import { instant, schema } from './schema.ts';

/**
 * People who buy: one row a person, whatever the channel. What identifies them is in `identities`. A profile that was merged into another
 * one keeps its row and names the survivor, which is never merged itself: one hop leads to whoever an old id means now.
 */
export const customers = schema.table(
  'customers',
  {
    customerId: uuid('customer_id').notNull(),
    givenName: text('given_name'),
    familyName: text('family_name'),
    /** The language of messages, such as `de`; null for the channel's own. */
    locale: text('locale'),
    mergedInto: uuid('merged_into'),
    erasedAt: instant('erased_at'),
    revision: bigint('revision', { mode: 'number' }).notNull(),
    /** By which version of all rules the segments were decided; 0 when something has changed since. */
    segmentsVersion: integer('segments_version').notNull().default(0),
    /** When time alone changes a segment; null when it changes none. */
    segmentsDueAt: instant('segments_due_at'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    /** The name as it is searched for; made by the database. */
    searchName: text('search_name').generatedAlwaysAs(
      sql`customers.fold(coalesce(given_name, '') || ' ' || coalesce(family_name, ''))`,
    ),
  },
  (table) => [
    primaryKey({ name: 'customers_pkey', columns: [table.customerId] }),
    foreignKey({ name: 'customers_merged_into', columns: [table.mergedInto], foreignColumns: [table.customerId] }),
    check('customers_not_into_itself', sql`merged_into <> customer_id`),
    check(
      'customers_erased',
      sql`erased_at is null or (given_name is null and family_name is null and locale is null)`,
    ),
    index('customers_similar_name')
      .using('gin', table.searchName.op('gin_trgm_ops'))
      .where(sql`merged_into is null`),
    index('customers_same_name')
      .on(table.searchName, table.customerId)
      .where(sql`merged_into is null`),
    index('customers_by_survivor')
      .on(table.mergedInto)
      .where(sql`merged_into is not null`),
    index('customers_by_segments_version')
      .on(table.segmentsVersion, table.customerId)
      .where(sql`merged_into is null and erased_at is null`),
    index('customers_by_segments_due')
      .on(table.segmentsDueAt)
      .where(sql`segments_due_at is not null`),
  ],
);

/**
 * What a person is known by. A value belongs to one profile, except for telephone numbers that nobody has verified, which families share.
 * `source` is the channel or the issuer that an external id comes from, and empty for all others.
 */
export const identities = schema.table(
  'identities',
  {
    identityId: uuid('identity_id').notNull(),
    customerId: uuid('customer_id').notNull(),
    kind: text('kind').notNull(),
    source: text('source').notNull().default(''),
    /** Normalised: addresses in lower case, numbers in E.164, cards without blanks. */
    value: text('value').notNull(),
    verifiedAt: instant('verified_at'),
    /** The one of its kind that messages go to and that people see. */
    isPrimary: boolean('is_primary').notNull().default(false),
    createdAt: instant('created_at').notNull(),
    /** Whether it came with a merge: it stays then, also when nobody verifies it. */
    cameByMerge: boolean('came_by_merge').notNull().default(false),
  },
  (table) => [
    primaryKey({ name: 'identities_pkey', columns: [table.identityId] }),
    foreignKey({ name: 'identities_customer', columns: [table.customerId], foreignColumns: [customers.customerId] }),
    uniqueIndex('identities_value')
      .on(table.kind, table.source, table.value)
      .where(sql`kind <> 'PHONE' or verified_at is not null`),
    uniqueIndex('identities_primary')
      .on(table.customerId, table.kind)
      .where(sql`is_primary`),
    unique('identities_once').on(table.customerId, table.kind, table.source, table.value),
    index('identities_by_phone')
      .on(table.value)
      .where(sql`kind = 'PHONE'`),
    index('identities_unverified')
      .on(table.createdAt)
      .where(sql`kind = 'EMAIL' and verified_at is null and not is_primary`),
    index('identities_phone_suffix')
      .on(sql`reverse(value) collate "C"`)
      .where(sql`kind = 'PHONE'`),
    check('identities_kind', sql`kind in ('EMAIL', 'PHONE', 'LOYALTY_CARD', 'EXTERNAL')`),
    check('identities_source', sql`(kind = 'EXTERNAL') = (source <> '')`),
    check('identities_external', sql`kind <> 'EXTERNAL' or not is_primary`),
    check('identities_email', sql`kind <> 'EMAIL' or value = lower(value)`),
    check('identities_phone', sql`kind <> 'PHONE' or value ~ '^\\+[1-9][0-9]{6,14}$'`),
  ],
);
