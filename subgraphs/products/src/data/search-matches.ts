import type { Fragment, Sql } from 'postgres';
import type { Audience } from '../domain/audience.ts';
import type { SearchText } from '../domain/search-text.ts';
import { visible } from './visible.ts';

/** Ranks are whole numbers, so that a cursor can carry one exactly: a rank of 1.0 is this. */
const RANK_SCALE = 1_000_000;
/** Above every rank of a text: a code that was typed in full. */
const EXACT_RANK = 2_000_000_000;

/**
 * The list of common table expressions that ends in `matches (product_id, rank, fuzzy)`: visible products whose text has all the words
 * (the last one may be unfinished) or that carry the text as SKU or barcode; only when there is none, those whose title is similar.
 * @param fuzzy which of the two, when it is decided already; null to let the first decide.
 */
export function searchMatches(sql: Sql, audience: Audience, text: SearchText, fuzzy: boolean | null): Fragment {
  const exact = sql`
    exact_matches as materialized (
      select found.product_id, max(found.rank) as rank from (
        ${byWords(sql, wordsQuery(sql, text), 0)}
        union all select v.product_id, ${EXACT_RANK}::int from products.variants v where v.sku = ${text.typed}
        union all select v.product_id, ${EXACT_RANK}::int from products.variants v where v.barcode = ${text.typed}
      ) found where ${visible(sql, audience, sql`found.product_id`)} group by found.product_id)`;
  const similar = sql`
    similar_matches as materialized (
      select found.product_id, max(found.rank) as rank from (
        select s.product_id, round(s.similarity * ${RANK_SCALE})::int as rank from products.similar_titles(${text.folded}) s
        union all ${byWords(sql, sql`to_tsquery('pg_catalog.simple', ${text.swapped})`, RANK_SCALE)}
      ) found where ${fuzzy === null ? sql`not exists (select 1 from exact_matches)` : sql`true`} and ${visible(sql, audience, sql`found.product_id`)} group by found.product_id)`;
  if (fuzzy === true) return sql`${similar}, matches as (select product_id, rank, true as fuzzy from similar_matches)`;
  if (fuzzy === false) return sql`${exact}, matches as (select product_id, rank, false as fuzzy from exact_matches)`;
  return sql`${exact}, ${similar}, matches as (
    select product_id, rank, false as fuzzy from exact_matches union all select product_id, rank, true as fuzzy from similar_matches)`;
}

const byWords = (sql: Sql, query: Fragment, bonus: number): Fragment => sql`
  select p.product_id, (round(ts_rank('{0.02, 0.1, 0.4, 1}', p.search, ${query}) * ${RANK_SCALE}) + ${bonus})::int as rank from products.products p where p.search @@ ${query}`;

/** All words as English stems, as they were typed or folded; or with the last one as a prefix of a stem or of a word. */
const wordsQuery = (sql: Sql, { typed, folded, head, lastPrefix }: SearchText): Fragment => sql`(
  plainto_tsquery('pg_catalog.english', ${typed}) || plainto_tsquery('pg_catalog.english', ${folded})
  || (plainto_tsquery('pg_catalog.english', ${head}) && (to_tsquery('pg_catalog.english', ${lastPrefix}) || to_tsquery('pg_catalog.simple', ${lastPrefix}))))`;
