-- Trigrams find names in spite of typing errors. They may be installed already, in whatever schema the administrator chose.
DO $$
DECLARE
  home text;
BEGIN
  SELECT n.nspname INTO home FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
  IF home IS NULL THEN
    BEGIN
      CREATE SCHEMA IF NOT EXISTS extensions;
      GRANT USAGE ON SCHEMA extensions TO PUBLIC;
      CREATE EXTENSION pg_trgm WITH SCHEMA extensions;
    EXCEPTION
      WHEN unique_violation OR duplicate_object OR duplicate_schema THEN
        NULL; -- Somebody else made it meanwhile: where it is, is asked below.
      WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
        RAISE EXCEPTION 'customers needs the extension pg_trgm, which cannot be installed here: %', SQLERRM
          USING HINT = 'Let an administrator run: CREATE SCHEMA IF NOT EXISTS extensions; GRANT USAGE ON SCHEMA extensions TO PUBLIC; CREATE EXTENSION pg_trgm WITH SCHEMA extensions;';
    END;
    SELECT n.nspname INTO STRICT home FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm';
  END IF;
  IF NOT has_schema_privilege(home, 'USAGE') THEN
    RAISE EXCEPTION 'customers needs the extension pg_trgm, which is in the schema "%" that it may not use', home
      USING HINT = 'Let an administrator run: CREATE SCHEMA IF NOT EXISTS extensions; GRANT USAGE ON SCHEMA extensions TO PUBLIC; ALTER EXTENSION pg_trgm SET SCHEMA extensions;';
  END IF;
  -- What is made below knows the extension by number and works whatever the search path is then.
  PERFORM set_config('search_path', format('customers, %I', home), true);
END $$;
--> statement-breakpoint
-- Loads the library, so that its setting is known when a function below fixes it.
SELECT similarity('a', 'b');
--> statement-breakpoint
-- A name as it is searched for: without case, accents and punctuation, in Latin letters where it is written in Cyrillic or Greek ones, words
-- apart by one blank; null when nothing is left. Immutable for the sake of a column and an index, hence it asks no locale of anything.
CREATE FUNCTION customers.fold(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  WITH bare AS (
    SELECT regexp_replace(normalize(name, NFKD) COLLATE "C",
      '[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f''\u2018\u2019\u02bc\u00b4`]+',
      '', 'g') AS t
  ), low AS (
    SELECT translate(lower(t COLLATE "C"),
      'АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЄІЈЅҐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩØŁĐÐĦŦÆŒÞẞ',
      'абвгдежзиклмнопрстуфхцчшщъыьэюяєіјѕґαβγδεζηθικλμνξοπρστυφχψωøłđðħŧæœþß') AS t FROM bare
  ), long AS (
    SELECT replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(t,
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'), 'ж', 'zh'), 'ц', 'ts'), 'ч', 'ch'), 'ш', 'sh'), 'щ', 'shch'), 'ю', 'yu'), 'я', 'ya'),
      'θ', 'th'), 'χ', 'ch'), 'ψ', 'ps') AS t FROM low
  ), latin AS (
    SELECT translate(t,
      'øłđðħŧıабвгдезиклмнопрстуфхыэєіјѕґαβγδεζηικλμνξοπρσςτυφωъь',
      'olddhtiabvgdeziklmnoprstufhyeeijsgabgdeziiklmnxoprsstyfo') AS t FROM long
  )
  SELECT nullif(btrim(regexp_replace(t COLLATE "C", '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00bf\u2000-\u206f\u3000-\u303f]+', ' ', 'g')), '')
  FROM latin;
END;
--> statement-breakpoint
-- Generated, so that nobody who writes a name can forget it; empty again when the person is erased.
ALTER TABLE customers.customers ADD COLUMN search_name text
  GENERATED ALWAYS AS (customers.fold(coalesce(given_name, '') || ' ' || coalesce(family_name, ''))) STORED;
--> statement-breakpoint
CREATE INDEX customers_similar_name ON customers.customers USING gin (search_name gin_trgm_ops) WHERE merged_into IS NULL;
--> statement-breakpoint
CREATE INDEX customers_same_name ON customers.customers (search_name, customer_id) WHERE merged_into IS NULL;
--> statement-breakpoint
-- Numbers from their end, as people tell them without the country.
CREATE INDEX identities_phone_suffix ON customers.identities (reverse(value) COLLATE "C") WHERE kind = 'PHONE';
--> statement-breakpoint
-- People whose names are the typed one or like it, best first. A function, because the threshold is a setting, and because no
-- guess of how many are alike should lead past the index. What is like it is taken up to a bound before it is ordered: so many are alike only
-- where the text says too little; those of exactly this name are never lost.
CREATE FUNCTION customers.similar_names(typed text, most integer) RETURNS TABLE (customer_id uuid, similarity real)
LANGUAGE sql STABLE PARALLEL SAFE ROWS 25 SET pg_trgm.word_similarity_threshold = 0.5 SET enable_seqscan = off
BEGIN ATOMIC
  WITH wanted AS MATERIALIZED (
    SELECT customers.fold(typed) AS name
  ), alike AS (
    (SELECT c.customer_id, c.search_name FROM customers.customers c
      WHERE c.merged_into IS NULL AND c.search_name = (SELECT name FROM wanted) ORDER BY c.customer_id LIMIT most)
    UNION
    (SELECT c.customer_id, c.search_name FROM customers.customers c
      WHERE c.merged_into IS NULL AND c.search_name %> (SELECT name FROM wanted) LIMIT 2000)
  )
  SELECT a.customer_id, ((word_similarity(w.name, a.search_name) + similarity(w.name, a.search_name)) / 2)::real
  FROM alike a, wanted w ORDER BY 2 DESC, 1 LIMIT most;
END;
--> statement-breakpoint
SET LOCAL search_path TO DEFAULT;
--> statement-breakpoint
-- Profiles that were found to be one person. The order of merges is that of their numbers: both are given under the locks of the profiles.
CREATE TABLE customers.merges (
  merge_id uuid NOT NULL,
  number bigint GENERATED ALWAYS AS IDENTITY,
  survivor_id uuid NOT NULL,
  absorbed_id uuid NOT NULL,
  merged_by text NOT NULL,
  merged_at timestamptz NOT NULL,
  undone_by text,
  undone_at timestamptz,
  CONSTRAINT merges_pkey PRIMARY KEY (merge_id),
  CONSTRAINT merges_survivor FOREIGN KEY (survivor_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT merges_absorbed FOREIGN KEY (absorbed_id) REFERENCES customers.customers (customer_id),
  CONSTRAINT merges_of_two CHECK (survivor_id <> absorbed_id),
  CONSTRAINT merges_undone CHECK ((undone_at IS NULL) = (undone_by IS NULL))
);
--> statement-breakpoint
CREATE UNIQUE INDEX merges_standing ON customers.merges (absorbed_id) WHERE undone_at IS NULL;
--> statement-breakpoint
CREATE INDEX merges_by_survivor ON customers.merges (survivor_id, number);
--> statement-breakpoint
-- What a merge moved and what it was before, by ids and flags: nothing here says anything about a person.
CREATE TABLE customers.merge_moves (
  merge_id uuid NOT NULL,
  part text NOT NULL,
  row_key text NOT NULL,
  previous jsonb,
  CONSTRAINT merge_moves_pkey PRIMARY KEY (merge_id, part, row_key),
  CONSTRAINT merge_moves_merge FOREIGN KEY (merge_id) REFERENCES customers.merges (merge_id) ON DELETE CASCADE
);
--> statement-breakpoint
-- Commands of staff by the keys that they chose; what was refused left its key unused.
CREATE TABLE customers.merge_keys (
  caller text NOT NULL,
  key text NOT NULL,
  request_hash text NOT NULL,
  merge_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT merge_keys_pkey PRIMARY KEY (caller, key),
  CONSTRAINT merge_keys_merge FOREIGN KEY (merge_id) REFERENCES customers.merges (merge_id) ON DELETE CASCADE
);
--> statement-breakpoint
CREATE INDEX merge_keys_by_merge ON customers.merge_keys (merge_id);
--> statement-breakpoint
-- An address that came with a merge is one by which a person is known, whether or not somebody has verified it: it is never cleared away.
ALTER TABLE customers.identities ADD COLUMN came_by_merge boolean NOT NULL DEFAULT false;
