import { sql } from 'drizzle-orm';
import { bigint, boolean, check, foreignKey, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { instant, plainText, schema } from './schema.ts';

/** What prices keeps of the channels of products. The first currency and the first country are the defaults. */
export const channels = schema.table(
  'channels',
  {
    code: text('code').notNull(),
    revision: bigint('revision', { mode: 'number' }).notNull(),
    currencies: text('currencies').array().notNull(),
    countries: text('countries').array().notNull(),
  },
  (table) => [primaryKey({ name: 'channels_pkey', columns: [table.code] })],
);

/** What prices keeps of products, at their revision. A product that is gone keeps its row, without variants. */
export const productFacts = schema.table(
  'product_facts',
  {
    productId: uuid('product_id').notNull(),
    revision: bigint('revision', { mode: 'number' }).notNull(),
    title: text('title').notNull(),
    categoryIds: uuid('category_ids').array().notNull(),
    /** What conditions of promotions may name, such as a tag or a value of an attribute. */
    labels: text('labels').array().notNull(),
  },
  (table) => [primaryKey({ name: 'product_facts_pkey', columns: [table.productId] })],
);

/** What prices keeps of variants. */
export const variantFacts = schema.table(
  'variant_facts',
  {
    variantId: uuid('variant_id').notNull(),
    productId: uuid('product_id').notNull(),
    sku: text('sku'),
    taxCategory: plainText('tax_category').notNull(),
    weightGrams: integer('weight_grams'),
  },
  (table) => [
    primaryKey({ name: 'variant_facts_pkey', columns: [table.variantId] }),
    foreignKey({
      name: 'variant_facts_product',
      columns: [table.productId],
      foreignColumns: [productFacts.productId],
    }).onDelete('cascade'),
    index('variant_facts_of_product').on(table.productId),
    index('variant_facts_sku')
      .on(table.sku)
      .where(sql`sku is not null`),
  ],
);

/** The tree of categories: a promotion for a category is one for all below it. */
export const categoryFacts = schema.table(
  'category_facts',
  {
    categoryId: uuid('category_id').notNull(),
    parentId: uuid('parent_id'),
    revision: bigint('revision', { mode: 'number' }).notNull(),
    /** Kept, so that what is told late of it does not bring it back. */
    isRemoved: boolean('is_removed').notNull().default(false),
  },
  (table) => [primaryKey({ name: 'category_facts_pkey', columns: [table.categoryId] })],
);

/** What prices keeps of the places that companies buy for. */
export const companyLocations = schema.table(
  'company_locations',
  {
    companyLocationId: uuid('company_location_id').notNull(),
    companyId: uuid('company_id').notNull(),
    revision: bigint('revision', { mode: 'number' }).notNull(),
    priceListCode: plainText('price_list_code'),
    exemptCountry: plainText('exempt_country'),
    /** Null: without an end. */
    exemptUntil: instant('exempt_until'),
  },
  (table) => [primaryKey({ name: 'company_locations_pkey', columns: [table.companyLocationId] })],
);

/** How many orders each customer placed: what "first order" is decided by. */
export const buyers = schema.table(
  'buyers',
  { customerId: uuid('customer_id').notNull(), orderCount: integer('order_count').notNull() },
  (table) => [
    primaryKey({ name: 'buyers_pkey', columns: [table.customerId] }),
    check('buyers_order_count', sql`order_count >= 0`),
  ],
);

/**
 * Carts that were really bought, without who bought them: what drafts are simulated with. `lines` is a list of `{variantId, quantity}`. The
 * last 90 days, at most 20,000.
 */
export const placedCarts = schema.table(
  'placed_carts',
  {
    orderId: uuid('order_id').notNull(),
    placedAt: instant('placed_at').notNull(),
    channelCode: plainText('channel_code').notNull(),
    currency: plainText('currency').notNull(),
    country: plainText('country').notNull(),
    companyId: uuid('company_id'),
    companyLocationId: uuid('company_location_id'),
    groups: text('groups').array().notNull(),
    lines: jsonb('lines').notNull(),
  },
  (table) => [
    primaryKey({ name: 'placed_carts_pkey', columns: [table.orderId] }),
    index('placed_carts_newest').on(table.placedAt.desc()),
  ],
);
