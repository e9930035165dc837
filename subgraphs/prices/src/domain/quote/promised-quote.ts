import type { PricingContext } from '../pricing-context.ts';
import type { CartQuote, GivenQuote } from './quote.ts';

/** Who a promise was given to: the customer, and a digest of all that prices depend on, since shoppers can read a token. */
export interface PromisedBuyer {
  readonly customerId: string | null;
  readonly digest: string;
}

/** In what a quote was asked for, and the moment of its prices. */
export interface PromisedContext extends Pick<PricingContext, 'channel' | 'currency' | 'country' | 'region' | 'asOf'> {
  readonly postalCode: string | null;
  readonly buyer: PromisedBuyer;
  /** Upper case, in order, each once. */
  readonly codes: readonly string[];
  readonly shippingOptionCode: string | null;
  readonly isPickup: boolean;
}

/** A quote that was promised, for exactly this cart in this context. */
export interface PromisedQuote {
  readonly context: PromisedContext;
  readonly quote: CartQuote;
}

/** A place within the country; what nobody had named yet when the promise was given may be any. */
const isPlaceOf = (promised: Place, asked: Place): boolean =>
  (promised.region === null && promised.postalCode === null) ||
  (promised.region === asked.region && promised.postalCode === asked.postalCode);

type Place = Pick<PromisedContext, 'region' | 'postalCode'>;

/** Whether there was no way of sending: collecting costs the same then. */
const isUnsent = ({ shipping, shippingOptions }: CartQuote): boolean =>
  shipping === null && shippingOptions.length === 0;

/** Whether a promise names a place that is not the one that is asked for: it holds there if tax and sending cost the same. */
export const isOtherPlace = ({ context }: PromisedQuote, asked: PromisedContext): boolean =>
  context.region !== asked.region || context.postalCode !== asked.postalCode || context.isPickup !== asked.isPickup;

/** Whether tax and sending cost the same in two quotes of one cart, whatever the goods do. */
export const isSentAlike = (one: CartQuote, other: CartQuote): boolean => {
  const rates = new Map(other.variants.map((variant) => [variant.variantId, variant.taxRateBasisPoints]));
  return (
    one.variants.every(({ variantId, taxRateBasisPoints }) => rates.get(variantId) === taxRateBasisPoints) &&
    one.shipping?.optionCode === other.shipping?.optionCode &&
    one.shipping?.total.gross.minorUnits === other.shipping?.total.gross.minorUnits
  );
};

/**
 * Whether a promise was given for exactly this cart in this context. How its quantities are spread over lines does not matter, nor
 * the moment.
 * @param quantities by variant.
 */
export function isPromisedFor(
  { context, quote }: PromisedQuote,
  asked: PromisedContext,
  quantities: ReadonlyMap<string, number>,
): boolean {
  return (
    context.channel === asked.channel &&
    context.currency === asked.currency &&
    context.country === asked.country &&
    isPlaceOf(context, asked) &&
    context.buyer.customerId === asked.buyer.customerId &&
    context.buyer.digest === asked.buyer.digest &&
    (isUnsent(quote) ||
      (context.shippingOptionCode === asked.shippingOptionCode && context.isPickup === asked.isPickup)) &&
    context.codes.length === asked.codes.length &&
    context.codes.every((code, index) => code === asked.codes[index]) &&
    quote.variants.length === quantities.size &&
    quote.variants.every(({ variantId, quantity }) => quantities.get(variantId) === quantity)
  );
}

/** What a promise says, for whoever compares it with what is asked now. */
export function givenQuote(status: GivenQuote['status'], promised: PromisedQuote | null): GivenQuote {
  if (!promised) return { status, total: null, lines: [] };
  const { variants, total } = promised.quote;
  const lines = variants.map((variant) => ({
    variantId: variant.variantId,
    quantity: variant.quantity,
    total: variant.total.gross,
  }));
  return { status, total: total.gross, lines };
}
