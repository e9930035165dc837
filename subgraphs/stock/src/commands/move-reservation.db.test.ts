import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveBundles } from '../data/bundles.ts';
import { findReservation } from '../data/reservations.ts';
import type { Allocation } from '../domain/demand.ts';
import {
  differences,
  holdUnits,
  levelOf,
  lineDifferences,
  makeChannel,
  makeVariant,
  orderUnits,
  upTo,
  versionsOf,
} from '../fixture.ts';
import { bookSale } from './book-sale.ts';
import { createEndReservation } from './end-reservation.ts';
import { sweep } from './expire-holds.ts';
import { importLevels } from './import-levels.ts';
import { moveReservation } from './move-reservation.ts';
import { shipReservation } from './ship-reservation.ts';

let testDb: TestDatabase;
let db: Database;
let later: Database;
const service = serviceCaller('orders');

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  later = testDb.open('stock', { nowOffset: '1 hour' });
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  expect(await lineDifferences(db)).toBe(0);
  await testDb.drop();
});

/** A channel with two locations, and a variant of which they have so many. */
async function twoPlaces(here: number, there: number) {
  const { channel, locationIds } = await makeChannel(db, 2);
  const [a, b] = locationIds as [string, string];
  const variantId = await makeVariant(db, a, here);
  await importLevels(db, b, [{ variantId, quantity: there, reference: newId() }]);
  const from = (locationId: string, quantity: number): Allocation => ({ variantId, locationId, quantity });
  const levels = async () => [await levelOf(db, variantId, a), await levelOf(db, variantId, b)];
  return { channel, a, b, variantId, from, levels };
}

const plansOf = (...plans: Allocation[][]) => plans.map((allocations) => ({ allocations }));
const movements = (variantId: string) =>
  db.sql`select version::int, kind::text, quantity, from_state::text, to_state::text, reason from stock.movements
    where variant_id = ${variantId} and reason = 'MOVED' order by version, entry`.then((rows) =>
    rows.map((row) => ({ ...row })),
  );

describe('a move', () => {
  it('takes held units to another place with one version, and keeps the deadline', async () => {
    const { channel, a, b, variantId, from, levels } = await twoPlaces(5, 5);
    const key = await holdUnits(db, channel, [from(a, 3)]);
    const before = await findReservation(db, key);
    const moved = await moveReservation(db, { key, plans: plansOf([from(b, 3)]) });
    expect(moved).toMatchObject({ kind: 'moved', reservation: { key, status: 'HELD', planIndex: 0 } });
    const after = await findReservation(db, key);
    expect(after).toEqual({ ...before, allocations: [{ ...from(b, 3), shorted: 0, shipped: 0, waiting: 0 }] });
    expect(await levels()).toEqual([
      { available: 5, reserved: 0, committed: 0 },
      { available: 2, reserved: 3, committed: 0 },
    ]);
    expect(await movements(variantId)).toEqual([
      { version: 4, kind: 'RELEASED', quantity: 3, from_state: 'RESERVED', to_state: 'AVAILABLE', reason: 'MOVED' },
      { version: 4, kind: 'RESERVED', quantity: 3, from_state: 'AVAILABLE', to_state: 'RESERVED', reason: 'MOVED' },
    ]);
    expect(await versionsOf(db, variantId)).toEqual({ ledger: upTo(4), events: upTo(4), current: 4 });
  });

  it('counts its own units as free, and books only the difference of a committed one', async () => {
    const { channel, a, b, variantId, from, levels } = await twoPlaces(5, 1);
    const key = await orderUnits(db, channel, [from(a, 5)]);
    const plans = plansOf([from(a, 4), from(b, 1)]);
    expect(await moveReservation(db, { key, plans })).toMatchObject({ kind: 'moved' });
    expect(await levels()).toEqual([
      { available: 1, reserved: 0, committed: 4 },
      { available: 0, reserved: 0, committed: 1 },
    ]);
    const booked = await movements(variantId);
    expect(booked.map(({ kind, quantity }) => [kind, quantity])).toEqual([
      ['RELEASED', 1],
      ['COMMITTED', 1],
    ]);
    expect(await moveReservation(db, { key, plans })).toMatchObject({ kind: 'moved' });
    expect(await movements(variantId)).toEqual(booked);
  });

  it('takes the first plan that holds as a whole', async () => {
    const { channel, a, b, from } = await twoPlaces(5, 2);
    const key = await holdUnits(db, channel, [from(a, 3)]);
    const moved = await moveReservation(db, { key, plans: plansOf([from(b, 3)], [from(a, 1), from(b, 2)]) });
    expect(moved).toMatchObject({
      kind: 'moved',
      reservation: { planIndex: 1, allocations: [{ quantity: 1 }, { quantity: 2 }] },
    });
  });

  it('changes nothing when no plan holds, and tells what the channel could sell, its own units included', async () => {
    const { channel, a, b, variantId, from, levels } = await twoPlaces(3, 2);
    const key = await orderUnits(db, channel, [from(a, 3)]);
    const before = {
      levels: await levels(),
      versions: await versionsOf(db, variantId),
      state: await findReservation(db, key),
    };
    expect(await moveReservation(db, { key, plans: plansOf([from(b, 3)]) })).toEqual({
      kind: 'short',
      variants: [{ variantId, requested: 3, available: 5 }],
    });
    expect({
      levels: await levels(),
      versions: await versionsOf(db, variantId),
      state: await findReservation(db, key),
    }).toEqual(before);
  });

  it('names the variant that falls short alone', async () => {
    const { channel, a, b, from, variantId } = await twoPlaces(3, 3);
    const other = await makeVariant(db, a, 2);
    const key = await orderUnits(db, channel, [from(a, 2), { variantId: other, locationId: a, quantity: 2 }]);
    await bookSale(db, service, {
      key: newId(),
      channel,
      locationId: a,
      lines: [{ variantId: other, quantity: 1 }],
      soldAt: '2026-01-01T00:00:00.000Z',
    });
    const plans = plansOf([from(b, 2), { variantId: other, locationId: a, quantity: 2 }]);
    expect(await moveReservation(db, { key, plans })).toEqual({
      kind: 'short',
      variants: [{ variantId: other, requested: 2, available: 1 }],
    });
    expect(await levelOf(db, variantId, a)).toEqual({ available: 1, reserved: 0, committed: 2 });
  });

  it('refuses plans for other units than those that are not shipped yet, and names these', async () => {
    const { channel, a, b, variantId, from } = await twoPlaces(5, 5);
    const key = await orderUnits(db, channel, [from(a, 3)]);
    await shipReservation(db, service, { key, shipmentKey: newId(), lines: [from(a, 1)] });
    const refused = { kind: 'otherDemand', open: [{ variantId, quantity: 2 }] };
    expect(await moveReservation(db, { key, plans: plansOf([from(b, 3)]) })).toEqual(refused);
    expect(await moveReservation(db, { key, plans: plansOf([from(b, 1)]) })).toEqual(refused);
    expect(
      await moveReservation(db, { key, plans: plansOf([from(b, 2), { ...from(b, 1), variantId: newId() }]) }),
    ).toEqual(refused);
    expect(await moveReservation(db, { key, plans: plansOf([from(b, 2)]) })).toMatchObject({ kind: 'moved' });
    expect((await findReservation(db, key))?.allocations).toEqual(
      [
        { ...from(a, 1), shorted: 0, shipped: 1, waiting: 0 },
        { ...from(b, 2), shorted: 0, shipped: 0, waiting: 0 },
      ].sort((x, y) => (x.locationId < y.locationId ? -1 : 1)),
    );
    await shipReservation(db, service, { key, shipmentKey: newId(), lines: [from(b, 2)] });
    expect(await moveReservation(db, { key, plans: plansOf([from(a, 2)]) })).toEqual({ kind: 'otherDemand', open: [] });
  });

  it('refuses a location that the channel does not sell from', async () => {
    const { channel, a, variantId, from } = await twoPlaces(5, 5);
    const { locationIds } = await makeChannel(db);
    await importLevels(db, locationIds[0]!, [{ variantId, quantity: 9, reference: newId() }]);
    const key = await holdUnits(db, channel, [from(a, 3)]);
    expect(await moveReservation(db, { key, plans: plansOf([from(locationIds[0]!, 3)]) })).toMatchObject({
      kind: 'short',
    });
  });

  it('takes the components of bundles', async () => {
    const { channel, a, b, variantId, from, levels } = await twoPlaces(8, 8);
    const bundle = newId();
    await saveBundles(db, [{ variantId: bundle, revision: 1, components: [{ variantId, quantity: 2 }] }]);
    const key = await orderUnits(db, channel, [{ variantId: bundle, locationId: a, quantity: 3 }]);
    const plans = plansOf([{ variantId: bundle, locationId: b, quantity: 2 }, from(a, 2)]);
    expect(await moveReservation(db, { key, plans })).toMatchObject({ kind: 'moved' });
    expect(await levels()).toEqual([
      { available: 6, reserved: 0, committed: 2 },
      { available: 4, reserved: 0, committed: 4 },
    ]);
    expect(
      await moveReservation(db, { key, plans: plansOf([{ variantId: bundle, locationId: b, quantity: 5 }]) }),
    ).toMatchObject({ kind: 'otherDemand' });
  });

  it('is refused for what is over, ended or unknown', async () => {
    const { channel, a, b, from, levels } = await twoPlaces(5, 5);
    const plans = plansOf([from(b, 3)]);
    const over = await holdUnits(db, channel, [from(a, 3)]);
    expect(await moveReservation(later, { key: over, plans })).toEqual({ kind: 'notOpen', status: 'EXPIRED' });
    const released = await holdUnits(db, channel, [from(a, 3)]);
    await createEndReservation(db).release(released);
    expect(await moveReservation(db, { key: released, plans })).toEqual({ kind: 'notOpen', status: 'RELEASED' });
    expect(await moveReservation(db, { key: 'nobody', plans })).toEqual({ kind: 'missing' });
    expect(await moveReservation(db, { key: 'no\u0000body', plans })).toEqual({ kind: 'missing' });
    expect(await moveReservation(db, { key: over, plans: [] })).toMatchObject({ kind: 'invalid' });
    expect(await levels()).toEqual([
      { available: 5, reserved: 0, committed: 0 },
      { available: 5, reserved: 0, committed: 0 },
    ]);
  });
});

describe('a reservation of which units were lost', () => {
  const soldAt = '2026-01-01T00:00:00.000Z';

  it('is SHORTED as a hold, and can be committed when it was moved', async () => {
    const { channel, a, b, variantId, from } = await twoPlaces(4, 4);
    const key = await holdUnits(db, channel, [from(a, 4)]);
    await bookSale(db, service, { key: newId(), channel, locationId: a, lines: [{ variantId, quantity: 3 }], soldAt });
    expect(await createEndReservation(db).commit(key)).toEqual({ done: false, status: 'SHORTED' });
    expect(await moveReservation(db, { key, plans: plansOf([from(a, 1), from(b, 3)]) })).toMatchObject({
      kind: 'moved',
      reservation: { status: 'HELD' },
    });
    expect(await createEndReservation(db).commit(key)).toEqual({ done: true, status: 'COMMITTED' });
    expect(await levelOf(db, variantId, b)).toEqual({ available: 1, reserved: 0, committed: 3 });
  });

  it('is routed again as an order, with what it has left', async () => {
    const { channel, a, b, variantId, from } = await twoPlaces(2, 1);
    const key = await orderUnits(db, channel, [from(a, 2)]);
    await bookSale(db, service, { key: newId(), channel, locationId: a, lines: [{ variantId, quantity: 1 }], soldAt });
    expect(await moveReservation(db, { key, plans: plansOf([from(b, 2)], [from(a, 2)]) })).toEqual({
      kind: 'short',
      variants: [{ variantId, requested: 2, available: 2 }],
    });
    expect(await moveReservation(db, { key, plans: plansOf([from(a, 1), from(b, 1)]) })).toMatchObject({
      kind: 'moved',
    });
    expect((await findReservation(db, key))?.allocations.map(({ shorted }) => shorted)).toEqual([0, 0]);
  });
});

describe('races of a move', () => {
  it('never holds a unit twice when many orders move to the same place at once', async () => {
    const { channel, a, b, variantId, from } = await twoPlaces(20, 7);
    const keys: string[] = [];
    for (const index of upTo(10)) keys.push(await orderUnits(db, channel, [from(a, index % 2 === 0 ? 2 : 1)]));
    const pools = upTo(4).map(() => testDb.open('stock', { max: 3 }));
    const outcomes = await Promise.all(
      keys.map((key, index) =>
        moveReservation(pools[index % 4]!, { key, plans: plansOf([from(b, (index + 1) % 2 === 0 ? 2 : 1)]) }),
      ),
    );
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['moved', 'short']));
    const moved = outcomes.flatMap((outcome) =>
      outcome.kind === 'moved' ? [outcome.reservation.allocations.reduce((sum, each) => sum + each.quantity, 0)] : [],
    );
    const units = moved.reduce((sum, each) => sum + each, 0);
    expect(await levelOf(db, variantId, b)).toEqual({ available: 7 - units, reserved: 0, committed: units });
    expect(await levelOf(db, variantId, a)).toEqual({ available: 5 + units, reserved: 0, committed: 15 - units });
  });

  it('against shipments leaves each unit at one place or outside', async () => {
    const pools = [db, testDb.open('stock'), testDb.open('stock')];
    for (const round of upTo(10)) {
      const { channel, a, b, variantId, from } = await twoPlaces(4, 4);
      const key = await orderUnits(db, channel, [from(a, 4)]);
      const [moved, shipped] = await Promise.all([
        moveReservation(pools[round % 3]!, { key, plans: plansOf([from(b, 4)]) }),
        shipReservation(pools[(round + 1) % 3]!, service, { key, shipmentKey: newId(), lines: [from(a, 4)] }),
      ]);
      expect([
        ['moved', 'tooMany'],
        ['otherDemand', 'shipped'],
      ]).toContainEqual([moved.kind, shipped.kind]);
      expect([await levelOf(db, variantId, a), await levelOf(db, variantId, b)]).toEqual(
        moved.kind === 'moved'
          ? [
              { available: 4, reserved: 0, committed: 0 },
              { available: 0, reserved: 0, committed: 4 },
            ]
          : [
              { available: 0, reserved: 0, committed: 0 },
              { available: 4, reserved: 0, committed: 0 },
            ],
      );
      const { ledger, current } = await versionsOf(db, variantId);
      expect(ledger).toEqual(upTo(current));
    }
  });

  it('against expiry, commit and release ends with all units at one place', async () => {
    const pools = [db, testDb.open('stock'), testDb.open('stock')];
    for (const round of upTo(12)) {
      const { channel, a, b, variantId, from } = await twoPlaces(4, 4);
      const key = await holdUnits(db, channel, [from(a, 3)]);
      const rival = [
        () => sweep(later),
        () => createEndReservation(pools[2]!).commit(key),
        () => createEndReservation(pools[2]!).release(key),
      ];
      const [moved] = await Promise.all([
        moveReservation(pools[round % 2]!, { key, plans: plansOf([from(b, 3)]) }),
        rival[round % 3]!(),
      ]);
      const state = await findReservation(db, key);
      const [left, right] = [await levelOf(db, variantId, a), await levelOf(db, variantId, b)];
      if (state?.status !== 'COMMITTED') {
        expect([left, right]).toEqual(upTo(2).map(() => ({ available: 4, reserved: 0, committed: 0 })));
        continue;
      }
      expect(moved.kind).toBe('moved');
      expect([left, right]).toEqual([
        { available: 4, reserved: 0, committed: 0 },
        { available: 1, reserved: 0, committed: 3 },
      ]);
    }
  });
});
