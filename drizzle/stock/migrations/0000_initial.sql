CREATE TABLE "stock"."channel_locations" (
	"channel_code" text NOT NULL,
	"revision" integer NOT NULL,
	"location_ids" uuid[] NOT NULL,
	CONSTRAINT "channel_locations_pkey" PRIMARY KEY("channel_code")
);
--> statement-breakpoint
CREATE TABLE "stock"."command_keys" (
	"caller" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"result" jsonb,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "command_keys_pkey" PRIMARY KEY("caller","key")
);
--> statement-breakpoint
CREATE TABLE "stock"."import_references" (
	"location_id" uuid NOT NULL,
	"reference" text NOT NULL,
	"variant_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	"applied_at" timestamp with time zone NOT NULL,
	CONSTRAINT "import_references_pkey" PRIMARY KEY("location_id","reference")
);
--> statement-breakpoint
CREATE TABLE "stock"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "inbox_pkey" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "stock"."levels" (
	"variant_id" uuid NOT NULL,
	"location_id" uuid NOT NULL,
	"available" integer DEFAULT 0 NOT NULL,
	"reserved" integer DEFAULT 0 NOT NULL,
	"committed" integer DEFAULT 0 NOT NULL,
	"safety" integer DEFAULT 0 NOT NULL,
	"damaged" integer DEFAULT 0 NOT NULL,
	"inspection" integer DEFAULT 0 NOT NULL,
	"incoming" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "levels_pkey" PRIMARY KEY("variant_id","location_id"),
	CONSTRAINT "levels_available_not_negative" CHECK (available >= 0),
	CONSTRAINT "levels_reserved_not_negative" CHECK (reserved >= 0),
	CONSTRAINT "levels_committed_not_negative" CHECK (committed >= 0),
	CONSTRAINT "levels_safety_not_negative" CHECK (safety >= 0),
	CONSTRAINT "levels_damaged_not_negative" CHECK (damaged >= 0),
	CONSTRAINT "levels_inspection_not_negative" CHECK (inspection >= 0),
	CONSTRAINT "levels_incoming_not_negative" CHECK (incoming >= 0),
	CONSTRAINT "levels_available_bounded" CHECK (available <= 1000000000)
);
--> statement-breakpoint
CREATE TABLE "stock"."locations" (
	"location_id" uuid NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"street" text,
	"city" text,
	"province" text,
	"postal_code" text,
	"country" text NOT NULL,
	"latitude" double precision,
	"longitude" double precision,
	"pickup_offered" boolean NOT NULL,
	"external_reference" text,
	"revision" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "locations_pkey" PRIMARY KEY("location_id"),
	CONSTRAINT "locations_code_unique" UNIQUE("code"),
	CONSTRAINT "locations_kind_known" CHECK (kind in ('WAREHOUSE', 'STORE', 'DROPSHIP', 'THIRD_PARTY')),
	CONSTRAINT "locations_latitude_range" CHECK (latitude between -90 and 90),
	CONSTRAINT "locations_longitude_range" CHECK (longitude between -180 and 180)
);
--> statement-breakpoint
CREATE TABLE "stock"."movements" (
	"movement_id" uuid NOT NULL,
	"variant_id" uuid NOT NULL,
	"location_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"quantity" integer NOT NULL,
	"available_delta" integer DEFAULT 0 NOT NULL,
	"reserved_delta" integer DEFAULT 0 NOT NULL,
	"committed_delta" integer DEFAULT 0 NOT NULL,
	"safety_delta" integer DEFAULT 0 NOT NULL,
	"damaged_delta" integer DEFAULT 0 NOT NULL,
	"inspection_delta" integer DEFAULT 0 NOT NULL,
	"incoming_delta" integer DEFAULT 0 NOT NULL,
	"cause" text NOT NULL,
	"version" bigint NOT NULL,
	"booked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "movements_pkey" PRIMARY KEY("movement_id"),
	CONSTRAINT "movements_kind_known" CHECK (kind in ('RECEIVED', 'RESERVED', 'RELEASED', 'EXPIRED', 'COMMITTED', 'SHIPPED', 'ADJUSTED', 'COUNTED'))
);
--> statement-breakpoint
CREATE TABLE "stock"."outbox" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "stock"."outbox_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"key" text NOT NULL,
	"payload" jsonb NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"published_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "stock"."reservation_lines" (
	"reservation_id" uuid NOT NULL,
	"variant_id" uuid NOT NULL,
	"location_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	CONSTRAINT "reservation_lines_pkey" PRIMARY KEY("reservation_id","variant_id","location_id"),
	CONSTRAINT "reservation_lines_quantity_positive" CHECK (quantity > 0)
);
--> statement-breakpoint
CREATE TABLE "stock"."reservations" (
	"reservation_id" uuid NOT NULL,
	"key" text NOT NULL,
	"channel_code" text NOT NULL,
	"status" text NOT NULL,
	"plan_index" integer NOT NULL,
	"request_hash" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "reservations_pkey" PRIMARY KEY("reservation_id"),
	CONSTRAINT "reservations_key_unique" UNIQUE("key"),
	CONSTRAINT "reservations_status_known" CHECK (status in ('held', 'committed', 'released', 'expired')),
	CONSTRAINT "reservations_ended_when_not_held" CHECK ((status = 'held') = (ended_at is null))
);
--> statement-breakpoint
CREATE TABLE "stock"."variant_versions" (
	"variant_id" uuid NOT NULL,
	"version" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "variant_versions_pkey" PRIMARY KEY("variant_id")
);
--> statement-breakpoint
ALTER TABLE "stock"."import_references" ADD CONSTRAINT "import_references_location_fkey" FOREIGN KEY ("location_id") REFERENCES "stock"."locations"("location_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stock"."levels" ADD CONSTRAINT "levels_location_fkey" FOREIGN KEY ("location_id") REFERENCES "stock"."locations"("location_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stock"."levels" ADD CONSTRAINT "levels_variant_fkey" FOREIGN KEY ("variant_id") REFERENCES "stock"."variant_versions"("variant_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stock"."reservation_lines" ADD CONSTRAINT "reservation_lines_reservation_fkey" FOREIGN KEY ("reservation_id") REFERENCES "stock"."reservations"("reservation_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "command_keys_created" ON "stock"."command_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "inbox_received" ON "stock"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "movements_of_variant" ON "stock"."movements" USING btree ("variant_id","version" DESC NULLS LAST,"movement_id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "outbox_unpublished" ON "stock"."outbox" USING btree ("seq") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "outbox_published" ON "stock"."outbox" USING btree ("published_at") WHERE published_at is not null;--> statement-breakpoint
CREATE INDEX "reservations_held" ON "stock"."reservations" USING btree ("expires_at") WHERE status = 'held';