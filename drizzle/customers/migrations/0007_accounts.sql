-- Accounts: points, credit and budgets. A double-entry ledger is the truth, the balance of an account is its projection, and so is what is
-- held. Both are kept by triggers, so that nobody can write an entry or a hold past them. Everything that is raced for is decided here,
-- behind the lock of the account's row; whoever locks several does so in order of their ids.

-- The time behind the locks that a statement waited for; app_now() is the time when the statement began.
CREATE OR REPLACE FUNCTION customers.app_clock() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT clock_timestamp() + coalesce(nullif(current_setting('app.now_offset', true), ''), '0')::interval
$$;
--> statement-breakpoint
-- UUIDv7 (RFC 9562) for rows that only the statement itself knows of, with the microseconds behind the milliseconds (6.2, method 3): what
-- is made one after the other is in order.
CREATE OR REPLACE FUNCTION customers.new_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(substring(int8send(micros / 1000) FROM 3) || int2send((28672 + micros % 1000 * 4096 / 1000)::smallint)
    || substring(uuid_send(gen_random_uuid()) FROM 9), 'hex')::uuid
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros) AS now
$$;
--> statement-breakpoint
CREATE TABLE customers.accounts (
  account_id uuid NOT NULL,
  kind text NOT NULL,
  owner_id uuid NOT NULL,
  unit text NOT NULL,
  limit_amount bigint NOT NULL DEFAULT 0,
  balance bigint NOT NULL DEFAULT 0,
  held bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  CONSTRAINT accounts_pkey PRIMARY KEY (account_id),
  CONSTRAINT accounts_owner UNIQUE (kind, owner_id, unit),
  CONSTRAINT accounts_kind CHECK (kind IN ('POINTS', 'CREDIT', 'BUDGET')),
  CONSTRAINT accounts_unit CHECK (length(unit) BETWEEN 1 AND 40),
  CONSTRAINT accounts_limit CHECK (limit_amount BETWEEN 0 AND 9007199254740991),
  CONSTRAINT accounts_range CHECK (balance BETWEEN -9007199254740991 AND 9007199254740991),
  CONSTRAINT accounts_held CHECK (held BETWEEN 0 AND 9007199254740991),
  CONSTRAINT accounts_points CHECK (kind <> 'POINTS' OR (limit_amount = 0 AND balance >= held))
) WITH (fillfactor = 70);
--> statement-breakpoint
CREATE TABLE customers.ledger_transactions (
  transaction_id uuid NOT NULL,
  kind text NOT NULL,
  reference text NOT NULL,
  fingerprint text NOT NULL,
  actor text,
  booked_at timestamptz NOT NULL,
  CONSTRAINT ledger_transactions_pkey PRIMARY KEY (transaction_id),
  CONSTRAINT ledger_transactions_reference UNIQUE (kind, reference),
  CONSTRAINT ledger_transactions_kind CHECK (kind ~ '^[A-Z][A-Z_]{0,39}$'),
  CONSTRAINT ledger_transactions_reference_length CHECK (length(reference) BETWEEN 1 AND 300)
);
--> statement-breakpoint
CREATE TABLE customers.ledger_entries (
  transaction_id uuid NOT NULL,
  position integer NOT NULL,
  account_id uuid,
  counter text,
  unit text NOT NULL,
  amount bigint NOT NULL,
  CONSTRAINT ledger_entries_pkey PRIMARY KEY (transaction_id, position),
  CONSTRAINT ledger_entries_transaction FOREIGN KEY (transaction_id) REFERENCES customers.ledger_transactions (transaction_id),
  CONSTRAINT ledger_entries_account FOREIGN KEY (account_id) REFERENCES customers.accounts (account_id),
  CONSTRAINT ledger_entries_side CHECK (num_nonnulls(account_id, counter) = 1),
  CONSTRAINT ledger_entries_counter CHECK (counter ~ '^[A-Z][A-Z_]{0,39}$'),
  CONSTRAINT ledger_entries_amount CHECK (amount <> 0 AND amount BETWEEN -9007199254740991 AND 9007199254740991)
);
--> statement-breakpoint
CREATE INDEX ledger_entries_by_account ON customers.ledger_entries (account_id, transaction_id) WHERE account_id IS NOT NULL;
--> statement-breakpoint
-- What people wrote about a transaction. Apart from the ledger, because it may name somebody: it can be deleted, the ledger cannot.
CREATE TABLE customers.ledger_notes (
  transaction_id uuid NOT NULL,
  note text NOT NULL,
  CONSTRAINT ledger_notes_pkey PRIMARY KEY (transaction_id),
  CONSTRAINT ledger_notes_transaction FOREIGN KEY (transaction_id) REFERENCES customers.ledger_transactions (transaction_id),
  CONSTRAINT ledger_notes_length CHECK (length(note) BETWEEN 1 AND 500)
);
--> statement-breakpoint
CREATE TABLE customers.holds (
  hold_key text NOT NULL,
  account_id uuid NOT NULL,
  kind text NOT NULL,
  amount bigint NOT NULL,
  reversed bigint NOT NULL DEFAULT 0,
  state text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT holds_pkey PRIMARY KEY (hold_key, account_id),
  CONSTRAINT holds_account FOREIGN KEY (account_id) REFERENCES customers.accounts (account_id),
  CONSTRAINT holds_kind CHECK (kind IN ('POINTS', 'CREDIT', 'BUDGET')),
  CONSTRAINT holds_key_length CHECK (length(hold_key) BETWEEN 1 AND 200),
  CONSTRAINT holds_amount CHECK (amount BETWEEN 1 AND 9007199254740991),
  CONSTRAINT holds_reversed CHECK (reversed BETWEEN 0 AND amount AND (reversed = 0 OR state = 'CONFIRMED')),
  CONSTRAINT holds_state CHECK (state IN ('HELD', 'CONFIRMED', 'RELEASED', 'EXPIRED')),
  CONSTRAINT holds_ended CHECK ((state = 'HELD') = (ended_at IS NULL))
) WITH (fillfactor = 80);
--> statement-breakpoint
-- An order is paid with the points of one person and on the credit of one account, whereas several budgets may bound it.
CREATE UNIQUE INDEX holds_one_account ON customers.holds (hold_key, kind) WHERE kind <> 'BUDGET';
--> statement-breakpoint
CREATE INDEX holds_open ON customers.holds (expires_at) WHERE state = 'HELD';
--> statement-breakpoint
CREATE INDEX holds_open_of_account ON customers.holds (account_id, expires_at) WHERE state = 'HELD';
--> statement-breakpoint
CREATE INDEX holds_over ON customers.holds (ended_at) WHERE state IN ('RELEASED', 'EXPIRED');
--> statement-breakpoint
CREATE INDEX holds_of_account ON customers.holds (account_id);
--> statement-breakpoint

-- The ledger is the truth: nobody rewrites it.
CREATE FUNCTION customers.refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only: post the difference instead'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_append_only';
END $$;
--> statement-breakpoint
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON customers.ledger_transactions
  FOR EACH STATEMENT EXECUTE FUNCTION customers.refuse_ledger_change();
--> statement-breakpoint
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON customers.ledger_entries
  FOR EACH STATEMENT EXECUTE FUNCTION customers.refuse_ledger_change();
--> statement-breakpoint
-- Entries are written together, and together they are zero in each unit of each transaction: what is added later can change nothing about
-- that. The balances follow here and nowhere else.
CREATE FUNCTION customers.follow_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fresh f GROUP BY f.transaction_id, f.unit HAVING sum(f.amount) <> 0) THEN
    RAISE EXCEPTION 'the entries of a transaction must sum to zero'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_balanced';
  END IF;
  IF EXISTS (SELECT FROM fresh f JOIN customers.accounts a ON a.account_id = f.account_id WHERE a.unit <> f.unit) THEN
    RAISE EXCEPTION 'an entry has the unit of its account'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_unit';
  END IF;
  UPDATE customers.accounts a SET balance = a.balance + d.amount
  FROM (SELECT f.account_id, sum(f.amount)::bigint AS amount FROM fresh f WHERE f.account_id IS NOT NULL GROUP BY f.account_id) AS d
  WHERE a.account_id = d.account_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER ledger_entries_followed AFTER INSERT ON customers.ledger_entries REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION customers.follow_entries();
--> statement-breakpoint
CREATE FUNCTION customers.follow_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.state = 'HELD' THEN
    UPDATE customers.accounts SET held = held - OLD.amount WHERE account_id = OLD.account_id;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.state = 'HELD' THEN
    UPDATE customers.accounts SET held = held + NEW.amount WHERE account_id = NEW.account_id;
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER holds_followed AFTER INSERT OR DELETE OR UPDATE OF state, amount, account_id ON customers.holds
  FOR EACH ROW EXECUTE FUNCTION customers.follow_hold();
--> statement-breakpoint
CREATE FUNCTION customers.refuse_account_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'balances follow the ledger and what is held follows the holds: write those'
    USING ERRCODE = 'restrict_violation', CONSTRAINT = 'accounts_follow';
END $$;
--> statement-breakpoint
CREATE TRIGGER accounts_follow BEFORE UPDATE OF balance, held ON customers.accounts
  FOR EACH ROW WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION customers.refuse_account_change();
--> statement-breakpoint
CREATE TRIGGER accounts_begin BEFORE INSERT ON customers.accounts
  FOR EACH ROW WHEN (NEW.balance <> 0 OR NEW.held <> 0) EXECUTE FUNCTION customers.refuse_account_change();
--> statement-breakpoint

-- Finds or makes an account.
CREATE FUNCTION customers.ensure_account(p_kind text, p_owner uuid, p_unit text) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  id uuid;
BEGIN
  SELECT a.account_id INTO id FROM customers.accounts a WHERE a.kind = p_kind AND a.owner_id = p_owner AND a.unit = p_unit;
  IF id IS NULL THEN
    INSERT INTO customers.accounts (account_id, kind, owner_id, unit, created_at)
    VALUES (customers.new_id(), p_kind, p_owner, p_unit, customers.app_now())
    ON CONFLICT ON CONSTRAINT accounts_owner DO NOTHING RETURNING account_id INTO id;
  END IF;
  IF id IS NULL THEN
    SELECT a.account_id INTO id FROM customers.accounts a WHERE a.kind = p_kind AND a.owner_id = p_owner AND a.unit = p_unit;
  END IF;
  RETURN id;
END $$;
--> statement-breakpoint
-- Locks accounts in order of id, so that two commands sharing accounts cannot deadlock.
CREATE FUNCTION customers.lock_accounts(ids uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM 1 FROM customers.accounts a WHERE a.account_id = ANY (ids) ORDER BY a.account_id FOR NO KEY UPDATE;
END $$;
--> statement-breakpoint
-- Ends the holds of locked accounts that are over, so that whoever needs the room gets it. Tells how many there were.
CREATE FUNCTION customers.end_expired_holds(ids uuid[]) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  ended integer;
BEGIN
  UPDATE customers.holds h SET state = 'EXPIRED', ended_at = customers.app_clock()
  WHERE h.account_id = ANY (ids) AND h.state = 'HELD' AND h.expires_at <= customers.app_clock();
  GET DIAGNOSTICS ended = ROW_COUNT;
  RETURN ended;
END $$;
--> statement-breakpoint
-- Writes a transaction; arrays are aligned, of account and counter each has one. The accounts are locked already. Null when there is one of
-- this kind and reference, in which case nothing is written.
CREATE FUNCTION customers.book(p_kind text, p_reference text, p_fingerprint text, p_actor text,
  p_accounts uuid[], p_counters text[], p_units text[], p_amounts bigint[]) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  id uuid := customers.new_id();
BEGIN
  INSERT INTO customers.ledger_transactions (transaction_id, kind, reference, fingerprint, actor, booked_at)
  VALUES (id, p_kind, p_reference, p_fingerprint, p_actor, customers.app_now())
  ON CONFLICT ON CONSTRAINT ledger_transactions_reference DO NOTHING;
  IF NOT FOUND THEN RETURN NULL; END IF;
  INSERT INTO customers.ledger_entries (transaction_id, position, account_id, counter, unit, amount)
  SELECT id, n, p_accounts[n], p_counters[n], p_units[n], p_amounts[n] FROM generate_subscripts(p_amounts, 1) AS n;
  RETURN id;
END $$;
--> statement-breakpoint
-- Holds an amount of an account under a key, in one statement: HELD, INSUFFICIENT or KEY_REUSED, and what is available then. Repeating
-- it with the same amount answers the same and changes nothing; a hold that has expired is tried anew; one that was released stays so.
CREATE FUNCTION customers.place_hold(p_key text, p_kind text, p_owner uuid, p_unit text, p_amount bigint, p_ttl_s integer)
RETURNS TABLE (status text, available bigint) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  id uuid;
  room bigint;
  known customers.holds;
  ended integer;
BEGIN
  SELECT a.account_id INTO id FROM customers.accounts a
  WHERE a.kind = p_kind AND a.owner_id = p_owner AND a.unit = p_unit FOR NO KEY UPDATE;
  ended := customers.end_expired_holds(ARRAY[id]);
  room := coalesce((SELECT a.limit_amount + a.balance - a.held FROM customers.accounts a WHERE a.account_id = id), 0);
  SELECT * INTO known FROM customers.holds h WHERE h.hold_key = p_key AND h.account_id = id;
  IF known.state IN ('HELD', 'CONFIRMED') AND known.amount = p_amount THEN
    status := 'HELD';
  ELSIF known.state IS NOT NULL AND (known.amount <> p_amount OR known.state <> 'EXPIRED') THEN
    status := 'KEY_REUSED';
  ELSIF known.state IS NULL AND p_kind <> 'BUDGET' AND EXISTS (
    SELECT FROM customers.holds h WHERE h.hold_key = p_key AND h.kind = p_kind) THEN
    status := 'KEY_REUSED';
  ELSIF id IS NULL OR p_amount > room THEN
    status := 'INSUFFICIENT';
  ELSE
    INSERT INTO customers.holds AS h (hold_key, account_id, kind, amount, state, created_at, expires_at)
    VALUES (p_key, id, p_kind, p_amount, 'HELD', customers.app_clock(), customers.app_clock() + make_interval(secs => p_ttl_s))
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
      -- It has expired; or, at the same time, the key was used on another account.
      UPDATE customers.holds h SET state = 'HELD', ended_at = NULL, expires_at = customers.app_clock() + make_interval(secs => p_ttl_s)
      WHERE h.hold_key = p_key AND h.account_id = id AND h.state = 'EXPIRED' AND h.amount = p_amount;
    END IF;
    status := CASE WHEN FOUND THEN 'HELD' ELSE 'KEY_REUSED' END;
    IF FOUND THEN room := room - p_amount; ended := ended + 1; END IF;
  END IF;
  IF ended > 0 AND p_kind = 'POINTS' THEN PERFORM customers.points_changed(ARRAY[id]); END IF;
  available := room;
  RETURN NEXT;
END $$;
--> statement-breakpoint
-- Locks the accounts on which a key holds something. A merge may move a hold to another account while this waits.
CREATE FUNCTION customers.lock_accounts_of_key(p_key text) RETURNS uuid[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  ids uuid[];
  locked uuid[] := '{}';
BEGIN
  LOOP
    ids := array(SELECT h.account_id FROM customers.holds h WHERE h.hold_key = p_key ORDER BY h.account_id);
    EXIT WHEN ids <@ locked;
    PERFORM customers.lock_accounts(ids);
    locked := ids;
  END LOOP;
  RETURN ids;
END $$;
--> statement-breakpoint
-- Confirms or releases all that a key holds, or nothing. `done` says whether it is so now: confirmed, or not held (released or
-- expired); also when nothing was ever held. Of confirming, releasing and expiring exactly one wins.
CREATE FUNCTION customers.end_holds(p_key text, p_wish text) RETURNS TABLE (done boolean, status text) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  ids uuid[] := customers.lock_accounts_of_key(p_key);
  states text[];
  each record;
  changed boolean;
  transaction uuid;
BEGIN
  UPDATE customers.holds h SET state = 'EXPIRED', ended_at = customers.app_clock()
  WHERE h.hold_key = p_key AND h.state = 'HELD' AND h.expires_at <= customers.app_clock();
  changed := FOUND;
  states := array(SELECT DISTINCT h.state FROM customers.holds h WHERE h.hold_key = p_key);
  IF p_wish = 'RELEASED' THEN
    UPDATE customers.holds h SET state = 'RELEASED', ended_at = customers.app_clock() WHERE h.hold_key = p_key AND h.state = 'HELD';
    changed := changed OR FOUND;
  ELSIF NOT states && ARRAY['RELEASED', 'EXPIRED'] THEN
    FOR each IN SELECT h.account_id, h.kind, h.amount, a.unit FROM customers.holds h JOIN customers.accounts a ON a.account_id = h.account_id
      WHERE h.hold_key = p_key AND h.state = 'HELD' ORDER BY h.account_id
    LOOP
      UPDATE customers.holds h SET state = 'CONFIRMED', ended_at = customers.app_clock() WHERE h.hold_key = p_key AND h.account_id = each.account_id;
      transaction := customers.book(
        CASE each.kind WHEN 'POINTS' THEN 'REDEEM' WHEN 'CREDIT' THEN 'CREDIT_CHARGE' ELSE 'BUDGET_SPEND' END,
        CASE each.kind WHEN 'BUDGET' THEN p_key || ':' || each.account_id ELSE p_key END, '', NULL,
        ARRAY[each.account_id, NULL],
        ARRAY[NULL, CASE each.kind WHEN 'POINTS' THEN 'POINTS_REDEEMED' WHEN 'CREDIT' THEN 'CREDIT_CHARGED' ELSE 'BUDGET_SPENT' END],
        ARRAY[each.unit, each.unit], ARRAY[-each.amount, each.amount]);
      IF transaction IS NULL THEN RAISE EXCEPTION 'what this key holds was confirmed before, on another account'; END IF;
      IF each.kind = 'POINTS' THEN PERFORM customers.take_lots(each.account_id, each.amount, transaction); END IF;
      changed := true;
    END LOOP;
  END IF;
  IF changed THEN PERFORM customers.points_changed(ids); END IF;
  states := array(SELECT DISTINCT h.state FROM customers.holds h WHERE h.hold_key = p_key);
  status := CASE
    WHEN states = '{}' THEN 'NONE'
    WHEN states = ARRAY['CONFIRMED'] OR (p_wish = 'RELEASED' AND 'CONFIRMED' = ANY (states)) THEN 'CONFIRMED'
    WHEN p_wish = 'RELEASED' AND 'RELEASED' = ANY (states) THEN 'RELEASED'
    WHEN 'EXPIRED' = ANY (states) THEN 'EXPIRED'
    ELSE 'RELEASED' END;
  done := status = 'NONE' OR (status = 'CONFIRMED') = (p_wish = 'CONFIRMED');
  RETURN NEXT;
END $$;
--> statement-breakpoint
-- Gives back a part of what a key had confirmed of a kind, once for each reference. REVERSED, REPEATED, REFERENCE_REUSED, EXCEEDED (it
-- is more than is left of it) or NONE (nothing of this kind was confirmed under this key); `remaining` can still be given back.
CREATE FUNCTION customers.reverse_hold(p_key text, p_kind text, p_amount bigint, p_reference text)
RETURNS TABLE (status text, remaining bigint) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  ids uuid[] := customers.lock_accounts_of_key(p_key);
  booked_as text := CASE p_kind WHEN 'POINTS' THEN 'REVERSE' ELSE p_kind || '_REVERSE' END;
  print text := p_key || ':' || p_amount;
  known text;
  each record;
  transaction uuid;
  number integer := 0;
BEGIN
  SELECT min(h.amount - h.reversed) INTO remaining FROM customers.holds h WHERE h.hold_key = p_key AND h.kind = p_kind AND h.state = 'CONFIRMED';
  SELECT t.fingerprint INTO known FROM customers.ledger_transactions t WHERE t.kind = booked_as AND t.reference = 'redeemed:' || p_reference || ':1';
  IF known IS NOT NULL THEN
    status := CASE WHEN known = print THEN 'REPEATED' ELSE 'REFERENCE_REUSED' END;
  ELSIF remaining IS NULL THEN
    status := 'NONE';
  ELSIF p_amount > remaining THEN
    status := 'EXCEEDED';
  ELSE
    FOR each IN SELECT h.account_id, a.unit FROM customers.holds h JOIN customers.accounts a ON a.account_id = h.account_id
      WHERE h.hold_key = p_key AND h.kind = p_kind AND h.state = 'CONFIRMED' ORDER BY h.account_id
    LOOP
      number := number + 1;
      UPDATE customers.holds h SET reversed = h.reversed + p_amount WHERE h.hold_key = p_key AND h.account_id = each.account_id;
      transaction := customers.book(booked_as, 'redeemed:' || p_reference || ':' || number, print, NULL,
        ARRAY[each.account_id, NULL],
        ARRAY[NULL, CASE p_kind WHEN 'POINTS' THEN 'POINTS_REDEEMED' WHEN 'CREDIT' THEN 'CREDIT_CHARGED' ELSE 'BUDGET_SPENT' END],
        ARRAY[each.unit, each.unit], ARRAY[p_amount, -p_amount]);
      IF transaction IS NULL THEN RAISE EXCEPTION 'this reference is used on another key at the same time' USING ERRCODE = 'serialization_failure'; END IF;
      IF p_kind = 'POINTS' THEN PERFORM customers.return_lots(each.account_id, p_amount, transaction, p_key); END IF;
    END LOOP;
    remaining := remaining - p_amount;
    status := 'REVERSED';
    IF p_kind = 'POINTS' THEN PERFORM customers.points_changed(ids); END IF;
  END IF;
  remaining := coalesce(remaining, 0);
  RETURN NEXT;
END $$;
--> statement-breakpoint
-- Ends holds that are over, the oldest first and `p_most` at most, passing by accounts that somebody is busy with: who needs their room
-- ends those. Tells how many it ended.
CREATE FUNCTION customers.expire_holds(p_most integer) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  ids uuid[];
  ended integer;
BEGIN
  -- Waits for nobody, and therefore needs no order of locks.
  ids := array(SELECT DISTINCT o.account_id FROM (
    SELECT a.account_id FROM customers.holds h JOIN customers.accounts a ON a.account_id = h.account_id
    WHERE h.state = 'HELD' AND h.expires_at <= customers.app_now() ORDER BY h.expires_at LIMIT p_most FOR NO KEY UPDATE OF a SKIP LOCKED) AS o);
  IF ids = '{}' THEN RETURN 0; END IF;
  ended := customers.end_expired_holds(ids);
  PERFORM customers.points_changed(ids);
  RETURN ended;
END $$;
--> statement-breakpoint
-- Posts a transaction once for each kind and reference: POSTED, REPEATED, REFERENCE_REUSED (it was posted with another fingerprint) or
-- INSUFFICIENT with what is available. An entry names an account by its kind, owner and unit, which is made when there is none, or a
-- counter account, which has no row. No account is debited beyond what is available of it. Not for points, which have lots besides.
CREATE FUNCTION customers.post_transaction(p_kind text, p_reference text, p_fingerprint text, p_actor text, p_note text, p_entries jsonb)
RETURNS TABLE (status text, transaction_id uuid, available bigint) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  accounts uuid[];
  counters text[];
  units text[];
  amounts bigint[];
  known customers.ledger_transactions;
BEGIN
  IF p_entries @> '[{"kind": "POINTS"}]' THEN RAISE EXCEPTION 'points are posted by the functions of loyalty'; END IF;
  -- Accounts are made in an order that all share.
  PERFORM customers.ensure_account(e.kind, e.owner, e.unit)
  FROM (SELECT * FROM jsonb_to_recordset(p_entries) AS e (kind text, owner uuid, unit text) WHERE e.owner IS NOT NULL ORDER BY 1, 2, 3) AS e;
  SELECT array_agg(a.account_id ORDER BY e.n), array_agg(e.entry ->> 'counter' ORDER BY e.n),
    array_agg(e.entry ->> 'unit' ORDER BY e.n), array_agg((e.entry ->> 'amount')::bigint ORDER BY e.n)
  INTO accounts, counters, units, amounts
  FROM jsonb_array_elements(p_entries) WITH ORDINALITY AS e (entry, n)
  LEFT JOIN customers.accounts a ON a.kind = e.entry ->> 'kind' AND a.owner_id = (e.entry ->> 'owner')::uuid AND a.unit = e.entry ->> 'unit';
  PERFORM customers.lock_accounts(accounts);
  SELECT * INTO known FROM customers.ledger_transactions t WHERE t.kind = p_kind AND t.reference = p_reference;
  IF known.transaction_id IS NULL THEN
    PERFORM customers.end_expired_holds(accounts);
    SELECT a.limit_amount + a.balance - a.held INTO available FROM customers.accounts a
    JOIN (SELECT accounts[n] AS account_id, sum(amounts[n]) AS amount FROM generate_subscripts(amounts, 1) AS n GROUP BY 1) AS d USING (account_id)
    WHERE d.amount < 0 AND a.limit_amount + a.balance - a.held + d.amount < 0 ORDER BY 1 LIMIT 1;
    IF FOUND THEN
      status := 'INSUFFICIENT';
      RETURN NEXT;
      RETURN;
    END IF;
    transaction_id := customers.book(p_kind, p_reference, p_fingerprint, p_actor, accounts, counters, units, amounts);
    IF transaction_id IS NOT NULL THEN
      IF p_note IS NOT NULL THEN INSERT INTO customers.ledger_notes VALUES (transaction_id, p_note); END IF;
      status := 'POSTED';
      RETURN NEXT;
      RETURN;
    END IF;
    -- Somebody posted under this reference on other accounts meanwhile.
    SELECT * INTO known FROM customers.ledger_transactions t WHERE t.kind = p_kind AND t.reference = p_reference;
  END IF;
  status := CASE WHEN known.fingerprint = p_fingerprint THEN 'REPEATED' ELSE 'REFERENCE_REUSED' END;
  transaction_id := known.transaction_id;
  RETURN NEXT;
END $$;
