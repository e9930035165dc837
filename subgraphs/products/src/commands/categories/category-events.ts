import type { Tx } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import type { CategoryRow } from '../../data/categories/categories.ts';

/** A category that a command changed, under the lock of the tree. */
export interface CategoryChange {
  /** As it is, or as it was when it was removed. */
  readonly category: CategoryRow;
  readonly isRemoved: boolean;
  /** Categories whose lists look different now: those above the old and the new place, when it changed. */
  readonly touchedIds: readonly string[];
}

/** Tells others what became of categories. Products do not change with them. */
export const announceCategories = (tx: Tx, changes: readonly CategoryChange[]): Promise<void> =>
  appendEvents(
    tx,
    'products',
    changes.map(({ category: { categoryId, parentId, handle, version }, isRemoved, touchedIds }) => ({
      topic: 'products.category.changed',
      key: categoryId,
      payload: {
        categoryId,
        revision: version,
        handle,
        parentId,
        isRemoved,
        cacheTags: [...new Set([categoryId, ...touchedIds])].map((id) => `category:${id}`),
      },
    })),
  );
