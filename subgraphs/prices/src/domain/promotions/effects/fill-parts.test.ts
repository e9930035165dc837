import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillParts, type PartLine } from './fill-parts.ts';

/** The dearest filling by trying everything: each unit, one after the other, in each part that still needs it. */
function dearest(needs: readonly number[], lines: readonly PartLine[]): number | null {
  const units = lines.flatMap((line) => Array<PartLine>(line.units).fill(line));
  const from = (index: number, left: readonly number[]): number | null => {
    if (left.every((need) => need === 0)) return 0;
    if (index === units.length) return null;
    const { parts, worth } = units[index]!;
    let best = from(index + 1, left);
    for (const part of parts) {
      if (left[part] === 0) continue;
      const rest = from(
        index + 1,
        left.map((need, each) => (each === part ? need - 1 : need)),
      );
      if (rest !== null && (best === null || rest + worth > best)) best = rest + worth;
    }
    return best;
  };
  return from(0, needs);
}

describe('fillParts', () => {
  test('lets a line that could be several parts give way', () => {
    const lines = [
      { units: 1, parts: [0, 1], worth: 80 },
      { units: 1, parts: [0], worth: 20 },
    ];
    expect(fillParts([1, 1], lines)).toEqual({ units: [1, 1], worth: 100 });
  });

  test('leaves units that are not needed', () => {
    expect(fillParts([3], [{ units: 2, parts: [0], worth: 9 }, { units: 5, parts: [0], worth: 4 }])).toEqual({ units: [2, 1], worth: 22 }); // prettier-ignore
  });

  test('is null when the parts cannot be filled together, though each could alone', () => {
    expect(fillParts([1, 1], [{ units: 1, parts: [0, 1], worth: 5 }])).toBeNull();
  });

  test('finds the dearest units that fill all parts, or that there are none', () => {
    const line = fc.record({
      units: fc.integer({ min: 0, max: 2 }),
      parts: fc.subarray([0, 1, 2], { minLength: 1 }),
      worth: fc.integer({ min: 1, max: 9 }),
    });
    const lines = fc.array(line, { maxLength: 4 }).map((all) => all.toSorted((a, b) => b.worth - a.worth));
    const needs = fc.array(fc.integer({ min: 1, max: 2 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(needs, lines, (all, from) => {
        const filling = fillParts(all, from);
        expect(filling?.worth ?? null).toBe(dearest(all, from));
        if (!filling) return;
        expect(filling.units.reduce((sum, units) => sum + units, 0)).toBe(all.reduce((sum, need) => sum + need, 0));
        for (const [index, units] of filling.units.entries()) expect(units).toBeLessThanOrEqual(from[index]!.units);
      }),
      { seed: 11, numRuns: 1500 },
    );
  });
});
