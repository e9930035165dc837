import { newId } from '@kontor/kit/src/ids.ts';
import { asGuest } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCompanyHarness, EUR, staff, type CompanyHarness, type Person } from './testing/company-harness.ts';

let harness: CompanyHarness;
beforeAll(async () => (harness = await createCompanyHarness()));
afterAll(() => harness.stop());

const RULE = `rule { id code version isActive totalAtLeast { minorUnits } categories budget { scope period amount { minorUnits } }
  tiers { level role customerIds count } }`;
const SET = `mutation ($input: ApprovalRuleSetInput!) { approvalRuleSet(input: $input) { __typename
  ... on ApprovalRuleSet { ${RULE} } ... on UserError { code path } ... on VersionConflict { currentVersion } } }`;
const SWITCH = (field: string) => `mutation ($input: ApprovalRuleSwitchInput!) { ${field}(input: $input) { __typename
  ... on ApprovalRuleSet { rule { version isActive } } ... on UserError { code } } }`;
const DECIDE = `mutation ($input: OrderApprovalInput!) { orderApproval(input: $input) { required refusedReason
  tiers { level count ruleCodes approverCustomerIds } } }`;
const END = (field: string) => `mutation ($key: String!) { ${field}(input: { key: $key }) { done status } }`;

const setRule = async (input: Record<string, unknown>, call: Person['call'] = staff) =>
  (await harness.ask(SET, { input }, call)).approvalRuleSet;
const activate = async (ruleId: string, call: Person['call'] = staff) =>
  (await harness.ask(SWITCH('approvalRuleActivate'), { input: { ruleId } }, call)).approvalRuleActivate;
const deactivate = async (ruleId: string, call: Person['call'] = staff) =>
  (await harness.ask(SWITCH('approvalRuleDeactivate'), { input: { ruleId } }, call)).approvalRuleDeactivate;
/** Makes a rule and switches it on. @returns its id. */
const rule = async (companyId: string, code: string, definition: Record<string, unknown>) => {
  const { rule } = await setRule({ companyId, code, tiers: [{ level: 1, role: 'APPROVER' }], ...definition });
  await activate(rule.id);
  return rule.id as string;
};
const decide = async (person: Person, minorUnits: number, more: Record<string, unknown> = {}) => {
  const lines = [{ variantId: newId(), category: 'paper', total: EUR(minorUnits) }];
  const input = { key: newId(), customerId: person.id, channel: 'b2b', total: EUR(minorUnits), lines, ttlSeconds: 600 };
  return (await harness.internal(DECIDE, { input: { ...input, ...more } })).orderApproval;
};
const budgetsHeld = async (key: string) =>
  (
    await harness.db.sql<{ amount: string; state: string }[]>`
      select amount::text, state from customers.holds where hold_key = ${key} and kind = 'BUDGET'`
  ).map(({ amount, state }) => `${amount} ${state}`);
const PASSED = { required: false, refusedReason: null, tiers: [] };

describe('approval rules', () => {
  it('are made off, switched on and off, versioned, and keep what they were', async () => {
    const companyId = await harness.company();
    const admin = await harness.member(companyId, 'ADMIN');
    const input = { companyId, code: 'BIG', totalAtLeast: EUR(100), tiers: [{ level: 1, role: 'ADMIN' }] };
    const made = await setRule(input, admin.call);
    const { id } = made.rule;
    expect(made.rule).toEqual({
      id,
      code: 'BIG',
      version: 1,
      isActive: false,
      totalAtLeast: { minorUnits: 100 },
      categories: [],
      budget: null,
      tiers: [{ level: 1, role: 'ADMIN', customerIds: [], count: 1 }],
    });
    const isOn = { __typename: 'ApprovalRuleSet', rule: { version: 2, isActive: true } };
    expect(await activate(id, admin.call)).toEqual(isOn);
    expect(await activate(id, admin.call)).toEqual(isOn);
    const change = { ...input, ruleId: id, totalAtLeast: EUR(200), categories: [' b ', 'a', 'a'] };
    expect(await setRule({ ...change, expectedVersion: 1 }, admin.call)).toMatchObject({ currentVersion: 2 });
    expect((await setRule({ ...change, expectedVersion: 2 }, admin.call)).rule).toMatchObject({
      version: 3,
      isActive: true,
      categories: ['a', 'b'],
    });
    expect(await deactivate(id, admin.call)).toMatchObject({ rule: { version: 4, isActive: false } });
    const query = `query ($id: ID!) { company(id: $id) { approvalRules { edges { node { code
      versions { version isActive totalAtLeast { minorUnits } } } } } } }`;
    expect((await harness.ask(query, { id: companyId }, admin.call)).company.approvalRules.edges).toEqual([
      {
        node: {
          code: 'BIG',
          versions: [
            { version: 4, isActive: false, totalAtLeast: { minorUnits: 200 } },
            { version: 3, isActive: true, totalAtLeast: { minorUnits: 200 } },
            { version: 2, isActive: true, totalAtLeast: { minorUnits: 100 } },
            { version: 1, isActive: false, totalAtLeast: { minorUnits: 100 } },
          ],
        },
      },
    ]);
  });

  it('are changed by administrators of the company and staff alone: for others there are none', async () => {
    const companyId = await harness.company();
    const id = await rule(companyId, 'MINE', { totalAtLeast: EUR(1) });
    const buyer = await harness.member(companyId, 'BUYER');
    const approver = await harness.member(companyId, 'APPROVER');
    const foreign = await harness.member(await harness.company(), 'ADMIN');
    const input = { companyId, code: 'X', totalAtLeast: EUR(1), tiers: [{ level: 1, role: 'ADMIN' }] };
    for (const call of [buyer.call, approver.call, foreign.call, asGuest()]) {
      expect(await setRule(input, call)).toMatchObject({ code: 'NOT_FOUND' });
      expect(await deactivate(id, call)).toMatchObject({ code: 'NOT_FOUND' });
    }
    // Nor does a rule of another company come along with the own one.
    const ownId = await harness.company();
    expect(await setRule({ ...input, companyId: ownId, ruleId: id })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await decide(buyer, 1)).toMatchObject({ required: true, tiers: [{ ruleCodes: ['MINE'] }] });
  });

  it('refuses codes that are taken, strangers as approvers, and locations of others', async () => {
    const companyId = await harness.company();
    const stranger = await harness.member(await harness.company(), 'ADMIN');
    await rule(companyId, 'TAKEN', { totalAtLeast: EUR(1) });
    const input = { companyId, code: 'FREE', totalAtLeast: EUR(1), tiers: [{ level: 1, role: 'ADMIN' }] };
    expect(await setRule({ ...input, code: 'TAKEN' })).toMatchObject({ code: 'CODE_TAKEN' });
    expect(await setRule({ ...input, code: 'a b' })).toMatchObject({ code: 'INVALID_CODE' });
    for (const id of [stranger.id, newId(), 'none'])
      expect(await setRule({ ...input, tiers: [{ level: 1, customerIds: [id] }] })).toMatchObject({
        code: 'NOT_A_MEMBER',
      });
    expect(
      await setRule({ ...input, companyLocationId: await harness.location(await harness.company()) }),
    ).toMatchObject({ code: 'NOT_FOUND' });
    expect(await setRule({ ...input, tiers: [] })).toMatchObject({ code: 'INVALID_RULE', path: ['input', 'tiers'] });
  });
});

describe('orderApproval', () => {
  it('asks those who may approve now, never who orders, and takes enough of them', async () => {
    const companyId = await harness.company();
    const approvers = [await harness.member(companyId, 'APPROVER'), await harness.member(companyId, 'APPROVER')];
    const admin = await harness.member(companyId, 'ADMIN');
    const buyer = await harness.member(companyId, 'BUYER');
    await rule(companyId, 'BIG', {
      totalAtLeast: EUR(1_000),
      tiers: [
        { level: 1, role: 'APPROVER', count: 2 },
        { level: 2, customerIds: [admin.id] },
      ],
    });
    expect(await decide(buyer, 999)).toEqual(PASSED);
    const all = [...approvers, admin].map(({ id }) => id).sort();
    expect(await decide(buyer, 1_000)).toEqual({
      required: true,
      refusedReason: null,
      tiers: [
        { level: 1, count: 2, ruleCodes: ['BIG'], approverCustomerIds: all },
        { level: 2, count: 1, ruleCodes: ['BIG'], approverCustomerIds: [admin.id] },
      ],
    });
    const [one, other] = approvers as [Person, Person];
    const by = (...people: Person[]) => ({ approvedBy: people.map(({ id }) => id) });
    expect(await decide(buyer, 1_000, by(one, one, admin))).toEqual(PASSED);
    for (const people of [[], [one, other], [admin], [buyer, one, one]])
      expect(await decide(buyer, 1_000, by(...people))).toMatchObject({ required: true });
    expect(await decide(one, 1_000, by(one, other, admin))).toEqual(PASSED);
    expect(await decide(admin, 1_000, by(one, other, admin))).toMatchObject({
      required: true,
      tiers: [{ level: 1 }, { level: 2, approverCustomerIds: [] }],
    });
    await harness.db.sql`update customers.company_members set left_at = now() where customer_id = ${other.id}`;
    expect(await decide(buyer, 1_000, by(one, other))).toMatchObject({ required: true });
  });

  it('lets through who buys for no company, and nothing of a blocked one', async () => {
    expect(await decide(await harness.person('alone'), 1_000_000)).toEqual(PASSED);
    expect(await decide({ ...(await harness.person('alone')), id: newId() }, 1)).toEqual(PASSED);
    const companyId = await harness.company({ status: 'BLOCKED' });
    expect(await decide(await harness.member(companyId, 'ADMIN'), 1)).toEqual({
      required: true,
      refusedReason: 'BLOCKED',
      tiers: [],
    });
  });

  it('lets exactly as many orders at once through as a budget holds', async () => {
    const companyId = await harness.company();
    await harness.member(companyId, 'APPROVER');
    const buyers = [await harness.member(companyId, 'BUYER'), await harness.member(companyId, 'BUYER')];
    await rule(companyId, 'MONTHLY', { budget: { scope: 'COMPANY', period: 'MONTH', amount: EUR(1_000) } });
    await rule(companyId, 'OWN', { budget: { scope: 'MEMBER', period: 'DAY', amount: EUR(100_000) } });
    const orders = Array.from({ length: 50 }, (_, index) => ({ key: newId(), buyer: buyers[index % 2]! }));
    const outcomes = await Promise.all(orders.map(({ key, buyer }) => decide(buyer, 100, { key })));
    expect(outcomes.filter(({ required }) => !required)).toHaveLength(10);
    for (const [index, { required, tiers }] of outcomes.entries()) {
      // All budgets or none: who has to ask holds nothing, also of the budget that had room.
      expect(await budgetsHeld(orders[index]!.key)).toEqual(required ? [] : ['100 HELD', '100 HELD']);
      if (required) expect(tiers).toMatchObject([{ ruleCodes: ['MONTHLY'] }]);
    }
  });

  it('holds once when it is repeated, gives back what is released, and spends what is confirmed', async () => {
    const companyId = await harness.company();
    const approver = await harness.member(companyId, 'APPROVER');
    const buyer = await harness.member(companyId, 'BUYER');
    await rule(companyId, 'BUDGET', { budget: { scope: 'ROLE', period: 'YEAR', amount: EUR(1_000) } });
    const key = newId();
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => decide(buyer, 600, { key })));
    expect(outcomes).toEqual(outcomes.map(() => PASSED));
    expect(await budgetsHeld(key)).toEqual(['600 HELD']);
    expect(await decide(buyer, 601, { key })).toEqual({ required: true, refusedReason: 'KEY_REUSED', tiers: [] });
    expect(await decide(buyer, 401)).toMatchObject({ required: true });
    // Other roles have a budget of their own.
    expect(await decide(approver, 1_000)).toEqual(PASSED);

    expect((await harness.internal(END('holdsRelease'), { key })).holdsRelease).toEqual({
      done: true,
      status: 'RELEASED',
    });
    const next = newId();
    expect(await decide(buyer, 1_000, { key: next })).toEqual(PASSED);
    expect((await harness.internal(END('holdsConfirm'), { key: next })).holdsConfirm).toEqual({
      done: true,
      status: 'CONFIRMED',
    });
    expect(await decide(buyer, 1)).toMatchObject({ required: true });
    // Who approved decided apart from the budget, which is not charged.
    const approved = newId();
    expect(await decide(buyer, 5_000, { key: approved, approvedBy: [approver.id] })).toEqual(PASSED);
    expect(await budgetsHeld(approved)).toEqual([]);
  });

  it('begins budgets anew with the period, and holds under a key what it held before', async () => {
    const companyId = await harness.company();
    const buyer = await harness.member(companyId, 'BUYER');
    await rule(companyId, 'DAILY', { budget: { scope: 'MEMBER', period: 'DAY', amount: EUR(100) } });
    const key = newId();
    expect(await decide(buyer, 100, { key, ttlSeconds: 7 * 86_400 })).toEqual(PASSED);
    expect(await decide(buyer, 1)).toMatchObject({ required: true });
    const tomorrow = await harness.start({ nowOffset: '1 day' });
    const input = { customerId: buyer.id, channel: 'b2b', lines: [], ttlSeconds: 600 };
    const later = async (orderKey: string, minorUnits: number) =>
      (await harness.internal(DECIDE, { input: { ...input, key: orderKey, total: EUR(minorUnits) } }, tomorrow))
        .orderApproval;
    expect(await later(key, 100)).toEqual(PASSED);
    expect(await budgetsHeld(key)).toEqual(['100 HELD']);
    expect(await later(newId(), 100)).toEqual(PASSED);
    expect(await later(newId(), 1)).toMatchObject({ required: true });
  });

  it('follows the rule’s new amount, and counts only the categories that it names', async () => {
    const companyId = await harness.company();
    await harness.member(companyId, 'APPROVER');
    const buyer = await harness.member(companyId, 'BUYER');
    const tiers = [{ level: 1, role: 'APPROVER' }];
    const budget = { scope: 'COMPANY', period: 'QUARTER', amount: EUR(100) };
    const ruleId = await rule(companyId, 'PAPER', { categories: ['paper'], budget, tiers });
    const lines = [
      { variantId: newId(), category: 'paper', total: EUR(80) },
      { variantId: newId(), category: 'laptops', total: EUR(9_000) },
    ];
    expect(await decide(buyer, 9_080, { lines })).toEqual(PASSED);
    expect(await decide(buyer, 9_080, { lines })).toMatchObject({ required: true, tiers: [{ ruleCodes: ['PAPER'] }] });
    expect(await decide(buyer, 9_000, { lines: lines.slice(1) })).toEqual(PASSED);
    const raised = { ...budget, amount: EUR(160) };
    await setRule({ companyId, ruleId, code: 'PAPER', categories: ['paper'], budget: raised, tiers });
    expect(await decide(buyer, 9_080, { lines })).toEqual(PASSED);
  });

  it('refuses amounts of several currencies and too many lines', async () => {
    const buyer = await harness.member(await harness.company(), 'BUYER');
    const refused = async (more: Record<string, unknown>) => {
      const input = {
        key: newId(),
        customerId: buyer.id,
        channel: 'b2b',
        total: EUR(1),
        lines: [],
        ttlSeconds: 600,
        ...more,
      };
      const { errors } = await harness.service
        .graph('/internal/graphql')
        .execute(
          { query: DECIDE, variables: { input } },
          { ...staff, caller: { role: 'service', subject: 'orders', channel: null, scopes: [] } },
        );
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    };
    const line = { variantId: newId(), total: { minorUnits: 1, currency: 'USD' } };
    await refused({ lines: [line] });
    await refused({ lines: Array.from({ length: 501 }, () => ({ ...line, total: EUR(1) })) });
    await refused({ ttlSeconds: 0 });
    await refused({ total: EUR(-1) });
    await refused({ approvedBy: Array.from({ length: 101 }, () => newId()) });
  });
});
