import { sql } from 'drizzle-orm';
import { bigint, check, foreignKey, index, jsonb, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { customers } from './profile.ts';
import { instant, schema } from './schema.ts';

/** Profiles that were found to be one person, in the order of their numbers. */
export const merges = schema.table(
  'merges',
  {
    mergeId: uuid('merge_id').notNull(),
    number: bigint('number', { mode: 'number' }).generatedAlwaysAsIdentity(),
    survivorId: uuid('survivor_id').notNull(),
    absorbedId: uuid('absorbed_id').notNull(),
    /** `role:subject` of who did it. */
    mergedBy: text('merged_by').notNull(),
    mergedAt: instant('merged_at').notNull(),
    undoneBy: text('undone_by'),
    undoneAt: instant('undone_at'),
  },
  (table) => [
    primaryKey({ name: 'merges_pkey', columns: [table.mergeId] }),
    foreignKey({ name: 'merges_survivor', columns: [table.survivorId], foreignColumns: [customers.customerId] }),
    foreignKey({ name: 'merges_absorbed', columns: [table.absorbedId], foreignColumns: [customers.customerId] }),
    check('merges_of_two', sql`survivor_id <> absorbed_id`),
    check('merges_undone', sql`(undone_at is null) = (undone_by is null)`),
    uniqueIndex('merges_standing')
      .on(table.absorbedId)
      .where(sql`undone_at is null`),
    index('merges_by_survivor').on(table.survivorId, table.number),
  ],
);

/** What a merge moved and what it was before, by ids and flags: nothing here says anything about a person. */
export const mergeMoves = schema.table(
  'merge_moves',
  {
    mergeId: uuid('merge_id').notNull(),
    /** What kind of row it is. */
    part: text('part').notNull(),
    rowKey: text('row_key').notNull(),
    previous: jsonb('previous'),
  },
  (table) => [
    primaryKey({ name: 'merge_moves_pkey', columns: [table.mergeId, table.part, table.rowKey] }),
    foreignKey({ name: 'merge_moves_merge', columns: [table.mergeId], foreignColumns: [merges.mergeId] }).onDelete(
      'cascade',
    ),
  ],
);

/** Commands of staff by the keys that they chose. */
export const mergeKeys = schema.table(
  'merge_keys',
  {
    caller: text('caller').notNull(),
    key: text('key').notNull(),
    requestHash: text('request_hash').notNull(),
    mergeId: uuid('merge_id').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'merge_keys_pkey', columns: [table.caller, table.key] }),
    foreignKey({ name: 'merge_keys_merge', columns: [table.mergeId], foreignColumns: [merges.mergeId] }).onDelete(
      'cascade',
    ),
    index('merge_keys_by_merge').on(table.mergeId),
  ],
);
