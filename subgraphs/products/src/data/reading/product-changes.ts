import type { Fragment, Sql } from 'postgres';
import type { Audience } from '../../domain/audience.ts';
import { productColumns, type ProductRow } from '../products.ts';
import { visible } from '../visible.ts';

/** A product as an audience sees it after a change. */
export interface ProductChange {
  readonly productId: string;
  /** ISO 8601, or as PostgreSQL writes it. */
  readonly changedAt: string;
  /** Null when the audience does not see it any more, or never did. */
  readonly product: ProductRow | null;
}

/** Where a reader of the sequence of changes is. */
export interface ChangePosition {
  /** The reader knows every change up to this number. */
  readonly number: number;
  /**
   * The last number when the reader began. What changed before then and is not shown was never shown to this reader: only what goes
   * afterwards is told as gone.
   */
  readonly begunAt: number;
}

type ShownRow = ProductRow & { readonly shown: boolean };

const shownColumns = (sql: Sql, audience: Audience): Fragment =>
  sql`${productColumns(sql, audience)}, ${visible(sql, audience, sql`p.product_id`)} as shown`;

const toChange = ({ shown, ...product }: ShownRow): ProductChange => ({
  productId: product.productId,
  changedAt: product.updatedAt,
  product: shown ? product : null,
});

/** A page of what changed for an audience, oldest change first; each product at the place of its last change. */
export async function findChangesFor(
  sql: Sql,
  audience: Audience,
  { since, first }: { readonly since: ChangePosition | null; readonly first: number },
): Promise<{ changes: ProductChange[]; end: ChangePosition; hasMore: boolean }> {
  // "offset 0" keeps PostgreSQL from joining with the whole channel or the whole catalogue at once: a page takes what it needs one by one.
  const rows = await sql<(ShownRow & { changeNumber: string | null; begunAt: string; lastNumber: string })[]>`
    with clock as materialized (select last_number, coalesce(${since?.begunAt ?? null}::bigint, last_number) as begun_at from products.change_clock),
    page as materialized (
      select ch.product_id, ch.change_number, seen.shown
      from products.product_changes ch cross join lateral (select (select true where ${visible(sql, audience, sql`ch.product_id`)}) as shown offset 0) seen
      where ch.change_number > ${since?.number ?? 0} and (seen.shown or ch.change_number > (select begun_at from clock))
      order by ch.change_number limit ${first + 1})
    select clock.last_number as "lastNumber", clock.begun_at as "begunAt", page.change_number as "changeNumber", coalesce(page.shown, false) as shown, product.*
    from clock left join (page cross join lateral (
      select ${productColumns(sql, audience)} from products.products p where p.product_id = page.product_id offset 0) product) on true
    order by page.change_number`;
  const [{ begunAt, lastNumber }] = rows as unknown as [(typeof rows)[number]];
  const found = rows.filter(({ changeNumber }) => changeNumber !== null);
  const hasMore = found.length > first;
  const page = found.slice(0, first);
  // At the end everything was looked at, also what was passed over.
  const number = hasMore ? Number(page.at(-1)!.changeNumber) : Math.max(Number(lastNumber), since?.number ?? 0);
  return {
    changes: page.map(({ changeNumber: _number, begunAt: _begunAt, lastNumber: _last, ...row }) => toChange(row)),
    end: { number, begunAt: Number(begunAt) },
    hasMore,
  };
}

/** Products as an audience sees them now, for those that exist, in no order. */
export async function findShown(sql: Sql, audience: Audience, productIds: readonly string[]): Promise<ProductChange[]> {
  const rows = await sql<ShownRow[]>`
    select ${shownColumns(sql, audience)} from products.products p where p.product_id = any(${productIds as string[]}::uuid[])`;
  return rows.map(toChange);
}
