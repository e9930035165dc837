import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { customers } from './profile.ts';
import { instant, schema } from './schema.ts';

/** Organisations that buy. `parent_id` makes trees of at most eight levels, without cycles. */
export const companies = schema.table(
  'companies',
  {
    companyId: uuid('company_id').notNull(),
    name: text('name').notNull(),
    taxId: text('tax_id'),
    parentId: uuid('parent_id'),
    externalReference: text('external_reference'),
    status: text('status').notNull().default('ACTIVE'),
    /** By which the periods of its budgets begin and its invoices fall due. */
    timeZone: text('time_zone').notNull().default('UTC'),
    version: integer('version').notNull().default(1),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'companies_pkey', columns: [table.companyId] }),
    unique('companies_name').on(table.name),
    unique('companies_external_reference').on(table.externalReference),
    foreignKey({ name: 'companies_parent', columns: [table.parentId], foreignColumns: [table.companyId] }),
    check('companies_not_own_parent', sql`parent_id <> company_id`),
    check('companies_status', sql`status in ('ACTIVE', 'BLOCKED')`),
    index('companies_by_parent')
      .on(table.parentId, table.companyId)
      .where(sql`parent_id is not null`),
  ],
);

/** Places that a company buys for: each with its own prices, taxes and terms. Its credit is the account of kind CREDIT in its currency. */
export const companyLocations = schema.table(
  'company_locations',
  {
    companyLocationId: uuid('company_location_id').notNull(),
    companyId: uuid('company_id').notNull(),
    name: text('name').notNull(),
    externalReference: text('external_reference'),
    recipient: text('recipient'),
    street: text('street'),
    street2: text('street2'),
    city: text('city'),
    province: text('province'),
    postalCode: text('postal_code'),
    country: text('country').notNull(),
    /** The list that prices keeps for it. */
    priceListCode: text('price_list_code'),
    currency: text('currency').notNull(),
    taxExemptionCountry: text('tax_exemption_country'),
    taxExemptionNumber: text('tax_exemption_number'),
    taxExemptionValidUntil: instant('tax_exemption_valid_until'),
    /** Days that an invoice may be open; null when it does not buy on account. */
    termsDays: integer('terms_days'),
    defaultChannel: text('default_channel'),
    version: integer('version').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'company_locations_pkey', columns: [table.companyLocationId] }),
    unique('company_locations_of_company').on(table.companyId, table.companyLocationId),
    unique('company_locations_name').on(table.companyId, table.name),
    foreignKey({
      name: 'company_locations_company',
      columns: [table.companyId],
      foreignColumns: [companies.companyId],
    }),
    check('company_locations_currency', sql`currency ~ '^[A-Z]{3}$'`),
    check('company_locations_terms', sql`terms_days in (0, 15, 30, 60)`),
    check(
      'company_locations_exemption',
      sql`(tax_exemption_country is null) = (tax_exemption_number is null) and (tax_exemption_valid_until is null or tax_exemption_country is not null)`,
    ),
  ],
);

/** Who buys for which company, and who did. A person buys for one company at a time, and for one of its locations. */
export const companyMembers = schema.table(
  'company_members',
  {
    memberId: uuid('member_id').notNull(),
    companyId: uuid('company_id').notNull(),
    customerId: uuid('customer_id').notNull(),
    role: text('role').notNull(),
    /** The location that the member buys for now. */
    companyLocationId: uuid('company_location_id'),
    joinedAt: instant('joined_at').notNull(),
    leftAt: instant('left_at'),
  },
  (table) => [
    primaryKey({ name: 'company_members_pkey', columns: [table.memberId] }),
    foreignKey({ name: 'company_members_company', columns: [table.companyId], foreignColumns: [companies.companyId] }),
    foreignKey({
      name: 'company_members_customer',
      columns: [table.customerId],
      foreignColumns: [customers.customerId],
    }),
    foreignKey({
      name: 'company_members_location',
      columns: [table.companyId, table.companyLocationId],
      foreignColumns: [companyLocations.companyId, companyLocations.companyLocationId],
    }),
    uniqueIndex('company_members_one_company')
      .on(table.customerId)
      .where(sql`left_at is null`),
    index('company_members_by_company').on(table.companyId, table.memberId),
    index('company_members_approving')
      .on(table.companyId, table.role)
      .where(sql`left_at is null and role <> 'BUYER'`),
    check('company_members_role', sql`role in ('BUYER', 'APPROVER', 'ADMIN')`),
  ],
);

/** Invitations to a company. The address is forgotten when the invitation has ended; its token is nowhere. */
export const companyInvitations = schema.table(
  'company_invitations',
  {
    invitationId: uuid('invitation_id').notNull(),
    companyId: uuid('company_id').notNull(),
    email: text('email'),
    role: text('role').notNull(),
    companyLocationId: uuid('company_location_id'),
    /** `role:subject` of whoever invited. */
    invitedBy: text('invited_by').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    acceptedAt: instant('accepted_at'),
    acceptedBy: uuid('accepted_by'),
    revokedAt: instant('revoked_at'),
  },
  (table) => [
    primaryKey({ name: 'company_invitations_pkey', columns: [table.invitationId] }),
    foreignKey({
      name: 'company_invitations_company',
      columns: [table.companyId],
      foreignColumns: [companies.companyId],
    }),
    foreignKey({
      name: 'company_invitations_location',
      columns: [table.companyId, table.companyLocationId],
      foreignColumns: [companyLocations.companyId, companyLocations.companyLocationId],
    }),
    foreignKey({
      name: 'company_invitations_customer',
      columns: [table.acceptedBy],
      foreignColumns: [customers.customerId],
    }),
    uniqueIndex('company_invitations_open')
      .on(table.companyId, table.email)
      .where(sql`accepted_at is null and revoked_at is null`),
    index('company_invitations_by_email')
      .on(table.email)
      .where(sql`email is not null`),
    index('company_invitations_by_customer')
      .on(table.acceptedBy)
      .where(sql`accepted_by is not null`),
    index('company_invitations_by_end').on(table.expiresAt),
    check('company_invitations_role', sql`role in ('BUYER', 'APPROVER', 'ADMIN')`),
    check('company_invitations_ended_once', sql`accepted_at is null or revoked_at is null`),
    check('company_invitations_accepted', sql`(accepted_at is null) = (accepted_by is null)`),
    check('company_invitations_forgets', sql`email is null or (accepted_at is null and revoked_at is null)`),
  ],
);

/** When an order of a company needs to be approved, and by whom. `definition` is what `domain/companies/approval-rule.ts` reads. */
export const approvalRules = schema.table(
  'approval_rules',
  {
    ruleId: uuid('rule_id').notNull(),
    companyId: uuid('company_id').notNull(),
    /** Null: for orders of all its locations. */
    companyLocationId: uuid('company_location_id'),
    code: text('code').notNull(),
    active: boolean('active').notNull(),
    version: integer('version').notNull(),
    definition: jsonb('definition').notNull(),
    changedBy: text('changed_by').notNull(),
    changedAt: instant('changed_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'approval_rules_pkey', columns: [table.ruleId] }),
    unique('approval_rules_code').on(table.companyId, table.code),
    foreignKey({ name: 'approval_rules_company', columns: [table.companyId], foreignColumns: [companies.companyId] }),
    foreignKey({
      name: 'approval_rules_location',
      columns: [table.companyId, table.companyLocationId],
      foreignColumns: [companyLocations.companyId, companyLocations.companyLocationId],
    }),
  ],
);

/** What each approval rule was, version by version; rows never change. */
export const approvalRuleVersions = schema.table(
  'approval_rule_versions',
  {
    ruleId: uuid('rule_id').notNull(),
    version: integer('version').notNull(),
    companyLocationId: uuid('company_location_id'),
    active: boolean('active').notNull(),
    definition: jsonb('definition').notNull(),
    changedBy: text('changed_by').notNull(),
    changedAt: instant('changed_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'approval_rule_versions_pkey', columns: [table.ruleId, table.version] }),
    foreignKey({
      name: 'approval_rule_versions_rule',
      columns: [table.ruleId],
      foreignColumns: [approvalRules.ruleId],
    }),
  ],
);

/** One budget of a rule: whose it is and which period. What is left of it is the account of kind BUDGET that it owns. */
export const approvalBudgets = schema.table(
  'approval_budgets',
  {
    budgetId: uuid('budget_id').notNull(),
    ruleId: uuid('rule_id').notNull(),
    /** A customer's id, a role, a location's id or the company's id. */
    subject: text('subject').notNull(),
    period: text('period').notNull(),
    startsOn: date('starts_on').notNull(),
    currency: text('currency').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'approval_budgets_pkey', columns: [table.budgetId] }),
    unique('approval_budgets_once').on(table.ruleId, table.subject, table.period, table.startsOn, table.currency),
    foreignKey({ name: 'approval_budgets_rule', columns: [table.ruleId], foreignColumns: [approvalRules.ruleId] }),
  ],
);

/** Orders on account, by the key of their hold: whose credit and what terms. What of it is owed stands in the ledger. */
export const creditOrders = schema.table(
  'credit_orders',
  {
    holdKey: text('hold_key').notNull(),
    companyLocationId: uuid('company_location_id').notNull(),
    customerId: uuid('customer_id').notNull(),
    amountMinor: bigint('amount_minor', { mode: 'number' }).notNull(),
    currency: text('currency').notNull(),
    termsDays: integer('terms_days').notNull(),
    timeZone: text('time_zone').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'credit_orders_pkey', columns: [table.holdKey] }),
    foreignKey({
      name: 'credit_orders_location',
      columns: [table.companyLocationId],
      foreignColumns: [companyLocations.companyLocationId],
    }),
    foreignKey({
      name: 'credit_orders_customer',
      columns: [table.customerId],
      foreignColumns: [customers.customerId],
    }),
    index('credit_orders_by_customer').on(table.customerId),
    check('credit_orders_amount', sql`amount_minor > 0`),
  ],
);

/** Payments and adjustments of credit accounts, once per idempotency key of whoever booked them. */
export const creditBookings = schema.table(
  'credit_bookings',
  {
    bookingId: uuid('booking_id').notNull(),
    companyLocationId: uuid('company_location_id').notNull(),
    kind: text('kind').notNull(),
    /** What it adds to the balance: a payment is positive. */
    amountMinor: bigint('amount_minor', { mode: 'number' }).notNull(),
    currency: text('currency').notNull(),
    reference: text('reference').notNull(),
    /** When the money came. */
    valueAt: instant('value_at').notNull(),
    bookedBy: text('booked_by').notNull(),
    idempotencyKey: text('idempotency_key').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    primaryKey({ name: 'credit_bookings_pkey', columns: [table.bookingId] }),
    unique('credit_bookings_key').on(table.bookedBy, table.idempotencyKey),
    foreignKey({
      name: 'credit_bookings_location',
      columns: [table.companyLocationId],
      foreignColumns: [companyLocations.companyLocationId],
    }),
    check('credit_bookings_kind', sql`kind in ('PAYMENT', 'ADJUSTMENT')`),
    check('credit_bookings_amount', sql`amount_minor <> 0 and (kind = 'ADJUSTMENT' or amount_minor > 0)`),
  ],
);
