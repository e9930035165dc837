import type { BarcodeFormat } from '../generated/schema.ts';
import type { LoyaltyCardQuery } from '../generated/upstream.ts';

/** A character of Code 128 is eleven modules wide (ISO/IEC 15417), and a phone held upright shows about 200 that a scanner tells apart. */
const LONGEST_BARS = 14;

/** The card of a customer. Of several, the primary one is shown, else the first. */
export function loyaltyCard({ identities, loyalty }: NonNullable<LoyaltyCardQuery['me']>) {
  const cards = identities?.filter(({ kind }) => kind === 'LOYALTY_CARD') ?? [];
  const number = (cards.find(({ isPrimary }) => isPrimary) ?? cards[0])?.value ?? null;
  return { ...loyalty, number, barcodeFormat: number === null ? null : barcodeFormat(number) };
}

const barcodeFormat = (number: string): BarcodeFormat => (number.length <= LONGEST_BARS ? 'CODE_128' : 'QR');
