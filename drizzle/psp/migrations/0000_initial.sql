CREATE TABLE "psp"."charges" (
	"charge_id" text NOT NULL,
	"payment_intent_id" text NOT NULL,
	"amount_minor" integer NOT NULL,
	"amount_captured_minor" integer NOT NULL,
	"amount_refunded_minor" integer NOT NULL,
	"payment_method" text NOT NULL,
	"status" text NOT NULL,
	"failure_code" text,
	"failure_message" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "charges_pkey" PRIMARY KEY("charge_id"),
	CONSTRAINT "charges_status" CHECK (status in ('succeeded', 'failed')),
	CONSTRAINT "charges_captured" CHECK (amount_captured_minor between 0 and amount_minor),
	CONSTRAINT "charges_refunded" CHECK (amount_refunded_minor between 0 and amount_minor)
);
--> statement-breakpoint
CREATE TABLE "psp"."idempotency_keys" (
	"key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"status" smallint,
	"body" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY("key")
);
--> statement-breakpoint
CREATE TABLE "psp"."met_faults" (
	"request" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "met_faults_pkey" PRIMARY KEY("request")
);
--> statement-breakpoint
CREATE TABLE "psp"."payment_intents" (
	"payment_intent_id" text NOT NULL,
	"amount_minor" integer NOT NULL,
	"amount_received_minor" integer NOT NULL,
	"currency" text NOT NULL,
	"status" text NOT NULL,
	"capture_method" text NOT NULL,
	"payment_method" text,
	"description" text,
	"metadata" jsonb NOT NULL,
	"client_secret" text NOT NULL,
	"return_url" text,
	"last_error" jsonb,
	"cancellation_reason" text,
	"created_at" timestamp with time zone NOT NULL,
	"canceled_at" timestamp with time zone,
	"latest_charge_id" text,
	CONSTRAINT "payment_intents_pkey" PRIMARY KEY("payment_intent_id"),
	CONSTRAINT "payment_intents_amount" CHECK (amount_minor > 0),
	CONSTRAINT "payment_intents_received" CHECK (amount_received_minor between 0 and amount_minor),
	CONSTRAINT "payment_intents_status" CHECK (status in ('requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture', 'succeeded', 'canceled')),
	CONSTRAINT "payment_intents_capture_method" CHECK (capture_method in ('automatic', 'manual'))
);
--> statement-breakpoint
ALTER TABLE "psp"."charges" ADD CONSTRAINT "charges_payment_intent" FOREIGN KEY ("payment_intent_id") REFERENCES "psp"."payment_intents"("payment_intent_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "charges_by_payment_intent" ON "psp"."charges" USING btree ("payment_intent_id");--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "psp"."idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "met_faults_age" ON "psp"."met_faults" USING btree ("created_at");