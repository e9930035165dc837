import type { Tx } from '@kontor/kit/src/database.ts';
import { findVariantsOfTarget } from '../../data/promotions/find-target.ts';
import type { Exhaustion } from '../../data/promotions/promotion-takes.ts';
import type { Promotion } from '../../domain/promotions/promotion.ts';
import { announceEngine } from '../announce/announce-engine.ts';

/** Variants whose price on pages a promotion changes; null when they are too many to be named, none when it changes carts alone. */
export async function shownVariants(
  tx: Tx,
  { effect, needsCode }: Pick<Promotion, 'effect' | 'needsCode'>,
): Promise<readonly string[] | null> {
  const isOnPages = !needsCode && (effect.kind === 'PERCENT' || effect.kind === 'AMOUNT');
  return isOnPages ? findVariantsOfTarget(tx, effect.target) : [];
}

/** Tells that promotions came to the end of their uses or budget, or are no longer at it: pages and carts show other prices. */
export async function announceExhaustion(tx: Tx, turned: readonly Exhaustion[]): Promise<void> {
  if (turned.length === 0) return;
  const variants = new Set<string>();
  for (const promotion of turned) {
    const shown = await shownVariants(tx, promotion);
    if (shown === null) return announceEngine(tx, null);
    for (const id of shown) variants.add(id);
  }
  await announceEngine(tx, [...variants]);
}
