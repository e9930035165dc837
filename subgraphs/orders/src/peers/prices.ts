import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { ask, type Call, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { Address } from '../domain/address.ts';
import type { Buyer } from '../domain/buyer.ts';
import type { FilledCart } from '../domain/cart.ts';
import {
  PromotionsHoldDocument,
  type PromotionsHoldInput,
  type PromotionsHoldMutation,
  PromotionsReleaseDocument,
  QuoteDocument,
  type QuoteInput,
  type QuoteQuery,
} from '../generated/upstream-prices.ts';

/** What prices says of a cart. */
export type Quote = QuoteQuery['quote'];

/** What prices says to a hold. */
export type PromotionsAnswer = PromotionsHoldMutation['promotionsHold'];

/** Longer than any region or postal code is: a longer one is of no place that anybody prices. */
const MAX_PLACE = 100;

/** A cart, and what its price depends on besides. */
export interface QuoteQuestion {
  readonly cart: FilledCart;
  readonly buyer: Buyer;
  /** Where it goes; null when nobody has said. */
  readonly address: Address | null;
  /** The country whose tax applies. */
  readonly country: string;
  readonly codes: readonly string[];
  readonly shippingOptionCode: string | null;
  readonly isPickup: boolean;
  /** Whose limits of promotions count when nobody is signed in; null when nobody's do. */
  readonly guestKey: string | null;
  /** A quote that was given earlier. */
  readonly quoteToken: string | null;
}

/** The question of what a cart costs as it stands. */
export const questionOfCart = (cart: FilledCart, buyer: Buyer): QuoteQuestion => ({
  cart,
  buyer,
  address: cart.shippingAddress,
  country: cart.country,
  codes: cart.codes,
  shippingOptionCode: cart.shippingOptionCode,
  isPickup: false,
  guestKey: null,
  quoteToken: null,
});

const callOf = (requestId: string): Call => ({ caller: serviceCaller('orders'), requestId });

/** Asks prices what a cart costs. @throws GraphQLError when prices does not answer. */
export async function askQuote(prices: GraphClient, requestId: string, question: QuoteQuestion): Promise<Quote> {
  const { quote } = await ask(prices, callOf(requestId), QuoteDocument, { input: toInput(question) });
  return quote;
}

function toInput({ cart, buyer, address, country, codes, ...rest }: QuoteQuestion): QuoteInput {
  // The parts of an address mean something in its own country alone.
  const place = address?.country === country ? address : null;
  return {
    ...rest,
    channel: cart.channel,
    currency: cart.currency,
    country,
    region: shortOrNull(place?.province),
    postalCode: shortOrNull(place?.postalCode),
    buyer: { ...buyer, groups: [...buyer.groups] },
    codes: [...codes],
    lines: cart.lines.map(({ lineId, variantId, quantity }) => ({ lineId, variantId, quantity })),
  };
}

const shortOrNull = (text: string | null | undefined): string | null =>
  text && text.length <= MAX_PLACE ? text : null;

/** Holds what a quote takes of codes, limits and budgets under a key; repeating answers the same. @throws GraphQLError as above. */
export const holdPromotions = async (
  prices: GraphClient,
  requestId: string,
  input: PromotionsHoldInput,
): Promise<PromotionsAnswer> =>
  (await ask(prices, callOf(requestId), PromotionsHoldDocument, { input })).promotionsHold;

/** Gives back what is held under a key, which can hold nothing any more; harmless when nothing is. @throws GraphQLError as above. */
export async function releasePromotions(prices: GraphClient, requestId: string, key: string): Promise<void> {
  await ask(prices, callOf(requestId), PromotionsReleaseDocument, { input: { key } });
}
