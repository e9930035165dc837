-- Documents are laid out anew, so that a search reads less of each: offers stand in an array, and vectors are out of line for certain.
SELECT set_config('search_path', (SELECT format('products, %I', n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'), true);
--> statement-breakpoint
-- Loads the library, so that its setting is known when a function below fixes it.
SELECT similarity('a', 'b');
--> statement-breakpoint
CREATE TABLE products.search_offer_slots (
  slot integer GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2),
  channel_code text COLLATE "C" NOT NULL,
  currency text COLLATE "C" NOT NULL,
  CONSTRAINT search_offer_slots_pkey PRIMARY KEY (slot),
  CONSTRAINT search_offer_slots_key UNIQUE (channel_code, currency)
);
--> statement-breakpoint
INSERT INTO products.search_offer_slots (channel_code, currency)
SELECT channel_code, currency FROM (
  SELECT DISTINCT split_part(key, '/', 1) COLLATE "C" AS channel_code, split_part(key, '/', 2) COLLATE "C" AS currency
  FROM products.search_documents d CROSS JOIN LATERAL jsonb_object_keys(d.offers) AS key) AS told
ORDER BY channel_code, currency;
--> statement-breakpoint
-- Where in `search_documents.offers` the lowest price of a channel in a currency stands, with the highest behind it; for no currency, whether it
-- can be sold. Null where nothing was ever said.
CREATE FUNCTION products.search_offer_slot(channel text, currency text) RETURNS integer LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT s.slot FROM products.search_offer_slots s WHERE s.channel_code = channel AND s.currency = search_offer_slot.currency
$$;
--> statement-breakpoint
CREATE TABLE products.search_documents_next (
  product_id uuid NOT NULL,
  popularity double precision NOT NULL DEFAULT 0,
  facets text NOT NULL,
  offers bigint[] NOT NULL DEFAULT '{}',
  language text COLLATE "C" NOT NULL,
  channel_code text COLLATE "C" NOT NULL,
  title_key text COLLATE "C" NOT NULL,
  marks tsvector NOT NULL,
  vector tsvector NOT NULL,
  filler text NOT NULL DEFAULT repeat(' ', 2100)
) WITH (fillfactor = 85, toast_tuple_target = 600);
--> statement-breakpoint
-- A search of the index never looks at the vector, but at everything else of each match, and what it costs are the pages that it has to go
-- through: 5,000 matches were twice as fast with the vector out of line. PostgreSQL moves a column out of line in rows of more than 2 KB alone:
-- the filler makes them so before it is compressed to nearly nothing. Then the longest go first, until the target is met. Nothing else is
-- compressed, because to decompress a column of each match costs ten times as much as to read it.
ALTER TABLE products.search_documents_next ALTER COLUMN vector SET STORAGE EXTERNAL, ALTER COLUMN title_key SET STORAGE EXTERNAL, ALTER COLUMN offers SET STORAGE EXTERNAL,
  ALTER COLUMN facets SET STORAGE EXTERNAL, ALTER COLUMN marks SET STORAGE EXTERNAL;
--> statement-breakpoint
-- Values are made anew, so that none comes compressed.
INSERT INTO products.search_documents_next (product_id, popularity, facets, offers, language, channel_code, title_key, marks, vector)
SELECT d.product_id, d.popularity, d.facets || '', coalesce((
    SELECT (array_agg(value ORDER BY place))[:max(place) FILTER (WHERE value IS NOT NULL)] FROM (
      SELECT s.slot + n AS place, CASE WHEN s.currency <> '' THEN (d.offers -> (s.channel_code || '/' || s.currency) ->> n)::bigint
        WHEN n = 0 AND d.offers ? s.channel_code THEN 1 END AS value
      FROM products.search_offer_slots s CROSS JOIN generate_series(0, 1) AS n) AS told), '{}'),
  d.language, d.channel_code, d.title_key || '', strip(d.marks), d.vector
FROM products.search_documents d ORDER BY d.product_id, d.language, d.channel_code;
--> statement-breakpoint
DROP FUNCTION products.similar_documents(tsquery, text);
--> statement-breakpoint
DROP TABLE products.search_documents;
--> statement-breakpoint
ALTER TABLE products.search_documents_next RENAME TO search_documents;
--> statement-breakpoint
ALTER TABLE products.search_documents
  ADD CONSTRAINT search_documents_pkey PRIMARY KEY (product_id, language, channel_code),
  ADD CONSTRAINT search_documents_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE;
--> statement-breakpoint
CREATE INDEX search_documents_vector ON products.search_documents USING gin (vector) WITH (gin_pending_list_limit = 4096);
--> statement-breakpoint
CREATE INDEX search_documents_title_trigrams ON products.search_documents USING gin (title_key gin_trgm_ops) WITH (gin_pending_list_limit = 4096);
--> statement-breakpoint
CREATE INDEX search_documents_title ON products.search_documents (title_key, product_id);
--> statement-breakpoint
-- Documents of a scope whose title contains something like the text, for shoppers who mistyped. A function, because the threshold is a
-- setting: it is lower than the default, for one wrong letter in a short word changes half of its trigrams.
CREATE FUNCTION products.similar_documents(scope tsquery, typed text) RETURNS TABLE (product_id uuid, language text, channel_code text, similarity real)
LANGUAGE sql STABLE PARALLEL SAFE SET pg_trgm.word_similarity_threshold = 0.35
BEGIN ATOMIC
  SELECT d.product_id, d.language, d.channel_code, word_similarity(typed, d.title_key)
  FROM products.search_documents d WHERE d.title_key %> typed AND d.marks @@ scope
  ORDER BY 4 DESC, 1 DESC LIMIT 10000;
END;
--> statement-breakpoint
-- How PostgreSQL stems a language; languages that it does not know are taken as they are written.
-- Each name is a constant of its own: to look one up for every text would take as long as to stem a title.
CREATE OR REPLACE FUNCTION products.search_configuration(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE language
    WHEN 'ar' THEN regconfig 'pg_catalog.arabic' WHEN 'hy' THEN regconfig 'pg_catalog.armenian' WHEN 'eu' THEN regconfig 'pg_catalog.basque' WHEN 'ca' THEN regconfig 'pg_catalog.catalan'
    WHEN 'da' THEN regconfig 'pg_catalog.danish' WHEN 'nl' THEN regconfig 'pg_catalog.dutch' WHEN 'en' THEN regconfig 'pg_catalog.english' WHEN 'fi' THEN regconfig 'pg_catalog.finnish'
    WHEN 'fr' THEN regconfig 'pg_catalog.french' WHEN 'de' THEN regconfig 'pg_catalog.german' WHEN 'el' THEN regconfig 'pg_catalog.greek' WHEN 'hi' THEN regconfig 'pg_catalog.hindi'
    WHEN 'hu' THEN regconfig 'pg_catalog.hungarian' WHEN 'id' THEN regconfig 'pg_catalog.indonesian' WHEN 'ga' THEN regconfig 'pg_catalog.irish' WHEN 'it' THEN regconfig 'pg_catalog.italian'
    WHEN 'lt' THEN regconfig 'pg_catalog.lithuanian' WHEN 'ne' THEN regconfig 'pg_catalog.nepali' WHEN 'no' THEN regconfig 'pg_catalog.norwegian' WHEN 'nb' THEN regconfig 'pg_catalog.norwegian'
    WHEN 'nn' THEN regconfig 'pg_catalog.norwegian' WHEN 'pt' THEN regconfig 'pg_catalog.portuguese' WHEN 'ro' THEN regconfig 'pg_catalog.romanian' WHEN 'ru' THEN regconfig 'pg_catalog.russian'
    WHEN 'sr' THEN regconfig 'pg_catalog.serbian' WHEN 'es' THEN regconfig 'pg_catalog.spanish' WHEN 'sv' THEN regconfig 'pg_catalog.swedish' WHEN 'ta' THEN regconfig 'pg_catalog.tamil'
    WHEN 'tr' THEN regconfig 'pg_catalog.turkish' WHEN 'yi' THEN regconfig 'pg_catalog.yiddish' ELSE regconfig 'pg_catalog.simple' END
$$;
--> statement-breakpoint
-- What products call the values of their options in other languages.
ALTER TABLE products.search_values ADD COLUMN labels jsonb;
