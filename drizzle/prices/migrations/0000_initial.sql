CREATE TABLE "prices"."channels" (
	"code" text NOT NULL,
	"revision" bigint NOT NULL,
	"currencies" text[] NOT NULL,
	"countries" text[] NOT NULL,
	CONSTRAINT "channels_pkey" PRIMARY KEY("code")
);
--> statement-breakpoint
CREATE TABLE "prices"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "inbox_pkey" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "prices"."outbox" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "prices"."outbox_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"key" text NOT NULL,
	"payload" jsonb NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"published_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "prices"."price_lists" (
	"price_list_id" uuid NOT NULL,
	"code" text NOT NULL,
	"scope" text NOT NULL,
	"channel_code" text,
	"currency" text NOT NULL,
	"tax_included" boolean NOT NULL,
	"revision" bigint NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "price_lists_pkey" PRIMARY KEY("price_list_id"),
	CONSTRAINT "price_lists_code" UNIQUE("code"),
	CONSTRAINT "price_lists_scope" UNIQUE NULLS NOT DISTINCT("scope","channel_code","currency"),
	CONSTRAINT "price_lists_scope_known" CHECK (scope in ('BASE', 'CHANNEL')),
	CONSTRAINT "price_lists_channel_with_scope" CHECK ((scope = 'CHANNEL') = (channel_code is not null)),
	CONSTRAINT "price_lists_revision_positive" CHECK (revision >= 1)
);
--> statement-breakpoint
CREATE TABLE "prices"."prices" (
	"price_list_id" uuid NOT NULL,
	"variant_id" uuid NOT NULL,
	"amount_minor" bigint NOT NULL,
	"compare_at_minor" bigint,
	CONSTRAINT "prices_pkey" PRIMARY KEY("price_list_id","variant_id"),
	CONSTRAINT "prices_amount_minor" CHECK (amount_minor between 0 and 100000000000),
	CONSTRAINT "prices_compare_at_minor" CHECK (compare_at_minor between 0 and 100000000000)
);
--> statement-breakpoint
CREATE TABLE "prices"."quote_keys" (
	"quote_key_id" smallint NOT NULL,
	"secret" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "quote_keys_pkey" PRIMARY KEY("quote_key_id"),
	CONSTRAINT "quote_keys_single" CHECK (quote_key_id = 1)
);
--> statement-breakpoint
CREATE TABLE "prices"."tax_rates" (
	"country" text NOT NULL,
	"basis_points" integer NOT NULL,
	CONSTRAINT "tax_rates_pkey" PRIMARY KEY("country"),
	CONSTRAINT "tax_rates_country" CHECK (country ~ '^[A-Z]{2}$'),
	CONSTRAINT "tax_rates_basis_points" CHECK (basis_points between 0 and 10000)
);
--> statement-breakpoint
ALTER TABLE "prices"."prices" ADD CONSTRAINT "prices_price_list" FOREIGN KEY ("price_list_id") REFERENCES "prices"."price_lists"("price_list_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "inbox_received" ON "prices"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "outbox_unpublished" ON "prices"."outbox" USING btree ("seq") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "outbox_published" ON "prices"."outbox" USING btree ("published_at") WHERE published_at is not null;