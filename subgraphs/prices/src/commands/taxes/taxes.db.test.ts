import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findRatesPage } from '../../data/taxes/tax-rates.ts';
import { findTaxSettings } from '../../data/taxes/tax-settings.ts';
import type { TaxRateChange } from '../../domain/taxes/decide-tax-rates.ts';
import { openPrices, type OpenPrices } from '../../testing/open-prices.ts';
import { setTaxRates } from './set-tax-rates.ts';
import { setTaxSettings } from './set-tax-settings.ts';
import { upsertTaxRates } from './upsert-tax-rates.ts';

let prices: OpenPrices;
beforeAll(async () => {
  prices = await openPrices();
});
beforeEach(() => prices.clear());
afterAll(() => prices.testDb.drop());

const change = (more: Partial<TaxRateChange> = {}): TaxRateChange => ({
  country: 'DE',
  region: '',
  taxCategory: 'standard',
  basisPoints: 1_900,
  expectedVersion: null,
  ...more,
});

/** All rates as `COUNTRY/REGION/CATEGORY basisPoints vVERSION`. */
async function rates(): Promise<string[]> {
  const found = await findRatesPage(prices.db.orm, null, null, 100);
  return found.map(
    ({ country, region, taxCategory, basisPoints, version }) =>
      `${country}/${region}/${taxCategory} ${basisPoints} v${version}`,
  );
}

/** What everybody can notice of a change: the engine's revision, events, the end of the changes. */
async function traces() {
  const [row] = await prices.db.sql`
    select (select revision from prices.engine_state) as revision, (select count(*)::integer from prices.outbox) as events,
      (select last_number from prices.change_clock) as changes, (select count(*)::integer from prices.state_history) as history`;
  return row!;
}

/** The history of taxes: its states, and whether each ends where the next, or what is so now, begins. */
async function history(key: string) {
  return prices.db.sql`
    select state ->> 'basis_points' as points, state ->> 'rounding' as rounding, (state ->> 'version')::integer as version,
      upper(held) = coalesce(
        lead(lower(held)) over (order by lower(held)),
        (select since from prices.tax_rates where concat_ws('/', country, region, tax_category) = key),
        (select since from prices.tax_settings where country = key)) as adjoins
    from prices.state_history where kind = 'TAX' and key = ${key} order by lower(held)`;
}

describe('taxRatesSet', () => {
  it('sets, changes and removes rates, and keeps what they were', async () => {
    const books = change({ taxCategory: 'books', basisPoints: 700 });
    const first = await setTaxRates(prices.db, [
      change(),
      books,
      change({ country: 'ES', region: 'CN', basisPoints: 700 }),
    ]);
    expect(first).toMatchObject({ __typename: 'TaxRatesChanged', changedCount: 3 });
    await setTaxRates(prices.db, [change({ basisPoints: 1_600 }), change({ ...books, basisPoints: null })]);
    await setTaxRates(prices.db, [change({ basisPoints: 1_900, expectedVersion: 2 })]);

    expect(await rates()).toEqual(['DE//standard 1900 v3', 'ES/CN/standard 700 v1']);
    expect(await history('DE//standard')).toEqual([
      { points: '1900', rounding: null, version: 1, adjoins: true },
      { points: '1600', rounding: null, version: 2, adjoins: true },
    ]);
    expect(await history('DE//books')).toEqual([{ points: '700', rounding: null, version: 1, adjoins: null }]);
  });

  it('keeps the good rows of a call and says of each what became of it', async () => {
    await setTaxRates(prices.db, [change()]);
    const outcome = await setTaxRates(prices.db, [
      change({ basisPoints: 12_000 }),
      change(),
      change({ country: 'AT', basisPoints: 2_000 }),
      change({ country: 'FR', basisPoints: 2_000, expectedVersion: 4 }),
      change({ country: 'CH', basisPoints: null }),
    ]);
    if (outcome.__typename !== 'TaxRatesChanged') throw new Error(outcome.message);
    expect(outcome.changedCount).toBe(1);
    expect(outcome.decisions.map(({ status }) => status)).toEqual([
      'REJECTED',
      'UNCHANGED',
      'SET',
      'REJECTED',
      'UNCHANGED',
    ]);
    expect(await rates()).toEqual(['AT//standard 2000 v1', 'DE//standard 1900 v1']);
  });

  it('tells everybody once that prices are others, and nobody when nothing differs', async () => {
    const before = await traces();
    await setTaxRates(prices.db, [change(), change({ country: 'AT' })]);
    const after = await traces();
    expect(Number(after.revision)).toBe(Number(before.revision) + 1);
    expect(Number(after.changes)).toBe(Number(before.changes) + 1);
    expect(after.events).toBe(Number(before.events) + 1);

    await setTaxRates(prices.db, [change(), change({ basisPoints: -1, country: 'AT' })]);
    expect(await traces()).toEqual(after);
  });

  it('refuses a call of more than 1,000 rows and changes nothing', async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => change({ taxCategory: `c${index}` }));
    expect(await setTaxRates(prices.db, many)).toEqual({
      __typename: 'InvalidInput',
      code: 'TOO_MANY_RATES',
      message: 'At most 1000 rates a call.',
      path: ['input', 'rates'],
    });
    expect(await rates()).toEqual([]);
  });

  it('lets one of many that saw the same version change it, and keeps a history without gaps when many write at once', async () => {
    await setTaxRates(prices.db, [change()]);
    const other = prices.open();
    const write = (basisPoints: number, expectedVersion: number | null) =>
      setTaxRates(basisPoints % 2 === 0 ? prices.db : other, [change({ basisPoints, expectedVersion })]);
    const guarded = await Promise.all(Array.from({ length: 10 }, (_, index) => write(index, 1)));
    expect(
      guarded.filter((outcome) => outcome.__typename === 'TaxRatesChanged' && outcome.changedCount === 1),
    ).toHaveLength(1);

    await Promise.all(Array.from({ length: 10 }, (_, index) => write(100 + index, null)));
    const states = await history('DE//standard');
    expect(states.map(({ version, adjoins }) => [Number(version), Boolean(adjoins)])).toEqual(
      Array.from({ length: 11 }, (_, index) => [index + 1, true]),
    );
    expect(await rates()).toHaveLength(1);
  });

  it('lets readers read while a change is not yet committed', async () => {
    await setTaxRates(prices.db, [change()]);
    await prices.db.sql.begin(async (sql) => {
      await sql`lock table prices.tax_rates in share row exclusive mode`;
      await sql`update prices.tax_rates set basis_points = 1`;
      expect(await rates()).toEqual(['DE//standard 1900 v1']);
    });
  });
});

describe('tax rates page by page', () => {
  it('come in the order of country, region and category, of all countries or of one', async () => {
    const changes = ['ES//standard', 'DE//standard', 'ES/CN/food', 'ES//books', 'ES/CN/standard'].map((key) => {
      const [country, region, taxCategory] = key.split('/') as [string, string, string];
      return change({ country, region, taxCategory });
    });
    await setTaxRates(prices.db, changes);
    const keys = async (country: string | null, after: [string, string, string] | null, limit: number) =>
      (await findRatesPage(prices.db.orm, country, after, limit)).map(
        (rate) => `${rate.country}/${rate.region}/${rate.taxCategory}`,
      );
    expect(await keys(null, null, 3)).toEqual(['DE//standard', 'ES//books', 'ES//standard']);
    expect(await keys(null, ['ES', '', 'standard'], 3)).toEqual(['ES/CN/food', 'ES/CN/standard']);
    expect(await keys('DE', null, 3)).toEqual(['DE//standard']);
    expect(await keys('DE', ['DE', '', 'standard'], 3)).toEqual([]);
  });
});

describe('taxRatesUpsert', () => {
  it('sets rates all or nothing', async () => {
    const rate = { country: 'DE', region: '', taxCategory: 'standard', basisPoints: 1_900 };
    expect(await upsertTaxRates(prices.db, [rate, { ...rate, country: 'AT', basisPoints: 2_000 }])).toBe(2);
    expect(await upsertTaxRates(prices.db, [rate, { ...rate, country: 'AT', basisPoints: 2_000 }])).toBe(0);
    const broken = upsertTaxRates(prices.db, [
      { ...rate, basisPoints: 700 },
      { ...rate, country: 'AT', basisPoints: 10_001 },
    ]);
    await expect(broken).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', path: ['input', 'rates', '1', 'basisPoints'] },
    });
    expect(await rates()).toEqual(['AT//standard 2000 v1', 'DE//standard 1900 v1']);
  });
});

describe('taxSettingsSet', () => {
  it('sets how a country rounds, keeps what it was, and tells everybody', async () => {
    const set = (rounding: 'LINE' | 'UNIT', expectedVersion: number | null = null) =>
      setTaxSettings(prices.db, { country: 'PL', rounding, expectedVersion });
    const before = await traces();
    expect(await set('LINE', 0)).toEqual({
      __typename: 'TaxSettingsSaved',
      settings: { country: 'PL', rounding: 'LINE', version: 0 },
    });
    expect(await traces()).toEqual(before);

    await set('UNIT', 0);
    expect(Number((await traces()).revision)).toBe(Number(before.revision) + 1);
    expect(await set('LINE', 0)).toMatchObject({ __typename: 'VersionConflict', currentVersion: 1 });
    expect(await findTaxSettings(prices.db.orm)).toEqual([{ country: 'PL', rounding: 'UNIT', version: 1 }]);
    await set('LINE', 1);
    expect(await findTaxSettings(prices.db.orm)).toEqual([{ country: 'PL', rounding: 'LINE', version: 2 }]);
    expect(await history('PL')).toEqual([{ points: null, rounding: 'UNIT', version: 1, adjoins: true }]);
  });
});
