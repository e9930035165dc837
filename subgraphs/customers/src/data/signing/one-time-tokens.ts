import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** A token as it is kept; its text is nowhere. */
export interface NewOneTimeToken {
  readonly tokenId: string;
  readonly purpose: string;
  /** Whom or what it is about. */
  readonly subjectId: string;
  readonly lifetimeS: number;
  /** Sealed; null when it carries nothing. */
  readonly payload: string | null;
}

export async function insertOneTimeToken(tx: Tx, token: NewOneTimeToken): Promise<void> {
  await tx.execute(sql`
    insert into customers.one_time_tokens (token_id, purpose, subject_id, payload, created_at, expires_at)
    values (${token.tokenId}::uuid, ${token.purpose}, ${token.subjectId}::uuid, ${token.payload}, customers.app_now(),
      customers.app_now() + ${token.lifetimeS} * interval '1 second')`);
}

/** Uses a token up, in one conditional statement: of many at once, one gets it. @returns null when it was used or has expired. */
export async function deleteOneTimeToken(
  tx: Tx,
  { purpose, tokenId }: { readonly purpose: string; readonly tokenId: string },
): Promise<{ subjectId: string; payload: string | null } | null> {
  const [row] = await tx.execute<{ subjectId: string; payload: string | null; live: boolean }>(sql`
    delete from customers.one_time_tokens where token_id = ${tokenId}::uuid and purpose = ${purpose}
    returning subject_id as "subjectId", payload, expires_at > customers.app_now() as live`);
  return row?.live ? { subjectId: row.subjectId, payload: row.payload } : null;
}

/** What a token that is still good carries, sealed; null when it is not. Uses nothing up. */
export async function findOneTimeToken(
  db: Db | Tx,
  tokenId: string,
): Promise<{ purpose: string; subjectId: string; payload: string | null } | null> {
  const [row] = await db.execute<{ purpose: string; subjectId: string; payload: string | null }>(sql`
    select purpose, subject_id as "subjectId", payload from customers.one_time_tokens
    where token_id = ${tokenId}::uuid and expires_at > customers.app_now()`);
  return row ?? null;
}

/** Forgets the tokens about a subject, except for those that somebody uses right now: waiting for one who waits for us would never end. */
export async function deleteTokensAbout(tx: Tx, subjectId: string): Promise<void> {
  await tx.execute(sql`
    delete from customers.one_time_tokens where token_id in (
      select token_id from customers.one_time_tokens where subject_id = ${subjectId}::uuid for update skip locked)`);
}

/** Forgets tokens that have expired, a batch at a time. @returns how many. */
export async function purgeOneTimeTokens(db: Db, batch: number): Promise<number> {
  const rows = await db.execute(sql`
    delete from customers.one_time_tokens where token_id in (
      select token_id from customers.one_time_tokens where expires_at <= customers.app_now() limit ${batch} for update skip locked
    ) returning token_id`);
  return rows.length;
}
