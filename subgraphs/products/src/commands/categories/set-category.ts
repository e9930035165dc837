import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import type { CategoryRow } from '../../data/categories/categories.ts';
import {
  countCategories,
  countTree,
  findTaken,
  lockTree,
  readCategory,
  writeCategories,
} from '../../data/categories/category-writes.ts';
import {
  acceptCategoryTexts,
  MAX_CATEGORIES,
  sameNames,
  type CategoryTexts,
  type CategoryTextsInput,
} from '../../domain/categories/category-rules.ts';
import { announceCategories } from './category-events.ts';
import { findPlace, touchedByMove, type WantedPlace } from './place-category.ts';

/** A category as somebody wants it; what is absent stays. */
export interface CategoryInput extends CategoryTextsInput {
  /** Null makes one. */
  readonly id?: string | null | undefined;
  /** Null for a root. */
  readonly parentId?: string | null | undefined;
  readonly position?: number | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}

export type CategoryOutcome =
  | { readonly __typename: 'CategorySaved'; readonly category: CategoryRow }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof versionConflict>;

/** Makes a category or changes one, and moves it where another parent is named. One that is so already keeps its version and emits nothing. */
export async function setCategory(db: Database, input: CategoryInput): Promise<CategoryOutcome> {
  const { expectedVersion = null } = input;
  const gone = notFound('There is no category with this id.', ['input', 'id']);
  if (input.id != null && !isId(input.id)) return gone;
  return inTransaction(db, async (tx): Promise<CategoryOutcome> => {
    await lockTree(tx);
    const before = input.id == null ? null : await readCategory(tx, input.id);
    if (input.id != null && before === null) return gone;
    if (expectedVersion !== null && expectedVersion !== (before?.version ?? 0))
      return versionConflict('The category', before?.version ?? 0);
    const texts = acceptCategoryTexts(input, before);
    if ('broken' in texts) return invalidInput(texts.broken.code, texts.broken.message, ['input', texts.broken.field]);
    if (before === null && (await countCategories(tx)) >= MAX_CATEGORIES)
      return invalidInput('TOO_MANY', `There are ${MAX_CATEGORIES} categories, which is all there can be.`);
    const categoryId = before?.categoryId ?? newId();
    const place = await placeOf(tx, categoryId, before, input);
    if ('refusal' in place) return place.refusal;
    const { parentId, position } = place;
    const after = { categoryId, parentId, position, ...texts.value, version: (before?.version ?? 0) + 1 };
    if (before !== null && sameCategory(before, after)) return { __typename: 'CategorySaved', category: before };
    const taken = await findTaken(tx, after);
    if (taken.handle) return invalidInput('HANDLE_TAKEN', 'Another category has this handle.', ['input', 'handle']);
    if (taken.externalReference)
      return invalidInput('REFERENCE_TAKEN', 'Another category has this external reference.', [
        'input',
        'externalReference',
      ]);
    await saveCategory(tx, before, after);
    return { __typename: 'CategorySaved', category: after };
  });
}

/** Writes a category and tells others, under the lock of the tree. */
export async function saveCategory(tx: Tx, before: CategoryRow | null, after: CategoryRow): Promise<void> {
  const isMoved = before === null || before.parentId !== after.parentId;
  await writeCategories(tx, [after]);
  if (isMoved) await countTree(tx);
  const isElsewhere = isMoved || before.position !== after.position;
  const touchedIds = isElsewhere ? await touchedByMove(tx, before, after) : [];
  await announceCategories(tx, [{ category: after, isRemoved: false, touchedIds }]);
}

/** The place that the input means: where the category is already when it names none. */
async function placeOf(tx: Tx, categoryId: string, before: CategoryRow | null, input: CategoryInput) {
  const wanted: WantedPlace = {
    parentId: input.parentId === undefined ? (before?.parentId ?? null) : input.parentId,
    position: input.position ?? null,
  };
  if (before !== null && wanted.parentId?.toLowerCase() === (before.parentId ?? undefined) && wanted.position === null)
    return { parentId: before.parentId, position: before.position };
  return findPlace(tx, categoryId, wanted);
}

const sameCategory = (before: CategoryRow, after: CategoryRow): boolean =>
  before.parentId === after.parentId && before.position === after.position && sameTexts(before, after);

const sameTexts = (before: CategoryTexts, after: CategoryTexts): boolean =>
  before.handle === after.handle &&
  before.name === after.name &&
  before.externalReference === after.externalReference &&
  sameNames(before.names, after.names);
