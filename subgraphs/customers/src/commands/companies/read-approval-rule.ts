import type { Money } from '@kontor/kit/src/money.ts';
import type { ApprovalDefinition, ApprovalTier, BudgetScope } from '../../domain/companies/approval-rule.ts';
import type { BudgetPeriod } from '../../domain/companies/budget-period.ts';

/** The conditions and tiers of a rule as a client sends them. */
export interface DefinitionInput {
  readonly totalAtLeast?: Money | null | undefined;
  readonly categories?: readonly string[] | null | undefined;
  readonly budget?:
    { readonly scope: BudgetScope; readonly period: BudgetPeriod; readonly amount: Money } | null | undefined;
  readonly tiers: readonly {
    readonly level: number;
    readonly role?: ApprovalTier['role'] | undefined;
    readonly customerIds?: readonly string[] | null | undefined;
    readonly count?: number | null | undefined;
  }[];
}

/** A definition as it is kept: absent parts are null or empty, categories once each and in order. It is not checked yet. */
export const readDefinition = ({ totalAtLeast, categories, budget, tiers }: DefinitionInput): ApprovalDefinition => ({
  totalAtLeast: totalAtLeast ? moneyOf(totalAtLeast) : null,
  categories: [...new Set((categories ?? []).map((category) => category.trim()))].sort(),
  budget: budget ? { scope: budget.scope, period: budget.period, amount: moneyOf(budget.amount) } : null,
  tiers: tiers.map(({ level, role, customerIds, count }) => ({
    level,
    role: role ?? null,
    customerIds: (customerIds ?? []).map((customerId) => customerId.toLowerCase()),
    count: count ?? 1,
  })),
});

const moneyOf = ({ minorUnits, currency }: Money): Money => ({ minorUnits, currency });
