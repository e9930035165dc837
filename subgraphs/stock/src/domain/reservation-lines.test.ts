import { isId, newId } from '@kontor/kit/src/ids.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toSaleLines, toUnitLines } from './reservation-lines.ts';

const variantIds = [newId(), newId()].sort();
const locationIds = [newId(), newId()].sort();
const [variantId, locationId] = [variantIds[0]!, locationIds[0]!];

describe('toUnitLines', () => {
  it('sums lines of one place, however its ids are written, in order of place', () => {
    const line = fc.record({
      variantId: fc.constantFrom(...variantIds, ...variantIds.map((id) => id.toUpperCase())),
      locationId: fc.constantFrom(...locationIds, ...locationIds.map((id) => id.toUpperCase())),
      quantity: fc.integer({ min: 1, max: 10_000 }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 30 }), (given) => {
        const lines = toUnitLines(given, isId);
        if ('message' in lines) throw new Error(lines.message);
        const places = lines.map((each) => `${each.variantId} ${each.locationId}`);
        expect(places).toEqual([...new Set(places)].sort());
        const sum = (all: readonly { quantity: number }[]) => all.reduce((total, { quantity }) => total + quantity, 0);
        expect(sum(lines)).toBe(sum(given));
      }),
      { seed: 7 },
    );
  });

  it('names the line that is at fault', () => {
    const path = ['input', 'lines'];
    const line = { variantId, locationId, quantity: 1 };
    expect(toUnitLines([], isId)).toMatchObject({ path });
    expect(toUnitLines(Array(501).fill(line), isId)).toMatchObject({ path });
    expect(toUnitLines([line, { ...line, locationId: '__proto__' }], isId)).toMatchObject({ path: [...path, '1'] });
    for (const quantity of [0, -1, 1.5, 10_001, Number.NaN])
      expect(toUnitLines([{ ...line, quantity }], isId)).toMatchObject({ path: [...path, '0', 'quantity'] });
  });
});

describe('toSaleLines', () => {
  it('sums lines of one variant', () => {
    const lines = [
      { variantId, quantity: 2 },
      { variantId: variantId.toUpperCase(), quantity: 3 },
    ];
    expect(toSaleLines(lines, isId)).toEqual([{ variantId, quantity: 5 }]);
    expect(toSaleLines(Array(201).fill(lines[0]), isId)).toMatchObject({ path: ['input', 'lines'] });
  });
});
