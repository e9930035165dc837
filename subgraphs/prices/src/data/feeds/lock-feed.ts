import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';

/** Has others that keep the same feed wait until the transaction ends: what is compared with what was is then what is overwritten. */
export async function lockFeed(tx: Tx, feed: 'categories' | 'products'): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext(${`prices.feed.${feed}`}))`);
}
