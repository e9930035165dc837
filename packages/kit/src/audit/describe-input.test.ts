import fc from 'fast-check';
import { expect, it } from 'vitest';
import { newId } from '../ids.ts';
import { describeInput, digestInput, entityIdsOf } from './describe-input.ts';

const SALT = '00'.repeat(32);

it('finds ids in fields that name something, wherever they stand, once and in lower case', () => {
  const [a, b, c] = [newId(), newId(), newId()];
  const input = {
    input: {
      customerId: a.toUpperCase(),
      lines: [{ variantId: b }, { variantId: a }],
      locationIds: [c],
      idempotencyKey: newId(),
      note: newId(),
      id: 'no id at all',
      ids: { deeper: newId() },
    },
  };
  expect(entityIdsOf(input)).toEqual([a, b, c]);
});

it('finds at most fifty ids', () => {
  const ids = Array.from({ length: 60 }, newId);
  expect(entityIdsOf({ input: { variantIds: ids } })).toEqual(ids.slice(0, 50));
});

it('digests the same input alike, whatever the order of its fields', () => {
  const one = JSON.parse('{"input":{"b":[1,null],"a":{"__proto__":"x","constructor":true}}}') as unknown;
  const other = JSON.parse('{"input":{"a":{"constructor":true,"__proto__":"x"},"b":[1,null]}}') as unknown;
  expect(digestInput(one, SALT)).toBe(digestInput(other, SALT));
  expect(digestInput(one, SALT)).not.toBe(digestInput({ input: {} }, SALT));
});

it('digests different values differently', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (one, other) => {
      const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
      expect(digestInput({ text: one }, SALT) === digestInput({ text: other }, SALT)).toBe(same);
    }),
    { seed: 7, numRuns: 300 },
  );
});

it('digests no secret, since a short one could be guessed from it', () => {
  const digest = (pin: string) => digestInput({ input: { staffId: 'a', pin, newPassword: pin } }, SALT);
  expect(digest('1234')).toBe(digest('9999'));
  expect(digestInput({ input: { code: '1' } }, SALT)).not.toBe(digestInput({ input: { code: '2' } }, SALT));
});

it('uses a salt of its own each time, with which the digest can be made again', () => {
  const input = { input: { name: 'Ada' } };
  const [one, other] = [describeInput(input), describeInput(input)];
  expect(one.inputDigest).not.toBe(other.inputDigest);
  expect(digestInput(input, one.inputSalt)).toBe(one.inputDigest);
});

it('takes an input that nests without end for what it is', () => {
  let deep: unknown = 'end';
  for (let depth = 0; depth < 50_000; depth += 1) deep = [deep];
  expect(digestInput({ deep }, SALT)).toMatch(/^[0-9a-f]{64}$/);
  expect(entityIdsOf({ deep })).toEqual([]);
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return { fields: fields.map(([name, each]) => [name, sorted(each)]) };
}
