import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { money, type TaxedMoney } from '@kontor/kit/src/money.ts';
import { CompactSign, compactVerify, errors, type CryptoKey } from 'jose';
import type { PromisedQuote } from '../domain/quote/promised-quote.ts';
import type { QuotedVariant } from '../domain/quote/quote.ts';

const ALGORITHM = 'HS256';
/** Names the shape of the claims too: whoever changes it changes the name. */
const AUDIENCE = 'kontor-quote-2';
/** A quote of 500 different variants has about 50 KB. Shoppers' requests end at 100 KiB, those of services much later. */
export const MAX_TOKEN_LENGTH = 200_000;
/** Ours are never larger; a bound all the same. */
const MAX_CLAIMS_BYTES = 8 * 1024 * 1024;
/** Ids, names and amounts repeat: half of what can be saved for a tenth of the work. */
const DEFLATE = { level: 1 };

/** Net and tax, in minor units of the currency of the quote. */
type Amounts = readonly [netMinor: number, taxMinor: number];

type VariantClaims = readonly [
  variantId: string,
  quantity: number,
  unit: Amounts,
  listUnit: Amounts,
  listTotal: Amounts,
  total: Amounts,
  taxRateBasisPoints: number,
  /** Index of the list. */
  list: number,
  tierMinQuantity: number,
  /** Index of the promotion, and what it gave. */
  discounts: readonly (readonly [number, number])[],
];

/** What a token carries: everything that was promised, lists and promotions named once. */
interface Claims extends Pick<PromisedQuote['quote'], 'unpriced' | 'promotions' | 'codes' | 'shippingFault' | 'gifts'> {
  readonly aud: string;
  /** Milliseconds since the epoch. */
  readonly iat: number;
  readonly exp: number;
  readonly context: PromisedQuote['context'];
  readonly lists: readonly string[];
  readonly variants: readonly VariantClaims[];
  readonly shipping: readonly [code: string, name: string, listTotal: Amounts, total: Amounts, rate: number] | null;
  readonly options: readonly (readonly [code: string, name: string, total: Amounts])[];
  readonly listTotal: Amounts;
  readonly goodsTotal: Amounts;
  readonly total: Amounts;
}

/** Signs a promise as a compact JWS (RFC 7515) over compressed claims, since shoppers send it along. It may be longer than can be read. */
export async function signQuote(
  promised: PromisedQuote,
  key: Uint8Array,
  times: { issuedAt: Date; expiresAt: Date },
): Promise<string> {
  const claims = JSON.stringify(toClaims(promised, times));
  return new CompactSign(deflateRawSync(claims, DEFLATE))
    .setProtectedHeader({ alg: ALGORITHM, typ: AUDIENCE })
    .sign(await imported(key));
}

/** The promise in a token of ours, also when it has expired at `now`; null for any other text. */
export async function readQuote(
  token: string,
  key: Uint8Array,
  now: Date,
): Promise<{ promised: PromisedQuote; isExpired: boolean; expiresAt: Date } | null> {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  const payload = await verified(token, key);
  if (!payload) return null;
  // What was signed by us is what we wrote: only now it is read at all.
  const claims = JSON.parse(inflateRawSync(payload, { maxOutputLength: MAX_CLAIMS_BYTES }).toString()) as Claims;
  if (claims.aud !== AUDIENCE) return null;
  return { promised: toPromised(claims), isExpired: claims.exp <= now.getTime(), expiresAt: new Date(claims.exp) };
}

/** By the bytes that are kept: importing a key costs more than signing with it. */
const importedKeys = new WeakMap<Uint8Array, Promise<CryptoKey>>();

function imported(key: Uint8Array): Promise<CryptoKey> {
  const known = importedKeys.get(key);
  if (known) return known;
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const fresh = crypto.subtle.importKey('raw', Uint8Array.from(key), algorithm, false, ['sign', 'verify']);
  importedKeys.set(key, fresh);
  return fresh;
}

/** The payload of a token that carries our signature and names this shape; null for any other text. */
async function verified(token: string, key: Uint8Array): Promise<Uint8Array | null> {
  try {
    const { payload, protectedHeader } = await compactVerify(token, await imported(key), { algorithms: [ALGORITHM] });
    return protectedHeader.typ === AUDIENCE ? payload : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

const amounts = ({ net, tax }: TaxedMoney): Amounts => [net.minorUnits, tax.minorUnits];

function toClaims({ context, quote }: PromisedQuote, times: { issuedAt: Date; expiresAt: Date }): Claims {
  const lists = [...new Set(quote.variants.map((variant) => variant.priceListCode))];
  const listIndex = new Map(lists.map((code, index) => [code, index]));
  const promotionIndex = new Map(quote.promotions.map(({ promotionId }, index) => [promotionId, index]));
  const { unpriced, promotions, codes, shipping, shippingFault, gifts } = quote;
  return {
    aud: AUDIENCE,
    iat: times.issuedAt.getTime(),
    exp: times.expiresAt.getTime(),
    context,
    lists,
    variants: quote.variants.map((variant) => [
      variant.variantId,
      variant.quantity,
      amounts(variant.unit),
      amounts(variant.listUnit),
      amounts(variant.listTotal),
      amounts(variant.total),
      variant.taxRateBasisPoints,
      listIndex.get(variant.priceListCode)!,
      variant.tierMinQuantity,
      variant.discounts.map(({ promotionId, grossMinor }) => [promotionIndex.get(promotionId)!, grossMinor]),
    ]),
    unpriced,
    promotions,
    codes,
    shipping: shipping && [
      shipping.optionCode,
      shipping.name,
      amounts(shipping.listTotal),
      amounts(shipping.total),
      shipping.taxRateBasisPoints,
    ],
    options: quote.shippingOptions.map(({ code, name, total }) => [code, name, amounts(total)]),
    shippingFault,
    gifts,
    listTotal: amounts(quote.listTotal),
    goodsTotal: amounts(quote.goodsTotal),
    total: amounts(quote.total),
  };
}

function toPromised(claims: Claims): PromisedQuote {
  const { context, lists, promotions, unpriced, codes, shipping, shippingFault, gifts } = claims;
  const { currency } = context;
  const taxed = ([net, tax]: Amounts): TaxedMoney => ({
    net: money(net, currency),
    tax: money(tax, currency),
    gross: money(net + tax, currency),
  });
  const toVariant = ([id, quantity, unit, listUnit, listTotal, total, rate, list, tier, discounts]: VariantClaims) =>
    ({
      variantId: id,
      quantity,
      unit: taxed(unit),
      listUnit: taxed(listUnit),
      listTotal: taxed(listTotal),
      total: taxed(total),
      discounts: discounts.map(([index, grossMinor]) => ({ promotionId: promotions[index]!.promotionId, grossMinor })),
      taxRateBasisPoints: rate,
      priceListCode: lists[list]!,
      tierMinQuantity: tier,
    }) satisfies QuotedVariant;
  return {
    context,
    quote: {
      variants: claims.variants.map(toVariant),
      unpriced,
      promotions,
      codes,
      shipping: shipping && {
        optionCode: shipping[0],
        name: shipping[1],
        listTotal: taxed(shipping[2]),
        total: taxed(shipping[3]),
        taxRateBasisPoints: shipping[4],
      },
      shippingOptions: claims.options.map(([code, name, total]) => ({ code, name, total: taxed(total) })),
      shippingFault,
      gifts,
      listTotal: taxed(claims.listTotal),
      goodsTotal: taxed(claims.goodsTotal),
      total: taxed(claims.total),
    },
  };
}
