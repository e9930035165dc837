CREATE TABLE prices.price_changes (
  change_number bigint NOT NULL,
  variant_ids uuid[],
  changed_at timestamptz NOT NULL,
  CONSTRAINT price_changes_pkey PRIMARY KEY (change_number),
  CONSTRAINT price_changes_variants_bounded CHECK (cardinality(variant_ids) BETWEEN 1 AND 1000)
);
--> statement-breakpoint
-- Ids do not get smaller: trying to compress them would take longer than all else that is done to note a change.
ALTER TABLE prices.price_changes ALTER COLUMN variant_ids SET STORAGE EXTERNAL;
--> statement-breakpoint
CREATE INDEX price_changes_of_all ON prices.price_changes (change_number) WHERE variant_ids IS NULL;
--> statement-breakpoint
CREATE TABLE prices.change_clock (
  single boolean NOT NULL DEFAULT true,
  last_number bigint NOT NULL,
  purged_number bigint NOT NULL,
  CONSTRAINT change_clock_pkey PRIMARY KEY (single),
  CONSTRAINT change_clock_single CHECK (single),
  CONSTRAINT change_clock_order CHECK (purged_number <= last_number)
);
--> statement-breakpoint
INSERT INTO prices.change_clock (last_number, purged_number) VALUES (0, 0);
