import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashSecret } from './hash-secret.ts';
import { newKeySecret, shapeOfSecret } from './key-secret.ts';

it('makes secrets of digits and letters behind a prefix, each another one', () => {
  const made = Array.from({ length: 200 }, () => newKeySecret('sk', 'test'));
  expect(new Set(made.map(({ secret }) => secret)).size).toBe(200);
  for (const { secret, secretHash, prefix, lastFour } of made) {
    expect(secret).toMatch(/^sk_test_[0-9A-Za-z]{49}$/);
    expect([prefix, lastFour, secretHash]).toEqual(['sk_test_', secret.slice(-4), hashSecret(secret)]);
    expect(shapeOfSecret(secret)).toEqual({ kind: 'sk', mode: 'test' });
  }
  expect(shapeOfSecret(newKeySecret('dk', 'live').secret)).toEqual({ kind: 'dk', mode: 'live' });
});

it('finds every change of one character and every exchange of two neighbours', () => {
  const { secret } = newKeySecret('sk', 'live');
  fc.assert(
    fc.property(fc.integer({ min: 8, max: secret.length - 1 }), fc.constantFrom(...'09AZaz-_'), (at, other) => {
      const typo = secret.slice(0, at) + other + secret.slice(at + 1);
      expect(shapeOfSecret(typo) === 'malformed').toBe(typo !== secret);
    }),
    { seed: 11 },
  );
  for (let at = 8; at < secret.length - 1; at += 1) {
    const swapped = secret.slice(0, at) + secret[at + 1]! + secret[at]! + secret.slice(at + 2);
    expect(shapeOfSecret(swapped) === 'malformed').toBe(swapped !== secret);
  }
});

it.each(['sk_', 'sk_test_', 'sk_prod_abc', `sk_test_${'a'.repeat(49)}`, 'dk_test_x'])('takes %s for no key', (text) => {
  expect(shapeOfSecret(text)).toBe('malformed');
});

it.each(['demo_staff_administrator', 'sess_x', 'task_1', ''])('leaves %j to whoever knows it', (text) => {
  expect(shapeOfSecret(text)).toBe('other');
});
