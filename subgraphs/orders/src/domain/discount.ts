/** On what a discount is. */
export type DiscountClass = 'PRODUCT' | 'ORDER' | 'SHIPPING';

/** A line's part of a discount, as an order keeps it. */
export interface LineDiscount {
  readonly promotionId: string;
  /** Names the promotion among staff. */
  readonly promotionCode: string;
  /** What shoppers read. */
  readonly name: string;
  /** With tax, 0 or more. */
  readonly grossMinor: number;
}

/** What a promotion gave in all, as an order keeps it. */
export interface AppliedDiscount extends LineDiscount {
  /** The code that it was used by. */
  readonly code: string | null;
  readonly class: DiscountClass;
}

/** The class by its name. One that is not known yet is of the order: it is on more than certain goods. */
export const discountClass = (name: string): DiscountClass =>
  name === 'PRODUCT' || name === 'SHIPPING' ? name : 'ORDER';

/** What a line lost to discounts, with tax, in minor units. */
export const sumOfDiscounts = (discounts: readonly LineDiscount[]): number =>
  discounts.reduce((sum, { grossMinor }) => sum + grossMinor, 0);
