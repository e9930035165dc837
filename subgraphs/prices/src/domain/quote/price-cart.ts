import { sumTaxed, type TaxedMoney } from '@kontor/kit/src/money.ts';
import { applyPromotions } from '../promotions/apply-promotions.ts';
import type { PromotionCart, PromotionLine } from '../promotions/promotion-cart.ts';
import { quotedCodes, usableCodes, type CodeStanding } from './quote-codes.ts';
import { quoteGifts, quotePromotions } from './quote-promotions.ts';
import { quoteShipping, type Sending } from './quote-shipping.ts';
import type { QuoteStep } from './quote-trace.ts';
import { quoteVariants } from './quote-variants.ts';
import type { CartQuote } from './quote.ts';
import { selectLines, type Selecting } from './select-lines.ts';

/** What is kept of the buyer and of the codes that were entered. */
export interface BuyerStanding {
  /** By code as it is compared; only those that are kept. */
  readonly codes: ReadonlyMap<string, CodeStanding>;
  /** Limited promotions that this customer may not use any more. */
  readonly usedUpByCustomer: ReadonlySet<string>;
  /** How many orders the customer placed; null for nobody signed in. */
  readonly orderCount: number | null;
}

/** What is kept of somebody who entered no code and is not known. */
export const NO_STANDING: BuyerStanding = { codes: new Map(), usedUpByCustomer: new Set(), orderCount: null };

/** A cart with all that pricing it needs: nothing else is looked up. */
export interface CartToPrice extends Omit<Selecting, 'engine'>, Omit<Sending, 'engine'> {
  readonly engine: Selecting['engine'] & Sending['engine'];
  readonly standing: BuyerStanding;
  /** As they were entered. */
  readonly codes: readonly string[];
}

/**
 * Prices a cart: lines of one variant are merged, a list is selected for each variant, promotions are applied, shipping is rated and tax
 * worked out. Pure and synchronous: the same cart costs the same always and everywhere.
 * @param trace gets a step for everything that is done, when it is given.
 * @returns null when an amount would not be exact any more (2^53).
 */
export function quoteCart(cart: CartToPrice, trace?: QuoteStep[]): CartQuote | null {
  const { context, engine, standing } = cart;
  const { lines, unpriced } = selectLines(cart, trace);
  if (!isExact(lines)) return null;

  const tried: PromotionCart = {
    context,
    lines,
    codes: usableCodes(standing.codes),
    usedUpByCustomer: standing.usedUpByCustomer,
    orderCount: standing.orderCount,
    shipping: null,
  };
  const goods = applyPromotions(engine.promotions, tried);
  const undelivered = quoteVariants(cart, lines, goods.lines);
  const sent = quoteShipping(cart, tried, goods, undelivered, trace);
  const { outcome, shipping } = sent;
  if (trace) for (const trial of outcome.trials) trace.push({ rule: 'PROMOTION', trial });

  const isSame = outcome === goods && !trace;
  const variants = isSame ? undelivered : quoteVariants(cart, lines, outcome.lines, trace);
  const sum = (parts: readonly TaxedMoney[]) => sumTaxed(parts, context.currency);
  const goodsTotal = sum(variants.map((variant) => variant.total));
  const total = shipping ? sum([goodsTotal, shipping.total]) : goodsTotal;
  if (!Number.isSafeInteger(total.gross.minorUnits)) return null;
  return {
    variants,
    unpriced,
    promotions: quotePromotions(outcome, variants, sent.discounts),
    codes: quotedCodes(cart.codes, standing.codes, outcome),
    shipping,
    shippingOptions: sent.options,
    shippingFault: sent.fault,
    gifts: quoteGifts(outcome),
    listTotal: sum(variants.map((variant) => variant.listTotal)),
    goodsTotal,
    total,
  };
}

/** Whether all that is added and multiplied later stays exact: asked first, since what is not exact looks like any number. */
function isExact(lines: readonly PromotionLine[]): boolean {
  let most = 0;
  for (const { unit, quantity, taxBasisPoints } of lines)
    most += (unit.minor + 1) * quantity * (1 + taxBasisPoints / 10_000);
  return most <= Number.MAX_SAFE_INTEGER;
}
