import { sql } from 'drizzle-orm';
import { bigint, boolean, check, foreignKey, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { customers } from './profile.ts';
import { instant, schema } from './schema.ts';

/** Groups, whose members staff name, and segments, whose members a rule finds. They share their codes: claims and prices know one list. */
export const groups = schema.table(
  'groups',
  {
    code: text('code').notNull(),
    kind: text('kind').notNull(),
    name: text('name').notNull(),
    /** Of a segment. */
    rule: jsonb('rule'),
    /** A segment that is not active has no members. */
    isActive: boolean('is_active').notNull().default(true),
    version: integer('version').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'groups_pkey', columns: [table.code] }),
    check('groups_kind', sql`kind in ('GROUP', 'SEGMENT')`),
    check('groups_rule', sql`(kind = 'SEGMENT') = (rule is not null)`),
    check('groups_active', sql`is_active or kind = 'SEGMENT'`),
  ],
);

/** Who is in which group or segment. Written under the lock of the customer's row. */
export const groupMembers = schema.table(
  'group_members',
  {
    customerId: uuid('customer_id').notNull(),
    groupCode: text('group_code').notNull(),
    since: instant('since').notNull(),
  },
  (table) => [
    primaryKey({ name: 'group_members_pkey', columns: [table.customerId, table.groupCode] }),
    foreignKey({ name: 'group_members_customer', columns: [table.customerId], foreignColumns: [customers.customerId] }),
    foreignKey({ name: 'group_members_group', columns: [table.groupCode], foreignColumns: [groups.code] }),
    index('group_members_by_group').on(table.groupCode, table.customerId),
  ],
);

/** Orders that were counted, so that each counts once and a cancelled one takes back exactly what it gave. Known from orders' events. */
export const customerOrders = schema.table(
  'customer_orders',
  {
    orderId: uuid('order_id').notNull(),
    customerId: uuid('customer_id').notNull(),
    channel: text('channel').notNull(),
    currency: text('currency').notNull(),
    totalMinor: bigint('total_minor', { mode: 'number' }).notNull(),
    placedAt: instant('placed_at').notNull(),
    cancelledAt: instant('cancelled_at'),
  },
  (table) => [
    primaryKey({ name: 'customer_orders_pkey', columns: [table.orderId] }),
    foreignKey({
      name: 'customer_orders_customer',
      columns: [table.customerId],
      foreignColumns: [customers.customerId],
    }),
    index('customer_orders_latest')
      .on(table.customerId, table.channel, table.currency, table.placedAt)
      .where(sql`cancelled_at is null`),
    check('customer_orders_total', sql`total_minor >= 0`),
  ],
);

/** What people bought by channel and currency: the sums of `customer_orders` that were not cancelled. */
export const customerStatistics = schema.table(
  'customer_statistics',
  {
    customerId: uuid('customer_id').notNull(),
    channel: text('channel').notNull(),
    currency: text('currency').notNull(),
    orders: integer('orders').notNull(),
    spentMinor: bigint('spent_minor', { mode: 'number' }).notNull(),
    lastOrderAt: instant('last_order_at'),
  },
  (table) => [
    primaryKey({ name: 'customer_statistics_pkey', columns: [table.customerId, table.channel, table.currency] }),
    foreignKey({
      name: 'customer_statistics_customer',
      columns: [table.customerId],
      foreignColumns: [customers.customerId],
    }),
    check('customer_statistics_orders', sql`orders >= 0`),
    check('customer_statistics_spent', sql`spent_minor between 0 and 9007199254740991`),
  ],
);
