CREATE TABLE products.collection_follower (
  single boolean NOT NULL DEFAULT true,
  last_number bigint NOT NULL,
  tree_version integer NOT NULL,
  checked_at timestamptz NOT NULL,
  CONSTRAINT collection_follower_pkey PRIMARY KEY (single),
  CONSTRAINT collection_follower_single CHECK (single)
);
--> statement-breakpoint
INSERT INTO products.collection_follower (last_number, tree_version, checked_at) VALUES (0, 0, products.app_now());
--> statement-breakpoint
CREATE TABLE products.collection_sweeps (
  collection_id uuid NOT NULL,
  behind uuid,
  begun_at timestamptz NOT NULL,
  CONSTRAINT collection_sweeps_pkey PRIMARY KEY (collection_id),
  CONSTRAINT collection_sweeps_collection_fkey FOREIGN KEY (collection_id) REFERENCES products.collections (collection_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE TABLE products.collection_touches (
  product_id uuid NOT NULL,
  CONSTRAINT collection_touches_pkey PRIMARY KEY (product_id),
  CONSTRAINT collection_touches_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX products_created ON products.products (created_at);
