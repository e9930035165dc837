-- How stock is changed. Every change goes through stock.book, behind the locks of stock.lock_variants; nothing else can write levels.
--
-- Settings of functions (enable_*, plan_cache_mode): a plan is kept for as long as a connection lives and is often made while a table is
-- small, when reading all of it is the cheapest. What these functions look for is always a few rows of a large table, so they are told to
-- go by the index, row by row, and to plan once whatever the length of their arrays. Joins of two arrays are no part of such functions:
-- row by row they take the square of the length. Arrays are read by subscript instead.

-- The time behind the locks that a statement waited for; stock.app_now() is the time when the statement began.
CREATE FUNCTION "stock"."app_clock"() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
	SELECT clock_timestamp() + coalesce(nullif(current_setting('app.now_offset', true), ''), '0')::interval
$$;
--> statement-breakpoint
CREATE FUNCTION "stock"."refuse_foreign_write"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF current_setting('stock.booking', true) IS DISTINCT FROM 'on' THEN
		RAISE EXCEPTION 'stock levels change through the ledger alone: use stock.book'
			USING ERRCODE = 'restrict_violation', CONSTRAINT = 'levels_through_ledger';
	END IF;
	RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER "levels_through_ledger" BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON "stock"."levels"
	FOR EACH STATEMENT EXECUTE FUNCTION "stock"."refuse_foreign_write"();
--> statement-breakpoint
-- A ledger entry to be: units of a variant at a location move from a state to a state; no state is outside of stock.
CREATE TYPE "stock"."entry" AS (
	variant_id uuid, location_id uuid, kind "stock"."movement_kind", quantity integer, from_state "stock"."stock_state", to_state "stock"."stock_state",
	reservation_id uuid, reference text, reason text, actor text
);
--> statement-breakpoint
-- The first thing that every command does. The configuration stays as it is until the command has committed (a shared lock), and the
-- variants are locked in order of id, so that two commands sharing variants cannot deadlock. Order of all locks: configuration,
-- variants, reservations, whatever else.
CREATE FUNCTION "stock"."lock_variants"(ids uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM pg_advisory_xact_lock_shared(7105, 0);
	PERFORM 1 FROM stock.variant_versions v WHERE v.variant_id = ANY (ids) ORDER BY v.variant_id FOR NO KEY UPDATE;
END $$;
--> statement-breakpoint
-- The same for variants that may get their first stock: their rows, which are the locks, are made.
CREATE FUNCTION "stock"."lock_new_variants"(ids uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM pg_advisory_xact_lock_shared(7105, 0);
	INSERT INTO stock.variant_versions (variant_id)
	SELECT DISTINCT given.id FROM unnest(ids) AS given (id) WHERE NOT EXISTS (SELECT FROM stock.variant_versions v WHERE v.variant_id = given.id) ORDER BY given.id
	ON CONFLICT ON CONSTRAINT variant_versions_pkey DO NOTHING;
	PERFORM 1 FROM stock.variant_versions v WHERE v.variant_id = ANY (ids) ORDER BY v.variant_id FOR NO KEY UPDATE;
END $$;
--> statement-breakpoint
-- Per governed variant and channel of its policy: what is free in the pool, what the channel is guaranteed and has consumed of it.
-- Variants under FIFO, and those without a policy, are not among the rows. Shared by what channels are shown and by what they get.
CREATE FUNCTION "stock"."claims"(ids uuid[]) RETURNS TABLE (
	item uuid, policy_id uuid, revision bigint, consumes boolean, pool_available bigint, channel_code text, priority integer, guaranteed bigint, consumed bigint
) LANGUAGE sql STABLE ROWS 50 AS $$
	-- Everything is looked up variant by variant: joined, the parts would be compared with each other, which takes the square of their number.
	WITH governed AS MATERIALIZED (
		SELECT i.id AS item, p.policy_id, p.revision, p.kind, p.lendable_basis_points, (
			SELECT coalesce(sum(l.available), 0)::bigint FROM (SELECT * FROM stock.levels v WHERE v.variant_id = i.id OFFSET 0) AS l
			WHERE EXISTS (SELECT FROM stock.policy_pools pp WHERE pp.policy_id = p.policy_id AND pp.location_id = l.location_id)
		) AS available, CASE WHEN p.kind = 'PROPORTIONAL' THEN (
			SELECT coalesce(sum(u.consumed), 0)::bigint FROM stock.allocation_usage u WHERE u.variant_id = i.id AND u.policy_revision = p.revision
		) ELSE 0 END AS taken
		FROM (SELECT DISTINCT id FROM unnest(ids) AS given (id)) AS i CROSS JOIN stock.configuration c
		LEFT JOIN stock.policy_variants pv ON pv.variant_id = i.id
		JOIN stock.allocation_policies p ON p.policy_id = coalesce(pv.policy_id, c.default_policy_id) AND p.kind <> 'FIFO'
	)
	SELECT g.item, g.policy_id, g.revision, g.kind = 'PROPORTIONAL', g.available, s.channel_code, s.priority,
		-- What is shared is what was there when the policy was activated and what came since: what is free, and what was taken.
		CASE WHEN g.kind = 'PRIORITY' THEN s.promised
			ELSE greatest(s.floor, (g.available + g.taken) * s.share_basis_points / 10000 * (10000 - g.lendable_basis_points) / 10000) END,
		CASE WHEN g.kind = 'PROPORTIONAL' THEN coalesce((SELECT u.consumed::bigint FROM stock.allocation_usage u
			WHERE u.variant_id = g.item AND u.channel_code = s.channel_code AND u.policy_revision = g.revision), 0) ELSE 0 END
	FROM governed g JOIN stock.allocation_shares s ON s.policy_id = g.policy_id
$$;
--> statement-breakpoint
-- How many units of the pool each channel may take: all but what others are guaranteed and have not taken yet. Under priority only
-- those that come before the channel are others; a channel that the policy does not name comes last.
CREATE FUNCTION "stock"."caps"(ids uuid[], channels text[]) RETURNS TABLE (item uuid, channel_code text, policy_id uuid, cap bigint) LANGUAGE sql STABLE ROWS 50 AS $$
	SELECT t.item, t.code, t.policy_id, greatest(0, max(t.pool_available) - coalesce(sum(greatest(0, t.guaranteed - t.consumed))
		FILTER (WHERE t.channel_code <> t.code AND (t.consumes OR t.priority < t.own_priority)), 0))::bigint
	FROM (
		SELECT c.*, a.code, coalesce(max(c.priority) FILTER (WHERE c.channel_code = a.code) OVER (PARTITION BY c.item, a.code), 2147483647) AS own_priority
		FROM stock.claims(ids) c CROSS JOIN (SELECT DISTINCT code FROM unnest(channels) AS given (code)) AS a
	) AS t GROUP BY t.item, t.code, t.policy_id
$$;
--> statement-breakpoint
-- What each location lets a channel have of variants (no bundles): what is available there beyond the channel's safety stock; and
-- whether the location belongs to the pool of the variant's policy. Levels are read by variant (OFFSET 0 keeps it so): as long as there are
-- no statistics, a plan would rather begin with the places and look for all variants at each of them.
CREATE FUNCTION "stock"."location_offers"(ids uuid[], only_channel text DEFAULT NULL, only_places uuid[] DEFAULT NULL) RETURNS TABLE (
	item uuid, channel_code text, location_id uuid, free integer, pooled boolean
) LANGUAGE sql STABLE ROWS 100 AS $$
	SELECT l.variant_id, p.channel_code, l.location_id, greatest(0, l.available - coalesce(s.quantity, 0)), pp.location_id IS NOT NULL
	FROM (
		SELECT * FROM stock.levels v WHERE v.variant_id = ANY (ids) AND (only_places IS NULL OR v.location_id = ANY (only_places)) OFFSET 0
	) AS l JOIN stock.channel_places p ON p.location_id = l.location_id
	CROSS JOIN stock.configuration c
	LEFT JOIN stock.safety_stocks s ON s.channel_code = p.channel_code AND s.location_id = l.location_id
	LEFT JOIN stock.policy_variants pv ON pv.variant_id = l.variant_id
	LEFT JOIN stock.policy_pools pp ON pp.policy_id = coalesce(pv.policy_id, c.default_policy_id) AND pp.location_id = l.location_id
	WHERE only_channel IS NULL OR p.channel_code = only_channel
$$;
--> statement-breakpoint
-- How many units of each variant a channel can sell, bundles included; a channel without a location that has a level of it is not among
-- the rows and can sell none. For all channels when none is named.
CREATE FUNCTION "stock"."offers"(ids uuid[], only_channel text DEFAULT NULL) RETURNS TABLE (item uuid, channel_code text, sellable integer)
LANGUAGE plpgsql STABLE ROWS 100 SET enable_seqscan = off SET enable_hashjoin = on SET enable_mergejoin = on SET plan_cache_mode = auto
SET jit = off SET max_parallel_workers_per_gather = 0 AS $$
#variable_conflict use_column
DECLARE
	conf stock.configuration;
	bundle_ids uuid[] := '{}';
	plain_ids uuid[] := ids;
	codes text[];
BEGIN
	SELECT * INTO conf FROM stock.configuration;
	IF conf.has_bundles THEN
		bundle_ids := array(SELECT DISTINCT b.bundle_id FROM stock.bundle_components b WHERE b.bundle_id = ANY (ids));
		plain_ids := array(SELECT given.id FROM unnest(ids) AS given (id) WHERE given.id <> ALL (bundle_ids));
	END IF;
	IF NOT conf.has_policies AND NOT conf.has_safety_stocks THEN
		IF only_channel IS NULL THEN
			RETURN QUERY SELECT l.variant_id, p.channel_code, least(sum(l.available), 2147483647)::int
				FROM (SELECT * FROM stock.levels v WHERE v.variant_id = ANY (plain_ids) OFFSET 0) AS l
				JOIN stock.channel_places p ON p.location_id = l.location_id GROUP BY l.variant_id, p.channel_code;
		ELSE
			RETURN QUERY SELECT l.variant_id, only_channel, least(sum(l.available), 2147483647)::int
				FROM (SELECT * FROM stock.levels v WHERE v.variant_id = ANY (plain_ids) OFFSET 0) AS l
				JOIN stock.channel_places p ON p.location_id = l.location_id AND p.channel_code = only_channel GROUP BY l.variant_id;
		END IF;
	ELSE
		codes := CASE WHEN only_channel IS NULL THEN array(SELECT c.channel_code FROM stock.channel_locations c) ELSE ARRAY[only_channel] END;
		RETURN QUERY
			-- No cap is no limit: least() passes over what is null.
			SELECT t.item, t.channel_code, least(coalesce(sum(t.free) FILTER (WHERE NOT t.pooled), 0)
				+ least(coalesce(sum(t.free) FILTER (WHERE t.pooled), 0), max(t.cap)), 2147483647)::int
			FROM (
				SELECT o.item, o.channel_code, o.free, o.pooled, NULL::bigint AS cap FROM stock.location_offers(plain_ids, only_channel) o
				UNION ALL SELECT c.item, c.channel_code, NULL, NULL, c.cap FROM stock.caps(plain_ids, codes) c
			) AS t GROUP BY t.item, t.channel_code HAVING count(t.free) > 0;
	END IF;
	IF bundle_ids <> '{}' THEN
		RETURN QUERY SELECT * FROM stock.bundle_offers(bundle_ids, only_channel);
	END IF;
END $$;
--> statement-breakpoint
-- How many of each bundle a channel can sell: one is made of components at one location, and what policies allow of each component is
-- used up in order of how many of them count at a location. That is the most that can be made of two components, or of pools of which
-- one lies in the other; of three whose pools overlap in a ring it may be less, never more.
CREATE FUNCTION "stock"."bundle_offers"(ids uuid[], only_channel text DEFAULT NULL) RETURNS TABLE (item uuid, channel_code text, sellable integer)
LANGUAGE plpgsql STABLE ROWS 10 AS $$
#variable_conflict use_column
DECLARE
	part record;
	left_of jsonb := '{}';
	sets bigint;
	total bigint := 0;
	bundle uuid;
	code text;
	member record;
BEGIN
	FOR part IN
		WITH components AS MATERIALIZED (SELECT * FROM stock.bundle_components b WHERE b.bundle_id = ANY (ids)),
		offered AS MATERIALIZED (SELECT * FROM stock.location_offers(array(SELECT DISTINCT component_id FROM components), only_channel)),
		capped AS MATERIALIZED (SELECT * FROM stock.caps(array(SELECT DISTINCT component_id FROM components), array(SELECT DISTINCT channel_code FROM offered)))
		SELECT c.bundle_id, o.channel_code, o.location_id, min(o.free / c.quantity)::bigint AS sets,
			jsonb_agg(jsonb_build_array(c.component_id, c.quantity, k.cap)) FILTER (WHERE o.pooled AND k.cap IS NOT NULL) AS limits
		FROM components c JOIN offered o ON o.item = c.component_id LEFT JOIN capped k ON k.item = o.item AND k.channel_code = o.channel_code
		GROUP BY c.bundle_id, o.channel_code, o.location_id
		HAVING count(*) = (SELECT count(*) FROM components n WHERE n.bundle_id = c.bundle_id)
		-- Where fewest policies count first: a set made there leaves more to the places that need several at once.
		ORDER BY c.bundle_id, o.channel_code, count(*) FILTER (WHERE o.pooled AND k.cap IS NOT NULL), o.location_id
	LOOP
		IF bundle IS DISTINCT FROM part.bundle_id OR code IS DISTINCT FROM part.channel_code THEN
			IF bundle IS NOT NULL THEN RETURN QUERY SELECT bundle, code, least(total, 2147483647)::int; END IF;
			bundle := part.bundle_id; code := part.channel_code; total := 0; left_of := '{}';
		END IF;
		sets := part.sets;
		FOR member IN SELECT l ->> 0 AS id, (l ->> 1)::bigint AS quantity, (l ->> 2)::bigint AS cap FROM jsonb_array_elements(part.limits) AS l LOOP
			sets := least(sets, coalesce((left_of ->> member.id)::bigint, member.cap) / member.quantity);
		END LOOP;
		FOR member IN SELECT l ->> 0 AS id, (l ->> 1)::bigint AS quantity, (l ->> 2)::bigint AS cap FROM jsonb_array_elements(part.limits) AS l LOOP
			left_of := left_of || jsonb_build_object(member.id, coalesce((left_of ->> member.id)::bigint, member.cap) - sets * member.quantity);
		END LOOP;
		total := total + sets;
	END LOOP;
	IF bundle IS NOT NULL THEN RETURN QUERY SELECT bundle, code, least(total, 2147483647)::int; END IF;
END $$;
--> statement-breakpoint
-- What a bundle counts: the changes of its components; its own once more when it has none any more.
CREATE FUNCTION "stock"."bundle_count"(bundle uuid) RETURNS bigint LANGUAGE sql STABLE AS $$
	SELECT coalesce(CASE WHEN EXISTS (SELECT FROM stock.bundle_components k WHERE k.bundle_id = bundle)
		THEN (SELECT sum(v.version) FROM stock.bundle_components k JOIN stock.variant_versions v ON v.variant_id = k.component_id WHERE k.bundle_id = bundle)
		ELSE (SELECT v.version FROM stock.variant_versions v WHERE v.variant_id = bundle) END, 0)::bigint
$$;
--> statement-breakpoint
-- The version that clients are told: what the variant counted (for a bundle, what its components counted), and what the configuration
-- counted. Both only grow, so their sum does. 0 for a variant that never had stock.
CREATE FUNCTION "stock"."versions"(ids uuid[]) RETURNS TABLE (item uuid, version bigint) LANGUAGE sql STABLE ROWS 10 AS $$
	SELECT g.id, CASE
		WHEN b.bundle_id IS NOT NULL THEN b.version_base + c.revision + stock.bundle_count(b.bundle_id)
		WHEN own.variant_id IS NOT NULL THEN own.version + c.revision ELSE 0 END
	FROM (SELECT DISTINCT id FROM unnest(ids) AS given (id)) AS g CROSS JOIN stock.configuration c
	LEFT JOIN stock.bundles b ON c.has_bundles AND b.bundle_id = g.id
	LEFT JOIN stock.variant_versions own ON own.variant_id = g.id
$$;
--> statement-breakpoint
-- Units that became free go to who waits for them longest: the entries that follow from entries that free units, with the lines
-- changed. Behind the locks.
CREATE FUNCTION "stock"."serve_waiting"(entries "stock"."entry"[]) RETURNS "stock"."entry"[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	served stock.entry[] := '{}';
	place record;
	line record;
	units integer;
	remaining bigint;
	revision bigint;
BEGIN
	FOR place IN
		SELECT e.variant_id, e.location_id,
			coalesce((SELECT l.available FROM stock.levels l WHERE l.variant_id = e.variant_id AND l.location_id = e.location_id), 0)
			+ sum(CASE WHEN e.to_state = 'AVAILABLE' THEN e.quantity WHEN e.from_state = 'AVAILABLE' THEN -e.quantity ELSE 0 END) AS available
		FROM unnest(entries) AS e GROUP BY e.variant_id, e.location_id
		HAVING bool_or(e.to_state = 'AVAILABLE') AND EXISTS (
			SELECT FROM stock.reservation_lines w WHERE w.variant_id = e.variant_id AND w.location_id = e.location_id AND w.waiting > 0)
	LOOP
		remaining := place.available;
		revision := stock.consuming_revision(place.variant_id, place.location_id);
		FOR line IN
			SELECT w.reservation_id, w.waiting, w.quantity - w.shorted - w.shipped - w.waiting AS covered, w.policy_revision, r.status, r.key, r.channel_code
			FROM stock.reservation_lines w JOIN stock.reservations r USING (reservation_id)
			WHERE w.variant_id = place.variant_id AND w.location_id = place.location_id AND w.waiting > 0 AND r.status IN ('held', 'committed')
			ORDER BY w.reservation_id
		LOOP
			EXIT WHEN remaining <= 0;
			units := least(remaining, line.waiting);
			remaining := remaining - units;
			UPDATE stock.reservation_lines SET waiting = waiting - units, policy_revision = revision
			WHERE reservation_id = line.reservation_id AND variant_id = place.variant_id AND location_id = place.location_id;
			UPDATE stock.selling_policies SET sold_ahead = greatest(0, sold_ahead - units) WHERE variant_id = place.variant_id;
			-- A line counts in one pool: what was covered under another policy, or none, goes over to the one that governs now.
			PERFORM stock.return_usage(ARRAY[place.variant_id], ARRAY[line.channel_code], ARRAY[line.policy_revision], ARRAY[line.covered])
			WHERE line.policy_revision IS DISTINCT FROM revision AND line.covered > 0;
			PERFORM stock.take_usage(line.channel_code, ARRAY[place.variant_id], ARRAY[revision],
				ARRAY[units + CASE WHEN line.policy_revision IS DISTINCT FROM revision THEN line.covered ELSE 0 END]);
			served := served || ROW(place.variant_id, place.location_id, CASE line.status WHEN 'held' THEN 'RESERVED' ELSE 'COMMITTED' END, units, 'AVAILABLE',
				CASE line.status WHEN 'held' THEN 'RESERVED' ELSE 'COMMITTED' END, line.reservation_id, NULL, 'BACKORDER', NULL)::stock.entry;
			INSERT INTO stock.outbox (event_id, topic, key, payload, occurred_at) VALUES (stock.new_id(), 'stock.backorder.allocated', line.key,
				jsonb_build_object('reservationId', line.reservation_id, 'key', line.key, 'variantId', place.variant_id, 'locationId', place.location_id, 'quantity', units),
				stock.app_now());
		END LOOP;
	END LOOP;
	RETURN served;
END $$;
--> statement-breakpoint
-- Books entries, which is how every command ends: changes the levels, gives each variant its next version, appends to the ledger, notes
-- and tells the change. The caller holds the variants' locks. Relative to the newest rows: should anything have written past the locks,
-- the constraints decide. Breaks the constraint of the level that would go below zero.
CREATE FUNCTION "stock"."book"(entries "stock"."entry"[]) RETURNS void LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	conf stock.configuration;
	all_entries stock.entry[] := entries;
	d_variant uuid[]; d_location uuid[]; d_available int[]; d_reserved int[]; d_committed int[]; d_safety int[]; d_damaged int[]; d_inspection int[]; d_incoming int[];
	ids uuid[];
	numbers bigint[];
	moments timestamptz[];
	changed integer;
	moment timestamptz := stock.app_clock();
BEGIN
	IF coalesce(cardinality(entries), 0) = 0 THEN RETURN; END IF;
	SELECT * INTO conf FROM stock.configuration;
	IF conf.has_backorders THEN all_entries := entries || stock.serve_waiting(entries); END IF;
	SELECT array_agg(d.variant_id), array_agg(d.location_id), array_agg(d.available), array_agg(d.reserved), array_agg(d.committed), array_agg(d.safety),
		array_agg(d.damaged), array_agg(d.inspection), array_agg(d.incoming)
	INTO d_variant, d_location, d_available, d_reserved, d_committed, d_safety, d_damaged, d_inspection, d_incoming
	FROM (
		SELECT e.variant_id, e.location_id,
			sum(CASE WHEN to_state = 'AVAILABLE' THEN quantity WHEN from_state = 'AVAILABLE' THEN -quantity ELSE 0 END)::int AS available,
			sum(CASE WHEN to_state = 'RESERVED' THEN quantity WHEN from_state = 'RESERVED' THEN -quantity ELSE 0 END)::int AS reserved,
			sum(CASE WHEN to_state = 'COMMITTED' THEN quantity WHEN from_state = 'COMMITTED' THEN -quantity ELSE 0 END)::int AS committed,
			sum(CASE WHEN to_state = 'SAFETY' THEN quantity WHEN from_state = 'SAFETY' THEN -quantity ELSE 0 END)::int AS safety,
			sum(CASE WHEN to_state = 'DAMAGED' THEN quantity WHEN from_state = 'DAMAGED' THEN -quantity ELSE 0 END)::int AS damaged,
			sum(CASE WHEN to_state = 'INSPECTION' THEN quantity WHEN from_state = 'INSPECTION' THEN -quantity ELSE 0 END)::int AS inspection,
			sum(CASE WHEN to_state = 'INCOMING' THEN quantity WHEN from_state = 'INCOMING' THEN -quantity ELSE 0 END)::int AS incoming
		FROM unnest(all_entries) AS e GROUP BY e.variant_id, e.location_id
	) AS d;
	PERFORM set_config('stock.booking', 'on', true);
	UPDATE stock.levels l SET available = l.available + d.available, reserved = l.reserved + d.reserved, committed = l.committed + d.committed,
		safety = l.safety + d.safety, damaged = l.damaged + d.damaged, inspection = l.inspection + d.inspection, incoming = l.incoming + d.incoming
	FROM unnest(d_variant, d_location, d_available, d_reserved, d_committed, d_safety, d_damaged, d_inspection, d_incoming)
		AS d (variant_id, location_id, available, reserved, committed, safety, damaged, inspection, incoming)
	WHERE l.variant_id = d.variant_id AND l.location_id = d.location_id;
	GET DIAGNOSTICS changed = ROW_COUNT;
	IF changed < cardinality(d_variant) THEN
		INSERT INTO stock.levels (variant_id, location_id, available, reserved, committed, safety, damaged, inspection, incoming)
		SELECT d.* FROM unnest(d_variant, d_location, d_available, d_reserved, d_committed, d_safety, d_damaged, d_inspection, d_incoming)
			AS d (variant_id, location_id, available, reserved, committed, safety, damaged, inspection, incoming)
		WHERE NOT EXISTS (SELECT FROM stock.levels l WHERE l.variant_id = d.variant_id AND l.location_id = d.location_id);
	END IF;
	PERFORM set_config('stock.booking', 'off', true);
	WITH bumped AS (
		UPDATE stock.variant_versions v SET version = v.version + 1, changed_at = greatest(v.changed_at, moment)
		WHERE v.variant_id = ANY (d_variant) RETURNING v.variant_id, v.version, v.changed_at
	)
	SELECT array_agg(b.variant_id ORDER BY b.variant_id), array_agg(b.version ORDER BY b.variant_id), array_agg(b.changed_at ORDER BY b.variant_id)
	INTO ids, numbers, moments FROM bumped b;
	IF coalesce(cardinality(ids), 0) <> (SELECT count(DISTINCT v) FROM unnest(d_variant) AS v) THEN
		RAISE EXCEPTION 'a variant was booked whose row was not locked' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'levels_variant_locked';
	END IF;
	-- Who stands where among the variants is who stands where in `ids`.
	INSERT INTO stock.movements (variant_id, version, entry, location_id, kind, quantity, from_state, to_state, reservation_id, reference, reason, actor, booked_at)
	SELECT e.variant_id, numbers[e.pos], e.entry, e.location_id, e.kind, e.quantity, e.from_state, e.to_state, e.reservation_id, e.reference, e.reason, e.actor, moments[e.pos]
	FROM (
		SELECT e.*, row_number() OVER (PARTITION BY e.variant_id ORDER BY e.n) AS entry, dense_rank() OVER (ORDER BY e.variant_id) AS pos
		FROM unnest(all_entries) WITH ORDINALITY AS e (variant_id, location_id, kind, quantity, from_state, to_state, reservation_id, reference, reason, actor, n)
	) AS e;
	INSERT INTO stock.availability_log (variant_ids, logged_at) VALUES (ids, moment);
	INSERT INTO stock.outbox (event_id, topic, key, payload, occurred_at)
	SELECT stock.new_id(), 'stock.availability.changed', min(t.variant_id::text), json_build_object('asOf', moment, 'variants', json_agg(
		json_build_object('variantId', t.variant_id, 'version', t.version, 'sellable', t.sellable)))::jsonb, stock.app_now()
	FROM (
		SELECT c.variant_id, coalesce(max(c.told), max(c.version) + conf.revision) AS version,
			coalesce(json_object_agg(c.channel_code, c.sellable) FILTER (WHERE c.channel_code IS NOT NULL), '{}') AS sellable, row_number() OVER () / 500 AS part
		FROM (
			SELECT b.variant_id, b.version, NULL::bigint AS told, NULL::text AS channel_code, NULL::int AS sellable FROM unnest(ids, numbers) AS b (variant_id, version)
			UNION ALL SELECT o.item, NULL, NULL, o.channel_code, o.sellable FROM stock.offers(ids) o
			-- What was a bundle does not count from its own beginning; what is one is told by what its components tell.
			UNION ALL SELECT n.item, NULL, n.version, NULL, NULL FROM stock.versions(CASE WHEN conf.has_bundles THEN ids END) n
		) AS c
		WHERE NOT conf.has_bundles OR NOT EXISTS (SELECT FROM stock.bundle_components k WHERE k.bundle_id = c.variant_id)
		GROUP BY c.variant_id
	) AS t GROUP BY t.part;
END $$;
--> statement-breakpoint
-- Units that a channel consumed of pools are given back, of lines under the policy that still governs.
CREATE FUNCTION "stock"."return_usage"(variants uuid[], channels text[], revisions bigint[], units integer[]) RETURNS void LANGUAGE sql VOLATILE AS $$
	UPDATE stock.allocation_usage u SET consumed = greatest(0, u.consumed - g.units) FROM (
		SELECT v, c, r, sum(n)::int AS units FROM unnest(variants, channels, revisions, units) AS given (v, c, r, n) WHERE r IS NOT NULL GROUP BY v, c, r
	) AS g WHERE u.variant_id = g.v AND u.channel_code = g.c AND u.policy_revision = g.r
$$;
--> statement-breakpoint
-- Ends holds whose variants the caller has locked, each as asked (committed, released, expired); whatever is asked for, a hold that is
-- over expires. Conditional: a reservation that is not held stays as it is, and so does one that was shorted and shall be committed.
CREATE FUNCTION "stock"."finish_holds"(ids uuid[], endings text[]) RETURNS void LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
	moment timestamptz := stock.app_clock();
	ended uuid[]; statuses text[]; channels text[];
	-- The lines of those that ended, and of each line which of them it belongs to.
	l_ended int[]; l_variant uuid[]; l_location uuid[]; l_units int[]; l_waiting int[]; l_revision bigint[];
	returned int[];
	entries stock.entry[];
BEGIN
	WITH done AS (
		UPDATE stock.reservations r SET status = CASE WHEN r.expires_at > moment THEN g.ending ELSE 'expired' END, ended_at = moment
		FROM unnest(ids, endings) AS g (reservation_id, ending)
		WHERE r.reservation_id = g.reservation_id AND r.status = 'held' AND (g.ending <> 'expired' OR r.expires_at <= moment)
			AND (g.ending <> 'committed' OR r.expires_at <= moment
				OR coalesce((SELECT max(l.shorted) FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id), 0) = 0)
		RETURNING r.reservation_id, r.status, r.expires_at, r.channel_code
	), gone AS (
		DELETE FROM stock.hold_deadlines h USING done d WHERE h.expires_at = d.expires_at AND h.reservation_id = d.reservation_id
	)
	SELECT array_agg(d.reservation_id), array_agg(d.status), array_agg(d.channel_code) INTO ended, statuses, channels FROM done d;
	IF ended IS NULL THEN RETURN; END IF;
	SELECT array_agg(e.n), array_agg(l.variant_id), array_agg(l.location_id), array_agg(l.quantity - l.shorted - l.shipped - l.waiting), array_agg(l.waiting), array_agg(l.policy_revision)
	INTO l_ended, l_variant, l_location, l_units, l_waiting, l_revision
	FROM unnest(ended) WITH ORDINALITY AS e (reservation_id, n) JOIN stock.reservation_lines l ON l.reservation_id = e.reservation_id;
	SELECT array_agg(ROW(l_variant[n], l_location[n], upper(statuses[l_ended[n]]), l_units[n], 'RESERVED',
		CASE WHEN statuses[l_ended[n]] = 'committed' THEN 'COMMITTED' ELSE 'AVAILABLE' END, ended[l_ended[n]], NULL, NULL, NULL)::stock.entry)
	INTO entries FROM generate_subscripts(l_variant, 1) AS n WHERE l_units[n] > 0;
	returned := array(SELECT n FROM generate_subscripts(l_variant, 1) AS n WHERE statuses[l_ended[n]] <> 'committed');
	IF cardinality(returned) > 0 THEN
		PERFORM stock.return_usage(array_agg(l_variant[n]), array_agg(channels[l_ended[n]]), array_agg(l_revision[n]), array_agg(l_units[n]))
		FROM unnest(returned) AS n WHERE l_revision[n] IS NOT NULL HAVING count(*) > 0;
		UPDATE stock.selling_policies s SET sold_ahead = greatest(0, s.sold_ahead - g.units) FROM (
			SELECT l_variant[n] AS variant_id, sum(l_waiting[n]) AS units FROM unnest(returned) AS n WHERE l_waiting[n] > 0 GROUP BY 1
		) AS g WHERE s.variant_id = g.variant_id;
		DELETE FROM stock.reservation_lines l WHERE l.reservation_id = ANY (array(SELECT ended[l_ended[n]] FROM unnest(returned) AS n));
	END IF;
	PERFORM stock.book(entries);
END $$;
--> statement-breakpoint
-- Locks variants and ends the holds on them that are over, whose other variants are locked as well: the beginning of every decision about
-- what is free. @creating makes known what never had stock.
CREATE FUNCTION "stock"."lock_settled"(ids uuid[], creating boolean DEFAULT false) RETURNS void LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
DECLARE
	locked uuid[] := ids;
	-- A variable, because no index can be asked for what is before the value of a volatile function.
	moment timestamptz := stock.app_clock();
	over uuid[] := array(SELECT h.reservation_id FROM stock.hold_deadlines h WHERE h.expires_at <= moment ORDER BY h.expires_at LIMIT 500);
BEGIN
	IF over <> '{}' THEN
		over := array(SELECT DISTINCT l.reservation_id FROM stock.reservation_lines l WHERE l.reservation_id = ANY (over) AND l.variant_id = ANY (ids));
	END IF;
	IF over <> '{}' THEN
		locked := array(SELECT unnest(ids) UNION SELECT l.variant_id FROM stock.reservation_lines l WHERE l.reservation_id = ANY (over));
	END IF;
	IF creating THEN PERFORM stock.lock_new_variants(locked); ELSE PERFORM stock.lock_variants(locked); END IF;
	IF over <> '{}' THEN PERFORM stock.finish_holds(over, array_fill('expired'::text, ARRAY[cardinality(over)])); END IF;
END $$;
--> statement-breakpoint
-- Locks and reads in one, for statements that decide by themselves. A function, because each query in a volatile one takes a new
-- snapshot (READ COMMITTED): a query beside the lock in the caller's own statement would still see what was there before it waited.
CREATE FUNCTION "stock"."lock_levels"(ids uuid[], creating boolean DEFAULT false) RETURNS SETOF "stock"."levels" LANGUAGE plpgsql VOLATILE ROWS 10 AS $$
BEGIN
	PERFORM stock.lock_settled(ids, creating);
	RETURN QUERY SELECT * FROM stock.levels l WHERE l.variant_id = ANY (ids);
END $$;
--> statement-breakpoint
-- Ends reservations by key. Answers the state that each key is in afterwards, in no order: SHORTED is a hold that is short of units, null an unknown key.
CREATE FUNCTION "stock"."end_reservations"(keys text[], endings text[]) RETURNS TABLE (reservation_key text, status text) LANGUAGE plpgsql VOLATILE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
	ids uuid[];
	wanted text[];
BEGIN
	SELECT array_agg(r.reservation_id), array_agg(g.ending) INTO ids, wanted
	FROM unnest(keys, endings) AS g (key, ending) JOIN stock.reservations r ON r.key = g.key WHERE r.status = 'held';
	IF ids IS NOT NULL THEN
		PERFORM stock.lock_variants(array(SELECT DISTINCT l.variant_id FROM stock.reservation_lines l WHERE l.reservation_id = ANY (ids)));
		PERFORM stock.finish_holds(ids, wanted);
	END IF;
	RETURN QUERY SELECT g.key, CASE WHEN r.status = 'held' AND coalesce((SELECT max(l.shorted) FROM stock.reservation_lines l WHERE l.reservation_id = r.reservation_id), 0) > 0
		THEN 'SHORTED' ELSE upper(r.status) END FROM unnest(keys) AS g (key) LEFT JOIN stock.reservations r ON r.key = g.key;
END $$;
--> statement-breakpoint
-- Ends holds that are over, the longest first. A sweeper passes by holds whose variants somebody else is busy with (SKIP LOCKED): who
-- locks a variant ends the holds on it. Patiently it waits for them. Answers how many were over.
CREATE FUNCTION "stock"."expire_holds"(most integer, patient boolean) RETURNS integer LANGUAGE plpgsql VOLATILE SET enable_seqscan = off AS $$
DECLARE
	moment timestamptz := stock.app_clock();
	over uuid[] := array(SELECT h.reservation_id FROM stock.hold_deadlines h WHERE h.expires_at <= moment ORDER BY h.expires_at LIMIT most);
	variants uuid[];
	locked uuid[];
BEGIN
	IF over = '{}' THEN RETURN 0; END IF;
	variants := array(SELECT DISTINCT l.variant_id FROM stock.reservation_lines l WHERE l.reservation_id = ANY (over));
	IF patient THEN
		PERFORM stock.lock_variants(variants);
	ELSE
		PERFORM pg_advisory_xact_lock_shared(7105, 0);
		locked := array(SELECT v.variant_id FROM stock.variant_versions v WHERE v.variant_id = ANY (variants) ORDER BY v.variant_id FOR NO KEY UPDATE SKIP LOCKED);
		over := array(SELECT o.id FROM unnest(over) AS o (id) WHERE NOT EXISTS (
			SELECT FROM stock.reservation_lines l WHERE l.reservation_id = o.id AND l.variant_id <> ALL (locked)));
	END IF;
	PERFORM stock.finish_holds(over, array_fill('expired'::text, ARRAY[cardinality(over)])) WHERE over <> '{}';
	RETURN cardinality(over);
END $$;
--> statement-breakpoint
-- Frees units of a level for something that happened there, whatever was promised: takes them from what is available, then from
-- safety, then from the newest holds, then from the newest orders, which hear of it. Answers the entries that free them; they may
-- free less than wanted. The caller has locked the variant and books the entries together with its own.
CREATE FUNCTION "stock"."free_units"(variant uuid, location uuid, wanted integer, cause text, who text) RETURNS "stock"."entry"[] LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	level stock.levels;
	entries stock.entry[] := '{}';
	line record;
	missing integer;
	units integer;
BEGIN
	SELECT * INTO level FROM stock.levels l WHERE l.variant_id = variant AND l.location_id = location;
	missing := wanted - coalesce(level.available, 0);
	IF missing <= 0 THEN RETURN entries; END IF;
	units := least(missing, coalesce(level.safety, 0));
	IF units > 0 THEN
		entries := entries || ROW(variant, location, 'ADJUSTED', units, 'SAFETY', 'AVAILABLE', NULL, cause, 'SAFETY_USED', who)::stock.entry;
		missing := missing - units;
	END IF;
	FOR line IN
		SELECT l.reservation_id, l.quantity - l.shorted - l.shipped - l.waiting AS units, l.policy_revision, r.status, r.key, r.channel_code
		FROM stock.reservation_lines l JOIN stock.reservations r USING (reservation_id)
		WHERE l.variant_id = variant AND l.location_id = location AND r.status IN ('held', 'committed') AND l.quantity > l.shorted + l.shipped + l.waiting
		ORDER BY r.status = 'committed', l.reservation_id DESC
	LOOP
		EXIT WHEN missing <= 0;
		units := least(missing, line.units);
		missing := missing - units;
		UPDATE stock.reservation_lines SET shorted = shorted + units WHERE reservation_id = line.reservation_id AND variant_id = variant AND location_id = location;
		PERFORM stock.return_usage(ARRAY[variant], ARRAY[line.channel_code], ARRAY[line.policy_revision], ARRAY[units]);
		entries := entries || ROW(variant, location, 'RELEASED', units, CASE line.status WHEN 'held' THEN 'RESERVED' ELSE 'COMMITTED' END, 'AVAILABLE',
			line.reservation_id, NULL, 'SHORTED', who)::stock.entry;
		INSERT INTO stock.outbox (event_id, topic, key, payload, occurred_at) VALUES (stock.new_id(), 'stock.reservation.shorted', line.key,
			jsonb_build_object('reservationId', line.reservation_id, 'key', line.key, 'channel', line.channel_code, 'status', upper(line.status), 'variantId', variant,
				'locationId', location, 'quantity', units, 'cause', cause), stock.app_now());
	END LOOP;
	RETURN entries;
END $$;
--> statement-breakpoint
-- Holds many requests at once, decided in the order in which they came: each gets the first of its plans that holds as a whole, or
-- nothing; a request that does not fit leaves what it wanted to those behind it. Requests are arrays, and so are the allocations of
-- their plans, in order of request and plan, both numbered from 1 (plans from 0). One row per request: the plan that holds, null when none does;
-- `known` when the key has a reservation already; `bundled` when it asks for a bundle, which stands as its components in what is held.
CREATE FUNCTION "stock"."reserve"(
	ids uuid[], keys text[], channels text[], hashes text[], ttls integer[],
	a_request integer[], a_plan integer[], a_variant uuid[], a_location uuid[], a_quantity bigint[], a_ahead boolean[]
) RETURNS TABLE (request integer, plan integer, expires_at timestamptz, known boolean, bundled boolean) LANGUAGE plpgsql VOLATILE SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
DECLARE
	conf stock.configuration;
	locked uuid[];
	with_bundles int[] := '{}';
	known_keys text[]; taken_keys boolean[];
	a_pos int[]; a_offered boolean[]; a_buffer int[]; a_pool int[];
	free bigint[];
	-- Governed variants: what is free in the pool, and where the claims on it stand.
	g_item uuid[] := '{}'; g_free bigint[]; g_from int[]; g_to int[]; g_consumes boolean[]; g_revision bigint[];
	c_channel text[]; c_priority int[]; c_guaranteed bigint[]; c_consumed bigint[];
	-- Variants that may be sold ahead.
	s_item uuid[] := '{}'; s_left bigint[]; a_sold int[];
	-- The plan of each request, the requests that hold, and the allocations that they take.
	chosen int[]; won int[]; taken int[];
	n int; j int := 1; k int; first int; r int; p int; g int; x int;
	own text; own_priority int; need bigint; cap bigint; ok boolean;
	entries stock.entry[];
	moment timestamptz;
BEGIN
	PERFORM pg_advisory_xact_lock_shared(7105, 0);
	SELECT * INTO conf FROM stock.configuration;
	IF conf.has_bundles THEN
		with_bundles := array(SELECT DISTINCT a.request FROM unnest(a_request, a_variant) AS a (request, variant)
			WHERE EXISTS (SELECT FROM stock.bundle_components b WHERE b.bundle_id = a.variant));
		SELECT array_agg(t.request ORDER BY t.request, t.plan, t.variant), array_agg(t.plan ORDER BY t.request, t.plan, t.variant),
			array_agg(t.variant ORDER BY t.request, t.plan, t.variant), array_agg(t.location ORDER BY t.request, t.plan, t.variant),
			array_agg(t.quantity ORDER BY t.request, t.plan, t.variant), array_agg(t.ahead ORDER BY t.request, t.plan, t.variant)
		INTO a_request, a_plan, a_variant, a_location, a_quantity, a_ahead
		FROM (
			SELECT a.request, a.plan, coalesce(b.component_id, a.variant) AS variant, a.location, a.ahead, sum(a.quantity * coalesce(b.quantity, 1))::bigint AS quantity
			FROM unnest(a_request, a_plan, a_variant, a_location, a_quantity, a_ahead) AS a (request, plan, variant, location, quantity, ahead)
			LEFT JOIN stock.bundle_components b ON b.bundle_id = a.variant GROUP BY 1, 2, 3, 4, 5
		) AS t;
	END IF;
	n := cardinality(a_request);
	locked := array(SELECT DISTINCT v FROM unnest(a_variant) AS v);
	-- What stands in line behind this batch waits as long as it does.
	PERFORM set_config('lock_timeout', '2s', true);
	PERFORM stock.lock_settled(locked);
	known_keys := array(SELECT e.key FROM stock.reservations e WHERE e.key = ANY (keys));
	taken_keys := array(SELECT q.key = ANY (known_keys) FROM unnest(keys) WITH ORDINALITY AS q (key, n) ORDER BY q.n);

	SELECT array_agg(t.pos ORDER BY t.n), array_agg(t.offered ORDER BY t.n), array_agg(t.buffer ORDER BY t.n) INTO a_pos, a_offered, a_buffer
	FROM (
		SELECT a.n, dense_rank() OVER (ORDER BY a_variant[a.n], a_location[a.n]) AS pos,
			coalesce((SELECT true FROM stock.channel_places s WHERE s.location_id = a_location[a.n] AND s.channel_code = channels[a_request[a.n]]), false) AS offered,
			coalesce((SELECT b.quantity FROM stock.safety_stocks b
				WHERE conf.has_safety_stocks AND b.channel_code = channels[a_request[a.n]] AND b.location_id = a_location[a.n]), 0) AS buffer
		FROM generate_series(1, n) AS a (n)
	) AS t;
	free := array(SELECT coalesce((SELECT l.available FROM stock.levels l WHERE l.variant_id = t.variant AND l.location_id = t.location), 0)::bigint
		FROM (SELECT DISTINCT a_variant[a.n] AS variant, a_location[a.n] AS location FROM generate_series(1, n) AS a (n)) AS t ORDER BY t.variant, t.location);
	IF conf.has_policies THEN
		SELECT array_agg(c.channel_code ORDER BY c.item, c.channel_code), array_agg(c.priority ORDER BY c.item, c.channel_code),
			array_agg(c.guaranteed ORDER BY c.item, c.channel_code), array_agg(c.consumed ORDER BY c.item, c.channel_code)
		INTO c_channel, c_priority, c_guaranteed, c_consumed FROM stock.claims(locked) c;
		SELECT coalesce(array_agg(t.item ORDER BY t.item), '{}'), array_agg(t.free ORDER BY t.item), array_agg(t.upto - t.size + 1 ORDER BY t.item), array_agg(t.upto ORDER BY t.item),
			array_agg(t.consumes ORDER BY t.item), array_agg(t.revision ORDER BY t.item)
		INTO g_item, g_free, g_from, g_to, g_consumes, g_revision
		FROM (
			SELECT c.item, max(c.pool_available) AS free, count(*)::int AS size, (sum(count(*)) OVER (ORDER BY c.item))::int AS upto, bool_or(c.consumes) AS consumes, max(c.revision) AS revision
			FROM stock.claims(locked) c GROUP BY c.item
		) AS t;
		SELECT array_agg(CASE WHEN pp.location_id IS NULL THEN NULL ELSE i.n END ORDER BY a.n) INTO a_pool
		FROM unnest(a_variant, a_location) WITH ORDINALITY AS a (variant, location, n)
		LEFT JOIN unnest(g_item) WITH ORDINALITY AS i (item, n) ON i.item = a.variant
		LEFT JOIN stock.policy_variants pv ON pv.variant_id = a.variant
		LEFT JOIN stock.policy_pools pp ON pp.policy_id = coalesce(pv.policy_id, conf.default_policy_id) AND pp.location_id = a.location;
	END IF;
	IF conf.has_backorders THEN
		SELECT coalesce(array_agg(s.variant_id ORDER BY s.variant_id), '{}'), array_agg(greatest(0, s.limit_quantity - s.sold_ahead) ORDER BY s.variant_id) INTO s_item, s_left
		FROM stock.selling_policies s WHERE s.variant_id = ANY (locked) AND s.kind <> 'DENY';
		SELECT array_agg(CASE WHEN s.variant_id IS NULL THEN NULL ELSE i.n END ORDER BY a.n) INTO a_sold
		FROM unnest(a_request, a_variant) WITH ORDINALITY AS a (request, variant, n) JOIN unnest(channels) WITH ORDINALITY AS q (code, n) ON q.n = a.request
		LEFT JOIN unnest(s_item) WITH ORDINALITY AS i (item, n) ON i.item = a.variant
		LEFT JOIN stock.selling_policies s ON s.variant_id = i.item AND (s.channel_codes IS NULL OR q.code = ANY (s.channel_codes));
	END IF;

	chosen := array_fill(-1, ARRAY[cardinality(ids)]);
	won := '{}'; taken := '{}';
	WHILE j <= n LOOP
		r := a_request[j]; p := a_plan[j]; first := j;
		WHILE j <= n AND a_request[j] = r AND a_plan[j] = p LOOP j := j + 1; END LOOP;
		CONTINUE WHEN chosen[r] >= 0 OR taken_keys[r];
		ok := true;
		FOR k IN first..j - 1 LOOP
			IF a_ahead[k] THEN
				-- All that the plan sells ahead of the variant, wherever.
				need := 0;
				FOR x IN first..j - 1 LOOP
					IF a_ahead[x] AND a_variant[x] = a_variant[k] THEN need := need + a_quantity[x]; END IF;
				END LOOP;
				ok := conf.has_backorders AND a_offered[k] AND a_sold[k] IS NOT NULL AND s_left[a_sold[k]] >= need;
			ELSE
				ok := a_offered[k] AND free[a_pos[k]] - a_buffer[k] >= a_quantity[k];
			END IF;
			EXIT WHEN NOT ok;
		END LOOP;
		IF ok AND cardinality(g_item) > 0 THEN
			own := channels[r];
			k := first;
			WHILE ok AND k < j LOOP
				g := a_pool[k]; need := 0;
				IF g IS NULL THEN k := k + 1; CONTINUE; END IF;
				-- All that the plan takes of the variant's pool, wherever.
				FOR x IN first..j - 1 LOOP
					IF a_pool[x] = g AND NOT a_ahead[x] THEN need := need + a_quantity[x]; END IF;
				END LOOP;
				cap := g_free[g]; own_priority := 2147483647;
				FOR x IN g_from[g]..g_to[g] LOOP
					IF c_channel[x] = own THEN own_priority := c_priority[x]; END IF;
				END LOOP;
				FOR x IN g_from[g]..g_to[g] LOOP
					IF c_channel[x] <> own AND (g_consumes[g] OR c_priority[x] < own_priority) THEN cap := cap - greatest(0, c_guaranteed[x] - c_consumed[x]); END IF;
				END LOOP;
				ok := need <= greatest(0, cap);
				k := k + 1;
			END LOOP;
		END IF;
		CONTINUE WHEN NOT ok;
		chosen[r] := p; won := won || r;
		FOR k IN first..j - 1 LOOP
			taken := taken || k;
			IF a_ahead[k] THEN
				s_left[a_sold[k]] := s_left[a_sold[k]] - a_quantity[k];
			ELSE
				free[a_pos[k]] := free[a_pos[k]] - a_quantity[k];
				IF cardinality(g_item) > 0 AND a_pool[k] IS NOT NULL THEN
					g := a_pool[k];
					g_free[g] := g_free[g] - a_quantity[k];
					IF g_consumes[g] THEN
						FOR x IN g_from[g]..g_to[g] LOOP
							IF c_channel[x] = own THEN c_consumed[x] := c_consumed[x] + a_quantity[k]; END IF;
						END LOOP;
					END IF;
				END IF;
			END IF;
		END LOOP;
	END LOOP;

	moment := stock.app_clock();
	IF cardinality(won) > 0 THEN
		INSERT INTO stock.reservations (reservation_id, key, channel_code, status, plan_index, request_hash, expires_at, created_at)
		SELECT ids[w], keys[w], channels[w], 'held', chosen[w], hashes[w], moment + make_interval(secs => ttls[w]), moment FROM unnest(won) AS w;
		INSERT INTO stock.hold_deadlines (expires_at, reservation_id)
		SELECT moment + make_interval(secs => ttls[w]), ids[w] FROM unnest(won) AS w;
		INSERT INTO stock.reservation_lines (reservation_id, variant_id, location_id, quantity, waiting, policy_revision)
		SELECT ids[a_request[t]], a_variant[t], a_location[t], sum(a_quantity[t]), coalesce(sum(a_quantity[t]) FILTER (WHERE a_ahead[t]), 0),
			max(CASE WHEN g_consumes[a_pool[t]] THEN g_revision[a_pool[t]] END)
		FROM unnest(taken) AS t GROUP BY 1, 2, 3;
		SELECT array_agg(ROW(a_variant[t], a_location[t], 'RESERVED', a_quantity[t], 'AVAILABLE', 'RESERVED', ids[a_request[t]], NULL, NULL, NULL)::stock.entry) INTO entries
		FROM unnest(taken) AS t WHERE NOT a_ahead[t];
		IF conf.has_backorders THEN
			UPDATE stock.selling_policies s SET sold_ahead = s.sold_ahead + g.units FROM (
				SELECT a_variant[t] AS variant, sum(a_quantity[t]) AS units FROM unnest(taken) AS t WHERE a_ahead[t] GROUP BY 1
			) AS g WHERE s.variant_id = g.variant;
		END IF;
		IF cardinality(g_item) > 0 THEN
			INSERT INTO stock.allocation_usage AS u (variant_id, channel_code, policy_revision, consumed)
			SELECT a_variant[t], channels[a_request[t]], g_revision[a_pool[t]], sum(a_quantity[t])
			FROM unnest(taken) AS t WHERE NOT a_ahead[t] AND g_consumes[a_pool[t]] GROUP BY 1, 2, 3
			ON CONFLICT ON CONSTRAINT allocation_usage_pkey DO UPDATE SET policy_revision = excluded.policy_revision,
				consumed = CASE WHEN u.policy_revision = excluded.policy_revision THEN u.consumed + excluded.consumed ELSE excluded.consumed END;
		END IF;
		PERFORM stock.book(entries);
	END IF;
	RETURN QUERY SELECT q.n::int, CASE WHEN q.plan >= 0 THEN q.plan END, CASE WHEN q.plan >= 0 THEN moment + make_interval(secs => q.ttl) END, q.taken, q.n = ANY (with_bundles)
		FROM unnest(ttls, chosen, taken_keys) WITH ORDINALITY AS q (ttl, plan, taken, n);
END $$;
--> statement-breakpoint
-- Who changes what is configured calls this first: waits for the commands that run, and stops those that come until it has committed.
CREATE FUNCTION "stock"."lock_configuration"() RETURNS void LANGUAGE sql VOLATILE AS $$ SELECT pg_advisory_xact_lock(7105, 0) $$;
--> statement-breakpoint
-- And this last: works out the pools of active policies (locations in their scope that all their channels sell from), gives the
-- configuration its next revision, and tells everybody to look again.
CREATE FUNCTION "stock"."reconfigure"() RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	next_revision bigint;
BEGIN
	DELETE FROM stock.policy_pools;
	INSERT INTO stock.policy_pools (policy_id, location_id)
	SELECT p.policy_id, c.location_id FROM stock.allocation_policies p
	JOIN stock.allocation_shares s ON s.policy_id = p.policy_id JOIN stock.channel_places c ON c.channel_code = s.channel_code
	WHERE p.status = 'active' AND p.kind <> 'FIFO' AND (p.location_ids IS NULL OR c.location_id = ANY (p.location_ids))
	GROUP BY p.policy_id, c.location_id HAVING count(*) = (SELECT count(*) FROM stock.allocation_shares n WHERE n.policy_id = p.policy_id);
	DELETE FROM stock.policy_variants v WHERE NOT EXISTS (SELECT FROM stock.allocation_policies p WHERE p.policy_id = v.policy_id AND p.status = 'active');
	UPDATE stock.configuration SET revision = revision + 1,
		default_policy_id = (SELECT p.policy_id FROM stock.allocation_policies p WHERE p.status = 'active' AND p.variant_ids IS NULL),
		has_policies = EXISTS (SELECT FROM stock.allocation_policies p WHERE p.status = 'active' AND p.kind <> 'FIFO'),
		has_safety_stocks = EXISTS (SELECT FROM stock.safety_stocks),
		-- A bundle that was dissolved still goes on from the version that it had.
		has_bundles = EXISTS (SELECT FROM stock.bundles),
		has_backorders = EXISTS (SELECT FROM stock.selling_policies s WHERE s.kind <> 'DENY' OR s.sold_ahead > 0)
	RETURNING revision INTO next_revision;
	INSERT INTO stock.availability_log (variant_ids, logged_at) VALUES (NULL, stock.app_clock());
	INSERT INTO stock.outbox (event_id, topic, key, payload, occurred_at)
	VALUES (stock.new_id(), 'stock.configuration.changed', 'stock', jsonb_build_object('revision', next_revision), stock.app_now());
	RETURN next_revision;
END $$;
--> statement-breakpoint
-- Keeps newer states of bundles. Their versions never fall: a bundle goes on from what it counted before its components changed.
CREATE FUNCTION "stock"."save_bundles"(given jsonb) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	fresh uuid[];
	before jsonb;
BEGIN
	PERFORM stock.lock_configuration();
	fresh := array(SELECT g.bundle_id FROM jsonb_to_recordset(given) AS g (bundle_id uuid, revision int)
		WHERE NOT EXISTS (SELECT FROM stock.bundles b WHERE b.bundle_id = g.bundle_id AND b.revision >= g.revision));
	IF fresh = '{}' THEN RETURN false; END IF;
	SELECT jsonb_object_agg(v.item, v.version) INTO before FROM stock.versions(fresh) v;
	DELETE FROM stock.bundle_components c WHERE c.bundle_id = ANY (fresh);
	INSERT INTO stock.bundles (bundle_id, revision, version_base)
	SELECT DISTINCT ON (g.bundle_id) g.bundle_id, g.revision, 0 FROM jsonb_to_recordset(given) AS g (bundle_id uuid, revision int)
	WHERE g.bundle_id = ANY (fresh) ORDER BY g.bundle_id, g.revision DESC
	ON CONFLICT ON CONSTRAINT bundles_pkey DO UPDATE SET revision = excluded.revision;
	INSERT INTO stock.bundle_components (bundle_id, component_id, quantity)
	SELECT g.bundle_id, c.component_id, c.quantity
	FROM (SELECT DISTINCT ON (bundle_id) bundle_id, components FROM jsonb_to_recordset(given) AS g (bundle_id uuid, revision int, components jsonb) ORDER BY bundle_id, revision DESC) AS g
	CROSS JOIN jsonb_to_recordset(g.components) AS c (component_id uuid, quantity int) WHERE g.bundle_id = ANY (fresh);
	PERFORM stock.reconfigure();
	UPDATE stock.bundles b SET version_base = greatest(0, (before ->> b.bundle_id::text)::bigint + 1 - stock.bundle_count(b.bundle_id)
		- (SELECT c.revision FROM stock.configuration c)) WHERE b.bundle_id = ANY (fresh);
	RETURN true;
END $$;
--> statement-breakpoint
-- Keeps newer states of channels: the locations whose stock each sells.
CREATE FUNCTION "stock"."save_channel"(code text, its_revision integer, ids uuid[]) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	known stock.channel_locations;
BEGIN
	-- Channels are told again whenever a process starts: nothing waits for what is known.
	IF EXISTS (SELECT FROM stock.channel_locations c WHERE c.channel_code = code AND c.revision >= its_revision) THEN RETURN false; END IF;
	PERFORM stock.lock_configuration();
	SELECT * INTO known FROM stock.channel_locations c WHERE c.channel_code = code;
	IF known.revision >= its_revision THEN RETURN false; END IF;
	INSERT INTO stock.channel_locations (channel_code, revision, location_ids) VALUES (code, its_revision, ids)
	ON CONFLICT ON CONSTRAINT channel_locations_pkey DO UPDATE SET revision = excluded.revision, location_ids = excluded.location_ids;
	IF known.channel_code IS NOT NULL AND known.location_ids @> ids AND ids @> known.location_ids THEN RETURN true; END IF;
	DELETE FROM stock.channel_places p WHERE p.channel_code = code;
	INSERT INTO stock.channel_places (location_id, channel_code) SELECT DISTINCT given.id, code FROM unnest(ids) AS given (id);
	PERFORM stock.reconfigure();
	RETURN true;
END $$;
