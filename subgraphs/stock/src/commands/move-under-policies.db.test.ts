import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveChannel } from '../data/channels.ts';
import { findReservation } from '../data/reservations.ts';
import { demandOf, differences, levelOf, lineDifferences, makeChannel, makeVariant, orderUnits } from '../fixture.ts';
import { bookSale } from './book-sale.ts';
import { cancelReservation } from './cancel-reservation.ts';
import { importLevels } from './import-levels.ts';
import { moveReservation } from './move-reservation.ts';
import { receiveStock } from './receive-stock.ts';
import { createReserve } from './reserve.ts';

let testDb: TestDatabase;
let db: Database;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
});
afterAll(async () => {
  expect(await differences(db)).toBe(0);
  expect(await lineDifferences(db)).toBe(0);
  await testDb.drop();
});

type Transaction = Parameters<Parameters<Database['sql']['begin']>[1]>[0];

/** Configures as every change of what is configured does. */
const configure = (change: (tx: Transaction) => Promise<unknown>) =>
  db.sql.begin(async (tx) => {
    await tx`select stock.lock_configuration()`;
    await change(tx);
    await tx`select stock.reconfigure()`;
  });

/** Two channels that sell from the same two locations, with so many units of a variant at each. */
async function sharedPlaces(here: number, there: number) {
  const { channel, locationIds } = await makeChannel(db, 2);
  const [a, b] = locationIds as [string, string];
  const other = `other-${newId()}`;
  await saveChannel(db, { code: other, revision: 1, locationIds });
  const variantId = await makeVariant(db, a, here);
  await importLevels(db, b, [{ variantId, quantity: there, reference: newId() }]);
  const from = (locationId: string, quantity: number, ahead = false) => ({
    variantId,
    locationId,
    quantity,
    ...(ahead && { ahead }),
  });
  return { channel, other, a, b, variantId, from };
}

const planOf = (...allocations: { variantId: string; locationId: string; quantity: number }[]) => [{ allocations }];

/** Shares a variant's pool between two channels by halves, none of it lent. */
async function shareByHalves(variantId: string, channels: readonly string[]) {
  const policyId = newId();
  await configure(async (tx) => {
    await tx`insert into stock.allocation_policies (policy_id, name, kind, variant_ids, status, version, revision, changed_by, created_at)
      values (${policyId}, 'halves', 'PROPORTIONAL', ${[variantId]}::uuid[], 'active', 1, 1, 'test', now())`;
    for (const code of channels)
      await tx`insert into stock.allocation_shares (policy_id, channel_code, priority, promised, share_basis_points, floor) values (${policyId}, ${code}, 0, 0, 5000, 0)`;
    await tx`insert into stock.policy_variants (variant_id, policy_id) values (${variantId}, ${policyId})`;
  });
}

const consumed = async (variantId: string) =>
  Object.fromEntries(
    (await db.sql`select channel_code, consumed from stock.allocation_usage where variant_id = ${variantId}`).map(
      (row) => [row['channel_code'] as string, row['consumed'] as number],
    ),
  );

describe('a move under a proportional policy', () => {
  it('gives its own share back before it takes it again', async () => {
    const { channel, other, a, b, variantId, from } = await sharedPlaces(5, 5);
    await shareByHalves(variantId, [channel, other]);
    const key = await orderUnits(db, channel, [from(a, 5)]);
    expect(await consumed(variantId)).toEqual({ [channel]: 5 });
    expect(await createReserve(db)(demandOf(channel, [[from(b, 1)]]))).toMatchObject({ kind: 'short' });
    expect(await moveReservation(db, { key, plans: planOf(from(b, 5)) })).toMatchObject({ kind: 'moved' });
    expect(await consumed(variantId)).toEqual({ [channel]: 5 });
    expect(await createReserve(db)(demandOf(channel, [[from(a, 1)]]))).toMatchObject({ kind: 'short' });
    expect(await createReserve(db)(demandOf(other, [[from(a, 5)]]))).toMatchObject({ kind: 'held' });
  });

  it('does not take what another channel is guaranteed, and leaves the usage as it was', async () => {
    const { channel, other, a, b, variantId, from } = await sharedPlaces(6, 4);
    const key = await orderUnits(db, channel, [from(a, 6)]);
    await shareByHalves(variantId, [channel, other]);
    expect(await moveReservation(db, { key, plans: planOf(from(a, 2), from(b, 4)) })).toEqual({
      kind: 'short',
      variants: [{ variantId, requested: 6, available: 5 }],
    });
    expect(await consumed(variantId)).toEqual({});
    expect(await levelOf(db, variantId, a)).toEqual({ available: 0, reserved: 0, committed: 6 });
  });

  it('counts a sale at a till for its channel, and gives a cancelled share back', async () => {
    const { channel, other, a, variantId, from } = await sharedPlaces(5, 5);
    await shareByHalves(variantId, [channel, other]);
    const key = await orderUnits(db, channel, [from(a, 3)]);
    await bookSale(db, serviceCaller('pos'), {
      key: newId(),
      channel: other,
      locationId: a,
      lines: [{ variantId, quantity: 2 }],
      soldAt: '2026-01-01T00:00:00.000Z',
    });
    expect(await consumed(variantId)).toEqual({ [channel]: 3, [other]: 2 });
    await cancelReservation(db, { key, cancelKey: newId(), lines: [from(a, 1)] });
    expect(await consumed(variantId)).toEqual({ [channel]: 2, [other]: 2 });
  });
});

describe('a move under safety stocks', () => {
  it('leaves the channel its safety stock at the new place', async () => {
    const { channel, a, b, from } = await sharedPlaces(5, 5);
    await configure(
      (tx) => tx`insert into stock.safety_stocks (channel_code, location_id, quantity) values (${channel}, ${b}, 3)`,
    );
    const key = await orderUnits(db, channel, [from(a, 3)]);
    expect(await moveReservation(db, { key, plans: planOf(from(b, 3)) })).toMatchObject({ kind: 'short' });
    expect(await moveReservation(db, { key, plans: planOf(from(a, 1), from(b, 2)) })).toMatchObject({ kind: 'moved' });
  });
});

describe('a move of what is sold ahead', () => {
  const sellAhead = (variantId: string, limit: number) =>
    configure(
      (tx) =>
        tx`insert into stock.selling_policies (variant_id, kind, limit_quantity, version) values (${variantId}, 'BACKORDER', ${limit}, 1)`,
    );
  const soldAhead = async (variantId: string) =>
    (await db.sql`select sold_ahead from stock.selling_policies where variant_id = ${variantId}`)[0]?.[
      'sold_ahead'
    ] as number;

  it('counts once against the limit, and waits at the new place', async () => {
    const { channel, a, b, variantId, from } = await sharedPlaces(1, 0);
    await sellAhead(variantId, 4);
    const key = await orderUnits(db, channel, [from(a, 1), from(a, 4, true)]);
    expect(await soldAhead(variantId)).toBe(4);
    expect(await moveReservation(db, { key, plans: planOf(from(b, 5, true)) })).toMatchObject({ kind: 'short' });
    expect(await moveReservation(db, { key, plans: planOf(from(a, 1), from(b, 4, true)) })).toMatchObject({
      kind: 'moved',
    });
    expect(await soldAhead(variantId)).toBe(4);
    await receiveStock(db, serviceCaller('test'), { variantId, locationId: b, quantity: 3, idempotencyKey: newId() });
    expect(await soldAhead(variantId)).toBe(1);
    const lines = (await findReservation(db, key))!.allocations;
    expect(lines.find(({ locationId }) => locationId === b)).toEqual({
      ...from(b, 4),
      shorted: 0,
      shipped: 0,
      waiting: 1,
    });
    expect(await moveReservation(db, { key, plans: planOf(from(a, 2), from(b, 3)) })).toMatchObject({ kind: 'short' });
    expect(await moveReservation(db, { key, plans: planOf(from(a, 1), from(b, 3), from(a, 1, true)) })).toMatchObject({
      kind: 'moved',
    });
    expect(await soldAhead(variantId)).toBe(1);
  });

  it('does not exceed the limit at two places together', async () => {
    const { channel, a, b, variantId, from } = await sharedPlaces(3, 3);
    await sellAhead(variantId, 3);
    const key = await orderUnits(db, channel, [from(a, 3), from(b, 1)]);
    expect(await moveReservation(db, { key, plans: planOf(from(a, 2, true), from(b, 2, true)) })).toMatchObject({
      kind: 'short',
    });
    expect(await createReserve(db)(demandOf(channel, [[from(a, 2, true), from(b, 2, true)]]))).toMatchObject({
      kind: 'short',
    });
  });

  it('goes to others that wait where it leaves', async () => {
    const { channel, a, b, variantId, from } = await sharedPlaces(2, 2);
    await sellAhead(variantId, 5);
    const key = await orderUnits(db, channel, [from(a, 2)]);
    const waiting = await orderUnits(db, channel, [from(a, 1, true)]);
    expect(await moveReservation(db, { key, plans: planOf(from(b, 2)) })).toMatchObject({ kind: 'moved' });
    expect((await findReservation(db, waiting))?.allocations).toEqual([
      { ...from(a, 1), shorted: 0, shipped: 0, waiting: 0 },
    ]);
    expect(await levelOf(db, variantId, a)).toEqual({ available: 1, reserved: 0, committed: 1 });
    expect(await soldAhead(variantId)).toBe(0);
  });

  it('leaves what was sold ahead when it is cancelled, before what is there', async () => {
    const { channel, a, variantId, from } = await sharedPlaces(2, 0);
    await sellAhead(variantId, 5);
    const key = await orderUnits(db, channel, [from(a, 2), from(a, 3, true)]);
    expect(await cancelReservation(db, { key, cancelKey: newId(), lines: [from(a, 4)] })).toMatchObject({
      kind: 'cancelled',
      lines: [{ ...from(a, 4), released: 1 }],
      reservation: { allocations: [{ quantity: 1, waiting: 0 }] },
    });
    expect(await soldAhead(variantId)).toBe(0);
  });
});
