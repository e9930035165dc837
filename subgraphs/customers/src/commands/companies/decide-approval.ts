import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import type { Money } from '@kontor/kit/src/money.ts';
import { findApprovers, findBuyer, listRules, type Buyer } from '../../data/companies/approval-rules.ts';
import { findSurvivors } from '../../data/companies/members.ts';
import { chargeBudgets } from '../../data/companies/budgets.ts';
import { APPROVAL_LIMITS, type ApprovalRule } from '../../domain/companies/approval-rule.ts';
import {
  evaluateRules,
  isApproved,
  neededApprovals,
  type NeededApproval,
  type OrderToApprove,
} from '../../domain/companies/evaluate-approval.ts';
import { readHold } from './read-hold.ts';
import { orRefused, RefusedChange } from './refused-change.ts';

const MAX_LINES = 500;
const MAX_APPROVED_BY = 100;

/** An order that a member wants to place. */
export interface ApprovalRequest {
  readonly key: string;
  readonly customerId: string;
  readonly total: Money;
  readonly lines: readonly { readonly category?: string | null | undefined; readonly total: Money }[];
  /** Who agreed to it, as far as orders knows. */
  readonly approvedBy?: readonly string[] | null | undefined;
  readonly ttlSeconds: number;
}

/** Whether an order may be placed. */
export interface ApprovalDecision {
  readonly required: boolean;
  /** In order of level; empty when nobody has to agree, and when nobody can. */
  readonly tiers: NeededApproval[];
  /** Why nobody can agree to it; null when it is not so. */
  readonly refusedReason: 'BLOCKED' | 'KEY_REUSED' | null;
}

const PASSED: ApprovalDecision = { required: false, tiers: [], refusedReason: null };
const refused = (refusedReason: 'BLOCKED' | 'KEY_REUSED'): ApprovalDecision => ({
  required: true,
  tiers: [],
  refusedReason,
});

/**
 * Decides whether the company of a buyer lets an order through, by the rules that are active now, and holds the budgets that it counts
 * against; all of them or, where somebody has to agree first, none. With enough people of each tier in `approvedBy` it goes through: a
 * budget that it exceeds is not charged then, since who approved decided about it apart. Who buys for no company passes.
 * Repeating it under the key answers the same as long as nothing has changed.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function decideApproval(db: Database, request: ApprovalRequest): Promise<ApprovalDecision> {
  const hold = readHold(request.key, request.total, request.ttlSeconds, 'total');
  const { customerId, total, lines } = request;
  if (!isId(customerId)) return PASSED;
  if (lines.length > MAX_LINES) throw badInput(`An order has at most ${MAX_LINES} lines.`, ['input', 'lines']);
  if (lines.some((line) => line.total.currency !== total.currency))
    throw badInput('All amounts of an order have one currency.', ['input', 'lines']);
  const approvedBy = (request.approvedBy ?? []).filter(isId);
  if (approvedBy.length > MAX_APPROVED_BY)
    throw badInput(`At most ${MAX_APPROVED_BY} people approve an order.`, ['input', 'approvedBy']);

  const buyer = await findBuyer(db.orm, customerId);
  if (!buyer) return PASSED;
  if (buyer.isBlocked) return refused('BLOCKED');
  const rules = await listRules(db.orm, buyer.companyId, {
    after: null,
    limit: APPROVAL_LIMITS.rules,
    activeOnly: true,
  });
  if (rules.length === 0) return PASSED;
  const order = {
    ...buyer,
    total,
    lines: lines.map((line) => ({ category: line.category ?? null, total: line.total })),
  };
  return orRefused(inTransaction(db, (tx) => decide(tx, { hold, buyer, rules, order, approvedBy })));
}

interface Deciding {
  readonly hold: { readonly key: string; readonly ttlS: number };
  readonly buyer: Buyer;
  readonly rules: readonly ApprovalRule[];
  readonly order: OrderToApprove;
  readonly approvedBy: readonly string[];
}

/** @throws RefusedChange with the decision when somebody has to agree: what was held meanwhile is undone with it. */
async function decide(tx: Tx, { hold, buyer, rules, order, approvedBy }: Deciding): Promise<ApprovalDecision> {
  const { required, charges } = evaluateRules(order, rules, {
    now: new Date(buyer.now),
    timeZone: buyer.timeZone,
  });
  const charged = await chargeBudgets(tx, hold, charges);
  if (charged.some(({ status }) => status === 'KEY_REUSED')) throw new RefusedChange(refused('KEY_REUSED'));
  const exceeded = charged.flatMap(({ charge, status }) => (status === 'INSUFFICIENT' ? [charge.rule] : []));
  const asking = [...required, ...exceeded];
  if (asking.length === 0) return PASSED;
  const named = asking.flatMap(({ definition }) => definition.tiers.flatMap(({ customerIds }) => customerIds));
  const tiers = neededApprovals(buyer.customerId, asking, await findApprovers(tx, buyer.companyId, named));
  if (isApproved(tiers, await findSurvivors(tx, approvedBy))) return PASSED;
  throw new RefusedChange<ApprovalDecision>({ required: true, tiers, refusedReason: null });
}
