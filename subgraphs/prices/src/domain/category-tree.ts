/** Deeper trees are cut: a cycle, which events out of order may make for a moment, must end. */
const MAX_DEPTH = 32;

/** Answers a category with all above it, nearest first; what was asked for once is remembered. @param parents by category; null at the top */
export function createCategoryTree(
  parents: ReadonlyMap<string, string | null>,
): (categoryId: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (categoryId) => {
    const found = known.get(categoryId);
    if (found) return found;
    const path = [categoryId];
    for (let above = parents.get(categoryId); above && path.length < MAX_DEPTH && !path.includes(above);) {
      path.push(above);
      above = parents.get(above);
    }
    // Only what is in the tree is remembered: it is bounded, what may be asked for is not.
    if (parents.has(categoryId)) known.set(categoryId, path);
    return path;
  };
}
