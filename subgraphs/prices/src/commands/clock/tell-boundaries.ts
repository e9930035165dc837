import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import { advanceClock, findTurnedLists, findTurningPromotions, lockClock, type Moments } from '../../data/clock.ts';
import { selectLists } from '../../data/lists/find-lists.ts';
import { lockChains, lockListChanges } from '../../data/lists/lock-lists.ts';
import { findVariantsOf } from '../../data/lists/write-lists.ts';
import { recordPriceChanges } from '../../data/price-changes.ts';
import type { Promotion } from '../../domain/promotions/promotion.ts';
import { isInForce, nextBoundary } from '../../domain/promotions/next-boundary.ts';
import { announceEngine } from '../announce/announce-engine.ts';
import { tellPrices } from '../announce/announce-prices.ts';
import { shownVariants } from '../promotions/announce-exhaustion.ts';

/** Variants whose price is another; null for any. */
type Variants = Set<string> | null;

/**
 * Tells of all that began or ended since it was last told, in one transaction and by one process at a time: lists and promotions by their activity and
 * dates, promotions by their days and hours. After a crash or a pause the next call tells of everything that passed meanwhile.
 * @returns how many lists and promotions were told of
 */
export function tellBoundaries(db: Database): Promise<number> {
  return inTransaction(db, async (tx) => {
    if (!(await lockClock(tx))) return 0;
    // Before the moment is taken: a list that is being scheduled for a moment that passes before the commit would be seen by nobody else.
    await lockListChanges(tx);
    const moments = await advanceClock(tx);
    const lists = await findTurnedLists(tx, moments);
    const promotions = (await findTurningPromotions(tx, moments.from)).filter((each) => hasTurned(each, moments));
    const variants = union(await tellLists(tx, lists), await shownByAny(tx, promotions));
    const variantIds = variants && [...variants].sort();
    if (promotions.length > 0) await announceEngine(tx, variantIds);
    else await recordPriceChanges(tx, variantIds);
    return lists.length + promotions.length;
  });
}

async function tellLists(tx: Tx, ids: readonly string[]): Promise<Variants> {
  if (ids.length === 0) return new Set();
  // With the lists' own lock no writer of prices runs: none can hold one of these and wait for another.
  await lockChains(tx);
  let variants: Variants = new Set();
  for (const id of ids) {
    const [list] = await selectLists(tx, sql`l.price_list_id = ${id}::uuid for no key update of l`);
    const held = await findVariantsOf(tx, id);
    const { isTold } = await tellPrices(tx, list!, held);
    if (isTold) variants = union(variants, held);
  }
  return variants;
}

async function shownByAny(tx: Tx, promotions: readonly Promotion[]): Promise<Variants> {
  let variants: Variants = new Set();
  for (const promotion of promotions) variants = union(variants, await shownVariants(tx, promotion));
  return variants;
}

const union = (one: Variants, other: Iterable<string> | null): Variants => one && other && new Set([...one, ...other]);

function hasTurned(promotion: Promotion, { from, until }: Moments): boolean {
  if (isInForce(promotion, from.getTime()) !== isInForce(promotion, until.getTime())) return true;
  // It may have begun and ended again meanwhile.
  const next = nextBoundary([promotion], from);
  return next !== null && next.getTime() <= until.getTime();
}
