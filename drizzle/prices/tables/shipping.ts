import { boolean, integer, jsonb, primaryKey } from 'drizzle-orm/pg-core';
import { instant, plainText, schema } from './schema.ts';

/** Ways to send an order and what they cost. `definition` is `{name, names, channels, currency, taxIncluded, taxCategory, zones}`. */
export const shippingOptions = schema.table(
  'shipping_options',
  {
    code: plainText('code').notNull(),
    /** Lower ones are offered first. */
    position: integer('position').notNull(),
    definition: jsonb('definition').notNull(),
    isActive: boolean('is_active').notNull(),
    version: integer('version').notNull(),
    since: instant('since').notNull(),
  },
  (table) => [primaryKey({ name: 'shipping_options_pkey', columns: [table.code] })],
);
