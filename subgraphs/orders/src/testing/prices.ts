import { createHash } from 'node:crypto';
import { newId } from '@kontor/kit/src/ids.ts';
import { sumTaxed, type TaxedMoney, withTax } from '@kontor/kit/src/money.ts';
import type { DiscountClass } from '../domain/discount.ts';
import type { PromotionsHoldInput, QuoteInput } from '../generated/upstream-prices.ts';
import { createSimulatedHolds } from './promotion-holds.ts';

const RATE = 1_900;

/** A promotion that takes a part off: of goods, of the order, or of shipping. */
export interface SimulatedPromotion {
  readonly promotionId: string;
  readonly name: string;
  readonly class: DiscountClass;
  readonly basisPoints: number;
  /** Only with this code; null for everybody. */
  readonly code: string | null;
  readonly maxUses: number | null;
  readonly maxUsesPerCustomer: number | null;
}

/** A way of sending. */
export interface SimulatedShipping {
  readonly code: string;
  readonly name: string;
  readonly grossMinor: number;
  readonly country: string;
}

/** Prices, as far as orders can tell it from the real one: gross prices at 19 %, a few promotions, ways of sending, quotes that it keeps to, and holds. */
export function createSimulatedPrices() {
  /** Gross minor units of one unit, by variant. */
  const units = new Map<string, number>();
  const promotions: SimulatedPromotion[] = [];
  const shipping: SimulatedShipping[] = [];
  const quotes = new Map<string, Promised>();
  const holds = createSimulatedHolds(promotions);
  /** Inputs of all quotes that were asked for. */
  const asked: QuoteInput[] = [];

  const answers = {
    quote: ({ input }: { input: QuoteInput }) => {
      asked.push(input);
      return quote(input);
    },
    promotionsHold: ({ input }: { input: PromotionsHoldInput }) => {
      const promised = quotes.get(input.quoteToken);
      if (!promised) throw new Error('a hold for a quote that nobody gave');
      const customer = promised.customerId ?? input.guestKey ?? null;
      const taken = promised.answer.discounts.map(({ promotionId }) => promotionId);
      return holds.hold(input.key, { request: JSON.stringify(input), taken, customer });
    },
    promotionsRelease: ({ input }: { input: { key: string } }) => ({ status: holds.release(input.key) }),
  };

  function quote(input: QuoteInput) {
    const given = input.quoteToken ? (quotes.get(input.quoteToken) ?? null) : null;
    const context = contextOf(input);
    if (given && !given.isExpired && given.context === context)
      return { ...given.answer, token: input.quoteToken, givenQuote: givenOf('HONOURED', given) };
    const answer = price(input);
    const token = answer.lines.every((line) => line.total) ? tokenOf(context, answer) : null;
    const customerId = input.buyer?.customerId ?? null;
    const lines = answer.lines.map((line, index) => ({
      variantId: line.variantId,
      quantity: input.lines[index]!.quantity,
      total: line.total?.gross,
    }));
    if (token && !quotes.has(token)) quotes.set(token, { context, answer, lines, customerId, isExpired: false });
    const status = given ? (given.isExpired ? 'EXPIRED' : 'OTHER_CART') : 'FORGED';
    return { ...answer, token, givenQuote: input.quoteToken ? givenOf(status, given) : null };
  }

  /** What a cart costs now, by promotions in their order: each takes its part of what those before it have left. */
  function price({ lines, currency: asCurrency, country: asCountry, codes: entered = [], ...input }: QuoteInput) {
    const [currency, country] = [asCurrency ?? 'EUR', asCountry ?? 'DE'];
    const taxed = (gross: number) => withTax(gross, currency, RATE, true);
    const customer = input.buyer?.customerId ?? input.guestKey ?? null;
    const usable = promotions.filter(
      ({ promotionId, code }) => (code === null || entered.includes(code)) && !holds.refusalOf(promotionId, customer),
    );
    const left = lines.map(({ variantId, quantity }) => (units.get(variantId) ?? 0) * quantity);
    const offered = input.isPickup || lines.length === 0 ? [] : shipping.filter((option) => option.country === country);
    const chosen = offered.find(({ code }) => code === input.shippingOptionCode) ?? offered[0] ?? null;
    const isAsked = input.shippingOptionCode != null && !input.isPickup;
    const freeShipping = usable.find((promotion) => promotion.class === 'SHIPPING');
    const costOf = (option: SimulatedShipping) => option.grossMinor - partOf(option.grossMinor, freeShipping);

    const shares = lines.map((): LineShare[] => []);
    for (const promotion of usable.filter((each) => each.class !== 'SHIPPING')) {
      for (const [index, share] of spread(left, promotion.basisPoints).entries()) {
        if (share === 0) continue;
        left[index]! -= share;
        shares[index]!.push({ ...named(promotion), grossMinor: share });
      }
    }
    const given = usable.flatMap((promotion) => {
      const off = shares.flat().filter(({ promotionId }) => promotionId === promotion.promotionId);
      const onShipping = promotion === freeShipping && chosen ? partOf(chosen.grossMinor, promotion) : 0;
      const grossMinor = off.reduce((sum, share) => sum + share.grossMinor, 0) + onShipping;
      return grossMinor > 0 ? [{ ...named(promotion), code: promotion.code, class: promotion.class, grossMinor }] : [];
    });
    const quoted = lines.map(({ lineId, variantId, quantity }, index) => {
      const unit = units.get(variantId);
      const isPriced = unit !== undefined;
      return {
        lineId,
        variantId,
        taxRateBasisPoints: RATE,
        unit: isPriced ? taxed(unit) : null,
        listTotal: isPriced ? taxed(unit * quantity) : null,
        total: isPriced ? taxed(left[index]!) : null,
        discounts: shares[index]!,
      };
    });
    const goodsTotal = sumTaxed(
      quoted.flatMap(({ total }) => total ?? []),
      currency,
    );
    const sent = chosen && {
      optionCode: chosen.code,
      name: chosen.name,
      listTotal: taxed(chosen.grossMinor),
      total: taxed(costOf(chosen)),
    };
    return {
      currency,
      country,
      expiresAt: '2100-01-01T00:00:00.000Z',
      needsHold: given.some(({ promotionId }) => holds.isLimited(promotionId)),
      shippingFault:
        isAsked && chosen?.code !== input.shippingOptionCode ? 'This way of sending is not offered.' : null,
      listTotal: sumTaxed(
        quoted.flatMap(({ listTotal }) => listTotal ?? []),
        currency,
      ),
      goodsTotal,
      total: sumTaxed(sent ? [goodsTotal, sent.total] : [goodsTotal], currency),
      lines: quoted,
      discounts: given,
      codes: entered.map((code) => codeOf(code, customer, given)),
      shipping: sent,
      shippingOptions: offered.map((option) => ({
        code: option.code,
        name: option.name,
        total: taxed(costOf(option)),
      })),
      gifts: [],
    };
  }

  function codeOf(code: string, customer: string | null, given: readonly { readonly code: string | null }[]) {
    const promotion = promotions.find((each) => each.code === code);
    if (!promotion) return { code, status: 'CODE_UNKNOWN', message: 'This code is not valid.' };
    const refusal = holds.refusalOf(promotion.promotionId, customer);
    if (refusal) return { code, status: refusal, message: 'This code has been used already.' };
    if (given.some((each) => each.code === code)) return { code, status: 'APPLIED', message: null };
    return { code, status: 'NO_EFFECT', message: 'This code changes nothing in your cart.' };
  }

  return {
    units,
    holds,
    asked,
    answers,
    /** Makes a promotion. @returns its id. */
    addPromotion(promotion: Partial<SimulatedPromotion> & Pick<SimulatedPromotion, 'class' | 'basisPoints'>): string {
      const promotionId = newId();
      const unlimited = { code: null, maxUses: null, maxUsesPerCustomer: null };
      promotions.push({ name: 'Sale', ...unlimited, ...promotion, promotionId });
      return promotionId;
    },
    removePromotions: () => void (promotions.length = 0),
    addShipping: (option: SimulatedShipping) => void shipping.push(option),
    removeShipping: () => void (shipping.length = 0),
    /** Ends all quotes that were given. */
    expireQuotes() {
      for (const promised of quotes.values()) promised.isExpired = true;
    },
  };
}

interface Promised {
  readonly context: string;
  readonly answer: { readonly total: TaxedMoney; readonly discounts: readonly { readonly promotionId: string }[] };
  readonly lines: readonly object[];
  readonly customerId: string | null;
  isExpired: boolean;
}

const givenOf = (status: string, promised: Promised | null) => ({
  status,
  total: promised?.answer.total.gross ?? null,
  lines: promised?.lines ?? [],
});

interface LineShare {
  readonly promotionId: string;
  readonly promotionCode: string;
  readonly name: string;
  readonly grossMinor: number;
}

const named = ({ promotionId, name }: SimulatedPromotion) => ({ promotionId, promotionCode: `code-of-${name}`, name });

const partOf = (grossMinor: number, promotion: SimulatedPromotion | undefined): number =>
  Math.floor((grossMinor * (promotion?.basisPoints ?? 0)) / 10_000);

/** A part of a sum over its amounts: each gets the difference of what the amounts up to it come to. */
function spread(amounts: readonly number[], basisPoints: number): number[] {
  let sum = 0;
  return amounts.map((amount) => {
    const before = Math.floor((sum * basisPoints) / 10_000);
    sum += amount;
    return Math.floor((sum * basisPoints) / 10_000) - before;
  });
}

/** All that a promise is given for. */
function contextOf(input: QuoteInput): string {
  const { channel, currency, country, region, postalCode, buyer, codes, shippingOptionCode, isPickup } = input;
  const quantities = input.lines.map(({ variantId, quantity }) => [variantId, quantity]);
  const context = [channel, currency, country, region, postalCode, buyer, codes, shippingOptionCode, isPickup];
  return JSON.stringify([...context, quantities]);
}

const tokenOf = (context: string, answer: object): string =>
  createHash('sha256')
    .update(JSON.stringify([context, answer]))
    .digest('base64url');

export type SimulatedPrices = ReturnType<typeof createSimulatedPrices>;
