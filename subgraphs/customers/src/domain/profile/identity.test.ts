import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containsCardNumber } from './card-number.ts';
import { byWeight, isSource, normalizeExternalId, normalizeLoyaltyCard, type IdentityKey } from './identity.ts';

/** The digits with the check digit that makes them pass. */
function withCheckDigit(digits: string): string {
  return Array.from({ length: 10 }, (_, digit) => `${digits}${digit}`).find((whole) => {
    const sum = Array.from(whole)
      .reverse()
      .map((digit, place) => (place % 2 === 1 ? Number(digit) * 2 : Number(digit)))
      .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
    return sum % 10 === 0;
  })!;
}

describe('normalizeLoyaltyCard', () => {
  it.each([
    ['AB-1234', 'AB1234'],
    [' kn 0042 7711 ', 'KN00427711'],
    ['123456', '123456'],
    ['411111111111', '411111111111'],
    ['A'.repeat(32), 'A'.repeat(32)],
  ])('reads %j as %j', (text, card) => expect(normalizeLoyaltyCard(text)).toBe(card));

  it.each([
    '12345',
    'A'.repeat(33),
    '',
    'AB_1234',
    'ÄB12345',
    `${' '.repeat(60)}A12345`,
    '4111111111111111',
    '4111-1111 1111-1111',
    'AB4111111111111111',
    '5500005555555559',
    `${'1'.repeat(12)}4111111111111111`,
    '4111111111111111  23',
  ])('refuses %j', (text) => expect(normalizeLoyaltyCard(text)).toBeNull());

  it('never accepts a number of 13 to 19 digits that ends in the check digit of cards, whatever it begins with', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: 18 }).chain((length) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`))),
        (digits) => {
          expect(normalizeLoyaltyCard(withCheckDigit(digits))).toBeNull();
        },
      ),
      { seed: 20_260_103 },
    );
  });

  it('accepts nothing in which a card number is seen, and normalises what it accepts to itself', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9 -]{0,40}$/), (text) => {
        const card = normalizeLoyaltyCard(text);
        if (card === null) return;
        expect(card).toMatch(/^[A-Z0-9]{6,32}$/);
        expect(containsCardNumber(card)).toBe(false);
        expect(containsCardNumber(text)).toBe(false);
        expect(normalizeLoyaltyCard(card)).toBe(card);
      }),
      { seed: 20_260_104, numRuns: 1_000 },
    );
  });
});

describe('an external id', () => {
  it('keeps its case and loses blanks around it', () => {
    expect(normalizeExternalId(' Buyer-42 ')).toBe('Buyer-42');
  });
  it.each(['', ' ', 'a\nb', 'x'.repeat(201), '4111 1111 1111 1111', '\ud800'])('is not %j', (text) =>
    expect(normalizeExternalId(text)).toBeNull(),
  );
  it('comes from a channel, never from an issuer of sign-in', () => {
    expect(['marketplace', 'market-2', 'a_b'].every(isSource)).toBe(true);
    expect(['', 'https://accounts.example', 'oidc:example', 'Web', 'a b', 'x'.repeat(41)].some(isSource)).toBe(false);
  });
});

describe('byWeight', () => {
  it('puts ids of channels first, then cards, addresses and numbers', () => {
    const key = (kind: IdentityKey['kind'], value: string, source = ''): IdentityKey => ({ kind, source, value });
    const sorted = [
      key('EXTERNAL', '9', 'a'),
      key('EXTERNAL', '1', 'b'),
      key('LOYALTY_CARD', 'X'),
      key('EMAIL', 'a@b.example'),
      key('PHONE', '+49301234'),
    ];
    expect([...sorted].reverse().sort(byWeight)).toEqual(sorted);
  });
});
