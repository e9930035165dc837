import type { Database } from '@kontor/kit/src/database.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sweep } from '../commands/expire-holds.ts';
import { differences, upTo } from '../fixture.ts';
import { anything } from './commands.ts';
import { receive, receiveAll } from './goods-commands.ts';
import { happening, type Happening } from './machine-command.ts';
import { sellSomeAhead } from './policy-commands.ts';
import { createWorld, openProcess, type Names, type RealStock } from './real-stock.ts';
import { beginning, LOCATION_COUNT, SHAPE } from './shape.ts';
import { viewOfReal, type StockView } from './stock-views.ts';

const SEED = Number(process.env['STOCK_MACHINE_SEED'] ?? 20_260_802);
const RUNS = Number(process.env['STOCK_MACHINE_RUNS'] ?? 30);
const LIMIT_MS = 120_000 + RUNS * 1_000;
const PROCESSES = 4;

let testDb: TestDatabase;
let databases: Database[];
/** A process for which an hour more has gone by. */
let later: Database;
beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
  databases = upTo(PROCESSES).map(() => testDb.open('stock', { max: 3 }));
  later = testDb.open('stock', { max: 2, nowOffset: '1 hour' });
});
afterAll(() => testDb.drop());

interface Done {
  readonly happening: Happening;
  readonly outcome: { readonly kind?: string; readonly planIndex?: number };
}

/** Holds that are not over: where time passes, the process for which it has passed already sweeps. */
const processOn = (db: Database, names: Names): RealStock => ({
  ...openProcess(db, names),
  advance: () => sweep(later),
});

it('keeps every promise when four processes do anything at once', { timeout: LIMIT_MS }, async () => {
  const rounds = fc.array(fc.array(anything, { minLength: 2, maxLength: 16, size: 'max' }), {
    minLength: 1,
    maxLength: 6,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(beginning, rounds, async (quantities, given) => {
      const db = databases[0]!;
      await db.sql`delete from stock.outbox`;
      const names = await createWorld(db, SHAPE, LOCATION_COUNT);
      const processes = databases.map((each) => processOn(each, names));
      const done: Done[] = [];
      for (const round of [receiveAll(quantities), sellSomeAhead, ...given])
        await Promise.all(
          round.map(async (each, index) => {
            const outcome = await each.perform(processes[index % PROCESSES]!);
            done.push({ happening: each, outcome: outcome ?? {} });
          }),
        );
      // A configuration may have changed after the last event of an item: one more event tells what is shown now.
      for (const item of upTo(SHAPE.itemCount)) {
        const last = happening(receive, {
          kind: 'RECEIVE',
          state: null,
          expected: null,
          item: item - 1,
          location: 0,
          quantity: 1,
          key: 1_000 + item,
        });
        done.push({ happening: last, outcome: (await last.perform(processes[0]!)) as Done['outcome'] });
      }
      const view = await viewOfReal(processes[0]!, SHAPE.itemCount);
      expect(await differences(db)).toBe(0);
      expectWhole(view);
      expectHoldsAreLines(view);
      await expectConserved(db, names, done);
      expectOneReservationPerKey(view, done);
    }),
    { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: LIMIT_MS - 10_000, markInterruptAsFailure: true },
  );
});

/** The ledger is the levels, nothing is below zero, no version is missing, and events told all of it in order. */
function expectWhole(view: StockView): void {
  expect(view.levels).toEqual(view.ledger);
  const units = Object.values(view.levels).flatMap((level) => Object.values(level));
  expect(units.filter((each) => each < 0)).toEqual([]);
  for (const versions of Object.values(view.versions)) expect(versions).toEqual(upTo(versions.length));
  expect(view.toldVersions).toEqual(view.versions);
  const told = Object.fromEntries(Object.keys(view.told).map((key) => [key, view.sellable[key]]));
  expect(view.told).toEqual(told);
}

/** What levels say is held or sold is what reservations hold or sold. */
function expectHoldsAreLines(view: StockView): void {
  const sums = (status: string) => {
    const found: Record<string, number> = {};
    for (const reservation of Object.values(view.reservations))
      if (reservation.status === status)
        for (const line of reservation.lines) {
          const [quantity, item, location, lost, shipped, waiting] = line.match(/\d+/g)!.map(Number);
          const open = quantity! - lost! - shipped! - waiting!;
          if (open > 0) found[`${item} ${location}`] = (found[`${item} ${location}`] ?? 0) + open;
        }
    return found;
  };
  const units = (state: 'reserved' | 'committed') =>
    Object.fromEntries(
      Object.entries(view.levels)
        .map(([place, level]) => [place, level[state]] as const)
        .filter(([, quantity]) => quantity > 0),
    );
  expect(units('reserved')).toEqual(sums('held'));
  expect(units('committed')).toEqual(sums('committed'));
}

/** What was acknowledged as received is in the ledger, once per key. */
async function expectConserved(db: Database, names: Names, done: readonly Done[]): Promise<void> {
  const received = new Map<number, number>();
  for (const { happening: each, outcome } of done) {
    const step = each.step as { key: number; quantity: number };
    if (each.name === 'receive' && outcome.kind === 'changed') received.set(step.key, step.quantity);
  }
  const [row] = await db.sql<{ units: number }[]>`
    select coalesce(sum(quantity), 0)::int as units from stock.movements where kind = 'RECEIVED' and reference like 'receive:%' and variant_id = any(${[...names.things]}::uuid[])`;
  expect(row?.units).toBe([...received.values()].reduce((sum, each) => sum + each, 0));
}

/** Whoever was told that a key holds was told of the one reservation that there is. */
function expectOneReservationPerKey(view: StockView, done: readonly Done[]): void {
  const told = new Map<string, Set<number | undefined>>();
  for (const { happening: each, outcome } of done) {
    if (each.name !== 'reserve' || outcome.kind !== 'held') continue;
    const key = String((each.step as { key: number }).key);
    told.set(key, (told.get(key) ?? new Set()).add(outcome.planIndex));
  }
  expect([...told.keys()].sort()).toEqual(Object.keys(view.reservations).sort());
  const moved = done.flatMap(({ outcome }) => (outcome.kind === 'moved' ? [outcome.planIndex] : []));
  for (const [key, plans] of told) {
    const { planIndex } = view.reservations[key]!;
    // A move tells a reservation's plan anew.
    if (moved.length === 0) expect([...plans]).toEqual([planIndex]);
    else expect([...plans, ...moved]).toContain(planIndex);
  }
}
