import { isId, newId } from '@kontor/kit/src/ids.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { demandText, isDemandFault, toDemand, type Allocation, type Demand } from './demand.ts';

const [a, b, here, there] = [newId(), newId(), newId(), newId()] as const;
const line = (variantId: string, locationId: string, quantity: number): Allocation => ({
  variantId,
  locationId,
  quantity,
});
const input = (...plans: Allocation[][]) => ({
  key: 'k',
  channel: 'web',
  ttlSeconds: 60,
  plans: plans.map((allocations) => ({ allocations })),
});

const valid = (...plans: Allocation[][]): Demand => {
  const demand = toDemand(input(...plans), isId);
  if (isDemandFault(demand)) throw new Error(demand.message);
  return demand;
};

describe('toDemand', () => {
  it('sums lines of one variant and location, whatever the case of the ids', () => {
    const demand = valid([line(a, here, 2), line(b, here, 1), line(a.toUpperCase(), here, 3), line(a, there, 1)]);
    expect(demand.plans).toEqual([[line(a, here, 5), line(b, here, 1), line(a, there, 1)]]);
    expect(Object.fromEntries(demand.requested)).toEqual({ [a]: 6, [b]: 1 });
  });

  it('keeps units: whatever the split, a plan asks for as many as its lines', () => {
    const lines = fc.array(
      fc.tuple(fc.constantFrom(a, b), fc.constantFrom(here, there), fc.integer({ min: 1, max: 50 })),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(lines, (given) => {
        const demand = valid(given.map((each) => line(...each)));
        const units = given.reduce((sum, [, , quantity]) => sum + quantity, 0);
        expect([...demand.requested.values()].reduce((sum, each) => sum + each, 0)).toBe(units);
        expect(demand.plans[0]?.reduce((sum, each) => sum + each.quantity, 0)).toBe(units);
      }),
    );
  });

  it('refuses plans that serve different demands', () => {
    expect(toDemand(input([line(a, here, 2)], [line(a, there, 1)]), isId)).toMatchObject({
      path: ['input', 'plans', '1'],
    });
    expect(toDemand(input([line(a, here, 2)], [line(b, there, 2)]), isId)).toMatchObject({
      path: ['input', 'plans', '1'],
    });
    expect(valid([line(a, here, 2)], [line(a, here, 1), line(a, there, 1)]).plans).toHaveLength(2);
  });

  it.each([
    ['no plan', input()],
    ['eleven plans', input(...Array.from({ length: 11 }, () => [line(a, here, 1)]))],
    ['an empty plan', input([])],
    ['501 allocations', input(Array.from({ length: 501 }, () => line(a, here, 1)))],
    ['a variant that is no id', input([line('x', here, 1)])],
    ['a quantity of zero', input([line(a, here, 0)])],
    ['a negative quantity', input([line(a, here, -1)])],
    ['a quantity that is too large', input([line(a, here, 10_001)])],
    ['an empty key', { ...input([line(a, here, 1)]), key: '' }],
    ['a key with a control character', { ...input([line(a, here, 1)]), key: 'a\u0000' }],
    ['no time to live', { ...input([line(a, here, 1)]), ttlSeconds: 0 }],
    ['more than an hour to live', { ...input([line(a, here, 1)]), ttlSeconds: 3_601 }],
  ])('refuses %s', (_, given) => {
    expect(isDemandFault(toDemand(given, isId))).toBe(true);
  });
});

describe('demandText', () => {
  it('is one for one demand in any order of lines and any ranking of locations', () => {
    expect(demandText(valid([line(b, here, 1), line(a, here, 2)]))).toBe(
      demandText(valid([line(a, there, 2), line(b, there, 1)])),
    );
    expect(demandText(valid([line(a, here, 2)]))).not.toBe(demandText(valid([line(a, here, 3)])));
  });
});
