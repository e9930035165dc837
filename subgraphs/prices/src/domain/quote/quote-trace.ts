import type { TaxedMoney } from '@kontor/kit/src/money.ts';
import type { PromotionTrial } from '../promotions/promotion-cart.ts';
import type { RatedOption } from '../shipping/rate-shipping.ts';
import type { TaxRounding } from '../taxes/tax-provider.ts';
import type { SelectedLine } from './select-lines.ts';

/** What was done to price a cart, step by step and in order; for those who explain prices. */
export type QuoteStep =
  /** A list won for all units of a variant. */
  | { readonly rule: 'SELECTED'; readonly line: SelectedLine }
  | { readonly rule: 'UNPRICED'; readonly variantId: string; readonly quantity: number }
  | { readonly rule: 'PROMOTION'; readonly trial: PromotionTrial }
  | {
      readonly rule: 'TAXED';
      readonly variantId: string;
      readonly amountMinor: number;
      readonly taxIncluded: boolean;
      readonly basisPoints: number;
      readonly rounding: TaxRounding;
      readonly isExempt: boolean;
      /** Whether it is still so many units at one price. */
      readonly isWhole: boolean;
      readonly taxed: TaxedMoney;
    }
  | { readonly rule: 'SHIPPING'; readonly offered: readonly RatedOption[]; readonly chosenCode: string | null };
