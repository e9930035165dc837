import type { Money } from '@kontor/kit/src/money.ts';
import type { CompanyRole } from '../profile/customer.ts';
import type { BudgetPeriod } from './budget-period.ts';

export const BUDGET_SCOPES = ['MEMBER', 'ROLE', 'LOCATION', 'COMPANY'] as const;
/** Who shares a budget: each member has one, or all of a role, of a location, or of the company have one together. */
export type BudgetScope = (typeof BUDGET_SCOPES)[number];

/** What may be spent in a period without asking. */
export interface Budget {
  readonly scope: BudgetScope;
  readonly period: BudgetPeriod;
  readonly amount: Money;
}

/** One of the approvals that an order needs: `count` different people of those who may. */
export interface ApprovalTier {
  /** 1 is asked first. */
  readonly level: number;
  /** Members of a role, administrators always included; null when people are named. */
  readonly role: Exclude<CompanyRole, 'BUYER'> | null;
  /** Named members; empty when a role is. */
  readonly customerIds: readonly string[];
  readonly count: number;
}

/** When an order needs approval: all conditions that are named must hold. */
export interface ApprovalDefinition {
  /** The order's total reaches this. */
  readonly totalAtLeast: Money | null;
  /** A line is in one of these categories; empty: whatever is ordered. */
  readonly categories: readonly string[];
  /** What counts would exceed this: the lines in the categories, or the whole order where none are named. */
  readonly budget: Budget | null;
  readonly tiers: readonly ApprovalTier[];
}

/** A rule of a company. */
export interface ApprovalRule {
  readonly id: string;
  readonly companyId: string;
  /** Null: for orders of all locations. */
  readonly companyLocationId: string | null;
  /** The name that people know it by; unique in the company. */
  readonly code: string;
  readonly isActive: boolean;
  /** Grows with every change. */
  readonly version: number;
  readonly definition: ApprovalDefinition;
  /** As PostgreSQL writes an instant. */
  readonly changedAt: string;
}

export const APPROVAL_LIMITS = {
  /** Rules of a company, switched off ones included. */
  rules: 100,
  categories: 100,
  tiers: 5,
  named: 50,
  count: 20,
  /** Members of a company who may approve. */
  approvers: 200,
} as const;

/** What is wrong with a definition: the field, outermost first, and why. */
export interface DefinitionFault {
  readonly path: readonly string[];
  readonly message: string;
}

/** The first rule that a definition breaks; null when it is sound. Whether named people are members is not asked here. */
export function definitionFault({
  totalAtLeast,
  categories,
  budget,
  tiers,
}: ApprovalDefinition): DefinitionFault | null {
  const limits = APPROVAL_LIMITS;
  if (totalAtLeast === null && categories.length === 0 && budget === null)
    return { path: ['totalAtLeast'], message: 'A rule has at least one condition.' };
  if (totalAtLeast !== null && totalAtLeast.minorUnits < 0)
    return { path: ['totalAtLeast'], message: 'The amount must not be negative.' };
  if (categories.length > limits.categories)
    return { path: ['categories'], message: `A rule names at most ${limits.categories} categories.` };
  if (categories.some((category) => !/^\P{Cc}{1,100}$/u.test(category)))
    return { path: ['categories'], message: 'A category has 1 to 100 characters.' };
  if (budget !== null && budget.amount.minorUnits < 0)
    return { path: ['budget', 'amount'], message: 'The amount must not be negative.' };
  if (tiers.length < 1 || tiers.length > limits.tiers)
    return { path: ['tiers'], message: `A rule has 1 to ${limits.tiers} tiers.` };
  for (const [index, tier] of tiers.entries()) {
    const fault = tierFault(tier, tiers[index - 1]?.level ?? 0);
    if (fault) return { path: ['tiers', String(index), ...fault.path], message: fault.message };
  }
  return null;
}

function tierFault({ level, role, customerIds, count }: ApprovalTier, levelBefore: number): DefinitionFault | null {
  const { named, count: mostPeople, tiers } = APPROVAL_LIMITS;
  if (!Number.isInteger(level) || level <= levelBefore || level > tiers)
    return { path: ['level'], message: `Levels ascend from tier to tier and are at most ${tiers}.` };
  if ((role === null) === (customerIds.length === 0))
    return { path: ['customerIds'], message: 'A tier names a role or people, and not both.' };
  if (customerIds.length > named) return { path: ['customerIds'], message: `A tier names at most ${named} people.` };
  if (new Set(customerIds).size !== customerIds.length)
    return { path: ['customerIds'], message: 'Nobody is named twice.' };
  if (!Number.isInteger(count) || count < 1 || count > mostPeople)
    return { path: ['count'], message: `A tier asks 1 to ${mostPeople} people.` };
  if (role === null && count > customerIds.length)
    return { path: ['count'], message: 'A tier does not ask more people than it names.' };
  return null;
}
