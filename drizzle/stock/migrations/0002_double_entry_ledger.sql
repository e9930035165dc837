-- The ledger becomes double-entry (units move from a state to a state) and is partitioned by month; what is configured gets one revision;
-- every change of stock goes through one function. Written by hand; tables.ts says what the tables are like.

CREATE TYPE "stock"."stock_state" AS ENUM ('AVAILABLE', 'RESERVED', 'COMMITTED', 'SAFETY', 'DAMAGED', 'INSPECTION', 'INCOMING');--> statement-breakpoint
CREATE TYPE "stock"."movement_kind" AS ENUM ('RECEIVED', 'RESERVED', 'RELEASED', 'EXPIRED', 'COMMITTED', 'SHIPPED', 'RETURNED', 'TRANSFERRED_OUT', 'TRANSFERRED_IN', 'ADJUSTED', 'COUNTED');--> statement-breakpoint

-- The ledger. A version of a variant has one entry or more. The key serves every reader: newest first, and up to a moment.
ALTER TABLE "stock"."movements" RENAME TO "movements_before";--> statement-breakpoint
ALTER TABLE "stock"."movements_before" RENAME CONSTRAINT "movements_pkey" TO "movements_before_pkey";--> statement-breakpoint
CREATE TABLE "stock"."movements" (
	"variant_id" uuid NOT NULL,
	"version" bigint NOT NULL,
	"entry" integer NOT NULL,
	"location_id" uuid NOT NULL,
	"kind" "stock"."movement_kind" NOT NULL,
	"quantity" integer NOT NULL,
	"from_state" "stock"."stock_state",
	"to_state" "stock"."stock_state",
	"reservation_id" uuid,
	"reference" text,
	"reason" text,
	"actor" text,
	"booked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "movements_pkey" PRIMARY KEY("variant_id","version","entry","booked_at"),
	CONSTRAINT "movements_quantity_positive" CHECK (quantity > 0),
	CONSTRAINT "movements_moves" CHECK (from_state is distinct from to_state),
	CONSTRAINT "movements_has_cause" CHECK (num_nonnulls(reservation_id, reference) = 1)
) PARTITION BY RANGE ("booked_at");
--> statement-breakpoint
-- Catches what no month takes, so that a clock that runs far ahead stops nothing.
CREATE TABLE "stock"."movements_default" PARTITION OF "stock"."movements" DEFAULT;
--> statement-breakpoint
CREATE TRIGGER "movements_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "stock"."movements_default"
	FOR EACH STATEMENT EXECUTE FUNCTION "stock"."refuse_ledger_change"();
--> statement-breakpoint
-- Makes the partitions from the month of a moment on. Repeating it is harmless.
CREATE FUNCTION "stock"."prepare_ledger"(since timestamptz, months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	first date := date_trunc('month', since AT TIME ZONE 'UTC')::date;
	name text;
BEGIN
	PERFORM pg_advisory_xact_lock(7105, 1);
	FOR n IN 0..months LOOP
		name := 'movements_' || to_char(first + make_interval(months => n), 'YYYY_MM');
		IF to_regclass('stock.' || name) IS NULL THEN
			EXECUTE format('CREATE TABLE stock.%I PARTITION OF stock.movements FOR VALUES FROM (%L) TO (%L)', name,
				to_char(first + make_interval(months => n), 'YYYY-MM-DD') || ' 00:00:00+00', to_char(first + make_interval(months => n + 1), 'YYYY-MM-DD') || ' 00:00:00+00');
			EXECUTE format('CREATE TRIGGER movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock.%I FOR EACH STATEMENT EXECUTE FUNCTION stock.refuse_ledger_change()', name);
		END IF;
	END LOOP;
END $$;
--> statement-breakpoint
SELECT "stock"."prepare_ledger"(coalesce((SELECT min(booked_at) FROM "stock"."movements_before"), now()),
	(extract(year FROM age(now(), coalesce((SELECT min(booked_at) FROM "stock"."movements_before"), now()))) * 12
		+ extract(month FROM age(now(), coalesce((SELECT min(booked_at) FROM "stock"."movements_before"), now()))) + 3)::int);
--> statement-breakpoint
INSERT INTO "stock"."movements" (variant_id, version, entry, location_id, kind, quantity, from_state, to_state, reservation_id, reference, booked_at)
SELECT variant_id, version, row_number() OVER (PARTITION BY variant_id, version ORDER BY movement_id), location_id, kind::stock.movement_kind, abs(quantity),
	CASE WHEN kind IN ('RELEASED', 'EXPIRED', 'COMMITTED') THEN 'RESERVED' WHEN kind = 'RESERVED' OR quantity < 0 THEN 'AVAILABLE' END::stock.stock_state,
	CASE WHEN kind IN ('RELEASED', 'EXPIRED') THEN 'AVAILABLE' WHEN kind IN ('RESERVED', 'COMMITTED') THEN kind WHEN quantity > 0 THEN 'AVAILABLE' END::stock.stock_state,
	CASE WHEN cause LIKE 'reservation:%' THEN substr(cause, 13)::uuid END, CASE WHEN cause NOT LIKE 'reservation:%' THEN cause END, booked_at
FROM "stock"."movements_before" WHERE quantity <> 0;
--> statement-breakpoint
DROP TABLE "stock"."movements_before";--> statement-breakpoint
CREATE TRIGGER "movements_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "stock"."movements"
	FOR EACH STATEMENT EXECUTE FUNCTION "stock"."refuse_ledger_change"();
--> statement-breakpoint
-- Months that are over: from then on their sums are kept, and they may be archived.
CREATE TABLE "stock"."ledger_months" (
	"month" date NOT NULL,
	"state" text NOT NULL,
	"entry_count" bigint NOT NULL,
	"closed_at" timestamp with time zone NOT NULL,
	"archived_at" timestamp with time zone,
	"archive" text,
	"checksum" text,
	CONSTRAINT "ledger_months_pkey" PRIMARY KEY("month"),
	CONSTRAINT "ledger_months_state_known" CHECK (state in ('closed', 'archived'))
);
--> statement-breakpoint
-- What a level was when a closed month ended; only of levels that moved in it.
CREATE TABLE "stock"."ledger_openings" (
	"variant_id" uuid NOT NULL,
	"location_id" uuid NOT NULL,
	"month" date NOT NULL,
	"available" bigint NOT NULL,
	"reserved" bigint NOT NULL,
	"committed" bigint NOT NULL,
	"safety" bigint NOT NULL,
	"damaged" bigint NOT NULL,
	"inspection" bigint NOT NULL,
	"incoming" bigint NOT NULL,
	CONSTRAINT "ledger_openings_pkey" PRIMARY KEY("variant_id","location_id","month")
);
--> statement-breakpoint
ALTER TABLE "stock"."variant_versions" ADD COLUMN "changed_at" timestamp with time zone DEFAULT '-infinity' NOT NULL;--> statement-breakpoint
UPDATE "stock"."variant_versions" v SET changed_at = m.booked_at FROM (SELECT variant_id, max(booked_at) AS booked_at FROM "stock"."movements" GROUP BY 1) m WHERE m.variant_id = v.variant_id;--> statement-breakpoint

-- Reservations: no index on what changes while one is open, so that its updates stay in the page.
DROP INDEX "stock"."reservations_held";--> statement-breakpoint
ALTER TABLE "stock"."reservations" SET (fillfactor = 80);--> statement-breakpoint
ALTER TABLE "stock"."reservation_lines" DROP CONSTRAINT "reservation_lines_reservation_fkey";--> statement-breakpoint
ALTER TABLE "stock"."reservation_lines" ADD COLUMN "shorted" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "stock"."reservation_lines" ADD COLUMN "shipped" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "stock"."reservation_lines" ADD COLUMN "waiting" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "stock"."reservation_lines" ADD COLUMN "policy_revision" bigint;--> statement-breakpoint
ALTER TABLE "stock"."reservation_lines" ADD CONSTRAINT "reservation_lines_open_not_negative" CHECK (shorted >= 0 and shipped >= 0 and waiting >= 0 and shorted + shipped + waiting <= quantity);--> statement-breakpoint
ALTER TABLE "stock"."reservation_lines" SET (fillfactor = 80);--> statement-breakpoint
CREATE INDEX "reservation_lines_of_level" ON "stock"."reservation_lines" USING btree ("variant_id","location_id","reservation_id");--> statement-breakpoint
CREATE INDEX "reservation_lines_waiting" ON "stock"."reservation_lines" USING btree ("variant_id","location_id","reservation_id") WHERE waiting > 0;--> statement-breakpoint
DELETE FROM "stock"."reservation_lines" l USING "stock"."reservations" r WHERE r.reservation_id = l.reservation_id AND r.status IN ('released', 'expired');--> statement-breakpoint
CREATE TABLE "stock"."hold_deadlines" (
	"expires_at" timestamp with time zone NOT NULL,
	"reservation_id" uuid NOT NULL,
	CONSTRAINT "hold_deadlines_pkey" PRIMARY KEY("expires_at","reservation_id")
);
--> statement-breakpoint
INSERT INTO "stock"."hold_deadlines" SELECT expires_at, reservation_id FROM "stock"."reservations" WHERE status = 'held';--> statement-breakpoint

-- What is configured.
CREATE TABLE "stock"."configuration" (
	"singleton" boolean DEFAULT true NOT NULL,
	"revision" bigint DEFAULT 0 NOT NULL,
	"default_policy_id" uuid,
	"has_policies" boolean DEFAULT false NOT NULL,
	"has_safety_stocks" boolean DEFAULT false NOT NULL,
	"has_bundles" boolean DEFAULT false NOT NULL,
	"has_backorders" boolean DEFAULT false NOT NULL,
	CONSTRAINT "configuration_pkey" PRIMARY KEY("singleton"),
	CONSTRAINT "configuration_single" CHECK (singleton)
);
--> statement-breakpoint
INSERT INTO "stock"."configuration" DEFAULT VALUES;--> statement-breakpoint
CREATE TABLE "stock"."channel_places" (
	"location_id" uuid NOT NULL,
	"channel_code" text NOT NULL,
	CONSTRAINT "channel_places_pkey" PRIMARY KEY("location_id","channel_code")
);
--> statement-breakpoint
INSERT INTO "stock"."channel_places" SELECT DISTINCT unnest(location_ids), channel_code FROM "stock"."channel_locations";--> statement-breakpoint
CREATE INDEX "channel_places_of_channel" ON "stock"."channel_places" USING btree ("channel_code");--> statement-breakpoint
CREATE TABLE "stock"."safety_stocks" (
	"channel_code" text NOT NULL,
	"location_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	CONSTRAINT "safety_stocks_pkey" PRIMARY KEY("channel_code","location_id"),
	CONSTRAINT "safety_stocks_location_fkey" FOREIGN KEY ("location_id") REFERENCES "stock"."locations"("location_id"),
	CONSTRAINT "safety_stocks_quantity_positive" CHECK (quantity > 0)
);
--> statement-breakpoint
CREATE TABLE "stock"."allocation_policies" (
	"policy_id" uuid NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"lendable_basis_points" integer DEFAULT 0 NOT NULL,
	"variant_ids" uuid[],
	"location_ids" uuid[],
	"status" text NOT NULL,
	"version" integer NOT NULL,
	"revision" bigint,
	"changed_by" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"activated_at" timestamp with time zone,
	"retired_at" timestamp with time zone,
	CONSTRAINT "allocation_policies_pkey" PRIMARY KEY("policy_id"),
	CONSTRAINT "allocation_policies_kind_known" CHECK (kind in ('FIFO', 'PRIORITY', 'PROPORTIONAL')),
	CONSTRAINT "allocation_policies_status_known" CHECK (status in ('draft', 'active', 'retired')),
	CONSTRAINT "allocation_policies_lendable_range" CHECK (lendable_basis_points between 0 and 10000),
	CONSTRAINT "allocation_policies_active_has_revision" CHECK (status <> 'active' or revision is not null)
);
--> statement-breakpoint
CREATE UNIQUE INDEX "allocation_policies_one_default" ON "stock"."allocation_policies" USING btree ((true)) WHERE status = 'active' and variant_ids is null;--> statement-breakpoint
CREATE TABLE "stock"."allocation_shares" (
	"policy_id" uuid NOT NULL,
	"channel_code" text NOT NULL,
	"priority" integer NOT NULL,
	"promised" integer NOT NULL,
	"share_basis_points" integer NOT NULL,
	"floor" integer NOT NULL,
	CONSTRAINT "allocation_shares_pkey" PRIMARY KEY("policy_id","channel_code"),
	CONSTRAINT "allocation_shares_policy_fkey" FOREIGN KEY ("policy_id") REFERENCES "stock"."allocation_policies"("policy_id"),
	CONSTRAINT "allocation_shares_not_negative" CHECK (priority >= 0 and promised >= 0 and floor >= 0 and share_basis_points between 0 and 10000)
);
--> statement-breakpoint
CREATE TABLE "stock"."policy_pools" (
	"policy_id" uuid NOT NULL,
	"location_id" uuid NOT NULL,
	CONSTRAINT "policy_pools_pkey" PRIMARY KEY("policy_id","location_id")
);
--> statement-breakpoint
CREATE TABLE "stock"."policy_variants" (
	"variant_id" uuid NOT NULL,
	"policy_id" uuid NOT NULL,
	CONSTRAINT "policy_variants_pkey" PRIMARY KEY("variant_id")
);
--> statement-breakpoint
CREATE INDEX "policy_variants_of_policy" ON "stock"."policy_variants" USING btree ("policy_id");--> statement-breakpoint
CREATE TABLE "stock"."allocation_usage" (
	"variant_id" uuid NOT NULL,
	"channel_code" text NOT NULL,
	"policy_revision" bigint NOT NULL,
	"consumed" integer NOT NULL,
	CONSTRAINT "allocation_usage_pkey" PRIMARY KEY("variant_id","channel_code"),
	CONSTRAINT "allocation_usage_consumed_not_negative" CHECK (consumed >= 0)
) WITH (fillfactor = 50);
--> statement-breakpoint
CREATE TABLE "stock"."selling_policies" (
	"variant_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"limit_quantity" integer NOT NULL,
	"sold_ahead" integer DEFAULT 0 NOT NULL,
	"promised_at" timestamp with time zone,
	"promised_days" integer,
	"channel_codes" text[],
	"version" integer NOT NULL,
	CONSTRAINT "selling_policies_pkey" PRIMARY KEY("variant_id"),
	CONSTRAINT "selling_policies_kind_known" CHECK (kind in ('DENY', 'BACKORDER', 'PREORDER')),
	CONSTRAINT "selling_policies_limit_range" CHECK (limit_quantity between 0 and 1000000),
	CONSTRAINT "selling_policies_sold_ahead_not_negative" CHECK (sold_ahead >= 0)
) WITH (fillfactor = 50);
--> statement-breakpoint
CREATE TABLE "stock"."bundles" (
	"bundle_id" uuid NOT NULL,
	"revision" integer NOT NULL,
	"version_base" bigint NOT NULL,
	CONSTRAINT "bundles_pkey" PRIMARY KEY("bundle_id")
);
--> statement-breakpoint
CREATE TABLE "stock"."bundle_components" (
	"bundle_id" uuid NOT NULL,
	"component_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	CONSTRAINT "bundle_components_pkey" PRIMARY KEY("bundle_id","component_id"),
	CONSTRAINT "bundle_components_quantity_positive" CHECK (quantity > 0),
	CONSTRAINT "bundle_components_bundle_fkey" FOREIGN KEY ("bundle_id") REFERENCES "stock"."bundles"("bundle_id")
);
--> statement-breakpoint
CREATE INDEX "bundle_components_of_component" ON "stock"."bundle_components" USING btree ("component_id");--> statement-breakpoint

-- Goods on their way: between two locations, or from a supplier when there is no location that they come from.
CREATE TABLE "stock"."transfers" (
	"transfer_id" uuid NOT NULL,
	"from_location_id" uuid,
	"to_location_id" uuid NOT NULL,
	"status" text NOT NULL,
	"expected_at" timestamp with time zone,
	"note" text,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "transfers_pkey" PRIMARY KEY("transfer_id"),
	CONSTRAINT "transfers_from_fkey" FOREIGN KEY ("from_location_id") REFERENCES "stock"."locations"("location_id"),
	CONSTRAINT "transfers_to_fkey" FOREIGN KEY ("to_location_id") REFERENCES "stock"."locations"("location_id"),
	CONSTRAINT "transfers_status_known" CHECK (status in ('in_transit', 'closed')),
	CONSTRAINT "transfers_between_two" CHECK (from_location_id is distinct from to_location_id)
);
--> statement-breakpoint
CREATE TABLE "stock"."transfer_lines" (
	"transfer_id" uuid NOT NULL,
	"variant_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	"received" integer DEFAULT 0 NOT NULL,
	"lost" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "transfer_lines_pkey" PRIMARY KEY("transfer_id","variant_id"),
	CONSTRAINT "transfer_lines_transfer_fkey" FOREIGN KEY ("transfer_id") REFERENCES "stock"."transfers"("transfer_id"),
	CONSTRAINT "transfer_lines_quantity_positive" CHECK (quantity > 0),
	CONSTRAINT "transfer_lines_accounted" CHECK (received >= 0 and lost >= 0 and received + lost <= quantity)
);
--> statement-breakpoint
CREATE INDEX "transfer_lines_open" ON "stock"."transfer_lines" USING btree ("variant_id") WHERE received + lost < quantity;--> statement-breakpoint
-- What somebody has to look at: a sale that was booked although nothing was there.
CREATE TABLE "stock"."exceptions" (
	"exception_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"variant_id" uuid NOT NULL,
	"location_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	"reference" text NOT NULL,
	"raised_at" timestamp with time zone NOT NULL,
	"resolved_at" timestamp with time zone,
	"resolved_by" text,
	"note" text,
	CONSTRAINT "exceptions_pkey" PRIMARY KEY("exception_id"),
	CONSTRAINT "exceptions_kind_known" CHECK (kind in ('OFFLINE_OVERSELL', 'SHIPPED_SHORT'))
);
--> statement-breakpoint
CREATE INDEX "exceptions_open" ON "stock"."exceptions" USING btree ("exception_id") WHERE resolved_at is null;--> statement-breakpoint
-- Which variants changed, in an order that readers can follow: whoever reads only what is older than every running transaction misses nothing.
-- No variants: the configuration changed, and with it whatever a reader shows.
CREATE TABLE "stock"."availability_log" (
	"transaction_id" xid8 DEFAULT pg_current_xact_id() NOT NULL,
	"log_id" bigint GENERATED ALWAYS AS IDENTITY,
	"variant_ids" uuid[],
	"logged_at" timestamp with time zone NOT NULL,
	CONSTRAINT "availability_log_pkey" PRIMARY KEY("transaction_id","log_id")
);
--> statement-breakpoint
CREATE INDEX "availability_log_age" ON "stock"."availability_log" USING btree ("logged_at");--> statement-breakpoint
CREATE INDEX "locations_point" ON "stock"."locations" USING gist (point("longitude","latitude")) WHERE longitude is not null and latitude is not null;--> statement-breakpoint
DROP FUNCTION "stock"."change_levels"(uuid[], uuid[], int[], int[], int[]);--> statement-breakpoint
DROP FUNCTION "stock"."lock_levels"(uuid[]);
