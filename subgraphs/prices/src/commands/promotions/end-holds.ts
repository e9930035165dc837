import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { startRecurring } from '@kontor/kit/src/recurring.ts';
import {
  endHold,
  findOverdueHolds,
  type HoldStatus,
  insertHold,
  lockHold,
  type PromotionHold,
  purgeHolds,
} from '../../data/promotions/promotion-holds.ts';
import { countTakes, type CounterStep } from '../../data/promotions/promotion-takes.ts';
import { announceExhaustion } from './announce-exhaustion.ts';

const NOTHING = { requestHash: '', customerKey: null, takes: [] } as const;
const GIVEN_BACK: CounterStep = { held: -1, confirmed: 0 };
const USED: CounterStep = { held: -1, confirmed: 1 };
const USED_UNHELD: CounterStep = { held: 0, confirmed: 1 };

/** Gives back what is held under a key, once; a key that held nothing never will. Of releasing, confirming and expiring exactly one wins. */
export const releasePromotions = (db: Database, key: string): Promise<HoldStatus | null> =>
  inTransaction(db, async (tx) => {
    // The key is taken, so that a hold that is still on its way is refused.
    if (await insertHold(tx, { key, ...NOTHING, status: 'RELEASED' })) return null;
    const hold = (await lockHold(tx, key))!;
    if (hold.status !== 'HELD') return hold.status;
    await end(tx, hold, 'RELEASED', GIVEN_BACK);
    return 'RELEASED';
  });

/**
 * Makes final what is held under a key, once. What expired, or was given back, before its order was heard of is counted all the same: the order
 * stands, and limits are about orders.
 * @returns null when nothing was ever held.
 */
export const confirmPromotions = (db: Database, key: string): Promise<HoldStatus | null> =>
  inTransaction(db, async (tx) => {
    const hold = await lockHold(tx, key);
    if (!hold || hold.takes.length === 0) return hold?.status ?? null;
    if (hold.status !== 'CONFIRMED') await end(tx, hold, 'CONFIRMED', hold.status === 'HELD' ? USED : USED_UNHELD);
    return 'CONFIRMED';
  });

async function end(tx: Tx, hold: PromotionHold, status: Exclude<HoldStatus, 'HELD'>, step: CounterStep): Promise<void> {
  const { takes, customerKey } = hold;
  const counted = await countTakes(tx, takes, { customerKey, step, isLimited: false });
  await endHold(tx, hold.key, status);
  if ('turned' in counted) await announceExhaustion(tx, counted.turned);
}

const BATCH = 200;

/** Ends all holds that are over, each in a transaction of its own; several processes may. @returns how many it ended */
export async function sweepHolds(db: Database): Promise<number> {
  let count = 0;
  for (;;) {
    const keys = await findOverdueHolds(db.orm, BATCH);
    let ended = 0;
    for (const key of keys) if (await expire(db, key)) ended += 1;
    count += ended;
    if (keys.length < BATCH || ended === 0) return count;
  }
}

const expire = (db: Database, key: string): Promise<boolean> =>
  inTransaction(db, async (tx) => {
    const hold = await lockHold(tx, key);
    if (hold?.status !== 'HELD' || !hold.isOver) return false;
    await end(tx, hold, 'EXPIRED', GIVEN_BACK);
    return true;
  });

const SWEEP_MS = 1_000;
const PURGE_BATCH = 1_000;
/** Turns between two purges: an hour of them. */
const PURGE_EVERY = 3_600;

/** Sweeps every second beside requests, and forgets old holds every hour. @returns how to stop it */
export function startHoldSweeper(db: Database, logger: Logger): () => Promise<void> {
  let turn = 0;
  return startRecurring({
    everyMs: SWEEP_MS,
    logger,
    onFailure: 'holds of promotions that are over wait for the next sweep',
    async work(isStopping) {
      await sweepHolds(db);
      if (turn % PURGE_EVERY === 0) while (!isStopping() && (await purgeHolds(db.orm, PURGE_BATCH)) === PURGE_BATCH);
      turn += 1;
    },
  });
}
