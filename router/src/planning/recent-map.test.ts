import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRecentMap } from './recent-map.ts';

it('holds the entries that were used last, however they are used', () => {
  const step = fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', '__proto__'), set: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 40 }), (most, steps) => {
      const map = createRecentMap<{ readonly at: number }>(most);
      let expected: { key: string; at: number }[] = [];
      steps.forEach(({ key, set }, at) => {
        const known = expected.find((entry) => entry.key === key);
        if (set) map.set(key, { at });
        else expect(map.get(key)?.at).toBe(known?.at);
        if (!set && !known) return;
        expected = [...expected.filter((entry) => entry !== known), { key, at: set ? at : known!.at }].slice(-most);
      });
      expect(Array.from(map.entries(), ([key, { at }]) => ({ key, at }))).toEqual(expected);
      expect(map.size).toBe(expected.length);
    }),
    { seed: 1 },
  );
});
