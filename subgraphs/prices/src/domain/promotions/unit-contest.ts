import { comparePrecise } from '../amounts/precise.ts';
import type { PreciseAmount } from '../precise-amount.ts';
import type { Rule } from './compile-promotions.ts';
import type { PlannedLine } from './effects/plan.ts';

/** Unit promotions of one priority that want a line, the one first that makes its unit the cheapest, then by id. */
export interface LineContest {
  readonly position: number;
  readonly contenders: readonly Rule[];
  /** Those that get the line when nothing else is in their way: the first, and with it those that combine with it. */
  readonly winners: readonly Rule[];
}

interface Contender {
  readonly rule: Rule;
  /** What a unit would cost after it alone. */
  readonly after: PreciseAmount;
}

/** Decides for a line which of the promotions get it. */
function decideLine(position: number, all: readonly Contender[]): LineContest {
  const ranked =
    all.length === 1
      ? all
      : all.toSorted((a, b) => comparePrecise(a.after, b.after) || a.rule.position - b.rule.position);
  const contenders = ranked.map(({ rule }) => rule);
  const best = contenders[0]!;
  const winners = best.isStackable ? contenders.filter((rule) => rule.isStackable) : [best];
  return { position, contenders, winners };
}

/**
 * Holds the contests of the unit promotions of one priority, line by line: so a product page, which knows one line alone, says the same.
 * @param plans the lines that each promotion wants, with what a unit of them would cost.
 * @returns the contests by line.
 */
export function contestUnits(plans: ReadonlyMap<Rule, readonly PlannedLine[]>): Map<number, LineContest> {
  const wanted = new Map<number, Contender[]>();
  for (const [rule, lines] of plans) {
    for (const { position, unit } of lines) {
      const contenders = wanted.get(position);
      if (contenders) contenders.push({ rule, after: unit! });
      else wanted.set(position, [{ rule, after: unit! }]);
    }
  }
  const contests = new Map<number, LineContest>();
  for (const [position, contenders] of wanted) contests.set(position, decideLine(position, contenders));
  return contests;
}
