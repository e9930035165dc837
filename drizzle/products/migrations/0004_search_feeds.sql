CREATE TABLE products.search_sources (
  source text COLLATE "C" NOT NULL,
  channel_code text COLLATE "C" NOT NULL,
  cursor text,
  product_change bigint NOT NULL,
  rebuilt_through uuid,
  step bigint NOT NULL,
  as_of timestamptz,
  CONSTRAINT search_sources_pkey PRIMARY KEY (source, channel_code),
  CONSTRAINT search_sources_channel_fkey FOREIGN KEY (channel_code) REFERENCES products.channels (code) ON DELETE CASCADE,
  CONSTRAINT search_sources_source_known CHECK (source IN ('prices', 'stock'))
);
--> statement-breakpoint
CREATE TABLE products.product_demand (
  product_id uuid NOT NULL,
  score double precision NOT NULL,
  CONSTRAINT product_demand_pkey PRIMARY KEY (product_id),
  CONSTRAINT product_demand_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE TABLE products.bought_together (
  product_id uuid NOT NULL,
  other_product_id uuid NOT NULL,
  score double precision NOT NULL,
  CONSTRAINT bought_together_pkey PRIMARY KEY (product_id, other_product_id),
  CONSTRAINT bought_together_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE,
  CONSTRAINT bought_together_other_fkey FOREIGN KEY (other_product_id) REFERENCES products.products (product_id) ON DELETE CASCADE,
  CONSTRAINT bought_together_not_itself CHECK (product_id <> other_product_id)
);
--> statement-breakpoint
CREATE INDEX bought_together_other ON products.bought_together (other_product_id);
--> statement-breakpoint
-- With the id, so that some products of a type can be picked in an order without reading all of them.
DROP INDEX products.products_product_type;
--> statement-breakpoint
CREATE INDEX products_product_type ON products.products (product_type, product_id);
