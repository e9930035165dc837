CREATE TABLE "customers"."companies" (
	"company_id" uuid NOT NULL,
	"name" text NOT NULL,
	"tax_id" text,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "companies_pkey" PRIMARY KEY("company_id"),
	CONSTRAINT "companies_name" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "customers"."credentials" (
	"credential_id" uuid NOT NULL,
	"secret_hash" text NOT NULL,
	"label" text NOT NULL,
	"role" text NOT NULL,
	"channel" text,
	"scopes" text[] NOT NULL,
	"customer_id" uuid,
	"location_id" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "credentials_pkey" PRIMARY KEY("credential_id"),
	CONSTRAINT "credentials_secret" UNIQUE("secret_hash"),
	CONSTRAINT "credentials_role" CHECK (role in ('customer', 'staff', 'integration')),
	CONSTRAINT "credentials_customer_of_role" CHECK ((role = 'customer') = (customer_id is not null)),
	CONSTRAINT "credentials_session_of_customer" CHECK (expires_at is null or role = 'customer')
);
--> statement-breakpoint
CREATE TABLE "customers"."customers" (
	"customer_id" uuid NOT NULL,
	"email" text NOT NULL,
	"given_name" text,
	"family_name" text,
	"phone" text,
	"company_id" uuid,
	"revision" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "customers_pkey" PRIMARY KEY("customer_id"),
	CONSTRAINT "customers_email" UNIQUE("email"),
	CONSTRAINT "customers_email_lower" CHECK (email = lower(email)),
	CONSTRAINT "customers_phone_e164" CHECK (phone ~ '^\+[1-9][0-9]{6,14}$')
);
--> statement-breakpoint
CREATE TABLE "customers"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "inbox_pkey" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "customers"."outbox" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "customers"."outbox_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"key" text NOT NULL,
	"payload" jsonb NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"published_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "customers"."passwords" (
	"customer_id" uuid NOT NULL,
	"hash" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "passwords_pkey" PRIMARY KEY("customer_id"),
	CONSTRAINT "passwords_argon2id" CHECK (hash like '$argon2id$%')
);
--> statement-breakpoint
ALTER TABLE "customers"."credentials" ADD CONSTRAINT "credentials_customer" FOREIGN KEY ("customer_id") REFERENCES "customers"."customers"("customer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "customers"."customers" ADD CONSTRAINT "customers_company" FOREIGN KEY ("company_id") REFERENCES "customers"."companies"("company_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "customers"."passwords" ADD CONSTRAINT "passwords_customer" FOREIGN KEY ("customer_id") REFERENCES "customers"."customers"("customer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "credentials_by_customer" ON "customers"."credentials" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "customers_by_company" ON "customers"."customers" USING btree ("company_id");--> statement-breakpoint
CREATE INDEX "inbox_received" ON "customers"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "outbox_unpublished" ON "customers"."outbox" USING btree ("seq") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "outbox_published" ON "customers"."outbox" USING btree ("published_at") WHERE published_at is not null;