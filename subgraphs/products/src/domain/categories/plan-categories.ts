import { cleanOptional } from '../text.ts';
import { isHandle } from '../editing/accept-line.ts';
import { growForest, type Forest, type ForestNode } from './category-forest.ts';
import { acceptName, acceptNames, MAX_CATEGORIES, MAX_POSITION, placeRefusal, sameNames } from './category-rules.ts';

/** A category as the system that it comes from has it. */
export interface CategoryUpsert {
  readonly externalReference: string;
  readonly handle: string;
  readonly name: string;
  /** All names in other languages; null or absent when they stay. */
  readonly names?: readonly { readonly locale: string; readonly text: string }[] | null | undefined;
  /** Null for a root. */
  readonly parentExternalReference?: string | null | undefined;
  /** Null or absent: a new one comes behind its siblings, any other stays where it is. */
  readonly position?: number | null | undefined;
}

/** What becomes of one category. */
export interface CategoryUpsertResult {
  readonly externalReference: string;
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'REJECTED';
  readonly categoryId: string | null;
  readonly reason: string | null;
}

/** What has to be written, and what becomes of each row. */
export interface CategoryPlan<Node extends ForestNode> {
  /** Aligned with the rows. */
  readonly results: readonly CategoryUpsertResult[];
  /** Changed categories as they shall be, with how they were; null for new ones. */
  readonly changes: readonly { readonly before: Node | null; readonly after: Node }[];
}

const MAX_REFERENCE_LENGTH = 255;

/**
 * Plans to make or change categories by external reference. Rows may stand in any order: a row whose parent is further down, or stands below
 * one that is, waits for it, so that it is judged by the tree as it will be. A row that breaks a rule is rejected, leaves its category where it was, and takes
 * with it what can only stand below it.
 * @param kept all categories. @param toNode makes the category of a row that has none
 */
export function planCategories<Node extends ForestNode>(
  kept: readonly Node[],
  rows: readonly CategoryUpsert[],
  toNode: (fresh: ForestNode) => Node,
  newId: () => string,
): CategoryPlan<Node> {
  const before = new Map(kept.map((node) => [node.categoryId, node]));
  const forest = growForest(kept);
  const planner = createPlanner(forest, rows, (fresh) => toNode({ ...fresh, categoryId: newId() }));
  const results = rows.map((_, index) => planner.resultOf(index));
  const touched = new Set(
    results.flatMap(({ outcome, categoryId }) =>
      categoryId !== null && (outcome === 'CREATED' || outcome === 'UPDATED') ? [categoryId] : [],
    ),
  );
  return {
    results,
    changes: [...touched].map((id) => ({ before: before.get(id) ?? null, after: forest.byId.get(id)! })),
  };
}

function createPlanner<Node extends ForestNode>(
  forest: Forest<Node>,
  rows: readonly CategoryUpsert[],
  toNode: (fresh: Omit<ForestNode, 'categoryId'>) => Node,
) {
  const first = new Map<string, number>();
  rows.forEach(({ externalReference }, index) => {
    if (!first.has(externalReference)) first.set(externalReference, index);
  });
  const results = new Map<number, CategoryUpsertResult>();
  const begun = new Set<number>();

  /** Judges what the place of a row depends on. @returns whether that leads back to a row that waits itself */
  function settleAbove(parentReference: string): boolean {
    let reference: string | null = parentReference;
    while (reference !== null) {
      const waiting = first.get(reference);
      if (waiting !== undefined && !results.has(waiting)) {
        if (begun.has(waiting)) return true;
        resultOf(waiting);
      }
      const parentId: string | null = forest.byReference.get(reference)?.parentId ?? null;
      // A parent without a reference is no row's, but what is above it may be.
      reference = parentId === null ? null : referenceAbove(parentId);
    }
    return false;
  }

  function referenceAbove(categoryId: string): string | null {
    for (let id: string | null = categoryId; id !== null; id = forest.byId.get(id)!.parentId) {
      const { externalReference } = forest.byId.get(id)!;
      if (externalReference !== null) return externalReference;
    }
    return null;
  }

  function resultOf(index: number): CategoryUpsertResult {
    const known = results.get(index);
    if (known) return known;
    begun.add(index);
    const { externalReference } = rows[index]!;
    const judged =
      first.get(externalReference) === index ? judge(rows[index]!) : 'The category occurs before in the same call.';
    const result: CategoryUpsertResult =
      typeof judged === 'string'
        ? { externalReference, outcome: 'REJECTED', categoryId: null, reason: judged }
        : { externalReference, ...judged, reason: null };
    results.set(index, result);
    return result;
  }

  /** Puts a row into the forest. @returns what became of it, or why it is rejected */
  function judge(row: CategoryUpsert): Pick<CategoryUpsertResult, 'outcome' | 'categoryId'> | string {
    const reference = cleanOptional(row.externalReference);
    if (reference === null || reference !== row.externalReference || reference.length > MAX_REFERENCE_LENGTH)
      return `An external reference has 1 to ${MAX_REFERENCE_LENGTH} characters on one line.`;
    const name = acceptName(row.name);
    if (name === null) return 'The category has no name, or one of more than 255 characters.';
    const accepted = row.names == null ? null : acceptNames(row.names);
    if (accepted !== null && 'broken' in accepted) return accepted.broken.message;
    if (!isHandle(row.handle)) return `"${row.handle.slice(0, 40)}" is not a handle.`;
    if (row.position != null && !(row.position >= 0 && row.position <= MAX_POSITION))
      return `A position is from 0 to ${MAX_POSITION}.`;
    const parentReference = row.parentExternalReference ?? null;
    if (parentReference !== null && settleAbove(parentReference))
      return `The parent "${parentReference.slice(0, 60)}" is below the category itself.`;
    const node = forest.byReference.get(reference);
    const names = accepted?.value ?? node?.names ?? {};
    const parent = parentReference === null ? null : forest.byReference.get(parentReference);
    if (parent === undefined) return `There is no parent "${parentReference!.slice(0, 60)}".`;
    const holder = forest.byHandle.get(row.handle);
    if (holder !== undefined && holder.categoryId !== node?.categoryId)
      return `The handle "${row.handle.slice(0, 60)}" is another category's.`;
    if (node === undefined && forest.byId.size >= MAX_CATEGORIES)
      return `There are ${MAX_CATEGORIES} categories, which is all there can be.`;
    const parentId = parent?.categoryId ?? null;
    const isMove = node === undefined || node.parentId !== parentId;
    const refusal = isMove ? placeRefusal(forest.placeOf(node?.categoryId ?? null, parentId), parentId === null) : null;
    if (refusal !== null) return refusal.message;
    const position = row.position ?? (isMove ? forest.lastPosition(parentId) + 1 : node.position);
    if (node === undefined) {
      const made = toNode({ parentId, handle: row.handle, name, names, position, externalReference: reference });
      forest.put(made);
      return { outcome: 'CREATED', categoryId: made.categoryId };
    }
    const { categoryId } = node;
    const isSame = node.position === position && node.name === name && sameNames(node.names, names);
    if (!isMove && isSame && node.handle === row.handle) return { outcome: 'UNCHANGED', categoryId };
    forest.put({ ...node, parentId, handle: row.handle, name, names, position });
    return { outcome: 'UPDATED', categoryId };
  }

  return { resultOf };
}
