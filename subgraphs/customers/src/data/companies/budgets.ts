import type { Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { sql } from 'drizzle-orm';
import type { BudgetCharge } from '../../domain/companies/evaluate-approval.ts';
import { ensureAccount, findAccounts, setLimit } from '../accounts/accounts.ts';
import { placeHold, type PlacedHold } from '../accounts/holds.ts';

/** A hold of a budget that was tried. */
export interface ChargedBudget {
  readonly charge: BudgetCharge;
  readonly status: PlacedHold['status'];
}

/**
 * Holds charges on their budgets under a key, each for itself: whoever does not want some of them without the others undoes them. Budgets
 * are made when they are first charged, and get the limit that their rule has now. Repeating it under the key holds nothing twice, also
 * when a new period has begun meanwhile. Accounts are locked in order of their ids.
 */
export async function chargeBudgets(
  tx: Tx,
  { key, ttlS }: { readonly key: string; readonly ttlS: number },
  charges: readonly BudgetCharge[],
): Promise<ChargedBudget[]> {
  const held = await findHeldBudgets(tx, key);
  const named: { charge: BudgetCharge; budgetId: string; accountId: string }[] = [];
  for (const charge of charges) {
    const budgetId = held.get(`${charge.rule.id}:${charge.subject}`) ?? (await ensureBudget(tx, charge));
    const accountId = await ensureAccount(tx, { kind: 'BUDGET', ownerId: budgetId, unit: charge.amount.currency });
    named.push({ charge, budgetId, accountId });
  }
  const accounts = await findAccounts(
    tx,
    'BUDGET',
    named.map(({ budgetId }) => budgetId),
  );
  const limits = new Map(accounts.map(({ accountId, limit }) => [accountId, limit]));
  // Two orders that share budgets would lock each other out otherwise.
  named.sort((one, other) => (one.accountId < other.accountId ? -1 : 1));
  const charged: ChargedBudget[] = [];
  for (const { charge, budgetId, accountId } of named) {
    const { currency: unit, minorUnits: amount } = charge.amount;
    const account = { kind: 'BUDGET', ownerId: budgetId, unit } as const;
    const limit = charge.budget.amount.minorUnits;
    if (limits.get(accountId) !== limit) await setLimit(tx, account, limit);
    const { status } = await placeHold(tx, { key, ...account, amount, ttlS });
    charged.push({ charge, status });
  }
  return charged;
}

/** The budgets on which a key holds something, by rule and subject. */
async function findHeldBudgets(tx: Tx, key: string): Promise<Map<string, string>> {
  const rows = await tx.execute<{ id: string; ruleId: string; subject: string }>(sql`
    select b.budget_id as id, b.rule_id as "ruleId", b.subject from customers.holds h
    join customers.accounts a on a.account_id = h.account_id
    join customers.approval_budgets b on b.budget_id = a.owner_id
    where h.hold_key = ${key} and h.kind = 'BUDGET' and h.state in ('HELD', 'CONFIRMED')`);
  return new Map(rows.map(({ id, ruleId, subject }) => [`${ruleId}:${subject}`, id]));
}

/** Finds or makes a budget. @returns its id. */
async function ensureBudget(tx: Tx, charge: BudgetCharge): Promise<string> {
  const known = await findBudget(tx, charge);
  if (known !== null) return known;
  await tx.execute(sql`
    insert into customers.approval_budgets (budget_id, rule_id, subject, period, starts_on, currency, created_at)
    values (${newId()}::uuid, ${charge.rule.id}::uuid, ${charge.subject}, ${charge.period}, ${charge.startsOn}::date,
      ${charge.amount.currency}, customers.app_now())
    on conflict on constraint approval_budgets_once do nothing`);
  return (await findBudget(tx, charge))!;
}

async function findBudget(tx: Tx, { rule, subject, period, startsOn, amount }: BudgetCharge): Promise<string | null> {
  const [row] = await tx.execute<{ id: string }>(sql`
    select budget_id as id from customers.approval_budgets
    where rule_id = ${rule.id}::uuid and subject = ${subject} and period = ${period} and starts_on = ${startsOn}::date
      and currency = ${amount.currency}`);
  return row?.id ?? null;
}
