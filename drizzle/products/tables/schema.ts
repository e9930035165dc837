import { customType, pgSchema, timestamp } from 'drizzle-orm/pg-core';
import { eventTables } from '../../shared/event-tables.ts';

export const schema = pgSchema('products');
export const { outbox, inbox } = eventTables(schema);

/** Text that sorts by code point on every server, whatever the database's locale: lock orders and cursors rely on it. */
export const plainText = customType<{ data: string }>({ dataType: () => 'text collate "C"' });
export const searchVector = customType<{ data: string }>({ dataType: () => 'tsvector' });

export const instant = (name: string) => timestamp(name, { withTimezone: true }).notNull();
