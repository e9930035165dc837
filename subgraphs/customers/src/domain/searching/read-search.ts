/** What a typed text can mean; each of its parts is looked for. Nothing in it is a pattern. */
export interface Search {
  /** An address in lower case. */
  readonly email: string | null;
  /** A card as it is kept: without blanks and dashes. */
  readonly card: string | null;
  /** A telephone number in E.164, when it was typed with its country. */
  readonly phone: string | null;
  /** Digits that a number ends with, without what is dialled before it inside of a country. */
  readonly phoneEnding: string | null;
  /** The text itself, when it has enough letters to be a name. */
  readonly name: string | null;
}

export type ReadSearch =
  { readonly kind: 'search'; readonly search: Search } | { readonly kind: 'tooShort' } | { readonly kind: 'tooLong' };

const MAX_LENGTH = 100;
const MIN_LETTERS = 3;
const MIN_DIGITS = 4;
/** E.164: a number has 15 digits at most. */
const MAX_DIGITS = 15;
const MIN_CARD_LENGTH = 4;

const PHONE = /^\+?[\d\s\-./()]+$/;
const CARD = /^[\p{L}\p{N}][\p{L}\p{N}\s-]*$/u;

/**
 * Reads what staff typed to find somebody: an address, a telephone number in any way of writing, a card or a name. A number without its
 * country is compared from its end, so that it is found whatever the country, and those of several countries are all shown.
 */
export function readSearch(text: string): ReadSearch {
  // Long before it is normalised, since that can lengthen it; half of a surrogate pair is no text.
  if (text.length > MAX_LENGTH) return { kind: 'tooLong' };
  const query = text.toWellFormed().replaceAll('\0', ' ').trim();
  if (query.includes('@'))
    return { kind: 'search', search: { ...NOTHING, email: query.toLowerCase().replaceAll(/\s/g, '') } };
  const numbers = PHONE.test(query) ? phoneOf(query) : NOTHING;
  const search = {
    ...numbers,
    email: null,
    card: cardOf(query),
    name: (query.match(/\p{L}/gu)?.length ?? 0) >= MIN_LETTERS ? query : null,
  };
  return Object.values(search).some((part) => part !== null) ? { kind: 'search', search } : { kind: 'tooShort' };
}

const NOTHING: Search = { email: null, card: null, phone: null, phoneEnding: null, name: null };

function phoneOf(query: string): Pick<Search, 'phone' | 'phoneEnding'> {
  const digits = query.replaceAll(/\D/g, '');
  const hasCountry = query.startsWith('+') || digits.startsWith('00');
  // The 0 that is dialled before a number inside of its country is no part of it.
  const bare = digits.replace(/^0+/, '');
  if (bare.length < MIN_DIGITS || bare.length > MAX_DIGITS) return { phone: null, phoneEnding: null };
  return { phone: hasCountry ? `+${bare}` : null, phoneEnding: hasCountry ? null : bare };
}

function cardOf(query: string): string | null {
  const card = query.replaceAll(/[\s-]/g, '');
  // A card has a digit: a name alone would ask for nothing.
  return CARD.test(query) && /\d/.test(card) && card.length >= MIN_CARD_LENGTH ? card : null;
}
