import { sql } from 'drizzle-orm';
import { check, integer, primaryKey, text } from 'drizzle-orm/pg-core';
import { instant, plainText, schema } from './schema.ts';

/** Rates of a country, of a region of it (empty: of the whole), for a kind of goods. What has no row has no tax. */
export const taxRates = schema.table(
  'tax_rates',
  {
    country: text('country').notNull(),
    region: plainText('region').notNull(),
    taxCategory: plainText('tax_category').notNull(),
    basisPoints: integer('basis_points').notNull(),
    version: integer('version').notNull().default(1),
    since: instant('since').notNull(),
  },
  (table) => [
    primaryKey({ name: 'tax_rates_pkey', columns: [table.country, table.region, table.taxCategory] }),
    check('tax_rates_country', sql`country ~ '^[A-Z]{2}$'`),
    check('tax_rates_basis_points', sql`basis_points between 0 and 10000`),
    check('tax_rates_region', sql`region ~ '^[A-Z0-9]{0,3}$'`),
    check('tax_rates_category', sql`tax_category ~ '^[A-Za-z0-9_-]{1,64}$'`),
  ],
);

/** Whether a country's tax is rounded per line or per unit; a country without a row: per line. */
export const taxSettings = schema.table(
  'tax_settings',
  {
    country: plainText('country').notNull(),
    rounding: plainText('rounding').notNull(),
    version: integer('version').notNull().default(1),
    since: instant('since').notNull().defaultNow(),
  },
  (table) => [
    primaryKey({ name: 'tax_settings_pkey', columns: [table.country] }),
    check('tax_settings_country', sql`country ~ '^[A-Z]{2}$'`),
    check('tax_settings_rounding', sql`rounding in ('LINE', 'UNIT')`),
  ],
);
