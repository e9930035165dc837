import type { Fragment, Sql } from 'postgres';
import type { Audience } from '../domain/audience.ts';
import type { FilterGroup } from '../domain/product-list.ts';
import { countValues, type ValueCounts } from '../domain/search/count-facets.ts';
import type { SearchText } from '../domain/search-text.ts';
import { categoriesBelow } from './categories/category-tree.ts';
import { productColumns, type ProductRow } from './products.ts';
import { asked, failing, indexed, joined, passesAll, prices, sellable } from './search/list-conditions.ts';

/** By what a list is sorted; the id decides between equals. */
export type ListOrder = 'match' | 'place' | 'newest' | 'oldest' | 'title' | 'price' | 'price falling' | 'popularity';

/** The sort values of a row, from which the next page continues. */
export interface ListPosition {
  readonly order: ListOrder;
  /** Whether the list holds what is merely similar to what was typed: a list that began so has to go on so. */
  readonly similar: boolean;
  readonly key: string | number | null;
  readonly productId: string;
}

/** What is to be known of a whole list. */
export interface ListWishes {
  readonly count: boolean;
  readonly facets: boolean;
  readonly prices: boolean;
}

/** A list of products. */
export interface ListQuery {
  readonly audience: Audience;
  readonly within:
    | { readonly kind: 'all' }
    | { readonly kind: 'search'; readonly text: SearchText; readonly titlesOnly?: boolean }
    | { readonly kind: 'collection'; readonly collectionId: string }
    | { readonly kind: 'category'; readonly categoryId: string };
  readonly filters: readonly FilterGroup[];
  readonly order: ListOrder;
  readonly after: ListPosition | null;
  /** None when the page is not asked for. */
  readonly first: number;
  /** The primary subtag; null for the channel's own language. */
  readonly language: string | null;
  /** Null for the channel's own currency. */
  readonly currency: string | null;
  /** Whether to find what is similar to what was typed, which holds only when nothing has its words. */
  readonly similar: boolean;
  readonly wishes: ListWishes;
}

/** A product and where it stands. */
export type ListedRow = ProductRow & { readonly cursorKey: string | number | null; readonly similar: boolean };

/** What is known of the products of a list that pass all its filters, or all but one. */
export interface ListGroup {
  /** The place, from 1, of the filter that they fail; 0 for those that pass all. */
  readonly failing: number;
  /** How many products each stands for: more than 1 when a sample was taken. */
  readonly scale: number;
  readonly count: number;
  readonly sellable: number;
  readonly currency: string;
  /** In which the list was read, a primary subtag; empty when the channel has none. */
  readonly language: string;
  /** When prices and availability were last read to their end, ISO 8601; null when never. */
  readonly asOf: string | null;
  readonly minMinor: number | null;
  readonly maxMinor: number | null;
  /** How many have each value of a facet; none when nobody asked. */
  readonly values: ValueCounts;
}

/** One page of a list, and what was wished for. */
export interface Listing {
  /** Whether it holds what is similar to what was typed, because nothing has that. */
  readonly similar: boolean;
  readonly rows: readonly ListedRow[];
  readonly groups: readonly ListGroup[];
}

/** Lists up to this size are counted; of longer ones a sixteenth is. */
export const COUNTED_PRODUCTS = 10_000;
const SAMPLE = "'%7'";
const SAMPLE_SCALE = 16;
/** What has no price comes last, whichever way. */
const NO_PRICE = Number.MAX_SAFE_INTEGER;

type Row = ListedRow &
  Omit<ListGroup, 'failing' | 'values'> & {
    readonly listId: string | null;
    /** The bits of the filters that they fail, of which at most one is set; null for a product. */
    readonly failing: number | null;
    /** `search_documents.facets` of all with U+0001 between them; null when nobody asked. */
    readonly facets: string | null;
  };

/**
 * Reads a page of a list, one row more than `first`, and what was wished for of the whole list, of all `listIds` when it is a list within
 * collections or categories, else pass none. One statement; two at once where the index gives the page without going through the list. When
 * nothing has what was typed, the first of them goes on with what is similar to it.
 * @returns listings by list id
 */
export async function findListings(
  sql: Sql,
  query: ListQuery,
  listIds: readonly string[],
): Promise<Map<string | null, Listing>> {
  const { kind } = query.within;
  const parts = isApart(query) ? [pageAlone(sql, query), groupsAlone(sql, query)] : [pageAndGroups(sql, query)];
  const found = await Promise.all(
    parts.map((part, place) => {
      if (kind === 'collection' || kind === 'category')
        return sql<
          Row[]
        >`with ${asked(sql, query)} select l.list_id as "listId", listing.* from unnest(${listIds as string[]}::uuid[]) as l(list_id) cross join lateral (${part}) listing`;
      return place === 0 && canFallBack(query)
        ? sql<
            Row[]
          >`with ${asked(sql, query)}, listed as materialized (${part}) select null as "listId", listed.* from listed ${orSimilar(sql, query)}`
        : sql<Row[]>`with ${asked(sql, query)} select null as "listId", listing.* from (${part}) listing`;
    }),
  );
  return new Map(
    Array.from(
      Map.groupBy(found.flat(), ({ listId }) => listId),
      ([listId, rows]) => [listId, toListing(rows)],
    ),
  );
}

function toListing(found: readonly Row[]): Listing {
  // Filters that left nothing of what has the words leave that: it is no reason to guess.
  const similar = found.some((row) => row.similar && (row.productId !== null || row.count > 0));
  const rows = found.filter((row) => row.similar === similar);
  return {
    similar,
    rows: rows.filter(({ productId }) => productId !== null),
    groups: rows.flatMap((row) =>
      row.failing === null ? [] : [toGroup(row, row.failing === 0 ? 0 : Math.log2(row.failing) + 1)],
    ),
  };
}

const wishesAnything = ({ wishes }: ListQuery) => wishes.count || wishes.facets || wishes.prices;

/** Whether page and groups are read beside each other. */
const isApart = (query: ListQuery) => wishesAnything(query) && isBest(query) && query.first > 0;

/** Whether a list that nothing is in may hold what is similar instead. */
const canFallBack = ({ within, similar: isSimilar, after }: ListQuery) =>
  within.kind === 'search' && !within.titlesOnly && !isSimilar && after === null;

const orSimilar = (sql: Sql, query: ListQuery): Fragment => sql`
  union all select null, listing.* from (${pageAndGroups(sql, { ...query, similar: true })}) listing
  where not exists (select 1 from listed where listed."productId" is not null or listed.count > 0)`;

const toGroup = (
  { scale, count, sellable: inStock, currency, language, asOf, minMinor, maxMinor, facets }: Row,
  place: number,
): ListGroup => ({
  failing: place,
  scale,
  count,
  sellable: inStock,
  currency,
  language,
  asOf,
  minMinor: minMinor === null ? null : Number(minMinor),
  maxMinor: maxMinor === null ? null : Number(maxMinor),
  values: countValues(facets ?? ''),
});

const pageAlone = (sql: Sql, query: ListQuery): Fragment => sql`
  select ${productColumns(sql, query.audience)}, ${cursorKey(sql, query)} as "cursorKey", ${query.similar} as similar, ${noGroup(sql)}
  from (${isBest(query) ? bestOf(sql, query) : pageOf(sql, query, walk(sql, query) ?? source(sql, query, 'all'))}) page join products.products p on p.product_id = page.product_id ${ordered(sql, query)}`;

/** Matches are found once: groups and page are made of them. Only a list that is too long to be counted is read again for its page. */
function pageAndGroups(sql: Sql, query: ListQuery): Fragment {
  if (!wishesAnything(query)) return pageAlone(sql, query);
  return sql`
    with bounded as materialized (${candidates(sql, query, 'whole')}), ${groups(sql, query, sql`bounded`)},
    page as materialized (${pageOfEither(sql, query, isTooLong(sql))})
    select ${productColumns(sql, query.audience)}, ${cursorKey(sql, query)} as "cursorKey", ${query.similar} as similar, ${groupColumns(sql)}
    from (page join products.products p on p.product_id = page.product_id) full join groups g on false ${ordered(sql, query)}`;
}

const groupsAlone = (sql: Sql, query: ListQuery): Fragment => sql`
  with ${groups(sql, query, sql`(${candidates(sql, query, 'whole')}) found`)}
  select null::uuid as "productId", false as similar, ${groupColumns(sql)} from groups g`;

const groupColumns = (sql: Sql): Fragment => sql`
  g.failing, g.scale, g.count, g.sellable, (select currency from asked) as currency, (select language from spoken) as language, (select as_of from age) as "asOf",
  g.lowest as "minMinor", g.highest as "maxMinor", g.facets`;
/** The same columns of a row that is a product. */
const noGroup = (sql: Sql): Fragment => sql`
  null::int as failing, null::int as scale, null::int as count, null::int as sellable, null::text as currency, null::text as language, null::timestamptz as "asOf",
  null::bigint as "minMinor", null::bigint as "maxMinor", null::text as facets`;

const isTooLong = (sql: Sql): Fragment => sql`(select is_long from extent)`;
const LIMIT = COUNTED_PRODUCTS + 1;

/** Whether what fails a filter counts too: for the values of that filter's own facet. */
const isSideways = ({ filters, wishes }: ListQuery) => filters.length > 0 && (wishes.facets || wishes.prices);

/** What is known of each product `d`, as far as it was wished for. */
const knownColumns = (sql: Sql, query: ListQuery): Fragment => {
  const { facets, prices: isPriced } = query.wishes;
  const { lowest, highest } = isPriced ? prices(sql) : { lowest: sql`null::bigint`, highest: sql`null::bigint` };
  return sql`d.product_id, ${key(sql, query)} as key, ${facets ? sql`d.facets` : sql`null::text`} as facets, ${facets ? sellable(sql) : sql`false`} as sellable,
    ${lowest} as lowest, ${highest} as highest`;
};

/** The products of a list, or of a sample of it when it is too long, that fail one filter at most, and which it is. */
function candidates(sql: Sql, query: ListQuery, of: 'whole' | 'sample'): Fragment {
  const { filters } = query;
  const isSample = of === 'sample';
  const sideways = isSideways(query);
  const from = sql`from ${source(sql, query, sideways ? 'all but one' : 'all', isSample)} and ${isSample ? isTooLong(sql) : sql`true`}`;
  // OFFSET 0 keeps PostgreSQL from asking each filter once for every place that has the column.
  return sideways
    ? sql`select * from (select ${knownColumns(sql, query)}, ${failing(sql, filters)} as failing ${from} offset 0) tried where failing & (failing - 1) = 0 limit ${LIMIT}`
    : sql`select ${knownColumns(sql, query)}, 0 as failing ${from} and ${passesAll(sql, filters)} limit ${LIMIT}`;
}

/**
 * Common table expressions: `groups` and their `age`, and `extent`, whether the list is too long to be counted. Of such a list a sample is
 * counted, and all that pass the filters when those are few.
 * @param found the candidates of the whole list
 */
function groups(sql: Sql, query: ListQuery, found: Fragment): Fragment {
  const { filters } = query;
  const isLong = isTooLong(sql);
  const isWhole = sql`(select is_whole from narrowed)`;
  // Grouping what is one group would take a fifth of the time of all.
  const apart = isSideways(query)
    ? { failing: sql`failing`, by: sql`group by failing` }
    : { failing: sql`0`, by: sql`having count(*) > 0` };
  const grouped = (scale: number, from: Fragment) => sql`
    select ${apart.failing} as failing, ${scale}::int as scale, count(*)::int as count, (count(*) filter (where sellable))::int as sellable,
      min(lowest) as lowest, max(highest) as highest, string_agg(facets, chr(1)) as facets from ${from} ${apart.by}`;
  const passing = sql`
    select ${knownColumns(sql, query)}, 0 as failing from ${source(sql, query, 'all')} and ${passesAll(sql, filters)} and ${isLong} limit ${LIMIT}`;
  return sql`
    counted as materialized (${grouped(1, found)}),
    extent as materialized (select coalesce(sum(count), 0) > ${COUNTED_PRODUCTS} as is_long from counted),
    narrow as materialized (${filters.length > 0 ? grouped(1, sql`(${passing}) found`) : sql`select * from counted where false`}),
    narrowed as materialized (${filters.length > 0 ? sql`select coalesce(sum(count), 0) <= ${COUNTED_PRODUCTS} as is_whole from narrow` : sql`select false as is_whole`}),
    sampled as materialized (${grouped(SAMPLE_SCALE, sql`(${candidates(sql, query, 'sample')}) found`)}),
    chosen as materialized (
      select * from counted where not ${isLong}
      union all select * from narrow where ${isLong} and ${isWhole}
      union all select * from sampled where ${isLong} and (failing > 0 or not ${isWhole})),
    groups as materialized (
      select * from chosen union all select 0, 1, 0, 0, null, null, null where not exists (select 1 from chosen where failing = 0)),
    age as (select case when count(as_of) = 2 then min(as_of) end as as_of from products.search_sources where channel_code = (select channel from asked))`;
}

/** Whether the page is the best of what has the words that were typed. */
const isBest = ({ order, similar: isSimilar, within }: ListQuery) =>
  order === 'match' && !isSimilar && within.kind === 'search';

/** The page out of the matches that were found for the groups, or of all of a long list. */
const pageOfEither = (sql: Sql, query: ListQuery, isLong: Fragment): Fragment => sql`
  (select product_id, key from bounded where failing = 0 and not ${isLong} and ${behind(sql, query, sql`key`, sql`product_id`)}
    ${ordering(sql, query, sql`key`, sql`product_id`)} limit ${query.first === 0 ? 0 : query.first + 1})
  union all (${pageOf(sql, query, walk(sql, query, isLong) ?? sql`${source(sql, query, 'all')} and ${isLong}`)})`;

/** A key as a cursor carries it: the driver makes texts of 64-bit integers. */
const cursorKey = (sql: Sql, { order }: ListQuery): Fragment =>
  KEY_TYPES[order] === 'bigint' ? sql`page.key::float8` : sql`page.key`;

/** The first rows of a source behind the cursor. */
const pageOf = (sql: Sql, query: ListQuery, from: Fragment): Fragment => sql`
  select d.product_id, ${key(sql, query)} as key from ${from} and ${passesAll(sql, query.filters)} and ${behind(sql, query, key(sql, query), sql`d.product_id`)}
  ${ordering(sql, query, key(sql, query), sql`d.product_id`)} limit ${query.first === 0 ? 0 : query.first + 1}`;

/**
 * That a document `d` is one of the audience's channel and language. Most are: it is written so that PostgreSQL expects as much, and goes through
 * the rows in the order of the list instead of asking the index of words for nearly all of them.
 */
const inScope = (sql: Sql): Fragment => sql`(case when d.marks @@ (select scope from asked) then true else false end)`;

/**
 * Tables and the condition that makes the list; more conditions may follow. The documents are `d`, one of each product.
 * @param isSample whether a sixteenth of them will do.
 */
function source(sql: Sql, query: ListQuery, filtered: 'all' | 'all but one', isSample = false): Fragment {
  const { within } = query;
  const documents = sql`products.search_documents d`;
  const wanted = indexed(sql, query, filtered);
  const asSample = isSample ? sql`and d.marks @@ ${SAMPLE}::tsquery` : sql``;
  const scope = inScope(sql);
  switch (within.kind) {
    case 'search':
    case 'all':
      if (query.similar)
        return sql`(${similar(sql, query)}) s join ${documents} using (product_id, language, channel_code) where true ${asSample}`;
      if (wanted === null && !isSample) return sql`${documents} where ${scope}`;
      return sql`${documents} where d.vector @@ ((select scope from asked) ${wanted === null ? sql`` : sql`&& ${wanted}`} ${isSample ? sql`&& ${SAMPLE}::tsquery` : sql``})`;
    case 'collection':
      return sql`products.collection_products cp join ${documents} on d.product_id = cp.product_id where cp.collection_id = l.list_id and ${scope} ${asSample}`;
    case 'category':
      return sql`(select distinct pc.product_id from products.product_categories pc where pc.category_id in (${categoriesBelow(sql, sql`array[l.list_id]`)})) below
        join ${documents} on d.product_id = below.product_id where ${scope} ${asSample}`;
  }
}

/** What matters more comes first: a code that was typed in full, words of the title, of title and labels, of the description. */
const STAGES = [
  { stage: 4, words: 'code' },
  { stage: 3, words: '(select title from titles) && !!code' },
  { stage: 2, words: '(select heading from headings) && !!(select title from titles) && !!code' },
  { stage: 1, words: 'anywhere && !!(select heading from headings) && !!(select title from titles) && !!code' },
] as const;
/** More than any popularity. */
const STAGE = 1_000_000;

/**
 * The first rows of a search by how well they match, and by popularity among equals. The index is asked for the best first, and for the next only
 * when they are too few: telling for each of all matches how good it is would cost several times as much.
 */
function bestOf(sql: Sql, query: ListQuery): Fragment {
  const { after, first, filters } = query;
  const limit = first === 0 ? 0 : first + 1;
  // Everything of a better stage than the cursor's is ahead of it.
  const stages = STAGES.filter(({ stage }) => after === null || Number(after.key) >= stage * STAGE);
  const expressions = stages.map(({ stage, words }, place) => {
    const rank = sql`(${stage * STAGE}::int + d.popularity)`;
    const before = stages.slice(0, place).map((better) => sql`(select count(*) from ${sql(`stage_${better.stage}`)})`);
    const isNeeded = place === 0 ? sql`true` : sql`${joined(sql, before, sql` + `)} < ${limit}`;
    const found = indexed(sql, query, 'all', sql`(select ${sql.unsafe(words)} from asked)`);
    return sql`${sql(`stage_${stage}`)} as materialized (
      select d.product_id, ${rank} as key from products.search_documents d where d.vector @@ ((select scope from asked) && ${found}) and ${isNeeded}
        and ${passesAll(sql, filters)} and ${behind(sql, query, rank, sql`d.product_id`)} order by ${rank} desc, d.product_id desc limit ${limit})`;
  });
  const rows = stages.map(({ stage }) => sql`select * from ${sql(`stage_${stage}`)}`);
  if (stages.length === 0) return sql`select null::uuid as product_id, null::float8 as key where false`;
  return sql`with ${joined(sql, expressions, sql`, `)} select * from (${joined(sql, rows, sql` union all `)}) best order by key desc, product_id desc limit ${limit}`;
}

/** Documents whose title is similar to what was typed, or that have its words with neighbouring letters swapped; none when any has the words. */
const similar = (sql: Sql, query: ListQuery): Fragment => sql`
  select found.product_id, found.language, found.channel_code, max(found.likeness) as likeness from (
    select product_id, language, channel_code, round(similarity * 1000000)::int as likeness
    from products.similar_documents((select scope from asked), ${query.within.kind === 'search' ? query.within.text.folded : ''})
    union all select d.product_id, d.language, d.channel_code, 2000000 from products.search_documents d where d.vector @@ (select scope && swapped from asked)) found
  where ${query.after ? sql`true` : sql`(select count(*) from products.search_documents e where e.vector @@ (select scope && (anywhere || code) from asked)) = 0`}
  group by found.product_id, found.language, found.channel_code`;

/**
 * The source of a page of everything in an order of which an index exists; null where there is none or a filter is better. Sorting by price or
 * popularity, those without come behind all others.
 */
function walk(sql: Sql, query: ListQuery, condition: Fragment = sql`true`): Fragment | null {
  const { within, filters, order, first } = query;
  if (within.kind !== 'all' || filters.length > 0 || first === 0) return null;
  const scope = inScope(sql);
  const falling = isFalling(order) ? sql`desc` : sql`asc`;
  const rest = (without: Fragment) => sql`
    select * from products.search_documents d where ${scope} and ${condition} and ${without} and (select count(*) from ahead) <= ${first}
      and ${behind(sql, query, key(sql, query), sql`d.product_id`)} order by d.product_id ${falling} limit ${first + 1}`;
  const documents = (leading: Fragment, without: Fragment) => sql`(
    with ahead as materialized (${leading}) select * from ahead union all (${rest(without)})) d where ${condition}`;
  if (order === 'price' || order === 'price falling')
    return documents(
      sql`select d.* from products.search_prices k join products.search_documents d on d.product_id = k.product_id and ${scope}
        where k.channel_code = (select channel from asked) and k.currency = (select currency from asked) and ${behind(sql, query, sql`k.min_minor`, sql`k.product_id`)} and ${condition}
        ${ordering(sql, query, sql`k.min_minor`, sql`k.product_id`)} limit ${first + 1}`,
      sql`${prices(sql).lowest} is null`,
    );
  if (order !== 'popularity') return null;
  return documents(
    sql`select d.* from products.search_popularity k join products.search_documents d on d.product_id = k.product_id and ${scope}
      where ${behind(sql, query, sql`k.popularity`, sql`k.product_id`)} and ${condition} ${ordering(sql, query, sql`k.popularity`, sql`k.product_id`)} limit ${first + 1}`,
    sql`d.popularity = 0`,
  );
}

/** The types of what is compared with a cursor. */
const KEY_TYPES: Readonly<Record<ListOrder, string>> = {
  match: 'float8',
  place: 'int',
  newest: 'int',
  oldest: 'int',
  title: 'text',
  price: 'bigint',
  'price falling': 'bigint',
  popularity: 'float8',
};

const isFalling = (order: ListOrder) =>
  order === 'match' || order === 'newest' || order === 'price falling' || order === 'popularity';

/** What is compared with a cursor, before the id; ids are made in the order of time, so they are the age. */
function key(sql: Sql, query: ListQuery): Fragment {
  switch (query.order) {
    case 'match':
      return query.similar ? sql`s.likeness::float8` : sql`null::float8`;
    case 'place':
      return sql`cp.position`;
    case 'title':
      return sql`d.title_key`;
    case 'price':
      return sql`coalesce(${prices(sql).lowest}, ${NO_PRICE}::bigint)`;
    case 'price falling':
      return sql`coalesce(${prices(sql).lowest}, -1)`;
    case 'popularity':
      return sql`d.popularity`;
    case 'newest':
    case 'oldest':
      return sql`null::int`;
  }
}

function behind(sql: Sql, { after, order }: ListQuery, compared: Fragment, productId: Fragment): Fragment {
  if (after === null) return sql`true`;
  const sign = isFalling(order) ? sql`<` : sql`>`;
  if (after.key === null) return sql`${productId} ${sign} ${after.productId}::uuid`;
  const value = sql`${String(after.key)}::${sql.unsafe(KEY_TYPES[order])}`;
  return sql`(${compared}, ${productId}) ${sign} (${value}, ${after.productId}::uuid)`;
}

function ordering(sql: Sql, { order }: ListQuery, compared: Fragment, productId: Fragment): Fragment {
  const way = isFalling(order) ? sql`desc` : sql`asc`;
  return order === 'newest' || order === 'oldest'
    ? sql`order by ${productId} ${way}`
    : sql`order by ${compared} ${way}, ${productId} ${way}`;
}

/** The order of the rows of a page; statements promise none otherwise. */
const ordered = (sql: Sql, query: ListQuery): Fragment => ordering(sql, query, sql`page.key`, sql`page.product_id`);
