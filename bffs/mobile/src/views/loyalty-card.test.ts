import { expect, it } from 'vitest';
import { loyaltyCard } from './loyalty-card.ts';

const card = (value: string, isPrimary = false) => ({ kind: 'LOYALTY_CARD', value, isPrimary }) as const;

it.each([
  [
    'nothing when there is no card',
    [{ kind: 'EMAIL' as const, value: 'ada@example.com', isPrimary: true }],
    null,
    null,
  ],
  ['nothing when identities cannot be asked', null, null, null],
  ['the only card', [card('KONTOR0042')], 'KONTOR0042', 'CODE_128'],
  ['the primary one of several', [card('OLD-CARD'), card('NEW-CARD', true)], 'NEW-CARD', 'CODE_128'],
  ['bars up to 14 characters', [card('A'.repeat(14))], 'A'.repeat(14), 'CODE_128'],
  ['a square beyond', [card('A'.repeat(15))], 'A'.repeat(15), 'QR'],
])('shows %s', (_what, identities, number, barcodeFormat) => {
  expect(loyaltyCard({ identities })).toEqual({ number, barcodeFormat });
});

it('shows the points beside it', () => {
  const loyalty = { balance: 5, available: 5, tier: null, nextTier: null };
  expect(loyaltyCard({ identities: [card('KONTOR0042')], loyalty })).toMatchObject(loyalty);
});
