import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { demandOf, differences, makeChannel, upTo, versionsOf } from '../fixture.ts';
import { countStock } from './count-stock.ts';
import { createEndReservation } from './end-reservation.ts';
import { sweep } from './expire-holds.ts';
import { importLevels } from './import-levels.ts';
import { receiveStock } from './receive-stock.ts';
import { createReserve } from './reserve.ts';

let testDb: TestDatabase;
let db: Database;
let later: Database;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  db = testDb.open('stock');
  later = testDb.open('stock', { nowOffset: '1 hour', max: 3 });
});
afterAll(() => testDb.drop());

const VARIANTS = 3;
const LOCATIONS = 2;
const place = { variant: fc.nat(VARIANTS - 1), location: fc.nat(LOCATIONS - 1) };
const line = fc.record({ ...place, quantity: fc.integer({ min: 1, max: 6 }) });
const step = fc.oneof(
  fc.record({ kind: fc.constant('receive' as const), ...place, quantity: fc.integer({ min: 1, max: 10 }) }),
  fc.record({ kind: fc.constant('count' as const), ...place, quantity: fc.nat(8) }),
  fc.record({ kind: fc.constant('import' as const), ...place, quantity: fc.nat(8) }),
  fc.record({
    kind: fc.constant('reserve' as const),
    key: fc.nat(9),
    lines: fc.array(line, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constantFrom('commit' as const, 'release' as const), key: fc.nat(9) }),
  fc.record({ kind: fc.constant('sweep' as const) }),
);

it('keeps ledger and levels equal, nothing negative and versions gapless under any commands at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 }),
      async (rounds) => {
        const { channel, locationIds } = await makeChannel(db, LOCATIONS);
        const variantIds = upTo(VARIANTS).map(() => newId());
        const run = newId();
        const reserve = createReserve(db);
        const caller = serviceCaller('test');
        const at = (given: { variant: number; location: number }) => ({
          variantId: variantIds[given.variant]!,
          locationId: locationIds[given.location]!,
          idempotencyKey: newId(),
        });
        const perform = async (each: typeof step extends fc.Arbitrary<infer Step> ? Step : never): Promise<unknown> => {
          switch (each.kind) {
            case 'receive':
              return receiveStock(db, caller, { ...at(each), quantity: each.quantity });
            case 'count':
              return countStock(db, caller, { ...at(each), countedQuantity: each.quantity, expectedQuantity: null });
            case 'import':
              return importLevels(db, at(each).locationId, [
                { variantId: at(each).variantId, quantity: each.quantity, reference: newId() },
              ]);
            case 'reserve':
              return reserve(
                demandOf(channel, [each.lines.map((given) => ({ ...at(given), quantity: given.quantity }))], {
                  key: `${run}-${each.key}`,
                }),
              );
            case 'commit':
              return createEndReservation(db).commit(`${run}-${each.key}`);
            case 'release':
              return createEndReservation(db).release(`${run}-${each.key}`);
            case 'sweep':
              return sweep(later);
          }
        };
        for (const round of rounds) await Promise.all(round.map(perform));

        expect(await differences(db)).toBe(0);
        const [row] = await db.sql<
          { held: number; reserved: number; sold: number; committed: number; least: number }[]
        >`
        select
          coalesce((select sum(quantity - shorted - shipped - waiting) from stock.reservation_lines join stock.reservations r using (reservation_id) where r.channel_code = ${channel} and status = 'held'), 0)::int as held,
          coalesce((select sum(quantity - shorted - shipped - waiting) from stock.reservation_lines join stock.reservations r using (reservation_id) where r.channel_code = ${channel} and status = 'committed'), 0)::int as sold,
          coalesce(sum(reserved), 0)::int as reserved, coalesce(sum(committed), 0)::int as committed, coalesce(min(least(available, reserved, committed)), 0)::int as least
        from stock.levels where variant_id = any(${variantIds}::uuid[])`;
        expect(row?.reserved).toBe(row?.held);
        expect(row?.committed).toBe(row?.sold);
        expect(row?.least).toBeGreaterThanOrEqual(0);
        for (const variantId of variantIds) {
          const { ledger, events, current } = await versionsOf(db, variantId);
          expect(ledger).toEqual(upTo(current ?? 0));
          expect(events).toEqual(ledger);
        }
      },
    ),
    { seed: 20_260_804, numRuns: 40 },
  );
});
