import { randomUUID } from 'node:crypto';
import { run } from '@kontor/stack/src/operator.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { beforeAll, expect, it } from 'vitest';
import { CARD } from '../operations.ts';
import type { System } from '../system.ts';
import { expectAccountsVerified, setProgramme } from './accounts.ts';
import { buy, fillCart, plentifulVariant, signUp, tallyOf } from './shopping.ts';
import { hireStaff, registerKey, tellAt, type Staff } from './staff.ts';

const ATTEMPTS = 20;
const ENOUGH_FOR = 5;
/** Events may take a while between processes. */
const SETTLED_MS = 30_000;

const LEVELS = `query ($id: ID!) { stockLevels(variantId: $id) { available reserved committed } }`;
const LOYALTY = `query ($id: ID!) { customer(id: $id) { loyalty { balance held available debt } } }`;
const CREDIT = `query ($id: ID!) { company(id: $id) { locations { edges { node { credit {
  limit { minorUnits } owed { minorUnits } held { minorUnits } available { minorUnits } } } } } } }`;
const COMPANY_UPSERT = `mutation ($input: CompanyUpsertInput!) { companyUpsert(input: $input) { companyId } }`;
const ENSURE = `mutation ($input: CustomerEnsureInput!) { customerEnsure(input: $input) { customerId } }`;

interface Levels {
  readonly available: number;
  readonly reserved: number;
  readonly committed: number;
}
interface Amount {
  readonly minorUnits: number;
}

/** What is held of somebody is given out once, whoever asks for it at once. */
export function redemption(system: () => System): void {
  let staff: Staff;
  let variantId: string;
  beforeAll(async () => {
    staff = await hireStaff(system());
    variantId = await plentifulVariant(system());
  });

  const shelf = async (): Promise<Levels> => {
    const { stockLevels } = await staff.ask<{ stockLevels: Levels[] }>(LEVELS, { id: variantId });
    const sum = (state: keyof Levels) => stockLevels.reduce((total, level) => total + level[state], 0);
    return { available: sum('available'), reserved: sum('reserved'), committed: sum('committed') };
  };
  const fillCarts = (token: string) =>
    Promise.all(Array.from({ length: ATTEMPTS }, () => fillCart(system(), token, variantId)));
  /** Stock of what was refused is there again, and the orders' is committed. */
  const expectShelf = (before: Levels) =>
    eventually(async () => {
      const { available, reserved, committed } = before;
      const sold = ENOUGH_FOR;
      expect(await shelf()).toEqual({ available: available - sold, reserved, committed: committed + sold });
    }, SETTLED_MS);
  /** What orders and customers keep of what was held: nothing but what orders took. */
  const holdsOf = async (kind: string, ownerId: string) => {
    const { sql } = system().database.open('customers', { max: 1 });
    const rows = await sql<{ state: string; count: number; amount: number }[]>`
      select h.state, count(*)::int as count, sum(h.amount)::int as amount
      from customers.holds h join customers.accounts a using (account_id)
      where a.kind = ${kind} and a.owner_id = ${ownerId} group by 1 order by 1`;
    return rows.map(({ state, count, amount }) => `${count} ${state} ${amount}`);
  };
  /** A member of a new company with one location, who comes with a key. */
  const hireBuyer = async (creditMinor: number, termsDays: number | null) => {
    const { operator } = system();
    const name = `Company ${randomUUID()}`;
    const { companyUpsert } = await run<{ companyUpsert: { companyId: string } }>(
      operator,
      'customers',
      COMPANY_UPSERT,
      {
        input: { name },
      },
    );
    const { companyId } = companyUpsert;
    const { location } = await staff.change<{ location: { id: string } }>(
      'companyLocationSet',
      {
        companyId,
        name: 'Head office',
        address: { street: 'Hauptstraße 1', city: 'Berlin', country: 'DE' },
        currency: 'EUR',
        creditLimit: { minorUnits: creditMinor, currency: 'EUR' },
        ...(termsDays === null ? {} : { termsDays }),
      },
      '... on CompanyLocationSet { location { id } }',
    );
    const { customerEnsure } = await run<{ customerEnsure: { customerId: string } }>(operator, 'customers', ENSURE, {
      input: { email: `buyer-${randomUUID()}@example.com`, companyId },
    });
    const { customerId } = customerEnsure;
    const key = await registerKey(system(), { role: 'customer', customerId });
    const chosen = await tellAt(system().url('router'), key, 'companyLocationChoose', {
      companyLocationId: location.id,
    });
    expect(chosen.__typename).toBe('CompanyLocationChosen');
    return { companyId, customerId, key };
  };

  it('places exactly the 5 orders that there are points for when a customer checks 20 carts out at once', async () => {
    await setProgramme(staff);
    const buyer = await signUp(system(), 'points');
    const carts = await fillCarts(buyer.token);
    const { totalMinor } = carts[0]!;
    const points = ENOUGH_FOR * totalMinor;
    const gift = { customerId: buyer.customerId, points, reason: 'A gesture', idempotencyKey: randomUUID() };
    await staff.change('loyaltyAdjust', gift);
    const before = await shelf();

    const outcomes = await Promise.all(carts.map((cart) => buy(system(), buyer.token, cart, { kind: 'POINTS' })));
    expect(tallyOf(outcomes)).toEqual({
      OrderPlaced: ENOUGH_FOR,
      'PaymentDeclined insufficient_points': ATTEMPTS - ENOUGH_FOR,
    });
    await eventually(async () => {
      const { customer } = await staff.ask<{ customer: { loyalty: unknown } }>(LOYALTY, { id: buyer.customerId });
      expect(customer.loyalty).toEqual({ balance: 0, held: 0, available: 0, debt: 0 });
    }, SETTLED_MS);
    await expectShelf(before);
    expect(await holdsOf('POINTS', buyer.customerId)).toEqual([`${ENOUGH_FOR} CONFIRMED ${points}`]);
    await expectAccountsVerified(system());
  });

  it('places exactly the 5 orders that the credit covers when a member checks 20 carts out on account at once', async () => {
    const buyer = await hireBuyer(0, 30);
    const carts = await fillCarts(buyer.key);
    const limit = ENOUGH_FOR * carts[0]!.totalMinor;
    const company = await staff.ask<{
      company: { locations: { edges: { node: { id: string; version: number } }[] } };
    }>(`query ($id: ID!) { company(id: $id) { locations { edges { node { id version } } } } }`, {
      id: buyer.companyId,
    });
    const { id, version } = company.company.locations.edges[0]!.node;
    await staff.change('companyLocationSet', {
      companyLocationId: id,
      expectedVersion: version,
      creditLimit: { minorUnits: limit, currency: 'EUR' },
    });
    const before = await shelf();

    const outcomes = await Promise.all(carts.map((cart) => buy(system(), buyer.key, cart, { kind: 'TERMS' })));
    expect(tallyOf(outcomes)).toEqual({
      OrderPlaced: ENOUGH_FOR,
      'CreditExceeded CREDIT_EXCEEDED': ATTEMPTS - ENOUGH_FOR,
    });
    await eventually(async () => {
      const read = await staff.ask<{
        company: { locations: { edges: { node: { credit: Record<string, Amount> } }[] } };
      }>(CREDIT, { id: buyer.companyId });
      const { credit } = read.company.locations.edges[0]!.node;
      expect(Object.fromEntries(Object.entries(credit).map(([name, { minorUnits }]) => [name, minorUnits]))).toEqual({
        limit,
        owed: limit,
        held: 0,
        available: 0,
      });
    }, SETTLED_MS);
    await expectShelf(before);
    expect(await holdsOf('CREDIT', id)).toEqual([`${ENOUGH_FOR} CONFIRMED ${limit}`]);
    await expectAccountsVerified(system());
  });

  it('places exactly the 5 orders that a member’s budget covers when 20 carts are checked out at once', async () => {
    const buyer = await hireBuyer(0, null);
    const carts = await fillCarts(buyer.key);
    const amount = ENOUGH_FOR * carts[0]!.totalMinor;
    const { rule } = await staff.change<{ rule: { id: string } }>(
      'approvalRuleSet',
      {
        companyId: buyer.companyId,
        code: 'DAILY',
        budget: { scope: 'MEMBER', period: 'YEAR', amount: { minorUnits: amount, currency: 'EUR' } },
        tiers: [{ level: 1, role: 'APPROVER' }],
      },
      '... on ApprovalRuleSet { rule { id } }',
    );
    const { approvalRuleActivate } = await staff.ask<{ approvalRuleActivate: { __typename: string } }>(
      'mutation ($input: ApprovalRuleSwitchInput!) { approvalRuleActivate(input: $input) { __typename } }',
      { input: { ruleId: rule.id } },
    );
    expect(approvalRuleActivate.__typename).toBe('ApprovalRuleSet');
    const before = await shelf();

    const outcomes = await Promise.all(carts.map((cart) => buy(system(), buyer.key, cart, CARD[0]!)));
    expect(tallyOf(outcomes)).toEqual({
      OrderPlaced: ENOUGH_FOR,
      'ApprovalRequired APPROVAL_REQUIRED': ATTEMPTS - ENOUGH_FOR,
    });
    await expectShelf(before);
    const { sql } = system().database.open('customers', { max: 1 });
    await eventually(async () => {
      const rows = await sql<{ used: number; held: number; available: number }[]>`
        select (-a.balance)::int as used, a.held::int, (a.limit_amount + a.balance - a.held)::int as available
        from customers.accounts a join customers.approval_budgets b on b.budget_id = a.owner_id
        where a.kind = 'BUDGET' and b.rule_id = ${rule.id}`;
      expect(rows).toEqual([{ used: amount, held: 0, available: 0 }]);
    }, SETTLED_MS);
    await expectAccountsVerified(system());
  });
}
