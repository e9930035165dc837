import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UnitLine } from '../domain/reservation-lines.ts';
import { demandOf, differences, lineDifferences, makeChannel, upTo, versionsOf } from '../fixture.ts';
import { bookSale } from './book-sale.ts';
import { cancelReservation } from './cancel-reservation.ts';
import { createEndReservation } from './end-reservation.ts';
import { sweep } from './expire-holds.ts';
import { extendReservation } from './extend-reservation.ts';
import { moveReservation } from './move-reservation.ts';
import { receiveStock } from './receive-stock.ts';
import { createReserve } from './reserve.ts';
import { shipReservation } from './ship-reservation.ts';

let testDb: TestDatabase;
let processes: { readonly db: Database; readonly reserve: ReturnType<typeof createReserve> }[];
let later: Database;

beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  processes = upTo(3).map(() => {
    const db = testDb.open('stock', { max: 4 });
    return { db, reserve: createReserve(db) };
  });
  later = testDb.open('stock', { nowOffset: '30 minutes', max: 2 });
});
afterAll(() => testDb.drop());

const VARIANTS = 3;
const LOCATIONS = 3;
const KEYS = 4;
const key = fc.nat(KEYS - 1);
const line = fc.record({
  variant: fc.nat(VARIANTS - 1),
  location: fc.nat(LOCATIONS - 1),
  quantity: fc.integer({ min: 1, max: 4 }),
  ahead: fc.boolean(),
});
const lines = fc.array(line, { minLength: 1, maxLength: 4 });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('reserve' as const), key, lines }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('commit' as const), key }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      key,
      to: fc.array(line, { minLength: 9, maxLength: 9 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('ship' as const, 'cancel' as const),
      key,
      some: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 3, maxLength: 3 }),
      command: fc.nat(3),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('sell' as const), key, lines }) },
  fc.record({ kind: fc.constant('receive' as const), line }),
  fc.record({ kind: fc.constantFrom('extend' as const, 'release' as const), key }),
  fc.record({ kind: fc.constant('sweep' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Units of each variant. */
function totals(units: readonly UnitLine[]): { variantId: string; quantity: number }[] {
  const byVariant = Map.groupBy(units, ({ variantId }) => variantId);
  return [...byVariant].map(([variantId, all]) => ({
    variantId,
    quantity: all.reduce((sum, { quantity }) => sum + quantity, 0),
  }));
}

/** What must be true whenever nothing is under way. */
const faults = (db: Database) => db.sql`
  select 'a deadline of what is no hold' as fault from stock.hold_deadlines h full join (select * from stock.reservations where status = 'held') r
    on r.reservation_id = h.reservation_id and r.expires_at = h.expires_at where r.reservation_id is null or h.reservation_id is null
  union all select 'units that were sold ahead of nobody' from stock.selling_policies s left join (
    select variant_id, sum(waiting) as units from stock.reservation_lines group by 1) as w using (variant_id) where s.sold_ahead <> coalesce(w.units, 0)
  union all select 'sold ahead beyond the limit' from stock.selling_policies where sold_ahead > limit_quantity
  union all select 'more shipped than the ledger says' from stock.reservation_lines l left join (
    select reservation_id, variant_id, location_id, sum(quantity) as units from stock.movements where kind = 'SHIPPED' and reservation_id is not null group by 1, 2, 3
    ) as m using (reservation_id, variant_id, location_id) where l.shipped <> coalesce(m.units, 0)
  union all select 'an adjustment without an exception' from (
    select coalesce(sum(quantity), 0) as units from stock.movements where reason = 'OFFLINE_OVERSELL') as a, (
    select coalesce(sum(quantity), 0) as units from stock.exceptions) as e where a.units <> e.units`;

it('keeps units, lines, deadlines and versions right under any changes of reservations at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(lines, { minLength: KEYS, maxLength: KEYS }),
      fc.array(fc.array(step, { minLength: 4, maxLength: 10 }), { minLength: 2, maxLength: 4 }),
      async (earlier, rounds) => {
        const { db } = processes[0]!;
        const { channel, locationIds } = await makeChannel(db, LOCATIONS);
        const variantIds = upTo(VARIANTS).map(() => newId());
        const run = newId();
        const caller = serviceCaller('test');
        await db.sql.begin(async (tx) => {
          await tx`select stock.lock_configuration()`;
          await tx`insert into stock.selling_policies (variant_id, kind, limit_quantity, version) values (${variantIds[0]!}, 'BACKORDER', 5, 1)`;
          await tx`select stock.reconfigure()`;
        });
        const at = (given: { variant: number; location: number; quantity: number }) => ({
          variantId: variantIds[given.variant]!,
          locationId: locationIds[given.location]!,
          quantity: given.quantity,
        });
        const wish = (given: { variant: number; location: number; quantity: number; ahead: boolean }) => ({
          ...at(given),
          ahead: given.ahead && given.variant === 0,
        });
        for (const variantId of variantIds)
          for (const locationId of locationIds)
            await receiveStock(db, caller, { variantId, locationId, quantity: 3, idempotencyKey: newId() });

        const open = new Map<string, readonly UnitLine[]>();
        const perform = async (each: Step, index: number): Promise<unknown> => {
          const { db: own, reserve } = processes[index % processes.length]!;
          const name = 'key' in each ? `${run}-${each.key}` : '';
          switch (each.kind) {
            case 'reserve':
              return reserve(demandOf(channel, [each.lines.map(wish)], { key: name }));
            case 'commit':
              return createEndReservation(own).commit(name);
            case 'release':
              return createEndReservation(own).release(name);
            case 'extend':
              return extendReservation(own, { key: name, ttlSeconds: 3_600 });
            case 'move': {
              // What was open before this round began, some of it here and some of it there.
              const units = totals(open.get(name) ?? []);
              const allocations = units.flatMap(({ variantId, quantity }, place) => {
                const [one, two] = [each.to[(2 * place) % 9]!, each.to[(2 * place + 1) % 9]!];
                const part = Math.min(quantity - 1, one.quantity);
                const [first, second] = [wish(one), wish(two)];
                const ahead = (given: boolean) => given && variantId === variantIds[0];
                return [
                  ...(part > 0 ? [{ ...first, variantId, quantity: part, ahead: ahead(first.ahead) }] : []),
                  { ...second, variantId, quantity: quantity - part, ahead: ahead(second.ahead) },
                ];
              });
              return moveReservation(own, { key: name, plans: [{ allocations }] });
            }
            case 'ship':
            case 'cancel': {
              const named = (open.get(name) ?? []).flatMap(({ variantId, locationId, quantity }, place) => {
                const units = Math.min(quantity, each.some[place % 3]!);
                return units > 0 ? [{ variantId, locationId, quantity: units }] : [];
              });
              return each.kind === 'ship'
                ? shipReservation(own, caller, { key: name, shipmentKey: `${name}-${each.command}`, lines: named })
                : cancelReservation(own, {
                    key: name,
                    cancelKey: `${name}-${each.command}`,
                    lines: each.command === 0 ? null : named,
                  });
            }
            case 'sell':
              return bookSale(own, caller, {
                key: name,
                channel,
                locationId: at(each.lines[0]!).locationId,
                lines: each.lines.map(at),
                soldAt: '2026-03-01T12:00:00.000Z',
              });
            case 'receive':
              return receiveStock(own, caller, { ...at(each.line), idempotencyKey: newId() });
            case 'sweep':
              return sweep(later);
          }
        };
        // Reservations to begin with, every other one of them an order.
        for (const [index, wishes] of earlier.entries()) {
          const name = `${run}-${index}`;
          await processes[0]!.reserve(demandOf(channel, [wishes.map(wish)], { key: name }));
          if (index % 2 === 0) await createEndReservation(db).commit(name);
        }
        for (const round of rounds) {
          const rows = await db.sql<{ key: string; units: UnitLine[] }[]>`
            select r.key, jsonb_agg(jsonb_build_object('variantId', l.variant_id, 'locationId', l.location_id, 'quantity', l.quantity - l.shipped)) as units
            from stock.reservation_lines l join stock.reservations r using (reservation_id) where l.quantity > l.shipped group by r.key`;
          open.clear();
          for (const row of rows) open.set(row.key, row.units);
          await Promise.all(round.map(perform));
          expect(await differences(db)).toBe(0);
          expect(await lineDifferences(db)).toBe(0);
          expect(await faults(db)).toEqual([]);
        }
        for (const variantId of variantIds) {
          const { ledger, current } = await versionsOf(db, variantId);
          expect(ledger).toEqual(upTo(current));
        }
      },
    ),
    { seed: 20_261, numRuns: 20, endOnFailure: true },
  );
}, 120_000);
