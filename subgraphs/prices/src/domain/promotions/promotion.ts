import type { Span } from '../lists/price-list.ts';

/** Which goods a promotion means: those that are in one of the lists (any of them) and in none of `exclude`. All empty means every good. */
export interface GoodsTarget {
  readonly variantIds: readonly string[];
  readonly productIds: readonly string[];
  /** With everything below them. */
  readonly categoryIds: readonly string[];
  /** As `VariantFacts.labels`. */
  readonly labels: readonly string[];
  readonly exclude: {
    readonly variantIds: readonly string[];
    readonly productIds: readonly string[];
    readonly categoryIds: readonly string[];
    readonly labels: readonly string[];
  };
}

/** An amount for each currency in which the promotion is given; in the tax mode of the price list it is taken from. */
export type AmountByCurrency = Readonly<Record<string, number>>;

/** What it gives. */
export type PromotionEffect =
  /** Off the unit price of each matching line, rounded half-even to the minor unit (precise prices stay precise). */
  | { readonly kind: 'PERCENT'; readonly target: GoodsTarget; readonly basisPoints: number }
  | { readonly kind: 'AMOUNT'; readonly target: GoodsTarget; readonly off: AmountByCurrency }
  /** For every `buyQuantity` of `buy`, `getQuantity` of `get` at this much off, the cheapest first; a unit is bought or got, not both. */
  | {
      readonly kind: 'BUY_GET';
      readonly buy: GoodsTarget;
      readonly buyQuantity: number;
      readonly get: GoodsTarget;
      readonly getQuantity: number;
      readonly basisPoints: number;
      /** How often in one cart; null without end. */
      readonly maxTimes: number | null;
    }
  /** Complete sets of the parts for one price. */
  | {
      readonly kind: 'BUNDLE';
      readonly parts: readonly { readonly target: GoodsTarget; readonly quantity: number }[];
      readonly price: AmountByCurrency;
      readonly maxTimes: number | null;
    }
  /** So many of a variant free once they are in the cart; offered by the quote until they are. */
  | { readonly kind: 'GIFT'; readonly variantId: string; readonly quantity: number }
  /** Off all matching lines together, spread over them by largest remainder. */
  | { readonly kind: 'CART_PERCENT'; readonly target: GoodsTarget; readonly basisPoints: number }
  | { readonly kind: 'CART_AMOUNT'; readonly target: GoodsTarget; readonly off: AmountByCurrency }
  /** Shipping costs nothing; with option codes only these. */
  | { readonly kind: 'FREE_SHIPPING'; readonly optionCodes: readonly string[] };

/** On what it works; two promotions combine when each names the other's class. */
export type PromotionClass = 'PRODUCT' | 'ORDER' | 'SHIPPING';

/** When it applies; everything that is said must hold. Empty lists and nulls say nothing. */
export interface PromotionConditions {
  readonly channels: readonly string[];
  readonly groups: readonly string[];
  readonly companyIds: readonly string[];
  readonly countries: readonly string[];
  /** So many units of matching goods in the cart. */
  readonly minQuantity: number | null;
  /** What `minQuantity` and `minSubtotal` count; every good when absent. */
  readonly counting: GoodsTarget | null;
  /** What the counted lines cost now, after what is applied already, in the tax mode of the cart. */
  readonly minSubtotal: AmountByCurrency | null;
  /** Only a signed-in customer who has never ordered. */
  readonly firstOrder: boolean;
  /** 1 Monday to 7 Sunday, in `timeZone`. */
  readonly daysOfWeek: readonly number[];
  /** Minutes after midnight, from inclusive, until exclusive; past midnight when until is not above from. Both or none. */
  readonly fromMinute: number | null;
  readonly untilMinute: number | null;
  /** An IANA zone. */
  readonly timeZone: string;
}

/** A promotion as it is kept and cached. */
export interface Promotion {
  readonly id: string;
  readonly code: string;
  /** What shoppers read. */
  readonly name: string;
  readonly version: number;
  /** Higher first, −1000 to 1000. */
  readonly priority: number;
  readonly combinesWith: readonly PromotionClass[];
  readonly effect: PromotionEffect;
  readonly conditions: PromotionConditions;
  /** Null for a draft. */
  readonly activity: Span | null;
  readonly validity: Span | null;
  /** Only with one of its codes. */
  readonly needsCode: boolean;
  readonly limits: PromotionLimits;
  /** Whether its uses or its budget are held or used up: it does not apply meanwhile. */
  readonly isExhausted: boolean;
}

export interface PromotionLimits {
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
  /** Of the discounts given, in minor units. A promotion with a budget applies in its currency only. */
  readonly budget: { readonly minor: number; readonly currency: string } | null;
}

/** Why a promotion, or a code, gives nothing. */
export type Refusal =
  | 'NOT_ACTIVE'
  | 'OUTSIDE_WINDOW'
  | 'OUTSIDE_HOURS'
  | 'OTHER_CHANNEL'
  | 'OTHER_GROUP'
  | 'OTHER_COMPANY'
  | 'OTHER_COUNTRY'
  | 'OTHER_CURRENCY'
  | 'NO_CODE'
  | 'CODE_UNKNOWN'
  | 'CODE_USED_UP'
  | 'CODE_LIMITED'
  | 'LIMIT_REACHED'
  | 'BUDGET_SPENT'
  | 'CUSTOMER_LIMIT'
  | 'SIGN_IN_NEEDED'
  | 'NOT_FIRST_ORDER'
  | 'BELOW_SUBTOTAL'
  | 'TOO_FEW'
  | 'NO_MATCHING_LINE'
  | 'NOT_COMBINABLE'
  | 'NO_EFFECT';
