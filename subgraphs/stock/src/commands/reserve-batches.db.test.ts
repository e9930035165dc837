import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { holdAll } from '../data/reservations.ts';
import { demandOf, differences, levelOf, makeChannel, makeVariant, reservers, upTo } from '../fixture.ts';
import { createEndReservation } from './end-reservation.ts';
import { createReserve, type ReserveOutcome } from './reserve.ts';

let testDb: TestDatabase;
let db: Database;
beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
});
afterAll(() => testDb.drop());

const kinds = (outcomes: readonly ReserveOutcome[]) => outcomes.map(({ kind }) => kind);

describe('a batch of reservations', () => {
  it('refuses a large request that does not fit, and gives what it wanted to smaller ones behind it', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 10);
    const holds = [4, 7, 3, 4, 3, 1].map((quantity) => ({
      reservationId: newId(),
      demand: demandOf(channel, [[{ variantId, locationId, quantity }]]),
      requestHash: 'hash',
    }));
    expect((await holdAll(db, holds)).map(({ planIndex }) => planIndex)).toEqual([0, null, 0, null, 0, null]);
    expect(await levelOf(db, variantId, locationId)).toEqual({ available: 0, reserved: 10, committed: 0 });
    expect(await differences(db)).toBe(0);
  });

  it('passes over keys that are taken, and tells them from those that fall short', async () => {
    const { channel, locationIds } = await makeChannel(db);
    const locationId = locationIds[0]!;
    const variantId = await makeVariant(db, locationId, 3);
    const hold = (quantity: number, key = newId()) => ({
      reservationId: newId(),
      demand: demandOf(channel, [[{ variantId, locationId, quantity }]], { key }),
      requestHash: 'hash',
    });
    await holdAll(db, [hold(1, 'taken')]);
    const outcomes = await holdAll(db, [hold(3), hold(1, 'taken'), hold(2)]);
    expect(outcomes.map(({ planIndex, keyExists }) => ({ planIndex, keyExists }))).toEqual([
      { planIndex: null, keyExists: false },
      { planIndex: null, keyExists: true },
      { planIndex: 0, keyExists: false },
    ]);
  });

  it('reads once for all that it refused what each could have, over channels and several lines', async () => {
    const sent: string[] = [];
    const own = testDb.open('stock', { onQuery: (query) => sent.push(query) });
    const reserve = createReserve(own);
    const [here, there] = [await makeChannel(db), await makeChannel(db)];
    const at = (place: typeof here) => place.locationIds[0]!;
    const scarce = await makeVariant(db, at(here), 1);
    const plenty = await makeVariant(db, at(here), 9);
    const foreign = await makeVariant(db, at(there), 2);
    const line = (variantId: string, locationId: string, quantity: number) => ({ variantId, locationId, quantity });
    await reserve(demandOf(here.channel, [[line(plenty, at(here), 1)]]));
    const first = reserve(demandOf(here.channel, [[line(plenty, at(here), 1)]]));
    sent.length = 0;
    const outcomes = await Promise.all([
      reserve(demandOf(here.channel, [[line(scarce, at(here), 2), line(plenty, at(here), 7)]])),
      reserve(demandOf(here.channel, [[line(scarce, at(here), 2), line(plenty, at(here), 8)]])),
      reserve(demandOf(there.channel, [[line(foreign, at(there), 3)]])),
      reserve(demandOf(there.channel, [[line(scarce, at(here), 1)]])),
    ]);
    expect((await first).kind).toBe('held');
    expect(outcomes.map((outcome) => (outcome.kind === 'short' ? outcome.variants : outcome.kind))).toEqual([
      [{ variantId: scarce, requested: 2, available: 1 }],
      [
        { variantId: scarce, requested: 2, available: 1 },
        { variantId: plenty, requested: 8, available: 7 },
      ],
      [{ variantId: foreign, requested: 3, available: 2 }],
      [{ variantId: scarce, requested: 1, available: 0 }],
    ]);
    expect(sent.filter((query) => query.includes('stock.reserve')).length).toBeLessThanOrEqual(2);
    expect(sent.filter((query) => query.includes('stock.offers'))).toHaveLength(1);
  });
});

describe('several processes', () => {
  it('never deadlock and never oversell when carts hold, commit and release many variants in any order', async () => {
    const { channel, locationIds } = await makeChannel(db, 2);
    const variants: string[] = [];
    for (const index of upTo(8)) variants.push(await makeVariant(db, locationIds[index % 2]!, 25));
    const pools = upTo(3).map(() => testDb.open('stock', { max: 4 }));
    const reserve = reservers(pools);
    const end = pools.map(createEndReservation);
    const before = await deadlocks();
    const carts = fc.sample(
      fc.record({
        process: fc.nat(2),
        lines: fc.uniqueArray(fc.record({ variant: fc.nat(7), quantity: fc.integer({ min: 1, max: 3 }) }), {
          minLength: 1,
          maxLength: 8,
          selector: ({ variant }) => variant,
        }),
        ending: fc.constantFrom('commit', 'release', 'keep'),
      }),
      { seed: 41, numRuns: 150 },
    );
    const outcomes = await Promise.all(
      carts.map(async ({ process, lines, ending }) => {
        const demand = demandOf(channel, [
          lines.map(({ variant, quantity }) => ({
            variantId: variants[variant]!,
            locationId: locationIds[(variant + 1) % 2]!,
            quantity,
          })),
        ]);
        const outcome = await reserve[process]!(demand);
        // Another process than the one that holds ends it.
        const other = end[(process + 1) % end.length]!;
        if (outcome.kind === 'held' && ending !== 'keep') expect((await other[ending](demand.key)).done).toBe(true);
        return outcome;
      }),
    );
    expect(new Set(kinds(outcomes))).toEqual(new Set(['held', 'short']));
    expect((await deadlocks()) - before).toBe(0);
    expect(await differences(db)).toBe(0);
  });
});

/** How many deadlocks PostgreSQL has had to break in this database. */
async function deadlocks(): Promise<number> {
  const [row] = await db.sql<{ count: number }[]>`
    select pg_stat_clear_snapshot(), deadlocks::int as count from pg_stat_database where datname = current_database()`;
  return row!.count;
}
