import { newId } from '@kontor/kit/src/ids.ts';
import { errors, jwtVerify, SignJWT } from 'jose';
import type { VariantAmount } from '../domain/price-cart.ts';
import type { Promised } from '../domain/quote-promise.ts';

const ALGORITHM = 'HS256';
/** Names the shape of the claims too: whoever changes it changes the name. */
const AUDIENCE = 'kontor-quote-1';
/** A quote of 500 different variants has about 40 KB. */
const MAX_LENGTH = 100_000;

/** What a token carries. Prices follow from amounts, so that they need not be told. */
interface Claims {
  readonly channel: string;
  readonly country: string;
  readonly currency: string;
  readonly rate: number;
  /** Code, and whether its amounts are gross. */
  readonly lists: readonly (readonly [string, boolean])[];
  /** Variant, quantity, amount of one unit in minor units, index of the list. */
  readonly lines: readonly (readonly [string, number, number, number])[];
}

/** Signs a promise as a compact JWS (RFC 7515). Every variant of it has an amount. */
export function signQuote(
  promised: Promised,
  key: Uint8Array,
  times: { issuedAt: Date; expiresAt: Date },
): Promise<string> {
  const { channel, country, prices, quantities } = promised;
  const lists = new Map<string, readonly [string, boolean]>();
  for (const { priceListCode, taxIncluded } of prices.amounts.values())
    lists.set(priceListCode, [priceListCode, taxIncluded]);
  const codes = [...lists.keys()];
  const lines = [...quantities].map(([variantId, quantity]) => {
    const { amountMinor, priceListCode } = prices.amounts.get(variantId)!;
    return [variantId, quantity, amountMinor, codes.indexOf(priceListCode)] as const;
  });
  const claims: Claims = {
    channel,
    country,
    currency: prices.currency,
    rate: prices.taxRateBasisPoints,
    lists: [...lists.values()],
    lines,
  };
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: ALGORITHM })
    .setAudience(AUDIENCE)
    .setJti(newId())
    .setIssuedAt(times.issuedAt)
    .setExpirationTime(times.expiresAt)
    .sign(key);
}

/** The promise in a token of ours that is valid at `now`; null for any other text. */
export async function readQuote(
  token: string,
  key: Uint8Array,
  now: Date,
): Promise<{ promised: Promised; expiresAt: Date } | null> {
  if (token.length > MAX_LENGTH) return null;
  try {
    const { payload } = await jwtVerify<Claims>(token, key, {
      algorithms: [ALGORITHM],
      audience: AUDIENCE,
      requiredClaims: ['exp'],
      currentDate: now,
    });
    return { promised: toPromised(payload), expiresAt: new Date(payload.exp! * 1000) };
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

function toPromised({ channel, country, currency, rate, lists, lines }: Claims): Promised {
  const amounts = new Map<string, VariantAmount>();
  const quantities = new Map<string, number>();
  for (const [variantId, quantity, amountMinor, index] of lines) {
    const [priceListCode, taxIncluded] = lists[index]!;
    amounts.set(variantId, { amountMinor, taxIncluded, priceListCode });
    quantities.set(variantId, quantity);
  }
  return { channel, country, prices: { currency, taxRateBasisPoints: rate, amounts }, quantities };
}
