import { expect, it } from 'vitest';
import { isPin, isTrivialPin } from './pin.ts';

it.each(['12345', '1234567890123', '12345a', ' 123456', '１２３４５６', ''])('takes %j for no PIN', (text) => {
  expect(isPin(text)).toBe(false);
});

it.each([
  '111111',
  '123456',
  '654321',
  '890123',
  '210987',
  '012345678901',
  '121212',
  '123123',
  '1231231',
  '12341234',
  '147258',
  '357951',
  '112233',
  '332211',
])('finds %s trivial', (pin) => {
  expect(isPin(pin)).toBe(true);
  expect(isTrivialPin(pin, 'anna')).toBe(true);
});

it('finds a PIN trivial that is the number of its owner, and not that of somebody else', () => {
  expect(isTrivialPin('408215', 'till-408215')).toBe(true);
  expect(isTrivialPin('408215', 'till-408216')).toBe(false);
});

it.each(['408215', '927461', '135790', '9274610385', '200190'])('takes %s', (pin) => {
  expect(isTrivialPin(pin, 'anna')).toBe(false);
});
