import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { RevisionContent } from '../../domain/history/revision.ts';

/** A revision of a product, whole. */
interface RecentRevision {
  readonly version: number;
  readonly content: RevisionContent;
  readonly changedAt: string;
  /** The person on the staff, else the credential or service. */
  readonly changedBy: string;
}

/** Revisions of a product from the newest down to a version, which is among them if it is kept; of many between, only the newest. */
export async function readRevisionsSince(
  tx: Tx,
  productId: string,
  version: number,
  maximum: number,
): Promise<RecentRevision[]> {
  const rows = await tx.execute<RecentRevision & Record<string, unknown>>(sql`
    with since as (
      select version, content, changed_at as "changedAt", coalesce(staff_id, subject) as "changedBy", row_number() over (order by version desc) as place
      from products.product_revisions where product_id = ${productId} and version >= ${version})
    select version, content, "changedAt", "changedBy" from since where place <= ${maximum} or version = ${version} order by version desc`);
  return [...rows];
}
