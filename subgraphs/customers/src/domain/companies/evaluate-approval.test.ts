import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { definitionFault, type ApprovalDefinition, type ApprovalRule } from './approval-rule.ts';
import { evaluateRules, isApproved, neededApprovals, type Approver, type OrderToApprove } from './evaluate-approval.ts';

const EUR = (minorUnits: number) => ({ minorUnits, currency: 'EUR' });
const at = { now: new Date('2026-08-19T12:00:00Z'), timeZone: 'Europe/Berlin' };
const order: OrderToApprove = {
  customerId: 'buyer',
  role: 'BUYER',
  companyId: 'company',
  companyLocationId: 'plant',
  total: EUR(10_000),
  lines: [
    { category: 'laptops', total: EUR(8_000) },
    { category: 'paper', total: EUR(1_500) },
    { category: null, total: EUR(500) },
  ],
};
const admins = { level: 1, role: 'ADMIN' as const, customerIds: [], count: 1 };
const ruleOf = (definition: Partial<ApprovalDefinition>, more: Partial<ApprovalRule> = {}): ApprovalRule => ({
  id: more.code ?? 'rule',
  companyId: 'company',
  companyLocationId: null,
  code: 'rule',
  isActive: true,
  version: 1,
  changedAt: '2026-01-01',
  ...more,
  definition: { totalAtLeast: null, categories: [], budget: null, tiers: [admins], ...definition },
});
const requires = (rule: ApprovalRule, changed: Partial<OrderToApprove> = {}) =>
  evaluateRules({ ...order, ...changed }, [rule], at).required.length === 1;

describe('evaluateRules', () => {
  it('asks from the amount on, and always in another currency', () => {
    const rule = ruleOf({ totalAtLeast: EUR(10_000) });
    expect(requires(rule)).toBe(true);
    expect(requires(rule, { total: EUR(9_999) })).toBe(false);
    expect(requires(rule, { total: { minorUnits: 1, currency: 'USD' } })).toBe(true);
  });

  it('asks for a category only when a line is in it, and for all conditions together', () => {
    expect(requires(ruleOf({ categories: ['paper'] }))).toBe(true);
    expect(requires(ruleOf({ categories: ['toner'] }))).toBe(false);
    expect(requires(ruleOf({ categories: ['paper'], totalAtLeast: EUR(10_001) }))).toBe(false);
    expect(requires(ruleOf({ categories: ['null', 'undefined'] }))).toBe(false);
  });

  it('passes by rules that are off, of another company or of another location', () => {
    const always = { totalAtLeast: EUR(0) };
    expect(requires(ruleOf(always, { isActive: false }))).toBe(false);
    expect(requires(ruleOf(always, { companyId: 'other' }))).toBe(false);
    expect(requires(ruleOf(always, { companyLocationId: 'office' }))).toBe(false);
    expect(requires(ruleOf(always, { companyLocationId: 'plant' }))).toBe(true);
  });

  it.each([
    ['MEMBER', 'buyer'],
    ['ROLE', 'BUYER'],
    ['LOCATION', 'plant'],
    ['COMPANY', 'company'],
  ] as const)('charges the budget of a %s with the lines that it is for', (scope, subject) => {
    const budget = { scope, period: 'MONTH' as const, amount: EUR(20_000) };
    const rule = ruleOf({ categories: ['laptops', 'paper'], budget });
    expect(evaluateRules(order, [rule], at)).toEqual({
      required: [],
      charges: [{ rule, budget, subject, period: 'MONTH', startsOn: '2026-08-01', amount: EUR(9_500) }],
    });
    const [whole] = evaluateRules(order, [ruleOf({ budget })], at).charges;
    expect(whole!.amount).toEqual(order.total);
    expect(requires(ruleOf({ budget }), { total: { minorUnits: 1, currency: 'USD' } })).toBe(true);
  });
});

const people = fc.uniqueArray(
  fc.record({
    customerId: fc.constantFrom('ada', 'ben', 'cat', 'dan', 'eve', 'buyer'),
    role: fc.constantFrom('BUYER' as const, 'APPROVER' as const, 'ADMIN' as const),
  }),
  { selector: ({ customerId }) => customerId },
);
const tier = fc.oneof(
  fc.record({ role: fc.constantFrom('APPROVER' as const, 'ADMIN' as const), customerIds: fc.constant([] as string[]) }),
  fc.record({
    role: fc.constant(null),
    customerIds: fc.uniqueArray(fc.constantFrom('ada', 'ben', 'cat', 'buyer', 'gone'), { minLength: 1 }),
  }),
);
const rules = fc
  .array(fc.array(fc.tuple(tier, fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 3 }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((all) =>
    all.map((tiers, index) =>
      ruleOf(
        { tiers: tiers.map(([who, count], level) => ({ ...who, count, level: level + 1 })) },
        { code: `R${index}` },
      ),
    ),
  );
const everybody = (approvers: readonly Approver[]) => approvers.map(({ customerId }) => customerId);

describe('neededApprovals', () => {
  it('never lets anybody approve the own order, nor who is no member', () => {
    fc.assert(
      fc.property(rules, people, (all, approvers) => {
        const needed = neededApprovals('buyer', all, approvers);
        for (const { approverCustomerIds } of needed) {
          expect(approverCustomerIds).not.toContain('buyer');
          expect(everybody(approvers)).toEqual(expect.arrayContaining(approverCustomerIds));
        }
        expect(isApproved(needed, ['buyer', 'gone'])).toBe(false);
      }),
      { seed: 4 },
    );
  });

  it('is satisfied by a set of people exactly when every tier of every rule is', () => {
    fc.assert(
      fc.property(
        rules,
        people,
        fc.subarray(['ada', 'ben', 'cat', 'dan', 'eve', 'buyer', 'gone']),
        (all, approvers, gave) => {
          const satisfied = all.every(({ definition }) =>
            definition.tiers.every((each) => {
              const may = approvers.filter(
                ({ customerId, role }) =>
                  customerId !== 'buyer' &&
                  gave.includes(customerId) &&
                  (each.role === null ? each.customerIds.includes(customerId) : role === each.role || role === 'ADMIN'),
              );
              return may.length >= each.count;
            }),
          );
          const needed = neededApprovals('buyer', all, approvers);
          expect(isApproved(needed, [...gave, ...gave])).toBe(satisfied);
          // More people never make it worse.
          if (satisfied) expect(isApproved(needed, [...gave, ...everybody(approvers)])).toBe(true);
        },
      ),
      { seed: 5 },
    );
  });

  it('asks the same people at the same level once, for as many as the stricter rule wants, lowest level first', () => {
    const approvers: Approver[] = [
      { customerId: 'ada', role: 'ADMIN' },
      { customerId: 'ben', role: 'ADMIN' },
      { customerId: 'cat', role: 'APPROVER' },
    ];
    const strict = ruleOf({ tiers: [{ ...admins, count: 2 }] }, { code: 'B' });
    const lax = ruleOf({ tiers: [admins, { ...admins, level: 2, role: 'APPROVER' }] }, { code: 'A' });
    expect(neededApprovals('buyer', [strict, lax], approvers)).toEqual([
      { level: 1, ruleCodes: ['A', 'B'], approverCustomerIds: ['ada', 'ben'], count: 2 },
      { level: 2, ruleCodes: ['A'], approverCustomerIds: ['ada', 'ben', 'cat'], count: 1 },
    ]);
  });
});

it.each([
  [{ tiers: [admins] }, ['totalAtLeast']],
  [{ totalAtLeast: EUR(-1), tiers: [admins] }, ['totalAtLeast']],
  [{ categories: [''], tiers: [admins] }, ['categories']],
  [{ totalAtLeast: EUR(1), tiers: [] }, ['tiers']],
  [{ totalAtLeast: EUR(1), tiers: [admins, admins] }, ['tiers', '1', 'level']],
  [{ totalAtLeast: EUR(1), tiers: [{ ...admins, role: null }] }, ['tiers', '0', 'customerIds']],
  [{ totalAtLeast: EUR(1), tiers: [{ ...admins, customerIds: ['a'] }] }, ['tiers', '0', 'customerIds']],
  [{ totalAtLeast: EUR(1), tiers: [{ ...admins, count: 0 }] }, ['tiers', '0', 'count']],
  [{ totalAtLeast: EUR(1), tiers: [{ ...admins, role: null, customerIds: ['a'], count: 2 }] }, ['tiers', '0', 'count']],
])('refuses the definition %j', (definition, path) => {
  const whole = { totalAtLeast: null, categories: [], budget: null, ...definition } as ApprovalDefinition;
  expect(definitionFault(whole)?.path).toEqual(path);
});
