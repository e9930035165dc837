import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';

/** More of a description says nothing more about what it describes. */
const DESCRIPTION_LENGTH = 20_000;
/** Longer values are texts, by which nobody narrows a list; an index could not hold them either. */
const VALUE_LENGTH = 200;

/**
 * Makes the search documents of products anew: what they are found by in each language and channel, the values that they are counted under, and
 * the channels that show them now. What prices, stock and orders have added stays. The products are locked, and nothing of them is changed
 * afterwards.
 */
export async function refreshSearch(tx: Tx, productIds: readonly string[]): Promise<void> {
  if (productIds.length === 0) return;
  const ids = sql`select id::uuid as product_id from jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb) as id`;
  // In the one order of all who write documents: what follows takes them as it finds them.
  await tx.execute(sql`
    select 1 from products.search_documents d where d.product_id in (${ids}) order by d.product_id, d.language, d.channel_code for no key update`);
  const { isComplete, hasWords } = await writeDocuments(tx, ids);
  if (!isComplete) {
    await numberValues(tx, ids);
    await writeDocuments(tx, ids);
  }
  if (hasWords) await nameValues(tx, ids);
}

interface Written {
  /** Whether all values that products are counted under have numbers: those that have none are left out. */
  readonly isComplete: boolean;
  /** Whether words of options are known in other languages. */
  readonly hasWords: boolean;
}

/** Writes the documents of products. */
async function writeDocuments(tx: Tx, ids: SQL): Promise<Written> {
  const [row] = await tx.execute<{ isComplete: boolean; hasWords: boolean }>(sql`
    with wanted as materialized (${ids}), ${attributesAndValues},
    settings as materialized (
      select coalesce(array_agg(distinct language), '{}') as languages, coalesce(array_agg(distinct language) filter (where is_default), '{}') as defaults
      from (${channelLanguages}) as spoken),
    shown as materialized (
      select s.product_id, array_agg(s.channel_code order by s.channel_code) as channels from wanted join products.publications s using (product_id) where s.is_live group by s.product_id),
    translated as materialized (
      select distinct on (t.product_id, t.channel_code, split_part(t.locale, '-', 1)) t.product_id, t.channel_code, split_part(t.locale, '-', 1) as language, t.title, t.description_html
      from wanted join products.product_texts t using (product_id) where t.title is not null or t.description_html is not null
      order by t.product_id, t.channel_code, split_part(t.locale, '-', 1), length(t.locale), t.locale),
    spoken_in as materialized (
      select product_id, channel_code, array_agg(distinct language) filter (where language <> '') as languages from translated group by product_id, channel_code),
    differing as materialized (
      select product_id, array_agg(channel_code) as channels from spoken_in where channel_code <> '' group by product_id),
    -- Which documents a product has, whose lists each is for, and in which languages there is another.
    scopes as materialized (
      select w.product_id, ''::text collate "C" as channel_code, array(select '' union all select c from unnest(shown.channels) as c where c <> all(coalesce(differing.channels, '{}'))) as audiences
      from wanted w left join shown using (product_id) left join differing using (product_id)
      union all
      select i.product_id, i.channel_code, array[i.channel_code::text] from spoken_in i join shown using (product_id) where i.channel_code = any(shown.channels)),
    spoken as materialized (
      select s.*, array(select distinct unnest(coalesce(everywhere.languages, '{}') || coalesce(here.languages, '{}'))) as languages from scopes s
        left join spoken_in everywhere on everywhere.product_id = s.product_id and everywhere.channel_code = ''
        left join spoken_in here on here.product_id = s.product_id and here.channel_code = s.channel_code and s.channel_code <> ''),
    chosen as materialized (
      select product_id, array_agg(value) as values from named where facet = 'OPTION' group by product_id),
    said as materialized (
      select product_id, split_part(locale, '-', 1) as language, string_agg(label, ' ') as words from attributed where is_searchable group by 1, 2),
    numbered as materialized (
      select n.product_id, n.facet, k.value_id from named n left join products.search_values k on k.facet = n.facet and k.attribute = n.attribute and k.value = n.value),
    sections as materialized (
      select product_id, string_agg(case facet when 'VENDOR' then 'v' when 'PRODUCT_TYPE' then 'p' when 'TAG' then 't' when 'CATEGORY' then 'c' when 'OPTION' then 'o' else 'a' end || codes, '') as facets,
        string_agg(codes, '') as codes
      from (select product_id, facet, string_agg(products.search_code(value_id), '' order by value_id) as codes from numbered where value_id is not null group by product_id, facet) as by_facet group by product_id),
    coded as materialized (
      select v.product_id, array_agg(distinct '$' || left(lower(code), ${VALUE_LENGTH})) as codes from wanted join products.variants v using (product_id) cross join lateral (values (v.sku), (v.barcode)) as c(code)
      where code <> '' group by v.product_id),
    words as materialized (
      select s.product_id, s.channel_code, l.language, s.audiences, s.languages,
        coalesce(own.title, everybody.title, channel.title, p.title) as title,
        coalesce(own.description_html, everybody.description_html, channel.description_html, p.description_html) as description,
        concat_ws(' ', p.vendor, p.product_type, array_to_string(p.tags, ' '),
array_to_string(chosen.values, ' '), said.words, said_so.words,
          (select string_agg(p.option_words -> l.language ->> v, ' ') from unnest(chosen.values) as v where p.option_words ? l.language)) as labels
      from spoken s join products.products p using (product_id) cross join lateral (select '' as language union all select unnest(s.languages)) as l
        left join chosen on chosen.product_id = s.product_id
        left join said on said.product_id = s.product_id and said.language = ''
        left join said said_so on said_so.product_id = s.product_id and said_so.language = l.language and l.language <> ''
        left join translated own on own.product_id = s.product_id and own.channel_code = s.channel_code and own.language = l.language and l.language <> ''
        left join translated everybody on everybody.product_id = s.product_id and everybody.channel_code = '' and everybody.language = l.language and l.language <> ''
        left join translated channel on channel.product_id = s.product_id and channel.channel_code = s.channel_code and channel.language = '' and s.channel_code <> ''),
    made as materialized (
      select w.product_id, w.language, w.channel_code, products.search_key(w.title) as title_key, coalesce(f.facets, '') as facets,
        array_to_tsvector(marked.words) as marks,
        array_to_tsvector(marked.words || array(
          select '#' || code from regexp_split_to_table(f.codes, '') as code where code <> ''
          union all select unnest(c.codes)
          union all select mark || word from unnest(of_title.words) as word cross join unnest(array['', '=']) as mark
          union all select unnest(of_labels.words)
          union all select '.' || word from unnest(of_description.words) as word)) as vector
      from words w cross join settings left join sections f using (product_id) left join coded c using (product_id)
        cross join lateral (select array(
          select '@' || audience || case when w.language <> '' then '/' || w.language when cardinality(w.languages) > 0 then '!' else '' end from unnest(w.audiences) as audience
          union all select '-' || other from unnest(w.languages) as other where w.language = ''
          union all select '%' || right(w.product_id::text, 1)) as words) as marked
        -- Titles are short, and read in every language of the channels; all the rest in that which it is written in.
        cross join lateral (select case when w.language <> '' then array[w.language] when cardinality(settings.defaults) > 0 then settings.defaults else array['simple'] end as languages) as written
        cross join lateral (select case when w.language <> '' then written.languages else settings.languages end as languages) as every
        cross join lateral (${words(sql`array_append(every.languages, 'simple')`, sql`products.search_plain(w.title)`)}
          union all select unnest(products.search_stems(spoken, w.title)) from unnest(every.languages) as spoken where octet_length(w.title) > char_length(w.title)) as found (word)) as of_title
        cross join lateral (${words(sql`array_append(written.languages, 'simple')`, sql`products.search_plain(w.labels)`)}) as found (word)) as of_labels
        cross join lateral (${words(sql`written.languages`, sql`products.search_bare(left(w.description, ${DESCRIPTION_LENGTH}))`)}) as found (word)) as of_description),
    surplus as (
      delete from products.search_documents d using wanted w where d.product_id = w.product_id
        and not exists (select 1 from made m where m.product_id = d.product_id and m.language = d.language and m.channel_code = d.channel_code)),
    written as (
    insert into products.search_documents as d (product_id, language, channel_code, title_key, popularity, offers, facets, marks, vector)
    select m.product_id, m.language, m.channel_code, m.title_key, coalesce(base.popularity, 0), coalesce(base.offers, '{}'), m.facets, m.marks, m.vector
    from made m left join products.search_documents base on base.product_id = m.product_id and base.language = '' and base.channel_code = ''
    order by m.product_id, m.language, m.channel_code
    on conflict on constraint search_documents_pkey do update set title_key = excluded.title_key, facets = excluded.facets, marks = excluded.marks, vector = excluded.vector
    where (d.title_key, d.facets, d.vector) is distinct from (excluded.title_key, excluded.facets, excluded.vector))
    select not exists (select 1 from numbered where value_id is null) as "isComplete",
      exists (select 1 from wanted join products.products p using (product_id) where p.option_words <> '{}') as "hasWords"`);
  return row!;
}

/** Keeps what products call the values of their options in other languages; who tells it last is heard. */
async function nameValues(tx: Tx, ids: SQL): Promise<void> {
  await tx.execute(sql`
    with wanted as materialized (${ids}),
    named as materialized (
      select k.value_id, jsonb_object_agg(w.locale, w.words ->> k.value order by p.product_id) as labels
      from wanted join products.products p using (product_id) cross join lateral jsonb_each(p.option_words) as w(locale, words)
        join products.search_values k on k.facet = 'OPTION' and k.attribute = any(p.option_names) and k.value in (select jsonb_object_keys(w.words))
      where w.words ->> k.value <> ''
        and exists (select 1 from products.variants v where v.product_id = p.product_id and v.option_values[array_position(p.option_names, k.attribute::text)] = k.value)
      group by k.value_id),
    -- In the one order of all who name values.
    renamed as materialized (
      select k.value_id, named.labels from products.search_values k join named using (value_id) where not coalesce(k.labels, '{}') @> named.labels
      order by k.value_id for no key update of k)
    update products.search_values k set labels = coalesce(k.labels, '{}') || renamed.labels from renamed where k.value_id = renamed.value_id`);
}

/** Which languages channels speak, once each; `is_default` where one of them begins with it. */
export const channelLanguages = sql`
  select split_part(l.locale, '-', 1) as language, bool_or(l.place = 1) as is_default
  from products.channels c cross join lateral unnest(c.locales) with ordinality as l(locale, place) group by 1`;

/** Opens a query for all words of a text as each of some languages has them; closed by who adds to it. */
const words = (languages: SQL, text: SQL) => sql`
  select array_agg(word) filter (where word <> '') as words from (
    select unnest(products.search_stems(spoken, text.plain)) from (select ${text} as plain offset 0) as text cross join unnest(${languages}) as spoken`;

/**
 * Common table expressions on `wanted`: `attributed`, the values of attributes by which products are found or narrowed, and `named`, all values
 * that they are counted under.
 */
const attributesAndValues = sql`
  attributed as materialized (
    select distinct h.product_id, d ->> 'code' as code, l.locale, e.value as value,
      case when d ->> 'kind' = 'ENUM' then coalesce((select string_agg(distinct t.label, ' ') from jsonb_array_elements(d -> 'options') as o cross join lateral jsonb_each_text(o -> 'labels') as t(locale, label) where o ->> 'code' = e.value), e.value) else e.value end as label,
      (d ->> 'isFilterable')::boolean and d ->> 'kind' <> 'RICH_TEXT' and l.locale = '' as is_filterable, (d ->> 'isSearchable')::boolean as is_searchable
    from wanted join products.products p using (product_id) join products.product_types y on y.name = p.product_type cross join lateral jsonb_array_elements(y.attributes) as d
      cross join lateral (
        select p.product_id, p.attributes -> (d ->> 'code') as content where d ->> 'scope' = 'PRODUCT'
        union all select v.product_id, v.attributes -> (d ->> 'code') from products.variants v where d ->> 'scope' = 'VARIANT' and v.product_id = p.product_id) as h
      cross join lateral (
        select '' as locale, h.content where not (d ->> 'isLocalizable')::boolean
        union all select t.locale, t.content from jsonb_each(case when (d ->> 'isLocalizable')::boolean and jsonb_typeof(h.content) = 'object' then h.content end) as t(locale, content)) as l
      cross join lateral jsonb_array_elements_text(case when jsonb_typeof(l.content) = 'array' then l.content else jsonb_build_array(l.content) end) as e(value)
    where h.content is not null and e.value is not null and not coalesce((d ->> 'isRetired')::boolean, false) and ((d ->> 'isFilterable')::boolean or (d ->> 'isSearchable')::boolean)),
  named as materialized (
    select product_id, facet, attribute collate "C" as attribute, value collate "C" as value from (
      select p.product_id, 'VENDOR' as facet, '' as attribute, p.vendor as value from wanted join products.products p using (product_id)
      union all select p.product_id, 'PRODUCT_TYPE', '', p.product_type from wanted join products.products p using (product_id)
      union select p.product_id, 'TAG', '', unnest(p.tags) from wanted join products.products p using (product_id)
      union select k.product_id, 'CATEGORY', '', k.category_id::text from wanted join products.product_categories k using (product_id)
      union select p.product_id, 'OPTION', o.name, v.option_values[o.place] from wanted join products.products p using (product_id) join products.variants v using (product_id)
        cross join lateral unnest(p.option_names) with ordinality as o(name, place)
      union select a.product_id, 'ATTRIBUTE', a.code, a.value from attributed a where a.is_filterable) as every
    where value <> '' and length(value) <= ${VALUE_LENGTH})`;

/** Gives values that no product has had before their numbers. In one order, so that two commands with the same new ones do not wait crosswise. */
async function numberValues(tx: Tx, ids: SQL): Promise<void> {
  await tx.execute(sql`
    with wanted as materialized (${ids}), ${attributesAndValues}
    insert into products.search_values (facet, attribute, value)
    select distinct n.facet, n.attribute, n.value from named n
    where not exists (select 1 from products.search_values k where k.facet = n.facet and k.attribute = n.attribute and k.value = n.value)
    order by n.facet, n.attribute, n.value on conflict on constraint search_values_value_key do nothing`);
}

/** A value of a facet. */
export interface FacetWord {
  readonly facet: 'VENDOR' | 'PRODUCT_TYPE' | 'TAG' | 'OPTION';
  /** The name of the option, else empty. */
  readonly attribute: string;
  readonly value: string;
}

/**
 * Gives values their numbers before the transaction that needs them, so that commands with the same new ones do not wait for each other to end.
 * What becomes of the transaction does not matter: a value without products is no harm.
 */
export async function numberAhead(db: Db, words: readonly FacetWord[]): Promise<void> {
  await db.execute(sql`
    insert into products.search_values (facet, attribute, value)
    select distinct n.facet collate "C", n.attribute collate "C", n.value collate "C"
    from jsonb_to_recordset(${JSON.stringify(words)}::jsonb) as n(facet text, attribute text, value text)
    where n.value <> '' and length(n.value) <= ${VALUE_LENGTH}
      and not exists (select 1 from products.search_values k where k.facet = n.facet and k.attribute = n.attribute and k.value = n.value)
    order by 1, 2, 3 on conflict on constraint search_values_value_key do nothing`);
}

/** Has the documents of all products of a type made anew, beside requests. */
export async function staleSearch(tx: Tx, { productType }: { readonly productType: string }): Promise<void> {
  await tx.execute(sql`
    insert into products.search_queue (product_id) select product_id from products.products where product_type = ${productType} order by product_id on conflict do nothing`);
}
