import type { Money } from '@kontor/kit/src/money.ts';
import { findPublishedVariants, type VariantSnapshot } from '../data/projections.ts';
import { centroidOf } from '../country-centroids.ts';
import type { Orders } from '../dependencies.ts';
import type { FilledCart } from '../domain/cart.ts';
import type { CheckoutRequest, PricedLine, Pricing } from '../domain/checkout.ts';
import type { CheckoutFields } from '../domain/checkout-input.ts';
import { locate } from '../domain/geography.ts';
import { checkoutInvalid, type Failure, outOfStock, priceChanged } from '../domain/outcome.ts';
import { type Demand, type Plan, rankPlans, type RoutingLocation, shortages } from '../domain/routing.ts';
import { askQuote, type Quote } from '../peers/prices.ts';
import { askCandidates } from '../peers/stock.ts';

/** What is known before anything is taken. */
export interface Prepared {
  readonly pricing: Pricing;
  readonly plans: readonly Plan[];
}

interface Question {
  readonly cart: FilledCart;
  readonly request: CheckoutRequest;
  readonly input: CheckoutFields;
  readonly requestId: string;
}

/**
 * Prices and routes a cart. Both only read, side by side, so that a crash here leaves nothing to repair.
 * @returns the refusal when the price is another than the shopper saw, or no plan serves the cart.
 * @throws GraphQLError when prices or stock do not answer.
 */
export async function prepareCheckout(orders: Orders, question: Question): Promise<Prepared | Failure> {
  const { cart, request, input, requestId } = question;
  const { prices, stock } = orders.peers;
  const variantIds = cart.lines.map((line) => line.variantId);
  const [quote, candidates, variants] = await Promise.all([
    askQuote(prices, requestId, {
      channel: cart.channel,
      currency: cart.currency,
      // Tax follows the destination; what is collected is taxed where the cart said.
      country: request.pickupLocationId ? cart.country : (request.shippingAddress?.country ?? cart.country),
      lines: cart.lines.map((line) => ({ lineId: line.lineId, variantId: line.variantId, quantity: line.quantity })),
      quoteToken: input.quoteToken,
    }),
    askCandidates(stock, requestId, cart.channel, variantIds),
    findPublishedVariants(orders.db, cart.channel, variantIds),
  ]);
  const gone = variantIds.find((variantId) => !variants.has(variantId));
  if (gone)
    return checkoutInvalid(
      'VARIANT_UNAVAILABLE',
      `The variant ${gone} is not sold here any more: remove it from the cart.`,
      ['input', 'cartId'],
    );
  const pricing = toPricing(cart, quote, variants);
  const refusal = priceRefusal(pricing, input, quote.token);
  if (refusal || !pricing) return refusal ?? priceChanged(null, null, null);
  const plans = routeCart(cart.lines, candidates, request);
  return isRouted(plans) ? { pricing, plans } : plans;
}

/** The quote with what order lines snapshot; null when a line has no price. Lines of the quote are aligned with the cart's. */
function toPricing(cart: FilledCart, quote: Quote, variants: ReadonlyMap<string, VariantSnapshot>): Pricing | null {
  const lines: PricedLine[] = [];
  for (const [index, { variantId, quantity }] of cart.lines.entries()) {
    const priced = quote.lines[index];
    const variant = variants.get(variantId);
    if (!variant || !priced?.unit || !priced.total) return null;
    lines.push({
      ...variant,
      quantity,
      unit: priced.unit,
      total: priced.total,
      taxRateBasisPoints: priced.taxRateBasisPoints,
    });
  }
  return { lines, total: quote.total };
}

const sameMoney = (a: Money, b: Money): boolean => a.minorUnits === b.minorUnits && a.currency === b.currency;

function priceRefusal(pricing: Pricing | null, input: CheckoutFields, answeredToken: Quote['token']): Failure | null {
  const shown = input.expectedTotal ?? null;
  const path = shown ? ['input', 'expectedTotal'] : input.quoteToken ? ['input', 'quoteToken'] : null;
  if (!pricing) return priceChanged(shown, null, path);
  const total = pricing.total.gross;
  if (shown && !sameMoney(shown, total)) return priceChanged(shown, total, path);
  const amount = input.tenders[0]?.amount;
  // Prices answers a token that it honours. Without it the shopper has seen another price, and nothing says which.
  if (input.quoteToken && answeredToken !== input.quoteToken && !shown && !amount)
    return priceChanged(null, total, path);
  if (amount && !sameMoney(amount, total))
    return checkoutInvalid(
      'TENDER_AMOUNT_MISMATCH',
      `The tender must pay the whole total, ${total.minorUnits} ${total.currency} in minor units, or leave the amount out.`,
      ['input', 'tenders', '0', 'amount'],
    );
  return null;
}

/** Ranks plans for lines of a cart among the locations that may serve it; `OutOfStock` when nothing can. */
export function routeCart(
  lines: readonly Demand[],
  candidates: readonly RoutingLocation[],
  request: CheckoutRequest,
): Plan[] | Failure {
  const demand = lines.map(({ variantId, quantity }) => ({ variantId, quantity }));
  const { pickupLocationId, shippingAddress } = request;
  const allowed = pickupLocationId
    ? candidates.filter((each) => each.locationId === pickupLocationId && each.pickupOffered)
    : candidates;
  if (pickupLocationId && allowed.length === 0 && candidates.some((each) => each.locationId === pickupLocationId))
    return checkoutInvalid('PICKUP_UNAVAILABLE', 'Nothing can be collected at this location.', [
      'input',
      'pickupLocationId',
    ]);
  const short = shortages(demand, allowed);
  if (short.length > 0) return outOfStock(short);
  const plans = rankPlans(demand, allowed, shippingAddress && locate(shippingAddress, candidates, centroidOf));
  if (plans.length > 0) return plans;
  return checkoutInvalid(
    'CART_TOO_SCATTERED',
    'The goods lie in too many places for one order: buy fewer lines at once.',
    ['input', 'cartId'],
  );
}

/** Whether routing found plans. */
export const isRouted = (routed: Plan[] | Failure): routed is Plan[] => Array.isArray(routed);
