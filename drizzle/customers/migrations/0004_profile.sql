CREATE TABLE customers.addresses (
  address_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  label text,
  name text,
  company text,
  street text,
  street2 text,
  city text,
  province text,
  postal_code text,
  country text NOT NULL,
  phone text,
  is_default_shipping boolean NOT NULL DEFAULT false,
  is_default_billing boolean NOT NULL DEFAULT false,
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT addresses_pkey PRIMARY KEY (address_id),
  CONSTRAINT addresses_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT addresses_country CHECK (country ~ '^[A-Z]{2}$')
);
--> statement-breakpoint
CREATE INDEX addresses_by_customer ON customers.addresses (customer_id, address_id);
--> statement-breakpoint
CREATE UNIQUE INDEX addresses_default_shipping ON customers.addresses (customer_id) WHERE is_default_shipping;
--> statement-breakpoint
CREATE UNIQUE INDEX addresses_default_billing ON customers.addresses (customer_id) WHERE is_default_billing;
--> statement-breakpoint
CREATE TABLE customers.preferences (
  customer_id uuid NOT NULL,
  key text NOT NULL,
  value jsonb NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT preferences_pkey PRIMARY KEY (customer_id, key),
  CONSTRAINT preferences_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT preferences_scalar CHECK (jsonb_typeof(value) IN ('string', 'number', 'boolean'))
);
--> statement-breakpoint
CREATE TABLE customers.consents (
  seq bigint GENERATED ALWAYS AS IDENTITY,
  customer_id uuid NOT NULL,
  purpose text NOT NULL,
  channel text NOT NULL,
  granted boolean NOT NULL,
  source text NOT NULL,
  text_version text,
  proof text,
  recorded_by text NOT NULL,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT consents_pkey PRIMARY KEY (seq),
  CONSTRAINT consents_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT consents_source CHECK (source IN ('SELF', 'STAFF', 'INTEGRATION'))
);
--> statement-breakpoint
CREATE INDEX consents_current ON customers.consents (customer_id, purpose, channel, seq);
--> statement-breakpoint
CREATE INDEX consents_history ON customers.consents (customer_id, seq);
--> statement-breakpoint
-- What was consented to is evidence: rows are added, never changed. A merge moves them to the survivor, erasure takes their proof away.
CREATE FUNCTION customers.refuse_change_of_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.seq, NEW.purpose, NEW.channel, NEW.granted, NEW.source, NEW.text_version, NEW.recorded_at)
    IS DISTINCT FROM (OLD.seq, OLD.purpose, OLD.channel, OLD.granted, OLD.source, OLD.text_version, OLD.recorded_at)
    OR (NEW.proof IS NOT NULL AND NEW.proof IS DISTINCT FROM OLD.proof) THEN
    RAISE EXCEPTION 'a consent that was recorded stays as it is' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'consents_append_only';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER consents_append_only BEFORE UPDATE OR DELETE ON customers.consents
  FOR EACH ROW EXECUTE FUNCTION customers.refuse_change_of_consent();
--> statement-breakpoint
CREATE TABLE customers.notes (
  note_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  body text NOT NULL,
  author text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT notes_pkey PRIMARY KEY (note_id),
  CONSTRAINT notes_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT notes_body CHECK (char_length(body) BETWEEN 1 AND 2000)
);
--> statement-breakpoint
CREATE INDEX notes_by_customer ON customers.notes (customer_id, created_at, note_id);
--> statement-breakpoint
CREATE TABLE customers.groups (
  code text NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  rule jsonb,
  is_active boolean NOT NULL DEFAULT true,
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT groups_pkey PRIMARY KEY (code),
  CONSTRAINT groups_kind CHECK (kind IN ('GROUP', 'SEGMENT')),
  CONSTRAINT groups_rule CHECK ((kind = 'SEGMENT') = (rule IS NOT NULL)),
  CONSTRAINT groups_active CHECK (is_active OR kind = 'SEGMENT')
);
--> statement-breakpoint
CREATE TABLE customers.group_members (
  customer_id uuid NOT NULL,
  group_code text NOT NULL,
  since timestamptz NOT NULL,
  CONSTRAINT group_members_pkey PRIMARY KEY (customer_id, group_code),
  CONSTRAINT group_members_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT group_members_group FOREIGN KEY (group_code) REFERENCES customers.groups (code)
);
--> statement-breakpoint
CREATE INDEX group_members_by_group ON customers.group_members (group_code, customer_id);
--> statement-breakpoint
CREATE TABLE customers.customer_orders (
  order_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  channel text NOT NULL,
  currency text NOT NULL,
  total_minor bigint NOT NULL,
  placed_at timestamptz NOT NULL,
  cancelled_at timestamptz,
  CONSTRAINT customer_orders_pkey PRIMARY KEY (order_id),
  CONSTRAINT customer_orders_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT customer_orders_total CHECK (total_minor >= 0)
);
--> statement-breakpoint
CREATE INDEX customer_orders_latest ON customers.customer_orders (customer_id, channel, currency, placed_at) WHERE cancelled_at IS NULL;
--> statement-breakpoint
CREATE TABLE customers.customer_statistics (
  customer_id uuid NOT NULL,
  channel text NOT NULL,
  currency text NOT NULL,
  orders integer NOT NULL,
  spent_minor bigint NOT NULL,
  last_order_at timestamptz,
  CONSTRAINT customer_statistics_pkey PRIMARY KEY (customer_id, channel, currency),
  CONSTRAINT customer_statistics_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT customer_statistics_orders CHECK (orders >= 0),
  CONSTRAINT customer_statistics_spent CHECK (spent_minor BETWEEN 0 AND 9007199254740991)
);
--> statement-breakpoint
ALTER TABLE customers.customers
  ADD COLUMN segments_version integer NOT NULL DEFAULT 0,
  ADD COLUMN segments_due_at timestamptz;
--> statement-breakpoint
CREATE INDEX customers_by_segments_version ON customers.customers (segments_version, customer_id) WHERE merged_into IS NULL AND erased_at IS NULL;
--> statement-breakpoint
CREATE INDEX customers_by_segments_due ON customers.customers (segments_due_at) WHERE segments_due_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX identities_unverified ON customers.identities (created_at) WHERE kind = 'EMAIL' AND verified_at IS NULL AND NOT is_primary;
