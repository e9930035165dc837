import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ANYBODY, type PriceScope } from '../domain/pricing-context.ts';
import { createTableTaxes } from '../domain/taxes/table-taxes.ts';
import type { TaxProvider } from '../domain/taxes/tax-provider.ts';
import { createEngineCache } from '../engine-cache.ts';
import { openPrices, type OpenPrices } from '../testing/open-prices.ts';
import { createLiveReader } from './live-reader.ts';

let prices: OpenPrices;
const statements: string[] = [];

beforeAll(async () => {
  prices = await openPrices({ onQuery: (query) => statements.push(query) });
});
afterAll(() => prices.testDb.drop());
beforeEach(() => prices.clear());

const WEB: PriceScope = { channel: 'web', currency: null, country: null, region: null, buyer: ANYBODY };
const inGroup = (group: string): PriceScope => ({ ...WEB, buyer: { ...ANYBODY, groups: [group] } });
const readerWith = (taxes: TaxProvider = createTableTaxes()) =>
  createLiveReader({ db: prices.db, engines: createEngineCache(prices.db), taxes });

/** Taxes that are told when the test says so: what waits for them is being read. */
function slowTaxes() {
  const table = createTableTaxes();
  const asked: PromiseWithResolvers<void>[] = [];
  const taxes: TaxProvider = {
    async rates(...question) {
      const answer = Promise.withResolvers<void>();
      asked.push(answer);
      await answer.promise;
      return table.rates(...question);
    },
  };
  return { asked, taxes };
}

describe('the reader for subscribers', () => {
  it('reads for all of a scope by one statement, however many ask', async () => {
    const [cup, kettle, plate] = [newId(), newId(), newId()];
    await prices.givenPrices('base-eur', { [cup]: 100, [kettle]: 200 });
    const reader = readerWith();
    await reader.read(WEB, [newId()]);
    statements.length = 0;
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, index) => reader.read({ ...WEB }, index % 2 ? [cup, plate] : [kettle])),
    );
    expect(statements).toHaveLength(1);
    expect(answers[0]!.get(kettle)?.gross.minorUnits).toBe(200);
    expect(answers[1]!.get(cup)?.gross.minorUnits).toBe(100);
    expect(answers[1]!.has(plate)).toBe(false);
  });

  it('takes at most two thousand variants a statement', async () => {
    const ids = Array.from({ length: 2_001 }, newId);
    await prices.givenPrices('base-eur', Object.fromEntries(ids.map((id) => [id, 100])));
    const reader = readerWith();
    await reader.read(WEB, [newId()]);
    statements.length = 0;
    expect((await reader.read(WEB, ids)).size).toBe(2_001);
    expect(statements).toHaveLength(2);
  });

  it('reads four scopes at a time, the others in their turn', async () => {
    const { asked, taxes } = slowTaxes();
    const reader = readerWith(taxes);
    const scopes = Array.from({ length: 10 }, (_, index) => inGroup(`group-${index}`));
    const reading = Promise.all(scopes.map((scope) => reader.read(scope, [newId()])));
    for (let done = 0; done < scopes.length; done += 1) {
      await expect.poll(() => asked).toHaveLength(Math.min(done + 4, scopes.length));
      asked[done]!.resolve();
    }
    expect(await reading).toHaveLength(10);
  });

  it('reads again for who asks while it reads: what is being read may be older', async () => {
    const { asked, taxes } = slowTaxes();
    const cup = newId();
    await prices.givenPrices('base-eur', { [cup]: 100 });
    const reader = readerWith(taxes);
    const before = reader.read(WEB, [cup]);
    await expect.poll(() => asked).toHaveLength(1);
    await prices.givenPrices('base-eur', { [cup]: 200 });
    const after = reader.read(WEB, [cup]);
    await expect.poll(() => asked).toHaveLength(2);
    for (const answer of asked) answer.resolve();
    expect([(await before).get(cup)?.gross.minorUnits, (await after).get(cup)?.gross.minorUnits]).toEqual([100, 200]);
  });

  it('tells all who wait when a read fails, and reads on for others', async () => {
    let isAway = true;
    const table = createTableTaxes();
    const reader = readerWith({
      rates: (...question) => (isAway ? Promise.reject(new Error('taxes are away')) : table.rates(...question)),
    });
    const failed = await Promise.allSettled(
      Array.from({ length: 12 }, (_, index) => reader.read(inGroup(`g${index % 6}`), [newId()])),
    );
    expect(failed.every(({ status }) => status === 'rejected')).toBe(true);
    isAway = false;
    expect((await reader.read(WEB, [newId()])).size).toBe(0);
  });

  it('has no price in a channel that is not known', async () => {
    expect(await readerWith().read({ ...WEB, channel: '__proto__' }, [newId()])).toEqual(new Map());
  });
});
