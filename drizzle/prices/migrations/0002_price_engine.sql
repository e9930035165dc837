-- Whom prices are for: a row for each scope, subject, channel and currency that a list was ever made for.
CREATE TABLE prices.price_scopes (
  scope_id bigint GENERATED ALWAYS AS IDENTITY,
  scope text COLLATE "C" NOT NULL,
  subject text COLLATE "C",
  channel_code text COLLATE "C",
  currency text COLLATE "C" NOT NULL,
  CONSTRAINT price_scopes_pkey PRIMARY KEY (scope_id),
  CONSTRAINT price_scopes_key UNIQUE NULLS NOT DISTINCT (scope, subject, channel_code, currency),
  CONSTRAINT price_scopes_known CHECK (scope IN ('BASE', 'CHANNEL', 'GROUP', 'COMPANY', 'LOCATION', 'ASSIGNED', 'CUSTOMER', 'SOURCE')),
  CONSTRAINT price_scopes_subject CHECK ((scope IN ('BASE', 'CHANNEL')) = (subject IS NULL)),
  CONSTRAINT price_scopes_channel CHECK (scope <> 'CHANNEL' OR channel_code IS NOT NULL),
  CONSTRAINT price_scopes_everywhere CHECK (scope NOT IN ('BASE', 'SOURCE') OR channel_code IS NULL)
);
--> statement-breakpoint
INSERT INTO prices.price_scopes (scope, channel_code, currency) SELECT DISTINCT scope, channel_code, currency FROM prices.price_lists;
--> statement-breakpoint
ALTER TABLE prices.price_lists
  DROP CONSTRAINT price_lists_scope,
  DROP CONSTRAINT price_lists_scope_known,
  DROP CONSTRAINT price_lists_channel_with_scope,
  ADD COLUMN name text NOT NULL DEFAULT '',
  ADD COLUMN scope_id bigint,
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD COLUMN activity tstzrange,
  ADD COLUMN validity tstzrange,
  ADD COLUMN parent_id uuid,
  ADD COLUMN derivation jsonb,
  ADD COLUMN chain uuid[];
--> statement-breakpoint
UPDATE prices.price_lists l SET scope_id = s.scope_id, activity = tstzrange(l.updated_at, NULL), chain = ARRAY[l.price_list_id], name = l.code
  FROM prices.price_scopes s WHERE s.scope = l.scope AND s.channel_code IS NOT DISTINCT FROM l.channel_code AND s.currency = l.currency;
--> statement-breakpoint
ALTER TABLE prices.price_lists
  ALTER COLUMN name DROP DEFAULT,
  ALTER COLUMN version DROP DEFAULT,
  ALTER COLUMN scope_id SET NOT NULL,
  ALTER COLUMN chain SET NOT NULL,
  DROP COLUMN scope,
  DROP COLUMN channel_code,
  ADD CONSTRAINT price_lists_scope FOREIGN KEY (scope_id) REFERENCES prices.price_scopes (scope_id),
  ADD CONSTRAINT price_lists_parent FOREIGN KEY (parent_id) REFERENCES prices.price_lists (price_list_id),
  ADD CONSTRAINT price_lists_derived CHECK ((parent_id IS NULL) = (derivation IS NULL)),
  -- Itself first, then what it derives from. A list that stood in its own chain would never end.
  ADD CONSTRAINT price_lists_chain CHECK (cardinality(chain) BETWEEN 1 AND 6 AND chain[1] = price_list_id AND NOT price_list_id = ANY (chain[2:])),
  ADD CONSTRAINT price_lists_version_positive CHECK (version >= 1),
  ADD CONSTRAINT price_lists_windows CHECK (NOT isempty(activity) AND NOT isempty(validity)),
  -- At no moment two lists are in force for the same whom, where and currency: one without dates and one with dates may be, and the dated one wins.
  ADD CONSTRAINT price_lists_no_overlap EXCLUDE USING gist (
    int8range(scope_id * 2 + (validity IS NOT NULL)::int, scope_id * 2 + (validity IS NOT NULL)::int, '[]') WITH &&,
    activity WITH &&,
    coalesce(validity, tstzrange(NULL, NULL)) WITH &&
  ) WHERE (activity IS NOT NULL);
--> statement-breakpoint
CREATE INDEX price_lists_in_scope ON prices.price_lists (scope_id);
--> statement-breakpoint
CREATE INDEX price_lists_chains ON prices.price_lists USING gin (chain) WHERE parent_id IS NOT NULL;
--> statement-breakpoint
-- A tier is a price from a quantity on. Millionths of a minor unit make prices of a hundred screws exact.
ALTER TABLE prices.prices
  DROP CONSTRAINT prices_pkey,
  ADD COLUMN min_quantity integer NOT NULL DEFAULT 1,
  ADD COLUMN amount_micros integer NOT NULL DEFAULT 0,
  ADD COLUMN since timestamptz;
--> statement-breakpoint
UPDATE prices.prices p SET since = l.updated_at FROM prices.price_lists l WHERE l.price_list_id = p.price_list_id;
--> statement-breakpoint
ALTER TABLE prices.prices
  ALTER COLUMN min_quantity DROP DEFAULT,
  ALTER COLUMN amount_micros DROP DEFAULT,
  ALTER COLUMN since SET NOT NULL,
  ADD CONSTRAINT prices_pkey PRIMARY KEY (price_list_id, variant_id, min_quantity),
  ADD CONSTRAINT prices_min_quantity CHECK (min_quantity BETWEEN 1 AND 10000),
  ADD CONSTRAINT prices_amount_micros CHECK (amount_micros BETWEEN 0 AND 999999);
--> statement-breakpoint
-- For the replay and the explanation of one variant: all lists that hold it. With the list in it, reading prices of some lists is as exact by this as by the key.
CREATE INDEX prices_of_variant ON prices.prices (variant_id, price_list_id);
--> statement-breakpoint
-- Prices as they were, from when to when. Rows go after 400 days.
CREATE TABLE prices.price_history (
  price_list_id uuid NOT NULL,
  variant_id uuid NOT NULL,
  min_quantity integer NOT NULL,
  amount_minor bigint NOT NULL,
  amount_micros integer NOT NULL,
  compare_at_minor bigint,
  held tstzrange NOT NULL,
  CONSTRAINT price_history_held CHECK (NOT isempty(held))
);
--> statement-breakpoint
CREATE INDEX price_history_of_variant ON prices.price_history (variant_id, upper(held));
--> statement-breakpoint
CREATE INDEX price_history_ended ON prices.price_history (upper(held));
--> statement-breakpoint
-- Lists, promotions, taxes, shipping and fees as they were: what a replay of a past moment needs besides prices.
CREATE TABLE prices.state_history (
  kind text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  state jsonb NOT NULL,
  held tstzrange NOT NULL,
  CONSTRAINT state_history_kind CHECK (kind IN ('LIST', 'PROMOTION', 'TAX', 'SHIPPING', 'FEES')),
  CONSTRAINT state_history_held CHECK (NOT isempty(held))
);
--> statement-breakpoint
CREATE INDEX state_history_of_key ON prices.state_history (kind, upper(held), key);
--> statement-breakpoint
ALTER TABLE prices.tax_rates
  DROP CONSTRAINT tax_rates_pkey,
  ADD COLUMN region text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN tax_category text COLLATE "C" NOT NULL DEFAULT 'standard',
  ADD COLUMN version integer NOT NULL DEFAULT 1,
  ADD COLUMN since timestamptz NOT NULL DEFAULT now();
--> statement-breakpoint
ALTER TABLE prices.tax_rates
  ALTER COLUMN region DROP DEFAULT,
  ALTER COLUMN tax_category DROP DEFAULT,
  ALTER COLUMN since DROP DEFAULT,
  ADD CONSTRAINT tax_rates_pkey PRIMARY KEY (country, region, tax_category),
  ADD CONSTRAINT tax_rates_region CHECK (region ~ '^[A-Z0-9]{0,3}$'),
  ADD CONSTRAINT tax_rates_category CHECK (tax_category ~ '^[A-Za-z0-9_-]{1,64}$');
--> statement-breakpoint
CREATE TABLE prices.tax_settings (
  country text COLLATE "C" NOT NULL,
  rounding text COLLATE "C" NOT NULL,
  version integer NOT NULL DEFAULT 1,
  since timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tax_settings_pkey PRIMARY KEY (country),
  CONSTRAINT tax_settings_country CHECK (country ~ '^[A-Z]{2}$'),
  CONSTRAINT tax_settings_rounding CHECK (rounding IN ('LINE', 'UNIT'))
);
--> statement-breakpoint
-- What prices keeps of products, at their revision; a product that is gone has no rows of variants.
CREATE TABLE prices.product_facts (
  product_id uuid NOT NULL,
  revision bigint NOT NULL,
  title text NOT NULL,
  category_ids uuid[] NOT NULL,
  labels text[] NOT NULL,
  CONSTRAINT product_facts_pkey PRIMARY KEY (product_id)
);
--> statement-breakpoint
CREATE TABLE prices.variant_facts (
  variant_id uuid NOT NULL,
  product_id uuid NOT NULL,
  sku text,
  tax_category text COLLATE "C" NOT NULL,
  weight_grams integer,
  CONSTRAINT variant_facts_pkey PRIMARY KEY (variant_id),
  CONSTRAINT variant_facts_product FOREIGN KEY (product_id) REFERENCES prices.product_facts (product_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX variant_facts_of_product ON prices.variant_facts (product_id);
--> statement-breakpoint
CREATE INDEX variant_facts_sku ON prices.variant_facts (sku) WHERE sku IS NOT NULL;
--> statement-breakpoint
-- The tree of categories: a promotion for a category is one for all below it.
CREATE TABLE prices.category_facts (
  category_id uuid NOT NULL,
  parent_id uuid,
  revision bigint NOT NULL,
  -- Kept, so that what is told late of it does not bring it back.
  is_removed boolean NOT NULL DEFAULT false,
  CONSTRAINT category_facts_pkey PRIMARY KEY (category_id)
);
--> statement-breakpoint
-- What prices keeps of the places that companies buy for.
CREATE TABLE prices.company_locations (
  company_location_id uuid NOT NULL,
  company_id uuid NOT NULL,
  revision bigint NOT NULL,
  price_list_code text COLLATE "C",
  exempt_country text COLLATE "C",
  exempt_until timestamptz,
  CONSTRAINT company_locations_pkey PRIMARY KEY (company_location_id)
);
--> statement-breakpoint
-- How many orders each customer placed: what "first order" is decided by.
CREATE TABLE prices.buyers (
  customer_id uuid NOT NULL,
  order_count integer NOT NULL,
  CONSTRAINT buyers_pkey PRIMARY KEY (customer_id),
  CONSTRAINT buyers_order_count CHECK (order_count >= 0)
);
--> statement-breakpoint
-- The definition is one document, whose rules the service keeps; what is counted has columns.
CREATE TABLE prices.promotions (
  promotion_id uuid NOT NULL,
  code text COLLATE "C" NOT NULL,
  name text NOT NULL,
  kind text COLLATE "C" NOT NULL,
  version integer NOT NULL,
  definition jsonb NOT NULL,
  priority integer NOT NULL,
  activity tstzrange,
  validity tstzrange,
  needs_code boolean NOT NULL,
  max_uses integer,
  max_uses_per_customer integer,
  budget_minor bigint,
  budget_currency text COLLATE "C",
  uses_held integer NOT NULL DEFAULT 0,
  uses_confirmed integer NOT NULL DEFAULT 0,
  budget_held bigint NOT NULL DEFAULT 0,
  budget_spent bigint NOT NULL DEFAULT 0,
  since timestamptz NOT NULL,
  CONSTRAINT promotions_pkey PRIMARY KEY (promotion_id),
  CONSTRAINT promotions_code UNIQUE (code),
  CONSTRAINT promotions_kind CHECK (kind IN ('PERCENT', 'AMOUNT', 'BUY_GET', 'BUNDLE', 'GIFT', 'CART_PERCENT', 'CART_AMOUNT', 'FREE_SHIPPING')),
  CONSTRAINT promotions_windows CHECK (NOT isempty(activity) AND NOT isempty(validity)),
  CONSTRAINT promotions_limits CHECK (max_uses > 0 AND max_uses_per_customer > 0 AND budget_minor > 0),
  CONSTRAINT promotions_budget CHECK ((budget_minor IS NULL) = (budget_currency IS NULL)),
  CONSTRAINT promotions_counted CHECK (uses_held >= 0 AND uses_confirmed >= 0 AND budget_held >= 0 AND budget_spent >= 0)
);
--> statement-breakpoint
CREATE INDEX promotions_active ON prices.promotions (promotion_id) WHERE activity IS NOT NULL;
--> statement-breakpoint
-- Upper case, as they are compared.
CREATE TABLE prices.promotion_codes (
  code text COLLATE "C" NOT NULL,
  promotion_id uuid NOT NULL,
  batch_id uuid,
  max_uses integer,
  max_uses_per_customer integer,
  uses_held integer NOT NULL DEFAULT 0,
  uses_confirmed integer NOT NULL DEFAULT 0,
  is_disabled boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  CONSTRAINT promotion_codes_pkey PRIMARY KEY (code),
  CONSTRAINT promotion_codes_promotion FOREIGN KEY (promotion_id) REFERENCES prices.promotions (promotion_id),
  CONSTRAINT promotion_codes_shape CHECK (code ~ '^[A-Z0-9][A-Z0-9_-]{2,63}$'),
  CONSTRAINT promotion_codes_limits CHECK (max_uses > 0 AND max_uses_per_customer > 0),
  CONSTRAINT promotion_codes_counted CHECK (uses_held >= 0 AND uses_confirmed >= 0)
);
--> statement-breakpoint
CREATE INDEX promotion_codes_of_promotion ON prices.promotion_codes (promotion_id, code);
--> statement-breakpoint
-- How often a customer used a promotion, or a code of it ('' for the promotion itself): held and confirmed together.
CREATE TABLE prices.promotion_uses (
  promotion_id uuid NOT NULL,
  code text COLLATE "C" NOT NULL,
  customer_key text COLLATE "C" NOT NULL,
  use_count integer NOT NULL,
  CONSTRAINT promotion_uses_pkey PRIMARY KEY (promotion_id, code, customer_key),
  CONSTRAINT promotion_uses_counted CHECK (use_count >= 0)
);
--> statement-breakpoint
-- What an order takes of promotions, under its key: one row a key, and what it takes in a document, in the order in which it was locked.
CREATE TABLE prices.promotion_holds (
  hold_key text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  request_hash bytea NOT NULL,
  customer_key text COLLATE "C",
  takes jsonb NOT NULL,
  held_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT promotion_holds_pkey PRIMARY KEY (hold_key),
  CONSTRAINT promotion_holds_status CHECK (status IN ('HELD', 'CONFIRMED', 'RELEASED', 'EXPIRED'))
);
--> statement-breakpoint
CREATE INDEX promotion_holds_due ON prices.promotion_holds (expires_at) WHERE status = 'HELD';
--> statement-breakpoint
CREATE TABLE prices.fee_schedules (
  code text COLLATE "C" NOT NULL,
  name text NOT NULL,
  currency text COLLATE "C" NOT NULL,
  brackets jsonb NOT NULL,
  version integer NOT NULL,
  since timestamptz NOT NULL,
  CONSTRAINT fee_schedules_pkey PRIMARY KEY (code)
);
--> statement-breakpoint
CREATE TABLE prices.shipping_options (
  code text COLLATE "C" NOT NULL,
  position integer NOT NULL,
  definition jsonb NOT NULL,
  is_active boolean NOT NULL,
  version integer NOT NULL,
  since timestamptz NOT NULL,
  CONSTRAINT shipping_options_pkey PRIMARY KEY (code)
);
--> statement-breakpoint
-- One row: processes keep promotions, shipping options and the tree of categories until the number is another.
CREATE TABLE prices.engine_state (
  single boolean NOT NULL DEFAULT true,
  revision bigint NOT NULL,
  CONSTRAINT engine_state_pkey PRIMARY KEY (single),
  CONSTRAINT engine_state_single CHECK (single)
);
--> statement-breakpoint
INSERT INTO prices.engine_state (revision) VALUES (1);
--> statement-breakpoint
-- The last moment whose boundaries of windows were told; whoever tells of more locks the row.
CREATE TABLE prices.engine_clock (
  single boolean NOT NULL DEFAULT true,
  boundaries_told timestamptz NOT NULL,
  CONSTRAINT engine_clock_pkey PRIMARY KEY (single),
  CONSTRAINT engine_clock_single CHECK (single)
);
--> statement-breakpoint
INSERT INTO prices.engine_clock (boundaries_told) VALUES (now());
--> statement-breakpoint
-- Carts that were really bought, without who bought them: what drafts are simulated with. The last 90 days, at most 20,000.
CREATE TABLE prices.placed_carts (
  order_id uuid NOT NULL,
  placed_at timestamptz NOT NULL,
  channel_code text COLLATE "C" NOT NULL,
  currency text COLLATE "C" NOT NULL,
  country text COLLATE "C" NOT NULL,
  company_id uuid,
  company_location_id uuid,
  groups text[] NOT NULL,
  lines jsonb NOT NULL,
  CONSTRAINT placed_carts_pkey PRIMARY KEY (order_id)
);
--> statement-breakpoint
CREATE INDEX placed_carts_newest ON prices.placed_carts (placed_at DESC);
--> statement-breakpoint
-- The ends of a range in microseconds since the epoch, null without an end: exact in JSON, and read by every language.
CREATE FUNCTION prices.micros_of(tstzrange) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN $1 IS NOT NULL THEN jsonb_build_array((extract(epoch FROM lower($1)) * 1000000)::bigint, (extract(epoch FROM upper($1)) * 1000000)::bigint) END $$;
