import { isId } from '@kontor/kit/src/ids.ts';
import type { Sql } from 'postgres';
import type { Buyer } from '../../domain/pricing-context.ts';
import type { BuyerStanding } from '../../domain/quote/price-cart.ts';
import type { CodeStanding } from '../../domain/quote/quote-codes.ts';

/** Whose codes and limits are asked for. */
export interface StandingQuery {
  /** Upper case. */
  readonly codes: readonly string[];
  readonly buyer: Buyer;
  /** Whose limits count when nobody is signed in; null when nobody's do. */
  readonly guestKey: string | null;
}

interface Row {
  readonly codes: [code: string, promotionId: string, isUsedUp: boolean, isLimited: boolean][] | null;
  readonly usedUp: string[] | null;
  readonly orderCount: number | null;
}

/** By whom uses are counted: the customer, else whoever a guest says to be; null counts nobody's. */
export const customerKeyOf = (customerId: string | null, guestKey: string | null): string | null =>
  customerId !== null ? `customer:${customerId.toLowerCase()}` : guestKey !== null ? `guest:${guestKey}` : null;

/** What is kept of codes and of a buyer, in one statement. Codes that there are none of, or not any more, are left out. */
export async function findStanding(sql: Sql, { codes, buyer, guestKey }: StandingQuery): Promise<BuyerStanding> {
  const customerId = buyer.customerId !== null && isId(buyer.customerId) ? buyer.customerId : null;
  const customerKey = customerKeyOf(customerId, guestKey);
  const [row] = await sql<Row[]>`
    select
      (select jsonb_agg(jsonb_build_array(c.code, c.promotion_id, coalesce(c.uses_held + c.uses_confirmed >= c.max_uses, false),
          coalesce(u.use_count >= c.max_uses_per_customer, false)))
        from prices.promotion_codes c
        left join prices.promotion_uses u on u.promotion_id = c.promotion_id and u.code = c.code and u.customer_key = ${customerKey}::text
        where c.code in (select jsonb_array_elements_text(${JSON.stringify(codes)}::text::jsonb)) and not c.is_disabled) as codes,
      (select jsonb_agg(u.promotion_id) from prices.promotion_uses u join prices.promotions p using (promotion_id)
        where u.customer_key = ${customerKey}::text and u.code = '' and u.use_count >= p.max_uses_per_customer) as "usedUp",
      (select b.order_count from prices.buyers b where b.customer_id = ${customerId}::uuid) as "orderCount"`;
  const standings = (row?.codes ?? []).map(([code, promotionId, isUsedUp, isLimited]): [string, CodeStanding] => [
    code,
    isUsedUp ? { refusal: 'CODE_USED_UP' } : isLimited ? { refusal: 'CODE_LIMITED' } : { promotionId },
  ]);
  return {
    codes: new Map(standings),
    usedUpByCustomer: new Set(row?.usedUp ?? []),
    orderCount: customerId === null ? null : (row?.orderCount ?? 0),
  };
}
