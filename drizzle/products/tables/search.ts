import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  doublePrecision,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { products } from './catalogue.ts';
import { instant, plainText, schema, searchVector } from './schema.ts';

/**
 * What lists of products are made from: of each product one row with empty `language` and `channel_code`, and one more for each language, and
 * each channel, with texts of its own. `vector` holds words without their places, told apart by their first character: none for words of
 * title and labels, `=` for those of the title, `.` for those of the description, `$` for codes of variants, `#` for values of facets,
 * `%` for one of sixteen samples, and marks of the channels and languages whose lists the row is for: `@web` for every language, `@web/de` for one, `@web!` for all
 * but those that are named as `-de`; `@` alone is the channel of those who see all.
 */
export const searchDocuments = schema.table(
  'search_documents',
  {
    productId: uuid('product_id').notNull(),
    language: plainText('language').notNull(),
    channelCode: plainText('channel_code').notNull(),
    titleKey: plainText('title_key').notNull(),
    popularity: doublePrecision('popularity').notNull().default(0),
    /** Where it can be sold, and the lowest and highest gross price of its variants in minor units: see `search_offer_slots`. */
    offers: bigint('offers', { mode: 'number' }).array().notNull().default([]),
    /** One character for each value, behind a letter for the facet (see `search_code`). */
    facets: text('facets').notNull(),
    /** Those lexemes of `vector` that say whose lists the row is for, and its sample. */
    marks: searchVector('marks').notNull(),
    vector: searchVector('vector').notNull(),
    /** Keeps the vector out of the row; see the migration. */
    filler: text('filler')
      .notNull()
      .default(sql`repeat(' ', 2100)`),
  },
  (table) => [
    primaryKey({ name: 'search_documents_pkey', columns: [table.productId, table.language, table.channelCode] }),
    foreignKey({
      name: 'search_documents_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    index('search_documents_vector').using('gin', table.vector),
    index('search_documents_title_trigrams').using('gin', table.titleKey.op('gin_trgm_ops')),
    index('search_documents_title').on(table.titleKey, table.productId),
  ],
);

/** Values of facets by a number. They are never removed, and a row takes a few bytes. */
export const searchValues = schema.table(
  'search_values',
  {
    valueId: integer('value_id').notNull().generatedAlwaysAsIdentity(),
    facet: plainText('facet').notNull(),
    /** The name of the option or the code of the attribute, else empty. */
    attribute: plainText('attribute').notNull(),
    value: plainText('value').notNull(),
    /** Of values of options: their names by locale, as the product that was told last has them; null where none was told. */
    labels: jsonb('labels'),
  },
  (table) => [
    primaryKey({ name: 'search_values_pkey', columns: [table.valueId] }),
    unique('search_values_value_key').on(table.facet, table.attribute, table.value),
  ],
);

/**
 * Which of the numbers in `search_documents.offers` say what: of a channel and a currency the lowest price, and behind it the highest; of a channel
 * and no currency 1 when it can sell it. They are never removed.
 */
export const searchOfferSlots = schema.table(
  'search_offer_slots',
  {
    slot: integer('slot').notNull().generatedAlwaysAsIdentity({ increment: 2 }),
    channelCode: plainText('channel_code').notNull(),
    currency: plainText('currency').notNull(),
  },
  (table) => [
    primaryKey({ name: 'search_offer_slots_pkey', columns: [table.slot] }),
    unique('search_offer_slots_key').on(table.channelCode, table.currency),
  ],
);

/** The gross prices of products for anybody, lowest and highest, in the order in which a whole channel is sorted by them. */
export const searchPrices = schema.table(
  'search_prices',
  {
    channelCode: plainText('channel_code').notNull(),
    currency: plainText('currency').notNull(),
    productId: uuid('product_id').notNull(),
    minMinor: bigint('min_minor', { mode: 'number' }).notNull(),
    maxMinor: bigint('max_minor', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'search_prices_pkey', columns: [table.channelCode, table.currency, table.productId] }),
    foreignKey({
      name: 'search_prices_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    check('search_prices_ordered', sql`${table.minMinor} <= ${table.maxMinor}`),
    index('search_prices_order').on(table.channelCode, table.currency, table.minMinor, table.productId),
    index('search_prices_product').on(table.productId),
  ],
);

/** How popular products are that were ever sold. */
export const searchPopularity = schema.table(
  'search_popularity',
  { productId: uuid('product_id').notNull(), popularity: doublePrecision('popularity').notNull() },
  (table) => [
    primaryKey({ name: 'search_popularity_pkey', columns: [table.productId] }),
    foreignKey({
      name: 'search_popularity_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    index('search_popularity_order').on(table.popularity, table.productId),
  ],
);

/** Words and phrases that mean the same to who searches in a language; empty language: in every one. */
export const searchSynonyms = schema.table(
  'search_synonyms',
  {
    synonymSetId: uuid('synonym_set_id').notNull(),
    language: plainText('language').notNull(),
    words: text('words').array().notNull(),
    /** The words as they are compared. */
    keys: text('keys').array().notNull(),
    version: integer('version').notNull(),
    updatedAt: instant('updated_at'),
  },
  (table) => [
    primaryKey({ name: 'search_synonyms_pkey', columns: [table.synonymSetId] }),
    check('search_synonyms_some', sql`cardinality(${table.words}) between 2 and 20`),
    index('search_synonyms_keys').using('gin', table.keys),
    index('search_synonyms_language').on(table.language, table.synonymSetId),
  ],
);

/** The languages that all documents are made for, and how far those that are being made are: one row. */
export const searchProfile = schema.table(
  'search_profile',
  {
    single: boolean('single').notNull().default(true),
    profile: text('profile').notNull(),
    /** The languages that documents are being made for; null when nothing is under way. */
    filling: text('filling'),
    filledThrough: uuid('filled_through'),
  },
  (table) => [
    primaryKey({ name: 'search_profile_pkey', columns: [table.single] }),
    check('search_profile_single', sql`${table.single}`),
  ],
);

/** Products whose documents have to be made anew, because of something that is not theirs. */
export const searchQueue = schema.table('search_queue', { productId: uuid('product_id').notNull() }, (table) => [
  primaryKey({ name: 'search_queue_pkey', columns: [table.productId] }),
  foreignKey({
    name: 'search_queue_product_fkey',
    columns: [table.productId],
    foreignColumns: [products.productId],
  }).onDelete('cascade'),
]);
