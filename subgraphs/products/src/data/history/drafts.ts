import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { Sql } from 'postgres';
import type { Author } from '../../domain/author.ts';

/** A change that is prepared. */
export interface DraftContent {
  /** As it was given: to be checked again whenever it is used. */
  readonly change: unknown;
  readonly baseVersion: number;
  readonly publishAt: string | null;
}

/** A draft as it is kept. */
export interface DraftRow extends DraftContent, Omit<Author, 'action'> {
  readonly productId: string;
  readonly version: number;
  readonly problem: string | null;
  readonly updatedAt: string;
}

// A draft that was made or discarded leaves its row without a change: versions never begin again, and what somebody saw of a draft long
// gone is not taken for the next one.

/** Drafts by product, in no order. */
export const findDrafts = (sql: Sql, productIds: readonly string[]): Promise<DraftRow[]> =>
  sql<DraftRow[]>`
    select product_id as "productId", change, base_version as "baseVersion", publish_at as "publishAt", problem, version, role, subject, staff_id as "staffId",
      channel_code as channel, updated_at as "updatedAt"
    from products.product_drafts where product_id = any(${productIds as string[]}::uuid[]) and change <> 'null'`;

async function lockDraft(tx: Tx, productId: string, condition: SQL): Promise<DraftRow | null> {
  const [row] = await tx.execute<DraftRow & Record<string, unknown>>(sql`
    select product_id as "productId", change, base_version as "baseVersion", publish_at as "publishAt", problem, version, role, subject, staff_id as "staffId",
      channel_code as channel, updated_at as "updatedAt"
    from products.product_drafts where product_id = ${productId} and change <> 'null' and ${condition} for update`);
  return row ?? null;
}

/** The draft of a locked product; null when there is none. */
export const readDraft = (tx: Tx, productId: string): Promise<DraftRow | null> => lockDraft(tx, productId, sql`true`);

const isDue = sql`problem is null and publish_at is not null and publish_at <= products.app_now()`;

/** The draft of a locked product, when it has to be made now; null when it does not. */
export const readDueDraft = (tx: Tx, productId: string): Promise<DraftRow | null> => lockDraft(tx, productId, isDue);

/** Products whose drafts have to be made now, the longest due first. */
export async function findDueDrafts(db: Db, limit: number): Promise<string[]> {
  const rows = await db.execute<{ productId: string }>(sql`
    select product_id as "productId" from products.product_drafts where ${isDue} order by publish_at limit ${limit}`);
  return rows.map(({ productId }) => productId);
}

/** Writes the draft of a locked product, which begins without a problem. */
export async function writeDraft(
  tx: Tx,
  productId: string,
  { change, baseVersion, publishAt }: DraftContent,
  { role, subject, staffId, channel }: Author,
): Promise<void> {
  await tx.execute(sql`
    insert into products.product_drafts as d (product_id, change, base_version, publish_at, version, role, subject, staff_id, channel_code, updated_at)
    values (${productId}, ${JSON.stringify(change)}::jsonb, ${baseVersion}, ${publishAt}::timestamptz, 1, ${role}, ${subject}, ${staffId}, ${channel}, products.app_now())
    on conflict on constraint product_drafts_pkey do update set change = excluded.change, base_version = excluded.base_version, publish_at = excluded.publish_at,
      problem = null, version = d.version + 1, role = excluded.role, subject = excluded.subject, staff_id = excluded.staff_id, channel_code = excluded.channel_code,
      updated_at = excluded.updated_at`);
}

/** Removes the draft of a locked product. */
export async function removeDraft(tx: Tx, productId: string): Promise<void> {
  await tx.execute(sql`
    update products.product_drafts set change = 'null', publish_at = null, problem = null, version = version + 1, updated_at = products.app_now()
    where product_id = ${productId}`);
}

/** Notes why the draft of a locked product could not be made when it was due: nobody tries again before it is changed. */
export async function failDraft(tx: Tx, productId: string, problem: string): Promise<void> {
  await tx.execute(sql`
    update products.product_drafts set problem = ${problem}, version = version + 1, updated_at = products.app_now() where product_id = ${productId}`);
}
