-- Setting and switching what is configured: allocation policies, safety stocks, selling policies. Each function is a command of its own and
-- answers an outcome; all but drafts change between stock.lock_configuration() and stock.reconfigure().

-- Whoever waits for the configuration makes every command wait behind it: not for long.
CREATE FUNCTION "stock"."lock_configuration_briefly"() RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
	PERFORM set_config('lock_timeout', '3s', true);
	PERFORM stock.lock_configuration();
END $$;
--> statement-breakpoint
-- The locations that a policy would govern now: those in its scope that all its channels sell from, as stock.reconfigure() has it.
CREATE FUNCTION "stock"."pool_of"(policy uuid) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 20 AS $$
	SELECT c.location_id FROM stock.allocation_policies p
	JOIN stock.allocation_shares s ON s.policy_id = p.policy_id JOIN stock.channel_places c ON c.channel_code = s.channel_code
	WHERE p.policy_id = policy AND p.kind <> 'FIFO' AND (p.location_ids IS NULL OR c.location_id = ANY (p.location_ids))
	GROUP BY c.location_id HAVING count(*) = (SELECT count(*) FROM stock.allocation_shares n WHERE n.policy_id = policy)
$$;
--> statement-breakpoint
-- Makes or changes a draft. Answers { outcome, version }: saved, conflict (another version), not_draft, too_many, missing (a version was expected
-- of what is not there). A draft that is as asked for keeps its version.
CREATE FUNCTION "stock"."save_policy_draft"(
	policy uuid, new_name text, new_kind text, new_lendable integer, new_variants uuid[], new_locations uuid[], shares jsonb, expected integer, most integer, who text
) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	known stock.allocation_policies;
	made integer;
BEGIN
	SELECT * INTO known FROM stock.allocation_policies p WHERE p.policy_id = policy FOR UPDATE;
	IF known.policy_id IS NULL THEN
		IF coalesce(expected, 0) <> 0 THEN RETURN jsonb_build_object('outcome', 'missing', 'version', 0); END IF;
		IF (SELECT count(*) FROM stock.allocation_policies p WHERE p.status = 'draft') >= most THEN
			RETURN jsonb_build_object('outcome', 'too_many', 'version', 0);
		END IF;
		INSERT INTO stock.allocation_policies (policy_id, name, kind, lendable_basis_points, variant_ids, location_ids, status, version, changed_by, created_at)
		VALUES (policy, new_name, new_kind, new_lendable, new_variants, new_locations, 'draft', 1, who, stock.app_now())
		ON CONFLICT ON CONSTRAINT allocation_policies_pkey DO NOTHING;
		GET DIAGNOSTICS made = ROW_COUNT;
		-- Another call made it while this one looked: it is a change then.
		IF made = 0 THEN SELECT * INTO known FROM stock.allocation_policies p WHERE p.policy_id = policy FOR UPDATE; END IF;
	END IF;
	IF known.policy_id IS NOT NULL THEN
		IF known.version <> coalesce(expected, known.version) THEN RETURN jsonb_build_object('outcome', 'conflict', 'version', known.version); END IF;
		IF known.status <> 'draft' THEN RETURN jsonb_build_object('outcome', 'not_draft', 'version', known.version); END IF;
		IF (known.name, known.kind, known.lendable_basis_points, known.variant_ids, known.location_ids)
			IS NOT DISTINCT FROM (new_name, new_kind, new_lendable, new_variants, new_locations)
			AND NOT EXISTS (
				SELECT FROM (SELECT s.channel_code, s.priority, s.promised, s.share_basis_points, s.floor FROM stock.allocation_shares s WHERE s.policy_id = policy) AS b
				FULL JOIN jsonb_to_recordset(shares) AS a (channel_code text, priority int, promised int, share_basis_points int, floor int) USING (channel_code)
				WHERE (b.priority, b.promised, b.share_basis_points, b.floor) IS DISTINCT FROM (a.priority, a.promised, a.share_basis_points, a.floor))
		THEN RETURN jsonb_build_object('outcome', 'saved', 'version', known.version); END IF;
		UPDATE stock.allocation_policies p SET name = new_name, kind = new_kind, lendable_basis_points = new_lendable, variant_ids = new_variants,
			location_ids = new_locations, version = p.version + 1, changed_by = who WHERE p.policy_id = policy;
		DELETE FROM stock.allocation_shares s WHERE s.policy_id = policy;
	END IF;
	INSERT INTO stock.allocation_shares (policy_id, channel_code, priority, promised, share_basis_points, floor)
	SELECT policy, g.channel_code, g.priority, g.promised, g.share_basis_points, g.floor
	FROM jsonb_to_recordset(shares) AS g (channel_code text, priority int, promised int, share_basis_points int, floor int);
	RETURN jsonb_build_object('outcome', 'saved', 'version', coalesce(known.version, 0) + 1);
END $$;
--> statement-breakpoint
-- A draft begins to govern. The one it follows as the default retires; variants in its scope leave other policies, and those retire of
-- which nothing is left. Its revision is that of the configuration that it makes, so that what channels have consumed counts from 0.
-- Answers { outcome, version, channels }: active, conflict, not_draft, missing, too_many, without_locations (with the channels that sell from no
-- location in its scope; none of them when each does, but no location is common to all).
CREATE FUNCTION "stock"."activate_policy"(policy uuid, expected integer, most integer, who text) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	known stock.allocation_policies;
	moment timestamptz;
BEGIN
	PERFORM stock.lock_configuration_briefly();
	SELECT * INTO known FROM stock.allocation_policies p WHERE p.policy_id = policy FOR UPDATE;
	IF known.policy_id IS NULL THEN RETURN jsonb_build_object('outcome', 'missing'); END IF;
	IF known.version <> coalesce(expected, known.version) THEN RETURN jsonb_build_object('outcome', 'conflict', 'version', known.version); END IF;
	IF known.status <> 'draft' THEN RETURN jsonb_build_object('outcome', 'not_draft', 'version', known.version); END IF;
	IF (SELECT count(*) FROM stock.allocation_policies p WHERE p.status = 'active') >= most THEN RETURN jsonb_build_object('outcome', 'too_many'); END IF;
	IF known.kind <> 'FIFO' AND NOT EXISTS (SELECT FROM stock.pool_of(policy)) THEN
		RETURN jsonb_build_object('outcome', 'without_locations', 'channels', (
			SELECT coalesce(jsonb_agg(s.channel_code ORDER BY s.channel_code), '[]') FROM stock.allocation_shares s WHERE s.policy_id = policy AND NOT EXISTS (
				SELECT FROM stock.channel_places c WHERE c.channel_code = s.channel_code AND (known.location_ids IS NULL OR c.location_id = ANY (known.location_ids)))));
	END IF;
	moment := stock.app_clock();
	IF known.variant_ids IS NULL THEN
		UPDATE stock.allocation_policies p SET status = 'retired', retired_at = moment, version = p.version + 1, changed_by = who
		WHERE p.status = 'active' AND p.variant_ids IS NULL;
	ELSE
		WITH robbed AS (
			SELECT p.policy_id, array(SELECT v FROM unnest(p.variant_ids) AS v EXCEPT SELECT v FROM unnest(known.variant_ids) AS v ORDER BY v) AS remaining
			FROM stock.allocation_policies p WHERE p.status = 'active' AND p.policy_id IN (
				SELECT v.policy_id FROM stock.policy_variants v JOIN unnest(known.variant_ids) AS n (id) ON n.id = v.variant_id)
		)
		-- One that retires keeps its scope, to tell what it governed.
		UPDATE stock.allocation_policies p SET variant_ids = CASE WHEN r.remaining = '{}' THEN p.variant_ids ELSE r.remaining END,
			status = CASE WHEN r.remaining = '{}' THEN 'retired' ELSE 'active' END, retired_at = CASE WHEN r.remaining = '{}' THEN moment END,
			version = p.version + 1, changed_by = who
		FROM robbed r WHERE r.policy_id = p.policy_id;
		INSERT INTO stock.policy_variants (variant_id, policy_id) SELECT n.id, policy FROM unnest(known.variant_ids) AS n (id)
		ON CONFLICT ON CONSTRAINT policy_variants_pkey DO UPDATE SET policy_id = excluded.policy_id;
	END IF;
	UPDATE stock.allocation_policies p SET status = 'active', revision = (SELECT c.revision + 1 FROM stock.configuration c), activated_at = moment,
		version = p.version + 1, changed_by = who WHERE p.policy_id = policy;
	PERFORM stock.reconfigure();
	RETURN jsonb_build_object('outcome', 'active');
END $$;
--> statement-breakpoint
-- A policy ends: its variants are governed by the default one again, or by none. A draft is put away. Answers { outcome, version }: retired,
-- conflict, missing.
CREATE FUNCTION "stock"."retire_policy"(policy uuid, expected integer, who text) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	known stock.allocation_policies;
BEGIN
	PERFORM stock.lock_configuration_briefly();
	SELECT * INTO known FROM stock.allocation_policies p WHERE p.policy_id = policy FOR UPDATE;
	IF known.policy_id IS NULL THEN RETURN jsonb_build_object('outcome', 'missing'); END IF;
	IF known.version <> coalesce(expected, known.version) THEN RETURN jsonb_build_object('outcome', 'conflict', 'version', known.version); END IF;
	IF known.status <> 'retired' THEN
		UPDATE stock.allocation_policies p SET status = 'retired', retired_at = stock.app_clock(), version = p.version + 1, changed_by = who WHERE p.policy_id = policy;
		IF known.status = 'active' THEN PERFORM stock.reconfigure(); END IF;
	END IF;
	RETURN jsonb_build_object('outcome', 'retired');
END $$;
--> statement-breakpoint
-- Sets what a channel leaves of every variant at a location; 0 removes it. Answers { outcome, quantity }: saved, mismatch (another quantity is set
-- than expected), unknown_channel, unknown_location.
CREATE FUNCTION "stock"."set_safety_stock"(code text, location uuid, units integer, expected integer) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	current_units integer;
BEGIN
	PERFORM stock.lock_configuration_briefly();
	IF NOT EXISTS (SELECT FROM stock.channel_locations c WHERE c.channel_code = code) THEN RETURN jsonb_build_object('outcome', 'unknown_channel'); END IF;
	IF NOT EXISTS (SELECT FROM stock.locations l WHERE l.location_id = location) THEN RETURN jsonb_build_object('outcome', 'unknown_location'); END IF;
	current_units := coalesce((SELECT s.quantity FROM stock.safety_stocks s WHERE s.channel_code = code AND s.location_id = location), 0);
	IF current_units <> coalesce(expected, current_units) THEN RETURN jsonb_build_object('outcome', 'mismatch', 'quantity', current_units); END IF;
	IF current_units <> units THEN
		IF units = 0 THEN
			DELETE FROM stock.safety_stocks s WHERE s.channel_code = code AND s.location_id = location;
		ELSE
			INSERT INTO stock.safety_stocks (channel_code, location_id, quantity) VALUES (code, location, units)
			ON CONFLICT ON CONSTRAINT safety_stocks_pkey DO UPDATE SET quantity = excluded.quantity;
		END IF;
		PERFORM stock.reconfigure();
	END IF;
	RETURN jsonb_build_object('outcome', 'saved', 'quantity', units);
END $$;
--> statement-breakpoint
-- Sets how a variant is sold when nothing of it is left. Makes the variant known, because its row is the lock under which units are sold
-- ahead. Units that are sold ahead already stay so. Answers { outcome, version }: saved, conflict.
CREATE FUNCTION "stock"."set_selling_policy"(
	variant uuid, new_kind text, new_limit integer, new_promised_at timestamptz, new_promised_days integer, new_channels text[], expected integer
) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
DECLARE
	known stock.selling_policies;
BEGIN
	PERFORM stock.lock_configuration_briefly();
	PERFORM stock.lock_new_variants(ARRAY[variant]);
	SELECT * INTO known FROM stock.selling_policies s WHERE s.variant_id = variant;
	IF coalesce(known.version, 0) <> coalesce(expected, known.version, 0) THEN RETURN jsonb_build_object('outcome', 'conflict', 'version', coalesce(known.version, 0)); END IF;
	IF known.variant_id IS NULL OR (known.kind, known.limit_quantity, known.promised_at, known.promised_days, known.channel_codes)
		IS DISTINCT FROM (new_kind, new_limit, new_promised_at, new_promised_days, new_channels)
	THEN
		INSERT INTO stock.selling_policies (variant_id, kind, limit_quantity, promised_at, promised_days, channel_codes, version)
		VALUES (variant, new_kind, new_limit, new_promised_at, new_promised_days, new_channels, 1)
		ON CONFLICT ON CONSTRAINT selling_policies_pkey DO UPDATE SET kind = excluded.kind, limit_quantity = excluded.limit_quantity,
			promised_at = excluded.promised_at, promised_days = excluded.promised_days, channel_codes = excluded.channel_codes, version = known.version + 1;
		PERFORM stock.reconfigure();
	END IF;
	RETURN jsonb_build_object('outcome', 'saved');
END $$;
--> statement-breakpoint
-- One page of allocation policies, and of what is configured, never needs more than these.
CREATE INDEX "allocation_policies_of_status" ON "stock"."allocation_policies" USING btree ("status","policy_id");
