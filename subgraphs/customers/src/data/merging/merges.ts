import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** Two profiles that are one. */
export interface Merge {
  readonly mergeId: string;
  readonly survivorId: string;
  readonly absorbedId: string;
}

/** A merge as it is kept. */
export interface MergeRow extends Merge {
  readonly isUndone: boolean;
  /** Grows from merge to merge of one survivor. */
  readonly number: number;
}

const columns = sql`merge_id as "mergeId", survivor_id as "survivorId", absorbed_id as "absorbedId", undone_at is not null as "isUndone", number::float8 as number`;

/** Notes a merge. Both profiles are locked by the caller. */
export async function insertMerge(tx: Tx, { mergeId, survivorId, absorbedId }: Merge, actor: string): Promise<void> {
  await tx.execute(sql`
    insert into customers.merges (merge_id, survivor_id, absorbed_id, merged_by, merged_at)
    values (${mergeId}::uuid, ${survivorId}::uuid, ${absorbedId}::uuid, ${actor}, customers.app_now())`);
}

/** A merge by id; null when there is none. */
export async function findMerge(tx: Tx, mergeId: string): Promise<MergeRow | null> {
  const [row] = await tx.execute<MergeRow & Record<string, unknown>>(
    sql`select ${columns} from customers.merges where merge_id = ${mergeId}::uuid`,
  );
  return row ?? null;
}

/** Merges that stand and came behind another one, on top of its survivor; they are undone first. In order, the last one at first. */
export const findMergesOnTop = (tx: Tx, { survivorId, number }: MergeRow): Promise<MergeRow[]> =>
  tx.execute<MergeRow & Record<string, unknown>>(sql`
    select ${columns} from customers.merges
    where (survivor_id = ${survivorId}::uuid or absorbed_id = ${survivorId}::uuid) and number > ${number}::bigint and undone_at is null
    order by number desc`);

/** Notes that a merge was undone. */
export async function endMerge(tx: Tx, mergeId: string, actor: string): Promise<void> {
  await tx.execute(sql`
    update customers.merges set undone_at = customers.app_now(), undone_by = ${actor} where merge_id = ${mergeId}::uuid`);
}

/** A command's key: who chose it, and what tells its input from another. */
export interface MergeKey {
  /** `role:subject`; keys belong to the caller who chose them. */
  readonly caller: string;
  readonly key: string;
  readonly requestHash: string;
}

/** What a key was used for; null when it is new. */
export async function findMergeKey(
  tx: Tx,
  { caller, key }: MergeKey,
): Promise<{ requestHash: string; mergeId: string } | null> {
  const [row] = await tx.execute<{ requestHash: string; mergeId: string }>(sql`
    select request_hash as "requestHash", merge_id as "mergeId" from customers.merge_keys where caller = ${caller} and key = ${key}`);
  return row ?? null;
}

/** Uses a key up. @throws with the constraint `merge_keys_pkey` when another command used it meanwhile. */
export async function insertMergeKey(tx: Tx, { caller, key, requestHash }: MergeKey, mergeId: string): Promise<void> {
  await tx.execute(sql`
    insert into customers.merge_keys (caller, key, request_hash, merge_id, created_at)
    values (${caller}, ${key}, ${requestHash}, ${mergeId}::uuid, customers.app_now())`);
}
