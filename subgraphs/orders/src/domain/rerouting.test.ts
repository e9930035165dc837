import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CommittedLine, isShort, keptOf, openOf, rankMoves } from './rerouting.ts';
import type { RoutingLocation } from './routing.ts';

const place = (locationId: string, available: Record<string, number>, latitude = 0): RoutingLocation => ({
  locationId,
  point: { latitude, longitude: 0 },
  postalCode: null,
  country: 'DE',
  pickupOffered: false,
  available: new Map(Object.entries(available)),
});
const line = (
  variantId: string,
  locationId: string,
  quantity: number,
  lost: Partial<CommittedLine> = {},
): CommittedLine => ({ variantId, locationId, quantity, shorted: 0, shipped: 0, waiting: 0, ...lost });
const here = { latitude: 0, longitude: 0 };

describe('what an order has', () => {
  const lines = [
    line('cap', 'a', 5, { shorted: 1, shipped: 2 }),
    line('cap', 'b', 2),
    line('mug', 'a', 3, { shipped: 3 }),
  ];

  test('is what was neither lost nor shipped', () => {
    expect(isShort(lines)).toBe(true);
    expect(isShort(lines.slice(1))).toBe(false);
    expect(keptOf(lines)).toEqual([
      { variantId: 'cap', locationId: 'a', quantity: 2 },
      { variantId: 'cap', locationId: 'b', quantity: 2 },
    ]);
  });

  test('is served again but for what is shipped', () => {
    expect(openOf(lines)).toEqual([{ variantId: 'cap', quantity: 5 }]);
  });
});

describe('where an order moves', () => {
  const lines = [line('mug', 'a', 3, { shorted: 1 }), line('cap', 'a', 1)];

  test('is first one location that has all of it, then what is kept with the lost units from elsewhere', () => {
    const free = [place('a', {}), place('b', { mug: 1 }, 1), place('c', { mug: 3, cap: 1 }, 2)];
    const keeping = (from: string) => [
      { variantId: 'mug', locationId: 'a', quantity: 2 },
      { variantId: 'cap', locationId: 'a', quantity: 1 },
      { variantId: 'mug', locationId: from, quantity: 1 },
    ];
    const plans = rankMoves(lines, free, here);
    expect(plans[0]).toEqual([
      { variantId: 'mug', locationId: 'c', quantity: 3 },
      { variantId: 'cap', locationId: 'c', quantity: 1 },
    ]);
    expect(plans).toContainEqual(keeping('c'));
    expect(
      plans.map((plan) => new Set(plan.map((each) => `${each.variantId} ${each.locationId} ${each.quantity}`))),
    ).toContainEqual(new Set(keeping('b').map((each) => `${each.variantId} ${each.locationId} ${each.quantity}`)));
  });

  test('is the same location when units came in there', () => {
    expect(rankMoves(lines, [place('a', { mug: 1 })], here)).toEqual([
      [
        { variantId: 'mug', locationId: 'a', quantity: 3 },
        { variantId: 'cap', locationId: 'a', quantity: 1 },
      ],
    ]);
  });

  test('is nowhere when no locations have what it lacks, and units at a location that may not serve it do not count', () => {
    expect(rankMoves(lines, [place('a', {}), place('b', { cap: 9 })], here)).toEqual([]);
    expect(rankMoves(lines, [place('b', { mug: 3 })], here)).toEqual([]);
  });

  test('is always a plan that serves exactly what is open from what is free or its own, if there is enough', () => {
    const units = fc.integer({ min: 0, max: 4 });
    const ids = ['a', 'b', 'c', 'd'];
    const anOrder = fc.record({
      lines: fc.array(
        fc.record({
          variantId: fc.constantFrom('mug', 'cap', 'pin'),
          locationId: fc.constantFrom(...ids),
          kept: units,
          shorted: units,
          shipped: units,
        }),
        { minLength: 1, maxLength: 8 },
      ),
      free: fc.array(fc.record({ mug: units, cap: units, pin: units }), { minLength: 4, maxLength: 4 }),
    });
    fc.assert(
      fc.property(anOrder, ({ lines: drawn, free }) => {
        const byPlace = new Map(drawn.map((each) => [`${each.variantId} ${each.locationId}`, each]));
        const order = [...byPlace.values()].map(({ kept, shorted, shipped, variantId, locationId }) =>
          line(variantId, locationId, kept + shorted + shipped, { shorted, shipped }),
        );
        const locations = ids.map((id, index) => place(id, free[index]!, index));
        const open = openOf(order);
        const plans = rankMoves(order, locations, here);
        const has = (variantId: string, locationId: string) =>
          (locations.find((each) => each.locationId === locationId)!.available.get(variantId) ?? 0) +
          (keptOf(order).find((each) => each.variantId === variantId && each.locationId === locationId)?.quantity ?? 0);
        const isEnough = open.every(
          ({ variantId, quantity }) => ids.reduce((sum, id) => sum + has(variantId, id), 0) >= quantity,
        );
        expect(plans.length > 0).toBe(isEnough && open.length > 0);
        expect(plans.length).toBeLessThanOrEqual(10);
        for (const plan of plans) {
          expect(
            openOf(plan.map((each) => line(each.variantId, each.locationId, each.quantity))).sort(byVariant),
          ).toEqual([...open].sort(byVariant));
          for (const each of plan) {
            expect(each.quantity).toBeGreaterThan(0);
            expect(each.quantity).toBeLessThanOrEqual(has(each.variantId, each.locationId));
          }
        }
      }),
      { seed: 20_261_122, numRuns: 500 },
    );
  });
});

const byVariant = (a: { variantId: string }, b: { variantId: string }) => (a.variantId < b.variantId ? -1 : 1);
