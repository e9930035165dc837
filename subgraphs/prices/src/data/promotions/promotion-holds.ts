import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { PromotionTake } from './promotion-takes.ts';

export type HoldStatus = 'HELD' | 'CONFIRMED' | 'RELEASED' | 'EXPIRED';

/** What is held under a key. */
export interface PromotionHold {
  readonly key: string;
  readonly status: HoldStatus;
  /** What it was held for, as a digest in hexadecimal. */
  readonly requestHash: string;
  readonly customerKey: string | null;
  readonly takes: readonly PromotionTake[];
  readonly expiresAt: Date;
  /** By the database's clock. */
  readonly isOver: boolean;
}

const HOLD_TTL = '24 hours';

interface HoldRow extends Record<string, unknown> {
  readonly key: string;
  readonly status: HoldStatus;
  readonly requestHash: string;
  readonly customerKey: string | null;
  readonly takes: PromotionTake[];
  readonly expiresAt: string;
  readonly isOver: boolean;
}

const COLUMNS = sql`
  hold_key as key, status, encode(request_hash, 'hex') as "requestHash", customer_key as "customerKey", takes,
  expires_at as "expiresAt", expires_at <= prices.app_now() as "isOver"`;

const toHold = (row: HoldRow): PromotionHold => ({ ...row, expiresAt: new Date(row.expiresAt) });

/** Begins a hold under a key that has none, and locks it: calls of one key queue here. @returns whether it was begun; false when there is one. */
export async function insertHold(
  tx: Tx,
  hold: Pick<PromotionHold, 'key' | 'requestHash' | 'customerKey' | 'takes'> & { readonly status: HoldStatus },
): Promise<boolean> {
  const rows = await tx.execute(sql`
    insert into prices.promotion_holds (hold_key, status, request_hash, customer_key, takes, held_at, expires_at, ended_at)
    values (${hold.key}, ${hold.status}, decode(${hold.requestHash}, 'hex'), ${hold.customerKey}, ${JSON.stringify(hold.takes)}::jsonb,
      prices.app_now(), prices.app_now() + ${HOLD_TTL}::interval, case when ${hold.status}::text <> 'HELD' then prices.app_now() end)
    on conflict on constraint promotion_holds_pkey do nothing returning 1`);
  return rows.length > 0;
}

/** What is held under a key, locked until the transaction ends; null when nothing ever was. */
export async function lockHold(tx: Tx, key: string): Promise<PromotionHold | null> {
  const [row] = await tx.execute<HoldRow>(
    sql`select ${COLUMNS} from prices.promotion_holds where hold_key = ${key} for update`,
  );
  return row ? toHold(row) : null;
}

/** Keys of holds that are over and still stand. */
export async function findOverdueHolds(db: Db, limit: number): Promise<string[]> {
  const rows = await db.execute<{ key: string }>(sql`
    select hold_key as key from prices.promotion_holds where status = 'HELD' and expires_at <= prices.app_now()
    order by expires_at limit ${limit}`);
  return rows.map(({ key }) => key);
}

/** Ends a locked hold. */
export async function endHold(tx: Tx, key: string, status: Exclude<HoldStatus, 'HELD'>): Promise<void> {
  await tx.execute(sql`
    update prices.promotion_holds set status = ${status}, ended_at = prices.app_now() where hold_key = ${key}`);
}

/** Begins a locked hold that had expired anew. @returns when it ends */
export async function holdAnew(tx: Tx, key: string): Promise<Date> {
  const [row] = await tx.execute<{ expiresAt: string }>(sql`
    update prices.promotion_holds set status = 'HELD', held_at = prices.app_now(), expires_at = prices.app_now() + ${HOLD_TTL}::interval, ended_at = null
    where hold_key = ${key} returning expires_at as "expiresAt"`);
  return new Date(row!.expiresAt);
}

const KEPT = '30 days';

/** Forgets holds that ended long ago, some at a time. @returns how many */
export async function purgeHolds(db: Db, limit: number): Promise<number> {
  const rows = await db.execute(sql`
    delete from prices.promotion_holds where hold_key in (
      select hold_key from prices.promotion_holds where status <> 'HELD' and ended_at < prices.app_now() - ${KEPT}::interval limit ${limit}
      for update skip locked)
    returning 1`);
  return rows.length;
}
