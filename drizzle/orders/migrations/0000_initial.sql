CREATE SEQUENCE "orders"."order_numbers" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 100001 CACHE 1;--> statement-breakpoint
CREATE TABLE "orders"."cart_lines" (
	"line_id" uuid PRIMARY KEY NOT NULL,
	"cart_id" uuid NOT NULL,
	"variant_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	"seq" bigint GENERATED ALWAYS AS IDENTITY (sequence name "orders"."cart_lines_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	CONSTRAINT "cart_lines_variant" UNIQUE("cart_id","variant_id"),
	CONSTRAINT "cart_lines_quantity" CHECK (quantity between 1 and 10000)
);
--> statement-breakpoint
CREATE TABLE "orders"."carts" (
	"cart_id" uuid PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"currency" text NOT NULL,
	"country" text NOT NULL,
	"status" text DEFAULT 'OPEN' NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"customer_id" uuid,
	"token_hash" "bytea",
	"shipping_address" jsonb,
	"billing_address" jsonb,
	"checkout_id" uuid,
	"order_id" uuid,
	"caller_scope" text NOT NULL,
	"key_hash" "bytea",
	"request_hash" "bytea",
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "carts_idempotency" UNIQUE("caller_scope","channel","key_hash"),
	CONSTRAINT "carts_status" CHECK (status in ('OPEN', 'IN_CHECKOUT', 'ORDERED')),
	CONSTRAINT "carts_one_owner" CHECK ((customer_id is null) <> (token_hash is null)),
	CONSTRAINT "carts_in_checkout" CHECK (status <> 'IN_CHECKOUT' or checkout_id is not null),
	CONSTRAINT "carts_ordered" CHECK ((status = 'ORDERED') = (order_id is not null))
);
--> statement-breakpoint
CREATE TABLE "orders"."channel_projections" (
	"code" text PRIMARY KEY NOT NULL,
	"revision" integer NOT NULL,
	"currencies" text[] NOT NULL,
	"countries" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orders"."checkouts" (
	"checkout_id" uuid PRIMARY KEY NOT NULL,
	"cart_id" uuid NOT NULL,
	"order_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"caller_scope" text NOT NULL,
	"key_hash" "bytea" NOT NULL,
	"request_hash" "bytea" NOT NULL,
	"state" text NOT NULL,
	"request" jsonb,
	"pricing" jsonb,
	"plans" jsonb,
	"reservation" jsonb,
	"reservation_attempt" integer DEFAULT 1 NOT NULL,
	"payment" jsonb,
	"result" jsonb,
	"lease_owner" uuid,
	"lease_until" timestamp with time zone,
	"due_at" timestamp with time zone NOT NULL,
	"attempt_count" integer DEFAULT 1 NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "checkouts_idempotency" UNIQUE("caller_scope","channel","key_hash"),
	CONSTRAINT "checkouts_order" UNIQUE("order_id"),
	CONSTRAINT "checkouts_state" CHECK (state in ('routed', 'reserved', 'authorizing', 'action_required', 'authorized', 'placed', 'compensating', 'failed')),
	CONSTRAINT "checkouts_result" CHECK (state not in ('compensating', 'failed') or result is not null),
	CONSTRAINT "checkouts_lease" CHECK ((lease_owner is null) = (lease_until is null))
);
--> statement-breakpoint
CREATE TABLE "orders"."fulfilment_order_lines" (
	"fulfilment_order_id" uuid NOT NULL,
	"variant_id" uuid NOT NULL,
	"quantity" integer NOT NULL,
	CONSTRAINT "fulfilment_order_lines_pkey" PRIMARY KEY("fulfilment_order_id","variant_id"),
	CONSTRAINT "fulfilment_order_lines_quantity" CHECK (quantity > 0)
);
--> statement-breakpoint
CREATE TABLE "orders"."fulfilment_orders" (
	"fulfilment_order_id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"location_id" uuid NOT NULL,
	CONSTRAINT "fulfilment_orders_location" UNIQUE("order_id","location_id")
);
--> statement-breakpoint
CREATE TABLE "orders"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "inbox_pkey" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "orders"."order_lines" (
	"order_line_id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"variant_id" uuid NOT NULL,
	"product_title" text NOT NULL,
	"variant_title" text NOT NULL,
	"sku" text,
	"quantity" integer NOT NULL,
	"tax_rate_basis_points" integer NOT NULL,
	"unit_net_minor" bigint NOT NULL,
	"unit_tax_minor" bigint NOT NULL,
	"unit_gross_minor" bigint NOT NULL,
	"net_minor" bigint NOT NULL,
	"tax_minor" bigint NOT NULL,
	"gross_minor" bigint NOT NULL,
	CONSTRAINT "order_lines_position" UNIQUE("order_id","position"),
	CONSTRAINT "order_lines_quantity" CHECK (quantity > 0),
	CONSTRAINT "order_lines_total" CHECK (net_minor + tax_minor = gross_minor),
	CONSTRAINT "order_lines_unit" CHECK (unit_net_minor + unit_tax_minor = unit_gross_minor)
);
--> statement-breakpoint
CREATE TABLE "orders"."orders" (
	"order_id" uuid PRIMARY KEY NOT NULL,
	"number" text NOT NULL,
	"cart_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"status" text NOT NULL,
	"customer_id" uuid,
	"profile_due_at" timestamp with time zone,
	"token_hash" "bytea",
	"contact" jsonb NOT NULL,
	"shipping_address" jsonb,
	"billing_address" jsonb,
	"pickup_location_id" uuid,
	"currency" text NOT NULL,
	"net_minor" bigint NOT NULL,
	"tax_minor" bigint NOT NULL,
	"gross_minor" bigint NOT NULL,
	"placed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "orders_number" UNIQUE("number"),
	CONSTRAINT "orders_one_per_cart" UNIQUE("cart_id"),
	CONSTRAINT "orders_status" CHECK (status in ('PLACED', 'CANCELLED')),
	CONSTRAINT "orders_total" CHECK (net_minor + tax_minor = gross_minor and gross_minor >= 0)
);
--> statement-breakpoint
CREATE TABLE "orders"."outbox" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "orders"."outbox_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"key" text NOT NULL,
	"payload" jsonb NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"published_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "orders"."payments" (
	"payment_id" uuid PRIMARY KEY NOT NULL,
	"order_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"amount_minor" bigint NOT NULL,
	"currency" text NOT NULL,
	"provider_reference" text NOT NULL,
	"card_brand" text,
	"card_last4" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "payments_provider_reference" UNIQUE("provider_reference"),
	CONSTRAINT "payments_kind" CHECK (kind in ('CARD', 'GIFT_CARD', 'POINTS', 'CASH', 'TERMS')),
	CONSTRAINT "payments_status" CHECK (status in ('PENDING', 'AUTHORIZED', 'CAPTURED', 'DECLINED', 'VOIDED')),
	CONSTRAINT "payments_amount" CHECK (amount_minor > 0),
	CONSTRAINT "payments_last4" CHECK (card_last4 ~ '^[0-9]{4}$')
);
--> statement-breakpoint
CREATE TABLE "orders"."product_projections" (
	"product_id" uuid PRIMARY KEY NOT NULL,
	"revision" integer NOT NULL,
	"title" text NOT NULL,
	"channel_codes" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orders"."secrets" (
	"name" text PRIMARY KEY NOT NULL,
	"value" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orders"."variant_projections" (
	"variant_id" uuid PRIMARY KEY NOT NULL,
	"product_id" uuid NOT NULL,
	"title" text NOT NULL,
	"sku" text
);
--> statement-breakpoint
ALTER TABLE "orders"."cart_lines" ADD CONSTRAINT "cart_lines_cart" FOREIGN KEY ("cart_id") REFERENCES "orders"."carts"("cart_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders"."checkouts" ADD CONSTRAINT "checkouts_cart" FOREIGN KEY ("cart_id") REFERENCES "orders"."carts"("cart_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders"."fulfilment_order_lines" ADD CONSTRAINT "fulfilment_order_lines_order" FOREIGN KEY ("fulfilment_order_id") REFERENCES "orders"."fulfilment_orders"("fulfilment_order_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders"."fulfilment_orders" ADD CONSTRAINT "fulfilment_orders_order" FOREIGN KEY ("order_id") REFERENCES "orders"."orders"("order_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders"."order_lines" ADD CONSTRAINT "order_lines_order" FOREIGN KEY ("order_id") REFERENCES "orders"."orders"("order_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders"."orders" ADD CONSTRAINT "orders_cart" FOREIGN KEY ("cart_id") REFERENCES "orders"."carts"("cart_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders"."payments" ADD CONSTRAINT "payments_order" FOREIGN KEY ("order_id") REFERENCES "orders"."orders"("order_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders"."variant_projections" ADD CONSTRAINT "variant_projections_product" FOREIGN KEY ("product_id") REFERENCES "orders"."product_projections"("product_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "checkouts_one_live" ON "orders"."checkouts" USING btree ("cart_id") WHERE state not in ('placed', 'failed');--> statement-breakpoint
CREATE INDEX "checkouts_due" ON "orders"."checkouts" USING btree ("due_at") WHERE state not in ('placed', 'failed');--> statement-breakpoint
CREATE INDEX "checkouts_finished" ON "orders"."checkouts" USING btree ("updated_at") WHERE state in ('placed', 'failed');--> statement-breakpoint
CREATE INDEX "inbox_received" ON "orders"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "orders_by_customer" ON "orders"."orders" USING btree ("customer_id","placed_at" DESC NULLS LAST,"order_id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "orders_profile_due" ON "orders"."orders" USING btree ("profile_due_at") WHERE profile_due_at is not null;--> statement-breakpoint
CREATE INDEX "outbox_unpublished" ON "orders"."outbox" USING btree ("seq") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "outbox_published" ON "orders"."outbox" USING btree ("published_at") WHERE published_at is not null;--> statement-breakpoint
CREATE INDEX "payments_by_order" ON "orders"."payments" USING btree ("order_id");--> statement-breakpoint
CREATE INDEX "variant_projections_by_product" ON "orders"."variant_projections" USING btree ("product_id");