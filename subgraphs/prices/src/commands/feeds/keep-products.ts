import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { lockFeed } from '../../data/feeds/lock-feed.ts';
import { hasTargetedPromotion, writeProductFacts } from '../../data/feeds/product-facts.ts';
import { recordPriceChanges } from '../../data/price-changes.ts';
import { newestOf, type ProductFactsState } from '../../domain/feeds/product-labels.ts';

/**
 * Keeps what promotions, taxes and shipping ask of products, in one transaction. Where that makes prices others, because goods are taxed otherwise or a
 * promotion on pages knows them by something else, readers of changes hear of them.
 */
export function keepProducts(db: Database, states: readonly ProductFactsState[]): Promise<void> {
  const newest = newestOf(states, ({ productId }) => productId);
  if (newest.length === 0) return Promise.resolve();
  return inTransaction(db, async (tx) => {
    await lockFeed(tx, 'products');
    const { taxed, known } = await writeProductFacts(tx, newest);
    const promoted = known.length > 0 && (await hasTargetedPromotion(tx)) ? known : [];
    const variantIds = [...new Set([...taxed, ...promoted])].sort();
    if (variantIds.length > 0) await recordPriceChanges(tx, variantIds);
  });
}
