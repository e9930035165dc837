import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxesAround, distanceKm, isGeoPoint, type GeoBox, type GeoPoint } from './geography.ts';

const isIn = ({ west, south, east, north }: GeoBox, { latitude, longitude }: GeoPoint) =>
  longitude >= west && longitude <= east && latitude >= south && latitude <= north;
const pointOf = ([latitude, longitude]: readonly [number, number]) => ({ latitude, longitude });
const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true });

describe('distanceKm', () => {
  it('is what is known between cities, and none from a point to itself', () => {
    const [berlin, paris] = [pointOf([52.52, 13.405]), pointOf([48.8566, 2.3522])];
    expect(distanceKm(berlin, paris)).toBeCloseTo(877.46, 1);
    expect(distanceKm(paris, paris)).toBe(0);
  });

  it('goes over the antimeridian and over the poles, and half around the earth', () => {
    expect(distanceKm(pointOf([0, 179.5]), pointOf([0, -179.5]))).toBeCloseTo(111.195, 2);
    expect(distanceKm(pointOf([89.5, 0]), pointOf([89.5, 180]))).toBeCloseTo(111.195, 2);
    expect(distanceKm(pointOf([0, 0]), pointOf([0, 180]))).toBeCloseTo(20_015.115, 2);
  });
});

describe('boxesAround', () => {
  it('is one box in the middle of the map, two at the antimeridian, and every longitude at a pole', () => {
    expect(boxesAround(pointOf([50, 8]), 100)).toHaveLength(1);
    const [west, east] = boxesAround(pointOf([10, 179.9]), 50);
    expect(west).toMatchObject({ east: 180 });
    expect(east).toMatchObject({ west: -180 });
    expect(boxesAround(pointOf([-90, 0]), 1)).toMatchObject([{ west: -180, east: 180, south: -90 }]);
  });

  it('holds every point within the distance, wherever the centre is', () => {
    const near = fc
      .record({
        latitude: degrees(90),
        longitude: degrees(180),
        radiusKm: fc.double({ min: 0.001, max: 500, noNaN: true }),
      })
      .chain((where) =>
        // Points around the centre, not anywhere on earth: most of them decide something.
        fc.record({
          where: fc.constant(where),
          north: degrees(where.radiusKm / 110),
          east: fc.oneof(degrees(180), degrees(where.radiusKm / 110)),
        }),
      );
    fc.assert(
      fc.property(near, ({ where, north, east }) => {
        const latitude = Math.max(-90, Math.min(90, where.latitude + north));
        const turned = where.longitude + east;
        const longitude = turned > 180 ? turned - 360 : turned < -180 ? turned + 360 : turned;
        const point = { latitude, longitude };
        const boxes = boxesAround(where, where.radiusKm);
        if (distanceKm(where, point) <= where.radiusKm) expect(boxes.some((box) => isIn(box, point))).toBe(true);
      }),
      { seed: 71, numRuns: 20_000 },
    );
  });

  it('holds little that is farther away than the corner of a square, off the poles', () => {
    fc.assert(
      fc.property(degrees(60), degrees(180), degrees(90), degrees(180), (latitude, longitude, north, east) => {
        const point = pointOf([north, east]);
        const isBoxed = boxesAround({ latitude, longitude }, 100).some((box) => isIn(box, point));
        if (isBoxed) expect(distanceKm({ latitude, longitude }, point)).toBeLessThan(150);
      }),
      { seed: 72, numRuns: 20_000 },
    );
  });
});

describe('isGeoPoint', () => {
  it.each([
    [90, 180, true],
    [-90, -180, true],
    [90.000001, 0, false],
    [0, -180.1, false],
    [NaN, 0, false],
    [0, Infinity, false],
  ])('%d, %d: %s', (latitude, longitude, expected) => {
    expect(isGeoPoint({ latitude, longitude })).toBe(expected);
  });
});
