import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant, plainText, schema } from './schema.ts';

/** Where the catalogue is sold. */
export const channels = schema.table(
  'channels',
  {
    code: plainText('code').notNull(),
    name: text('name').notNull(),
    currencies: text('currencies').array().notNull(),
    countries: text('countries').array().notNull(),
    locales: text('locales').array().notNull(),
    locationIds: uuid('location_ids').array().notNull(),
    /** `{ code, name, kind, minHours, maxHours }`, the default first. */
    serviceLevels: jsonb('service_levels').notNull().default([]),
    version: integer('version').notNull(),
    updatedAt: instant('updated_at'),
  },
  (table) => [
    primaryKey({ name: 'channels_pkey', columns: [table.code] }),
    check('channels_code_shape', sql`${table.code} ~ '^[a-z0-9-]{2,32}$'`),
    check('channels_currencies_some', sql`cardinality(${table.currencies}) > 0`),
    check('channels_countries_some', sql`cardinality(${table.countries}) > 0`),
    check('channels_locales_some', sql`cardinality(${table.locales}) > 0`),
  ],
);

/** What is sold. `title_key` is the title folded for sorting and for comparing what shoppers type. */
export const products = schema.table(
  'products',
  {
    productId: uuid('product_id').notNull(),
    handle: plainText('handle').notNull(),
    title: text('title').notNull(),
    titleKey: plainText('title_key').notNull(),
    descriptionHtml: text('description_html').notNull(),
    vendor: text('vendor'),
    productType: text('product_type'),
    tags: text('tags').array().notNull(),
    optionNames: text('option_names').array().notNull(),
    seoTitle: text('seo_title'),
    seoDescription: text('seo_description'),
    externalReference: text('external_reference'),
    status: text('status').notNull().default('ACTIVE'),
    taxCategory: text('tax_category').notNull().default('standard'),
    isGiftCard: boolean('is_gift_card').notNull().default(false),
    /** Value by attribute code; one that is localizable is an object by locale. */
    attributes: jsonb('attributes').notNull().default({}),
    /** The product's id by the name of the system that knows it. */
    externalReferences: jsonb('external_references').notNull().default({}),
    /** What feeds need beyond the rest, such as `gender`. */
    feedFields: jsonb('feed_fields').notNull().default({}),
    /** By locale: the words of options and their values, by the word in the catalogue. */
    optionWords: jsonb('option_words').notNull().default({}),
    version: integer('version').notNull(),
    createdAt: instant('created_at'),
    updatedAt: instant('updated_at'),
  },
  (table) => [
    primaryKey({ name: 'products_pkey', columns: [table.productId] }),
    unique('products_handle_key').on(table.handle),
    check('products_version_positive', sql`${table.version} > 0`),
    check('products_options_bounded', sql`cardinality(${table.optionNames}) <= 3`),
    check('products_status_known', sql`${table.status} in ('DRAFT', 'ACTIVE', 'ARCHIVED')`),
    index('products_title').on(table.titleKey, table.productId),
    index('products_created').on(table.createdAt),
    index('products_vendor').on(table.vendor),
    index('products_product_type').on(table.productType, table.productId),
    index('products_tags').using('gin', table.tags),
    index('products_external_references').using('gin', table.externalReferences.op('jsonb_path_ops')),
  ],
);

/** The place of each product in the sequence of changes. Apart from the product, whose indexes a change need not touch. */
export const productChanges = schema.table(
  'product_changes',
  {
    productId: uuid('product_id').notNull(),
    changeNumber: bigint('change_number', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'product_changes_pkey', columns: [table.productId] }),
    unique('product_changes_number_key').on(table.changeNumber),
    foreignKey({
      name: 'product_changes_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
  ],
);

/**
 * The last number of that sequence: one row, whose lock is held from drawing a number until the commit, so that numbers are committed
 * in their order and a reader who has seen one has seen all before it. A sequence would not give that.
 */
export const changeClock = schema.table(
  'change_clock',
  {
    single: boolean('single').notNull().default(true),
    lastNumber: bigint('last_number', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'change_clock_pkey', columns: [table.single] }),
    check('change_clock_single', sql`${table.single}`),
  ],
);

/** Images of products. */
export const media = schema.table(
  'media',
  {
    mediaId: uuid('media_id').notNull(),
    productId: uuid('product_id').notNull(),
    position: integer('position').notNull(),
    url: text('url').notNull(),
    altText: text('alt_text'),
    role: text('role').notNull().default('GALLERY'),
    /** Descriptions by locale. */
    altTexts: jsonb('alt_texts').notNull().default({}),
  },
  (table) => [
    primaryKey({ name: 'media_pkey', columns: [table.mediaId] }),
    unique('media_product_url_key').on(table.productId, table.url),
    check(
      'media_role_known',
      sql`${table.role} in ('GALLERY', 'SWATCH', 'LIFESTYLE', 'SIZE_CHART', 'MANUAL', 'VIDEO')`,
    ),
    foreignKey({
      name: 'media_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
  ],
);

/** What is bought: one combination of option values. */
export const variants = schema.table(
  'variants',
  {
    variantId: uuid('variant_id').notNull(),
    productId: uuid('product_id').notNull(),
    position: integer('position').notNull(),
    optionValues: text('option_values').array().notNull(),
    sku: text('sku'),
    barcode: text('barcode'),
    weightGrams: integer('weight_grams'),
    mediaId: uuid('media_id'),
    /** Null for the product's. */
    taxCategory: text('tax_category'),
    requiresShipping: boolean('requires_shipping').notNull().default(true),
    externalReference: text('external_reference'),
    attributes: jsonb('attributes').notNull().default({}),
    externalReferences: jsonb('external_references').notNull().default({}),
    feedFields: jsonb('feed_fields').notNull().default({}),
  },
  (table) => [
    primaryKey({ name: 'variants_pkey', columns: [table.variantId] }),
    unique('variants_options_key').on(table.productId, table.optionValues),
    foreignKey({
      name: 'variants_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    foreignKey({ name: 'variants_media_fkey', columns: [table.mediaId], foreignColumns: [media.mediaId] }).onDelete(
      'set null',
    ),
    check('variants_weight_not_negative', sql`${table.weightGrams} >= 0`),
    index('variants_sku').on(table.sku),
    index('variants_barcode').on(table.barcode),
    index('variants_external_references').using('gin', table.externalReferences.op('jsonb_path_ops')),
    index('variants_media').on(table.mediaId),
  ],
);

/** What a bundle consists of: a variant with rows here is one. A component is no bundle itself, which commands see to under locks. */
export const variantComponents = schema.table(
  'variant_components',
  {
    variantId: uuid('variant_id').notNull(),
    componentVariantId: uuid('component_variant_id').notNull(),
    quantity: integer('quantity').notNull(),
  },
  (table) => [
    primaryKey({ name: 'variant_components_pkey', columns: [table.variantId, table.componentVariantId] }),
    // No cascade: a command that removes a variant has to announce what becomes of the bundle, and no bundle loses a part in silence.
    foreignKey({
      name: 'variant_components_variant_fkey',
      columns: [table.variantId],
      foreignColumns: [variants.variantId],
    }),
    foreignKey({
      name: 'variant_components_component_fkey',
      columns: [table.componentVariantId],
      foreignColumns: [variants.variantId],
    }),
    check('variant_components_quantity_bounded', sql`${table.quantity} between 1 and 1000`),
    check('variant_components_not_itself', sql`${table.variantId} <> ${table.componentVariantId}`),
    index('variant_components_component').on(table.componentVariantId),
  ],
);

/**
 * Every variant that ever was a bundle, with its place in the sequence of changes. The row outlives the list and the variant: who keeps
 * a projection hears that the list is empty, and the revision never begins again.
 */
export const bundles = schema.table(
  'bundles',
  {
    variantId: uuid('variant_id').notNull(),
    revision: integer('revision').notNull(),
    changeNumber: bigint('change_number', { mode: 'number' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'bundles_pkey', columns: [table.variantId] }),
    unique('bundles_change_number_key').on(table.changeNumber),
    check('bundles_revision_positive', sql`${table.revision} > 0`),
  ],
);

/**
 * Which channel shows which product, and when. `is_live` is what readers go by: commands and the clock of publications set it, with the
 * event that tells others.
 */
export const publications = schema.table(
  'publications',
  {
    channelCode: plainText('channel_code').notNull(),
    productId: uuid('product_id').notNull(),
    publishedAt: instant('published_at'),
    startsAt: timestamp('starts_at', { withTimezone: true }),
    endsAt: timestamp('ends_at', { withTimezone: true }),
    isLive: boolean('is_live').notNull().default(true),
  },
  (table) => [
    primaryKey({ name: 'publications_pkey', columns: [table.channelCode, table.productId] }),
    foreignKey({ name: 'publications_channel_fkey', columns: [table.channelCode], foreignColumns: [channels.code] }),
    foreignKey({
      name: 'publications_product_fkey',
      columns: [table.productId],
      foreignColumns: [products.productId],
    }).onDelete('cascade'),
    check('publications_dates_ordered', sql`${table.startsAt} < ${table.endsAt}`),
    index('publications_product').on(table.productId),
    index('publications_starts')
      .on(table.startsAt)
      .where(sql`not is_live and starts_at is not null`),
    index('publications_ends')
      .on(table.endsAt)
      .where(sql`is_live and ends_at is not null`),
  ],
);
