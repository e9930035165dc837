import type { VariantFacts } from '../facts.ts';
import type { PreciseAmount } from '../precise-amount.ts';
import type { PricingContext } from '../pricing-context.ts';
import type { Promotion, PromotionClass, Refusal } from './promotion.ts';

/** A variant of the cart, its lines merged, with the price that a list gives it. */
export interface PromotionLine {
  readonly variantId: string;
  readonly quantity: number;
  readonly unit: PreciseAmount;
  /** Whether the unit is gross. */
  readonly taxIncluded: boolean;
  readonly taxBasisPoints: number;
  readonly facts: VariantFacts | null;
}

/** What promotions are tried on. */
export interface PromotionCart {
  readonly context: PricingContext;
  /** Of different variants, in the order of their ids. */
  readonly lines: readonly PromotionLine[];
  /** Codes that were entered and may be used, upper case, with the promotion of each. */
  readonly codes: ReadonlyMap<string, { readonly promotionId: string }>;
  /** Limited promotions that this customer may not use any more. */
  readonly usedUpByCustomer: ReadonlySet<string>;
  /** How many orders the customer placed; null for nobody signed in. */
  readonly orderCount: number | null;
  /** The shipping that is chosen, before promotions; null when none is. */
  readonly shipping: { readonly optionCode: string; readonly amountMinor: number } | null;
}

/** A part of a discount on one variant. */
export interface LineDiscount {
  readonly promotionId: string;
  /** In the tax mode of the line's result; positive. */
  readonly amountMinor: number;
  readonly class: PromotionClass;
}

/** What a variant of the cart costs in the end. */
export interface DiscountedLine {
  readonly variantId: string;
  readonly quantity: number;
  /** One unit after PERCENT and AMOUNT promotions: what product pages show. */
  readonly unit: PreciseAmount;
  /** All units after all discounts; never negative. */
  readonly totalMinor: number;
  /** unit of the list × quantity, in the mode of `totalMinor`: total + discounts = base, to the minor unit. */
  readonly baseMinor: number;
  /** The mode of the amounts: the line's own, or gross where an order discount is spread over a cart of both modes. */
  readonly taxIncluded: boolean;
  readonly discounts: readonly LineDiscount[];
}

export interface AppliedPromotion {
  readonly promotion: Promotion;
  readonly class: PromotionClass;
  /** The code that it was used by. */
  readonly code: string | null;
  /** All that it gave, shipping included, in minor units. */
  readonly amountMinor: number;
}

/** What became of a promotion that was tried; one for each promotion and cart, in the order of trial. */
export interface PromotionTrial {
  readonly promotion: Promotion;
  readonly applied: boolean;
  readonly amountMinor: number;
  /** Why not; null when applied. */
  readonly refusal: Refusal | null;
  /** The promotion that it does not combine with. */
  readonly rival: string | null;
}

export interface Gift {
  readonly promotionId: string;
  readonly variantId: string;
  /** So many are free in all. */
  readonly quantity: number;
  /** So many of them are in the cart. */
  readonly inCart: number;
}

export interface PromotionOutcome {
  /** Aligned with the cart's. */
  readonly lines: readonly DiscountedLine[];
  readonly applied: readonly AppliedPromotion[];
  /** Off shipping, at most its price. */
  readonly shippingDiscounts: readonly LineDiscount[];
  readonly gifts: readonly Gift[];
  readonly trials: readonly PromotionTrial[];
}
