import type { Fragment, Sql } from 'postgres';
import { productColumns, type ProductRow } from '../products.ts';
import { sellableIn } from '../search/offers.ts';

/** Why a product is recommended. */
export type RecommendationReason = 'BOUGHT_TOGETHER' | 'RELATED';

/** The beginning of what is recommended beside a product. */
export interface WantedRecommendations {
  readonly productId: string;
  readonly first: number;
}

/** A product that is recommended. */
export interface RecommendedRow extends ProductRow {
  /** The place of the list among those wanted, from 1. */
  readonly list: number;
  readonly reason: RecommendationReason;
}

/**
 * So many neighbours on either side, of the same category and of the same type, are looked at: what was made about the same time as a product
 * is often of its kind, and nothing has to be read of the thousands that a type may have.
 */
const NEIGHBOURS = 60;
/** More tags, or attributes, in common say no more. */
const MOST_IN_COMMON = 5;

/**
 * What is recommended beside products, each list best first: what was often bought with the product, then what is like it. Only what the
 * channel shows and can sell now, and never the product itself. One statement for any number of products.
 */
export const findRecommendations = (
  sql: Sql,
  channel: string,
  wanted: readonly WantedRecommendations[],
): Promise<RecommendedRow[]> =>
  sql<RecommendedRow[]>`
    select w.list::int as list, best.reason, ${productColumns(sql, { channel, seesAll: false })}
    from unnest(${wanted.map(({ productId }) => productId)}::uuid[], ${wanted.map(({ first }) => first)}::int[])
      with ordinality as w(product_id, first, list)
    join products.products o on o.product_id = w.product_id
    left join products.product_categories main on main.product_id = o.product_id and main.position = 0
    cross join lateral (
      with bought as materialized (
        select b.other_product_id as product_id, b.score from products.bought_together b
        where b.product_id = o.product_id and ${isOffered(sql, channel, sql`b.other_product_id`)}
        order by b.score desc, b.other_product_id limit w.first
      )
      select product_id, 'BOUGHT_TOGETHER' as reason, 1 as tier, score as closeness from bought
      union all
      select like_it.product_id, 'RELATED', 0, ${closeness(sql)}
      from (${neighbours(sql)}) as like_it
      join products.products q on q.product_id = like_it.product_id
      where (select count(*) from bought) < w.first and like_it.product_id not in (select product_id from bought)
        and ${isOffered(sql, channel, sql`q.product_id`)}
      order by tier desc, closeness desc, product_id desc limit w.first
    ) as best
    join products.products p on p.product_id = best.product_id
    order by w.list, best.tier desc, best.closeness desc, best.product_id desc`;

/** Whether the channel shows a product and can sell it now. */
const isOffered = (sql: Sql, channel: string, productId: Fragment): Fragment => sql`
  exists (select 1 from products.publications s where s.channel_code = ${channel} and s.product_id = ${productId} and s.is_live)
  and ${sellableIn(sql, channel, productId)}`;

/** How alike the products `o` and `q` are: first by what they are, then by what is said of them. */
const closeness = (sql: Sql): Fragment => sql`
  (case when exists (select 1 from products.product_categories c
      where c.product_id = q.product_id and c.category_id = main.category_id and c.position = 0) then 20 else 0 end
    + case when q.product_type = o.product_type then 10 else 0 end
    + case when q.vendor = o.vendor then 1 else 0 end
    + least(${MOST_IN_COMMON}, (select count(*) from unnest(o.tags) as tag where tag = any(q.tags)))
    + least(${MOST_IN_COMMON}, (select count(*) from jsonb_each(o.attributes) as a(code, value) where q.attributes -> a.code = a.value)))::float8`;

/** Products near `o` in its main category and its type; where it has neither, such as share a tag. */
const neighbours = (sql: Sql): Fragment => sql`
  (select c.product_id from products.product_categories c
    where c.category_id = main.category_id and c.product_id > o.product_id order by c.product_id limit ${NEIGHBOURS})
  union (select c.product_id from products.product_categories c
    where c.category_id = main.category_id and c.product_id < o.product_id order by c.product_id desc limit ${NEIGHBOURS})
  union (select n.product_id from products.products n
    where n.product_type = o.product_type and n.product_id > o.product_id order by n.product_id limit ${NEIGHBOURS})
  union (select n.product_id from products.products n
    where n.product_type = o.product_type and n.product_id < o.product_id order by n.product_id desc limit ${NEIGHBOURS})
  union (select n.product_id from products.products n
    where main.category_id is null and o.product_type is null and n.tags && o.tags and n.product_id <> o.product_id limit ${NEIGHBOURS})`;
