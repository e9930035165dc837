import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { locate, type Point } from './geography.ts';
import { rankPlans, type RoutingLocation, shortages } from './routing.ts';

const BERLIN: Point = { latitude: 52.52, longitude: 13.405 };
const MUNICH: Point = { latitude: 48.137, longitude: 11.575 };
const VIENNA: Point = { latitude: 48.208, longitude: 16.373 };

const location = (
  locationId: string,
  point: Point | null,
  available: Record<string, number>,
  more: Partial<RoutingLocation> = {},
): RoutingLocation => ({
  locationId,
  point,
  postalCode: null,
  country: 'DE',
  pickupOffered: false,
  ...more,
  available: new Map(Object.entries(available)),
});

describe('rankPlans', () => {
  test('ranks single locations that have everything by distance', () => {
    const plans = rankPlans(
      [{ variantId: 'a', quantity: 2 }],
      [
        location('munich', MUNICH, { a: 9 }),
        location('berlin', BERLIN, { a: 2 }),
        location('vienna', VIENNA, { a: 1 }),
      ],
      BERLIN,
    );
    expect(plans.slice(0, 2)).toEqual([
      [{ variantId: 'a', locationId: 'berlin', quantity: 2 }],
      [{ variantId: 'a', locationId: 'munich', quantity: 2 }],
    ]);
  });

  test('prefers a farther location that has everything to a nearer split', () => {
    const demand = [
      { variantId: 'a', quantity: 1 },
      { variantId: 'b', quantity: 1 },
    ];
    const [first] = rankPlans(
      demand,
      [
        location('berlin', BERLIN, { a: 1 }),
        location('munich', MUNICH, { b: 1 }),
        location('vienna', VIENNA, { a: 1, b: 1 }),
      ],
      BERLIN,
    );
    expect(new Set(first?.map((each) => each.locationId))).toEqual(new Set(['vienna']));
  });

  test('splits 13 over 10 and 6 as 10 and 3', () => {
    const plans = rankPlans(
      [{ variantId: 'a', quantity: 13 }],
      [location('near', BERLIN, { a: 10 }), location('far', MUNICH, { a: 6 })],
      BERLIN,
    );
    expect(plans).toEqual([
      [
        { variantId: 'a', locationId: 'near', quantity: 10 },
        { variantId: 'a', locationId: 'far', quantity: 3 },
      ],
    ]);
  });

  test('takes 13 from the location with 15 before it splits, and never 10 and 13', () => {
    const plans = rankPlans(
      [{ variantId: 'a', quantity: 13 }],
      [location('near', BERLIN, { a: 10 }), location('far', MUNICH, { a: 15 })],
      BERLIN,
    );
    expect(plans).toEqual([
      [{ variantId: 'a', locationId: 'far', quantity: 13 }],
      [
        { variantId: 'a', locationId: 'near', quantity: 10 },
        { variantId: 'a', locationId: 'far', quantity: 3 },
      ],
    ]);
  });

  test('finds two locations where always taking the fullest would need three', () => {
    const demand = [
      { variantId: 'a', quantity: 10 },
      { variantId: 'b', quantity: 10 },
    ];
    const [first] = rankPlans(
      demand,
      [
        location('both', BERLIN, { a: 9, b: 9 }),
        location('only-a', MUNICH, { a: 10 }),
        location('only-b', VIENNA, { b: 10 }),
      ],
      BERLIN,
    );
    expect(new Set(first?.map((each) => each.locationId))).toEqual(new Set(['only-a', 'only-b']));
  });

  test('gives ties to the lower id and puts locations without a point last', () => {
    const places = [location('z', null, { a: 1 }), location('c', BERLIN, { a: 1 }), location('b', BERLIN, { a: 1 })];
    const order = rankPlans([{ variantId: 'a', quantity: 1 }], places, MUNICH).map((plan) => plan[0]?.locationId);
    expect(order).toEqual(['b', 'c', 'z']);
  });

  const variants = ['a', 'b', 'c'];
  const demands = fc
    .uniqueArray(fc.constantFrom(...variants), { minLength: 1 })
    .chain((ids) =>
      fc.tuple(
        ...ids.map((variantId) =>
          fc.record({ variantId: fc.constant(variantId), quantity: fc.integer({ min: 1, max: 30 }) }),
        ),
      ),
    );
  const places = fc.uniqueArray(
    fc.record({
      locationId: fc.string({ minLength: 1, maxLength: 4 }),
      point: fc.option(
        fc.record({ latitude: fc.integer({ min: -90, max: 90 }), longitude: fc.integer({ min: -180, max: 180 }) }),
      ),
      available: fc.dictionary(fc.constantFrom(...variants), fc.integer({ min: 0, max: 20 })),
    }),
    { selector: (each) => each.locationId, maxLength: 15 },
  );

  test('serves exactly the demand in every plan and takes from nobody more than there is', () => {
    fc.assert(
      fc.property(demands, places, (demand, specs) => {
        const locations = specs.map((each) => location(each.locationId, each.point, each.available));
        const plans = rankPlans(demand, locations, BERLIN);
        expect(plans.length > 0).toBe(shortages(demand, locations).length === 0);
        expect(plans.length).toBeLessThanOrEqual(10);
        expect(new Set(plans.map((plan) => JSON.stringify(plan))).size).toBe(plans.length);
        for (const plan of plans) {
          for (const { variantId, quantity } of demand) {
            const taken = plan.filter((each) => each.variantId === variantId);
            expect(taken.reduce((sum, each) => sum + each.quantity, 0)).toBe(quantity);
            expect(new Set(taken.map((each) => each.locationId)).size).toBe(taken.length);
          }
          for (const each of plan) {
            const there =
              locations.find((place) => place.locationId === each.locationId)?.available.get(each.variantId) ?? 0;
            expect(each.quantity).toBeGreaterThan(0);
            expect(each.quantity).toBeLessThanOrEqual(there);
          }
        }
      }),
    );
  });

  test('answers the same whatever the order of the locations, with fewer locations first', () => {
    fc.assert(
      fc.property(demands, places, (demand, specs) => {
        const locations = specs.map((each) => location(each.locationId, each.point, each.available));
        const plans = rankPlans(demand, locations, BERLIN);
        expect(rankPlans(demand, locations.toReversed(), BERLIN)).toEqual(plans);
        const sizes = plans.map((plan) => new Set(plan.map((each) => each.locationId)).size);
        expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('locate', () => {
  const centroidOf = (country: string) => (country === 'DE' ? { latitude: 51, longitude: 9 } : null);
  const places = [
    location('b', BERLIN, {}, { postalCode: '10115' }),
    location('m', MUNICH, {}, { postalCode: '80331' }),
    location('v', VIENNA, {}, { postalCode: '1010', country: 'AT' }),
  ];
  const to = (postalCode: string | null, country = 'DE') => ({ country, postalCode, latitude: null, longitude: null });

  test('uses the coordinates of the address before anything else', () => {
    expect(locate({ ...to('80331'), latitude: 1, longitude: 2 }, places, centroidOf)).toEqual({
      latitude: 1,
      longitude: 2,
    });
  });

  test('uses a place of the same country with the same postal code, however it is written', () => {
    expect(locate(to('80 331'), places, centroidOf)).toEqual(MUNICH);
  });

  test('uses the place with the longest common beginning of at least two characters', () => {
    expect(locate(to('10999'), places, centroidOf)).toEqual(BERLIN);
    expect(locate(to('19999'), places, centroidOf)).toEqual({ latitude: 51, longitude: 9 });
  });

  test('falls back to the middle of the country, and to nothing for an unknown one', () => {
    expect(locate(to(null), places, centroidOf)).toEqual({ latitude: 51, longitude: 9 });
    expect(locate(to('1010', 'XX'), places, centroidOf)).toBeNull();
  });
});
