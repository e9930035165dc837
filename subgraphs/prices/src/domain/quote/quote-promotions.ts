import type { PromotionOutcome } from '../promotions/promotion-cart.ts';
import type { Promotion } from '../promotions/promotion.ts';
import type { CartQuote, QuotedPromotion, QuotedVariant } from './quote.ts';

/**
 * The promotions that gave something, in the order in which they were applied, with what holding them needs.
 * @param shippingDiscounts what was given off shipping, gross.
 */
export function quotePromotions(
  outcome: PromotionOutcome,
  variants: readonly QuotedVariant[],
  shippingDiscounts: QuotedVariant['discounts'],
): QuotedPromotion[] {
  const gross = new Map<string, number>();
  const add = ({ promotionId, grossMinor }: QuotedVariant['discounts'][number]) =>
    gross.set(promotionId, (gross.get(promotionId) ?? 0) + grossMinor);
  for (const { discounts } of variants) for (const discount of discounts) add(discount);
  for (const discount of shippingDiscounts) add(discount);

  return outcome.applied
    .filter(({ amountMinor }) => amountMinor > 0)
    .map(({ promotion, class: on, code, amountMinor }) => ({
      promotionId: promotion.id,
      promotionCode: promotion.code,
      version: promotion.version,
      name: promotion.name,
      code,
      class: on,
      grossMinor: gross.get(promotion.id) ?? 0,
      amountMinor,
      isLimited: code !== null || hasLimits(promotion),
    }));
}

const hasLimits = ({ limits }: Promotion): boolean =>
  limits.maxUses !== null || limits.maxUsesPerCustomer !== null || limits.budget !== null;

/** What is free once it is in the cart, with the names of the promotions that give it. */
export function quoteGifts({ gifts, applied, trials }: PromotionOutcome): CartQuote['gifts'] {
  return gifts.map((gift) => {
    const given = [...applied, ...trials].find(({ promotion }) => promotion.id === gift.promotionId);
    return { ...gift, name: given?.promotion.name ?? '' };
  });
}
