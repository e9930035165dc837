-- What the table definitions cannot say. Written by hand; 0000 is generated from tables.ts.

-- The ledger is the truth: nobody rewrites it.
CREATE FUNCTION "stock"."refuse_ledger_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION 'the stock ledger is append-only: book the difference instead'
		USING ERRCODE = 'restrict_violation', CONSTRAINT = 'movements_append_only';
END $$;
--> statement-breakpoint
CREATE TRIGGER "movements_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "stock"."movements"
	FOR EACH STATEMENT EXECUTE FUNCTION "stock"."refuse_ledger_change"();
--> statement-breakpoint
-- UUIDv7 (RFC 9562) for rows whose number only the statement itself knows; PostgreSQL has its own from version 18 on.
CREATE FUNCTION "stock"."new_id"() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
	SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
		PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
--> statement-breakpoint
-- Hot rows change thousands of times a second: free space in the page keeps every change heap-only.
ALTER TABLE "stock"."levels" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
--> statement-breakpoint
ALTER TABLE "stock"."variant_versions" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
--> statement-breakpoint
-- Locks variants, in order of id so that two commands sharing variants cannot deadlock, and gives their levels as they are behind the
-- locks. A function, because each query in a volatile one takes a new snapshot (READ COMMITTED): a query beside the lock in the
-- caller's own statement would still see what was there before it waited, and not see a location that was added meanwhile.
CREATE FUNCTION "stock"."lock_levels"(variant_ids uuid[]) RETURNS SETOF "stock"."levels" LANGUAGE plpgsql VOLATILE ROWS 10 AS $$
BEGIN
	PERFORM 1 FROM stock.variant_versions v WHERE v.variant_id = ANY (variant_ids) ORDER BY v.variant_id FOR NO KEY UPDATE;
	RETURN QUERY SELECT * FROM stock.levels l WHERE l.variant_id = ANY (variant_ids);
END $$;
--> statement-breakpoint
-- Adds signed differences to levels, making those that are missing; all arrays are aligned, a level stands in them once. Relative to the
-- newest rows: should anything have written past the variants' locks, the constraints decide. A function for the same reason as above.
CREATE FUNCTION "stock"."change_levels"(variants uuid[], locations uuid[], available_by int[], reserved_by int[], committed_by int[])
RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	UPDATE stock.levels l
	SET available = l.available + d.available_by, reserved = l.reserved + d.reserved_by, committed = l.committed + d.committed_by
	FROM unnest(variants, locations, available_by, reserved_by, committed_by) AS d (variant_id, location_id, available_by, reserved_by, committed_by)
	WHERE l.variant_id = d.variant_id AND l.location_id = d.location_id;
	INSERT INTO stock.levels (variant_id, location_id, available, reserved, committed)
	SELECT d.variant_id, d.location_id, d.available_by, d.reserved_by, d.committed_by
	FROM unnest(variants, locations, available_by, reserved_by, committed_by) AS d (variant_id, location_id, available_by, reserved_by, committed_by)
	WHERE NOT EXISTS (SELECT FROM stock.levels l WHERE l.variant_id = d.variant_id AND l.location_id = d.location_id);
END $$;
