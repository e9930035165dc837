import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Sql } from 'postgres';

/** A product in a channel. */
export interface Publication {
  readonly productId: string;
  readonly channelCode: string;
}

/** From when until when a product is published: ISO 8601; null for at once, and for good. */
export interface PublicationDates {
  readonly startsAt: string | null;
  readonly endsAt: string | null;
}

const pairs = (publications: readonly Publication[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(publications)}::jsonb) as wanted("productId" uuid, "channelCode" text)`;
const idsOf = (productIds: readonly string[]) =>
  sql`(select jsonb_array_elements_text(${JSON.stringify(productIds)}::jsonb)::uuid)`;

/**
 * Whether a publication is live, which is what `is_live` keeps: the product is active, the publication has begun and has not ended. The
 * only place that knows. @param status of the product, and the dates of the publication: columns or values.
 */
const live = (status: string, startsAt: string, endsAt: string) =>
  sql.raw(
    `(${status} = 'ACTIVE' and coalesce(${startsAt} <= products.app_now(), true) and coalesce(${endsAt} > products.app_now(), true))`,
  );

/** Publishes locked products where they are not yet, without dates; what is published there keeps its dates. @returns the ids of those that were not. */
export async function publish(tx: Tx, publications: readonly Publication[]): Promise<string[]> {
  if (publications.length === 0) return [];
  const rows = await tx.execute<{ productId: string }>(sql`
    insert into products.publications (channel_code, product_id, published_at, is_live)
    select "channelCode", "productId", products.app_now(), ${live('p.status', 'null::timestamptz', 'null::timestamptz')}
    from ${pairs(publications)} join products.products p on p.product_id = "productId"
    on conflict on constraint publications_pkey do nothing returning product_id as "productId"`);
  return rows.map(({ productId }) => productId);
}

/** Publishes locked products in a channel from one instant until another. @returns the ids of those that were not so already. */
export async function schedule(
  tx: Tx,
  channelCode: string,
  productIds: readonly string[],
  { startsAt, endsAt }: PublicationDates,
): Promise<string[]> {
  if (productIds.length === 0) return [];
  const rows = await tx.execute<{ productId: string }>(sql`
    insert into products.publications as s (channel_code, product_id, published_at, starts_at, ends_at, is_live)
    select ${channelCode}, p.product_id, products.app_now(), d.starts_at, d.ends_at, ${live('p.status', 'd.starts_at', 'd.ends_at')}
    from products.products p cross join (select ${startsAt}::timestamptz as starts_at, ${endsAt}::timestamptz as ends_at) d
    where p.product_id in ${idsOf(productIds)}
    on conflict on constraint publications_pkey do update set starts_at = excluded.starts_at, ends_at = excluded.ends_at, is_live = excluded.is_live
      where s.starts_at is distinct from excluded.starts_at or s.ends_at is distinct from excluded.ends_at or s.is_live <> excluded.is_live
    returning product_id as "productId"`);
  return rows.map(({ productId }) => productId);
}

/** Hides locked products. @returns the ids of those that were published there. */
export async function unpublish(tx: Tx, publications: readonly Publication[]): Promise<string[]> {
  if (publications.length === 0) return [];
  const rows = await tx.execute<{ productId: string }>(sql`
    delete from products.publications p using ${pairs(publications)} where p.channel_code = "channelCode" and p.product_id = "productId" returning p.product_id as "productId"`);
  return rows.map(({ productId }) => productId);
}

/**
 * Works out anew whether the publications of locked products are live: after a change of their status, or when time has come. The products
 * still have to be announced. @returns the ids of those that went live somewhere or ended somewhere, each once
 */
export async function refreshLive(tx: Tx, productIds: readonly string[]): Promise<string[]> {
  if (productIds.length === 0) return [];
  const isLive = live('p.status', 's.starts_at', 's.ends_at');
  const rows = await tx.execute<{ productId: string }>(sql`
    with changed as (
      update products.publications s set is_live = ${isLive} from products.products p
      where s.product_id in ${idsOf(productIds)} and p.product_id = s.product_id and s.is_live <> ${isLive} returning s.product_id)
    select distinct product_id as "productId" from changed order by 1`);
  return rows.map(({ productId }) => productId);
}

/**
 * Products of which some publication has to begin or to end now, the longest due first.
 * @param reach `lately` looks at what became due within a day, `ever` at everything: publications that began and ended, or whose product is
 * not active, lie among those to come for ever, so that looking at all of them costs more every year.
 */
export async function findDueProductIds(db: Db, reach: 'lately' | 'ever', limit: number): Promise<string[]> {
  const isLive = live('p.status', 's.starts_at', 's.ends_at');
  const lately = reach === 'ever' ? sql`true` : sql`s.starts_at > products.app_now() - interval '1 day'`;
  const rows = await db.execute<{ productId: string }>(sql`
    select product_id as "productId" from (
      select s.product_id, s.starts_at as due_at from products.publications s join products.products p on p.product_id = s.product_id
      where not s.is_live and s.starts_at <= products.app_now() and ${lately} and ${isLive}
      union all
      select s.product_id, s.ends_at from products.publications s join products.products p on p.product_id = s.product_id
      where s.is_live and s.ends_at <= products.app_now() and not ${isLive}) due
    group by product_id order by min(due_at) limit ${limit}`);
  return rows.map(({ productId }) => productId);
}

/** Locks products by id, in the order of their handles as every other command does. @returns the ids that exist. */
export async function lockProductIds(tx: Tx, productIds: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ productId: string }>(sql`
    select product_id as "productId" from products.products where product_id in ${idsOf(productIds)}
    order by handle for no key update`);
  return rows.map(({ productId }) => productId);
}

/** The same, passing by those that somebody else is at. @returns the ids of those that are locked now. */
export async function lockIdleProductIds(tx: Tx, productIds: readonly string[]): Promise<string[]> {
  const rows = await tx.execute<{ productId: string }>(sql`
    select product_id as "productId" from products.products where product_id in ${idsOf(productIds)}
    order by handle for no key update skip locked`);
  return rows.map(({ productId }) => productId);
}

/** A publication as staff see it. */
export interface PublicationRow extends Publication, PublicationDates {
  readonly publishedAt: string;
  readonly isLive: boolean;
}

/** All publications of products, by channel: also those that have not begun, that have ended, or whose product is not active. */
export const findPublicationsOfProducts = (sql: Sql, productIds: readonly string[]): Promise<PublicationRow[]> =>
  sql<PublicationRow[]>`
    select product_id as "productId", channel_code as "channelCode", published_at as "publishedAt", starts_at as "startsAt", ends_at as "endsAt", is_live as "isLive"
    from products.publications where product_id = any(${productIds as string[]}::uuid[]) order by product_id, channel_code`;
