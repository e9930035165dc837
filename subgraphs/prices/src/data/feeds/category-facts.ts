import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** A category as it is, or was when it was removed. */
export interface CategoryRow {
  readonly categoryId: string;
  readonly parentId?: string | null | undefined;
  readonly revision: number;
  readonly isRemoved?: boolean | undefined;
}

/**
 * Keeps what is newer of categories, each once, in the order of their ids; one that was removed stays as such. Who calls holds the lock of the feed, so
 * that what is compared is what is overwritten.
 * @returns whether the tree is another than before
 */
export async function writeCategories(tx: Tx, categories: readonly CategoryRow[]): Promise<boolean> {
  const input = categories.map(({ categoryId, parentId, revision, isRemoved }) => ({
    id: categoryId,
    parent: parentId ?? null,
    revision,
    gone: isRemoved ?? false,
  }));
  const rows = await tx.execute<{ isOther: boolean }>(sql`
    with input as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(input)}::jsonb) as i(id uuid, parent uuid, revision bigint, gone boolean)
    ), before as materialized (
      select c.category_id, c.parent_id, c.is_removed from input i join prices.category_facts c on c.category_id = i.id
    ), written as (
      insert into prices.category_facts as c (category_id, parent_id, revision, is_removed)
      select id, parent, revision, gone from input order by id
      on conflict on constraint category_facts_pkey do update
        set parent_id = excluded.parent_id, revision = excluded.revision, is_removed = excluded.is_removed
      where c.revision < excluded.revision
      returning category_id, parent_id, is_removed
    )
    select (coalesce(b.is_removed, true), b.parent_id) is distinct from (w.is_removed, w.parent_id) and not (coalesce(b.is_removed, true) and w.is_removed) as "isOther"
    from written w left join before b using (category_id)`);
  return rows.some(({ isOther }) => isOther);
}
