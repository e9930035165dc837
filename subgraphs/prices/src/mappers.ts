import type { CountedPromotion } from './data/promotions/promotions.ts';
import type { ExplainedCandidate } from './domain/explain/explain-candidates.ts';
import type { PricePeriod } from './domain/explain/price-periods.ts';
import type { PriceList } from './domain/lists/price-list.ts';
import type { ShippingOption } from './domain/shipping/shipping-option.ts';
import type { KeptTaxRate } from './domain/taxes/decide-tax-rates.ts';
import type { PromotionTrial } from './domain/promotions/promotion-cart.ts';
import type { UnitPrice } from './domain/unit-price.ts';
import type { DerivationOfList, PriceOfList } from './resolvers/lists.ts';
import type { PriceExplanation } from './explain/explain-price.ts';
import type { SimulatedCart } from './explain/simulate-price.ts';

/** A variant is its key alone: prices needs no more of it. */
export interface ProductVariantMapper {
  readonly id: string;
}

/** A product, with the variants that the catalogue names where a field requires them. */
export interface ProductMapper {
  readonly id: string;
  readonly variants: readonly ProductVariantMapper[];
}

export type PriceListMapper = PriceList;
export type VariantPriceMapper = UnitPrice;
export type TaxRateMapper = KeptTaxRate;
export type ShippingOptionMapper = ShippingOption;
export type PriceExplanationMapper = PriceExplanation;
export type PriceCandidateMapper = ExplainedCandidate;
export type PromotionTrialMapper = PromotionTrial;
export type PricePeriodMapper = PricePeriod<UnitPrice>;
export type SimulatedCartMapper = SimulatedCart;
export type PriceDerivationMapper = DerivationOfList;
export type ListPriceMapper = PriceOfList;
export type PromotionMapper = CountedPromotion;
