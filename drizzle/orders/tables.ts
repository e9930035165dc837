import { sql } from 'drizzle-orm';
import {
  bigint,
  check,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgSchema,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { eventTables } from '../shared/event-tables.ts';

export const schema = pgSchema('orders');
export const { outbox, inbox } = eventTables(schema);

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });
const instant = (name: string) => timestamp(name, { withTimezone: true });
const minor = (name: string) => bigint(name, { mode: 'number' }).notNull();

/** Numbers that people use, `K-100001` and on. Gaps are allowed: a sequence is not part of a transaction. */
export const orderNumbers = schema.sequence('order_numbers', { startWith: 100_001 });

/** Keys that are made once and never leave the service. */
export const secrets = schema.table('secrets', {
  name: text('name').primaryKey(),
  value: bytea('value').notNull(),
});

/** What orders keeps of channels, by events of products. */
export const channelProjections = schema.table('channel_projections', {
  code: text('code').primaryKey(),
  revision: integer('revision').notNull(),
  currencies: text('currencies').array().notNull(),
  countries: text('countries').array().notNull(),
});

/** What orders keeps of products, by events of products. The revision guards the variants, too. */
export const productProjections = schema.table('product_projections', {
  productId: uuid('product_id').primaryKey(),
  revision: integer('revision').notNull(),
  title: text('title').notNull(),
  channelCodes: text('channel_codes').array().notNull(),
  /** What kind of product it is, in the merchant's words. */
  productType: text('product_type'),
});

/** Variants of projected products. */
export const variantProjections = schema.table(
  'variant_projections',
  {
    variantId: uuid('variant_id').primaryKey(),
    productId: uuid('product_id').notNull(),
    title: text('title').notNull(),
    sku: text('sku'),
  },
  (table) => [
    foreignKey({
      name: 'variant_projections_product',
      columns: [table.productId],
      foreignColumns: [productProjections.productId],
    }).onDelete('cascade'),
    index('variant_projections_by_product').on(table.productId),
  ],
);

/** Merges of profiles that customers told of, each as it was made. */
export const customerMerges = schema.table(
  'customer_merges',
  {
    absorbedId: uuid('absorbed_id').notNull(),
    survivorId: uuid('survivor_id').notNull(),
    mergeId: uuid('merge_id').notNull(),
  },
  (table) => [
    primaryKey({ name: 'customer_merges_pkey', columns: [table.absorbedId] }),
    index('customer_merges_by_survivor').on(table.survivorId),
    check('customer_merges_not_itself', sql`absorbed_id <> survivor_id`),
  ],
);

/** Who the id of a merged profile means now: `customer_merges`, followed to the end. Orders keep the ids that they were placed with. */
export const customerAliases = schema.table(
  'customer_aliases',
  { formerId: uuid('former_id').notNull(), customerId: uuid('customer_id').notNull() },
  (table) => [
    primaryKey({ name: 'customer_aliases_pkey', columns: [table.formerId] }),
    index('customer_aliases_by_customer').on(table.customerId),
  ],
);

/** People who are forgotten: what comes late of them is kept without anything personal. */
export const erasedCustomers = schema.table(
  'erased_customers',
  { customerId: uuid('customer_id').notNull(), erasedAt: instant('erased_at').notNull() },
  (table) => [primaryKey({ name: 'erased_customers_pkey', columns: [table.customerId] })],
);

/** Carts. `token_hash` is null for carts of customers; a key is kept as its hash alone. */
export const carts = schema.table(
  'carts',
  {
    cartId: uuid('cart_id').primaryKey(),
    channel: text('channel').notNull(),
    currency: text('currency').notNull(),
    country: text('country').notNull(),
    status: text('status').notNull().default('OPEN'),
    version: integer('version').notNull().default(1),
    customerId: uuid('customer_id'),
    tokenHash: bytea('token_hash'),
    shippingAddress: jsonb('shipping_address'),
    billingAddress: jsonb('billing_address'),
    checkoutId: uuid('checkout_id'),
    orderId: uuid('order_id'),
    /** The cart of the customer that a guest's went into at sign-in. */
    mergedInto: uuid('merged_into'),
    /** In upper case, as prices compares them. */
    codes: text('codes')
      .array()
      .notNull()
      .default(sql`'{}'`),
    shippingOptionCode: text('shipping_option_code'),
    /** Unknown codes that were tried since then. */
    codeAttempts: integer('code_attempts').notNull().default(0),
    codeAttemptsSince: instant('code_attempts_since'),
    callerScope: text('caller_scope').notNull(),
    keyHash: bytea('key_hash'),
    requestHash: bytea('request_hash'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    unique('carts_idempotency').on(table.callerScope, table.channel, table.keyHash),
    foreignKey({ name: 'carts_merged_into', columns: [table.mergedInto], foreignColumns: [table.cartId] }),
    index('carts_of_customer')
      .on(table.customerId, table.channel, table.updatedAt.desc())
      .where(sql`customer_id is not null`),
    check('carts_status', sql`status in ('OPEN', 'IN_CHECKOUT', 'ORDERED', 'MERGED')`),
    check('carts_merged', sql`(status = 'MERGED') = (merged_into is not null)`),
    check('carts_one_owner', sql`(customer_id is null) <> (token_hash is null)`),
    check('carts_in_checkout', sql`status <> 'IN_CHECKOUT' or checkout_id is not null`),
    check('carts_codes', sql`cardinality(codes) <= 10`),
    check('carts_ordered', sql`(status = 'ORDERED') = (order_id is not null)`),
  ],
);

/** Lines of carts; `seq` is the order in which they were put in. */
export const cartLines = schema.table(
  'cart_lines',
  {
    lineId: uuid('line_id').primaryKey(),
    cartId: uuid('cart_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    quantity: integer('quantity').notNull(),
    seq: bigint('seq', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
  },
  (table) => [
    foreignKey({ name: 'cart_lines_cart', columns: [table.cartId], foreignColumns: [carts.cartId] }).onDelete(
      'cascade',
    ),
    unique('cart_lines_variant').on(table.cartId, table.variantId),
    check('cart_lines_quantity', sql`quantity between 1 and 10000`),
  ],
);

/**
 * Checkouts: the persisted state machine. `due_at` is when another process may take an unfinished one up: the end of the
 * lease while somebody works on it, else the time of the next try.
 */
export const checkouts = schema.table(
  'checkouts',
  {
    checkoutId: uuid('checkout_id').primaryKey(),
    cartId: uuid('cart_id').notNull(),
    orderId: uuid('order_id').notNull(),
    channel: text('channel').notNull(),
    callerScope: text('caller_scope').notNull(),
    keyHash: bytea('key_hash').notNull(),
    requestHash: bytea('request_hash').notNull(),
    state: text('state').notNull(),
    request: jsonb('request'),
    pricing: jsonb('pricing'),
    plans: jsonb('plans'),
    reservation: jsonb('reservation'),
    reservationAttempt: integer('reservation_attempt').notNull().default(1),
    payment: jsonb('payment'),
    result: jsonb('result'),
    leaseOwner: uuid('lease_owner'),
    leaseUntil: instant('lease_until'),
    dueAt: instant('due_at').notNull(),
    attemptCount: integer('attempt_count').notNull().default(1),
    startedAt: instant('started_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    foreignKey({ name: 'checkouts_cart', columns: [table.cartId], foreignColumns: [carts.cartId] }),
    unique('checkouts_idempotency').on(table.callerScope, table.channel, table.keyHash),
    unique('checkouts_order').on(table.orderId),
    uniqueIndex('checkouts_one_live')
      .on(table.cartId)
      .where(sql`state not in ('placed', 'failed')`),
    index('checkouts_due')
      .on(table.dueAt)
      .where(sql`state not in ('placed', 'failed')`),
    index('checkouts_finished')
      .on(table.updatedAt)
      .where(sql`state in ('placed', 'failed')`),
    check(
      'checkouts_state',
      sql`state in ('routed', 'reserved', 'authorizing', 'action_required', 'authorized', 'placed', 'compensating', 'failed')`,
    ),
    check('checkouts_result', sql`state not in ('compensating', 'failed') or result is not null`),
    check('checkouts_lease', sql`(lease_owner is null) = (lease_until is null)`),
  ],
);

/** Orders. Names, prices and addresses are what was true at placement. */
export const orders = schema.table(
  'orders',
  {
    orderId: uuid('order_id').primaryKey(),
    number: text('number').notNull(),
    cartId: uuid('cart_id').notNull(),
    channel: text('channel').notNull(),
    status: text('status').notNull(),
    customerId: uuid('customer_id'),
    /** The company that the customer bought for. */
    companyId: uuid('company_id'),
    /** The key under which customers holds points, credit or budgets for it; null when it was asked for none. */
    holdKey: text('hold_key'),
    /** When the profile of the address is asked for again; null when there is nothing to ask. */
    profileDueAt: instant('profile_due_at'),
    tokenHash: bytea('token_hash'),
    contact: jsonb('contact').notNull(),
    shippingAddress: jsonb('shipping_address'),
    billingAddress: jsonb('billing_address'),
    pickupLocationId: uuid('pickup_location_id'),
    currency: text('currency').notNull(),
    netMinor: minor('net_minor'),
    taxMinor: minor('tax_minor'),
    grossMinor: minor('gross_minor'),
    placedAt: instant('placed_at').notNull(),
    /** The key under which stock knows what is committed for it. */
    reservationKey: text('reservation_key'),
    /** Gross: promotionId, promotionCode, name, code, class, grossMinor of each. */
    discounts: jsonb('discounts').notNull().default([]),
    /** How it is sent, which is a part of the total; null when nothing was asked for it. */
    shippingOptionCode: text('shipping_option_code'),
    shippingName: text('shipping_name'),
    shippingNetMinor: minor('shipping_net_minor').default(0),
    shippingTaxMinor: minor('shipping_tax_minor').default(0),
    shippingGrossMinor: minor('shipping_gross_minor').default(0),
  },
  (table) => [
    foreignKey({ name: 'orders_cart', columns: [table.cartId], foreignColumns: [carts.cartId] }),
    unique('orders_number').on(table.number),
    unique('orders_one_per_cart').on(table.cartId),
    unique('orders_reservation_key').on(table.reservationKey),
    index('orders_by_customer').on(table.customerId, table.placedAt.desc(), table.orderId.desc()),
    index('orders_unclaimed')
      .on(sql`lower(contact ->> 'email')`)
      .where(sql`customer_id is null`),
    index('orders_profile_due')
      .on(table.profileDueAt)
      .where(sql`profile_due_at is not null`),
    check('orders_status', sql`status in ('PLACED', 'CANCELLED')`),
    check('orders_shipping', sql`shipping_net_minor + shipping_tax_minor = shipping_gross_minor`),
    check('orders_total', sql`net_minor + tax_minor = gross_minor and gross_minor >= 0`),
  ],
);

/** Lines of orders. */
export const orderLines = schema.table(
  'order_lines',
  {
    orderLineId: uuid('order_line_id').primaryKey(),
    orderId: uuid('order_id').notNull(),
    position: integer('position').notNull(),
    variantId: uuid('variant_id').notNull(),
    productTitle: text('product_title').notNull(),
    variantTitle: text('variant_title').notNull(),
    sku: text('sku'),
    quantity: integer('quantity').notNull(),
    taxRateBasisPoints: integer('tax_rate_basis_points').notNull(),
    unitNetMinor: minor('unit_net_minor'),
    unitTaxMinor: minor('unit_tax_minor'),
    unitGrossMinor: minor('unit_gross_minor'),
    netMinor: minor('net_minor'),
    taxMinor: minor('tax_minor'),
    grossMinor: minor('gross_minor'),
    /** Its part of the discounts, gross: the sum, and promotionId, promotionCode, name, grossMinor of each. */
    discountMinor: minor('discount_minor').default(0),
    discounts: jsonb('discounts').notNull().default([]),
  },
  (table) => [
    foreignKey({ name: 'order_lines_order', columns: [table.orderId], foreignColumns: [orders.orderId] }),
    unique('order_lines_position').on(table.orderId, table.position),
    check('order_lines_quantity', sql`quantity > 0`),
    check('order_lines_discount', sql`discount_minor >= 0`),
    check('order_lines_total', sql`net_minor + tax_minor = gross_minor`),
    check('order_lines_unit', sql`unit_net_minor + unit_tax_minor = unit_gross_minor`),
  ],
);

/** Payments: what the provider said, never a card number. */
export const payments = schema.table(
  'payments',
  {
    paymentId: uuid('payment_id').primaryKey(),
    orderId: uuid('order_id').notNull(),
    kind: text('kind').notNull(),
    status: text('status').notNull(),
    amountMinor: minor('amount_minor'),
    currency: text('currency').notNull(),
    providerReference: text('provider_reference').notNull(),
    cardBrand: text('card_brand'),
    cardLast4: text('card_last4'),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    foreignKey({ name: 'payments_order', columns: [table.orderId], foreignColumns: [orders.orderId] }),
    index('payments_by_order').on(table.orderId),
    unique('payments_provider_reference').on(table.providerReference),
    check('payments_kind', sql`kind in ('CARD', 'GIFT_CARD', 'POINTS', 'CASH', 'TERMS')`),
    check('payments_status', sql`status in ('PENDING', 'AUTHORIZED', 'CAPTURED', 'DECLINED', 'VOIDED')`),
    check('payments_amount', sql`amount_minor > 0`),
    check('payments_last4', sql`card_last4 ~ '^[0-9]{4}$'`),
  ],
);

/** What one location has to send of an order. */
export const fulfilmentOrders = schema.table(
  'fulfilment_orders',
  {
    fulfilmentOrderId: uuid('fulfilment_order_id').primaryKey(),
    orderId: uuid('order_id').notNull(),
    locationId: uuid('location_id').notNull(),
  },
  (table) => [
    foreignKey({ name: 'fulfilment_orders_order', columns: [table.orderId], foreignColumns: [orders.orderId] }),
    unique('fulfilment_orders_location').on(table.orderId, table.locationId),
  ],
);

/** Lines of fulfilment orders. */
export const fulfilmentOrderLines = schema.table(
  'fulfilment_order_lines',
  {
    fulfilmentOrderId: uuid('fulfilment_order_id').notNull(),
    variantId: uuid('variant_id').notNull(),
    quantity: integer('quantity').notNull(),
  },
  (table) => [
    primaryKey({ name: 'fulfilment_order_lines_pkey', columns: [table.fulfilmentOrderId, table.variantId] }),
    foreignKey({
      name: 'fulfilment_order_lines_order',
      columns: [table.fulfilmentOrderId],
      foreignColumns: [fulfilmentOrders.fulfilmentOrderId],
    }),
    check('fulfilment_order_lines_quantity', sql`quantity > 0`),
  ],
);

/**
 * Orders that lost units of their stock and have to be routed again; a row stays as `moved` afterwards. Without a foreign key, because
 * units can be lost between the commitment of the stock and the placement of the order. `revision` counts the losses: who routes the
 * order learns by it that there was another one meanwhile. `due_at` is as in `checkouts`.
 */
export const reroutings = schema.table(
  'reroutings',
  {
    orderId: uuid('order_id').primaryKey(),
    reservationKey: text('reservation_key').notNull(),
    state: text('state').notNull().default('pending'),
    reason: text('reason'),
    /** Since when somebody has to look at it. */
    raisedAt: instant('raised_at'),
    revision: integer('revision').notNull().default(1),
    /** How often stock had no place for it. */
    refusalCount: integer('refusal_count').notNull().default(0),
    attemptCount: integer('attempt_count').notNull().default(0),
    leaseOwner: uuid('lease_owner'),
    leaseUntil: instant('lease_until'),
    dueAt: instant('due_at').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (table) => [
    index('reroutings_due')
      .on(table.dueAt)
      .where(sql`state = 'pending'`),
    index('reroutings_exceptions')
      .on(table.raisedAt, table.orderId)
      .where(sql`state = 'exception'`),
    check('reroutings_state', sql`state in ('pending', 'moved', 'exception')`),
    check(
      'reroutings_exception',
      sql`(state = 'exception') = (reason is not null) and (reason is null) = (raised_at is null)`,
    ),
    check('reroutings_reason', sql`reason in ('NO_STOCK', 'RESERVATION_ENDED', 'STOCK_INCONSISTENT')`),
    check('reroutings_lease', sql`(lease_owner is null) = (lease_until is null)`),
  ],
);
