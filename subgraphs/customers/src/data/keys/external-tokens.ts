import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

const SWEPT_AT_ONCE = 10_000;

/**
 * Notes that a token was accepted. Of many transactions that take one token at once, one gets it; when it is rolled back, the next.
 * @param endsAt from when on nobody would accept it. @returns whether nobody had taken it before.
 */
export async function takeExternalToken(tx: Tx, tokenHash: string, endsAt: Date): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into customers.external_tokens (token_hash, ends_at) values (${tokenHash}, ${endsAt.toISOString()}::timestamptz)
    on conflict on constraint external_tokens_pkey do nothing returning token_hash`);
  return rows.length > 0;
}

/** Forgets tokens that ended an hour ago (clocks differ); at most 10,000 of them. */
export async function sweepExternalTokens(db: Db): Promise<void> {
  await db.execute(sql`
    delete from customers.external_tokens where token_hash in (
      select token_hash from customers.external_tokens where ends_at < customers.app_now() - interval '1 hour'
      order by ends_at limit ${SWEPT_AT_ONCE} for update skip locked)`);
}
