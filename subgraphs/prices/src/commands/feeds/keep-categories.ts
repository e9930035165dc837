import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { writeCategories } from '../../data/feeds/category-facts.ts';
import { lockFeed } from '../../data/feeds/lock-feed.ts';
import { hasTargetedPromotion } from '../../data/feeds/product-facts.ts';
import { newestOf } from '../../domain/feeds/product-labels.ts';
import { announceEngine } from '../announce/announce-engine.ts';

/** What prices keeps of a category. */
export interface CategoryState {
  readonly categoryId: string;
  readonly parentId?: string | null | undefined;
  readonly revision: number;
  /** Whether it is gone. */
  readonly isRemoved?: boolean | undefined;
}

/** Keeps the tree of categories, in one transaction: a promotion for one is for all below it. A tree that is another has processes read it anew. */
export function keepCategories(db: Database, states: readonly CategoryState[]): Promise<void> {
  const newest = newestOf(states, ({ categoryId }) => categoryId);
  if (newest.length === 0) return Promise.resolve();
  return inTransaction(db, async (tx) => {
    await lockFeed(tx, 'categories');
    if (!(await writeCategories(tx, newest))) return;
    await announceEngine(tx, (await hasTargetedPromotion(tx)) ? null : []);
  });
}
