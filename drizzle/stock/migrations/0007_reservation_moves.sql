-- What happens to reservations after they were held, for other services, and sales that have happened already. Each is one function and
-- so one transaction; each ends with one stock.book, so that a variant gets one version.

-- Locks a reservation and its variants, ends it when its time is over, and answers it as it is then; null when the key has none. The
-- variants of a reservation never become others (a move keeps the demand): those read before the locks are those to be locked.
CREATE FUNCTION "stock"."lock_reservation"(its_key text) RETURNS "stock"."reservations" LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	known stock.reservations;
BEGIN
	PERFORM set_config('lock_timeout', '2s', true);
	PERFORM pg_advisory_xact_lock_shared(7105, 0);
	SELECT * INTO known FROM stock.reservations r WHERE r.key = its_key;
	IF known.reservation_id IS NULL THEN RETURN NULL; END IF;
	PERFORM stock.lock_settled(array(SELECT DISTINCT l.variant_id FROM stock.reservation_lines l WHERE l.reservation_id = known.reservation_id));
	-- Settling ends a bounded number of holds; this one must be among them.
	IF known.status = 'held' THEN PERFORM stock.finish_holds(ARRAY[known.reservation_id], ARRAY['expired']); END IF;
	SELECT * INTO known FROM stock.reservations r WHERE r.reservation_id = known.reservation_id FOR NO KEY UPDATE;
	RETURN known;
END $$;
--> statement-breakpoint
-- A reservation as other services see it. A hold that is over counts as expired, whether or not it was ended already.
CREATE FUNCTION "stock"."reservation_state"(its_id uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('reservationId', r.reservation_id, 'key', r.key, 'planIndex', r.plan_index, 'expiresAt', r.expires_at::text, 'requestHash', r.request_hash,
		'status', upper(CASE WHEN r.status = 'held' AND r.expires_at <= stock.app_now() THEN 'expired'
			WHEN r.status = 'held' AND EXISTS (SELECT FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id AND l.shorted > 0) THEN 'shorted' ELSE r.status END),
		'allocations', coalesce((SELECT jsonb_agg(jsonb_build_object('variantId', l.variant_id, 'locationId', l.location_id, 'quantity', l.quantity, 'shorted', l.shorted,
			'shipped', l.shipped, 'waiting', l.waiting) ORDER BY l.variant_id, l.location_id) FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id), '[]'))
	FROM stock.reservations r WHERE r.reservation_id = its_id
$$;
--> statement-breakpoint
-- The revision of the policy whose pool units of the variant at the location are consumed of; null when none counts consumption there.
CREATE FUNCTION "stock"."consuming_revision"(variant uuid, location uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT p.revision FROM stock.configuration c LEFT JOIN stock.policy_variants v ON v.variant_id = variant
	JOIN stock.allocation_policies p ON p.policy_id = coalesce(v.policy_id, c.default_policy_id) AND p.kind = 'PROPORTIONAL'
	JOIN stock.policy_pools pp ON pp.policy_id = p.policy_id AND pp.location_id = location
	WHERE c.has_policies
$$;
--> statement-breakpoint
-- Counts what a channel takes of pools, the counterpart of stock.return_usage. The revisions are those of the policies that govern now.
CREATE FUNCTION "stock"."take_usage"(code text, variants uuid[], revisions bigint[], units integer[]) RETURNS void LANGUAGE sql VOLATILE AS $$
	INSERT INTO stock.allocation_usage AS u (variant_id, channel_code, policy_revision, consumed)
	SELECT v, code, max(r), sum(n)::int FROM unnest(variants, revisions, units) AS given (v, r, n) WHERE r IS NOT NULL AND n > 0 GROUP BY v ORDER BY v
	ON CONFLICT ON CONSTRAINT allocation_usage_pkey DO UPDATE SET policy_revision = excluded.policy_revision,
		consumed = CASE WHEN u.policy_revision = excluded.policy_revision THEN u.consumed + excluded.consumed ELSE excluded.consumed END
$$;
--> statement-breakpoint
-- Writes down what somebody has to look at, and tells it.
CREATE FUNCTION "stock"."raise_exception"(its_kind text, variant uuid, location uuid, units integer, cause text, remark text) RETURNS void LANGUAGE sql VOLATILE AS $$
	WITH raised AS (
		INSERT INTO stock.exceptions (exception_id, kind, variant_id, location_id, quantity, reference, raised_at, note)
		VALUES (stock.new_id(), its_kind, variant, location, units, cause, stock.app_clock(), remark) RETURNING *
	)
	INSERT INTO stock.outbox (event_id, topic, key, payload, occurred_at)
	SELECT stock.new_id(), 'stock.exception.raised', variant::text, jsonb_build_object('exceptionId', r.exception_id, 'kind', r.kind, 'variantId', r.variant_id,
		'locationId', r.location_id, 'quantity', r.quantity, 'reference', r.reference), stock.app_now() FROM raised r
$$;
--> statement-breakpoint
-- The first of ranked plans that a channel could hold as a whole: stock.reserve's rules, as a set, for one request. Null when none does.
CREATE FUNCTION "stock"."plan_that_holds"(code text, plans integer[], variants uuid[], locations uuid[], quantities bigint[], aheads boolean[]) RETURNS integer
LANGUAGE sql STABLE AS $$
	WITH taken AS MATERIALIZED (
		SELECT * FROM unnest(plans, variants, locations, quantities, aheads) AS t (plan, variant, location, quantity, ahead)
	), offered AS MATERIALIZED (
		SELECT * FROM stock.location_offers(variants, code)
	), failing AS (
		SELECT t.plan FROM taken t LEFT JOIN offered o ON o.item = t.variant AND o.location_id = t.location
		WHERE NOT t.ahead AND coalesce(o.free, 0) < t.quantity
		UNION ALL
		-- All that the plan takes of a variant's pool, wherever.
		SELECT t.plan FROM taken t JOIN offered o ON o.item = t.variant AND o.location_id = t.location JOIN stock.caps(variants, ARRAY[code]) c ON c.item = t.variant
		WHERE NOT t.ahead AND o.pooled GROUP BY t.plan, t.variant, c.cap HAVING sum(t.quantity) > c.cap
		UNION ALL
		SELECT t.plan FROM taken t WHERE t.ahead AND NOT EXISTS (SELECT FROM stock.channel_places p WHERE p.channel_code = code AND p.location_id = t.location)
		UNION ALL
		SELECT t.plan FROM taken t LEFT JOIN stock.selling_policies s ON s.variant_id = t.variant AND s.kind <> 'DENY' AND (s.channel_codes IS NULL OR code = ANY (s.channel_codes))
		WHERE t.ahead GROUP BY t.plan, t.variant, s.limit_quantity, s.sold_ahead HAVING sum(t.quantity) > coalesce(s.limit_quantity - s.sold_ahead, 0)
	)
	SELECT min(t.plan) FROM taken t WHERE t.plan NOT IN (SELECT f.plan FROM failing f)
$$;
--> statement-breakpoint
-- Gives what a reservation holds or has committed back, and takes the first of ranked plans that holds, or leaves all as it is. Units that
-- it lost and units that it waits for are asked for again; shipped ones stay where they left from. What it keeps at a place is not booked.
CREATE FUNCTION "stock"."move_reservation"(its_key text, a_plan integer[], a_variant uuid[], a_location uuid[], a_quantity bigint[], a_ahead boolean[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	r stock.reservations;
	state text;
	p_plan int[]; p_variant uuid[]; p_location uuid[]; p_quantity bigint[]; p_ahead boolean[];
	chosen integer;
	short jsonb;
	entries stock.entry[];
	booked uuid[];
	-- What lines counted for, of variants of which nothing is booked.
	k_variant uuid[]; k_location uuid[]; k_revision bigint[];
BEGIN
	r := stock.lock_reservation(its_key);
	IF r.reservation_id IS NULL THEN RETURN '{"kind": "missing"}'; END IF;
	IF r.status NOT IN ('held', 'committed') THEN RETURN jsonb_build_object('kind', 'notOpen', 'status', upper(r.status)); END IF;
	state := CASE r.status WHEN 'held' THEN 'RESERVED' ELSE 'COMMITTED' END;
	SELECT array_agg(t.plan), array_agg(t.variant), array_agg(t.location), array_agg(t.quantity), array_agg(t.ahead) INTO p_plan, p_variant, p_location, p_quantity, p_ahead
	FROM (
		SELECT a.plan, coalesce(b.component_id, a.variant) AS variant, a.location, a.ahead, sum(a.quantity * coalesce(b.quantity, 1))::bigint AS quantity
		FROM unnest(a_plan, a_variant, a_location, a_quantity, a_ahead) AS a (plan, variant, location, quantity, ahead)
		LEFT JOIN stock.bundle_components b ON b.bundle_id = a.variant GROUP BY 1, 2, 3, 4
	) AS t;
	IF EXISTS (
		SELECT FROM (
			SELECT t.plan, t.variant, sum(t.quantity) AS units FROM unnest(p_plan, p_variant, p_quantity) AS t (plan, variant, quantity) GROUP BY 1, 2
		) AS wanted FULL JOIN (
			SELECT n.plan, l.variant_id AS variant, sum(l.quantity - l.shipped) AS units FROM (SELECT DISTINCT unnest(p_plan) AS plan) AS n
			JOIN stock.reservation_lines l ON l.reservation_id = r.reservation_id AND l.quantity > l.shipped GROUP BY 1, 2
		) AS demanded USING (plan, variant) WHERE wanted.units IS DISTINCT FROM demanded.units
	) THEN
		RETURN jsonb_build_object('kind', 'otherDemand', 'open', coalesce((
			SELECT jsonb_agg(jsonb_build_object('variantId', t.variant_id, 'quantity', t.units) ORDER BY t.variant_id)
			FROM (SELECT l.variant_id, sum(l.quantity - l.shipped) AS units FROM stock.reservation_lines l
				WHERE l.reservation_id = r.reservation_id AND l.quantity > l.shipped GROUP BY l.variant_id) AS t), '[]'));
	END IF;

	-- What would hold if the reservation were not there: given back as if, decided by what everybody is shown and gets, and rolled back.
	-- The variables stay.
	BEGIN
		PERFORM set_config('stock.booking', 'on', true);
		UPDATE stock.levels v SET available = v.available + l.quantity - l.shorted - l.shipped - l.waiting FROM stock.reservation_lines l
		WHERE l.reservation_id = r.reservation_id AND v.variant_id = l.variant_id AND v.location_id = l.location_id AND l.quantity > l.shorted + l.shipped + l.waiting;
		PERFORM stock.give_back(r.reservation_id, r.channel_code);
		chosen := stock.plan_that_holds(r.channel_code, p_plan, p_variant, p_location, p_quantity, p_ahead);
		IF chosen IS NULL THEN
			WITH wanted AS MATERIALIZED (
				SELECT a.variant, sum(a.quantity) AS units FROM unnest(a_plan, a_variant, a_quantity) AS a (plan, variant, quantity)
				WHERE a.plan = (SELECT min(n) FROM unnest(a_plan) AS n) GROUP BY a.variant
			), offered AS (
				SELECT w.variant, w.units, coalesce(o.sellable, 0) AS sellable FROM wanted w
				LEFT JOIN stock.offers(array(SELECT n.variant FROM wanted n), r.channel_code) o ON o.item = w.variant
			)
			SELECT jsonb_agg(jsonb_build_object('variantId', o.variant, 'requested', o.units, 'available', o.sellable) ORDER BY o.variant) INTO short
			-- All of them when each alone would do but no plan does.
			FROM offered o WHERE o.sellable < o.units OR NOT EXISTS (SELECT FROM offered n WHERE n.sellable < n.units);
		END IF;
		RAISE EXCEPTION USING ERRCODE = 'KT001', MESSAGE = 'as if';
	EXCEPTION WHEN SQLSTATE 'KT001' THEN NULL;
	END;
	IF chosen IS NULL THEN RETURN jsonb_build_object('kind', 'short', 'variants', short); END IF;

	SELECT array_agg(ROW(t.variant, t.location, CASE WHEN t.more < 0 THEN 'RELEASED' ELSE state END, abs(t.more), CASE WHEN t.more < 0 THEN state ELSE 'AVAILABLE' END,
		CASE WHEN t.more < 0 THEN 'AVAILABLE' ELSE state END, r.reservation_id, NULL, 'MOVED', NULL)::stock.entry ORDER BY t.more > 0, t.variant, t.location) INTO entries
	FROM (
		SELECT variant, location, coalesce(n.units, 0) - coalesce(o.units, 0) AS more
		FROM (
			SELECT l.variant_id AS variant, l.location_id AS location, l.quantity - l.shorted - l.shipped - l.waiting AS units
			FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id
		) AS o FULL JOIN (
			SELECT t.variant, t.location, t.quantity AS units FROM unnest(p_plan, p_variant, p_location, p_quantity, p_ahead) AS t (plan, variant, location, quantity, ahead)
			WHERE t.plan = chosen AND NOT t.ahead
		) AS n USING (variant, location)
	) AS t WHERE t.more <> 0;
	-- A variant of which nothing is booked gets no version, so that what channels can have of it must not change: its units go on counting
	-- where they did, whatever policy governs now.
	booked := array(SELECT DISTINCT e.variant_id FROM unnest(entries) AS e);
	SELECT array_agg(l.variant_id), array_agg(l.location_id), array_agg(l.policy_revision) INTO k_variant, k_location, k_revision
	FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id AND l.variant_id <> ALL (booked);
	PERFORM stock.give_back(r.reservation_id, r.channel_code, booked);
	DELETE FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id AND l.shipped = 0;
	UPDATE stock.reservation_lines l SET quantity = l.shipped, shorted = 0, waiting = 0 WHERE l.reservation_id = r.reservation_id;
	INSERT INTO stock.reservation_lines AS l (reservation_id, variant_id, location_id, quantity, waiting, policy_revision)
	SELECT r.reservation_id, t.variant, t.location, sum(t.quantity), coalesce(sum(t.quantity) FILTER (WHERE t.ahead), 0),
		CASE WHEN t.variant = ANY (booked) THEN stock.consuming_revision(t.variant, t.location)
			ELSE (SELECT k.revision FROM unnest(k_variant, k_location, k_revision) AS k (variant, location, revision) WHERE k.variant = t.variant AND k.location = t.location) END
	FROM unnest(p_plan, p_variant, p_location, p_quantity, p_ahead) AS t (plan, variant, location, quantity, ahead) WHERE t.plan = chosen GROUP BY t.variant, t.location
	ON CONFLICT ON CONSTRAINT reservation_lines_pkey
	DO UPDATE SET quantity = l.quantity + excluded.quantity, waiting = excluded.waiting, policy_revision = excluded.policy_revision;
	PERFORM stock.take_usage(r.channel_code, array_agg(l.variant_id), array_agg(l.policy_revision), array_agg(l.quantity - l.shipped - l.waiting))
	FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id AND l.policy_revision IS NOT NULL AND l.variant_id = ANY (booked) HAVING count(*) > 0;
	UPDATE stock.selling_policies s SET sold_ahead = s.sold_ahead + w.units FROM (
		SELECT l.variant_id, sum(l.waiting) AS units FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id AND l.waiting > 0 GROUP BY l.variant_id
	) AS w WHERE s.variant_id = w.variant_id;
	UPDATE stock.reservations SET plan_index = chosen WHERE reservation_id = r.reservation_id;
	PERFORM stock.book(entries);
	RETURN jsonb_build_object('kind', 'moved', 'reservation', stock.reservation_state(r.reservation_id));
END $$;
--> statement-breakpoint
-- What a reservation counts for beside the levels is given back: what its channel consumed of pools, and what was sold ahead.
-- @only_variants the variants of which consumption is given back; null for all.
CREATE FUNCTION "stock"."give_back"(its_id uuid, code text, only_variants uuid[] DEFAULT NULL) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM stock.return_usage(array_agg(l.variant_id), array_agg(code), array_agg(l.policy_revision), array_agg(l.quantity - l.shorted - l.shipped - l.waiting))
	FROM stock.reservation_lines l WHERE l.reservation_id = its_id AND l.policy_revision IS NOT NULL AND (only_variants IS NULL OR l.variant_id = ANY (only_variants)) HAVING count(*) > 0;
	UPDATE stock.selling_policies s SET sold_ahead = greatest(0, s.sold_ahead - w.units) FROM (
		SELECT l.variant_id, sum(l.waiting) AS units FROM stock.reservation_lines l WHERE l.reservation_id = its_id AND l.waiting > 0 GROUP BY l.variant_id
	) AS w WHERE s.variant_id = w.variant_id;
END $$;
--> statement-breakpoint
-- Lets a hold last longer, never shorter. Behind the locks of its variants like everything that ends holds, so that exactly one wins, and
-- that whoever ends it finds its deadline.
CREATE FUNCTION "stock"."extend_reservation"(its_key text, ttl integer) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	r stock.reservations;
	until timestamptz;
BEGIN
	r := stock.lock_reservation(its_key);
	IF r.reservation_id IS NULL THEN RETURN '{"kind": "missing"}'; END IF;
	IF r.status <> 'held' THEN RETURN jsonb_build_object('kind', 'notOpen', 'status', upper(r.status)); END IF;
	until := stock.app_clock() + make_interval(secs => least(ttl, 3600));
	IF until > r.expires_at THEN
		UPDATE stock.reservations SET expires_at = until WHERE reservation_id = r.reservation_id;
		DELETE FROM stock.hold_deadlines WHERE expires_at = r.expires_at AND reservation_id = r.reservation_id;
		INSERT INTO stock.hold_deadlines (expires_at, reservation_id) VALUES (until, r.reservation_id);
	END IF;
	RETURN jsonb_build_object('kind', 'extended', 'reservation', stock.reservation_state(r.reservation_id));
END $$;
--> statement-breakpoint
-- Committed units leave the building. Units that the order had lost, but that were found and shipped, are booked too: out of what is
-- available, and what is not is adjusted for somebody to look at.
CREATE FUNCTION "stock"."ship_reservation"(its_key text, shipment text, hash text, l_variant uuid[], l_location uuid[], l_quantity integer[], who text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	r stock.reservations;
	answer jsonb;
	entries stock.entry[] := '{}';
	line record;
	lost integer;
	free integer;
	shipped_lines jsonb := '[]';
BEGIN
	r := stock.lock_reservation(its_key);
	IF r.reservation_id IS NULL THEN RETURN '{"kind": "missing"}'; END IF;
	answer := stock.earlier_answer('shipment', shipment, hash);
	IF answer IS NOT NULL THEN RETURN answer; END IF;
	IF r.status <> 'committed' THEN RETURN jsonb_build_object('kind', 'notOpen', 'status', upper(r.status)); END IF;
	SELECT jsonb_agg(jsonb_build_object('variantId', g.variant, 'locationId', g.location, 'requested', g.quantity, 'open', coalesce(l.quantity - l.shipped - l.waiting, 0))
		ORDER BY g.variant, g.location) INTO answer
	FROM unnest(l_variant, l_location, l_quantity) AS g (variant, location, quantity)
	LEFT JOIN stock.reservation_lines l ON l.reservation_id = r.reservation_id AND l.variant_id = g.variant AND l.location_id = g.location
	WHERE g.quantity > coalesce(l.quantity - l.shipped - l.waiting, 0);
	IF answer IS NOT NULL THEN RETURN jsonb_build_object('kind', 'tooMany', 'lines', answer); END IF;
	FOR line IN
		SELECT g.variant, g.location, g.quantity, l.quantity - l.shorted - l.shipped - l.waiting AS committed, coalesce(v.available, 0) AS available
		FROM unnest(l_variant, l_location, l_quantity) AS g (variant, location, quantity)
		JOIN stock.reservation_lines l ON l.reservation_id = r.reservation_id AND l.variant_id = g.variant AND l.location_id = g.location
		LEFT JOIN stock.levels v ON v.variant_id = g.variant AND v.location_id = g.location ORDER BY g.variant, g.location
	LOOP
		lost := greatest(0, line.quantity - line.committed);
		free := least(lost, line.available);
		IF free > 0 THEN
			entries := entries || ROW(line.variant, line.location, 'COMMITTED', free, 'AVAILABLE', 'COMMITTED', r.reservation_id, NULL, 'FOUND', who)::stock.entry;
			PERFORM stock.take_usage(r.channel_code, ARRAY[line.variant], ARRAY[stock.consuming_revision(line.variant, line.location)], ARRAY[free]);
		END IF;
		IF lost > free THEN
			entries := entries || ROW(line.variant, line.location, 'ADJUSTED', lost - free, NULL, 'COMMITTED', r.reservation_id, NULL, 'OFFLINE_OVERSELL', who)::stock.entry;
			PERFORM stock.raise_exception('SHIPPED_SHORT', line.variant, line.location, lost - free, 'shipment:' || shipment, NULL);
		END IF;
		entries := entries || ROW(line.variant, line.location, 'SHIPPED', line.quantity, 'COMMITTED', NULL, r.reservation_id, NULL, NULL, who)::stock.entry;
		UPDATE stock.reservation_lines l SET shipped = l.shipped + line.quantity, shorted = l.shorted - lost
		WHERE l.reservation_id = r.reservation_id AND l.variant_id = line.variant AND l.location_id = line.location;
		shipped_lines := shipped_lines || jsonb_build_object('variantId', line.variant, 'locationId', line.location, 'quantity', line.quantity, 'short', lost - free);
	END LOOP;
	-- What is done is forgotten some time after its last change.
	UPDATE stock.reservations SET ended_at = stock.app_clock() WHERE reservation_id = r.reservation_id;
	PERFORM stock.book(entries);
	RETURN stock.keep_answer('shipment', shipment, hash, jsonb_build_object('kind', 'shipped', 'lines', shipped_lines, 'reservation', stock.reservation_state(r.reservation_id)));
END $$;
--> statement-breakpoint
-- Gives back what of an order is not shipped, or some of it: first units that were lost, then those that it waits for, then those that
-- are committed. An order of which nothing is left counts as released. No lines: everything.
CREATE FUNCTION "stock"."cancel_reservation"(its_key text, cancellation text, hash text, l_variant uuid[], l_location uuid[], l_quantity integer[]) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	r stock.reservations;
	answer jsonb;
	entries stock.entry[] := '{}';
	line record;
	lost integer;
	ahead integer;
	units integer;
	cancelled jsonb := '[]';
BEGIN
	r := stock.lock_reservation(its_key);
	IF r.reservation_id IS NULL THEN RETURN '{"kind": "missing"}'; END IF;
	answer := stock.earlier_answer('cancellation', cancellation, hash);
	IF answer IS NOT NULL THEN RETURN answer; END IF;
	IF r.status <> 'committed' THEN RETURN jsonb_build_object('kind', 'notOpen', 'status', upper(r.status)); END IF;
	IF l_variant IS NULL THEN
		SELECT array_agg(l.variant_id), array_agg(l.location_id), array_agg(l.quantity - l.shipped) INTO l_variant, l_location, l_quantity
		FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id AND l.quantity > l.shipped;
	END IF;
	SELECT jsonb_agg(jsonb_build_object('variantId', g.variant, 'locationId', g.location, 'requested', g.quantity, 'open', coalesce(l.quantity - l.shipped, 0))
		ORDER BY g.variant, g.location) INTO answer
	FROM unnest(l_variant, l_location, l_quantity) AS g (variant, location, quantity)
	LEFT JOIN stock.reservation_lines l ON l.reservation_id = r.reservation_id AND l.variant_id = g.variant AND l.location_id = g.location
	WHERE g.quantity > coalesce(l.quantity - l.shipped, 0);
	IF answer IS NOT NULL THEN RETURN jsonb_build_object('kind', 'tooMany', 'lines', answer); END IF;
	FOR line IN
		SELECT g.variant, g.location, g.quantity, l.shorted, l.waiting, l.policy_revision FROM unnest(l_variant, l_location, l_quantity) AS g (variant, location, quantity)
		JOIN stock.reservation_lines l ON l.reservation_id = r.reservation_id AND l.variant_id = g.variant AND l.location_id = g.location ORDER BY g.variant, g.location
	LOOP
		lost := least(line.quantity, line.shorted);
		ahead := least(line.quantity - lost, line.waiting);
		units := line.quantity - lost - ahead;
		IF ahead > 0 THEN UPDATE stock.selling_policies s SET sold_ahead = greatest(0, s.sold_ahead - ahead) WHERE s.variant_id = line.variant; END IF;
		IF units > 0 THEN
			PERFORM stock.return_usage(ARRAY[line.variant], ARRAY[r.channel_code], ARRAY[line.policy_revision], ARRAY[units]);
			entries := entries || ROW(line.variant, line.location, 'RELEASED', units, 'COMMITTED', 'AVAILABLE', r.reservation_id, NULL, 'CANCELLED', NULL)::stock.entry;
		END IF;
		DELETE FROM stock.reservation_lines l
		WHERE l.reservation_id = r.reservation_id AND l.variant_id = line.variant AND l.location_id = line.location AND l.quantity = line.quantity;
		UPDATE stock.reservation_lines l SET quantity = l.quantity - line.quantity, shorted = l.shorted - lost, waiting = l.waiting - ahead
		WHERE l.reservation_id = r.reservation_id AND l.variant_id = line.variant AND l.location_id = line.location;
		cancelled := cancelled || jsonb_build_object('variantId', line.variant, 'locationId', line.location, 'quantity', line.quantity, 'released', units);
	END LOOP;
	UPDATE stock.reservations n SET ended_at = stock.app_clock(),
		status = CASE WHEN EXISTS (SELECT FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id) THEN 'committed' ELSE 'released' END
	WHERE n.reservation_id = r.reservation_id;
	PERFORM stock.book(entries);
	RETURN stock.keep_answer('cancellation', cancellation, hash, jsonb_build_object('kind', 'cancelled', 'lines', cancelled, 'reservation', stock.reservation_state(r.reservation_id)));
END $$;
--> statement-breakpoint
-- Books a sale that has happened: never refused for what is booked, for the goods are gone. Takes what is available, then what was kept
-- back or promised to others, who hear of it; what is still missing is adjusted for somebody to look at.
CREATE FUNCTION "stock"."book_sale"(sale text, hash text, code text, place uuid, s_variant uuid[], s_quantity integer[], sold_at timestamptz, who text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	i_variant uuid[]; i_quantity bigint[];
	answer jsonb;
	entries stock.entry[] := '{}';
	freed stock.entry[];
	line record;
	available integer;
	missing integer;
	cause text := 'sale:' || sale;
	remark text := 'SOLD_AT ' || to_char(sold_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"');
	sold jsonb := '[]';
BEGIN
	PERFORM set_config('lock_timeout', '2s', true);
	PERFORM pg_advisory_xact_lock_shared(7105, 0);
	IF NOT EXISTS (SELECT FROM stock.locations l WHERE l.location_id = place) THEN RETURN '{"kind": "unknownLocation"}'; END IF;
	SELECT array_agg(t.variant), array_agg(t.quantity) INTO i_variant, i_quantity FROM (
		SELECT coalesce(b.component_id, s.variant) AS variant, sum(s.quantity::bigint * coalesce(b.quantity, 1))::bigint AS quantity
		FROM unnest(s_variant, s_quantity) AS s (variant, quantity) LEFT JOIN stock.bundle_components b ON b.bundle_id = s.variant GROUP BY 1 ORDER BY 1
	) AS t;
	IF EXISTS (SELECT FROM unnest(i_quantity) AS q WHERE q > 1000000) THEN RETURN '{"kind": "tooLarge"}'; END IF;
	PERFORM stock.lock_settled(i_variant, true);
	answer := stock.earlier_answer('sale', sale, hash);
	IF answer IS NOT NULL THEN RETURN answer; END IF;
	FOR line IN SELECT s.variant, s.quantity::int AS quantity FROM unnest(i_variant, i_quantity) AS s (variant, quantity) LOOP
		available := coalesce((SELECT l.available FROM stock.levels l WHERE l.variant_id = line.variant AND l.location_id = place), 0);
		freed := stock.free_units(line.variant, place, line.quantity, cause, who);
		missing := greatest(0, line.quantity - available - coalesce((SELECT sum(f.quantity) FROM unnest(freed) AS f), 0));
		entries := entries || freed;
		IF missing > 0 THEN
			entries := entries || ROW(line.variant, place, 'ADJUSTED', missing, NULL, 'AVAILABLE', NULL, cause, 'OFFLINE_OVERSELL', who)::stock.entry;
			PERFORM stock.raise_exception('OFFLINE_OVERSELL', line.variant, place, missing, cause, remark);
		END IF;
		entries := entries || ROW(line.variant, place, 'SHIPPED', line.quantity, 'AVAILABLE', NULL, NULL, cause, remark, who)::stock.entry;
		PERFORM stock.take_usage(code, ARRAY[line.variant], ARRAY[stock.consuming_revision(line.variant, place)], ARRAY[line.quantity - missing]);
		sold := sold || jsonb_build_object('variantId', line.variant, 'quantity', line.quantity, 'short', missing);
	END LOOP;
	PERFORM stock.book(entries);
	RETURN stock.keep_answer('sale', sale, hash, jsonb_build_object('kind', 'sold', 'lines', sold));
END $$;
--> statement-breakpoint
-- Forgets reservations that ended before a moment: released, expired, or sold with nothing left to ship. Looks at some at a time, in order
-- of id and so of age, behind the one given; passes by those that somebody is busy with. Answers the last one that it looked at, null when
-- there are no more. Nobody changes what is done, so that no variant has to be locked.
CREATE FUNCTION "stock"."purge_reservations"(behind uuid, before timestamptz, most integer) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	-- Ids carry the milliseconds at which they were made in their first 48 bits.
	youngest uuid := (lpad(to_hex((extract(epoch FROM before) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;
	seen uuid[] := array(SELECT r.reservation_id FROM stock.reservations r WHERE r.reservation_id > behind AND r.reservation_id < youngest ORDER BY r.reservation_id LIMIT most);
	done uuid[] := array(SELECT r.reservation_id FROM stock.reservations r WHERE r.reservation_id = ANY (seen) AND r.status <> 'held' AND r.ended_at < before
		AND NOT (r.status = 'committed' AND EXISTS (SELECT FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id AND l.quantity > l.shipped))
		FOR UPDATE OF r SKIP LOCKED);
BEGIN
	DELETE FROM stock.reservation_lines l WHERE l.reservation_id = ANY (done);
	DELETE FROM stock.reservations r WHERE r.reservation_id = ANY (done);
	RETURN seen[cardinality(seen)];
END $$;
