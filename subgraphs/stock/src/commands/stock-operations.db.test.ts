import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { PhysicalState } from '../domain/stock-operation.ts';
import { demandOf, differences, makeChannel, upTo, versionsOf } from '../fixture.ts';
import { changeStock } from './change-stock.ts';
import { dispatchTransfer } from './dispatch-transfer.ts';
import { createEndReservation } from './end-reservation.ts';
import { receiveTransfer } from './receive-transfer.ts';
import { createReserve } from './reserve.ts';

let testDb: TestDatabase;
let pools: Database[];

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  pools = upTo(3).map(() => testDb.open('stock', { max: 4 }));
});
afterAll(() => testDb.drop());

const VARIANTS = 2;
const LOCATIONS = 2;
const place = { variant: fc.nat(VARIANTS - 1), location: fc.nat(LOCATIONS - 1) };
const units = fc.integer({ min: 1, max: 6 });
const state = fc.constantFrom<PhysicalState>('AVAILABLE', 'SAFETY', 'DAMAGED', 'INSPECTION');
const kind = fc.constantFrom('RECEIVE', 'ADJUST', 'RETURN', 'DAMAGE', 'INSPECT', 'WRITE_OFF', 'SAFETY', 'COUNT');
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ step: fc.constant('operation'), kind, ...place, units, state, sign: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('reserve'), ...place, units, isOrder: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('send'), ...place, units, fromSupplier: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ step: fc.constant('arrive'), ...place, units, transfer: fc.nat(9), close: fc.boolean() }),
  },
);

/** What must be so whatever was done: each state of a level is that of the lines and transfers that it consists of. */
const faults = (db: Database, variantIds: readonly string[]) => db.sql`
  with promised as (
    select l.variant_id, l.location_id, sum(l.quantity - l.shorted - l.shipped - l.waiting) filter (where r.status = 'held') as reserved,
      sum(l.quantity - l.shorted - l.shipped - l.waiting) filter (where r.status = 'committed') as committed
    from stock.reservation_lines l join stock.reservations r using (reservation_id) group by 1, 2
  ), moving as (
    select l.variant_id, t.to_location_id as location_id, sum(l.quantity - l.received - l.lost) as incoming
    from stock.transfer_lines l join stock.transfers t using (transfer_id) group by 1, 2
  )
  select l.* from stock.levels l left join promised p using (variant_id, location_id) left join moving m using (variant_id, location_id)
  where l.variant_id = any(${[...variantIds]}::uuid[])
    and (l.reserved, l.committed, l.incoming) is distinct from (coalesce(p.reserved, 0), coalesce(p.committed, 0), coalesce(m.incoming, 0))`;

it('keeps levels equal to the ledger, to what is promised and to what is on its way under any operations at once', async () => {
  const db = pools[0]!;
  const caller = serviceCaller('test');
  const reserve = pools.map(createReserve);
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 4 }),
      async (rounds) => {
        const { channel, locationIds } = await makeChannel(db, LOCATIONS);
        const variantIds = upTo(VARIANTS).map(() => newId());
        const transferIds: string[] = [];
        const perform = async (each: typeof step extends fc.Arbitrary<infer Step> ? Step : never, index: number) => {
          const pool = pools[index % 3]!;
          const variantId = variantIds[each.variant]!;
          const locationId = locationIds[each.location]!;
          const idempotencyKey = newId();
          if ('kind' in each) {
            const states = { RETURN: 'INSPECTION', INSPECT: 'DAMAGED', ADJUST: each.state } as const;
            return changeStock(pool, caller, {
              kind: each.kind,
              variantId,
              locationId,
              quantity: each.kind === 'ADJUST' && each.sign ? -each.units : each.units,
              expectedQuantity: null,
              state: Object.hasOwn(states, each.kind) ? states[each.kind as keyof typeof states] : null,
              reason: 'test',
              idempotencyKey,
            });
          }
          if ('isOrder' in each) {
            const key = newId();
            const demand = demandOf(channel, [[{ variantId, locationId, quantity: each.units }]], { key });
            const outcome = await reserve[index % 3]!(demand);
            return each.isOrder ? createEndReservation(pool).commit(key) : outcome;
          }
          if ('fromSupplier' in each) {
            const toLocationId = locationIds[(each.location + 1) % LOCATIONS]!;
            const sent = await dispatchTransfer(pool, caller, {
              fromLocationId: each.fromSupplier ? null : locationId,
              toLocationId,
              lines: variantIds.map((id) => ({ variantId: id, quantity: each.units })),
              expectedAt: null,
              note: null,
              idempotencyKey,
            });
            if (sent.kind === 'dispatched') transferIds.push(sent.transfer.id);
            return sent;
          }
          const transferId = transferIds[each.transfer % transferIds.length];
          if (!transferId) return { kind: 'nothing' };
          const lines = [{ variantId, quantity: each.units - 1, damagedQuantity: 1 }];
          return receiveTransfer(pool, caller, {
            ...{ transferId, lines, close: each.close, idempotencyKey, atLocationId: null },
          });
        };
        for (const round of rounds)
          for (const outcome of await Promise.all(round.map(perform))) if ('kind' in outcome) kinds.add(outcome.kind);

        expect(await differences(db)).toBe(0);
        expect(await faults(db, variantIds)).toEqual([]);
        for (const variantId of variantIds) {
          const { ledger, events, current } = await versionsOf(db, variantId);
          expect(ledger).toEqual(upTo(current ?? 0));
          expect(events).toEqual(ledger);
        }
      },
    ),
    { numRuns: 40, seed: 7105 },
  );
  // Nothing of it was in vain: everything was done, and everything was refused.
  expect([...kinds].sort()).toEqual(
    expect.arrayContaining(['changed', 'dispatched', 'held', 'notEnough', 'received', 'short', 'surplus']),
  );
});
