-- Keys of staff and integrations may end by themselves, too.
ALTER TABLE customers.credentials DROP CONSTRAINT credentials_session_of_customer,
  ADD COLUMN prefix text, ADD COLUMN last_four text, ADD COLUMN created_by text, ADD COLUMN last_used_at timestamptz,
  ADD COLUMN idempotency_key text, ADD COLUMN request_hash text,
  ADD CONSTRAINT credentials_idempotency CHECK ((idempotency_key IS NULL) = (request_hash IS NULL));
--> statement-breakpoint
CREATE UNIQUE INDEX credentials_once ON customers.credentials (created_by, idempotency_key) WHERE idempotency_key IS NOT NULL;
--> statement-breakpoint
CREATE TABLE customers.former_secrets (
  secret_hash text NOT NULL,
  credential_id uuid NOT NULL,
  ends_at timestamptz NOT NULL,
  CONSTRAINT former_secrets_pkey PRIMARY KEY (secret_hash),
  CONSTRAINT former_secrets_credential FOREIGN KEY (credential_id) REFERENCES customers.credentials (credential_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX former_secrets_by_credential ON customers.former_secrets (credential_id);
--> statement-breakpoint
CREATE TABLE customers.devices (
  device_id uuid NOT NULL,
  label text NOT NULL,
  channel text NOT NULL,
  location_id uuid NOT NULL,
  secret_hash text NOT NULL,
  prefix text NOT NULL,
  last_four text NOT NULL,
  registered_by text NOT NULL,
  registered_at timestamptz NOT NULL,
  last_seen_at timestamptz,
  revoked_at timestamptz,
  CONSTRAINT devices_pkey PRIMARY KEY (device_id),
  CONSTRAINT devices_secret UNIQUE (secret_hash)
);
--> statement-breakpoint
CREATE TABLE customers.staff_members (
  staff_id uuid NOT NULL,
  code text NOT NULL,
  display_name text NOT NULL,
  scopes text[] NOT NULL,
  all_locations boolean NOT NULL,
  location_ids uuid[] NOT NULL,
  pin_hash text,
  pin_changed_at timestamptz,
  external_issuer text,
  external_subject text,
  active boolean NOT NULL,
  version integer NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT staff_members_pkey PRIMARY KEY (staff_id),
  CONSTRAINT staff_members_code UNIQUE (code),
  CONSTRAINT staff_members_external UNIQUE (external_issuer, external_subject),
  CONSTRAINT staff_members_code_shape CHECK (code ~ '^[a-z0-9][a-z0-9._-]{0,31}$'),
  CONSTRAINT staff_members_locations CHECK (NOT all_locations OR cardinality(location_ids) = 0),
  CONSTRAINT staff_members_pin CHECK (pin_hash LIKE '$argon2id$%'),
  CONSTRAINT staff_members_pin_changed CHECK ((pin_hash IS NULL) = (pin_changed_at IS NULL)),
  CONSTRAINT staff_members_external_whole CHECK ((external_issuer IS NULL) = (external_subject IS NULL))
);
--> statement-breakpoint
CREATE TABLE customers.external_tokens (
  token_hash text NOT NULL,
  ends_at timestamptz NOT NULL,
  CONSTRAINT external_tokens_pkey PRIMARY KEY (token_hash)
);
--> statement-breakpoint
CREATE INDEX external_tokens_by_end ON customers.external_tokens (ends_at);
