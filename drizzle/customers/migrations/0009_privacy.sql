CREATE TABLE customers.privacy_requests (
  request_id uuid NOT NULL,
  kind text NOT NULL,
  customer_id uuid NOT NULL,
  requested_by text NOT NULL,
  key_hash text NOT NULL,
  request_hash text NOT NULL,
  state text NOT NULL,
  step text NOT NULL,
  position jsonb,
  part_count integer NOT NULL DEFAULT 0,
  missing text[] NOT NULL DEFAULT '{}',
  tries integer NOT NULL DEFAULT 0,
  lease_owner uuid,
  leased_until timestamptz,
  due_at timestamptz NOT NULL,
  requested_at timestamptz NOT NULL,
  completed_at timestamptz,
  expires_at timestamptz,
  CONSTRAINT privacy_requests_pkey PRIMARY KEY (request_id),
  CONSTRAINT privacy_requests_once UNIQUE (requested_by, key_hash),
  CONSTRAINT privacy_requests_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT privacy_requests_kind CHECK (kind IN ('EXPORT', 'ERASE')),
  CONSTRAINT privacy_requests_state CHECK (state IN ('RUNNING', 'WAITING', 'COMPLETED', 'EXPIRED')),
  CONSTRAINT privacy_requests_completed CHECK (state <> 'COMPLETED' OR completed_at IS NOT NULL)
);
--> statement-breakpoint
-- Of one kind one is worked on at a time: who asks again is told of that one.
CREATE UNIQUE INDEX privacy_requests_open ON customers.privacy_requests (customer_id, kind) WHERE state IN ('RUNNING', 'WAITING');
--> statement-breakpoint
CREATE INDEX privacy_requests_due ON customers.privacy_requests (due_at) WHERE state IN ('RUNNING', 'WAITING');
--> statement-breakpoint
CREATE INDEX privacy_requests_by_customer ON customers.privacy_requests (customer_id, requested_at);
--> statement-breakpoint
CREATE INDEX privacy_requests_by_end ON customers.privacy_requests (expires_at) WHERE state = 'COMPLETED' AND expires_at IS NOT NULL;
--> statement-breakpoint
CREATE TABLE customers.privacy_parts (
  request_id uuid NOT NULL,
  position integer NOT NULL,
  subgraph text NOT NULL,
  kind text NOT NULL,
  data jsonb NOT NULL,
  CONSTRAINT privacy_parts_pkey PRIMARY KEY (request_id, position),
  CONSTRAINT privacy_parts_request FOREIGN KEY (request_id) REFERENCES customers.privacy_requests (request_id)
);
--> statement-breakpoint
-- Nothing personal is added to somebody who was forgotten, by whatever was under way meanwhile: erasure holds the row of the profile, these wait
-- for it here, and then see that the person is gone.
CREATE FUNCTION customers.is_erased(id uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  gone boolean;
BEGIN
  SELECT c.erased_at IS NOT NULL INTO gone FROM customers.customers c WHERE c.customer_id = id FOR KEY SHARE;
  RETURN coalesce(gone, false);
END $$;
--> statement-breakpoint
CREATE FUNCTION customers.refuse_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF customers.is_erased(NEW.customer_id) THEN
    RAISE EXCEPTION 'this person was forgotten' USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_not_erased';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- Where nobody waits for an answer, what comes too late is dropped: a consumer that failed would hold back everything behind it.
CREATE FUNCTION customers.drop_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RETURN CASE WHEN customers.is_erased(NEW.customer_id) THEN NULL ELSE NEW END;
END $$;
--> statement-breakpoint
CREATE TRIGGER identities_not_erased BEFORE INSERT OR UPDATE OF customer_id ON customers.identities
  FOR EACH ROW EXECUTE FUNCTION customers.refuse_erased();
--> statement-breakpoint
CREATE TRIGGER addresses_not_erased BEFORE INSERT OR UPDATE OF customer_id ON customers.addresses
  FOR EACH ROW EXECUTE FUNCTION customers.refuse_erased();
--> statement-breakpoint
CREATE TRIGGER preferences_not_erased BEFORE INSERT OR UPDATE OF customer_id ON customers.preferences
  FOR EACH ROW EXECUTE FUNCTION customers.refuse_erased();
--> statement-breakpoint
CREATE TRIGGER consents_not_erased BEFORE INSERT OR UPDATE OF customer_id ON customers.consents
  FOR EACH ROW EXECUTE FUNCTION customers.refuse_erased();
--> statement-breakpoint
CREATE TRIGGER notes_not_erased BEFORE INSERT OR UPDATE OF customer_id ON customers.notes
  FOR EACH ROW EXECUTE FUNCTION customers.refuse_erased();
--> statement-breakpoint
CREATE TRIGGER passwords_not_erased BEFORE INSERT OR UPDATE OF customer_id ON customers.passwords
  FOR EACH ROW EXECUTE FUNCTION customers.refuse_erased();
--> statement-breakpoint
CREATE TRIGGER sessions_not_erased BEFORE INSERT OR UPDATE OF customer_id ON customers.sessions
  FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION customers.refuse_erased();
--> statement-breakpoint
CREATE TRIGGER credentials_not_erased BEFORE INSERT OR UPDATE OF customer_id ON customers.credentials
  FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION customers.refuse_erased();
--> statement-breakpoint
CREATE TRIGGER company_members_not_erased BEFORE INSERT OR UPDATE OF customer_id ON customers.company_members
  FOR EACH ROW EXECUTE FUNCTION customers.refuse_erased();
--> statement-breakpoint
CREATE TRIGGER group_members_not_erased BEFORE INSERT ON customers.group_members
  FOR EACH ROW EXECUTE FUNCTION customers.drop_erased();
--> statement-breakpoint
CREATE TRIGGER mails_not_erased BEFORE INSERT ON customers.mails
  FOR EACH ROW WHEN (NEW.customer_id IS NOT NULL) EXECUTE FUNCTION customers.drop_erased();
