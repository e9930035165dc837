import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anything } from './commands.ts';
import { receiveAll } from './goods-commands.ts';
import { createWorld, openProcess } from './real-stock.ts';
import { beginning, LOCATION_COUNT, SHAPE } from './shape.ts';
import { createModel } from './stock-model.ts';
import { viewOfModel, viewOfReal } from './stock-views.ts';

/** A counterexample names its seed and shrunk sequence; with another seed and more runs it searches elsewhere. */
const SEED = Number(process.env['STOCK_MACHINE_SEED'] ?? 20_260_801);
const RUNS = Number(process.env['STOCK_MACHINE_RUNS'] ?? 20);
/** A run takes a quarter of a second; to shrink a counterexample takes many. */
const LIMIT_MS = 120_000 + RUNS * 1_000;

let testDb: TestDatabase;
beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
});
afterAll(() => testDb.drop());

it('answers and is what a simple model says, after every command of any sequence', { timeout: LIMIT_MS }, async () => {
  const db = testDb.open('stock', { max: 1 });
  const sequences = fc.array(anything, { minLength: 1, maxLength: 60, size: 'max' });
  await fc.assert(
    fc.asyncProperty(beginning, sequences, async (quantities, happenings) => {
      await db.sql`delete from stock.outbox where topic = 'stock.availability.changed'`;
      await db.sql`select set_config('app.now_offset', '0', false)`;
      const real = openProcess(db, await createWorld(db, SHAPE, LOCATION_COUNT));
      const model = createModel(SHAPE);
      for (const [index, happening] of [...receiveAll(quantities), ...happenings].entries()) {
        const what = `${index + 1}. ${happening.toString()}`;
        const outcome = happening.expect(model);
        expect(await happening.perform(real), what).toEqual(outcome);
        expect(await viewOfReal(real, SHAPE.itemCount), what).toEqual(viewOfModel(model));
      }
    }),
    { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: LIMIT_MS - 10_000, markInterruptAsFailure: true },
  );
});
