import type { Sql } from 'postgres';
import { categoriesAbove } from '../categories/category-tree.ts';

/** A value of a facet. */
export interface FacetValueRow {
  /** Null for a category that is only above others. */
  readonly valueId: number | null;
  readonly facet: string;
  readonly attribute: string;
  readonly value: string;
  /** Names by locale, `''` for the catalogue's own; null when the value is its own name. */
  readonly labels: Readonly<Record<string, string>> | null;
  /** With a category: itself and all above it. */
  readonly ancestors: readonly string[] | null;
}

/** Values by their numbers, in no order, with the categories above those that are categories: one statement. */
export const findFacetValues = (sql: Sql, valueIds: readonly number[]): Promise<FacetValueRow[]> => sql<
  FacetValueRow[]
>`
  with wanted as materialized (
    select value_id, facet, attribute, value from products.search_values where value_id = any(${valueIds as number[]}::int[])),
  above as materialized (${categoriesAbove(sql, sql`array(select value::uuid from wanted where facet = 'CATEGORY')`)}),
  lines as materialized (select category_id, array_agg(ancestor_id::text) as ancestors from above group by category_id),
  options as materialized (
    select distinct on (code, value) d ->> 'code' as code, o ->> 'code' as value, o -> 'labels' as labels
    from products.product_types y cross join lateral jsonb_array_elements(y.attributes) as d cross join lateral jsonb_array_elements(d -> 'options') as o
    where exists (select 1 from wanted where facet = 'ATTRIBUTE') and d ->> 'kind' = 'ENUM' and d ->> 'code' in (select attribute from wanted where facet = 'ATTRIBUTE') order by code, value, y.name)
  select w.value_id as "valueId", w.facet, w.attribute, w.value, l.ancestors,
    case w.facet when 'CATEGORY' then jsonb_build_object('', c.name) || c.names when 'PRODUCT_TYPE' then y.labels when 'ATTRIBUTE' then o.labels end as labels
  from wanted w
    left join products.categories c on w.facet = 'CATEGORY' and c.category_id::text = w.value
    left join lines l on l.category_id = c.category_id
    left join products.product_types y on w.facet = 'PRODUCT_TYPE' and y.name = w.value
    left join options o on w.facet = 'ATTRIBUTE' and o.code = w.attribute and o.value = w.value
  union all
  select null, 'CATEGORY', '', c.category_id::text, null, jsonb_build_object('', c.name) || c.names
  from products.categories c where c.category_id in (select ancestor_id from above)
    and not exists (select 1 from wanted w where w.facet = 'CATEGORY' and w.value = c.category_id::text)`;

/** How old the prices and the availability of a channel's list may be: when the older of both was last read to its end; null before. */
export async function findSearchAge(sql: Sql, channelCode: string): Promise<string | null> {
  const [row] = await sql<{ asOf: string | null }[]>`
    select case when count(as_of) = 2 then min(as_of) end as "asOf" from products.search_sources where channel_code = ${channelCode} and source in ('prices', 'stock')`;
  return row?.asOf ?? null;
}
