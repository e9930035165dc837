import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importLevels } from '../commands/import-levels.ts';
import { upsertLocations } from '../commands/upsert-locations.ts';
import { distanceKm, roundedDegrees, type GeoPoint } from '../domain/geography.ts';
import { locationValues } from '../fixture.ts';
import { saveBundles } from './bundles.ts';
import { saveChannel } from './channels.ts';
import { findLocationsNear, findPickupLocations, locationsNear } from './locations.ts';

const STORES = 1_565;
/** The retailer's real stores, which are no part of the repository. */
const SAMPLE = process.env['SAMPLE_DATA'];
const STORES_FILE = SAMPLE ? join(SAMPLE, 'locations', 'stores.json') : '';

interface Place extends GeoPoint {
  readonly code: string;
  readonly id: string;
}

let testDb: TestDatabase;
let db: Database;
let places: Place[];

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  const around = (center: number, most: number) =>
    fc.double({ min: Math.max(-most, center - 3), max: Math.min(most, center + 3), noNaN: true });
  // In crowds, so that many are near to each other: also at both poles and on both sides of the antimeridian.
  const crowds: [number, number][] = [
    [52, 13],
    [0, 180],
    [0, -180],
    [66, 179],
    [90, 20],
    [-89, 0],
  ];
  const point = fc.oneof(...crowds.map(([north, east]) => fc.tuple(around(north, 90), around(east, 180))));
  const points = fc.sample(point, { seed: 73, numRuns: STORES });
  places = await makePlaces('web', points);
});
afterAll(() => testDb.drop());

async function makePlaces(channel: string, points: readonly (readonly [number, number])[]): Promise<Place[]> {
  const values = points.map(([latitude, longitude], index) => ({
    ...locationValues(`${channel}-${String(index).padStart(4, '0')}`),
    latitude: roundedDegrees(latitude),
    longitude: roundedDegrees(longitude),
  }));
  const ids: string[] = [];
  for (let from = 0; from < values.length; from += 1_000)
    ids.push(...(await upsertLocations(db, values.slice(from, from + 1_000))).locationIds);
  await saveChannel(db, { code: channel, revision: 1, locationIds: ids });
  await db.sql`analyze stock.locations`;
  await db.sql`analyze stock.channel_places`;
  return values.map(({ code, latitude, longitude }, index) => ({
    code,
    latitude,
    longitude,
    id: ids[index] as string,
  }));
}

const byHand = (all: readonly Place[], near: GeoPoint, radiusKm: number) =>
  all
    .map(({ code, ...point }) => ({ code, distanceKm: distanceKm(near, point) }))
    .filter((each) => each.distanceKm <= radiusKm)
    .sort((a, b) => a.distanceKm - b.distanceKm || (a.code < b.code ? -1 : 1));

describe('locations near a point', () => {
  it('are those that comparing with every location finds, the nearest first, wherever the point is', async () => {
    const where = fc.record({
      // Around the crowds, and anywhere.
      near: fc.oneof(
        fc.record({ latitude: fc.integer({ min: -90, max: 90 }), longitude: fc.integer({ min: -180, max: 180 }) }),
        fc.integer({ min: 0, max: STORES - 1 }).map((index) => {
          const { latitude, longitude } = places[index] as Place;
          return { latitude, longitude };
        }),
        fc.constantFrom(
          { latitude: 90, longitude: 0 },
          { latitude: -90, longitude: 180 },
          { latitude: 0, longitude: 180 },
          { latitude: 0, longitude: -180 },
        ),
      ),
      radiusKm: fc.double({ min: 1, max: 500, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(where, async ({ near, radiusKm }) => {
        const found = await findLocationsNear(db, 'web', { near, radiusKm, limit: STORES });
        const expected = new Map(byHand(places, near, radiusKm).map((each) => [each.code, each.distanceKm]));
        expect(found).toHaveLength(expected.size);
        for (const { code, distanceKm: km } of found) expect(km).toBeCloseTo(expected.get(code) ?? NaN, 6);
        // By its own distances: at a pole many are as far, but for what floating point makes of it.
        const inOrder = found.toSorted((a, b) => a.distanceKm - b.distanceKm || (a.code < b.code ? -1 : 1));
        expect(found).toEqual(inOrder);
        const nearest = await findLocationsNear(db, 'web', { near, radiusKm, limit: 3 });
        expect(nearest).toEqual(found.slice(0, 3));
      }),
      { seed: 74, numRuns: 150 },
    );
  });

  it.each([
    ['in the middle of the map', { latitude: 52, longitude: 13 }, 1],
    ['at the antimeridian', { latitude: 0, longitude: 179.9 }, 2],
  ])('are found through the index of points %s', async (_, near, scans) => {
    const rows = await db.sql<{ 'QUERY PLAN': string }[]>`
      explain ${locationsNear(db.sql, 'web', { near, radiusKm: 50, limit: 10 })}`;
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan.match(/Index Scan (using|on) locations_point\b/g)).toHaveLength(scans);
    expect(plan).not.toMatch(/Seq Scan on locations/);
  });

  it('are only places of the channel that offer pickup and whose point is known', async () => {
    const here = { latitude: -20, longitude: 30 };
    const codes = ['pickup', 'no-pickup', 'nowhere', 'of-others'].map((code) => `only-${code}`);
    const { locationIds } = await upsertLocations(db, [
      { ...locationValues(codes[0] as string), ...here },
      { ...locationValues(codes[1] as string), ...here, pickupOffered: false },
      { ...locationValues(codes[2] as string), latitude: null, longitude: null },
      { ...locationValues(codes[3] as string), ...here },
    ]);
    await saveChannel(db, { code: 'only', revision: 1, locationIds: locationIds.slice(0, 3) });
    const found = await findLocationsNear(db, 'only', { near: here, radiusKm: 10, limit: 10 });
    expect(found.map(({ code, distanceKm: km }) => [code, km])).toEqual([['only-pickup', 0]]);
  });

  it.skipIf(!existsSync(STORES_FILE))('are the real stores that comparing with each finds', async () => {
    const stores = JSON.parse(readFileSync(STORES_FILE, 'utf8')) as { location: { lat: number; lon: number } }[];
    const real = await makePlaces(
      'real',
      stores.map(({ location }) => [location.lat, location.lon] as const),
    );
    expect(real.length).toBeGreaterThanOrEqual(STORES);
    for (const near of [
      { latitude: 40.7128, longitude: -74.006 },
      { latitude: 44.85466, longitude: -93.24565 },
      { latitude: 61.2181, longitude: -149.9003 },
      { latitude: 21.3069, longitude: -157.8583 },
    ]) {
      const found = await findLocationsNear(db, 'real', { near, radiusKm: 500, limit: 2_000 });
      expect(found.length).toBeGreaterThan(0);
      expect(found.map(({ code }) => code)).toEqual(byHand(real, near, 500).map(({ code }) => code));
    }
  });
});

describe('pickup locations of variants', () => {
  it('are the nearest first with a destination, those without a point last, else by code, and at most as many as asked for', async () => {
    const points = [
      [10, 10],
      [10, 14],
      [10, 11],
      [10, 13],
    ] as const;
    const made = await makePlaces('pickup', points);
    const { locationIds } = await upsertLocations(db, [
      { ...locationValues('pickup-unknown'), latitude: null, longitude: null },
    ]);
    const ids = [...made.map(({ id }) => id), locationIds[0] as string];
    await saveChannel(db, { code: 'pickup', revision: 2, locationIds: ids });
    const variantId = newId();
    for (const id of ids) await importLevels(db, id, [{ variantId, quantity: 1, reference: newId() }]);
    const find = async (near: GeoPoint | null, limit: number) => {
      const rows = await findPickupLocations(db, 'pickup', [variantId, newId()], { limit, near });
      expect(new Set(rows.map((row) => row.variantId))).toEqual(new Set([variantId]));
      return rows.map(({ code }) => code);
    };
    const [first, second, third, fourth] = made.map(({ code }) => code);
    expect(await find(null, 20)).toEqual([first, second, third, fourth, 'pickup-unknown']);
    expect(await find({ latitude: 10, longitude: 13.2 }, 20)).toEqual([fourth, second, third, first, 'pickup-unknown']);
    expect(await find({ latitude: 10, longitude: 13.2 }, 2)).toEqual([fourth, second]);
  });

  it('are the first of all places with a unit, whether many places have one, few have one, or only the last', async () => {
    const made = await makePlaces(
      'many',
      Array.from({ length: 50 }, (_, index) => [30, index] as const),
    );
    const everywhere = newId();
    const here = newId();
    const at = new Map([
      [everywhere, (_: number) => true],
      [here, (index: number) => index % 2 === 1 || index === 48],
      [newId(), (index: number) => index >= 45],
      [newId(), () => false],
    ]);
    for (const [index, { id }] of made.entries()) {
      const variants = [...at].filter(([, isThere]) => isThere(index)).map(([variantId]) => variantId);
      const levels = variants.map((variantId) => ({ variantId, quantity: 1, reference: newId() }));
      await importLevels(db, id, levels);
    }
    // One of each: wherever both are.
    const bundle = newId();
    await saveBundles(db, [
      {
        variantId: bundle,
        revision: 1,
        components: [everywhere, here].map((variantId) => ({ variantId, quantity: 1 })),
      },
    ]);
    at.set(bundle, at.get(here)!);
    for (const limit of [1, 10, 20]) {
      // The last place is the nearest to this point.
      for (const near of [null, { latitude: 30, longitude: 50 }]) {
        const found = await findPickupLocations(db, 'many', [...at.keys()], { limit, near });
        for (const [variantId, isThere] of at) {
          const codes = made.filter((_, index) => isThere(index)).map(({ code }) => code);
          const expected = (near ? codes.toReversed() : codes).slice(0, limit);
          expect(found.filter((row) => row.variantId === variantId).map(({ code }) => code)).toEqual(expected);
        }
      }
    }
  });
});
