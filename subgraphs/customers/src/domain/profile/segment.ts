/** A bound on an amount or a count; both ends count. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
}

/** What must be true of a person. */
export type SegmentCondition =
  | ({ readonly kind: 'TOTAL_SPENT'; readonly currency: string } & Range)
  | ({ readonly kind: 'ORDER_COUNT' } & Range)
  /** Fewer than `days` days have passed since the last order. Nobody who never ordered is within. */
  | { readonly kind: 'ORDERED_WITHIN'; readonly days: number }
  /** `days` days or more have passed since the last order. Nobody who never ordered is among them. */
  | { readonly kind: 'NOT_ORDERED_FOR'; readonly days: number }
  | { readonly kind: 'BOUGHT_IN'; readonly channel: string }
  | { readonly kind: 'IN_GROUP'; readonly group: string }
  /** The country of the default address for shipping. */
  | { readonly kind: 'COUNTRY'; readonly country: string }
  | { readonly kind: 'CONSENTED'; readonly purpose: string; readonly channel: string };

/** A rule as data. */
export interface SegmentRule {
  readonly match: 'ALL' | 'ANY';
  /** At least one. */
  readonly conditions: readonly SegmentCondition[];
}

/** What is known of a person when a rule is asked. Instants in milliseconds since 1970. */
export interface SegmentFacts {
  readonly statistics: readonly {
    readonly channel: string;
    readonly currency: string;
    readonly orders: number;
    readonly spentMinor: number;
    readonly lastOrderAt: number | null;
  }[];
  /** Codes of groups whose members staff name. */
  readonly groups: readonly string[];
  readonly country: string | null;
  /** What is granted now. */
  readonly consents: readonly { readonly purpose: string; readonly channel: string }[];
}

const DAY_MS = 86_400_000;

const within = ({ min, max }: Range, value: number): boolean =>
  (min === undefined || value >= min) && (max === undefined || value <= max);

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

function lastOrderAt({ statistics }: SegmentFacts): number | null {
  let last: number | null = null;
  for (const { lastOrderAt: at } of statistics) if (at !== null && (last === null || at > last)) last = at;
  return last;
}

/** When time alone makes a condition true or false; null when it does not, or there is no order to count from. */
function turnsAt(condition: SegmentCondition, facts: SegmentFacts): number | null {
  if (condition.kind !== 'ORDERED_WITHIN' && condition.kind !== 'NOT_ORDERED_FOR') return null;
  const last = lastOrderAt(facts);
  return last === null ? null : last + condition.days * DAY_MS;
}

function holds(condition: SegmentCondition, facts: SegmentFacts, now: number): boolean {
  switch (condition.kind) {
    case 'TOTAL_SPENT': {
      const spent = facts.statistics.filter(({ currency }) => currency === condition.currency);
      return within(condition, sumOf(spent.map(({ spentMinor }) => spentMinor)));
    }
    case 'ORDER_COUNT':
      return within(condition, sumOf(facts.statistics.map(({ orders }) => orders)));
    case 'ORDERED_WITHIN':
    case 'NOT_ORDERED_FOR': {
      const turn = turnsAt(condition, facts);
      return turn !== null && now >= turn === (condition.kind === 'NOT_ORDERED_FOR');
    }
    case 'BOUGHT_IN':
      return facts.statistics.some(({ channel, orders }) => channel === condition.channel && orders > 0);
    case 'IN_GROUP':
      return facts.groups.includes(condition.group);
    case 'COUNTRY':
      return facts.country === condition.country;
    case 'CONSENTED':
      return facts.consents.some(
        ({ purpose, channel }) => purpose === condition.purpose && channel === condition.channel,
      );
  }
}

/** Whether a person is in a segment at an instant, in milliseconds since 1970. */
export function isInSegment(rule: SegmentRule, facts: SegmentFacts, now: number): boolean {
  const holdsNow = (condition: SegmentCondition) => holds(condition, facts, now);
  return rule.match === 'ALL' ? rule.conditions.every(holdsNow) : rule.conditions.some(holdsNow);
}

/** The first instant after `now` at which time alone changes whether a person is in a segment; null when it never does. */
export function nextChangeAt(rule: SegmentRule, facts: SegmentFacts, now: number): number | null {
  const current = isInSegment(rule, facts, now);
  const turns = rule.conditions.flatMap((condition) => {
    const turn = turnsAt(condition, facts);
    return turn !== null && turn > now ? [turn] : [];
  });
  return turns.sort((one, other) => one - other).find((turn) => isInSegment(rule, facts, turn) !== current) ?? null;
}

/** A segment as it is evaluated. */
export interface Segment {
  readonly code: string;
  readonly isActive: boolean;
  readonly rule: SegmentRule;
}

/** What evaluation says of a person. */
export interface SegmentDecision {
  readonly entered: readonly string[];
  readonly left: readonly string[];
  /** When to look again, in milliseconds since 1970; null for never by itself. */
  readonly dueAt: number | null;
}

/** Decides all segments of a person. @param current codes of the segments the person is in now. */
export function decideSegments(
  segments: readonly Segment[],
  current: readonly string[],
  facts: SegmentFacts,
  now: number,
): SegmentDecision {
  const before = new Set(current);
  const entered: string[] = [];
  const left: string[] = [];
  let dueAt: number | null = null;
  for (const { code, isActive, rule } of segments) {
    const isIn = isActive && isInSegment(rule, facts, now);
    if (isIn && !before.has(code)) entered.push(code);
    if (!isIn && before.has(code)) left.push(code);
    const next = isActive ? nextChangeAt(rule, facts, now) : null;
    if (next !== null && (dueAt === null || next < dueAt)) dueAt = next;
  }
  return { entered, left, dueAt };
}
