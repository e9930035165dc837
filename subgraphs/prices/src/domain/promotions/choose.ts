import { type Basket, type BasketBase, freshBasket } from './basket.ts';
import { basketRefusal } from './cart-conditions.ts';
import { consent, type Rule } from './compile-promotions.ts';
import { isRefusal, type Plan, type PlannedLine } from './effects/plan.ts';
import { addUnitRule, isUnitRule } from './effects/unit.ts';
import { isOverBudget, planRule, takePlan } from './plan-rule.ts';
import type { Refusal } from './promotion.ts';
import { contestUnits, type LineContest } from './unit-contest.ts';

/** Why a promotion was not chosen, or not applied in the end. */
export interface Rejection {
  readonly refusal: Refusal;
  /** The promotion that it does not combine with. */
  readonly rival: Rule | null;
}

/** The promotions that are to be applied. */
export interface Choice {
  /** In the order of acceptance, with the lines that each may touch. */
  readonly accepted: ReadonlyMap<Rule, ReadonlySet<number>>;
  readonly rejected: Map<Rule, Rejection>;
  /** By line: unit promotions in the order in which they follow each other. */
  readonly unitRules: readonly (readonly Rule[])[];
}

interface Choosing {
  readonly basket: Basket;
  /** How often the basket was changed: a plan that was made since is still good. */
  changes: number;
  readonly accepted: Map<Rule, Set<number>>;
  readonly rejected: Map<Rule, Rejection>;
}

/** A promotion of the priority that is being decided on, with what it would give. */
interface Entry {
  readonly rule: Rule;
  readonly madeAt: number;
  readonly plan: Plan;
}

/**
 * Chooses among promotions that the context and the customer allow: priority by priority, and in one priority the best deals first, each if
 * its conditions hold and all accepted promotions that it meets consent.
 * @param rules in the order of their positions.
 */
export function choosePromotions(rules: readonly Rule[], base: BasketBase): Choice {
  const choosing: Choosing = { basket: freshBasket(base), changes: 0, accepted: new Map(), rejected: new Map() };
  for (let from = 0; from < rules.length;) {
    const { priority } = rules[from]!.promotion;
    let until = from + 1;
    while (until < rules.length && rules[until]!.promotion.priority === priority) until += 1;
    chooseLevel(rules.slice(from, until), choosing);
    from = until;
  }
  const { accepted, rejected, basket } = choosing;
  return { accepted, rejected, unitRules: basket.lines.map(({ units }) => units) };
}

function chooseLevel(rules: readonly Rule[], choosing: Choosing): void {
  const { basket, accepted, rejected } = choosing;
  const entries: Entry[] = [];
  const units = new Map<Rule, readonly PlannedLine[]>();
  for (const rule of rules) {
    const planned = planOrReject(rule, choosing);
    if (isRejection(planned)) rejected.set(rule, planned);
    else {
      entries.push({ rule, plan: planned, madeAt: choosing.changes });
      if (isUnitRule(rule)) units.set(rule, planned.lines);
    }
  }
  const contests = contestUnits(units);
  entries.sort((a, b) => b.plan.gainMinor - a.plan.gainMinor || a.rule.position - b.rule.position);
  for (const entry of entries) {
    if (isUnitRule(entry.rule)) acceptUnits(entry, contests, choosing);
    else acceptOther(entry, choosing);
  }
  reviveUnits(contests, choosing);
  for (const [rule, wanted] of units) {
    if (!accepted.has(rule))
      rejected.set(rule, notCombinable(rivalOf(rule, choosing) ?? rivalOn(rule, wanted, basket)));
  }
}

const isRejection = (planned: Plan | Rejection): planned is Rejection => 'refusal' in planned;

const notCombinable = (rival: Rule | null): Rejection => ({ refusal: 'NOT_COMBINABLE', rival });

/** What a promotion would give now; or why it cannot be accepted. */
function planOrReject(rule: Rule, choosing: Choosing): Plan | Rejection {
  const { basket } = choosing;
  const refusal = basketRefusal(rule, basket);
  if (refusal) return { refusal, rival: null };
  let isHindered = false;
  const planned = planRule(rule, basket, (position) => {
    if (isOpen(rule, position, basket)) return true;
    isHindered = true;
    return false;
  });
  const rival = rivalOf(rule, choosing);
  if (isRefusal(planned)) {
    // On all lines it might have had an effect: then a promotion that it does not combine with is the reason.
    const unhindered = isHindered ? planRule(rule, basket, () => true) : planned;
    if (isRefusal(unhindered)) return { refusal: unhindered, rival: null };
    return notCombinable(rival ?? rivalOn(rule, unhindered.lines, basket));
  }
  if (rival) return notCombinable(rival);
  return isOverBudget(rule, planned) ? { refusal: 'BUDGET_SPENT', rival: null } : planned;
}

/** An accepted promotion that a promotion meets anywhere in the cart and that does not consent. Two of the class PRODUCT meet on lines alone. */
function rivalOf(rule: Rule, { accepted }: Choosing): Rule | null {
  for (const other of accepted.keys()) {
    if (rule.class === 'PRODUCT' && other.class === 'PRODUCT') continue;
    if (!consent(rule, other)) return other;
  }
  return null;
}

/** Whether every promotion that touches the line combines with this one. */
const isOpen = (rule: Rule, position: number, { lines }: Basket): boolean =>
  lines[position]!.touching.length === 0 || (rule.isStackable && lines[position]!.touching.every(isStackable));

const isStackable = (rule: Rule): boolean => rule.isStackable;

/** The first promotion on the lines that does not combine with this one. */
function rivalOn(rule: Rule, wanted: readonly PlannedLine[], { lines }: Basket): Rule | null {
  for (const { position } of wanted) {
    const rival = lines[position]!.touching.find((other) => !(rule.isStackable && other.isStackable));
    if (rival) return rival;
  }
  return null;
}

/** Accepts a unit promotion on the lines that it won and that are still open to it. */
function acceptUnits({ rule, plan }: Entry, contests: ReadonlyMap<number, LineContest>, choosing: Choosing): void {
  if (rivalOf(rule, choosing)) return;
  for (const { position } of plan.lines) {
    const contest = contests.get(position)!;
    if (contest.winners.includes(rule) && isOpen(rule, position, choosing.basket)) acceptOn(rule, contest, choosing);
  }
}

function acceptOn(rule: Rule, { position, contenders }: LineContest, choosing: Choosing): void {
  const { basket, accepted } = choosing;
  choosing.changes += 1;
  const held = accepted.get(rule);
  if (held) held.add(position);
  else accepted.set(rule, new Set([position]));
  addUnitRule(basket.lines[position]!, rule, contenders, basket.cart.context.currency);
}

/** Tries a promotion that is no unit promotion again, after those with better deals, and accepts it. */
function acceptOther({ rule, plan, madeAt }: Entry, choosing: Choosing): void {
  const { basket, accepted, rejected } = choosing;
  const planned = madeAt === choosing.changes ? plan : planOrReject(rule, choosing);
  if (isRejection(planned)) {
    rejected.set(rule, planned);
    return;
  }
  choosing.changes += 1;
  accepted.set(rule, new Set(planned.lines.map(({ position }) => position)));
  takePlan(rule, planned, basket);
}

/** Gives lines that their winners could not have, because of promotions of other kinds, to those that had lost them. */
function reviveUnits(contests: ReadonlyMap<number, LineContest>, choosing: Choosing): void {
  const { basket } = choosing;
  for (const contest of contests.values()) {
    const { units } = basket.lines[contest.position]!;
    if (contest.winners.every((rule) => units.includes(rule))) continue;
    for (const rule of contest.contenders) {
      const isFree = !basket.lines[contest.position]!.units.includes(rule) && isOpen(rule, contest.position, basket);
      if (isFree && !rivalOf(rule, choosing)) acceptOn(rule, contest, choosing);
    }
  }
}
