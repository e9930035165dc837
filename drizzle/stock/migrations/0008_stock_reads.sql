-- Reads: what changed since a position, where a channel can have units, and how far away that is.

-- Where the log begins: nothing of a transaction up to this one is certain to be there any more.
CREATE TABLE "stock"."availability_log_purge" (
	"singleton" boolean DEFAULT true NOT NULL,
	"purged_through" xid8 DEFAULT '0' NOT NULL,
	CONSTRAINT "availability_log_purge_pkey" PRIMARY KEY("singleton"),
	CONSTRAINT "availability_log_purge_single" CHECK (singleton)
);
--> statement-breakpoint
INSERT INTO "stock"."availability_log_purge" DEFAULT VALUES;--> statement-breakpoint
-- Finds a change of the configuration behind a position without reading what lies between.
CREATE INDEX "availability_log_configuration" ON "stock"."availability_log" USING btree ("transaction_id","log_id") WHERE variant_ids is null;--> statement-breakpoint
-- Which variants changed behind a position (transaction, log entry, item of the entry), distinct and in the order in which they first
-- changed, with the bundles that they belong to. One row. What a transaction wrote is read when no older one is running any more, so that none
-- can commit behind the reader's back; @unsettled reads all that is visible, and then the end still is not beyond what is settled. `resync` when a position cannot be continued: what was there may be
-- gone, the configuration changed, or the position was never given out. A page looks at a bounded part of the log: `more` may come with few.
CREATE FUNCTION "stock"."availability_changes"(
	since_transaction xid8, since_log bigint, since_item integer, most integer, unsettled boolean
) RETURNS TABLE (variant_ids uuid[], end_transaction xid8, end_log bigint, end_item integer, resync boolean, more boolean)
LANGUAGE plpgsql STABLE ROWS 1 AS $$
#variable_conflict use_column
DECLARE
	settled xid8 := pg_snapshot_xmin(pg_current_snapshot());
	beyond xid8 := CASE WHEN unsettled THEN '9223372036854775807'::xid8 ELSE settled END;
	bundled boolean := (SELECT c.has_bundles FROM stock.configuration c);
	-- A hot variant stands in the log many times: a page may look at more entries than it has variants.
	scan integer := greatest(10000, most * 5);
BEGIN
	IF since_transaction > settled OR since_transaction <= (SELECT p.purged_through FROM stock.availability_log_purge p) OR EXISTS (
		SELECT FROM stock.availability_log l WHERE l.variant_ids IS NULL AND (l.transaction_id, l.log_id) > (since_transaction, since_log) AND l.transaction_id < beyond
	) THEN
		RETURN QUERY SELECT '{}'::uuid[], settled, 0::bigint, 0, true, false;
		RETURN;
	END IF;
	RETURN QUERY
	WITH logged AS MATERIALIZED (
		SELECT l.transaction_id, l.log_id, l.variant_ids AS ids,
			CASE WHEN (l.transaction_id, l.log_id) = (since_transaction, since_log) THEN since_item ELSE 0 END AS known
		FROM stock.availability_log l
		WHERE (l.transaction_id, l.log_id) >= (since_transaction, since_log) AND l.transaction_id < beyond
		ORDER BY l.transaction_id, l.log_id LIMIT scan + 1
	), counted AS MATERIALIZED (
		SELECT l.*, sum(greatest(0, cardinality(l.ids) - l.known)) OVER (ORDER BY l.transaction_id, l.log_id ROWS UNBOUNDED PRECEDING)
			- greatest(0, cardinality(l.ids) - l.known) AS before
		FROM logged l
	), scanned AS MATERIALIZED (
		SELECT c.transaction_id, c.log_id, e.n, e.id, row_number() OVER (ORDER BY c.transaction_id, c.log_id, e.n) AS pos
		FROM counted c CROSS JOIN LATERAL (
			SELECT u.id, (row_number() OVER (ORDER BY u.n, u.bundle, u.id))::int AS n FROM (
				SELECT v.id, v.n, false AS bundle FROM unnest(c.ids) WITH ORDINALITY AS v (id, n)
				UNION ALL
				SELECT b.bundle_id, v.n, true FROM unnest(c.ids) WITH ORDINALITY AS v (id, n)
				JOIN stock.bundle_components b ON b.component_id = v.id WHERE bundled
			) AS u
		) AS e
		WHERE c.before <= scan AND e.n > c.known
	), found AS (
		SELECT f.id, f.pos, row_number() OVER (ORDER BY f.pos) AS nth
		FROM (SELECT s.id, min(s.pos) AS pos FROM scanned s WHERE s.pos <= scan GROUP BY s.id) AS f
	), page AS (
		SELECT coalesce((SELECT f.pos - 1 FROM found f WHERE f.nth = most + 1), (SELECT max(s.pos) FROM scanned s WHERE s.pos <= scan)) AS pos,
			EXISTS (SELECT FROM found f WHERE f.nth > most) OR EXISTS (SELECT FROM scanned s WHERE s.pos > scan)
				OR EXISTS (SELECT FROM counted c WHERE c.before > scan) OR (SELECT count(*) FROM logged) > scan AS more
	), ending AS (
		SELECT s.transaction_id, s.log_id, s.n FROM page p JOIN scanned s ON s.pos = p.pos WHERE p.more AND s.transaction_id < settled
	)
	SELECT array(SELECT f.id FROM found f WHERE f.nth <= most ORDER BY f.pos), coalesce(e.transaction_id, settled), coalesce(e.log_id, 0), coalesce(e.n, 0), false, p.more
	FROM page p LEFT JOIN ending e ON true;
END $$;
--> statement-breakpoint
-- Forgets a batch of the log that is older than a moment, and remembers up to where it may be gone. Answers how many entries went.
CREATE FUNCTION "stock"."purge_availability_log"(older_than timestamptz, most integer) RETURNS integer LANGUAGE sql VOLATILE AS $$
	WITH old AS (
		SELECT l.transaction_id, l.log_id FROM stock.availability_log l WHERE l.logged_at < older_than ORDER BY l.logged_at LIMIT most FOR UPDATE SKIP LOCKED
	), gone AS (
		DELETE FROM stock.availability_log l USING old o WHERE l.transaction_id = o.transaction_id AND l.log_id = o.log_id RETURNING l.transaction_id
	), last AS (
		SELECT max(g.transaction_id::text::bigint)::text::xid8 AS transaction_id, count(*)::int AS entries FROM gone g
	), noted AS (
		UPDATE stock.availability_log_purge p SET purged_through = greatest(p.purged_through, l.transaction_id) FROM last l WHERE l.entries > 0
	)
	SELECT l.entries FROM last l
$$;
--> statement-breakpoint
-- What variants consist of, with what policies let a channel take of each part over all locations (null: as much as there is); a variant
-- that is no bundle is its own and only part.
CREATE FUNCTION "stock"."parts"(ids uuid[], only_channel text) RETURNS TABLE (id uuid, item uuid, per integer, parts integer, cap bigint)
LANGUAGE plpgsql STABLE ROWS 100 SET enable_seqscan = off SET jit = off AS $$
#variable_conflict use_column
DECLARE
	conf stock.configuration;
	items uuid[];
BEGIN
	SELECT * INTO conf FROM stock.configuration;
	IF NOT conf.has_bundles AND NOT conf.has_policies THEN
		RETURN QUERY SELECT DISTINCT given.id, given.id, 1, 1, NULL::bigint FROM unnest(ids) AS given (id);
		RETURN;
	END IF;
	items := array(SELECT coalesce(b.component_id, given.id) FROM unnest(ids) AS given (id) LEFT JOIN stock.bundle_components b ON b.bundle_id = given.id);
	RETURN QUERY
		SELECT g.id, coalesce(b.component_id, g.id), coalesce(b.quantity, 1), (count(*) OVER (PARTITION BY g.id))::int, c.cap
		FROM (SELECT DISTINCT given.id FROM unnest(ids) AS given (id)) AS g LEFT JOIN stock.bundle_components b ON b.bundle_id = g.id
		LEFT JOIN stock.caps(CASE WHEN conf.has_policies THEN items END, ARRAY[only_channel]) c ON c.item = coalesce(b.component_id, g.id);
END $$;
--> statement-breakpoint
-- How many units of each variant each location lets a channel have, beside what it can have over all locations; a bundle counts the sets that
-- can be made there. Only where there is one at least.
CREATE FUNCTION "stock"."place_offers"(ids uuid[], only_channel text, only_places uuid[] DEFAULT NULL) RETURNS TABLE (
	item uuid, location_id uuid, units integer, sellable integer
) LANGUAGE plpgsql STABLE ROWS 100
SET enable_seqscan = off SET jit = off SET max_parallel_workers_per_gather = 0 SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY
	WITH wanted AS MATERIALIZED (
		SELECT w.*, s.sellable FROM stock.parts(ids, only_channel) w JOIN stock.offers(ids, only_channel) s ON s.item = w.id WHERE s.sellable > 0
	)
	SELECT t.id, t.location_id, t.units, t.sellable FROM (
		SELECT w.id, o.location_id, w.sellable, least(min(CASE WHEN o.pooled THEN least(o.free, w.cap) ELSE o.free END / w.per), w.sellable)::int AS units
		FROM stock.location_offers(array(SELECT w.item FROM wanted w), only_channel, only_places) o JOIN wanted w ON w.item = o.item
		WHERE o.free > 0
		GROUP BY w.id, o.location_id, w.sellable, w.parts HAVING count(*) = w.parts
	) AS t WHERE t.units > 0;
END $$;
--> statement-breakpoint
-- The great-circle distance of two points in degrees (haversine, on a sphere with the mean radius of the earth).
CREATE FUNCTION "stock"."distance_km"(latitude_a float8, longitude_a float8, latitude_b float8, longitude_b float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT 2 * 6371.0088 * asin(sqrt(least(1, sind((latitude_b - latitude_a) / 2) ^ 2
		+ cosd(latitude_a) * cosd(latitude_b) * sind((longitude_b - longitude_a) / 2) ^ 2)))
$$;
--> statement-breakpoint
-- The locations that let a channel have variants and offer pickup, so many for each variant: by code, or the nearest to a point first and
-- those whose point nobody knows last. Where there is a unit is asked for the first places alone; of variants that too few of those have,
-- all levels are read. A place that lets the channel have a unit makes the variant sellable: that is not asked for.
CREATE FUNCTION "stock"."pickup_place_offers"(ids uuid[], only_channel text, latitude float8, longitude float8, most integer) RETURNS TABLE (
	item uuid, location_id uuid, turn integer
) LANGUAGE plpgsql STABLE ROWS 1000
SET enable_seqscan = off SET jit = off SET max_parallel_workers_per_gather = 0 SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
	places uuid[] := array(
		SELECT o.location_id FROM stock.channel_places p JOIN stock.locations o ON o.location_id = p.location_id
		WHERE p.channel_code = only_channel AND o.pickup_offered
		ORDER BY stock.distance_km(pickup_place_offers.latitude, pickup_place_offers.longitude, o.latitude, o.longitude) NULLS LAST, o.code);
	firsts uuid[] := places[1 : most * 2];
	done_ids uuid[];
	done_turns integer[];
BEGIN
	IF cardinality(places) > cardinality(firsts) THEN
		SELECT array_agg(r.id), array_agg(r.turn) INTO done_ids, done_turns FROM (
			SELECT f.id, f.turn, row_number() OVER (PARTITION BY f.id ORDER BY f.turn) AS nth, count(*) OVER (PARTITION BY f.id) AS found
			FROM (
				SELECT w.id, o.turn FROM stock.parts(ids, only_channel) w
				CROSS JOIN LATERAL (
					SELECT array_position(firsts, o.location_id) AS turn FROM stock.location_offers(ARRAY[w.item], only_channel, firsts) o
					WHERE CASE WHEN o.pooled THEN least(o.free, w.cap) ELSE o.free END >= w.per OFFSET 0
				) AS o
				GROUP BY w.id, o.turn, w.parts HAVING count(*) = w.parts
			) AS f
		) AS r WHERE r.found >= most AND r.nth <= most;
		RETURN QUERY SELECT d.id, places[d.turn], d.turn FROM unnest(done_ids, done_turns) AS d (id, turn);
		ids := array(SELECT unnest(ids) EXCEPT SELECT unnest(done_ids));
	END IF;
	IF ids = '{}' THEN RETURN; END IF;
	RETURN QUERY
	WITH wanted AS MATERIALIZED (SELECT * FROM stock.parts(ids, only_channel))
	SELECT r.id, r.location_id, r.turn FROM (
		SELECT f.id, f.location_id, t.turn::int AS turn, row_number() OVER (PARTITION BY f.id ORDER BY t.turn) AS nth
		FROM (
			SELECT w.id, o.location_id FROM stock.location_offers(array(SELECT w.item FROM wanted w), only_channel) o JOIN wanted w ON w.item = o.item
			WHERE CASE WHEN o.pooled THEN least(o.free, w.cap) ELSE o.free END >= w.per
			GROUP BY w.id, o.location_id, w.parts HAVING count(*) = w.parts
		) AS f JOIN unnest(places) WITH ORDINALITY AS t (location_id, turn) ON t.location_id = f.location_id
	) AS r WHERE r.nth <= most;
END $$;
