import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { lockTree, readCategory } from '../../data/categories/category-writes.ts';
import { findPlace } from './place-category.ts';
import { saveCategory, type CategoryOutcome } from './set-category.ts';

/** A move of a category with all that is below it. */
export interface CategoryMove {
  readonly id: string;
  /** Null or absent: it becomes a root. */
  readonly parentId?: string | null | undefined;
  /** Null or absent: behind its new siblings. */
  readonly position?: number | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}

/**
 * Puts a category, with all that is below it, below another one. One row changes, however much is below. No two moves together make a cycle:
 * one after the other, each sees what the other did.
 */
export async function moveCategory(db: Database, move: CategoryMove): Promise<CategoryOutcome> {
  const { id, parentId = null, position = null, expectedVersion = null } = move;
  const gone = notFound('There is no category with this id.', ['input', 'id']);
  if (!isId(id)) return gone;
  return inTransaction(db, async (tx): Promise<CategoryOutcome> => {
    await lockTree(tx);
    const before = await readCategory(tx, id);
    if (before === null) return gone;
    if (expectedVersion !== null && expectedVersion !== before.version)
      return versionConflict('The category', before.version);
    const place = await findPlace(tx, before.categoryId, { parentId, position });
    if ('refusal' in place) return place.refusal;
    const isThere = place.parentId === before.parentId;
    const isBehindAll = position === null && before.position >= place.position;
    if (isThere && (isBehindAll || place.position === before.position))
      return { __typename: 'CategorySaved', category: before };
    const after = { ...before, ...place, version: before.version + 1 };
    await saveCategory(tx, before, after);
    return { __typename: 'CategorySaved', category: after };
  });
}
