import type { Range, SegmentCondition, SegmentRule } from './segment.ts';

/** Conditions of one rule. */
export const MOST_CONDITIONS = 20;
/** Ten years. */
const MOST_DAYS = 3_650;
const CODE = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** Whether a text can be the code of a group, a segment, a purpose or a channel. */
export const isCode = (text: string): boolean => CODE.test(text);

type Given<T> = T | null | undefined;

/** A condition as a client sends it: exactly one of its fields. */
export interface ConditionInput {
  readonly totalSpent?: Given<{
    readonly currency: string;
    readonly min?: Given<number>;
    readonly max?: Given<number>;
  }>;
  readonly orderCount?: Given<{ readonly min?: Given<number>; readonly max?: Given<number> }>;
  readonly orderedWithinDays?: Given<number>;
  readonly notOrderedForDays?: Given<number>;
  readonly boughtInChannel?: Given<string>;
  readonly inGroup?: Given<string>;
  readonly country?: Given<string>;
  readonly consent?: Given<{ readonly purpose: string; readonly channel: string }>;
}

/** A rule as a client sends it. */
export interface RuleInput {
  readonly match: 'ALL' | 'ANY';
  readonly conditions: readonly ConditionInput[];
}

/** What is wrong with a rule, and where. */
export interface RuleFault {
  readonly message: string;
  readonly path: readonly string[];
}

const fault = (message: string, ...path: string[]): RuleFault => ({ message, path });

/** A rule as it is kept, or the first thing that is wrong with it. Whether its groups exist is not looked at. */
export function readRule(input: RuleInput): { readonly rule: SegmentRule } | { readonly fault: RuleFault } {
  const { match, conditions } = input;
  if (conditions.length < 1 || conditions.length > MOST_CONDITIONS)
    return { fault: fault(`A rule has 1 to ${MOST_CONDITIONS} conditions.`, 'conditions') };
  const read: SegmentCondition[] = [];
  for (const [index, condition] of conditions.entries()) {
    const result = readCondition(condition);
    if ('message' in result) return { fault: fault(result.message, 'conditions', String(index), ...result.path) };
    read.push(result);
  }
  return { rule: { match, conditions: read } };
}

const isGiven = <T>(value: Given<T>): value is T => value !== null && value !== undefined;

function readCondition(input: ConditionInput): SegmentCondition | RuleFault {
  const given = Object.values(input).filter(isGiven);
  if (given.length !== 1) return fault('A condition is exactly one of its fields.');
  const { totalSpent, orderCount, orderedWithinDays, notOrderedForDays, boughtInChannel, inGroup, country, consent } =
    input;
  if (isGiven(totalSpent)) {
    const range = readRange(totalSpent);
    if ('message' in range) return { ...range, path: ['totalSpent', ...range.path] };
    return { kind: 'TOTAL_SPENT', currency: totalSpent.currency, ...range };
  }
  if (isGiven(orderCount)) {
    const range = readRange(orderCount);
    return 'message' in range ? { ...range, path: ['orderCount', ...range.path] } : { kind: 'ORDER_COUNT', ...range };
  }
  if (isGiven(orderedWithinDays)) return readDays('ORDERED_WITHIN', 'orderedWithinDays', orderedWithinDays);
  if (isGiven(notOrderedForDays)) return readDays('NOT_ORDERED_FOR', 'notOrderedForDays', notOrderedForDays);
  if (isGiven(boughtInChannel))
    return isCode(boughtInChannel)
      ? { kind: 'BOUGHT_IN', channel: boughtInChannel }
      : fault('This is not the code of a channel.', 'boughtInChannel');
  if (isGiven(inGroup))
    return isCode(inGroup) ? { kind: 'IN_GROUP', group: inGroup } : fault('This is not a code.', 'inGroup');
  if (isGiven(country)) return { kind: 'COUNTRY', country };
  const { purpose, channel } = consent!;
  if (!isCode(purpose)) return fault('This is not the code of a purpose.', 'consent', 'purpose');
  if (!isCode(channel)) return fault('This is not the code of a channel.', 'consent', 'channel');
  return { kind: 'CONSENTED', purpose, channel };
}

function readRange({ min, max }: { readonly min?: Given<number>; readonly max?: Given<number> }): Range | RuleFault {
  if (!isGiven(min) && !isGiven(max)) return fault('Name min, max or both.', 'min');
  if (isGiven(min) && min < 0) return fault('min is not negative.', 'min');
  if (isGiven(max) && max < (min ?? 0)) return fault('max is not below min.', 'max');
  return { ...(isGiven(min) ? { min } : {}), ...(isGiven(max) ? { max } : {}) };
}

const readDays = (
  kind: 'ORDERED_WITHIN' | 'NOT_ORDERED_FOR',
  field: string,
  days: number,
): SegmentCondition | RuleFault =>
  days >= 1 && days <= MOST_DAYS ? { kind, days } : fault(`Days are 1 to ${MOST_DAYS}.`, field);
