import type { Place } from './category-rules.ts';

/** A category in a forest. */
export interface ForestNode {
  readonly categoryId: string;
  readonly parentId: string | null;
  readonly handle: string;
  readonly name: string;
  /** The name by locale. */
  readonly names: Readonly<Record<string, string>>;
  readonly position: number;
  readonly externalReference: string | null;
}

/** All categories in memory, while many are changed. */
export interface Forest<Node extends ForestNode> {
  readonly byId: ReadonlyMap<string, Node>;
  readonly byHandle: ReadonlyMap<string, Node>;
  readonly byReference: ReadonlyMap<string, Node>;
  /** What is known of a place. @param categoryId null for a category that is not there yet */
  placeOf(categoryId: string | null, parentId: string | null): Place;
  /** The highest position below a parent; -1 without any. */
  lastPosition(parentId: string | null): number;
  /** Adds a category, or replaces the one of its id. The place has been judged. */
  put(node: Node): void;
}

/** Makes a forest of categories, which form no cycle. */
export function growForest<Node extends ForestNode>(nodes: readonly Node[]): Forest<Node> {
  const byId = new Map<string, Node>();
  const byHandle = new Map<string, Node>();
  const byReference = new Map<string, Node>();
  const children = new Map<string | null, Set<string>>();
  const lastPositions = new Map<string | null, number>();

  function put(node: Node): void {
    const { categoryId, parentId, handle, externalReference, position } = node;
    const before = byId.get(categoryId);
    if (before !== undefined) {
      byHandle.delete(before.handle);
      if (before.externalReference !== null) byReference.delete(before.externalReference);
      children.get(before.parentId)!.delete(categoryId);
    }
    byId.set(categoryId, node);
    byHandle.set(handle, node);
    if (externalReference !== null) byReference.set(externalReference, node);
    const siblings = children.get(parentId);
    if (siblings) siblings.add(categoryId);
    else children.set(parentId, new Set([categoryId]));
    lastPositions.set(parentId, Math.max(lastPositions.get(parentId) ?? -1, position));
  }

  /** From the category up to its root. */
  function* lineOf(categoryId: string | null): Generator<string> {
    for (let id = categoryId; id !== null; id = byId.get(id)!.parentId) yield id;
  }

  function heightOf(categoryId: string): number {
    let height = 0;
    for (let level = [categoryId]; level.length > 0; level = level.flatMap((id) => [...(children.get(id) ?? [])]))
      height += 1;
    return height;
  }

  for (const node of nodes) put(node);
  return {
    byId,
    byHandle,
    byReference,
    placeOf(categoryId, parentId) {
      const above = [...lineOf(parentId)];
      const siblings = children.get(parentId);
      return {
        parentDepth: above.length,
        isBelowItself: categoryId !== null && above.includes(categoryId),
        height: categoryId === null ? 1 : heightOf(categoryId),
        siblings: (siblings?.size ?? 0) - (categoryId !== null && siblings?.has(categoryId) === true ? 1 : 0),
      };
    },
    // Positions that were left are not taken back: behind the last is behind all in any case.
    lastPosition: (parentId) => lastPositions.get(parentId) ?? -1,
    put,
  };
}
