import type { Fragment, Sql } from 'postgres';
import type { Audience } from '../domain/audience.ts';
import type { FacetName, ProductFilters } from '../domain/product-list.ts';
import type { SearchText } from '../domain/search-text.ts';
import { productColumns, type ProductRow } from './products.ts';
import { searchMatches } from './search-matches.ts';
import { visible } from './visible.ts';

/** By what a list is sorted; the id decides between equals. */
export type ListOrder = 'match' | 'place' | 'newest' | 'oldest' | 'title';

/** The sort values of a row, from which the next page continues. */
export interface ListPosition {
  readonly order: ListOrder;
  /** Whether the list holds what is merely similar to what was typed: a list that began so has to go on so. */
  readonly fuzzy: boolean;
  readonly key: string | number | null;
  readonly productId: string;
}

/** A list of products. */
export interface ListQuery {
  readonly audience: Audience;
  readonly within:
    | { readonly kind: 'all' }
    | { readonly kind: 'search'; readonly text: SearchText }
    | { readonly kind: 'collection'; readonly collectionId: string };
  readonly filters: ProductFilters;
  readonly order: ListOrder;
  readonly after: ListPosition | null;
  readonly first: number;
}

/** A product and where it stands. */
export type ListedRow = ProductRow & { readonly cursorKey: string | number | null; readonly fuzzy: boolean };

/** How many products of a list have a value. */
export interface FacetRow {
  readonly facet: FacetName;
  readonly value: string;
  readonly count: number;
}

const FACET_VALUES = 20;

/** Answers for collections are read for many collections at once, each row with its collection's id. */
type OfList<Row> = Row & { readonly listId: string | null };

/** Pages of a list, one row more than `first` each; of all `collectionIds` when it is a list within collections, else pass none. */
export function findPages(sql: Sql, query: ListQuery, collectionIds: readonly string[]): Promise<OfList<ListedRow>[]> {
  const { key, compared, direction } = sorting(sql, query);
  const behind = query.after
    ? sql`(${compared}, p.product_id) ${direction === 'asc' ? sql`>` : sql`<`} (${query.after.key ?? query.after.productId}, ${query.after.productId}::uuid)`
    : sql`true`;
  const order =
    direction === 'asc'
      ? sql`order by ${compared} asc, p.product_id asc`
      : sql`order by ${compared} desc, p.product_id desc`;
  return run<ListedRow>(
    sql,
    query,
    collectionIds,
    sql`select ${productColumns(sql)}, ${key} as "cursorKey", ${query.within.kind === 'search' ? sql`m.fuzzy` : sql`false`} as fuzzy
        from ${source(sql, query)} and ${narrowed(sql, query.filters)} and ${behind} ${order} limit ${query.first + 1}`,
  );
}

/** How many products are in a list, on all pages. */
export const countProducts = (
  sql: Sql,
  query: ListQuery,
  collectionIds: readonly string[],
): Promise<OfList<{ count: number }>[]> =>
  run<{ count: number }>(
    sql,
    query,
    collectionIds,
    sql`select count(*)::int as count from ${source(sql, query)} and ${narrowed(sql, query.filters)}`,
  );

/** Values that would narrow a list, most frequent first; each facet is counted under the filters of the others. */
export function findFacets(sql: Sql, query: ListQuery, collectionIds: readonly string[]): Promise<OfList<FacetRow>[]> {
  const { vendor, productType, tags } = conditions(sql, query.filters);
  const top = (facet: FacetName, value: Fragment, from: Fragment, where: Fragment) => sql`
    (select ${facet}::text as facet, ${value} as value, count(*)::int as count from ${from} where ${value} is not null and ${where} group by ${value} order by count(*) desc, ${value} limit ${FACET_VALUES})`;
  return run<FacetRow>(
    sql,
    query,
    collectionIds,
    sql`select * from (
      with listed as materialized (
        select p.vendor, p.product_type, p.tags, ${vendor} as vendor_kept, ${productType} as type_kept, ${tags} as tags_kept from ${source(sql, query)})
      ${top('VENDOR', sql`vendor`, sql`listed`, sql`type_kept and tags_kept`)} union all
      ${top('PRODUCT_TYPE', sql`product_type`, sql`listed`, sql`vendor_kept and tags_kept`)} union all
      ${top('TAG', sql`tag`, sql`listed cross join lateral unnest(listed.tags) as tag`, sql`vendor_kept and type_kept`)}) counted`,
  );
}

function run<Row>(
  sql: Sql,
  query: ListQuery,
  collectionIds: readonly string[],
  inner: Fragment,
): Promise<OfList<Row>[]> {
  const { within } = query;
  if (within.kind === 'collection')
    return sql`select l.list_id as "listId", listing.* from unnest(${collectionIds as string[]}::uuid[]) as l(list_id) cross join lateral (${inner}) listing` as unknown as Promise<
      OfList<Row>[]
    >;
  if (within.kind === 'all')
    return sql`select null as "listId", listing.* from (${inner}) listing` as unknown as Promise<OfList<Row>[]>;
  return sql`with ${searchMatches(sql, query.audience, within.text, query.after?.fuzzy ?? null)} select null as "listId", listing.* from (${inner}) listing` as unknown as Promise<
    OfList<Row>[]
  >;
}

/** Tables and the condition that makes the list before it is narrowed; more conditions may follow. */
function source(sql: Sql, { audience, within }: ListQuery): Fragment {
  // What matches was found among the visible already.
  if (within.kind === 'search')
    return sql`matches m join products.products p on p.product_id = m.product_id where true`;
  const shown = visible(sql, audience, sql`p.product_id`);
  if (within.kind === 'all') return sql`products.products p where ${shown}`;
  return sql`products.collection_products cp join products.products p on p.product_id = cp.product_id where cp.collection_id = l.list_id and ${shown}`;
}

function conditions(sql: Sql, { vendors, productTypes, tagLists }: ProductFilters) {
  return {
    vendor: vendors ? sql`coalesce(p.vendor = any(${vendors as string[]}::text[]), false)` : sql`true`,
    productType: productTypes
      ? sql`coalesce(p.product_type = any(${productTypes as string[]}::text[]), false)`
      : sql`true`,
    tags: tagLists.reduce((all, list) => sql`${all} and p.tags && ${list as string[]}::text[]`, sql`true`),
  };
}

function narrowed(sql: Sql, filters: ProductFilters): Fragment {
  const { vendor, productType, tags } = conditions(sql, filters);
  return sql`${vendor} and ${productType} and ${tags}`;
}

/** What the cursor carries, what is compared with it, and which way. Ids are made in the order of time, so they are the age. */
function sorting(
  sql: Sql,
  { order }: ListQuery,
): { readonly key: Fragment; readonly compared: Fragment; readonly direction: 'asc' | 'desc' } {
  switch (order) {
    case 'match':
      return { key: sql`m.rank`, compared: sql`m.rank`, direction: 'desc' };
    case 'place':
      return { key: sql`cp.position`, compared: sql`cp.position`, direction: 'asc' };
    case 'title':
      return { key: sql`p.title_key`, compared: sql`p.title_key`, direction: 'asc' };
    case 'newest':
      return { key: sql`null`, compared: sql`p.product_id`, direction: 'desc' };
    case 'oldest':
      return { key: sql`null`, compared: sql`p.product_id`, direction: 'asc' };
  }
}
