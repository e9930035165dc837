import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { CategoryRow } from '../../data/categories/categories.ts';
import {
  countTree,
  lockTree,
  readTree,
  releaseHandles,
  writeCategories,
} from '../../data/categories/category-writes.ts';
import {
  planCategories,
  type CategoryUpsert,
  type CategoryUpsertResult,
} from '../../domain/categories/plan-categories.ts';
import { announceCategories } from './category-events.ts';

const MAX_ROWS = 1_000;

/**
 * Makes or changes categories by external reference, in one transaction with a constant number of statements. One that breaks a rule is
 * rejected and the others are kept; one that is so already keeps its version and emits nothing. Names in other languages stay
 * when none are given.
 * @returns results aligned with the input. @throws GraphQLError BAD_USER_INPUT for too many categories
 */
export async function upsertCategories(
  db: Database,
  rows: readonly CategoryUpsert[],
): Promise<readonly CategoryUpsertResult[]> {
  if (rows.length > MAX_ROWS)
    throw badInput(`At most ${MAX_ROWS} categories at once, not ${rows.length}.`, ['input', 'categories']);
  return inTransaction(db, async (tx) => {
    await lockTree(tx);
    const kept = await readTree(tx);
    const { results, changes } = planCategories<CategoryRow>(kept, rows, (fresh) => ({ ...fresh, version: 0 }), newId);
    if (changes.length === 0) return results;
    const written = changes.map(({ before, after }) => ({ before, after: { ...after, version: after.version + 1 } }));
    await releaseHandles(
      tx,
      written.flatMap(({ before, after }) => (before && before.handle !== after.handle ? [before.categoryId] : [])),
    );
    await writeCategories(
      tx,
      written.map(({ after }) => after),
    );
    if (written.some(isMoved)) await countTree(tx);
    const lineage = createLineage([...kept, ...written.map(({ after }) => after)]);
    await announceCategories(
      tx,
      written.map((change) => ({
        category: change.after,
        isRemoved: false,
        touchedIds: isMoved(change) ? [...lineage(change.before?.parentId), ...lineage(change.after.parentId)] : [],
      })),
    );
    return results;
  });
}

const isMoved = ({ before, after }: { readonly before: CategoryRow | null; readonly after: CategoryRow }): boolean =>
  before === null || before.parentId !== after.parentId;

/** Lines from a category up to its root, in the tree that the last of rows of the same id make. */
function createLineage(categories: readonly CategoryRow[]) {
  const parents = new Map(categories.map(({ categoryId, parentId }) => [categoryId, parentId]));
  return (from: string | null | undefined): string[] => {
    const line: string[] = [];
    for (let id = from ?? null; id !== null; id = parents.get(id) ?? null) line.push(id);
    return line;
  };
}
