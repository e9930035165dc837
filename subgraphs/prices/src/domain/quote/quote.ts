import type { Money, TaxedMoney } from '@kontor/kit/src/money.ts';
import type { PromotionClass, Refusal } from '../promotions/promotion.ts';

/** A line of a cart. */
export interface CartLine {
  readonly lineId: string;
  readonly variantId: string;
  readonly quantity: number;
}

/** A variant of a cart, its lines merged, with all that it costs: what a token promises. */
export interface QuotedVariant {
  readonly variantId: string;
  readonly quantity: number;
  readonly unit: TaxedMoney;
  readonly listUnit: TaxedMoney;
  readonly listTotal: TaxedMoney;
  readonly total: TaxedMoney;
  readonly discounts: readonly { readonly promotionId: string; readonly grossMinor: number }[];
  readonly taxRateBasisPoints: number;
  readonly priceListCode: string;
  readonly tierMinQuantity: number;
}

/** A promotion of a quote, with what holding it needs. */
export interface QuotedPromotion {
  readonly promotionId: string;
  readonly promotionCode: string;
  readonly version: number;
  readonly name: string;
  readonly code: string | null;
  readonly class: PromotionClass;
  readonly grossMinor: number;
  /** What it takes of a budget: as it was computed, in the mode of its lines. */
  readonly amountMinor: number;
  /** Whether it has limits or a budget, or came by a code: then it has to be held. */
  readonly isLimited: boolean;
}

export interface QuotedCode {
  /** As it was entered. */
  readonly code: string;
  readonly status: 'APPLIED' | Refusal;
}

export interface QuotedShipping {
  readonly optionCode: string;
  readonly name: string;
  readonly listTotal: TaxedMoney;
  readonly total: TaxedMoney;
  readonly taxRateBasisPoints: number;
}

/** The price of a cart by variant; lines are split off it, and a token carries it. */
export interface CartQuote {
  readonly variants: readonly QuotedVariant[];
  /** Variants that no list prices. */
  readonly unpriced: readonly string[];
  readonly promotions: readonly QuotedPromotion[];
  readonly codes: readonly QuotedCode[];
  readonly shipping: QuotedShipping | null;
  readonly shippingOptions: readonly { readonly code: string; readonly name: string; readonly total: TaxedMoney }[];
  readonly shippingFault: string | null;
  readonly gifts: readonly {
    readonly promotionId: string;
    readonly name: string;
    readonly variantId: string;
    readonly quantity: number;
    readonly inCart: number;
  }[];
  readonly listTotal: TaxedMoney;
  readonly goodsTotal: TaxedMoney;
  readonly total: TaxedMoney;
}

/** What a given token promised, and whether it still counts. */
export interface GivenQuote {
  readonly status: 'HONOURED' | 'EXPIRED' | 'OTHER_CART' | 'FORGED';
  readonly total: Money | null;
  readonly lines: readonly { readonly variantId: string; readonly quantity: number; readonly total: Money }[];
}
