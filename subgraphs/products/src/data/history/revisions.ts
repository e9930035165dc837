import type { Tx } from '@kontor/kit/src/database.ts';
import { sql as statement } from 'drizzle-orm';
import type { Sql } from 'postgres';
import type { Author } from '../../domain/author.ts';
import type { RevisionContent } from '../../domain/history/revision.ts';

/** A revision without what it holds, which is only read when somebody asks for it. */
export interface RevisionRow extends Author {
  readonly productId: string;
  readonly version: number;
  readonly changedAt: string;
}

/** Some revisions of a product. */
export interface RevisionPage {
  readonly productId: string;
  /** Only older ones; null for the newest. */
  readonly before: number | null;
  readonly limit: number;
}

/** Revisions of each page, the newest first; `page` is the place of the page in the list, from 0. */
export const findRevisions = (
  sql: Sql,
  pages: readonly RevisionPage[],
): Promise<(RevisionRow & { readonly page: number })[]> =>
  sql<(RevisionRow & { page: number })[]>`
    select (w.place - 1)::int as page, r.* from jsonb_array_elements(${JSON.stringify(pages)}::text::jsonb) with ordinality as w(wanted, place)
    cross join lateral (
      select product_id as "productId", version, action, role, subject, staff_id as "staffId", channel_code as channel, changed_at as "changedAt"
      from products.product_revisions where product_id = (wanted->>'productId')::uuid and version < coalesce((wanted->>'before')::int, 2147483647)
      order by version desc limit (wanted->>'limit')::int) r
    order by w.place, r.version desc`;

/** Which revision. */
export interface RevisionKey {
  readonly productId: string;
  readonly version: number;
}

/** What revisions hold, in no order. */
export const findRevisionContents = (
  sql: Sql,
  keys: readonly RevisionKey[],
): Promise<(RevisionKey & { readonly content: RevisionContent })[]> =>
  sql<(RevisionKey & { content: RevisionContent })[]>`
    select product_id as "productId", version, content from products.product_revisions
    where (product_id, version) in (select w."productId", w.version from jsonb_to_recordset(${JSON.stringify(keys)}::text::jsonb) as w("productId" uuid, version int))`;

/** What a revision holds; null when there is none, or none any more. Revisions never change. */
export async function readRevision(tx: Tx, productId: string, version: number): Promise<RevisionContent | null> {
  const [row] = await tx.execute<{ content: RevisionContent }>(statement`
    select content from products.product_revisions where product_id = ${productId} and version = ${version}`);
  return row?.content ?? null;
}
