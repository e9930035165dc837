import type { Fragment, Sql } from 'postgres';
import type { FilterGroup } from '../../domain/product-list.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { categoriesBelow } from '../categories/category-tree.ts';
import type { ListQuery } from '../product-list.ts';

/** A lexeme that no document has. */
const NOTHING = "'#'";

/** Filters of facets whose values stand in the documents' vectors, so that the index finds them. */
const isCoded = ({ facet }: FilterGroup): boolean =>
  facet !== 'PRICE' && facet !== 'CATEGORY' && facet !== 'AVAILABILITY';

const groupColumn = (sql: Sql, place: number): Fragment => sql`(select ${sql(`group_${place}`)} from asked)`;

/**
 * The common table expression `asked`, one row of all that is looked for: `scope`, the documents of the audience's channel in the language;
 * `anywhere`, `code` and `swapped`, what was typed; `titles` and `headings` have it for titles and labels, made when they are asked for; `group_0` and so on, the coded filters; `channel`,
 * `currency`, and where its offers stand, `sellable_slot` and `price_slot`.
 */
export function asked(sql: Sql, query: ListQuery): Fragment {
  const { audience, within, language, currency, filters } = query;
  const channel = audience.seesAll ? '' : (audience.channel ?? '');
  const priced = audience.channel ?? '';
  const text = within.kind === 'search' ? within.text : null;
  const typed = text
    ? sql`
      ${searchQuery(sql, text.words, text.foldedWords, within.kind === 'search' && within.titlesOnly ? 'title' : 'any')} as anywhere,
      coalesce(nullif(${text.swapped}, ''), ${NOTHING})::tsquery as swapped,
      ('''$' || replace(replace(left(${text.code}, 200), '\\', '\\\\'), '''', '''''') || '''')::tsquery as code,`
    : sql``;
  const groups = filters.map((group, place) =>
    isCoded(group)
      ? sql`${valuesQuery(sql, group)} as ${sql(`group_${place}`)}, ${valuesPatterns(sql, group, place)}`
      : sql``,
  );
  return sql`
    place as materialized (
      select ${language}::text as language, ${currency}::text as currency union all
      select split_part(c.locales[1], '-', 1), c.currencies[1] from products.channels c where c.code = ${priced}),
    spoken as materialized (
      select coalesce((array_agg(language) filter (where language is not null))[1], '') as language,
        coalesce((array_agg(currency) filter (where currency is not null))[1], '') as currency from place),
    ${text ? sql`titles as materialized (select ${searchQuery(sql, text.words, text.foldedWords, 'title')} as title from spoken), headings as materialized (select ${searchQuery(sql, text.words, text.foldedWords, 'heading')} as heading from spoken),` : sql``}
    asked as materialized (
      select ${typed} ${joined(sql, groups, sql` `)} products.search_scope(${channel}, language) as scope, ${priced}::text as channel, currency,
        products.search_offer_slot(${priced}, '') as sellable_slot, products.search_offer_slot(${priced}, currency) as price_slot
      from spoken)`;
}

const searchQuery = (sql: Sql, words: readonly string[], folded: readonly string[], scope: string): Fragment => sql`
  coalesce(products.search_query(language, ${words as string[]}::text[], ${folded as string[]}::text[], ${scope}), ${NOTHING}::tsquery)`;

const patternsColumn = (sql: Sql, place: number, list: number): Fragment => sql`${sql(`patterns_${place}_${list}`)}`;

/** The values of a list that any product ever had. */
const valuesOf = (sql: Sql, { facet, attribute }: FilterGroup, values: readonly string[]): Fragment =>
  sql`products.search_values k where k.facet = ${facet} and k.attribute = ${attribute} and k.value = any(${values as string[]}::text[])`;

/** A query for documents that have a value of each list. The characters are letters to nobody: they need no quotes but those around all. */
const valuesQuery = (sql: Sql, group: FilterGroup): Fragment =>
  joined(
    sql,
    group.lists.map(
      (values) =>
        sql`coalesce('''' || (select string_agg('#' || products.search_code(k.value_id), '''|''') from ${valuesOf(sql, group, values)}) || '''', ${NOTHING})::tsquery`,
    ),
    sql` && `,
  );

/** Patterns of the values of each list: the facets of such documents match one of each. LIKE takes a third of a regular expression's time. */
const valuesPatterns = (sql: Sql, group: FilterGroup, place: number): Fragment =>
  joined(
    sql,
    group.lists.map(
      (values, list) =>
        sql`(select array_agg('%' || products.search_code(k.value_id) || '%') from ${valuesOf(sql, group, values)}) as ${patternsColumn(sql, place, list)},`,
    ),
    sql` `,
  );

/** What the index is asked for: what was typed, and all filters that it knows, or all but any one of them; null for nothing. */
export function indexed(
  sql: Sql,
  query: ListQuery,
  filtered: 'all' | 'all but one',
  words: Fragment = sql`(select anywhere || code from asked)`,
): Fragment | null {
  const typed = query.within.kind === 'search' && !query.similar ? words : null;
  const places = query.filters.flatMap((group, place) => (isCoded(group) ? [place] : []));
  const allOf = (chosen: readonly number[]) =>
    joined(
      sql,
      chosen.map((place) => groupColumn(sql, place)),
      sql` && `,
    );
  // Who fails a filter that is no part of the index has to pass all that are: still, what is found here is never too little.
  const coded =
    filtered === 'all'
      ? places.length > 0
        ? allOf(places)
        : null
      : places.length > 1
        ? sql`(${joined(
            sql,
            places.map((left) => sql`(${allOf(places.filter((place) => place !== left))})`),
            sql` || `,
          )})`
        : null;
  if (typed === null && coded === null) return null;
  return joined(
    sql,
    [typed, coded].filter((part) => part !== null),
    sql` && `,
  );
}

/** Which filters a document `d` fails, a bit for each: 1 for the first. */
export const failing = (sql: Sql, filters: readonly FilterGroup[]): Fragment =>
  joined(
    sql,
    filters.map((group, place) => sql`case when ${passes(sql, group, place)} then 0 else ${2 ** place}::int end`),
    sql` | `,
  );

/** The condition that a document `d` passes all filters. */
export const passesAll = (sql: Sql, filters: readonly FilterGroup[]): Fragment =>
  filters.length === 0
    ? sql`true`
    : joined(
        sql,
        filters.map((group, place) => passes(sql, group, place)),
        sql` and `,
      );

function passes(sql: Sql, group: FilterGroup, place: number): Fragment {
  const { facet, lists, from, to } = group;
  switch (facet) {
    case 'PRICE': {
      const { lowest, highest } = prices(sql);
      return sql`coalesce(${highest} >= ${from ?? 0}::bigint and ${lowest} <= ${to ?? Number.MAX_SAFE_INTEGER}::bigint, false)`;
    }
    case 'AVAILABILITY':
      return lists.every((values) => values.includes('IN_STOCK')) ? sellable(sql) : sql`false`;
    case 'CATEGORY':
      return sql`(${joined(
        sql,
        lists.map(
          (ids) => sql`d.product_id in (
            select pc.product_id from products.product_categories pc where pc.category_id in (${categoriesBelow(sql, ids.filter(isId))}))`,
        ),
        sql` and `,
      )})`;
    default:
      return sql`(${joined(
        sql,
        lists.map(
          (_, list) =>
            sql`coalesce(d.facets like any ((select ${patternsColumn(sql, place, list)} from asked)::text[]), false)`,
        ),
        sql` and `,
      )})`;
  }
}

/** Whether a document `d` can be sold in the audience's channel. */
export const sellable = (sql: Sql): Fragment => sql`(d.offers[(select sellable_slot from asked)] is not null)`;

/** The prices of a document `d` in the list's currency; null when it has none. */
export const prices = (sql: Sql): { readonly lowest: Fragment; readonly highest: Fragment } => ({
  lowest: sql`d.offers[(select price_slot from asked)]`,
  highest: sql`d.offers[(select price_slot + 1 from asked)]`,
});

/** Parts of a statement with something between them. */
export const joined = (sql: Sql, parts: readonly Fragment[], between: Fragment): Fragment =>
  parts.reduce((all, part, place) => (place === 0 ? part : sql`${all}${between}${part}`), sql``);
