import { expect, test } from 'vitest';
import { ean13, ean13CheckDigit } from './ean.ts';

test.each([
  ['400638133393', 1],
  ['501234567890', 0],
  ['978030640615', 7],
])('gives %s the check digit %i of the standard’s examples', (digits, check) => {
  expect(ean13CheckDigit(digits)).toBe(check);
});

test('makes a barcode of thirteen digits in the range for demonstrations', () => {
  expect(ean13(1001, 2)).toBe('9520010010024');
});
