import { sql } from 'drizzle-orm';
import { bigint, check, jsonb, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core';
import { instant, schema } from './schema.ts';

/** Files that are or were imported, and how far: one that broke off goes on from there. */
export const imports = schema.table(
  'imports',
  {
    importId: uuid('import_id').notNull(),
    /** SHA-256 over the file, its format and where it goes. */
    fingerprint: text('fingerprint').notNull(),
    fileName: text('file_name').notNull(),
    format: text('format').notNull(),
    state: text('state').notNull(),
    /** Everything before this line is kept. */
    nextLine: bigint('next_line', { mode: 'number' }).notNull(),
    /** What became of the rows so far, by kind. */
    counts: jsonb('counts').notNull(),
    startedAt: instant('started_at'),
    updatedAt: instant('updated_at'),
  },
  (table) => [
    primaryKey({ name: 'imports_pkey', columns: [table.importId] }),
    unique('imports_fingerprint_key').on(table.fingerprint),
    check('imports_state_known', sql`${table.state} in ('RUNNING', 'DONE')`),
  ],
);
