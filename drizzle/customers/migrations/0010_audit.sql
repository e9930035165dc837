CREATE TABLE customers.audit_entries (
  seq bigint NOT NULL,
  entry_id uuid NOT NULL,
  at timestamptz NOT NULL,
  subgraph text NOT NULL,
  actor text NOT NULL,
  subject text NOT NULL,
  credential_id text,
  staff_id text,
  device_id text,
  channel text,
  request_id text NOT NULL,
  action text NOT NULL,
  entity_ids uuid[] NOT NULL,
  input_digest text NOT NULL,
  outcome text NOT NULL,
  reason text,
  previous_hash bytea NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT audit_entries_pkey PRIMARY KEY (seq),
  CONSTRAINT audit_entries_once UNIQUE (entry_id),
  CONSTRAINT audit_entries_outcome CHECK (outcome IN ('DONE', 'REFUSED', 'FAILED')),
  CONSTRAINT audit_entries_hashes CHECK (octet_length(previous_hash) = 32 AND octet_length(hash) = 32)
);
--> statement-breakpoint
CREATE INDEX audit_entries_by_subject ON customers.audit_entries (subject, seq);
--> statement-breakpoint
CREATE INDEX audit_entries_by_staff ON customers.audit_entries (staff_id, seq) WHERE staff_id IS NOT NULL;
--> statement-breakpoint
CREATE INDEX audit_entries_by_action ON customers.audit_entries (action, seq);
--> statement-breakpoint
CREATE INDEX audit_entries_by_entity ON customers.audit_entries USING gin (entity_ids);
--> statement-breakpoint
CREATE INDEX audit_entries_by_time ON customers.audit_entries (at);
--> statement-breakpoint
-- Beside the entries and not in the chain: without its salt a digest tells nothing, so that deleting one forgets what was entered.
CREATE TABLE customers.audit_salts (
  entry_id uuid NOT NULL,
  salt bytea NOT NULL,
  CONSTRAINT audit_salts_pkey PRIMARY KEY (entry_id)
);
--> statement-breakpoint
-- The end of the chain. Its lock is the order of the entries.
CREATE TABLE customers.audit_head (
  head_id boolean NOT NULL DEFAULT true,
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  signed_seq bigint NOT NULL,
  signed_at timestamptz,
  CONSTRAINT audit_head_pkey PRIMARY KEY (head_id),
  CONSTRAINT audit_head_one CHECK (head_id),
  CONSTRAINT audit_head_signed CHECK (signed_seq <= seq)
);
--> statement-breakpoint
INSERT INTO customers.audit_head (seq, hash, signed_seq) VALUES (0, decode(repeat('00', 32), 'hex'), 0);
--> statement-breakpoint
CREATE TABLE customers.audit_keys (
  key_id text NOT NULL,
  public_key jsonb NOT NULL,
  private_key text NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT audit_keys_pkey PRIMARY KEY (key_id)
);
--> statement-breakpoint
CREATE TABLE customers.audit_checkpoints (
  seq bigint NOT NULL,
  hash bytea NOT NULL,
  at timestamptz NOT NULL,
  token text NOT NULL,
  CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (seq),
  CONSTRAINT audit_checkpoints_hash CHECK (octet_length(hash) = 32)
);
--> statement-breakpoint
CREATE FUNCTION customers.refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit log is only ever appended to' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'audit_append_only';
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON customers.audit_entries
  FOR EACH ROW EXECUTE FUNCTION customers.refuse_audit_change();
--> statement-breakpoint
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON customers.audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION customers.refuse_audit_change();
--> statement-breakpoint
CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE ON customers.audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION customers.refuse_audit_change();
--> statement-breakpoint
CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON customers.audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION customers.refuse_audit_change();
