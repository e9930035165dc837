-- Trigrams may have been installed before, in whatever schema the administrator chose: find them there.
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA "products";
--> statement-breakpoint
SELECT set_config('search_path', (SELECT format('products, %I', n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'), true);
--> statement-breakpoint
-- Loads the library, so that its setting is known when a function below fixes it.
SELECT similarity('a', 'b');
--> statement-breakpoint
-- What a product is found by: title before vendor, type and tags, before the description. Words stand in as they are (for prefixes)
-- and as English stems; markup is no word to the parser. Immutable, because a generated column needs it: both configurations are named.
CREATE FUNCTION "products"."search_vector"(title text, vendor text, product_type text, tags text[], description_html text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT setweight(to_tsvector('pg_catalog.english', title) || to_tsvector('pg_catalog.simple', title), 'A')
    || setweight(to_tsvector('pg_catalog.english', label) || to_tsvector('pg_catalog.simple', label), 'B')
    || setweight(to_tsvector('pg_catalog.english', description_html), 'D')
  FROM (SELECT concat_ws(' ', vendor, product_type, array_to_string(tags, ' ')) AS label) AS labels
$$;
--> statement-breakpoint
CREATE TABLE "products"."change_clock" (
	"single" boolean DEFAULT true NOT NULL,
	"last_number" bigint NOT NULL,
	CONSTRAINT "change_clock_pkey" PRIMARY KEY("single"),
	CONSTRAINT "change_clock_single" CHECK ("products"."change_clock"."single")
);
--> statement-breakpoint
CREATE TABLE "products"."channels" (
	"code" text collate "C" NOT NULL,
	"name" text NOT NULL,
	"currencies" text[] NOT NULL,
	"countries" text[] NOT NULL,
	"locales" text[] NOT NULL,
	"location_ids" uuid[] NOT NULL,
	"version" integer NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "channels_pkey" PRIMARY KEY("code"),
	CONSTRAINT "channels_code_shape" CHECK ("products"."channels"."code" ~ '^[a-z0-9-]{2,32}$'),
	CONSTRAINT "channels_currencies_some" CHECK (cardinality("products"."channels"."currencies") > 0),
	CONSTRAINT "channels_countries_some" CHECK (cardinality("products"."channels"."countries") > 0),
	CONSTRAINT "channels_locales_some" CHECK (cardinality("products"."channels"."locales") > 0)
);
--> statement-breakpoint
CREATE TABLE "products"."collection_products" (
	"collection_id" uuid NOT NULL,
	"product_id" uuid NOT NULL,
	"position" integer NOT NULL,
	CONSTRAINT "collection_products_pkey" PRIMARY KEY("collection_id","product_id")
);
--> statement-breakpoint
CREATE TABLE "products"."collections" (
	"collection_id" uuid NOT NULL,
	"handle" text collate "C" NOT NULL,
	"title" text NOT NULL,
	"title_key" text collate "C" NOT NULL,
	"description_html" text NOT NULL,
	"version" integer NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "collections_pkey" PRIMARY KEY("collection_id"),
	CONSTRAINT "collections_handle_key" UNIQUE("handle")
);
--> statement-breakpoint
CREATE TABLE "products"."inbox" (
	"consumer" text NOT NULL,
	"event_id" uuid NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	CONSTRAINT "inbox_pkey" PRIMARY KEY("consumer","event_id")
);
--> statement-breakpoint
CREATE TABLE "products"."media" (
	"media_id" uuid NOT NULL,
	"product_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"url" text NOT NULL,
	"alt_text" text,
	CONSTRAINT "media_pkey" PRIMARY KEY("media_id"),
	CONSTRAINT "media_product_url_key" UNIQUE("product_id","url")
);
--> statement-breakpoint
CREATE TABLE "products"."outbox" (
	"seq" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "products"."outbox_seq_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"key" text NOT NULL,
	"payload" jsonb NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"published_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "products"."product_changes" (
	"product_id" uuid NOT NULL,
	"change_number" bigint NOT NULL,
	CONSTRAINT "product_changes_pkey" PRIMARY KEY("product_id"),
	CONSTRAINT "product_changes_number_key" UNIQUE("change_number")
);
--> statement-breakpoint
CREATE TABLE "products"."products" (
	"product_id" uuid NOT NULL,
	"handle" text collate "C" NOT NULL,
	"title" text NOT NULL,
	"title_key" text collate "C" NOT NULL,
	"description_html" text NOT NULL,
	"vendor" text,
	"product_type" text,
	"tags" text[] NOT NULL,
	"option_names" text[] NOT NULL,
	"seo_title" text,
	"seo_description" text,
	"external_reference" text,
	"version" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	"search" tsvector GENERATED ALWAYS AS ("products"."search_vector"("title_key", "vendor", "product_type", "tags", "description_html")) STORED NOT NULL,
	CONSTRAINT "products_pkey" PRIMARY KEY("product_id"),
	CONSTRAINT "products_handle_key" UNIQUE("handle"),
	CONSTRAINT "products_version_positive" CHECK ("products"."products"."version" > 0),
	CONSTRAINT "products_options_bounded" CHECK (cardinality("products"."products"."option_names") <= 3)
);
--> statement-breakpoint
CREATE TABLE "products"."publications" (
	"channel_code" text collate "C" NOT NULL,
	"product_id" uuid NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	CONSTRAINT "publications_pkey" PRIMARY KEY("channel_code","product_id")
);
--> statement-breakpoint
CREATE TABLE "products"."variants" (
	"variant_id" uuid NOT NULL,
	"product_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"option_values" text[] NOT NULL,
	"sku" text,
	"barcode" text,
	"weight_grams" integer,
	"media_id" uuid,
	CONSTRAINT "variants_pkey" PRIMARY KEY("variant_id"),
	CONSTRAINT "variants_options_key" UNIQUE("product_id","option_values"),
	CONSTRAINT "variants_weight_not_negative" CHECK ("products"."variants"."weight_grams" >= 0)
);
--> statement-breakpoint
ALTER TABLE "products"."collection_products" ADD CONSTRAINT "collection_products_collection_fkey" FOREIGN KEY ("collection_id") REFERENCES "products"."collections"("collection_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products"."collection_products" ADD CONSTRAINT "collection_products_product_fkey" FOREIGN KEY ("product_id") REFERENCES "products"."products"("product_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products"."media" ADD CONSTRAINT "media_product_fkey" FOREIGN KEY ("product_id") REFERENCES "products"."products"("product_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products"."product_changes" ADD CONSTRAINT "product_changes_product_fkey" FOREIGN KEY ("product_id") REFERENCES "products"."products"("product_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products"."publications" ADD CONSTRAINT "publications_channel_fkey" FOREIGN KEY ("channel_code") REFERENCES "products"."channels"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products"."publications" ADD CONSTRAINT "publications_product_fkey" FOREIGN KEY ("product_id") REFERENCES "products"."products"("product_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products"."variants" ADD CONSTRAINT "variants_product_fkey" FOREIGN KEY ("product_id") REFERENCES "products"."products"("product_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products"."variants" ADD CONSTRAINT "variants_media_fkey" FOREIGN KEY ("media_id") REFERENCES "products"."media"("media_id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "collection_products_order" ON "products"."collection_products" USING btree ("collection_id","position","product_id");--> statement-breakpoint
CREATE INDEX "collection_products_product" ON "products"."collection_products" USING btree ("product_id");--> statement-breakpoint
CREATE INDEX "collections_title" ON "products"."collections" USING btree ("title_key","collection_id");--> statement-breakpoint
CREATE INDEX "inbox_received" ON "products"."inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "outbox_unpublished" ON "products"."outbox" USING btree ("seq") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "outbox_published" ON "products"."outbox" USING btree ("published_at") WHERE published_at is not null;--> statement-breakpoint
CREATE INDEX "products_title" ON "products"."products" USING btree ("title_key","product_id");--> statement-breakpoint
CREATE INDEX "products_vendor" ON "products"."products" USING btree ("vendor");--> statement-breakpoint
CREATE INDEX "products_product_type" ON "products"."products" USING btree ("product_type");--> statement-breakpoint
CREATE INDEX "products_tags" ON "products"."products" USING gin ("tags");--> statement-breakpoint
CREATE INDEX "products_search" ON "products"."products" USING gin ("search");--> statement-breakpoint
CREATE INDEX "products_title_trigrams" ON "products"."products" USING gin ("title_key" gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "publications_product" ON "products"."publications" USING btree ("product_id");--> statement-breakpoint
CREATE INDEX "variants_sku" ON "products"."variants" USING btree ("sku");--> statement-breakpoint
CREATE INDEX "variants_barcode" ON "products"."variants" USING btree ("barcode");--> statement-breakpoint
CREATE INDEX "variants_media" ON "products"."variants" USING btree ("media_id");--> statement-breakpoint
INSERT INTO "products"."change_clock" ("last_number") VALUES (0);
--> statement-breakpoint
-- Titles that contain something like the text, for shoppers who mistyped. A function, because the threshold is a setting: it is
-- lower than the default, for one wrong letter in a short word changes half of its trigrams.
CREATE FUNCTION "products"."similar_titles"(typed text) RETURNS TABLE (product_id uuid, similarity real)
LANGUAGE sql STABLE PARALLEL SAFE SET pg_trgm.word_similarity_threshold = 0.35
BEGIN ATOMIC
  SELECT p.product_id, word_similarity(typed, p.title_key)
  FROM "products"."products" p WHERE p.title_key %> typed
  ORDER BY 2 DESC, 1 DESC LIMIT 10000;
END;
