import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import {
  countTree,
  deleteCategory,
  lockAndCountUses,
  lockTree,
  readCategory,
} from '../../data/categories/category-writes.ts';
import { announceCategories } from './category-events.ts';
import { touchedByMove } from './place-category.ts';

export type CategoryRemoval =
  | { readonly __typename: 'CategoryRemoved'; readonly categoryId: string }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>;

/** Removes a category that nothing is below and no product is in. What it was mapped to goes with it. */
export async function removeCategory(
  db: Database,
  { id, expectedVersion = null }: { readonly id: string; readonly expectedVersion?: number | null | undefined },
): Promise<CategoryRemoval> {
  const gone = notFound('There is no category with this id.', ['input', 'id']);
  if (!isId(id)) return gone;
  return inTransaction(db, async (tx): Promise<CategoryRemoval> => {
    await lockTree(tx);
    const category = await readCategory(tx, id);
    if (category === null) return gone;
    if (expectedVersion !== null && expectedVersion !== category.version)
      return versionConflict('The category', category.version);
    const { children, products } = await lockAndCountUses(tx, category.categoryId);
    if (children > 0 || products > 0)
      return invalidInput(
        'CATEGORY_IN_USE',
        `${children} categories are below it and ${products} products are in it: move them first.`,
        ['input', 'id'],
      );
    await deleteCategory(tx, category.categoryId);
    await countTree(tx);
    await announceCategories(tx, [
      {
        category: { ...category, version: category.version + 1 },
        isRemoved: true,
        touchedIds: await touchedByMove(tx, category, null),
      },
    ]);
    return { __typename: 'CategoryRemoved', categoryId: category.categoryId };
  });
}
