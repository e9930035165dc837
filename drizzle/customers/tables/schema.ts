import { pgSchema, timestamp } from 'drizzle-orm/pg-core';
import { eventTables } from '../../shared/event-tables.ts';

export const schema = pgSchema('customers');

export const { outbox, inbox } = eventTables(schema);

/** An instant in time. */
export const instant = (name: string) => timestamp(name, { withTimezone: true });
