-- Closing, archiving, verifying and repairing the ledger. Months are calendar months in UTC; closed ones are always the oldest, without gaps.

-- The variant's version after its last entry of the month at the location: what versions go on from when the month is archived.
ALTER TABLE "stock"."ledger_openings" ADD COLUMN "version" bigint NOT NULL;--> statement-breakpoint
CREATE TABLE "stock"."ledger_repairs" (
	"repair_id" uuid NOT NULL,
	"subject_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"repaired_by" text NOT NULL,
	"differences" jsonb NOT NULL,
	"repaired_at" timestamp with time zone NOT NULL,
	CONSTRAINT "ledger_repairs_pkey" PRIMARY KEY("repair_id","subject_id")
);
--> statement-breakpoint
-- When a month ends: the first moment that does not belong to it.
CREATE FUNCTION "stock"."month_end"(month date) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT (month + interval '1 month') AT TIME ZONE 'UTC'
$$;
--> statement-breakpoint
CREATE FUNCTION "stock"."ledger_partition"(month date) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT format('movements_%s_%s', lpad(extract(year FROM month)::text, 4, '0'), lpad(extract(month FROM month)::text, 2, '0'))
$$;
--> statement-breakpoint
CREATE FUNCTION "stock"."refuse_closed_month"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NEW.booked_at < (SELECT stock.month_end(max(m.month)) FROM stock.ledger_months m) THEN
		RAISE EXCEPTION 'the ledger of this month is closed'
			USING ERRCODE = 'restrict_violation', CONSTRAINT = 'movements_month_open';
	END IF;
	RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER "movements_month_open" BEFORE INSERT ON "stock"."movements_default"
	FOR EACH ROW EXECUTE FUNCTION "stock"."refuse_closed_month"();
--> statement-breakpoint
-- Makes the partitions from the month of a moment on; closed months are left alone. Repeating it is harmless. A partition is made
-- apart and attached: that waits for nobody who books or reads, but for those who do so in the default partition. Entries that lie
-- there, because a clock ran ahead of the partitions, move to their month.
CREATE OR REPLACE FUNCTION "stock"."prepare_ledger"(since timestamptz, months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
	first date := date_trunc('month', since AT TIME ZONE 'UTC')::date;
	closed date;
	it date;
	name text;
	begins timestamptz;
	ends timestamptz;
BEGIN
	PERFORM pg_advisory_xact_lock(7105, 1);
	SELECT max(m.month) INTO closed FROM stock.ledger_months m;
	FOR n IN 0..months LOOP
		it := (first + make_interval(months => n))::date;
		name := stock.ledger_partition(it);
		begins := it::timestamp AT TIME ZONE 'UTC';
		ends := stock.month_end(it);
		CONTINUE WHEN it <= closed OR to_regclass('stock.' || name) IS NOT NULL;
		EXECUTE format('CREATE TABLE stock.%I (LIKE stock.movements INCLUDING ALL)', name);
		LOCK TABLE stock.movements_default IN ACCESS EXCLUSIVE MODE;
		IF EXISTS (SELECT FROM stock.movements_default d WHERE d.booked_at >= begins AND d.booked_at < ends) THEN
			EXECUTE format('INSERT INTO stock.%I SELECT * FROM stock.movements_default d WHERE d.booked_at >= $1 AND d.booked_at < $2', name) USING begins, ends;
			ALTER TABLE stock.movements_default DISABLE TRIGGER movements_append_only;
			DELETE FROM stock.movements_default d WHERE d.booked_at >= begins AND d.booked_at < ends;
			ALTER TABLE stock.movements_default ENABLE TRIGGER movements_append_only;
		END IF;
		EXECUTE format('ALTER TABLE stock.movements ATTACH PARTITION stock.%I FOR VALUES FROM (%L) TO (%L)', name,
			to_char(begins AT TIME ZONE 'UTC', 'YYYY-MM-DD') || ' 00:00:00+00', to_char(ends AT TIME ZONE 'UTC', 'YYYY-MM-DD') || ' 00:00:00+00');
		EXECUTE format('CREATE TRIGGER movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stock.%I FOR EACH STATEMENT EXECUTE FUNCTION stock.refuse_ledger_change()', name);
	END LOOP;
END $$;
--> statement-breakpoint
-- The oldest month that is not closed, once it is over for more than an hour; null while there is none.
CREATE FUNCTION "stock"."month_to_close"() RETURNS date LANGUAGE sql VOLATILE AS $$
	SELECT n.month FROM (
		SELECT coalesce(
			(SELECT (max(m.month) + interval '1 month')::date FROM stock.ledger_months m),
			least(
				(SELECT min(to_date(substr(c.relname, 11), 'YYYY_MM')) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
					WHERE i.inhparent = 'stock.movements'::regclass AND c.relname ~ '^movements_[0-9]{4}_[0-9]{2}$'),
				(SELECT date_trunc('month', min(d.booked_at) AT TIME ZONE 'UTC')::date FROM stock.movements_default d))) AS month
	) AS n WHERE stock.month_end(n.month) + interval '1 hour' < stock.app_clock()
$$;
--> statement-breakpoint
-- Closes the oldest month that is over: keeps what each level that moved in it was at its end. Answers the month; null when there is
-- none, or when somebody else is at it. Whoever may still book into the month has locked its partition, so the lock here waits for
-- him; who comes later finds the month closed and is refused.
CREATE FUNCTION "stock"."close_month"() RETURNS date LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	it date;
	name text;
	entries bigint;
BEGIN
	IF NOT pg_try_advisory_xact_lock(7105, 1) THEN RETURN NULL; END IF;
	it := stock.month_to_close();
	IF it IS NULL THEN RETURN NULL; END IF;
	name := stock.ledger_partition(it);
	PERFORM stock.prepare_ledger(it::timestamp AT TIME ZONE 'UTC', 0);
	EXECUTE format('LOCK TABLE stock.%I IN SHARE ROW EXCLUSIVE MODE', name);
	EXECUTE format($sum$
		INSERT INTO stock.ledger_openings (variant_id, location_id, month, version, available, reserved, committed, safety, damaged, inspection, incoming)
		SELECT s.variant_id, s.location_id, $1, s.version, s.available + coalesce(o.available, 0), s.reserved + coalesce(o.reserved, 0), s.committed + coalesce(o.committed, 0),
			s.safety + coalesce(o.safety, 0), s.damaged + coalesce(o.damaged, 0), s.inspection + coalesce(o.inspection, 0), s.incoming + coalesce(o.incoming, 0)
		FROM (
			SELECT variant_id, location_id, max(version) AS version,
				sum(CASE WHEN to_state = 'AVAILABLE' THEN quantity WHEN from_state = 'AVAILABLE' THEN -quantity ELSE 0 END) AS available,
				sum(CASE WHEN to_state = 'RESERVED' THEN quantity WHEN from_state = 'RESERVED' THEN -quantity ELSE 0 END) AS reserved,
				sum(CASE WHEN to_state = 'COMMITTED' THEN quantity WHEN from_state = 'COMMITTED' THEN -quantity ELSE 0 END) AS committed,
				sum(CASE WHEN to_state = 'SAFETY' THEN quantity WHEN from_state = 'SAFETY' THEN -quantity ELSE 0 END) AS safety,
				sum(CASE WHEN to_state = 'DAMAGED' THEN quantity WHEN from_state = 'DAMAGED' THEN -quantity ELSE 0 END) AS damaged,
				sum(CASE WHEN to_state = 'INSPECTION' THEN quantity WHEN from_state = 'INSPECTION' THEN -quantity ELSE 0 END) AS inspection,
				sum(CASE WHEN to_state = 'INCOMING' THEN quantity WHEN from_state = 'INCOMING' THEN -quantity ELSE 0 END) AS incoming
			FROM stock.%I GROUP BY variant_id, location_id
		) AS s LEFT JOIN LATERAL (
			SELECT * FROM stock.ledger_openings p WHERE p.variant_id = s.variant_id AND p.location_id = s.location_id AND p.month < $1 ORDER BY p.month DESC LIMIT 1
		) AS o ON true
	$sum$, name) USING it;
	EXECUTE format('SELECT count(*) FROM stock.%I', name) INTO entries;
	EXECUTE format('CREATE TRIGGER movements_month_open BEFORE INSERT ON stock.%I FOR EACH ROW EXECUTE FUNCTION stock.refuse_closed_month()', name);
	INSERT INTO stock.ledger_months (month, state, entry_count, closed_at) VALUES (it, 'closed', entries, stock.app_clock());
	RETURN it;
END $$;
--> statement-breakpoint
-- Who needs several statements, or a long one, to read the ledger and the months that are closed keeps months from being dropped until its
-- transaction ends. The first lock of all: whoever drops a month waits here, before the ledger is locked, and so in nobody's way.
CREATE FUNCTION "stock"."keep_months"() RETURNS void LANGUAGE sql VOLATILE AS $$ SELECT pg_advisory_xact_lock_shared(7105, 3) $$;
--> statement-breakpoint
-- Gives up the entries of a closed month that stand in an archive, and says so, in one transaction. It needs the ledger for itself for a
-- moment, and whoever books waits behind it meanwhile: it gives up after a second.
CREATE FUNCTION "stock"."drop_month"(it date, its_archive text, its_checksum text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM pg_advisory_xact_lock(7105, 3);
	PERFORM pg_advisory_xact_lock(7105, 1);
	PERFORM set_config('lock_timeout', '1s', true);
	UPDATE stock.ledger_months m SET state = 'archived', archived_at = stock.app_clock(), archive = its_archive, checksum = its_checksum
	WHERE m.month = it AND m.state = 'closed' AND NOT EXISTS (SELECT FROM stock.ledger_months e WHERE e.month < it AND e.state <> 'archived');
	IF NOT FOUND THEN RETURN false; END IF;
	EXECUTE format('ALTER TABLE stock.movements DETACH PARTITION stock.%I', stock.ledger_partition(it));
	EXECUTE format('DROP TABLE stock.%I', stock.ledger_partition(it));
	RETURN true;
END $$;
--> statement-breakpoint
-- What a variant's levels were before a moment: what they were when the last closed month before it ended, and the entries since. Answers
-- `reached`, whether the moment has come; `knownSince`, since when the entries are here (null: from the beginning); and `levels`, null when the
-- moment has not come, or its entries are archived. Locations that never had the variant are not among the levels, unless asked for.
-- Months are kept before anything is read: each query behind it takes a new snapshot.
CREATE FUNCTION "stock"."levels_before"(variant uuid, only_location uuid, moment timestamptz, most integer) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	reached boolean := moment <= stock.app_clock();
	known_since timestamptz;
	base date;
	since timestamptz;
	found jsonb;
BEGIN
	PERFORM stock.keep_months();
	-- Who books the variant just now may have taken his time before the moment; then the lock waits for him.
	IF reached AND moment > stock.app_clock() - interval '1 minute' THEN
		PERFORM 1 FROM stock.variant_versions v WHERE v.variant_id = variant FOR SHARE;
	END IF;
	SELECT max(m.month) FILTER (WHERE stock.month_end(m.month) <= moment), stock.month_end(max(m.month) FILTER (WHERE m.state = 'archived'))
	INTO base, known_since FROM stock.ledger_months m;
	IF reached AND moment >= coalesce(known_since, '-infinity') THEN
		since := coalesce(stock.month_end(base), '-infinity');
		SELECT coalesce(jsonb_agg(jsonb_build_object('variantId', variant, 'locationId', p.location_id,
			'available', coalesce(o.available, 0) + coalesce(e.available, 0), 'reserved', coalesce(o.reserved, 0) + coalesce(e.reserved, 0),
			'committed', coalesce(o.committed, 0) + coalesce(e.committed, 0), 'safety', coalesce(o.safety, 0) + coalesce(e.safety, 0),
			'damaged', coalesce(o.damaged, 0) + coalesce(e.damaged, 0), 'inspection', coalesce(o.inspection, 0) + coalesce(e.inspection, 0),
			'incoming', coalesce(o.incoming, 0) + coalesce(e.incoming, 0)) ORDER BY p.code), '[]')
		INTO found
		FROM (
			SELECT l.location_id, l.code FROM stock.locations l
			WHERE CASE WHEN only_location IS NULL THEN EXISTS (SELECT FROM stock.levels k WHERE k.variant_id = variant AND k.location_id = l.location_id) ELSE l.location_id = only_location END
			ORDER BY l.code LIMIT most
		) AS p LEFT JOIN LATERAL (
			SELECT * FROM stock.ledger_openings q WHERE q.variant_id = variant AND q.location_id = p.location_id AND q.month <= base ORDER BY q.month DESC LIMIT 1
		) AS o ON true LEFT JOIN (
			SELECT m.location_id,
				sum(CASE WHEN to_state = 'AVAILABLE' THEN quantity WHEN from_state = 'AVAILABLE' THEN -quantity ELSE 0 END) AS available,
				sum(CASE WHEN to_state = 'RESERVED' THEN quantity WHEN from_state = 'RESERVED' THEN -quantity ELSE 0 END) AS reserved,
				sum(CASE WHEN to_state = 'COMMITTED' THEN quantity WHEN from_state = 'COMMITTED' THEN -quantity ELSE 0 END) AS committed,
				sum(CASE WHEN to_state = 'SAFETY' THEN quantity WHEN from_state = 'SAFETY' THEN -quantity ELSE 0 END) AS safety,
				sum(CASE WHEN to_state = 'DAMAGED' THEN quantity WHEN from_state = 'DAMAGED' THEN -quantity ELSE 0 END) AS damaged,
				sum(CASE WHEN to_state = 'INSPECTION' THEN quantity WHEN from_state = 'INSPECTION' THEN -quantity ELSE 0 END) AS inspection,
				sum(CASE WHEN to_state = 'INCOMING' THEN quantity WHEN from_state = 'INCOMING' THEN -quantity ELSE 0 END) AS incoming
			FROM stock.movements m WHERE m.variant_id = variant AND m.booked_at >= since AND m.booked_at < moment GROUP BY m.location_id
		) AS e ON e.location_id = p.location_id;
	END IF;
	RETURN jsonb_build_object('reached', reached, 'knownSince', known_since, 'levels', found);
END $$;
--> statement-breakpoint
-- Where what is kept of variants differs from what it follows from; variants from the first to the last id, both included. One snapshot,
-- so that it is right whoever books meanwhile. `what` says what was compared:
-- LEVEL: a state of a level with the ledger (archived months count as they ended).
-- LINES: what the ledger has reserved or committed with the open lines of reservations.
-- VERSION: the variant's version with its last one in the ledger. GAP: versions in the ledger with how many there should be.
-- SOLD_AHEAD: what is noted as sold ahead with the lines that wait. USAGE: what a channel consumed, which is never negative.
CREATE FUNCTION "stock"."find_differences"(first uuid, last uuid) RETURNS TABLE (
	what text, variant_id uuid, location_id uuid, state text, expected bigint, actual bigint
) LANGUAGE plpgsql VOLATILE ROWS 10 AS $$
#variable_conflict use_column
BEGIN
	PERFORM stock.keep_months();
	RETURN QUERY
	WITH entry AS MATERIALIZED (
		SELECT m.variant_id, m.location_id, m.version, m.entry, m.quantity, m.from_state, m.to_state
		FROM stock.movements m WHERE m.variant_id >= first AND m.variant_id <= last
	), opened AS MATERIALIZED (
		SELECT DISTINCT ON (o.variant_id, o.location_id) o.* FROM stock.ledger_openings o
		WHERE o.variant_id >= first AND o.variant_id <= last AND o.month <= (SELECT max(m.month) FROM stock.ledger_months m WHERE m.state = 'archived')
		ORDER BY o.variant_id, o.location_id, o.month DESC
	), rebuilt AS MATERIALIZED (
		SELECT variant_id, location_id, sum(available)::bigint AS available, sum(reserved)::bigint AS reserved, sum(committed)::bigint AS committed,
			sum(safety)::bigint AS safety, sum(damaged)::bigint AS damaged, sum(inspection)::bigint AS inspection, sum(incoming)::bigint AS incoming
		FROM (
			SELECT variant_id, location_id, available, reserved, committed, safety, damaged, inspection, incoming FROM opened
			UNION ALL
			SELECT variant_id, location_id,
				sum(CASE WHEN to_state = 'AVAILABLE' THEN quantity WHEN from_state = 'AVAILABLE' THEN -quantity ELSE 0 END),
				sum(CASE WHEN to_state = 'RESERVED' THEN quantity WHEN from_state = 'RESERVED' THEN -quantity ELSE 0 END),
				sum(CASE WHEN to_state = 'COMMITTED' THEN quantity WHEN from_state = 'COMMITTED' THEN -quantity ELSE 0 END),
				sum(CASE WHEN to_state = 'SAFETY' THEN quantity WHEN from_state = 'SAFETY' THEN -quantity ELSE 0 END),
				sum(CASE WHEN to_state = 'DAMAGED' THEN quantity WHEN from_state = 'DAMAGED' THEN -quantity ELSE 0 END),
				sum(CASE WHEN to_state = 'INSPECTION' THEN quantity WHEN from_state = 'INSPECTION' THEN -quantity ELSE 0 END),
				sum(CASE WHEN to_state = 'INCOMING' THEN quantity WHEN from_state = 'INCOMING' THEN -quantity ELSE 0 END)
			FROM entry GROUP BY variant_id, location_id
		) AS part GROUP BY variant_id, location_id
	), line AS MATERIALIZED (
		SELECT l.variant_id, l.location_id, coalesce(sum(l.quantity - l.shorted - l.shipped - l.waiting) FILTER (WHERE r.status = 'held'), 0) AS reserved,
			coalesce(sum(l.quantity - l.shorted - l.shipped - l.waiting) FILTER (WHERE r.status = 'committed'), 0) AS committed, sum(l.waiting) AS waiting
		FROM stock.reservation_lines l JOIN stock.reservations r USING (reservation_id)
		WHERE l.variant_id >= first AND l.variant_id <= last AND r.status IN ('held', 'committed') GROUP BY l.variant_id, l.location_id
	), counted AS (
		SELECT variant_id, coalesce(o.version, 0) AS base, e.least, e.most, coalesce(e.versions, 0) AS versions, coalesce(e.firsts, 0) AS firsts, v.version
		FROM (SELECT variant_id, max(version) AS version FROM opened GROUP BY variant_id) AS o
		FULL JOIN (
			SELECT variant_id, min(version) AS least, max(version) AS most, count(DISTINCT version) AS versions, count(*) FILTER (WHERE entry = 1) AS firsts
			FROM entry GROUP BY variant_id
		) AS e USING (variant_id)
		FULL JOIN (SELECT n.variant_id, n.version FROM stock.variant_versions n WHERE n.variant_id >= first AND n.variant_id <= last) AS v USING (variant_id)
	), difference AS (
		SELECT 1 AS rank, 'LEVEL' AS what, variant_id, location_id, s.state, s.expected, s.actual
		FROM rebuilt r FULL JOIN (SELECT * FROM stock.levels n WHERE n.variant_id >= first AND n.variant_id <= last) AS k USING (variant_id, location_id)
		CROSS JOIN LATERAL (VALUES ('AVAILABLE', r.available, k.available), ('RESERVED', r.reserved, k.reserved), ('COMMITTED', r.committed, k.committed),
			('SAFETY', r.safety, k.safety), ('DAMAGED', r.damaged, k.damaged), ('INSPECTION', r.inspection, k.inspection), ('INCOMING', r.incoming, k.incoming)
		) AS s (state, expected, actual)
		UNION ALL
		SELECT 2, 'LINES', variant_id, location_id, s.state, s.expected, s.actual
		FROM rebuilt r FULL JOIN line l USING (variant_id, location_id)
		CROSS JOIN LATERAL (VALUES ('RESERVED', l.reserved, r.reserved), ('COMMITTED', l.committed, r.committed)) AS s (state, expected, actual)
		UNION ALL
		SELECT 3, 'VERSION', variant_id, NULL, NULL, coalesce(c.most, c.base), c.version FROM counted c
		UNION ALL
		-- Versions are from the base on, each there, each with a first entry; fewer or more firsts than versions are told as such.
		SELECT 4, 'GAP', variant_id, NULL, NULL, c.most - c.base, CASE WHEN c.least <= c.base THEN -1 WHEN c.firsts <> c.versions THEN c.firsts ELSE c.versions END
		FROM counted c WHERE c.most IS NOT NULL
		UNION ALL
		SELECT 5, 'SOLD_AHEAD', variant_id, NULL, NULL, w.waiting, p.sold_ahead
		FROM (SELECT variant_id, sum(waiting) AS waiting FROM line GROUP BY variant_id) AS w
		FULL JOIN (SELECT n.variant_id, n.sold_ahead FROM stock.selling_policies n WHERE n.variant_id >= first AND n.variant_id <= last) AS p USING (variant_id)
		UNION ALL
		SELECT 6, 'USAGE', u.variant_id, NULL, u.channel_code, 0, u.consumed FROM stock.allocation_usage u WHERE u.variant_id >= first AND u.variant_id <= last AND u.consumed < 0
	)
	SELECT d.what, d.variant_id, d.location_id, d.state, coalesce(d.expected, 0)::bigint, coalesce(d.actual, 0)::bigint
	FROM difference d WHERE coalesce(d.expected, 0) <> coalesce(d.actual, 0)
	ORDER BY d.variant_id, d.rank, d.location_id, d.state;
END $$;
--> statement-breakpoint
-- Makes what is kept of a variant follow again from what it follows from, behind its lock, and notes what was found. A level is set to
-- what the ledger says; two entries that cancel each other out tell of it, and give the variant a version that clients take for new. What
-- is reserved and committed is adjusted to the open lines by entries; lines for which no units are there are shorted, the newest first.
-- The ledger's history is never touched: gaps in it, or sums below zero, stay. Answers whether there was a difference.
CREATE FUNCTION "stock"."repair_variant"(variant uuid, repair uuid, why text, who text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	found jsonb;
	entries stock.entry[] := '{}';
	cause text := 'repair:' || repair;
	d record;
	part record;
	line record;
	free bigint;
	missing bigint;
	units integer;
BEGIN
	PERFORM stock.keep_months();
	PERFORM stock.lock_variants(ARRAY[variant]);
	found := (SELECT jsonb_agg(jsonb_build_object('what', f.what, 'locationId', f.location_id, 'state', f.state, 'expected', f.expected, 'actual', f.actual))
		FROM stock.find_differences(variant, variant) f);
	IF found IS NULL THEN RETURN false; END IF;
	PERFORM stock.lock_new_variants(ARRAY[variant]);
	PERFORM set_config('stock.booking', 'on', true);
	FOR d IN SELECT * FROM jsonb_to_recordset(found) AS f (what text, "locationId" uuid, state text, expected bigint, actual bigint) WHERE f.what = 'LEVEL' AND f.expected >= 0 LOOP
		INSERT INTO stock.levels (variant_id, location_id) VALUES (variant, d."locationId") ON CONFLICT ON CONSTRAINT levels_pkey DO NOTHING;
		EXECUTE format('UPDATE stock.levels SET %I = $1 WHERE variant_id = $2 AND location_id = $3', lower(d.state)) USING d.expected::int, variant, d."locationId";
		entries := entries || ROW(variant, d."locationId", 'ADJUSTED', abs(d.expected - d.actual), NULL, d.state, NULL, cause, why, who)::stock.entry
			|| ROW(variant, d."locationId", 'ADJUSTED', abs(d.expected - d.actual), d.state, NULL, NULL, cause, why, who)::stock.entry;
	END LOOP;
	PERFORM set_config('stock.booking', 'off', true);
	UPDATE stock.variant_versions v SET version = f.expected FROM jsonb_to_recordset(found) AS f (what text, expected bigint)
	WHERE v.variant_id = variant AND f.what = 'VERSION' AND v.version < f.expected;

	FOR d IN
		SELECT f."locationId" AS location_id, jsonb_object_agg(f.state, f.expected - f.actual) AS wanted
		FROM jsonb_to_recordset(found) AS f (what text, "locationId" uuid, state text, expected bigint, actual bigint) WHERE f.what = 'LINES' AND f.actual >= 0 GROUP BY 1
	LOOP
		free := coalesce((SELECT l.available FROM stock.levels l WHERE l.variant_id = variant AND l.location_id = d.location_id), 0);
		-- What is given back first: it may be what is missing in the other state.
		FOR part IN SELECT w.key AS state, w.value::bigint AS units FROM jsonb_each_text(d.wanted) AS w ORDER BY w.value::bigint < 0 DESC, w.key DESC LOOP
			IF part.units < 0 THEN
				entries := entries || ROW(variant, d.location_id, 'ADJUSTED', -part.units, part.state, 'AVAILABLE', NULL, cause, why, who)::stock.entry;
				free := free - part.units;
				CONTINUE;
			END IF;
			units := least(free, part.units);
			missing := part.units - units;
			free := free - units;
			IF units > 0 THEN
				entries := entries || ROW(variant, d.location_id, 'ADJUSTED', units, 'AVAILABLE', part.state, NULL, cause, why, who)::stock.entry;
			END IF;
			FOR line IN
				SELECT l.reservation_id, l.quantity - l.shorted - l.shipped - l.waiting AS units, l.policy_revision, r.key, r.channel_code
				FROM stock.reservation_lines l JOIN stock.reservations r USING (reservation_id)
				WHERE l.variant_id = variant AND l.location_id = d.location_id AND upper(r.status) = CASE part.state WHEN 'RESERVED' THEN 'HELD' ELSE part.state END
					AND l.quantity > l.shorted + l.shipped + l.waiting
				ORDER BY l.reservation_id DESC
			LOOP
				EXIT WHEN missing <= 0;
				units := least(missing, line.units);
				missing := missing - units;
				UPDATE stock.reservation_lines l SET shorted = l.shorted + units WHERE l.reservation_id = line.reservation_id AND l.variant_id = variant AND l.location_id = d.location_id;
				PERFORM stock.return_usage(ARRAY[variant], ARRAY[line.channel_code], ARRAY[line.policy_revision], ARRAY[units]);
				INSERT INTO stock.outbox (event_id, topic, key, payload, occurred_at) VALUES (stock.new_id(), 'stock.reservation.shorted', line.key,
					jsonb_build_object('reservationId', line.reservation_id, 'key', line.key, 'channel', line.channel_code,
						'status', CASE part.state WHEN 'RESERVED' THEN 'HELD' ELSE part.state END, 'variantId', variant, 'locationId', d.location_id, 'quantity', units, 'cause', cause),
					stock.app_now());
			END LOOP;
		END LOOP;
	END LOOP;

	INSERT INTO stock.selling_policies AS p (variant_id, kind, limit_quantity, sold_ahead, version)
	SELECT variant, 'DENY', 0, f.expected, 1 FROM jsonb_to_recordset(found) AS f (what text, expected bigint) WHERE f.what = 'SOLD_AHEAD'
	ON CONFLICT ON CONSTRAINT selling_policies_pkey DO UPDATE SET sold_ahead = excluded.sold_ahead;
	UPDATE stock.allocation_usage u SET consumed = 0 WHERE u.variant_id = variant AND u.consumed < 0;
	INSERT INTO stock.ledger_repairs (repair_id, subject_id, reason, repaired_by, differences, repaired_at) VALUES (repair, variant, why, who, found, stock.app_clock())
	ON CONFLICT ON CONSTRAINT ledger_repairs_pkey DO UPDATE SET differences = ledger_repairs.differences || excluded.differences;
	PERFORM stock.book(entries);
	RETURN true;
END $$;
--> statement-breakpoint
-- Makes the deadlines of reservations those of their holds: one for each that is held, at the time when it ends, none for others. Answers
-- how many had another.
CREATE FUNCTION "stock"."repair_deadlines"(ids uuid[], repair uuid, why text, who text) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	added uuid[];
	removed uuid[];
BEGIN
	PERFORM stock.lock_variants(array(SELECT DISTINCT l.variant_id FROM stock.reservation_lines l WHERE l.reservation_id = ANY (ids)));
	PERFORM 1 FROM stock.reservations r WHERE r.reservation_id = ANY (ids) ORDER BY r.reservation_id FOR NO KEY UPDATE;
	WITH gone AS (
		DELETE FROM stock.hold_deadlines h WHERE h.reservation_id = ANY (ids)
			AND NOT EXISTS (SELECT FROM stock.reservations r WHERE r.reservation_id = h.reservation_id AND r.status = 'held' AND r.expires_at = h.expires_at)
		RETURNING h.reservation_id
	)
	SELECT coalesce(array_agg(g.reservation_id), '{}') INTO removed FROM gone g;
	WITH made AS (
		INSERT INTO stock.hold_deadlines (expires_at, reservation_id)
		SELECT r.expires_at, r.reservation_id FROM stock.reservations r WHERE r.reservation_id = ANY (ids) AND r.status = 'held'
		ON CONFLICT ON CONSTRAINT hold_deadlines_pkey DO NOTHING RETURNING reservation_id
	)
	SELECT coalesce(array_agg(m.reservation_id), '{}') INTO added FROM made m;
	INSERT INTO stock.ledger_repairs (repair_id, subject_id, reason, repaired_by, differences, repaired_at)
	SELECT repair, s.id, why, who, jsonb_build_array(jsonb_build_object('what', 'DEADLINE', 'added', s.id = ANY (added), 'removed', s.id = ANY (removed))), stock.app_clock()
	FROM (SELECT DISTINCT unnest(added || removed) AS id) AS s ON CONFLICT ON CONSTRAINT ledger_repairs_pkey DO NOTHING;
	RETURN (SELECT count(DISTINCT s) FROM unnest(added || removed) AS s);
END $$;
