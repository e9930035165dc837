import type { Db } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** The secret by which quotes are signed: the one that is kept, or `fresh` when there is none yet. All processes get the same. */
export async function keepQuoteSecret(db: Db, fresh: string): Promise<string> {
  await db.execute(sql`
    insert into prices.quote_keys (quote_key_id, secret, created_at) values (1, ${fresh}, prices.app_now())
    on conflict on constraint quote_keys_pkey do nothing`);
  const [row] = await db.execute<{ secret: string }>(sql`select secret from prices.quote_keys where quote_key_id = 1`);
  return row!.secret;
}
