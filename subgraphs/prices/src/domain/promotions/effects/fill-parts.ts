/** Units of one line that may be in a set. */
export interface PartLine {
  readonly units: number;
  /** The parts, by index, that its units may be. */
  readonly parts: readonly number[];
  /** What one unit costs. */
  readonly worth: number;
}

/** Which units make the sets. */
export interface Filling {
  /** Aligned with the lines. */
  readonly units: readonly number[];
  readonly worth: number;
}

/**
 * Fills the parts of a set with units, each unit in one part. A line that could be several parts gives way to one that can be only one
 * (augmenting paths, Ford and Fulkerson); since the lines come dearest first, the units that are chosen are the dearest that fill all
 * (what can be filled is a transversal matroid, on which the greedy choice is the best one).
 * @param needs units by part.
 * @param lines the dearest first.
 * @returns null when there are too few units.
 */
export function fillParts(needs: readonly number[], lines: readonly PartLine[]): Filling | null {
  const left = [...needs];
  const held = needs.map(() => new Array<number>(lines.length).fill(0));
  let missing = needs.reduce((sum, need) => sum + need, 0);
  let worth = 0;
  const units = lines.map((line, index) => {
    let placed = 0;
    while (placed < line.units && missing > 0) {
      const more = place(index, line.units - placed, new Set());
      if (more === 0) break;
      placed += more;
      missing -= more;
    }
    worth += placed * line.worth;
    return placed;
  });
  return missing === 0 ? { units, worth } : null;

  /** Puts up to so many units of a line into parts that are not full, others moving to make room. */
  function place(index: number, count: number, tried: Set<number>): number {
    const { parts } = lines[index]!;
    for (const part of parts) {
      const taken = tried.has(part) ? 0 : Math.min(count, left[part]!);
      if (taken === 0) continue;
      left[part]! -= taken;
      held[part]![index]! += taken;
      return taken;
    }
    for (const part of parts) {
      if (tried.has(part)) continue;
      tried.add(part);
      for (const [other, amount] of held[part]!.entries()) {
        const moved = amount === 0 || other === index ? 0 : place(other, Math.min(count, amount), tried);
        if (moved === 0) continue;
        held[part]![other]! -= moved;
        held[part]![index]! += moved;
        return moved;
      }
    }
    return 0;
  }
}
