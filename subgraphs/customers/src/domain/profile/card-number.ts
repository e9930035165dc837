/** 13 to 19 digits, with single blanks or hyphens between them as people write card numbers (ISO/IEC 7812). */
const DIGIT_RUNS = /\d(?:[ -]?\d){12,}/g;
const MIN_DIGITS = 13;
const MAX_DIGITS = 19;

/** Whether digits end in the check digit of card numbers (Luhn, ISO/IEC 7812-1). */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function hasCardNumberWithin(digits: string): boolean {
  for (let from = 0; from + MIN_DIGITS <= digits.length; from += 1) {
    for (let length = MIN_DIGITS; length <= MAX_DIGITS && from + length <= digits.length; length += 1) {
      if (passesLuhn(digits.slice(from, from + length))) return true;
    }
  }
  return false;
}

/**
 * Whether a text is or contains what looks like the number of a payment card: in a longer run of digits, any part of 13 to 19. The same
 * rule refuses a checkout, so that nothing is kept here that could not be named there.
 * @param text of bounded length: the work grows with it.
 */
export function containsCardNumber(text: string): boolean {
  for (const [run] of text.matchAll(DIGIT_RUNS)) {
    const digits = run.replaceAll(/[ -]/g, '');
    if (digits.length <= MAX_DIGITS ? passesLuhn(digits) : hasCardNumberWithin(digits)) return true;
  }
  return false;
}
