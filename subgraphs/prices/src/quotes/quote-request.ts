import { badInput } from '@kontor/kit/src/errors.ts';
import { ANYBODY, type Buyer } from '../domain/pricing-context.ts';
import { isCode, normalCode } from '../domain/quote/quote-codes.ts';
import type { CartLine } from '../domain/quote/quote.ts';
import type { QuoteInput } from '../generated/internal.ts';

const MAX_LINES = 500;
const MAX_QUANTITY = 10_000;
const MAX_CODES = 10;
const MAX_GROUPS = 50;
/** Longer than any region, postal code, code or id is. */
const MAX_TEXT = 256;
/** What ISO 3166-2 has behind the country. */
const REGION = /^[A-Z0-9]{1,3}$/;

/** A cart in a context, as it is asked for; absent currency and country are the channel's defaults. */
export interface QuoteRequest {
  readonly channel: string;
  readonly currency: string | null;
  readonly country: string | null;
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly buyer: Buyer;
  readonly guestKey: string | null;
  /** Variants in lower case. */
  readonly lines: readonly CartLine[];
  /** As they were entered. */
  readonly codes: readonly string[];
  /** Those that may be a code at all, as they are compared, in order, each once. */
  readonly normalCodes: readonly string[];
  readonly shippingOptionCode: string | null;
  readonly isPickup: boolean;
  readonly quoteToken: string | null;
}

/**
 * Checks what is asked and brings it into one form, so that the same question is the same text.
 * @throws GraphQLError BAD_USER_INPUT for too many lines, codes or groups, a bad quantity, a text that is too long.
 */
export function toQuoteRequest(input: QuoteInput): QuoteRequest {
  const { channel, currency, country, codes = [], isPickup = false, quoteToken } = input;
  atMost(input.lines, MAX_LINES, 'lines');
  atMost(codes, MAX_CODES, 'codes');
  for (const [index, code] of codes.entries())
    if (code.length > MAX_TEXT)
      throw badInput(`A code has at most ${MAX_TEXT} characters.`, ['input', 'codes', String(index)]);
  return {
    channel,
    currency: currency ?? null,
    country: country ?? null,
    region: toRegion(text(input.region, 'region')),
    postalCode: text(input.postalCode, 'postalCode')?.toUpperCase() ?? null,
    buyer: input.buyer ? toBuyer(input.buyer) : ANYBODY,
    guestKey: text(input.guestKey, 'guestKey'),
    lines: input.lines.map(toLine),
    codes,
    normalCodes: [...new Set(codes.map(normalCode).filter(isCode))].sort(),
    shippingOptionCode: isPickup ? null : (input.shippingOptionCode ?? null),
    isPickup,
    quoteToken: quoteToken ?? null,
  };
}

function toLine({ lineId, variantId, quantity }: CartLine, index: number): CartLine {
  if (quantity < 1 || quantity > MAX_QUANTITY)
    throw badInput(`A quantity is from 1 to ${MAX_QUANTITY}.`, ['input', 'lines', String(index), 'quantity']);
  // PostgreSQL answers UUIDs in lower case, whatever the caller wrote.
  return { lineId, variantId: variantId.toLowerCase(), quantity };
}

function toBuyer({ customerId, companyId, companyLocationId, groups = [] }: NonNullable<QuoteInput['buyer']>): Buyer {
  atMost(groups, MAX_GROUPS, 'buyer', 'groups');
  return {
    customerId: customerId ?? null,
    companyId: companyId ?? null,
    companyLocationId: companyLocationId ?? null,
    groups: [...new Set(groups)].sort(),
  };
}

function atMost(list: readonly unknown[], maximum: number, ...path: string[]): void {
  if (list.length > maximum)
    throw badInput(`A quote takes at most ${maximum} ${path.at(-1)}, not ${list.length}.`, ['input', ...path]);
}

/** Without the space around it; nothing but space is nothing. */
function text(value: string | null | undefined, field: string): string | null {
  if (value && value.length > MAX_TEXT)
    throw badInput(`${field} has at most ${MAX_TEXT} characters.`, ['input', field]);
  // PostgreSQL keeps no text with such a character in it.
  if (value?.includes('\0')) throw badInput(`${field} holds a character that no text has.`, ['input', field]);
  return value?.trim() || null;
}

/** Addresses have a region in any words: one that is no code is none that a tax or a zone could name. */
function toRegion(region: string | null): string | null {
  const code = region?.toUpperCase() ?? '';
  return REGION.test(code) ? code : null;
}
