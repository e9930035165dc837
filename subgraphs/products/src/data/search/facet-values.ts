import type { Sql } from 'postgres';

/** A value of a facet. */
export interface FacetValueRow {
  /** Null for a category that is only above others. */
  readonly valueId: number | null;
  readonly facet: string;
  readonly attribute: string;
  readonly value: string;
  /** Names by locale, `''` for the catalogue's own; null when the value is its own name. */
  readonly labels: Readonly<Record<string, string>> | null;
  /** With a category: the one that it is in. */
  readonly parent: string | null;
}

/** Values by their numbers, in no order, with the categories above those that are categories: one statement. */
export const findFacetValues = (sql: Sql, valueIds: readonly number[]): Promise<FacetValueRow[]> => sql<
  FacetValueRow[]
>`
  with wanted as materialized (
    select value_id, facet, attribute, value, labels from products.search_values where value_id = any(${valueIds as number[]}::int[])),
  tree as materialized (
    with recursive tree (category_id) as (
      select value::uuid from wanted where facet = 'CATEGORY'
      union select c.parent_id from tree t join products.categories c on c.category_id = t.category_id where c.parent_id is not null)
    select category_id from tree),
  options as materialized (
    select distinct on (code, value) d ->> 'code' as code, o ->> 'code' as value, o -> 'labels' as labels
    from products.product_types y cross join lateral jsonb_array_elements(y.attributes) as d cross join lateral jsonb_array_elements(d -> 'options') as o
    where exists (select 1 from wanted where facet = 'ATTRIBUTE') and d ->> 'kind' = 'ENUM' and d ->> 'code' in (select attribute from wanted where facet = 'ATTRIBUTE') order by code, value, y.name)
  select w.value_id as "valueId", w.facet, w.attribute, w.value, null as parent, case w.facet when 'PRODUCT_TYPE' then y.labels when 'ATTRIBUTE' then o.labels when 'OPTION' then w.labels end as labels
  from wanted w
    left join products.product_types y on w.facet = 'PRODUCT_TYPE' and y.name = w.value
    left join options o on w.facet = 'ATTRIBUTE' and o.code = w.attribute and o.value = w.value
  where w.facet <> 'CATEGORY'
  union all
  select w.value_id, 'CATEGORY', '', c.category_id::text, c.parent_id::text, jsonb_build_object('', c.name) || c.names
  from tree join products.categories c using (category_id) left join wanted w on w.facet = 'CATEGORY' and w.value = c.category_id::text`;

/** How old the prices and the availability of a channel's list may be: when the older of both was last read to its end; null before. */
export async function findSearchAge(sql: Sql, channelCode: string): Promise<string | null> {
  const [row] = await sql<{ asOf: string | null }[]>`
    select case when count(as_of) = 2 then min(as_of) end as "asOf" from products.search_sources where channel_code = ${channelCode} and source in ('prices', 'stock')`;
  return row?.asOf ?? null;
}
