CREATE TABLE customers.secrets (
  name text NOT NULL,
  value bytea NOT NULL,
  CONSTRAINT secrets_pkey PRIMARY KEY (name)
);
--> statement-breakpoint
CREATE TABLE customers.signing_keys (
  kid text NOT NULL,
  sealed_key text NOT NULL,
  public_key jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  signs_from timestamptz NOT NULL,
  retires_at timestamptz,
  ends_at timestamptz,
  CONSTRAINT signing_keys_pkey PRIMARY KEY (kid),
  CONSTRAINT signing_keys_retired CHECK ((retires_at IS NULL) = (ends_at IS NULL)),
  CONSTRAINT signing_keys_ends CHECK (ends_at > retires_at)
);
--> statement-breakpoint
-- One key has no successor: whoever rotates second finds that it has one.
CREATE UNIQUE INDEX signing_keys_newest ON customers.signing_keys ((retires_at IS NULL)) WHERE retires_at IS NULL;
--> statement-breakpoint
CREATE TABLE customers.sessions (
  session_id uuid NOT NULL,
  role text NOT NULL,
  customer_id uuid,
  staff_id uuid,
  device_id uuid,
  location_id uuid,
  channel text NOT NULL,
  scopes text[] NOT NULL,
  label text,
  generation integer NOT NULL,
  rotated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  last_used_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  CONSTRAINT sessions_pkey PRIMARY KEY (session_id),
  CONSTRAINT sessions_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT sessions_role CHECK (role IN ('customer', 'staff')),
  CONSTRAINT sessions_of_customer CHECK ((role = 'customer') = (customer_id IS NOT NULL)),
  CONSTRAINT sessions_of_staff CHECK ((role = 'staff') = (staff_id IS NOT NULL)),
  CONSTRAINT sessions_generation CHECK (generation >= 0),
  CONSTRAINT sessions_expires CHECK (expires_at <= ends_at)
);
--> statement-breakpoint
CREATE INDEX sessions_by_customer ON customers.sessions (customer_id, created_at) WHERE customer_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX sessions_by_staff ON customers.sessions (staff_id) WHERE staff_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX sessions_by_device ON customers.sessions (device_id) WHERE device_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX sessions_by_expiry ON customers.sessions (expires_at);
--> statement-breakpoint
CREATE TABLE customers.revocations (
  revocation_id bigint GENERATED ALWAYS AS IDENTITY,
  xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
  credential_id uuid NOT NULL,
  not_before timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT revocations_pkey PRIMARY KEY (revocation_id)
);
--> statement-breakpoint
CREATE INDEX revocations_by_transaction ON customers.revocations (xid, revocation_id);
--> statement-breakpoint
CREATE INDEX revocations_by_age ON customers.revocations (created_at);
--> statement-breakpoint
CREATE TABLE customers.attempts (
  kind text NOT NULL,
  subject bytea NOT NULL,
  count integer NOT NULL,
  ends_at timestamptz NOT NULL,
  CONSTRAINT attempts_pkey PRIMARY KEY (kind, subject)
);
--> statement-breakpoint
CREATE INDEX attempts_by_end ON customers.attempts (ends_at);
--> statement-breakpoint
CREATE TABLE customers.one_time_tokens (
  token_id uuid NOT NULL,
  purpose text NOT NULL,
  subject_id uuid NOT NULL,
  payload text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT one_time_tokens_pkey PRIMARY KEY (token_id)
);
--> statement-breakpoint
CREATE INDEX one_time_tokens_by_subject ON customers.one_time_tokens (subject_id);
--> statement-breakpoint
CREATE INDEX one_time_tokens_by_expiry ON customers.one_time_tokens (expires_at);
--> statement-breakpoint
CREATE TABLE customers.mails (
  mail_id uuid NOT NULL,
  kind text NOT NULL,
  customer_id uuid,
  identity_id uuid,
  token_id uuid,
  locale text,
  parameters jsonb NOT NULL,
  tries integer NOT NULL,
  due_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT mails_pkey PRIMARY KEY (mail_id),
  CONSTRAINT mails_recipient CHECK (coalesce(customer_id, identity_id, token_id) IS NOT NULL)
);
--> statement-breakpoint
CREATE INDEX mails_by_due ON customers.mails (due_at);
--> statement-breakpoint
-- Sessions were credentials with an end. Their tokens are not of the form that can be refreshed: everybody signs in once more.
DELETE FROM customers.credentials WHERE expires_at IS NOT NULL;
