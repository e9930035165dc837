-- Commands of staff and integrations: operations on one level, and transfers of goods between locations. Each function is a whole command:
-- it locks, decides, books, and keeps its answer under the caller's key. A refusal is an exception that carries the name of the rule, so
-- that nothing of a refused command stays, the key and the row of a variant that never had stock included.

-- What is available has such a bound; what is outside of the reach of orders gets the same.
ALTER TABLE "stock"."levels" ADD CONSTRAINT "levels_states_bounded" CHECK (greatest(safety, damaged, inspection, incoming) <= 1000000000);
--> statement-breakpoint
-- The answer that a command with this key was given; null for a new key. To be asked behind the locks: of two equal commands the second one
-- has waited for the first one's answer. Refuses a key that was used for something else.
CREATE FUNCTION "stock"."earlier_answer"(who text, command_key text, hash text) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	earlier stock.command_keys;
BEGIN
	SELECT * INTO earlier FROM stock.command_keys k WHERE k.caller = who AND k.key = command_key;
	IF earlier.request_hash <> hash THEN
		RAISE EXCEPTION 'the key was used for another command' USING ERRCODE = 'unique_violation', CONSTRAINT = 'command_keys_content';
	END IF;
	RETURN earlier.result;
END $$;
--> statement-breakpoint
-- Keeps an answer under the caller's key. Should another command have taken the key meanwhile, which can only be one for other goods,
-- this one is undone as a whole: it breaks `command_keys_pkey`.
CREATE FUNCTION "stock"."keep_answer"(who text, command_key text, hash text, answer jsonb) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	INSERT INTO stock.command_keys (caller, key, request_hash, result, created_at) VALUES (who, command_key, hash, answer, stock.app_now());
	RETURN answer;
END $$;
--> statement-breakpoint
-- A level as commands answer it; zeros for one that is not there.
CREATE FUNCTION "stock"."level_answer"(variant uuid, location uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('variantId', variant, 'locationId', location, 'available', coalesce(l.available, 0), 'reserved', coalesce(l.reserved, 0),
		'committed', coalesce(l.committed, 0), 'safety', coalesce(l.safety, 0), 'damaged', coalesce(l.damaged, 0), 'inspection', coalesce(l.inspection, 0),
		'incoming', coalesce(l.incoming, 0))
	FROM (SELECT 1) AS one LEFT JOIN stock.levels l ON l.variant_id = variant AND l.location_id = location
$$;
--> statement-breakpoint
-- Does one operation on a level, once per caller and key, and answers the level behind it.
-- @units what the operation moves; for `count` and `safety` what shall be there afterwards, for `adjust` with a sign.
-- @expected for `count` and `safety`: what the caller believes to be there; null when that does not matter.
-- @target where returned or inspected units go, or the state that is adjusted.
-- Rules that refuse: `command_keys_content`, `command_keys_pkey`, `levels_location_fkey` (an unknown location), `levels_expected_quantity`
-- (the detail is what is there), `levels_enough_units` (the detail is what could be taken), the bounds of levels.
CREATE FUNCTION "stock"."change_stock"(
	operation text, variant uuid, location uuid, units integer, expected integer, target "stock"."stock_state", why text, who text, command_key text, hash text
) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	cause text := operation || ':' || command_key;
	answer jsonb;
	level stock.levels;
	sellable bigint;
	current bigint;
	moved bigint := units;
	kind stock.movement_kind := 'ADJUSTED';
	source stock.stock_state;
	goal stock.stock_state;
	-- Whether it has happened already, so that promises give way: what is not available is freed.
	happened boolean := false;
	held bigint;
	entries stock.entry[] := '{}';
BEGIN
	-- What stands in line behind this command waits as long as it does.
	PERFORM set_config('lock_timeout', '2s', true);
	PERFORM stock.lock_settled(ARRAY[variant], true);
	answer := stock.earlier_answer(who, command_key, hash);
	IF answer IS NOT NULL THEN RETURN answer; END IF;
	IF NOT EXISTS (SELECT FROM stock.locations o WHERE o.location_id = location) THEN
		RAISE EXCEPTION 'there is no such location' USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'levels_location_fkey';
	END IF;
	SELECT * INTO level FROM stock.levels l WHERE l.variant_id = variant AND l.location_id = location;
	sellable := coalesce(level.available::bigint + level.reserved + level.committed + level.safety, 0);
	current := CASE operation WHEN 'count' THEN sellable WHEN 'safety' THEN coalesce(level.safety, 0) END;
	IF expected <> current THEN
		RAISE EXCEPTION 'the level is not what was expected' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'levels_expected_quantity', DETAIL = current::text;
	END IF;
	CASE operation
		WHEN 'receive' THEN kind := 'RECEIVED'; goal := 'AVAILABLE';
		WHEN 'return' THEN kind := 'RETURNED'; goal := target;
		WHEN 'damage' THEN source := 'AVAILABLE'; goal := 'DAMAGED'; happened := true;
		WHEN 'inspect' THEN source := 'INSPECTION'; goal := target;
		WHEN 'write-off' THEN source := 'DAMAGED';
		WHEN 'adjust' THEN
			moved := abs(units);
			IF units > 0 THEN goal := target; ELSE source := target; happened := target = 'AVAILABLE'; END IF;
		WHEN 'safety' THEN
			moved := abs(units - current);
			IF units > current THEN source := 'AVAILABLE'; goal := 'SAFETY'; ELSE source := 'SAFETY'; goal := 'AVAILABLE'; END IF;
		WHEN 'count' THEN
			kind := 'COUNTED';
			moved := abs(units - current);
			IF units > current THEN goal := 'AVAILABLE'; ELSE source := 'AVAILABLE'; happened := true; END IF;
	END CASE;
	IF moved > 0 THEN
		held := coalesce(CASE source WHEN 'AVAILABLE' THEN CASE WHEN happened THEN sellable ELSE level.available END
			WHEN 'SAFETY' THEN level.safety WHEN 'DAMAGED' THEN level.damaged WHEN 'INSPECTION' THEN level.inspection END, 0);
		IF source IS NOT NULL AND held < moved THEN
			RAISE EXCEPTION 'there are not so many units' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'levels_enough_units', DETAIL = held::text;
		END IF;
		IF happened THEN entries := stock.free_units(variant, location, moved::int, cause, who); END IF;
		PERFORM stock.book(entries || ROW(variant, location, kind, moved, source, goal, NULL, cause,
			coalesce(why, CASE operation WHEN 'damage' THEN 'DAMAGED' WHEN 'inspect' THEN 'INSPECTED' WHEN 'safety' THEN 'SAFETY_SET' END), who)::stock.entry);
	END IF;
	RETURN stock.keep_answer(who, command_key, hash, stock.level_answer(variant, location));
END $$;
--> statement-breakpoint
CREATE INDEX "transfers_of_origin" ON "stock"."transfers" USING btree ("from_location_id","transfer_id");--> statement-breakpoint
CREATE INDEX "transfers_of_destination" ON "stock"."transfers" USING btree ("to_location_id","transfer_id");--> statement-breakpoint
CREATE INDEX "transfers_in_transit" ON "stock"."transfers" USING btree ("transfer_id") WHERE status = 'in_transit';--> statement-breakpoint
-- A transfer as commands and readers answer it.
CREATE FUNCTION "stock"."transfer_answer"(transfer uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT jsonb_build_object('id', t.transfer_id, 'fromLocationId', t.from_location_id, 'toLocationId', t.to_location_id, 'status', upper(t.status),
		'expectedAt', t.expected_at, 'note', t.note, 'createdBy', t.created_by, 'createdAt', t.created_at, 'closedAt', t.closed_at,
		'lines', (SELECT jsonb_agg(jsonb_build_object('variantId', l.variant_id, 'quantity', l.quantity, 'receivedQuantity', l.received, 'lostQuantity', l.lost)
			ORDER BY l.variant_id) FROM stock.transfer_lines l WHERE l.transfer_id = t.transfer_id))
	FROM stock.transfers t WHERE t.transfer_id = transfer
$$;
--> statement-breakpoint
-- Sends goods on their way, all or nothing, once per caller and key; without an origin a supplier's delivery is announced. Takes what is
-- available and nothing that is promised. Variants differ. Rules that refuse: those of keys, `transfers_from_fkey`, `transfers_to_fkey`,
-- `transfers_enough_units` (the detail lists what is short), the bounds of levels.
CREATE FUNCTION "stock"."dispatch_transfer"(
	transfer uuid, origin uuid, destination uuid, variants uuid[], quantities integer[], due timestamptz, remark text, who text, command_key text, hash text
) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	cause text := 'transfer:' || transfer;
	answer jsonb;
	short jsonb;
BEGIN
	PERFORM set_config('lock_timeout', '2s', true);
	PERFORM stock.lock_settled(variants, true);
	answer := stock.earlier_answer(who, command_key, hash);
	IF answer IS NOT NULL THEN RETURN answer; END IF;
	INSERT INTO stock.transfers (transfer_id, from_location_id, to_location_id, status, expected_at, note, created_by, created_at)
	VALUES (transfer, origin, destination, 'in_transit', due, remark, who, stock.app_clock());
	INSERT INTO stock.transfer_lines (transfer_id, variant_id, quantity) SELECT transfer, g.variant, g.units FROM unnest(variants, quantities) AS g (variant, units);
	SELECT jsonb_agg(jsonb_build_object('variantId', g.variant, 'requested', g.units, 'available', coalesce(l.available, 0)) ORDER BY g.variant) INTO short
	FROM unnest(variants, quantities) AS g (variant, units) LEFT JOIN stock.levels l ON l.variant_id = g.variant AND l.location_id = origin
	WHERE origin IS NOT NULL AND coalesce(l.available, 0) < g.units;
	IF short IS NOT NULL THEN
		RAISE EXCEPTION 'there are not so many units' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'transfers_enough_units', DETAIL = short::text;
	END IF;
	PERFORM stock.book(array_agg(ROW(g.variant, p.location, 'TRANSFERRED_OUT', g.units, p.source, p.goal, NULL, cause, p.reason, who)::stock.entry ORDER BY g.variant, p.n))
	FROM unnest(variants, quantities) AS g (variant, units)
	CROSS JOIN (VALUES (1, origin, 'AVAILABLE', NULL, NULL), (2, destination, NULL, 'INCOMING', CASE WHEN origin IS NULL THEN 'ANNOUNCED' END)) AS p (n, location, source, goal, reason)
	WHERE p.location IS NOT NULL;
	RETURN stock.keep_answer(who, command_key, hash, stock.transfer_answer(transfer));
END $$;
--> statement-breakpoint
-- Books what arrived of a transfer, once per caller and key; @closing says that nothing more will come, and what is missing is lost. Closes
-- a transfer of which nothing is on its way. Null for an unknown transfer. Variants differ. Rules that refuse: those of keys,
-- `transfer_lines_accounted` (the detail lists the lines that more arrived of than is on its way), the bounds of levels.
CREATE FUNCTION "stock"."receive_transfer"(
	transfer uuid, variants uuid[], fit integer[], broken integer[], closing boolean, who text, command_key text, hash text
) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	cause text := 'transfer:' || transfer;
	answer jsonb;
	moving stock.transfers;
	surplus jsonb;
	entries stock.entry[];
BEGIN
	PERFORM set_config('lock_timeout', '2s', true);
	-- All variants of the transfer, which never become others: whoever changes its lines holds them all.
	PERFORM stock.lock_settled(array(SELECT l.variant_id FROM stock.transfer_lines l WHERE l.transfer_id = transfer));
	answer := stock.earlier_answer(who, command_key, hash);
	IF answer IS NOT NULL THEN RETURN answer; END IF;
	SELECT * INTO moving FROM stock.transfers t WHERE t.transfer_id = transfer;
	IF NOT FOUND THEN RETURN NULL; END IF;
	SELECT jsonb_agg(jsonb_build_object('variantId', g.variant, 'arrived', g.fit + g.broken, 'onItsWay', coalesce(l.quantity - l.received - l.lost, 0)) ORDER BY g.variant) INTO surplus
	FROM unnest(variants, fit, broken) AS g (variant, fit, broken) LEFT JOIN stock.transfer_lines l ON l.transfer_id = transfer AND l.variant_id = g.variant
	WHERE g.fit + g.broken > coalesce(l.quantity - l.received - l.lost, 0);
	IF surplus IS NOT NULL THEN
		RAISE EXCEPTION 'more arrived than is on its way' USING ERRCODE = 'restrict_violation', CONSTRAINT = 'transfer_lines_accounted', DETAIL = surplus::text;
	END IF;
	UPDATE stock.transfer_lines l SET received = l.received + g.fit + g.broken
	FROM unnest(variants, fit, broken) AS g (variant, fit, broken) WHERE l.transfer_id = transfer AND l.variant_id = g.variant;
	SELECT array_agg(ROW(g.variant, moving.to_location_id, CASE WHEN moving.from_location_id IS NULL THEN 'RECEIVED' ELSE 'TRANSFERRED_IN' END, p.units,
		'INCOMING', p.goal, NULL, cause, p.reason, who)::stock.entry ORDER BY g.variant, p.goal)
	INTO entries FROM unnest(variants, fit, broken) AS g (variant, fit, broken)
	CROSS JOIN LATERAL (VALUES (g.fit, 'AVAILABLE', NULL), (g.broken, 'DAMAGED', 'DAMAGED')) AS p (units, goal, reason) WHERE p.units > 0;
	IF closing THEN
		entries := coalesce(entries, '{}') || array(
			SELECT ROW(l.variant_id, moving.to_location_id, 'ADJUSTED', l.quantity - l.received - l.lost, 'INCOMING', NULL, NULL, cause, 'LOST_IN_TRANSIT', who)::stock.entry
			FROM stock.transfer_lines l WHERE l.transfer_id = transfer AND l.received + l.lost < l.quantity ORDER BY l.variant_id);
		UPDATE stock.transfer_lines l SET lost = l.quantity - l.received WHERE l.transfer_id = transfer AND l.received + l.lost < l.quantity;
	END IF;
	UPDATE stock.transfers t SET status = 'closed', closed_at = stock.app_clock() WHERE t.transfer_id = transfer AND t.status = 'in_transit'
		AND NOT EXISTS (SELECT FROM stock.transfer_lines l WHERE l.transfer_id = transfer AND l.received + l.lost < l.quantity);
	PERFORM stock.book(entries);
	RETURN stock.keep_answer(who, command_key, hash, stock.transfer_answer(transfer));
END $$;
