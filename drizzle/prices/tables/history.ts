import { sql } from 'drizzle-orm';
import { bigint, check, index, integer, jsonb, uuid } from 'drizzle-orm/pg-core';
import { instantRange, plainText, schema } from './schema.ts';

/** Prices as they were, from when to when. Rows go after 400 days. */
export const priceHistory = schema.table(
  'price_history',
  {
    priceListId: uuid('price_list_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    minQuantity: integer('min_quantity').notNull(),
    amountMinor: bigint('amount_minor', { mode: 'number' }).notNull(),
    amountMicros: integer('amount_micros').notNull(),
    compareAtMinor: bigint('compare_at_minor', { mode: 'number' }),
    held: instantRange('held').notNull(),
  },
  (table) => [
    check('price_history_held', sql`not isempty(held)`),
    index('price_history_of_variant').on(table.variantId, sql`upper(held)`),
    index('price_history_ended').on(sql`upper(held)`),
  ],
);

/**
 * Lists, promotions, taxes, shipping options and fee schedules as they were: what a replay of a past moment needs besides prices. The key is
 * the id of a list or promotion, the code of an option or schedule, `COUNTRY/REGION/CATEGORY` of a tax rate, the country of its settings;
 * the state is the row.
 */
export const stateHistory = schema.table(
  'state_history',
  {
    kind: plainText('kind').notNull(),
    key: plainText('key').notNull(),
    state: jsonb('state').notNull(),
    held: instantRange('held').notNull(),
  },
  (table) => [
    check('state_history_kind', sql`kind in ('LIST', 'PROMOTION', 'TAX', 'SHIPPING', 'FEES')`),
    check('state_history_held', sql`not isempty(held)`),
    index('state_history_of_key').on(table.kind, sql`upper(held)`, table.key),
  ],
);
