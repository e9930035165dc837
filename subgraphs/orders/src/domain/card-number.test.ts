import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containsCardNumber, findCardNumber } from './card-number.ts';

describe('containsCardNumber', () => {
  test.each([
    '4242424242424242',
    '4242 4242 4242 4242',
    '5555-5555-5555-4444',
    'card: 378282246310005, thanks',
    '6011000990139424x',
    '42424242424242424242424242424242',
  ])('sees the card number in %s', (text) => expect(containsCardNumber(text)).toBe(true));

  test.each(['pm_card_visa', '4242424242424241', '10115 Berlin', '+49 30 1234567', 'Unter den Linden 77'])(
    'sees none in %s',
    (text) => expect(containsCardNumber(text)).toBe(false),
  );

  test('takes no id of ours inside of a text for one, whatever its digits', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(containsCardNumber(`shopper-${id}@example.com`)).toBe(false);
      }),
    );
    expect(containsCardNumber('shopper-01234567-4242-7242-8242-424242424242@example.com')).toBe(false);
  });

  test('sees every number with a right check digit, wherever it stands', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 18 });
    fc.assert(
      fc.property(digits, fc.constantFrom('', 'x ', 'nr.'), (payload, before) => {
        const sum = payload.toReversed().reduce((total, digit, place) => {
          const doubled = place % 2 === 0 ? digit * 2 : digit;
          return total + (doubled > 9 ? doubled - 9 : doubled);
        }, 0);
        expect(containsCardNumber(`${before}${payload.join('')}${(10 - (sum % 10)) % 10}`)).toBe(true);
      }),
    );
  });
});

describe('findCardNumber', () => {
  test('names the path of the text', () => {
    const input = { contact: { email: 'a@b.example' }, tenders: [{ kind: 'CARD', token: '4242424242424242' }] };
    expect(findCardNumber(input, ['input'])).toEqual(['input', 'tenders', '0', 'token']);
  });

  test('lets a telephone number pass that happens to have a right check digit', () => {
    expect(containsCardNumber('+49151123456786') && findCardNumber({ phone: '+49151123456786' })).toBeNull();
    expect(findCardNumber({ phone: '4242424242424242' })).toEqual(['phone']);
  });

  test('takes ids and keys as a whole: a part of them that passes by chance is no card number', () => {
    expect(findCardNumber({ idempotencyKey: 'order-4242424242424242' })).toBeNull();
    expect(findCardNumber({ idempotencyKey: '4242424242424242' })).toEqual(['idempotencyKey']);
    expect(findCardNumber({ shippingAddress: { name: 'Max 4242424242424242' } })).toEqual(['shippingAddress', 'name']);
  });
});
