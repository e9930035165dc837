import { codeMessage } from '../domain/quote/code-messages.ts';
import { normalCode } from '../domain/quote/quote-codes.ts';
import type { CartQuote } from '../domain/quote/quote.ts';
import { splitLines, type QuotedLine } from '../domain/quote/split-lines.ts';
import type { QueryResolvers, Quote, QuoteCode, QuoteLine } from '../generated/internal.ts';
import { answerQuote, type QuoteAnswer } from '../quotes/answer-quote.ts';
import { toQuoteRequest, type QuoteRequest } from '../quotes/quote-request.ts';

/** The price of a cart, for other services. */
export const quoteQueries: Pick<QueryResolvers, 'quote'> = {
  async quote(_, { input }, ctx) {
    const request = toQuoteRequest(input);
    return toQuote(request, await answerQuote(ctx, request));
  },
};

function toQuote(request: QuoteRequest, { context, quote, given, token, expiresAt }: QuoteAnswer): Quote {
  const { listTotal, goodsTotal, total, promotions, shipping, shippingFault } = quote;
  return {
    currency: context.currency,
    country: context.country,
    lines: splitLines(request.lines, quote).map((line) => toLine(line, promotions)),
    listTotal,
    goodsTotal,
    total,
    discounts: [...promotions],
    codes: toCodes(request.codes, quote.codes),
    shipping,
    shippingOptions: [...quote.shippingOptions],
    shippingFault,
    gifts: [...quote.gifts],
    givenQuote: given && { ...given, lines: [...given.lines] },
    revision: context.asOf,
    token,
    expiresAt: expiresAt.toISOString(),
    needsHold: promotions.some((promotion) => promotion.isLimited),
  };
}

function toLine({ lineId, variantId, price }: QuotedLine, promotions: CartQuote['promotions']): QuoteLine {
  // A line without a price has no rate that anybody could apply.
  if (!price) return { lineId, variantId, discounts: [], taxRateBasisPoints: 0 };
  const discounts = price.discounts.map(({ promotionId, grossMinor }) => {
    const { promotionCode, name } = promotions.find((promotion) => promotion.promotionId === promotionId)!;
    return { promotionId, promotionCode, name, grossMinor };
  });
  return { lineId, variantId, ...price, discounts };
}

/** What became of the codes, as they were entered this time: a promise may have been given for other spellings of them. */
function toCodes(entered: readonly string[], quoted: CartQuote['codes']): QuoteCode[] {
  const statuses = new Map(quoted.map(({ code, status }) => [normalCode(code), status]));
  return entered.map((code) => {
    const status = statuses.get(normalCode(code))!;
    return { code, status, applied: status === 'APPLIED', message: codeMessage(status) };
  });
}
