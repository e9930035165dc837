import type { Orders } from '../dependencies.ts';
import type { FilledCart } from '../domain/cart.ts';
import { changedLines, type CurrentLine, sameMoney } from '../domain/changed-lines.ts';
import type { CheckoutFields } from '../domain/checkout-input.ts';
import type { CheckoutRequest, Pricing } from '../domain/checkout.ts';
import { checkoutInvalid, type Failure, priceChanged } from '../domain/outcome.ts';
import { askQuote, type Quote, type QuoteQuestion } from '../peers/prices.ts';

/** The question of what a cart costs as it is being bought. */
export const questionOfCheckout = (
  cart: FilledCart,
  { shippingAddress, pickupLocationId, shippingOptionCode = null, ...request }: CheckoutRequest,
  quoteToken: string | null,
): QuoteQuestion => ({
  cart,
  buyer: {
    customerId: request.customerId,
    companyId: request.companyId ?? null,
    companyLocationId: request.companyLocationId ?? null,
    groups: request.groups ?? [],
  },
  // Tax follows the destination; what is collected is taxed where the cart said.
  address: pickupLocationId ? cart.shippingAddress : shippingAddress,
  country: pickupLocationId ? cart.country : (shippingAddress?.country ?? cart.country),
  codes: cart.codes,
  shippingOptionCode,
  isPickup: pickupLocationId !== null,
  guestKey: null,
  quoteToken,
});

/** A quote, and whose limits it counts when nobody is signed in. */
export interface CheckoutQuote {
  readonly quote: Quote;
  readonly guestKey: string | null;
}

/**
 * Asks what a cart costs. Limits per customer count for guests by the address that they give, so that with a code, or when the price takes
 * something that is limited, prices is told whose they are; whoever takes nothing of the kind is asked about once and looked up nowhere.
 * @throws GraphQLError when prices does not answer.
 */
export async function quoteCheckout(
  orders: Orders,
  requestId: string,
  { cart, request, input }: { cart: FilledCart; request: CheckoutRequest; input: CheckoutFields },
): Promise<CheckoutQuote> {
  const { prices } = orders.peers;
  const question = questionOfCheckout(cart, request, input.quoteToken ?? null);
  const { email } = request.contact;
  const keyOf = async () => (request.customerId === null && email ? orders.guestKeys.of(email) : null);
  const firstKey = cart.codes.length > 0 ? await keyOf() : null;
  const first = await askQuote(prices, requestId, { ...question, guestKey: firstKey });
  if (!first.needsHold || firstKey !== null) return { quote: first, guestKey: firstKey };
  const guestKey = await keyOf();
  if (guestKey === null) return { quote: first, guestKey };
  return { quote: await askQuote(prices, requestId, { ...question, guestKey }), guestKey };
}

/** Whether all lines of a quote have a price. */
export const isPriced = ({ lines }: Quote): boolean => lines.every(({ unit, total }) => unit && total);

/** What the lines of a cart cost by a quote for it; the two are aligned. */
export const currentLines = (cart: FilledCart, { lines }: Quote): CurrentLine[] =>
  cart.lines.map(({ variantId, quantity }, index) => ({
    variantId,
    quantity,
    total: lines[index]?.total?.gross ?? null,
  }));

/**
 * Why a cart cannot be bought for what it costs: the way of sending is not offered, or the price is another one than the shopper was shown;
 * null when it can.
 * @param pricing null when a line has no price.
 */
export function priceRefusal(
  { cart, input }: { cart: FilledCart; input: CheckoutFields },
  quote: Quote,
  pricing: Pricing | null,
): Failure | null {
  if (quote.shippingFault)
    return checkoutInvalid(
      'SHIPPING_OPTION_UNKNOWN',
      quote.shippingFault,
      input.shippingOptionId != null ? ['input', 'shippingOptionId'] : ['input', 'cartId'],
    );
  const expected = input.expectedTotal ?? null;
  const path = expected ? ['input', 'expectedTotal'] : input.quoteToken ? ['input', 'quoteToken'] : null;
  const promised = quote.givenQuote;
  const lines = changedLines(currentLines(cart, quote), promised?.lines ?? []);
  const shown = expected ?? promised?.total ?? null;
  if (!pricing) return priceChanged({ shown, current: null, lines }, path);
  const total = pricing.total.gross;
  if (expected && !sameMoney(expected, total)) return priceChanged({ shown, current: total, lines }, path);
  const amount = input.tenders[0]?.amount;
  // A token that is not honoured, as for an address that the cart did not have yet, does no harm where its price is still the price.
  const isKept =
    quote.token === input.quoteToken ||
    (promised?.total != null && sameMoney(promised.total, total) && lines.length === 0);
  if (input.quoteToken && !isKept && !expected && !amount) return priceChanged({ shown, current: total, lines }, path);
  if (amount && !sameMoney(amount, total))
    return checkoutInvalid(
      'TENDER_AMOUNT_MISMATCH',
      `The tender must pay the whole total, ${total.minorUnits} ${total.currency} in minor units, or leave the amount out.`,
      ['input', 'tenders', '0', 'amount'],
    );
  return null;
}
