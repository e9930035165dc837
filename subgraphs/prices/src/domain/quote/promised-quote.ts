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
    context.region === asked.region &&
    context.postalCode === asked.postalCode &&
    context.buyer.customerId === asked.buyer.customerId &&
    context.buyer.digest === asked.buyer.digest &&
    context.shippingOptionCode === asked.shippingOptionCode &&
    context.isPickup === asked.isPickup &&
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
