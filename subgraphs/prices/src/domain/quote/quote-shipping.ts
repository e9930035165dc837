import { sumTaxed, type TaxedMoney } from '@kontor/kit/src/money.ts';
import { wholeMinor } from '../amounts/precise.ts';
import { applyPromotions } from '../promotions/apply-promotions.ts';
import type { CompiledPromotions } from '../promotions/compile-promotions.ts';
import type { Promotion } from '../promotions/promotion.ts';
import type { PromotionCart, PromotionOutcome, PromotionTrial } from '../promotions/promotion-cart.ts';
import { rateShipping, type RatedOption } from '../shipping/rate-shipping.ts';
import type { ShippingOption } from '../shipping/shipping-option.ts';
import { taxLine } from '../taxes/tax-line.ts';
import { discountShares } from './discount-shares.ts';
import type { QuoteStep } from './quote-trace.ts';
import type { CartQuote, QuotedShipping, QuotedVariant } from './quote.ts';
import type { Taxing } from './quote-variants.ts';

/** What shipping depends on. */
export interface Sending extends Taxing {
  readonly engine: {
    readonly promotions: CompiledPromotions;
    readonly shippingOptions: readonly ShippingOption[];
  };
  readonly postalCode: string | null;
  readonly shippingOptionCode: string | null;
  readonly isPickup: boolean;
}

export interface QuotedSending {
  /** What promotions give with the shipping that was chosen. */
  readonly outcome: PromotionOutcome;
  readonly shipping: QuotedShipping | null;
  /** What each promotion gave off it, gross. */
  readonly discounts: QuotedVariant['discounts'];
  readonly options: CartQuote['shippingOptions'];
  readonly fault: string | null;
}

/**
 * Rates the ways of sending a cart, and chooses: the option that was asked for if it is offered, the first otherwise. Options are rated on the
 * goods as they are discounted without promotions of shipping; then promotions are tried again with each option that one of them may be for,
 * since one may have to give way to the other.
 * @param goods what promotions give when nothing is sent.
 * @param variants what the goods cost then.
 */
export function quoteShipping(
  sending: Sending,
  tried: PromotionCart,
  goods: PromotionOutcome,
  variants: readonly QuotedVariant[],
  trace?: QuoteStep[],
): QuotedSending {
  const { context, engine, postalCode, shippingOptionCode, isPickup } = sending;
  const nothing = { outcome: goods, shipping: null, discounts: [], options: [] };
  if (isPickup || variants.length === 0) return { ...nothing, fault: null };

  const goodsTotal = sumTaxed(
    variants.map(({ total }) => total),
    context.currency,
  );
  const offered = rateShipping(engine.shippingOptions, {
    context,
    destination: { country: context.country, region: context.region, postalCode },
    goods: { grams: gramsOf(tried), gross: goodsTotal.gross.minorUnits, net: goodsTotal.net.minorUnits },
  });
  const asked = offered.find(({ code }) => code === shippingOptionCode);
  const fault = shippingOptionCode !== null && !asked ? NOT_OFFERED : null;
  const chosen = asked ?? offered[0];
  trace?.push({ rule: 'SHIPPING', offered, chosenCode: chosen?.code ?? null });
  if (!chosen) return { ...nothing, fault };

  const open = goods.trials.filter(waitsForShipping);
  const outcomes = new Map<string, PromotionOutcome>();
  const sent = offered.map((option) => {
    const means = open.filter(({ promotion }) => isFor(promotion, option));
    if (means.length === 0) return sendBy(option, goods, sending);
    // Options of one price that the same promotions mean are discounted alike.
    const alike = [option.amountMinor, ...means.map(({ promotion }) => promotion.id)].join();
    const known = outcomes.get(alike);
    const { code: optionCode, amountMinor } = option;
    const result = known ?? applyPromotions(engine.promotions, { ...tried, shipping: { optionCode, amountMinor } });
    outcomes.set(alike, result);
    return sendBy(option, result, sending);
  });
  const { outcome, shipping, discounts } = sent[offered.indexOf(chosen)]!;
  const options = sent.map(({ shipping: { optionCode: code, name, total } }) => ({ code, name, total }));
  return { outcome, shipping, discounts, options, fault };
}

const NOT_OFFERED = 'This way of sending is not offered for what is in the cart and where it goes.';

/** A promotion of shipping that only lacked something to be sent, or gave way where it could not have been for anything yet. */
const waitsForShipping = ({ promotion, refusal }: PromotionTrial): boolean =>
  promotion.effect.kind === 'FREE_SHIPPING' &&
  (refusal === 'NO_EFFECT' || refusal === 'NO_MATCHING_LINE' || refusal === 'NOT_COMBINABLE');

const isFor = ({ effect }: Promotion, { code, amountMinor }: RatedOption): boolean =>
  effect.kind === 'FREE_SHIPPING' &&
  amountMinor > 0 &&
  (effect.optionCodes.length === 0 || effect.optionCodes.includes(code));

/** What an option costs when promotions give this. */
function sendBy(option: RatedOption, outcome: PromotionOutcome, sending: Sending) {
  const { amountMinor } = option;
  const given = outcome.shippingDiscounts.reduce((sum, discount) => sum + discount.amountMinor, 0);
  const listTotal = shippingWithTax(option, amountMinor, sending);
  const total = given === 0 ? listTotal : shippingWithTax(option, amountMinor - given, sending);
  const { basisPoints } = rateOf(option, sending);
  const shipping: QuotedShipping = {
    optionCode: option.code,
    name: option.name,
    listTotal,
    total,
    taxRateBasisPoints: sending.context.isExempt ? 0 : basisPoints,
  };
  const saved = listTotal.gross.minorUnits - total.gross.minorUnits;
  return { outcome, shipping, discounts: discountShares(outcome.shippingDiscounts, saved) };
}

const rateOf = ({ taxCategory }: RatedOption, { taxes }: Sending) => ({
  basisPoints: taxes.basisPointsOf(taxCategory),
  rounding: taxes.rounding,
});

function shippingWithTax(option: RatedOption, amountMinor: number, sending: Sending): TaxedMoney {
  const { currency, isExempt } = sending.context;
  const amount = { amountMinor, unit: wholeMinor(amountMinor), quantity: 1, isWhole: true };
  return taxLine({ ...amount, ...rateOf(option, sending), taxIncluded: option.taxIncluded, isExempt }, currency);
}

const gramsOf = ({ lines }: PromotionCart): number =>
  lines.reduce((sum, { facts, quantity }) => sum + (facts?.weightGrams ?? 0) * quantity, 0);
