-- What customers says of its profiles: which were merged, and which are forgotten. Orders keep the ids that they were placed with.
CREATE TABLE orders.customer_merges (
  absorbed_id uuid NOT NULL,
  survivor_id uuid NOT NULL,
  merge_id uuid NOT NULL,
  CONSTRAINT customer_merges_pkey PRIMARY KEY (absorbed_id),
  CONSTRAINT customer_merges_not_itself CHECK (absorbed_id <> survivor_id)
);
--> statement-breakpoint
CREATE INDEX customer_merges_by_survivor ON orders.customer_merges (survivor_id);
--> statement-breakpoint
CREATE TABLE orders.customer_aliases (
  former_id uuid NOT NULL,
  customer_id uuid NOT NULL,
  CONSTRAINT customer_aliases_pkey PRIMARY KEY (former_id)
);
--> statement-breakpoint
CREATE INDEX customer_aliases_by_customer ON orders.customer_aliases (customer_id);
--> statement-breakpoint
CREATE TABLE orders.erased_customers (
  customer_id uuid NOT NULL,
  erased_at timestamptz NOT NULL,
  CONSTRAINT erased_customers_pkey PRIMARY KEY (customer_id)
);
--> statement-breakpoint
-- Whether a person was forgotten. Whoever is about to keep something of a person asks this first, in the same transaction: an erasure that
-- begins meanwhile waits for it, and one that began is waited for and seen, by a statement of its own behind the lock.
CREATE FUNCTION orders.is_forgotten(id uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF id IS NULL THEN RETURN false; END IF;
  PERFORM pg_advisory_xact_lock_shared(7107, hashtext(id::text));
  RETURN EXISTS (SELECT FROM orders.erased_customers e WHERE e.customer_id = id);
END $$;
--> statement-breakpoint
-- Who an id of a customer means now. Inlined where it stands; a function so that no reader forgets it.
CREATE FUNCTION orders.current_customer(id uuid) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT coalesce((SELECT a.customer_id FROM orders.customer_aliases a WHERE a.former_id = id), id)
$$;
--> statement-breakpoint
-- Works out the aliases below a profile anew from all merges that are known, in whatever order they were heard of.
CREATE FUNCTION orders.follow_merges(changed uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Two merges that touch each other would each miss the other's row.
  PERFORM pg_advisory_xact_lock(7106, 0);
  WITH RECURSIVE below AS (
    SELECT changed AS id
    UNION SELECT m.absorbed_id FROM orders.customer_merges m JOIN below ON m.survivor_id = below.id
  ), above AS (
    SELECT below.id AS former, below.id AS at, 0 AS depth FROM below
    UNION ALL
    SELECT above.former, m.survivor_id, above.depth + 1 FROM above JOIN orders.customer_merges m ON m.absorbed_id = above.at
    WHERE above.depth < 1000
  ), ends AS (
    SELECT DISTINCT ON (former) former, at FROM above ORDER BY former, depth DESC
  ), gone AS (
    DELETE FROM orders.customer_aliases a USING ends WHERE a.former_id = ends.former AND ends.at = ends.former
  )
  INSERT INTO orders.customer_aliases (former_id, customer_id)
  SELECT former, at FROM ends WHERE at <> former
  ON CONFLICT ON CONSTRAINT customer_aliases_pkey DO UPDATE SET customer_id = excluded.customer_id;
END $$;
--> statement-breakpoint
ALTER TABLE orders.orders ADD COLUMN company_id uuid, ADD COLUMN hold_key text;
--> statement-breakpoint
-- Orders of addresses that nobody had shown to be theirs: they find their profile when somebody does.
CREATE INDEX orders_unclaimed ON orders.orders (lower(contact ->> 'email')) WHERE customer_id IS NULL;
--> statement-breakpoint
ALTER TABLE orders.carts ADD COLUMN merged_into uuid,
  ADD CONSTRAINT carts_merged_into FOREIGN KEY (merged_into) REFERENCES orders.carts (cart_id),
  DROP CONSTRAINT carts_status, ADD CONSTRAINT carts_status CHECK (status IN ('OPEN', 'IN_CHECKOUT', 'ORDERED', 'MERGED')),
  ADD CONSTRAINT carts_merged CHECK ((status = 'MERGED') = (merged_into IS NOT NULL));
--> statement-breakpoint
CREATE INDEX carts_of_customer ON orders.carts (customer_id, channel, updated_at DESC) WHERE customer_id IS NOT NULL;
--> statement-breakpoint
ALTER TABLE orders.product_projections ADD COLUMN product_type text;
