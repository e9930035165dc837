CREATE TABLE customers.identities (
  identity_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  kind text NOT NULL,
  source text NOT NULL DEFAULT '',
  value text NOT NULL,
  verified_at timestamptz,
  is_primary boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  CONSTRAINT identities_pkey PRIMARY KEY (identity_id),
  CONSTRAINT identities_once UNIQUE (customer_id, kind, source, value),
  CONSTRAINT identities_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT identities_kind CHECK (kind IN ('EMAIL', 'PHONE', 'LOYALTY_CARD', 'EXTERNAL')),
  CONSTRAINT identities_source CHECK ((kind = 'EXTERNAL') = (source <> '')),
  CONSTRAINT identities_external CHECK (kind <> 'EXTERNAL' OR NOT is_primary),
  CONSTRAINT identities_email CHECK (kind <> 'EMAIL' OR value = lower(value)),
  CONSTRAINT identities_phone CHECK (kind <> 'PHONE' OR value ~ '^\+[1-9][0-9]{6,14}$')
);
--> statement-breakpoint
CREATE UNIQUE INDEX identities_value ON customers.identities (kind, source, value) WHERE kind <> 'PHONE' OR verified_at IS NOT NULL;
--> statement-breakpoint
CREATE UNIQUE INDEX identities_primary ON customers.identities (customer_id, kind) WHERE is_primary;
--> statement-breakpoint
CREATE INDEX identities_by_phone ON customers.identities (value) WHERE kind = 'PHONE';
--> statement-breakpoint
CREATE TABLE customers.company_members (
  member_id uuid NOT NULL,
  company_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  role text NOT NULL,
  joined_at timestamptz NOT NULL,
  left_at timestamptz,
  CONSTRAINT company_members_pkey PRIMARY KEY (member_id),
  CONSTRAINT company_members_company FOREIGN KEY (company_id) REFERENCES customers.companies (company_id),
  CONSTRAINT company_members_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT company_members_role CHECK (role IN ('BUYER', 'APPROVER', 'ADMIN'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX company_members_one_company ON customers.company_members (customer_id) WHERE left_at IS NULL;
--> statement-breakpoint
CREATE INDEX company_members_by_company ON customers.company_members (company_id, member_id);
--> statement-breakpoint
-- Ids are made in code; here, where there is none, they are random.
INSERT INTO customers.identities (identity_id, customer_id, kind, value, is_primary, created_at)
SELECT gen_random_uuid(), customer_id, 'EMAIL', email, true, created_at FROM customers.customers;
--> statement-breakpoint
INSERT INTO customers.identities (identity_id, customer_id, kind, value, is_primary, created_at)
SELECT gen_random_uuid(), customer_id, 'PHONE', phone, true, created_at FROM customers.customers WHERE phone IS NOT NULL;
--> statement-breakpoint
INSERT INTO customers.company_members (member_id, company_id, customer_id, role, joined_at)
SELECT gen_random_uuid(), company_id, customer_id, 'BUYER', created_at FROM customers.customers WHERE company_id IS NOT NULL;
--> statement-breakpoint
ALTER TABLE customers.customers DROP COLUMN email, DROP COLUMN phone, DROP COLUMN company_id,
  ADD COLUMN locale text, ADD COLUMN merged_into uuid, ADD COLUMN erased_at timestamptz,
  ADD CONSTRAINT customers_merged_into FOREIGN KEY (merged_into) REFERENCES customers.customers (customer_id),
  ADD CONSTRAINT customers_not_into_itself CHECK (merged_into <> customer_id),
  ADD CONSTRAINT customers_erased CHECK (erased_at IS NULL OR (given_name IS NULL AND family_name IS NULL AND locale IS NULL));
--> statement-breakpoint
CREATE INDEX customers_by_survivor ON customers.customers (merged_into) WHERE merged_into IS NOT NULL;
