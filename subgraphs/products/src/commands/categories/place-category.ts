import type { Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import type { CategoryRow } from '../../data/categories/categories.ts';
import { readLineage, readPlace } from '../../data/categories/category-writes.ts';
import { MAX_POSITION, placeRefusal } from '../../domain/categories/category-rules.ts';

/** Where somebody wants a category. */
export interface WantedPlace {
  /** Null for a root. */
  readonly parentId: string | null;
  /** Null for behind its siblings. */
  readonly position: number | null;
}

type Refusal = ReturnType<typeof invalidInput> | ReturnType<typeof notFound>;

/**
 * Finds whether a category can stand at a place, under the lock of the tree.
 * @param categoryId one that is made may not be there yet. @returns the place as it is to be kept, or why not
 */
export async function findPlace(
  tx: Tx,
  categoryId: string,
  { parentId, position }: WantedPlace,
): Promise<{ readonly parentId: string | null; readonly position: number } | { readonly refusal: Refusal }> {
  const noParent = { refusal: notFound('There is no category with this id.', ['input', 'parentId']) };
  if (position !== null && !(position >= 0 && position <= MAX_POSITION))
    return {
      refusal: invalidInput('INVALID_POSITION', `A position is from 0 to ${MAX_POSITION}.`, ['input', 'position']),
    };
  if (parentId !== null && !isId(parentId)) return noParent;
  const place = await readPlace(tx, categoryId, parentId);
  if (!place.parentExists) return noParent;
  const refused = placeRefusal(place, parentId === null);
  if (refused) return { refusal: invalidInput(refused.code, refused.message, ['input', 'parentId']) };
  return { parentId: parentId?.toLowerCase() ?? null, position: position ?? place.lastPosition + 1 };
}

/** Ids of the categories whose lists look different when one goes from a place to another, each null where there is none. */
export async function touchedByMove(
  tx: Tx,
  before: Pick<CategoryRow, 'parentId'> | null,
  after: Pick<CategoryRow, 'parentId'> | null,
): Promise<string[]> {
  const parents = [before?.parentId ?? null, after?.parentId ?? null].filter((id) => id !== null);
  return parents.length === 0 ? [] : readLineage(tx, parents);
}
