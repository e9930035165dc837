import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { Promotion, Refusal } from '../../domain/promotions/promotion.ts';

/** What an order takes of one promotion. */
export interface PromotionTake {
  readonly promotionId: string;
  /** The code that it came by; null without. */
  readonly code: string | null;
  /** What it takes of a budget, in minor units. */
  readonly amountMinor: number;
}

/** Something that an order wanted is used up. */
export interface Unavailable {
  readonly promotionId: string;
  readonly code: string | null;
  readonly reason: Refusal;
}

/** By how much counters move: what is held, and what is used for good. */
export interface CounterStep {
  readonly held: -1 | 0 | 1;
  readonly confirmed: 0 | 1;
}

interface LockedPromotion extends Record<string, unknown> {
  readonly id: string;
  readonly kind: Promotion['effect']['kind'];
  readonly needsCode: boolean;
  readonly effect: Promotion['effect'];
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
  readonly budgetMinor: string | null;
  readonly uses: number;
  readonly budgetUsed: string;
}

interface LockedCode extends Record<string, unknown> {
  readonly code: string;
  readonly promotionId: string;
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
  readonly uses: number;
  readonly isDisabled: boolean;
}

const jsonIds = (ids: readonly string[]) =>
  sql`(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`;

/** Promotions by id, and then their codes by code, locked until the transaction ends: whoever counts uses takes them in this order. */
async function lockTaken(
  tx: Tx,
  takes: readonly PromotionTake[],
): Promise<{ promotions: Map<string, LockedPromotion>; codes: Map<string, LockedCode> }> {
  const promotions = await tx.execute<LockedPromotion>(sql`
    select promotion_id as id, kind, needs_code as "needsCode", definition -> 'effect' as effect, max_uses as "maxUses",
      max_uses_per_customer as "maxUsesPerCustomer", budget_minor as "budgetMinor", uses_held + uses_confirmed as uses,
      budget_held + budget_spent as "budgetUsed"
    from prices.promotions where promotion_id in ${jsonIds(takes.map(({ promotionId }) => promotionId))}
    order by promotion_id for no key update`);
  const entered = takes.flatMap(({ code }) => code ?? []);
  const codes = await tx.execute<LockedCode>(sql`
    select code, promotion_id as "promotionId", max_uses as "maxUses", max_uses_per_customer as "maxUsesPerCustomer",
      uses_held + uses_confirmed as uses, is_disabled as "isDisabled"
    from prices.promotion_codes where code in (select jsonb_array_elements_text(${JSON.stringify(entered)}::jsonb))
    order by code for no key update`);
  return {
    promotions: new Map(promotions.map((each) => [each.id, each])),
    codes: new Map(codes.map((each) => [each.code, each])),
  };
}

/** Promotions whose uses or budget came to their end by a change, or are no longer at it. */
export interface Exhaustion {
  readonly kind: Promotion['effect']['kind'];
  readonly needsCode: boolean;
  readonly effect: Promotion['effect'];
}

const isExhausted = ({ maxUses, budgetMinor }: LockedPromotion, uses: number, budgetUsed: number): boolean =>
  (maxUses !== null && uses >= maxUses) || (budgetMinor !== null && budgetUsed >= Number(budgetMinor));

/**
 * Moves the counters of what an order takes.
 * @param isLimited whether limits are kept: what has been promised and paid is counted whatever they say.
 * @returns what is used up, and then nothing was moved and the transaction has to end; else whose end was reached or left.
 */
export async function countTakes(
  tx: Tx,
  takes: readonly PromotionTake[],
  { customerKey, step, isLimited }: { customerKey: string | null; step: CounterStep; isLimited: boolean },
): Promise<{ readonly unavailable: Unavailable } | { readonly turned: readonly Exhaustion[] }> {
  const { promotions, codes } = await lockTaken(tx, takes);
  if (isLimited) {
    for (const take of takes) {
      const reason = reasonOf(
        take,
        promotions.get(take.promotionId),
        take.code === null ? null : codes.get(take.code),
        customerKey,
      );
      if (reason) return { unavailable: { promotionId: take.promotionId, code: take.code, reason } };
    }
  }
  const known = takes.filter(({ promotionId }) => promotions.has(promotionId));
  const unavailable = await countUses(tx, known, promotions, codes, customerKey, step.held + step.confirmed, isLimited);
  if (unavailable) return { unavailable };
  const moved = known.map(({ promotionId, code, amountMinor }) => ({ id: promotionId, code, amount: amountMinor }));
  await tx.execute(sql`
    update prices.promotions p set uses_held = greatest(0, p.uses_held + ${step.held}::integer), uses_confirmed = p.uses_confirmed + ${step.confirmed}::integer,
      budget_held = greatest(0, p.budget_held + ${step.held}::integer * t.amount), budget_spent = p.budget_spent + ${step.confirmed}::integer * t.amount
    from jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) as t(id uuid, amount bigint) where p.promotion_id = t.id`);
  await tx.execute(sql`
    update prices.promotion_codes c set uses_held = greatest(0, c.uses_held + ${step.held}::integer), uses_confirmed = c.uses_confirmed + ${step.confirmed}::integer
    from jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) as t(code text) where c.code = t.code`);
  const change = step.held + step.confirmed;
  const turned = known.flatMap(({ promotionId, amountMinor }) => {
    const promotion = promotions.get(promotionId)!;
    const before = isExhausted(promotion, promotion.uses, Number(promotion.budgetUsed));
    const after = isExhausted(promotion, promotion.uses + change, Number(promotion.budgetUsed) + change * amountMinor);
    const { kind, needsCode, effect } = promotion;
    return before === after ? [] : [{ kind, needsCode, effect }];
  });
  return { turned };
}

function reasonOf(
  { code, amountMinor }: PromotionTake,
  promotion: LockedPromotion | undefined,
  kept: LockedCode | null | undefined,
  customerKey: string | null,
): Refusal | null {
  if (!promotion) return 'NOT_ACTIVE';
  if (code !== null && (!kept || kept.isDisabled || kept.promotionId !== promotion.id)) return 'CODE_UNKNOWN';
  if (kept && kept.maxUses !== null && kept.uses >= kept.maxUses) return 'CODE_USED_UP';
  if (promotion.maxUses !== null && promotion.uses >= promotion.maxUses) return 'LIMIT_REACHED';
  if (promotion.budgetMinor !== null && Number(promotion.budgetUsed) + amountMinor > Number(promotion.budgetMinor))
    return 'BUDGET_SPENT';
  const isCounted = promotion.maxUsesPerCustomer !== null || (kept?.maxUsesPerCustomer ?? null) !== null;
  return isCounted && customerKey === null ? 'SIGN_IN_NEEDED' : null;
}

/** Counts the uses of a customer, in the order of promotion and code. @returns the first that the customer may not use any more. */
async function countUses(
  tx: Tx,
  takes: readonly PromotionTake[],
  promotions: ReadonlyMap<string, LockedPromotion>,
  codes: ReadonlyMap<string, LockedCode>,
  customerKey: string | null,
  change: number,
  isLimited: boolean,
): Promise<Unavailable | null> {
  if (customerKey === null || change === 0) return null;
  const counted = takes.flatMap(({ promotionId, code }) => [
    { promotionId, code: '', limit: promotions.get(promotionId)!.maxUsesPerCustomer },
    ...(code === null ? [] : [{ promotionId, code, limit: codes.get(code)?.maxUsesPerCustomer ?? null }]),
  ]);
  counted.sort((a, b) => (a.promotionId + a.code < b.promotionId + b.code ? -1 : 1));
  for (const { promotionId, code, limit } of counted) {
    const rows = await tx.execute(sql`
      insert into prices.promotion_uses as u (promotion_id, code, customer_key, use_count)
      values (${promotionId}::uuid, ${code}, ${customerKey}, greatest(0, ${change}::integer))
      on conflict on constraint promotion_uses_pkey do update set use_count = greatest(0, u.use_count + ${change}::integer)
      where ${change}::integer < 0 or not ${isLimited}::boolean or ${limit}::integer is null or u.use_count < ${limit}::integer
      returning 1`);
    if (rows.length === 0)
      return { promotionId, code: code === '' ? null : code, reason: code === '' ? 'CUSTOMER_LIMIT' : 'CODE_LIMITED' };
  }
  return null;
}
