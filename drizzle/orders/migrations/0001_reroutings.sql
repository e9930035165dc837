CREATE TABLE "orders"."reroutings" (
	"order_id" uuid PRIMARY KEY NOT NULL,
	"reservation_key" text NOT NULL,
	"state" text DEFAULT 'pending' NOT NULL,
	"reason" text,
	"raised_at" timestamp with time zone,
	"revision" integer DEFAULT 1 NOT NULL,
	"refusal_count" integer DEFAULT 0 NOT NULL,
	"attempt_count" integer DEFAULT 0 NOT NULL,
	"lease_owner" uuid,
	"lease_until" timestamp with time zone,
	"due_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "reroutings_state" CHECK (state in ('pending', 'moved', 'exception')),
	CONSTRAINT "reroutings_exception" CHECK ((state = 'exception') = (reason is not null) and (reason is null) = (raised_at is null)),
	CONSTRAINT "reroutings_reason" CHECK (reason in ('NO_STOCK', 'RESERVATION_ENDED', 'STOCK_INCONSISTENT')),
	CONSTRAINT "reroutings_lease" CHECK ((lease_owner is null) = (lease_until is null))
);
--> statement-breakpoint
ALTER TABLE "orders"."orders" ADD COLUMN "reservation_key" text;--> statement-breakpoint
-- What is kept of the checkout tells the key; of checkouts that were forgotten it is the first one, which nearly all of them had.
UPDATE "orders"."orders" o SET "reservation_key" = coalesce(k."reservation" ->> 'key', 'checkout:' || c."checkout_id")
FROM "orders"."carts" c LEFT JOIN "orders"."checkouts" k ON k."checkout_id" = c."checkout_id" WHERE c."cart_id" = o."cart_id";--> statement-breakpoint
CREATE INDEX "reroutings_due" ON "orders"."reroutings" USING btree ("due_at") WHERE state = 'pending';--> statement-breakpoint
CREATE INDEX "reroutings_exceptions" ON "orders"."reroutings" USING btree ("raised_at","order_id") WHERE state = 'exception';--> statement-breakpoint
ALTER TABLE "orders"."orders" ADD CONSTRAINT "orders_reservation_key" UNIQUE("reservation_key");