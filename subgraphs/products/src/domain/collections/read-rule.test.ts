import { newId } from '@kontor/kit/src/ids.ts';
import { describe, expect, it } from 'vitest';
import { categoriesOf, readRule, type RuleInput } from './read-rule.ts';

type ConditionInput = RuleInput['conditions'][number];

const read = (...conditions: ConditionInput[]) => readRule({ match: 'ALL', conditions });
const condition = (field: ConditionInput['field'], relation: ConditionInput['relation'], ...values: string[]) => ({
  field,
  relation,
  values,
});

describe('readRule', () => {
  it('keeps every kind of condition in its canonical writing', () => {
    const category = newId();
    const result = readRule({
      match: 'ANY',
      conditions: [
        condition('VENDOR', 'CONTAINS', ' Acme ', 'Acme', 'A\u0000B'),
        condition('CATEGORY', 'IS_NOT', category.toUpperCase()),
        condition('CREATED_WITHIN_DAYS', 'IS', '30'),
        { ...condition('ATTRIBUTE', 'GREATER', '-1.5'), attribute: 'weight' },
        { ...condition('ATTRIBUTE', 'LESS', '2026-01-31'), attribute: 'season' },
        { ...condition('PRICE', 'LESS', '1999'), attribute: 'web/EUR' },
        { ...condition('SELLABLE', 'IS', 'true'), attribute: 'web' },
      ],
    });
    expect(result).toEqual({
      rule: {
        match: 'ANY',
        conditions: [
          { field: 'VENDOR', relation: 'CONTAINS', values: ['Acme', 'A B'] },
          { field: 'CATEGORY', relation: 'IS_NOT', values: [category] },
          { field: 'CREATED_WITHIN_DAYS', relation: 'IS', values: ['30'] },
          { field: 'ATTRIBUTE', attribute: 'weight', relation: 'GREATER', values: ['-1.5'] },
          { field: 'ATTRIBUTE', attribute: 'season', relation: 'LESS', values: ['2026-01-31'] },
          { field: 'PRICE', attribute: 'web/EUR', relation: 'LESS', values: ['1999'] },
          { field: 'SELLABLE', attribute: 'web', relation: 'IS', values: ['true'] },
        ],
      },
    });
    expect('rule' in result && categoriesOf(result.rule)).toEqual([category]);
  });

  it.each<[ConditionInput, string]>([
    [condition('VENDOR', 'GREATER', '1'), 'relation'],
    [condition('TAG', 'CONTAINS', 'x'), 'relation'],
    [{ ...condition('PRICE', 'IS', '1'), attribute: 'web/EUR' }, 'relation'],
    [{ ...condition('VENDOR', 'IS', 'x'), attribute: 'x' }, 'attribute'],
    [condition('ATTRIBUTE', 'IS', 'x'), 'attribute'],
    [{ ...condition('ATTRIBUTE', 'IS', 'x'), attribute: ' ' }, 'attribute'],
    [{ ...condition('PRICE', 'LESS', '1'), attribute: 'EUR' }, 'attribute'],
    [condition('SELLABLE', 'IS', 'true'), 'attribute'],
    [condition('VENDOR', 'IS'), 'values'],
    [condition('VENDOR', 'IS', ' '), 'values'],
    [condition('VENDOR', 'IS', 'x'.repeat(256)), 'values'],
    [condition('VENDOR', 'IS', ...Array.from({ length: 101 }, (_, index) => `v${index}`)), 'values'],
    [condition('CATEGORY', 'IS', 'jackets'), 'values'],
    [condition('CREATED_WITHIN_DAYS', 'IS', '0'), 'values'],
    [condition('CREATED_WITHIN_DAYS', 'IS', '3651'), 'values'],
    [condition('CREATED_WITHIN_DAYS', 'IS', '1', '2'), 'values'],
    [{ ...condition('PRICE', 'LESS', '-1'), attribute: 'web/EUR' }, 'values'],
    [{ ...condition('ATTRIBUTE', 'LESS', 'much'), attribute: 'weight' }, 'values'],
    [{ ...condition('ATTRIBUTE', 'LESS', '1', '2'), attribute: 'weight' }, 'values'],
    [{ ...condition('SELLABLE', 'IS', 'false'), attribute: 'web' }, 'values'],
  ])('refuses %j', (ill, field) => {
    expect(read(condition('TAG', 'IS', 'x'), ill)).toMatchObject({ fault: { path: ['conditions', '1', field] } });
  });

  it('refuses no conditions, and more than 20', () => {
    expect(read()).toMatchObject({ fault: { path: ['conditions'] } });
    expect(read(...Array.from({ length: 21 }, () => condition('TAG', 'IS', 'x')))).toMatchObject({
      fault: { path: ['conditions'] },
    });
  });
});
