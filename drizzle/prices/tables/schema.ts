import { customType, pgSchema, timestamp } from 'drizzle-orm/pg-core';
import { eventTables } from '../../shared/event-tables.ts';

export const schema = pgSchema('prices');
export const { outbox, inbox } = eventTables(schema);

/** Text that sorts by code point on every server, whatever the database's locale. */
export const plainText = customType<{ data: string }>({ dataType: () => 'text collate "C"' });
/** Instants from (with it) and to (without it), as the database writes them. */
export const instantRange = customType<{ data: string }>({ dataType: () => 'tstzrange' });
export const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** An instant in time. */
export const instant = (name: string) => timestamp(name, { withTimezone: true });
