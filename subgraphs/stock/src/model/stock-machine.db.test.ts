import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { differences } from '../fixture.ts';
import { anything } from './commands.ts';
import { follow } from './follow.ts';
import { receiveAll } from './goods-commands.ts';
import { sellSomeAhead } from './policy-commands.ts';
import { beginning } from './shape.ts';

/** A counterexample names its seed and shrunk sequence; with another seed and more runs it searches elsewhere. */
const SEED = Number(process.env['STOCK_MACHINE_SEED'] ?? 20_260_801);
const RUNS = Number(process.env['STOCK_MACHINE_RUNS'] ?? 8);
/** A run takes about a second; to shrink a counterexample takes many. */
const LIMIT_MS = 120_000 + RUNS * 1_000;

let testDb: TestDatabase;
beforeAll(async () => {
  testDb = await createTestDatabase(['stock']);
});
afterAll(() => testDb.drop());

it('answers and is what a simple model says, after every command of any sequence', { timeout: LIMIT_MS }, async () => {
  const db = testDb.open('stock', { max: 1 });
  const sequences = fc.array(anything, { minLength: 1, maxLength: 120, size: 'max' });
  await fc.assert(
    fc.asyncProperty(fc.noBias(beginning), fc.noBias(sequences), async (quantities, happenings) => {
      await follow(db, [...receiveAll(quantities), ...sellSomeAhead, ...happenings]);
      expect(await differences(db)).toBe(0);
    }),
    { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: LIMIT_MS - 10_000, markInterruptAsFailure: true },
  );
});
