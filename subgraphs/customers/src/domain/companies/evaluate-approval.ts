import type { Money } from '@kontor/kit/src/money.ts';
import type { CompanyRole } from '../profile/customer.ts';
import type { ApprovalRule, ApprovalTier, Budget } from './approval-rule.ts';
import { localDate, periodStart, type BudgetPeriod } from './budget-period.ts';

/** An order that somebody wants to place for a company. */
export interface OrderToApprove {
  readonly customerId: string;
  readonly role: CompanyRole;
  readonly companyId: string;
  readonly companyLocationId: string | null;
  readonly total: Money;
  readonly lines: readonly { readonly category: string | null; readonly total: Money }[];
}

/** A member who may approve. */
export interface Approver {
  readonly customerId: string;
  readonly role: CompanyRole;
}

/** One of the budgets that an order is charged to: whose it is, from when on, and how much of it. */
export interface BudgetCharge {
  readonly rule: ApprovalRule;
  readonly budget: Budget;
  /** A customer's id, a role, a location's id or the company's id. */
  readonly subject: string;
  readonly period: BudgetPeriod;
  /** The first day of the period. */
  readonly startsOn: string;
  readonly amount: Money;
}

/** What the rules say of an order before anybody looks at what is left of budgets. */
export interface Evaluation {
  /** Rules that need approval whatever is left. */
  readonly required: readonly ApprovalRule[];
  /** Budgets that must hold the order; the rule of one that cannot needs approval. */
  readonly charges: readonly BudgetCharge[];
}

/**
 * Evaluates a company's active rules for an order. An amount in another currency than the order's cannot be compared: it counts as
 * reached, and a budget as exceeded, so that nobody gets around a rule by paying in another currency.
 */
export function evaluateRules(
  order: OrderToApprove,
  rules: readonly ApprovalRule[],
  { now, timeZone }: { readonly now: Date; readonly timeZone: string },
): Evaluation {
  const required: ApprovalRule[] = [];
  const charges: BudgetCharge[] = [];
  const today = localDate(now, timeZone);
  for (const rule of rules) {
    if (!applies(order, rule)) continue;
    const { budget } = rule.definition;
    if (budget === null || budget.amount.currency !== order.total.currency) {
      required.push(rule);
      continue;
    }
    const amount = countedAmount(order, rule.definition.categories);
    // Nothing is nobody's expense: a hold of zero cannot be placed either.
    if (amount.minorUnits <= 0) continue;
    const { scope, period } = budget;
    const subject = subjectOf(order, scope);
    charges.push({ rule, budget, subject, period, startsOn: periodStart(today, period), amount });
  }
  return { required, charges };
}

function applies(order: OrderToApprove, { isActive, companyId, companyLocationId, definition }: ApprovalRule): boolean {
  if (!isActive || companyId !== order.companyId) return false;
  if (companyLocationId !== null && companyLocationId !== order.companyLocationId) return false;
  const { totalAtLeast, categories } = definition;
  if (totalAtLeast !== null && totalAtLeast.currency === order.total.currency)
    if (order.total.minorUnits < totalAtLeast.minorUnits) return false;
  return (
    categories.length === 0 || order.lines.some(({ category }) => category !== null && categories.includes(category))
  );
}

function countedAmount({ total, lines }: OrderToApprove, categories: readonly string[]): Money {
  if (categories.length === 0) return total;
  let minorUnits = 0;
  for (const line of lines)
    if (line.category !== null && categories.includes(line.category)) minorUnits += line.total.minorUnits;
  return { minorUnits, currency: total.currency };
}

function subjectOf(order: OrderToApprove, scope: Budget['scope']): string {
  switch (scope) {
    case 'MEMBER':
      return order.customerId;
    case 'ROLE':
      return order.role;
    // Who has chosen no location shares one budget with all others who have not.
    case 'LOCATION':
      return order.companyLocationId ?? 'NONE';
    case 'COMPANY':
      return order.companyId;
  }
}

/** An approval that an order needs: `count` different people of those who may. */
export interface NeededApproval {
  readonly level: number;
  /** The rules that ask for it, in order. */
  readonly ruleCodes: string[];
  /** Who may give it, in order of id; never who orders. */
  readonly approverCustomerIds: string[];
  readonly count: number;
}

/**
 * The approvals that rules ask for, in order of level. Rules that ask the same people at the same level ask once, for as many as the
 * stricter one wants.
 * @param approvers the members of the company now: who has left approves nothing, and nobody approves the own order.
 */
export function neededApprovals(
  buyerId: string,
  rules: readonly ApprovalRule[],
  approvers: readonly Approver[],
): NeededApproval[] {
  const needed = new Map<string, NeededApproval>();
  for (const rule of rules)
    for (const tier of rule.definition.tiers) {
      const people = approversOf(tier, buyerId, approvers);
      const key = `${tier.level}:${people.join(',')}`;
      const known = needed.get(key);
      const codes = new Set([...(known?.ruleCodes ?? []), rule.code]);
      needed.set(key, {
        level: tier.level,
        ruleCodes: [...codes].sort(),
        approverCustomerIds: people,
        count: Math.max(known?.count ?? 0, tier.count),
      });
    }
  return [...needed.values()].sort(
    (one, other) => one.level - other.level || (one.ruleCodes[0]! < other.ruleCodes[0]! ? -1 : 1),
  );
}

function approversOf(tier: ApprovalTier, buyerId: string, approvers: readonly Approver[]): string[] {
  const may = ({ customerId, role }: Approver) =>
    tier.role === null ? tier.customerIds.includes(customerId) : role === tier.role || role === 'ADMIN';
  return approvers
    .filter((approver) => approver.customerId !== buyerId && may(approver))
    .map((approver) => approver.customerId)
    .sort();
}

/** Whether the people who approved are enough for every approval that is needed. Who is named twice counts once. */
export function isApproved(needed: readonly NeededApproval[], approvedBy: readonly string[]): boolean {
  const gave = new Set(approvedBy);
  return needed.every(
    ({ approverCustomerIds, count }) =>
      approverCustomerIds.filter((customerId) => gave.has(customerId)).length >= count,
  );
}
