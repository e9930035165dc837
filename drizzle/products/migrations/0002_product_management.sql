ALTER TABLE products.channels ADD COLUMN service_levels jsonb NOT NULL DEFAULT '[]';
--> statement-breakpoint
ALTER TABLE products.products
  ADD COLUMN status text NOT NULL DEFAULT 'ACTIVE',
  ADD COLUMN tax_category text NOT NULL DEFAULT 'standard',
  ADD COLUMN is_gift_card boolean NOT NULL DEFAULT false,
  ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN external_references jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN feed_fields jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN option_words jsonb NOT NULL DEFAULT '{}',
  ADD CONSTRAINT products_status_known CHECK (status IN ('DRAFT', 'ACTIVE', 'ARCHIVED'));
--> statement-breakpoint
CREATE INDEX products_external_references ON products.products USING gin (external_references jsonb_path_ops);
--> statement-breakpoint
ALTER TABLE products.media
  ADD COLUMN role text NOT NULL DEFAULT 'GALLERY',
  ADD COLUMN alt_texts jsonb NOT NULL DEFAULT '{}',
  ADD CONSTRAINT media_role_known CHECK (role IN ('GALLERY', 'SWATCH', 'LIFESTYLE', 'SIZE_CHART', 'MANUAL', 'VIDEO'));
--> statement-breakpoint
ALTER TABLE products.variants
  ADD COLUMN tax_category text,
  ADD COLUMN requires_shipping boolean NOT NULL DEFAULT true,
  ADD COLUMN external_reference text,
  ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN external_references jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN feed_fields jsonb NOT NULL DEFAULT '{}';
--> statement-breakpoint
CREATE INDEX variants_external_references ON products.variants USING gin (external_references jsonb_path_ops);
--> statement-breakpoint
ALTER TABLE products.publications
  ADD COLUMN starts_at timestamptz,
  ADD COLUMN ends_at timestamptz,
  ADD COLUMN is_live boolean NOT NULL DEFAULT true,
  ADD CONSTRAINT publications_dates_ordered CHECK (starts_at < ends_at);
--> statement-breakpoint
CREATE INDEX publications_starts ON products.publications (starts_at) WHERE NOT is_live AND starts_at IS NOT NULL;
--> statement-breakpoint
CREATE INDEX publications_ends ON products.publications (ends_at) WHERE is_live AND ends_at IS NOT NULL;
--> statement-breakpoint
ALTER TABLE products.collections
  ADD COLUMN rule jsonb,
  ADD COLUMN seo_title text,
  ADD COLUMN seo_description text,
  ADD COLUMN translations jsonb NOT NULL DEFAULT '{}';
--> statement-breakpoint
CREATE TABLE products.product_types (
  name text COLLATE "C" NOT NULL,
  labels jsonb NOT NULL,
  attributes jsonb NOT NULL,
  version integer NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT product_types_pkey PRIMARY KEY (name)
);
--> statement-breakpoint
CREATE TABLE products.product_texts (
  product_id uuid NOT NULL,
  channel_code text COLLATE "C" NOT NULL,
  locale text COLLATE "C" NOT NULL,
  title text,
  description_html text,
  seo_title text,
  seo_description text,
  CONSTRAINT product_texts_pkey PRIMARY KEY (product_id, channel_code, locale),
  CONSTRAINT product_texts_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE,
  CONSTRAINT product_texts_differ CHECK (channel_code <> '' OR locale <> '')
);
--> statement-breakpoint
CREATE TABLE products.channel_media (
  product_id uuid NOT NULL,
  channel_code text COLLATE "C" NOT NULL,
  media_id uuid NOT NULL,
  position integer NOT NULL,
  CONSTRAINT channel_media_pkey PRIMARY KEY (product_id, channel_code, media_id),
  CONSTRAINT channel_media_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE,
  CONSTRAINT channel_media_media_fkey FOREIGN KEY (media_id) REFERENCES products.media (media_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX channel_media_media ON products.channel_media (media_id);
--> statement-breakpoint
CREATE TABLE products.product_relations (
  product_id uuid NOT NULL,
  kind text NOT NULL,
  related_product_id uuid NOT NULL,
  position integer NOT NULL,
  CONSTRAINT product_relations_pkey PRIMARY KEY (product_id, kind, related_product_id),
  CONSTRAINT product_relations_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE,
  CONSTRAINT product_relations_related_fkey FOREIGN KEY (related_product_id) REFERENCES products.products (product_id) ON DELETE CASCADE,
  CONSTRAINT product_relations_kind_known CHECK (kind IN ('ACCESSORY', 'CROSS_SELL', 'SUCCESSOR')),
  CONSTRAINT product_relations_not_itself CHECK (product_id <> related_product_id)
);
--> statement-breakpoint
CREATE INDEX product_relations_related ON products.product_relations (related_product_id);
--> statement-breakpoint
CREATE TABLE products.categories (
  category_id uuid NOT NULL,
  parent_id uuid,
  handle text COLLATE "C" NOT NULL,
  name text NOT NULL,
  names jsonb NOT NULL DEFAULT '{}',
  position integer NOT NULL,
  external_reference text,
  version integer NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT categories_pkey PRIMARY KEY (category_id),
  CONSTRAINT categories_handle_key UNIQUE (handle),
  CONSTRAINT categories_parent_fkey FOREIGN KEY (parent_id) REFERENCES products.categories (category_id),
  CONSTRAINT categories_not_its_own_parent CHECK (parent_id <> category_id)
);
--> statement-breakpoint
CREATE INDEX categories_children ON products.categories (parent_id, position, category_id);
--> statement-breakpoint
CREATE INDEX categories_external_reference ON products.categories (external_reference);
--> statement-breakpoint
CREATE TABLE products.category_tree (
  single boolean NOT NULL DEFAULT true,
  version integer NOT NULL,
  CONSTRAINT category_tree_pkey PRIMARY KEY (single),
  CONSTRAINT category_tree_single CHECK (single)
);
--> statement-breakpoint
INSERT INTO products.category_tree (version) VALUES (0);
--> statement-breakpoint
CREATE TABLE products.product_categories (
  product_id uuid NOT NULL,
  category_id uuid NOT NULL,
  position integer NOT NULL,
  CONSTRAINT product_categories_pkey PRIMARY KEY (product_id, category_id),
  CONSTRAINT product_categories_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE,
  CONSTRAINT product_categories_category_fkey FOREIGN KEY (category_id) REFERENCES products.categories (category_id)
);
--> statement-breakpoint
CREATE INDEX product_categories_category ON products.product_categories (category_id, product_id);
--> statement-breakpoint
CREATE TABLE products.taxonomies (
  code text COLLATE "C" NOT NULL,
  name text NOT NULL,
  revision integer NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT taxonomies_pkey PRIMARY KEY (code),
  CONSTRAINT taxonomies_code_shape CHECK (code ~ '^[a-z0-9-]{2,32}$')
);
--> statement-breakpoint
CREATE TABLE products.category_mappings (
  taxonomy_code text COLLATE "C" NOT NULL,
  category_id uuid NOT NULL,
  revision integer NOT NULL,
  target_id text,
  target_path text,
  changed_at timestamptz NOT NULL,
  changed_by text NOT NULL,
  CONSTRAINT category_mappings_pkey PRIMARY KEY (taxonomy_code, category_id, revision),
  CONSTRAINT category_mappings_taxonomy_fkey FOREIGN KEY (taxonomy_code) REFERENCES products.taxonomies (code),
  CONSTRAINT category_mappings_category_fkey FOREIGN KEY (category_id) REFERENCES products.categories (category_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX category_mappings_revision ON products.category_mappings (taxonomy_code, revision);
--> statement-breakpoint
CREATE INDEX category_mappings_category ON products.category_mappings (category_id);
--> statement-breakpoint
CREATE TABLE products.product_revisions (
  product_id uuid NOT NULL,
  version integer NOT NULL,
  content jsonb NOT NULL,
  action text NOT NULL,
  role text NOT NULL,
  subject text NOT NULL,
  staff_id text,
  channel_code text,
  changed_at timestamptz NOT NULL,
  CONSTRAINT product_revisions_pkey PRIMARY KEY (product_id, version),
  CONSTRAINT product_revisions_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE TABLE products.product_drafts (
  product_id uuid NOT NULL,
  change jsonb NOT NULL,
  base_version integer NOT NULL,
  publish_at timestamptz,
  problem text,
  version integer NOT NULL,
  role text NOT NULL,
  subject text NOT NULL,
  staff_id text,
  channel_code text,
  updated_at timestamptz NOT NULL,
  CONSTRAINT product_drafts_pkey PRIMARY KEY (product_id),
  CONSTRAINT product_drafts_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX product_drafts_due ON products.product_drafts (publish_at) WHERE problem IS NULL AND publish_at IS NOT NULL;
--> statement-breakpoint
CREATE TABLE products.imports (
  import_id uuid NOT NULL,
  fingerprint text NOT NULL,
  file_name text NOT NULL,
  format text NOT NULL,
  state text NOT NULL,
  next_line bigint NOT NULL,
  counts jsonb NOT NULL,
  started_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT imports_pkey PRIMARY KEY (import_id),
  CONSTRAINT imports_fingerprint_key UNIQUE (fingerprint),
  CONSTRAINT imports_state_known CHECK (state IN ('RUNNING', 'DONE'))
);
