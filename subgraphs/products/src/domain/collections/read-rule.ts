import { isId } from '@kontor/kit/src/ids.ts';
import { cleanLine } from '../text.ts';
import type { CollectionRule, ConditionField, Relation, RuleCondition } from './collection-rule.ts';

export const RULE_LIMITS = { conditions: 20, values: 100, valueLength: 255 } as const;
/** Ten years. */
const MOST_DAYS = 3_650;

/** A rule as a client sends it. */
export interface RuleInput {
  readonly match: 'ALL' | 'ANY';
  readonly conditions: readonly {
    readonly field: ConditionField;
    readonly attribute?: string | null | undefined;
    readonly relation: Relation;
    readonly values: readonly string[];
  }[];
}

/** What is wrong with a rule, and where in it. */
export interface RuleFault {
  readonly message: string;
  readonly path: readonly string[];
}

/** The relations that make sense with each field. */
const RELATIONS: Readonly<Record<ConditionField, readonly Relation[]>> = {
  VENDOR: ['IS', 'IS_NOT', 'CONTAINS'],
  PRODUCT_TYPE: ['IS', 'IS_NOT', 'CONTAINS'],
  TAG: ['IS', 'IS_NOT'],
  CATEGORY: ['IS', 'IS_NOT'],
  TITLE: ['IS', 'IS_NOT', 'CONTAINS'],
  ATTRIBUTE: ['IS', 'IS_NOT', 'CONTAINS', 'GREATER', 'LESS'],
  CREATED_WITHIN_DAYS: ['IS', 'IS_NOT'],
  PRICE: ['GREATER', 'LESS'],
  SELLABLE: ['IS', 'IS_NOT'],
};

/** What a value of a field must look like, where it is not any text. */
const VALUES: Readonly<
  Partial<Record<ConditionField, { readonly holds: (value: string) => boolean; readonly says: string }>>
> = {
  CATEGORY: { holds: isId, says: 'A value of CATEGORY is the id of a category.' },
  CREATED_WITHIN_DAYS: {
    holds: (value) => /^\d{1,4}$/.test(value) && Number(value) >= 1 && Number(value) <= MOST_DAYS,
    says: `The value of CREATED_WITHIN_DAYS is a whole number from 1 to ${MOST_DAYS}.`,
  },
  PRICE: { holds: (value) => /^\d{1,15}$/.test(value), says: 'The value of PRICE is an amount in minor units.' },
  SELLABLE: { holds: (value) => value === 'true', says: 'The value of SELLABLE is "true".' },
};

/** What the attribute of a field must look like; a field that is not here takes none. */
const ATTRIBUTES: Readonly<Partial<Record<ConditionField, { readonly shape: RegExp; readonly says: string }>>> = {
  ATTRIBUTE: { shape: /^[^\0]{1,100}$/u, says: 'ATTRIBUTE needs the code of an attribute.' },
  PRICE: {
    shape: /^[a-z0-9-]{2,32}\/[A-Z]{3}$/,
    says: 'PRICE needs a channel and a currency in `attribute`, such as web/EUR.',
  },
  SELLABLE: { shape: /^[a-z0-9-]{2,32}$/, says: 'SELLABLE needs the code of a channel in `attribute`.' },
};

const isOrdered = (relation: Relation) => relation === 'GREATER' || relation === 'LESS';

/** Whether a value of an attribute can be greater or less than this one. */
const isComparable = (value: string) => /^-?\d{1,15}(?:\.\d{1,15})?$|^\d{4}-\d\d-\d\d$/.test(value);

/** Relations and fields with which more than one value would say nothing. */
const isSingle = (field: ConditionField, relation: Relation) =>
  isOrdered(relation) || field === 'CREATED_WITHIN_DAYS' || field === 'SELLABLE';

/** A rule as it is kept, or the first thing that is wrong with it. Whether its categories exist is not looked at. */
export function readRule(input: RuleInput): { readonly rule: CollectionRule } | { readonly fault: RuleFault } {
  const { match, conditions } = input;
  if (conditions.length < 1 || conditions.length > RULE_LIMITS.conditions)
    return { fault: { message: `A rule has 1 to ${RULE_LIMITS.conditions} conditions.`, path: ['conditions'] } };
  const read: RuleCondition[] = [];
  for (const [index, condition] of conditions.entries()) {
    const result = readCondition(condition);
    if ('message' in result) return { fault: { ...result, path: ['conditions', String(index), ...result.path] } };
    read.push(result);
  }
  return { rule: { match, conditions: read } };
}

function readCondition(input: RuleInput['conditions'][number]): RuleCondition | RuleFault {
  const { field, relation } = input;
  if (!RELATIONS[field].includes(relation))
    return { message: `${field} is compared by ${RELATIONS[field].join(', ')}.`, path: ['relation'] };
  const attribute = input.attribute == null ? null : cleanLine(input.attribute);
  const wanted = ATTRIBUTES[field];
  if (wanted ? attribute === null || !wanted.shape.test(attribute) : attribute !== null)
    return { message: wanted?.says ?? `${field} takes no attribute.`, path: ['attribute'] };
  const values = [...new Set(input.values.map((value) => cleaned(field, value)))];
  const fault = faultOf(field, relation, values);
  if (fault !== null) return { message: fault, path: ['values'] };
  return attribute === null ? { field, relation, values } : { field, attribute, relation, values };
}

const cleaned = (field: ConditionField, value: string): string =>
  field === 'CATEGORY' ? value.toLowerCase() : cleanLine(value);

function faultOf(field: ConditionField, relation: Relation, values: readonly string[]): string | null {
  if (values.length < 1 || values.length > RULE_LIMITS.values)
    return `A condition has 1 to ${RULE_LIMITS.values} values.`;
  if (isSingle(field, relation) && values.length > 1) return 'This condition takes one value.';
  if (values.some((value) => value === '' || value.length > RULE_LIMITS.valueLength))
    return `A value has 1 to ${RULE_LIMITS.valueLength} characters.`;
  if (field === 'ATTRIBUTE' && isOrdered(relation) && !values.every(isComparable))
    return 'The value is a number, or a date such as 2026-01-31.';
  const shape = VALUES[field];
  if (shape && !values.every(shape.holds)) return shape.says;
  return null;
}

/** The categories that a rule names, each once. */
export const categoriesOf = ({ conditions }: CollectionRule): string[] => [
  ...new Set(conditions.flatMap(({ field, values }) => (field === 'CATEGORY' ? values : []))),
];
