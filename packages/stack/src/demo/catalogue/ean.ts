/** Set aside by GS1 for demonstrations: no product on earth has a barcode that begins so. */
const DEMONSTRATION_PREFIX = '952';

/** The check digit of the first twelve digits of an EAN-13: weights 1 and 3 in turn (GS1 General Specifications 7.9). */
export function ean13CheckDigit(digits: string): number {
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
  return (10 - (sum % 10)) % 10;
}

/** The barcode of the nth variant of an article. */
export function ean13(article: number, variant: number): string {
  const digits = `${DEMONSTRATION_PREFIX}${String(article).padStart(6, '0')}${String(variant).padStart(3, '0')}`;
  return `${digits}${ean13CheckDigit(digits)}`;
}
