ALTER TABLE customers.companies
  ADD COLUMN parent_id uuid,
  ADD COLUMN external_reference text,
  ADD COLUMN status text NOT NULL DEFAULT 'ACTIVE',
  ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC',
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD CONSTRAINT companies_parent FOREIGN KEY (parent_id) REFERENCES customers.companies (company_id),
  ADD CONSTRAINT companies_external_reference UNIQUE (external_reference),
  ADD CONSTRAINT companies_not_own_parent CHECK (parent_id <> company_id),
  ADD CONSTRAINT companies_status CHECK (status IN ('ACTIVE', 'BLOCKED'));
--> statement-breakpoint
CREATE INDEX companies_by_parent ON customers.companies (parent_id, company_id) WHERE parent_id IS NOT NULL;
--> statement-breakpoint
CREATE TABLE customers.company_locations (
  company_location_id uuid NOT NULL,
  company_id uuid NOT NULL,
  name text NOT NULL,
  external_reference text,
  recipient text,
  street text,
  street2 text,
  city text,
  province text,
  postal_code text,
  country text NOT NULL,
  price_list_code text,
  currency text NOT NULL,
  tax_exemption_country text,
  tax_exemption_number text,
  tax_exemption_valid_until timestamptz,
  terms_days integer,
  default_channel text,
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT company_locations_pkey PRIMARY KEY (company_location_id),
  CONSTRAINT company_locations_of_company UNIQUE (company_id, company_location_id),
  CONSTRAINT company_locations_name UNIQUE (company_id, name),
  CONSTRAINT company_locations_company FOREIGN KEY (company_id) REFERENCES customers.companies (company_id),
  CONSTRAINT company_locations_currency CHECK (currency ~ '^[A-Z]{3}$'),
  CONSTRAINT company_locations_terms CHECK (terms_days IN (0, 15, 30, 60)),
  CONSTRAINT company_locations_exemption CHECK ((tax_exemption_country IS NULL) = (tax_exemption_number IS NULL)
    AND (tax_exemption_valid_until IS NULL OR tax_exemption_country IS NOT NULL))
);
--> statement-breakpoint
ALTER TABLE customers.company_members
  ADD COLUMN company_location_id uuid,
  ADD CONSTRAINT company_members_location FOREIGN KEY (company_id, company_location_id)
    REFERENCES customers.company_locations (company_id, company_location_id);
--> statement-breakpoint
CREATE INDEX company_members_approving ON customers.company_members (company_id, role) WHERE left_at IS NULL AND role <> 'BUYER';
--> statement-breakpoint
CREATE TABLE customers.company_invitations (
  invitation_id uuid NOT NULL,
  company_id uuid NOT NULL,
  email text,
  role text NOT NULL,
  company_location_id uuid,
  invited_by text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  accepted_at timestamptz,
  accepted_by uuid,
  revoked_at timestamptz,
  CONSTRAINT company_invitations_pkey PRIMARY KEY (invitation_id),
  CONSTRAINT company_invitations_company FOREIGN KEY (company_id) REFERENCES customers.companies (company_id),
  CONSTRAINT company_invitations_location FOREIGN KEY (company_id, company_location_id)
    REFERENCES customers.company_locations (company_id, company_location_id),
  CONSTRAINT company_invitations_customer FOREIGN KEY (accepted_by) REFERENCES customers.customers (customer_id),
  CONSTRAINT company_invitations_role CHECK (role IN ('BUYER', 'APPROVER', 'ADMIN')),
  CONSTRAINT company_invitations_ended_once CHECK (accepted_at IS NULL OR revoked_at IS NULL),
  CONSTRAINT company_invitations_accepted CHECK ((accepted_at IS NULL) = (accepted_by IS NULL)),
  CONSTRAINT company_invitations_forgets CHECK (email IS NULL OR (accepted_at IS NULL AND revoked_at IS NULL))
);
--> statement-breakpoint
CREATE UNIQUE INDEX company_invitations_open ON customers.company_invitations (company_id, email) WHERE accepted_at IS NULL AND revoked_at IS NULL;
--> statement-breakpoint
CREATE INDEX company_invitations_by_email ON customers.company_invitations (email) WHERE email IS NOT NULL;
--> statement-breakpoint
CREATE INDEX company_invitations_by_customer ON customers.company_invitations (accepted_by) WHERE accepted_by IS NOT NULL;
--> statement-breakpoint
CREATE INDEX company_invitations_by_end ON customers.company_invitations (expires_at);
--> statement-breakpoint
CREATE TABLE customers.approval_rules (
  rule_id uuid NOT NULL,
  company_id uuid NOT NULL,
  company_location_id uuid,
  code text NOT NULL,
  active boolean NOT NULL,
  version integer NOT NULL,
  definition jsonb NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT approval_rules_pkey PRIMARY KEY (rule_id),
  CONSTRAINT approval_rules_code UNIQUE (company_id, code),
  CONSTRAINT approval_rules_company FOREIGN KEY (company_id) REFERENCES customers.companies (company_id),
  CONSTRAINT approval_rules_location FOREIGN KEY (company_id, company_location_id)
    REFERENCES customers.company_locations (company_id, company_location_id)
);
--> statement-breakpoint
CREATE TABLE customers.approval_rule_versions (
  rule_id uuid NOT NULL,
  version integer NOT NULL,
  company_location_id uuid,
  active boolean NOT NULL,
  definition jsonb NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT approval_rule_versions_pkey PRIMARY KEY (rule_id, version),
  CONSTRAINT approval_rule_versions_rule FOREIGN KEY (rule_id) REFERENCES customers.approval_rules (rule_id)
);
--> statement-breakpoint
CREATE TABLE customers.approval_budgets (
  budget_id uuid NOT NULL,
  rule_id uuid NOT NULL,
  subject text NOT NULL,
  period text NOT NULL,
  starts_on date NOT NULL,
  currency text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT approval_budgets_pkey PRIMARY KEY (budget_id),
  CONSTRAINT approval_budgets_once UNIQUE (rule_id, subject, period, starts_on, currency),
  CONSTRAINT approval_budgets_rule FOREIGN KEY (rule_id) REFERENCES customers.approval_rules (rule_id)
);
--> statement-breakpoint
CREATE TABLE customers.credit_orders (
  hold_key text NOT NULL,
  company_location_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  terms_days integer NOT NULL,
  time_zone text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT credit_orders_pkey PRIMARY KEY (hold_key),
  CONSTRAINT credit_orders_location FOREIGN KEY (company_location_id) REFERENCES customers.company_locations (company_location_id),
  CONSTRAINT credit_orders_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT credit_orders_amount CHECK (amount_minor > 0)
);
--> statement-breakpoint
CREATE INDEX credit_orders_by_customer ON customers.credit_orders (customer_id);
--> statement-breakpoint
CREATE TABLE customers.credit_bookings (
  booking_id uuid NOT NULL,
  company_location_id uuid NOT NULL,
  kind text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  reference text NOT NULL,
  value_at timestamptz NOT NULL,
  booked_by text NOT NULL,
  idempotency_key text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT credit_bookings_pkey PRIMARY KEY (booking_id),
  CONSTRAINT credit_bookings_key UNIQUE (booked_by, idempotency_key),
  CONSTRAINT credit_bookings_location FOREIGN KEY (company_location_id) REFERENCES customers.company_locations (company_location_id),
  CONSTRAINT credit_bookings_kind CHECK (kind IN ('PAYMENT', 'ADJUSTMENT')),
  CONSTRAINT credit_bookings_amount CHECK (amount_minor <> 0 AND (kind = 'ADJUSTMENT' OR amount_minor > 0))
);
