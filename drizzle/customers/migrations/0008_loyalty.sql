-- Loyalty: points are accounts of the kind POINTS. Beside its balance an account has lots, which say when points expire; those that expire
-- first are spent first. An account's lots are together what its balance is.
-- Order of locks: an order, a person, accounts in order of id, whatever belongs to them.

-- The programme as its staff set it: every version, the last one counts. Read as a whole, so that it is kept as a whole.
CREATE TABLE customers.loyalty_rules (
  version integer NOT NULL,
  rules jsonb NOT NULL,
  set_by text NOT NULL,
  set_at timestamptz NOT NULL,
  CONSTRAINT loyalty_rules_pkey PRIMARY KEY (version),
  CONSTRAINT loyalty_rules_version CHECK (version >= 1)
);
--> statement-breakpoint
CREATE TABLE customers.loyalty_standings (
  account_id uuid NOT NULL,
  debt bigint NOT NULL DEFAULT 0,
  tier text,
  qualifying bigint NOT NULL DEFAULT 0,
  rules_version integer NOT NULL DEFAULT 0,
  review_at timestamptz NOT NULL DEFAULT 'infinity',
  CONSTRAINT loyalty_standings_pkey PRIMARY KEY (account_id),
  CONSTRAINT loyalty_standings_account FOREIGN KEY (account_id) REFERENCES customers.accounts (account_id),
  CONSTRAINT loyalty_standings_not_negative CHECK (debt >= 0 AND qualifying >= 0)
);
--> statement-breakpoint
CREATE INDEX loyalty_standings_review ON customers.loyalty_standings (review_at);
--> statement-breakpoint
CREATE INDEX loyalty_standings_rules ON customers.loyalty_standings (rules_version);
--> statement-breakpoint
CREATE TABLE customers.loyalty_lots (
  lot_id uuid NOT NULL,
  account_id uuid NOT NULL,
  transaction_id uuid NOT NULL,
  points bigint NOT NULL,
  remaining bigint NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT loyalty_lots_pkey PRIMARY KEY (lot_id),
  CONSTRAINT loyalty_lots_account FOREIGN KEY (account_id) REFERENCES customers.accounts (account_id),
  CONSTRAINT loyalty_lots_transaction FOREIGN KEY (transaction_id) REFERENCES customers.ledger_transactions (transaction_id),
  CONSTRAINT loyalty_lots_remaining CHECK (points >= 1 AND remaining BETWEEN 0 AND points)
) WITH (fillfactor = 80);
--> statement-breakpoint
CREATE INDEX loyalty_lots_open ON customers.loyalty_lots (account_id, expires_at, lot_id) WHERE remaining > 0;
--> statement-breakpoint
CREATE INDEX loyalty_lots_due ON customers.loyalty_lots (expires_at) WHERE remaining > 0;
--> statement-breakpoint
-- Which lots a transaction took points from, and how many of those were given back.
CREATE TABLE customers.loyalty_lot_uses (
  transaction_id uuid NOT NULL,
  lot_id uuid NOT NULL,
  points bigint NOT NULL,
  returned bigint NOT NULL DEFAULT 0,
  CONSTRAINT loyalty_lot_uses_pkey PRIMARY KEY (transaction_id, lot_id),
  CONSTRAINT loyalty_lot_uses_transaction FOREIGN KEY (transaction_id) REFERENCES customers.ledger_transactions (transaction_id),
  CONSTRAINT loyalty_lot_uses_lot FOREIGN KEY (lot_id) REFERENCES customers.loyalty_lots (lot_id),
  CONSTRAINT loyalty_lot_uses_returned CHECK (points >= 1 AND returned BETWEEN 0 AND points)
);
--> statement-breakpoint
-- What is known of orders: whose they are, what they earn, and what of them was refunded, also before they are anybody's.
CREATE TABLE customers.loyalty_orders (
  order_id uuid NOT NULL,
  customer_id uuid,
  currency text,
  total_minor bigint,
  points bigint NOT NULL DEFAULT 0,
  qualifying bigint NOT NULL DEFAULT 0,
  expiry_months integer,
  refunded_minor bigint NOT NULL DEFAULT 0,
  is_cancelled boolean NOT NULL DEFAULT false,
  reversed bigint NOT NULL DEFAULT 0,
  qualifying_reversed bigint NOT NULL DEFAULT 0,
  due_at timestamptz,
  credited_at timestamptz,
  CONSTRAINT loyalty_orders_pkey PRIMARY KEY (order_id),
  CONSTRAINT loyalty_orders_customer FOREIGN KEY (customer_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT loyalty_orders_of_somebody CHECK (num_nulls(customer_id, currency, total_minor, due_at) IN (0, 4)),
  CONSTRAINT loyalty_orders_reversed CHECK (reversed BETWEEN 0 AND points AND qualifying_reversed BETWEEN 0 AND qualifying AND refunded_minor >= 0)
) WITH (fillfactor = 80);
--> statement-breakpoint
CREATE INDEX loyalty_orders_due ON customers.loyalty_orders (due_at) WHERE credited_at IS NULL AND due_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX loyalty_orders_of_customer ON customers.loyalty_orders (customer_id, credited_at);
--> statement-breakpoint
CREATE TABLE customers.loyalty_refunds (
  refund_id text NOT NULL,
  order_id uuid NOT NULL,
  CONSTRAINT loyalty_refunds_pkey PRIMARY KEY (refund_id)
);
--> statement-breakpoint
-- What points of a hold pay, as it was agreed when they were held.
CREATE TABLE customers.loyalty_redemptions (
  hold_key text NOT NULL,
  points bigint NOT NULL,
  currency text NOT NULL,
  amount_minor bigint NOT NULL,
  returned_minor bigint NOT NULL DEFAULT 0,
  CONSTRAINT loyalty_redemptions_pkey PRIMARY KEY (hold_key),
  CONSTRAINT loyalty_redemptions_returned CHECK (points >= 1 AND amount_minor >= 1 AND returned_minor BETWEEN 0 AND amount_minor)
);
--> statement-breakpoint
CREATE TABLE customers.loyalty_returns (
  reference text NOT NULL,
  hold_key text NOT NULL,
  amount_minor bigint NOT NULL,
  points bigint NOT NULL,
  CONSTRAINT loyalty_returns_pkey PRIMARY KEY (reference)
);
--> statement-breakpoint

-- The person whom an id means now, locked against being merged or erased meanwhile; null when there is none, or they were erased.
CREATE FUNCTION customers.lock_person(p_customer uuid) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  asked uuid := p_customer;
  known customers.customers;
BEGIN
  LOOP
    SELECT * INTO known FROM customers.customers c
    WHERE c.customer_id = (SELECT coalesce(i.merged_into, i.customer_id) FROM customers.customers i WHERE i.customer_id = asked) FOR SHARE;
    IF known.customer_id IS NULL OR known.erased_at IS NOT NULL THEN RETURN NULL; END IF;
    -- Merged while this waited: whoever it was merged into is asked.
    EXIT WHEN known.merged_into IS NULL;
    asked := known.merged_into;
  END LOOP;
  RETURN known.customer_id;
END $$;
--> statement-breakpoint
-- The account of a person's points, made when there is none, locked, and without holds that are over.
CREATE FUNCTION customers.lock_points(p_person uuid) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  id uuid := customers.ensure_account('POINTS', p_person, 'POINTS');
BEGIN
  PERFORM customers.lock_accounts(ARRAY[id]);
  IF customers.end_expired_holds(ARRAY[id]) > 0 THEN PERFORM customers.points_changed(ARRAY[id]); END IF;
  INSERT INTO customers.loyalty_standings (account_id, rules_version) VALUES (id, customers.loyalty_version())
  ON CONFLICT ON CONSTRAINT loyalty_standings_pkey DO NOTHING;
  RETURN id;
END $$;
--> statement-breakpoint
CREATE FUNCTION customers.loyalty_version() RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT r.version FROM customers.loyalty_rules r ORDER BY r.version DESC LIMIT 1), 0)
$$;
--> statement-breakpoint
-- Tells everybody how many points the accounts have now. Their rows are locked, so that what is told last is what is true.
CREATE FUNCTION customers.points_changed(ids uuid[]) RETURNS void LANGUAGE sql VOLATILE AS $$
  INSERT INTO customers.outbox (event_id, topic, key, payload, occurred_at)
  SELECT customers.new_id(), 'customers.loyalty.changed', a.owner_id::text,
    jsonb_build_object('customerId', a.owner_id, 'balance', a.balance, 'held', a.held, 'tier', s.tier), customers.app_now()
  FROM customers.accounts a LEFT JOIN customers.loyalty_standings s ON s.account_id = a.account_id
  WHERE a.account_id = ANY (ids) AND a.kind = 'POINTS'
$$;
--> statement-breakpoint
-- Takes points from the open lots of an account, those that expire first at first.
CREATE FUNCTION customers.take_lots(p_account uuid, p_amount bigint, p_transaction uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  taken bigint;
BEGIN
  WITH open AS (
    SELECT l.lot_id, l.remaining, sum(l.remaining) OVER (ORDER BY l.expires_at, l.lot_id) - l.remaining AS before
    FROM customers.loyalty_lots l WHERE l.account_id = p_account AND l.remaining > 0
  ), part AS (
    SELECT o.lot_id, least(o.remaining, p_amount - o.before)::bigint AS points FROM open o WHERE o.before < p_amount
  ), lot AS (
    UPDATE customers.loyalty_lots l SET remaining = l.remaining - p.points FROM part p WHERE l.lot_id = p.lot_id RETURNING l.lot_id, p.points
  ), used AS (
    INSERT INTO customers.loyalty_lot_uses (transaction_id, lot_id, points) SELECT p_transaction, lot.lot_id, lot.points FROM lot RETURNING points
  )
  SELECT coalesce(sum(u.points), 0) INTO taken FROM used u;
  IF taken <> p_amount THEN
    RAISE EXCEPTION 'the lots of an account are not what its balance is' USING ERRCODE = 'check_violation', CONSTRAINT = 'loyalty_lots_balance';
  END IF;
END $$;
--> statement-breakpoint
-- Gives points back that were redeemed under a key, those that were to expire last at first. They keep their day, but nobody gets points
-- back that are gone at once: 30 days at least.
CREATE FUNCTION customers.return_lots(p_account uuid, p_amount bigint, p_transaction uuid, p_key text) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  given bigint;
BEGIN
  WITH used AS (
    SELECT u.transaction_id, u.lot_id, u.points - u.returned AS left_of_it, l.expires_at,
      sum(u.points - u.returned) OVER (ORDER BY l.expires_at DESC, l.lot_id DESC) - (u.points - u.returned) AS before
    FROM customers.ledger_transactions t JOIN customers.loyalty_lot_uses u ON u.transaction_id = t.transaction_id
    JOIN customers.loyalty_lots l ON l.lot_id = u.lot_id
    WHERE t.kind = 'REDEEM' AND t.reference = p_key AND u.points > u.returned
  ), part AS (
    SELECT u.transaction_id, u.lot_id, u.expires_at, least(u.left_of_it, p_amount - u.before)::bigint AS points FROM used u WHERE u.before < p_amount
  ), noted AS (
    UPDATE customers.loyalty_lot_uses u SET returned = u.returned + p.points FROM part p
    WHERE u.transaction_id = p.transaction_id AND u.lot_id = p.lot_id RETURNING p.points, p.expires_at
  ), lot AS (
    INSERT INTO customers.loyalty_lots (lot_id, account_id, transaction_id, points, remaining, expires_at)
    SELECT customers.new_id(), p_account, p_transaction, n.points, n.points, greatest(n.expires_at, customers.app_now() + interval '30 days')
    FROM noted n RETURNING points
  )
  SELECT coalesce(sum(l.points), 0) INTO given FROM lot l;
  IF given <> p_amount THEN
    RAISE EXCEPTION 'the lots of an account are not what its balance is' USING ERRCODE = 'check_violation', CONSTRAINT = 'loyalty_lots_balance';
  END IF;
END $$;
--> statement-breakpoint
-- Changes the points of a locked account against a counter account: a lot more, or less in lots. Null when it was booked before.
CREATE FUNCTION customers.book_points(p_account uuid, p_kind text, p_reference text, p_fingerprint text, p_actor text, p_counter text,
  p_points bigint, p_expires_at timestamptz) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  transaction uuid := customers.book(p_kind, p_reference, p_fingerprint, p_actor,
    ARRAY[p_account, NULL], ARRAY[NULL, p_counter], ARRAY['POINTS', 'POINTS'], ARRAY[p_points, -p_points]);
BEGIN
  IF transaction IS NULL THEN RETURN NULL; END IF;
  IF p_points < 0 THEN
    PERFORM customers.take_lots(p_account, -p_points, transaction);
  ELSE
    INSERT INTO customers.loyalty_lots (lot_id, account_id, transaction_id, points, remaining, expires_at)
    VALUES (customers.new_id(), p_account, transaction, p_points, p_points, p_expires_at);
  END IF;
  RETURN transaction;
END $$;
--> statement-breakpoint
-- Works out the tier of a locked account from what its person earned in the last twelve months, and when it has to be looked at again.
-- Tells whether the tier has changed.
CREATE FUNCTION customers.review_standing(p_account uuid, p_person uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  sum_of bigint;
  oldest timestamptz;
  before text;
  after text;
BEGIN
  SELECT coalesce(sum(o.qualifying - o.qualifying_reversed), 0), min(o.credited_at) INTO sum_of, oldest
  FROM customers.loyalty_orders o
  WHERE o.customer_id = ANY (array(
      SELECT c.customer_id FROM customers.customers c WHERE c.customer_id = p_person AND c.merged_into IS NULL AND c.erased_at IS NULL
      UNION ALL SELECT c.customer_id FROM customers.customers c WHERE c.merged_into = p_person AND c.erased_at IS NULL))
    AND o.credited_at > customers.app_now() - interval '13 months' AND o.credited_at + interval '12 months' > customers.app_clock()
    AND o.qualifying > o.qualifying_reversed;
  SELECT t.code INTO after FROM customers.loyalty_rules r, jsonb_to_recordset(r.rules -> 'tiers') AS t (code text, threshold bigint)
  WHERE r.version = customers.loyalty_version() AND t.threshold <= sum_of ORDER BY t.threshold DESC LIMIT 1;
  SELECT s.tier INTO before FROM customers.loyalty_standings s WHERE s.account_id = p_account;
  UPDATE customers.loyalty_standings s SET tier = after, qualifying = sum_of, rules_version = customers.loyalty_version(),
    review_at = coalesce(oldest + interval '12 months', 'infinity')
  WHERE s.account_id = p_account;
  RETURN before IS DISTINCT FROM after;
END $$;
--> statement-breakpoint

-- What is left of an amount that an order earned, in proportion to what of it was refunded; rounded down.
CREATE FUNCTION customers.kept(p_points bigint, p_order customers.loyalty_orders) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN p_order.is_cancelled THEN 0
    WHEN p_order.refunded_minor = 0 THEN p_points
    WHEN p_order.refunded_minor >= p_order.total_minor THEN 0
    ELSE floor(p_points::numeric * (p_order.total_minor - p_order.refunded_minor) / p_order.total_minor)::bigint END
$$;
--> statement-breakpoint
-- Credits what a locked order has earned; what its person owes is paid first. An order of somebody who was erased earns nothing any more.
CREATE FUNCTION customers.credit_order(p_order uuid) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  o customers.loyalty_orders;
  person uuid;
  account uuid;
  earned bigint;
  owed bigint;
BEGIN
  SELECT * INTO o FROM customers.loyalty_orders l WHERE l.order_id = p_order;
  person := customers.lock_person(o.customer_id);
  IF person IS NULL THEN
    UPDATE customers.loyalty_orders l SET credited_at = customers.app_clock(), reversed = l.points, qualifying_reversed = l.qualifying WHERE l.order_id = p_order;
    RETURN;
  END IF;
  account := customers.lock_points(person);
  earned := o.points - o.reversed;
  UPDATE customers.loyalty_orders l SET credited_at = customers.app_clock() WHERE l.order_id = p_order;
  IF earned > 0 THEN
    PERFORM customers.book_points(account, 'EARN', p_order::text, '', NULL, 'POINTS_ISSUED', earned,
      coalesce(customers.app_clock() + make_interval(months => o.expiry_months), 'infinity'));
    SELECT least(s.debt, earned) INTO owed FROM customers.loyalty_standings s WHERE s.account_id = account;
    IF owed > 0 THEN
      PERFORM customers.book_points(account, 'REVERSE', 'debt:' || p_order, '', NULL, 'POINTS_ISSUED', -owed, NULL);
      UPDATE customers.loyalty_standings s SET debt = s.debt - owed WHERE s.account_id = account;
    END IF;
  END IF;
  PERFORM customers.review_standing(account, person);
  PERFORM customers.points_changed(ARRAY[account]);
END $$;
--> statement-breakpoint
-- An order earns points for a person, once: at once or when they are due. Repeating it changes nothing.
CREATE FUNCTION customers.earn_points(p_order uuid, p_customer uuid, p_currency text, p_total bigint, p_points bigint, p_qualifying bigint,
  p_expiry_months integer, p_due_at timestamptz) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  o customers.loyalty_orders;
  person uuid;
BEGIN
  INSERT INTO customers.loyalty_orders (order_id) VALUES (p_order) ON CONFLICT ON CONSTRAINT loyalty_orders_pkey DO NOTHING;
  SELECT * INTO o FROM customers.loyalty_orders l WHERE l.order_id = p_order FOR UPDATE;
  IF o.customer_id IS NOT NULL THEN RETURN false; END IF;
  person := customers.lock_person(p_customer);
  IF person IS NULL THEN RETURN false; END IF;
  o.total_minor := p_total;
  UPDATE customers.loyalty_orders l SET customer_id = person, currency = p_currency, total_minor = p_total, points = p_points, qualifying = p_qualifying,
    expiry_months = p_expiry_months, due_at = p_due_at,
    reversed = p_points - customers.kept(p_points, o), qualifying_reversed = p_qualifying - customers.kept(p_qualifying, o)
  WHERE l.order_id = p_order;
  IF p_due_at <= customers.app_clock() THEN PERFORM customers.credit_order(p_order); END IF;
  RETURN true;
END $$;
--> statement-breakpoint
-- Takes back what a part of an order had earned, once for each refund; the whole of a cancelled order. What is not there any more, or is
-- held, becomes a debt that later earnings pay. It is remembered for orders that are nobody's yet.
CREATE FUNCTION customers.refund_order(p_order uuid, p_refund text, p_currency text, p_amount bigint, p_whole boolean)
RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  o customers.loyalty_orders;
  person uuid;
  account uuid;
  wanted bigint;
  taken bigint;
BEGIN
  INSERT INTO customers.loyalty_orders (order_id) VALUES (p_order) ON CONFLICT ON CONSTRAINT loyalty_orders_pkey DO NOTHING;
  SELECT * INTO o FROM customers.loyalty_orders l WHERE l.order_id = p_order FOR UPDATE;
  IF o.currency <> p_currency AND NOT p_whole THEN RETURN false; END IF;
  INSERT INTO customers.loyalty_refunds (refund_id, order_id) VALUES (p_refund, p_order) ON CONFLICT ON CONSTRAINT loyalty_refunds_pkey DO NOTHING;
  IF NOT FOUND THEN RETURN false; END IF;
  o.is_cancelled := o.is_cancelled OR p_whole;
  o.refunded_minor := o.refunded_minor + p_amount;
  wanted := CASE WHEN o.customer_id IS NULL THEN 0 ELSE o.points - customers.kept(o.points, o) - o.reversed END;
  UPDATE customers.loyalty_orders l SET is_cancelled = o.is_cancelled, refunded_minor = o.refunded_minor, reversed = l.reversed + wanted,
    qualifying_reversed = CASE WHEN l.customer_id IS NULL THEN 0 ELSE l.qualifying - customers.kept(l.qualifying, o) END
  WHERE l.order_id = p_order;
  IF o.credited_at IS NULL THEN RETURN true; END IF;
  person := customers.lock_person(o.customer_id);
  IF person IS NULL THEN RETURN true; END IF;
  account := customers.lock_points(person);
  IF wanted > 0 THEN
    SELECT least(wanted, a.balance - a.held) INTO taken FROM customers.accounts a WHERE a.account_id = account;
    IF taken > 0 THEN
      PERFORM customers.book_points(account, 'REVERSE', 'refund:' || p_refund, '', NULL, 'POINTS_ISSUED', -taken, NULL);
    END IF;
    UPDATE customers.loyalty_standings s SET debt = s.debt + wanted - taken WHERE s.account_id = account AND wanted > taken;
  END IF;
  IF customers.review_standing(account, person) OR taken > 0 THEN PERFORM customers.points_changed(ARRAY[account]); END IF;
  RETURN true;
END $$;
--> statement-breakpoint
-- Holds points that pay an amount: HELD, INSUFFICIENT, KEY_REUSED or NOBODY. A repeated request gets the points that were agreed at first,
-- whatever the rules say by now.
CREATE FUNCTION customers.hold_points(p_key text, p_customer uuid, p_points bigint, p_currency text, p_amount bigint, p_ttl_s integer)
RETURNS TABLE (status text, points bigint, available bigint) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  person uuid := customers.lock_person(p_customer);
  known customers.loyalty_redemptions;
BEGIN
  available := 0;
  points := p_points;
  IF person IS NULL THEN
    status := 'NOBODY';
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT * INTO known FROM customers.loyalty_redemptions r WHERE r.hold_key = p_key;
  IF known.hold_key IS NULL OR (known.currency = p_currency AND known.amount_minor = p_amount) THEN
    points := coalesce(known.points, p_points);
    SELECT h.status, h.available INTO status, available FROM customers.place_hold(p_key, 'POINTS', person, 'POINTS', points, p_ttl_s) AS h;
    IF status = 'HELD' AND known.hold_key IS NULL THEN
      INSERT INTO customers.loyalty_redemptions (hold_key, points, currency, amount_minor) VALUES (p_key, hold_points.points, p_currency, p_amount)
      ON CONFLICT ON CONSTRAINT loyalty_redemptions_pkey DO NOTHING;
      -- The same key asked for another amount at the same time, and was first.
      IF NOT FOUND AND NOT EXISTS (SELECT FROM customers.loyalty_redemptions r
        WHERE r.hold_key = p_key AND r.currency = p_currency AND r.amount_minor = p_amount) THEN status := 'KEY_REUSED'; END IF;
    END IF;
  ELSE
    status := 'KEY_REUSED';
  END IF;
  RETURN NEXT;
END $$;
--> statement-breakpoint
-- Gives back the points that paid a part of an order's amount, once for each reference: RETURNED, REPEATED, REFERENCE_REUSED, EXCEEDED or
-- NONE. Whatever the parts, the whole gives back all of the points.
CREATE FUNCTION customers.return_points(p_key text, p_currency text, p_amount bigint, p_reference text)
RETURNS TABLE (status text, points bigint) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  ids uuid[] := customers.lock_accounts_of_key(p_key);
  paid customers.loyalty_redemptions;
  known customers.loyalty_returns;
BEGIN
  points := 0;
  SELECT r.* INTO known FROM customers.loyalty_returns r WHERE r.reference = p_reference;
  IF known.reference IS NOT NULL THEN
    status := CASE WHEN known.hold_key = p_key AND known.amount_minor = p_amount THEN 'REPEATED' ELSE 'REFERENCE_REUSED' END;
    points := known.points;
    RETURN NEXT;
    RETURN;
  END IF;
  SELECT r.* INTO paid FROM customers.loyalty_redemptions r
  JOIN customers.holds h ON h.hold_key = r.hold_key AND h.kind = 'POINTS' AND h.state = 'CONFIRMED' WHERE r.hold_key = p_key AND r.currency = p_currency;
  IF paid.hold_key IS NULL THEN
    status := 'NONE';
  ELSIF paid.returned_minor + p_amount > paid.amount_minor THEN
    status := 'EXCEEDED';
  ELSE
    points := floor(paid.points::numeric * (paid.returned_minor + p_amount) / paid.amount_minor)::bigint
      - floor(paid.points::numeric * paid.returned_minor / paid.amount_minor)::bigint;
    INSERT INTO customers.loyalty_returns (reference, hold_key, amount_minor, points) VALUES (p_reference, p_key, p_amount, return_points.points);
    UPDATE customers.loyalty_redemptions r SET returned_minor = r.returned_minor + p_amount WHERE r.hold_key = p_key;
    IF points > 0 THEN PERFORM customers.reverse_hold(p_key, 'POINTS', points, p_reference); END IF;
    status := 'RETURNED';
  END IF;
  RETURN NEXT;
END $$;
--> statement-breakpoint
-- Gives or takes points by hand, once for each reference: ADJUSTED, REPEATED, REFERENCE_REUSED, INSUFFICIENT (never more is taken than is
-- free) or NOBODY.
CREATE FUNCTION customers.adjust_points(p_customer uuid, p_points bigint, p_reference text, p_fingerprint text, p_actor text, p_note text, p_expiry_months integer)
RETURNS TABLE (status text, person uuid, available bigint) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  account uuid;
  known text;
  transaction uuid;
BEGIN
  person := customers.lock_person(p_customer);
  IF person IS NULL THEN
    status := 'NOBODY';
    RETURN NEXT;
    RETURN;
  END IF;
  account := customers.lock_points(person);
  SELECT a.balance - a.held INTO available FROM customers.accounts a WHERE a.account_id = account;
  SELECT t.fingerprint INTO known FROM customers.ledger_transactions t WHERE t.kind = 'ADJUST' AND t.reference = p_reference;
  IF known IS NULL AND available + p_points < 0 THEN
    status := 'INSUFFICIENT';
  ELSE
    IF known IS NULL THEN
      transaction := customers.book_points(account, 'ADJUST', p_reference, p_fingerprint, p_actor, 'POINTS_ADJUSTED', p_points,
        coalesce(customers.app_clock() + make_interval(months => p_expiry_months), 'infinity'));
    END IF;
    IF transaction IS NOT NULL THEN
      INSERT INTO customers.ledger_notes VALUES (transaction, p_note);
      PERFORM customers.points_changed(ARRAY[account]);
      available := available + p_points;
      status := 'ADJUSTED';
    ELSE
      SELECT t.fingerprint INTO known FROM customers.ledger_transactions t WHERE t.kind = 'ADJUST' AND t.reference = p_reference;
      status := CASE WHEN known = p_fingerprint THEN 'REPEATED' ELSE 'REFERENCE_REUSED' END;
    END IF;
  END IF;
  RETURN NEXT;
END $$;
--> statement-breakpoint
-- Moves the points of a person to another one, once for each reference: all of them with their lots, holds and debt, or `p_most` of those
-- that are free. Both persons are locked. Tells how many moved.
CREATE FUNCTION customers.move_points(p_from uuid, p_to uuid, p_reference text, p_most bigint) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  source uuid;
  target uuid;
  amount bigint;
  owed bigint;
  keys text[] := '{}';
  transaction uuid;
BEGIN
  SELECT a.account_id INTO source FROM customers.accounts a WHERE a.kind = 'POINTS' AND a.owner_id = p_from AND a.unit = 'POINTS';
  IF source IS NULL THEN RETURN 0; END IF;
  target := customers.ensure_account('POINTS', p_to, 'POINTS');
  PERFORM customers.lock_accounts(ARRAY[source, target]);
  IF EXISTS (SELECT FROM customers.ledger_transactions t WHERE t.kind = 'MERGE' AND t.reference = p_reference) THEN RETURN 0; END IF;
  PERFORM customers.lock_points(p_from);
  PERFORM customers.lock_points(p_to);
  IF p_most IS NULL THEN
    -- No account may hold more than it has, not even in between: what is held is let go and held again where the points are.
    WITH let_go AS (
      UPDATE customers.holds h SET state = 'RELEASED', ended_at = customers.app_clock() WHERE h.account_id = source AND h.state = 'HELD' RETURNING h.hold_key
    ) SELECT array_agg(g.hold_key) INTO keys FROM let_go g;
  END IF;
  SELECT least(a.balance - a.held, p_most) INTO amount FROM customers.accounts a WHERE a.account_id = source;
  IF amount > 0 THEN
    transaction := customers.book('MERGE', p_reference, '', NULL, ARRAY[source, target], ARRAY[NULL, NULL]::text[],
      ARRAY['POINTS', 'POINTS'], ARRAY[-amount, amount]);
    PERFORM customers.take_lots(source, amount, transaction);
    INSERT INTO customers.loyalty_lots (lot_id, account_id, transaction_id, points, remaining, expires_at)
    SELECT customers.new_id(), target, transaction, u.points, u.points, l.expires_at
    FROM customers.loyalty_lot_uses u JOIN customers.loyalty_lots l USING (lot_id) WHERE u.transaction_id = transaction;
  END IF;
  IF p_most IS NULL THEN
    UPDATE customers.holds h SET account_id = target WHERE h.account_id = source;
    UPDATE customers.holds h SET state = 'HELD', ended_at = NULL WHERE h.account_id = target AND h.hold_key = ANY (keys);
    SELECT s.debt INTO owed FROM customers.loyalty_standings s WHERE s.account_id = source;
    UPDATE customers.loyalty_standings s SET debt = CASE s.account_id WHEN source THEN 0 ELSE s.debt + owed END WHERE s.account_id IN (source, target);
  END IF;
  PERFORM customers.review_standing(source, p_from);
  PERFORM customers.review_standing(target, p_to);
  PERFORM customers.points_changed(ARRAY[source, target]);
  RETURN greatest(amount, 0);
END $$;
--> statement-breakpoint
-- Ends what somebody has of points: what is free expires now, what is held may still be confirmed, debts are forgotten, and so are notes.
CREATE FUNCTION customers.forfeit_points(p_person uuid) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  account uuid;
  amount bigint;
BEGIN
  SELECT a.account_id INTO account FROM customers.accounts a WHERE a.kind = 'POINTS' AND a.owner_id = p_person AND a.unit = 'POINTS';
  IF account IS NULL THEN RETURN 0; END IF;
  PERFORM customers.lock_points(p_person);
  SELECT a.balance - a.held INTO amount FROM customers.accounts a WHERE a.account_id = account;
  IF amount > 0 THEN
    PERFORM customers.book_points(account, 'EXPIRE', customers.new_id()::text, '', NULL, 'POINTS_EXPIRED', -amount, NULL);
  END IF;
  UPDATE customers.loyalty_standings s SET debt = 0, tier = NULL, qualifying = 0, review_at = 'infinity' WHERE s.account_id = account;
  DELETE FROM customers.ledger_notes n USING customers.ledger_entries e WHERE e.account_id = account AND n.transaction_id = e.transaction_id;
  PERFORM customers.points_changed(ARRAY[account]);
  RETURN amount;
END $$;
--> statement-breakpoint

-- What time changes, one thing at a time, so that nobody holds the locks of several accounts for it. Each tells whether there was one.

CREATE FUNCTION customers.credit_next_order() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  due uuid;
BEGIN
  SELECT o.order_id INTO due FROM customers.loyalty_orders o
  WHERE o.credited_at IS NULL AND o.due_at IS NOT NULL AND o.due_at <= customers.app_now() ORDER BY o.due_at LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF due IS NULL THEN RETURN false; END IF;
  PERFORM customers.credit_order(due);
  RETURN true;
END $$;
--> statement-breakpoint
-- Points under a hold do not expire while they are held.
CREATE FUNCTION customers.expire_next_points() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  account uuid;
  amount bigint;
BEGIN
  SELECT a.account_id INTO account FROM customers.loyalty_lots l JOIN customers.accounts a ON a.account_id = l.account_id
  WHERE l.remaining > 0 AND l.expires_at <= customers.app_now() AND a.balance > a.held ORDER BY l.expires_at LIMIT 1
  FOR NO KEY UPDATE OF a SKIP LOCKED;
  IF account IS NULL THEN RETURN false; END IF;
  SELECT least(a.balance - a.held, (SELECT coalesce(sum(l.remaining), 0) FROM customers.loyalty_lots l
    WHERE l.account_id = account AND l.remaining > 0 AND l.expires_at <= customers.app_now())) INTO amount
  FROM customers.accounts a WHERE a.account_id = account;
  -- Somebody spent them meanwhile.
  IF amount <= 0 THEN RETURN true; END IF;
  PERFORM customers.book_points(account, 'EXPIRE', customers.new_id()::text, '', NULL, 'POINTS_EXPIRED', -amount, NULL);
  PERFORM customers.points_changed(ARRAY[account]);
  RETURN true;
END $$;
--> statement-breakpoint
-- Looks at a standing anew whose time has come, or which other rules were made for since.
CREATE FUNCTION customers.review_next_standing() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  account uuid;
  person uuid;
BEGIN
  SELECT a.account_id, a.owner_id INTO account, person FROM customers.loyalty_standings s JOIN customers.accounts a ON a.account_id = s.account_id
  WHERE s.review_at <= customers.app_now() ORDER BY s.review_at LIMIT 1 FOR NO KEY UPDATE OF a SKIP LOCKED;
  IF account IS NULL THEN
    SELECT a.account_id, a.owner_id INTO account, person FROM customers.loyalty_standings s JOIN customers.accounts a ON a.account_id = s.account_id
    WHERE s.rules_version < customers.loyalty_version() ORDER BY s.rules_version LIMIT 1 FOR NO KEY UPDATE OF a SKIP LOCKED;
  END IF;
  IF account IS NULL THEN RETURN false; END IF;
  IF customers.review_standing(account, person) THEN PERFORM customers.points_changed(ARRAY[account]); END IF;
  RETURN true;
END $$;
