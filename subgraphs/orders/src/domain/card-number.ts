/** 13 to 19 digits, with single blanks or hyphens between them as people write card numbers (ISO/IEC 7812). */
const DIGIT_RUNS = /\d(?:[ -]?\d){12,}/g;
/** An id of ours inside of a text, such as an address made for one order, is digits and hyphens by chance (RFC 9562). */
const UUIDS = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/gi;
const MIN_DIGITS = 13;
const MAX_DIGITS = 19;

/**
 * Fields that machines fill with long numbers of their own. A part of one passes the check digit by chance, in one of ten
 * ids; so only a value that is a card number as a whole counts. None of them is kept as it was sent.
 */
const OPAQUE_FIELDS: ReadonlySet<string> = new Set([
  'cartId',
  'token',
  'quoteToken',
  'shippingOptionId',
  'pickupLocationId',
  'idempotencyKey',
]);

/** Whether digits end in the check digit of card numbers (Luhn, ISO/IEC 7812-1). */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Whether a text is or contains what looks like a card number: in a longer run of digits, any part of 13 to 19. */
export function containsCardNumber(text: string): boolean {
  for (const [run] of text.replaceAll(UUIDS, 'id').matchAll(DIGIT_RUNS)) {
    const digits = run.replaceAll(/[ -]/g, '');
    if (digits.length <= MAX_DIGITS ? passesLuhn(digits) : hasCardNumberWithin(digits)) return true;
  }
  return false;
}

/** Looks at every window, because two numbers may have been written one after the other. Texts are bounded by the body limit. */
function hasCardNumberWithin(digits: string): boolean {
  for (let from = 0; from + MIN_DIGITS <= digits.length; from += 1) {
    for (let length = MIN_DIGITS; length <= MAX_DIGITS && from + length <= digits.length; length += 1) {
      if (passesLuhn(digits.slice(from, from + length))) return true;
    }
  }
  return false;
}

const isCardNumber = (text: string): boolean => {
  const digits = text.replaceAll(/[ -]/g, '');
  return /^\d{13,19}$/.test(digits) && passesLuhn(digits);
};

/** A telephone number in E.164 form: its plus sign says that it is no card, though one of ten passes the check digit. */
const isTelephone = (text: string): boolean => /^\+[1-9]\d{6,14}$/.test(text.replaceAll(/[ ()/-]/g, ''));

/** The path of the first text in an input that carries a card number; null when there is none. */
export function findCardNumber(value: unknown, path: readonly string[] = []): string[] | null {
  if (typeof value === 'string') {
    if (path.at(-1) === 'phone' && isTelephone(value)) return null;
    // A tender's token is the one place where people put a card number by mistake: it is read like any text.
    const opaque = OPAQUE_FIELDS.has(path.at(-1) ?? '') && !path.includes('tenders');
    return (opaque ? isCardNumber(value) : containsCardNumber(value)) ? [...path] : null;
  }
  if (value === null || typeof value !== 'object') return null;
  for (const [key, inner] of Object.entries(value)) {
    const found = findCardNumber(inner, [...path, key]);
    if (found) return found;
  }
  return null;
}
