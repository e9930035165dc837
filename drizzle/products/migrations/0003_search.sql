-- What products are found by moves from generated columns into rows of its own: one for each language and channel with texts of its own.
DROP FUNCTION products.similar_titles(text);
--> statement-breakpoint
DROP INDEX products.products_title_trigrams;
--> statement-breakpoint
ALTER TABLE products.products DROP COLUMN search;
--> statement-breakpoint
DROP FUNCTION products.search_vector(text, text, text, text[], text);
--> statement-breakpoint
SELECT set_config('search_path', (SELECT format('products, %I', n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm'), true);
--> statement-breakpoint
-- Loads the library, so that its setting is known when a function below fixes it.
SELECT similarity('a', 'b');
--> statement-breakpoint
CREATE TABLE products.search_documents (
  product_id uuid NOT NULL,
  language text COLLATE "C" NOT NULL,
  channel_code text COLLATE "C" NOT NULL,
  title_key text COLLATE "C" NOT NULL,
  popularity double precision NOT NULL DEFAULT 0,
  offers jsonb NOT NULL DEFAULT '{}',
  facets text NOT NULL,
  marks tsvector NOT NULL,
  vector tsvector NOT NULL,
  filler text NOT NULL DEFAULT repeat(' ', 2100),
  CONSTRAINT search_documents_pkey PRIMARY KEY (product_id, language, channel_code),
  CONSTRAINT search_documents_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE
) WITH (fillfactor = 85, toast_tuple_target = 1200);
--> statement-breakpoint
-- A search of the index never looks at the vector, but at everything else of each match, and what it costs are the pages that it has to go
-- through: 5,000 matches were twice as fast with the vector out of line. PostgreSQL moves a column out of line in rows of more than 2 KB alone:
-- the filler makes them so before it is compressed to nearly nothing. What is left stays as it is up to the target, because to decompress
-- the offers of each match costs ten times as much as to read them.
ALTER TABLE products.search_documents ALTER COLUMN vector SET STORAGE EXTERNAL, ALTER COLUMN title_key SET STORAGE MAIN, ALTER COLUMN offers SET STORAGE MAIN,
  ALTER COLUMN facets SET STORAGE MAIN, ALTER COLUMN marks SET STORAGE MAIN;
--> statement-breakpoint
-- What is written waits in a list until it is sorted in, because sorting in much at once is many times cheaper; every search goes through that list.
-- A worker has it sorted in every second: see data/search/filling.ts.
CREATE INDEX search_documents_vector ON products.search_documents USING gin (vector) WITH (gin_pending_list_limit = 4096);
--> statement-breakpoint
CREATE INDEX search_documents_title_trigrams ON products.search_documents USING gin (title_key gin_trgm_ops) WITH (gin_pending_list_limit = 4096);
--> statement-breakpoint
CREATE INDEX search_documents_title ON products.search_documents (title_key, product_id);
--> statement-breakpoint
CREATE TABLE products.search_values (
  value_id integer GENERATED ALWAYS AS IDENTITY,
  facet text COLLATE "C" NOT NULL,
  attribute text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  CONSTRAINT search_values_pkey PRIMARY KEY (value_id),
  CONSTRAINT search_values_value_key UNIQUE (facet, attribute, value)
);
--> statement-breakpoint
CREATE TABLE products.search_prices (
  channel_code text COLLATE "C" NOT NULL,
  currency text COLLATE "C" NOT NULL,
  product_id uuid NOT NULL,
  min_minor bigint NOT NULL,
  max_minor bigint NOT NULL,
  CONSTRAINT search_prices_pkey PRIMARY KEY (channel_code, currency, product_id),
  CONSTRAINT search_prices_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE,
  CONSTRAINT search_prices_ordered CHECK (min_minor <= max_minor)
);
--> statement-breakpoint
CREATE INDEX search_prices_order ON products.search_prices (channel_code, currency, min_minor, product_id);
--> statement-breakpoint
CREATE INDEX search_prices_product ON products.search_prices (product_id);
--> statement-breakpoint
CREATE TABLE products.search_popularity (
  product_id uuid NOT NULL,
  popularity double precision NOT NULL,
  CONSTRAINT search_popularity_pkey PRIMARY KEY (product_id),
  CONSTRAINT search_popularity_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX search_popularity_order ON products.search_popularity (popularity, product_id);
--> statement-breakpoint
CREATE TABLE products.search_synonyms (
  synonym_set_id uuid NOT NULL,
  language text COLLATE "C" NOT NULL,
  words text[] NOT NULL,
  keys text[] NOT NULL,
  version integer NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT search_synonyms_pkey PRIMARY KEY (synonym_set_id),
  CONSTRAINT search_synonyms_some CHECK (cardinality(words) BETWEEN 2 AND 20)
);
--> statement-breakpoint
CREATE INDEX search_synonyms_keys ON products.search_synonyms USING gin (keys);
--> statement-breakpoint
CREATE INDEX search_synonyms_language ON products.search_synonyms (language, synonym_set_id);
--> statement-breakpoint
CREATE TABLE products.search_profile (
  single boolean NOT NULL DEFAULT true,
  profile text NOT NULL,
  filling text,
  filled_through uuid,
  CONSTRAINT search_profile_pkey PRIMARY KEY (single),
  CONSTRAINT search_profile_single CHECK (single)
);
--> statement-breakpoint
INSERT INTO products.search_profile (profile) VALUES ('');
--> statement-breakpoint
CREATE TABLE products.search_queue (
  product_id uuid NOT NULL,
  CONSTRAINT search_queue_pkey PRIMARY KEY (product_id),
  CONSTRAINT search_queue_product_fkey FOREIGN KEY (product_id) REFERENCES products.products (product_id) ON DELETE CASCADE
);
--> statement-breakpoint
-- How PostgreSQL stems a language; languages that it does not know are taken as they are written.
CREATE FUNCTION products.search_configuration(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE language
    WHEN 'ar' THEN 'pg_catalog.arabic' WHEN 'hy' THEN 'pg_catalog.armenian' WHEN 'eu' THEN 'pg_catalog.basque' WHEN 'ca' THEN 'pg_catalog.catalan'
    WHEN 'da' THEN 'pg_catalog.danish' WHEN 'nl' THEN 'pg_catalog.dutch' WHEN 'en' THEN 'pg_catalog.english' WHEN 'fi' THEN 'pg_catalog.finnish'
    WHEN 'fr' THEN 'pg_catalog.french' WHEN 'de' THEN 'pg_catalog.german' WHEN 'el' THEN 'pg_catalog.greek' WHEN 'hi' THEN 'pg_catalog.hindi'
    WHEN 'hu' THEN 'pg_catalog.hungarian' WHEN 'id' THEN 'pg_catalog.indonesian' WHEN 'ga' THEN 'pg_catalog.irish' WHEN 'it' THEN 'pg_catalog.italian'
    WHEN 'lt' THEN 'pg_catalog.lithuanian' WHEN 'ne' THEN 'pg_catalog.nepali' WHEN 'no' THEN 'pg_catalog.norwegian' WHEN 'nb' THEN 'pg_catalog.norwegian'
    WHEN 'nn' THEN 'pg_catalog.norwegian' WHEN 'pt' THEN 'pg_catalog.portuguese' WHEN 'ro' THEN 'pg_catalog.romanian' WHEN 'ru' THEN 'pg_catalog.russian'
    WHEN 'sr' THEN 'pg_catalog.serbian' WHEN 'es' THEN 'pg_catalog.spanish' WHEN 'sv' THEN 'pg_catalog.swedish' WHEN 'ta' THEN 'pg_catalog.tamil'
    WHEN 'tr' THEN 'pg_catalog.turkish' WHEN 'yi' THEN 'pg_catalog.yiddish' ELSE 'pg_catalog.simple' END::regconfig
$$;
--> statement-breakpoint
-- A text without accents; most have none, and looking is cheaper than taking apart.
CREATE FUNCTION products.search_bare(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(written) > char_length(written) THEN regexp_replace(normalize(written, NFKD), '[\u0300-\u036f]', '', 'g') ELSE written END
$$;
--> statement-breakpoint
-- A text for the parser of words: without accents and punctuation, so that `T-Shirt` is two words whoever writes it.
CREATE FUNCTION products.search_plain(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(products.search_bare(written), '[!-/:-@[-`{-~]+', ' ', 'g')
$$;
--> statement-breakpoint
-- A title as it is sorted and compared.
CREATE FUNCTION products.search_key(title text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT left(lower(products.search_bare(title)), 255)
$$;
--> statement-breakpoint
-- The words of a text as one language has them.
CREATE FUNCTION products.search_stems(language text, written text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT tsvector_to_array(to_tsvector(products.search_configuration(language), written))
$$;
--> statement-breakpoint
-- The character that stands for a value in `search_documents.facets`: those of ASCII and the surrogates are left out. Null beyond the last one.
CREATE FUNCTION products.search_code(value_id integer) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN value_id < 55000 THEN chr(value_id + 256) WHEN value_id < 1100000 THEN chr(value_id + 2560) END
$$;
--> statement-breakpoint
-- The documents of a channel in a language: of each product one. Channel '' is that of those who see all.
CREATE FUNCTION products.search_scope(channel text, language text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT format('''@%1$s'' | ''@%1$s/%2$s'' | (''@%1$s!'' & !''-%2$s'')', channel, language)::tsquery
$$;
--> statement-breakpoint
-- A term that finds a word: as it is in titles, in titles and labels, or anywhere.
CREATE FUNCTION products.search_term(scope text, word text, is_prefix boolean) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE scope WHEN 'title' THEN '''=' || word || '''' || suffix WHEN 'heading' THEN '''' || word || '''' || suffix
    ELSE '''' || word || '''' || suffix || '|''.' || word || '''' || suffix END
  FROM (SELECT CASE WHEN is_prefix THEN ':*' ELSE '' END AS suffix) AS as_prefix
$$;
--> statement-breakpoint
-- Asks for all words of a phrase; null when they are all too common to be asked for.
CREATE FUNCTION products.search_phrase(language text, scope text, phrase text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT string_agg('(' || term || ')', '&') FROM (
    SELECT (SELECT string_agg(products.search_term(scope, stem, false), '|') FROM unnest(products.search_stems(language, word)) AS stem) AS term
    FROM unnest(string_to_array(phrase, ' ')) AS word WHERE word <> '') AS terms WHERE term IS NOT NULL
$$;
--> statement-breakpoint
-- What a shopper typed, as a query: every word, as a stem of the language, or a synonym of it; the last one may be unfinished. Words hold
-- letters and digits alone, so that nothing of them is read as a part of the query language. Null when nothing can be asked for.
CREATE FUNCTION products.search_query(language text, typed text[], folded text[], scope text) RETURNS tsquery LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
  size integer := cardinality(typed);
  terms text[] := '{}';
  alternatives text[] := '{}';
  term text;
  stems text[];
  synonym record;
  result text;
BEGIN
  FOR place IN 1..size LOOP
    SELECT string_agg(products.search_term(scope, stem, false), '|'), array_agg(stem) INTO term, stems FROM (
      SELECT unnest(products.search_stems(language, typed[place])) AS stem UNION SELECT unnest(products.search_stems(language, folded[place]))) AS found;
    -- The last word may be a part of one; where it is as common as `the`, that says nothing.
    IF place = size AND (term IS NOT NULL OR size = 1) THEN
      SELECT string_agg(products.search_term(scope, prefix, true), '|') INTO term FROM (
        SELECT DISTINCT p AS prefix FROM unnest(coalesce(stems, '{}') || folded[place]) AS p
        WHERE NOT EXISTS (SELECT 1 FROM unnest(coalesce(stems, '{}') || folded[place]) AS shorter WHERE p <> shorter AND starts_with(p, shorter))) AS shortest;
    END IF;
    terms := terms || term;
  END LOOP;
  FOR synonym IN
    SELECT found.first, found.last, string_agg(DISTINCT '(' || phrase || ')', '|') AS phrases FROM (
      SELECT span.first, span.last, products.search_phrase(search_query.language, scope, other.key) AS phrase
      FROM (SELECT f AS first, l AS last, array_to_string(folded[f:l], ' ') AS key FROM generate_series(1, size) AS f, LATERAL generate_series(f, least(f + 3, size)) AS l) AS span
        JOIN products.search_synonyms s ON s.language IN (search_query.language, '') AND s.keys @> ARRAY[span.key] CROSS JOIN LATERAL unnest(s.keys) AS other(key)
      WHERE other.key <> span.key) AS found WHERE found.phrase IS NOT NULL GROUP BY found.first, found.last ORDER BY found.first, found.last LIMIT 20
  LOOP
    IF synonym.first = synonym.last THEN
      terms[synonym.first] := concat_ws('|', terms[synonym.first], synonym.phrases);
    ELSE
      alternatives := alternatives || format('%s:%s:%s', synonym.first, synonym.last, synonym.phrases);
    END IF;
  END LOOP;
  SELECT string_agg('(' || asked || ')', '&') INTO result FROM unnest(terms) AS asked WHERE asked IS NOT NULL;
  FOR place IN 1..cardinality(alternatives) LOOP
    SELECT string_agg('(' || asked || ')', '&') INTO term FROM unnest(terms) WITH ORDINALITY AS t(asked, at)
      WHERE asked IS NOT NULL AND NOT at BETWEEN split_part(alternatives[place], ':', 1)::integer AND split_part(alternatives[place], ':', 2)::integer;
    result := concat_ws('|', result, '(' || concat_ws('&', '(' || substr(alternatives[place], length(split_part(alternatives[place], ':', 1) || split_part(alternatives[place], ':', 2)) + 3) || ')', term) || ')');
  END LOOP;
  RETURN result::tsquery;
END
$$;
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
