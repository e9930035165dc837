import { findPublishedVariants, type VariantSnapshot } from '../data/projections.ts';
import { centroidOf } from '../country-centroids.ts';
import type { Orders } from '../dependencies.ts';
import type { FilledCart } from '../domain/cart.ts';
import type { CheckoutRequest, PricedLine, Pricing } from '../domain/checkout.ts';
import type { CheckoutFields } from '../domain/checkout-input.ts';
import { discountClass } from '../domain/discount.ts';
import { locate } from '../domain/geography.ts';
import { checkoutInvalid, type Failure, outOfStock, priceChanged } from '../domain/outcome.ts';
import { type Demand, type Plan, rankPlans, type RoutingLocation, shortages } from '../domain/routing.ts';
import type { Quote } from '../peers/prices.ts';
import { askCandidates } from '../peers/stock.ts';
import { priceRefusal, quoteCheckout } from './price-checkout.ts';

/** What is known before anything is taken. */
export interface Prepared {
  readonly pricing: Pricing;
  readonly plans: readonly Plan[];
  /** What prices has to hold, and for whom. */
  readonly promotions: Pick<CheckoutRequest, 'promotionsToken' | 'guestKey'>;
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
  const variantIds = cart.lines.map((line) => line.variantId);
  const [{ quote, guestKey }, candidates, variants] = await Promise.all([
    quoteCheckout(orders, requestId, { cart, request, input }),
    askCandidates(orders.peers.stock, requestId, cart.channel, variantIds),
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
  const refusal = priceRefusal({ cart, input }, quote, pricing);
  if (refusal || !pricing) return refusal ?? priceChanged({ shown: null, current: null, lines: [] }, null);
  const plans = routeCart(cart.lines, candidates, request);
  if (!isRouted(plans)) return plans;
  const promotions = quote.needsHold ? { promotionsToken: quote.token, guestKey } : {};
  return { pricing, plans, promotions };
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
      discounts: priced.discounts,
    });
  }
  const { country, total, discounts, shipping } = quote;
  return { lines, total, country, discounts: discounts.map(toDiscount), shipping };
}

const toDiscount = (discount: Quote['discounts'][number]) => ({ ...discount, class: discountClass(discount.class) });

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
