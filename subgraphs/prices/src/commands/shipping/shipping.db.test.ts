import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  findShippingOption,
  findShippingOptions,
  readShippingOptions,
  SHIPPING_OPTIONS_JSON,
  toShippingOption,
  type ShippingOptionRow,
} from '../../data/shipping/find-shipping-options.ts';
import type { ShippingOptionInput } from '../../domain/shipping/accept-shipping-option.ts';
import { openPrices, type OpenPrices } from '../../testing/open-prices.ts';
import { removeShippingOption } from './remove-shipping-option.ts';
import { setShippingOption } from './set-shipping-option.ts';

let prices: OpenPrices;
beforeAll(async () => {
  prices = await openPrices();
});
beforeEach(() => prices.clear());
afterAll(() => prices.testDb.drop());

const option = (more: Partial<ShippingOptionInput> = {}): ShippingOptionInput => ({
  code: 'parcel',
  position: 1,
  isActive: true,
  name: 'Parcel',
  names: [{ locale: 'de', name: 'Paket' }],
  channels: ['web'],
  currency: 'EUR',
  taxIncluded: true,
  taxCategory: 'standard',
  zones: [
    {
      countries: ['DE'],
      regions: [],
      postalPrefixes: [],
      basis: 'WEIGHT',
      brackets: [
        { from: 0, amountMinor: 390 },
        { from: 2_000, amountMinor: 590 },
      ],
      freeFromMinor: 10_000,
      maxGrams: 31_500,
    },
  ],
  ...more,
});

const set = (input: ShippingOptionInput, expectedVersion: number | null = null) =>
  setShippingOption(prices.db, input, expectedVersion);

/** The engine's revision, the events and the end of the changes of prices. */
async function traces() {
  const [row] = await prices.db.sql`
    select (select revision from prices.engine_state)::integer as revision, (select count(*)::integer from prices.outbox) as events,
      (select last_number from prices.change_clock)::integer as changes`;
  return row!;
}

/** Options as the engine's cache reads them. */
async function active() {
  const [row] = await prices.db.sql.unsafe<{ rows: ShippingOptionRow[] }[]>(`select ${SHIPPING_OPTIONS_JSON} as rows`);
  return readShippingOptions(row!.rows);
}

describe('shippingOptionSet', () => {
  it('makes an option, which is read as it was set', async () => {
    const saved = { ...option(), names: { de: 'Paket' }, version: 1 };
    expect(await set(option(), 0)).toEqual({ __typename: 'ShippingOptionSaved', option: saved });
    expect(await findShippingOption(prices.db.orm, 'parcel')).toEqual(saved);
    expect(await active()).toEqual([saved]);
  });

  it('changes an option as a whole, and keeps what it was, from when to when', async () => {
    await set(option());
    await set(option({ name: 'Box', names: [] }), 1);
    await set(option({ isActive: false }), 2);
    const rows = await prices.db.sql<{ state: ShippingOptionRow; adjoins: boolean }[]>`
      select state, upper(held) = coalesce(lead(lower(held)) over (order by lower(held)), (select since from prices.shipping_options)) as adjoins
      from prices.state_history where kind = 'SHIPPING' and key = 'parcel' order by lower(held)`;
    expect(rows.map(({ state }) => toShippingOption(state))).toMatchObject([
      { version: 1, name: 'Parcel', names: { de: 'Paket' }, isActive: true },
      { version: 2, name: 'Box', names: {}, isActive: true },
    ]);
    expect(rows.map(({ adjoins }) => adjoins)).toEqual([true, true]);
    expect(await active()).toEqual([]);
  });

  it('tells caches of a change and shoppers of no other price; nobody when it is so already', async () => {
    const before = await traces();
    await set(option());
    const after = await traces();
    expect(after).toEqual({ ...before, revision: before.revision + 1, events: before.events + 1 });
    expect(await set(option())).toMatchObject({ __typename: 'ShippingOptionSaved', option: { version: 1 } });
    expect(await traces()).toEqual(after);
  });

  it('refuses a version that it has no more, and a broken rule, and changes nothing', async () => {
    await set(option());
    await set(option({ name: 'Box' }));
    const after = await traces();
    expect(await set(option({ name: 'Crate' }), 1)).toMatchObject({ __typename: 'VersionConflict', currentVersion: 2 });
    expect(await set(option({ code: 'other' }), 1)).toMatchObject({ __typename: 'VersionConflict', currentVersion: 0 });
    expect(await set(option({ zones: [] }))).toMatchObject({ code: 'INVALID_ZONE', path: ['input', 'zones'] });
    expect(await traces()).toEqual(after);
    expect(await findShippingOptions(prices.db.orm)).toMatchObject([{ code: 'parcel', name: 'Box', version: 2 }]);
  });

  it('lets one of many at once make an option of a code', async () => {
    const other = prices.open();
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        setShippingOption(index % 2 === 0 ? prices.db : other, option({ name: `Box ${index}` }), 0),
      ),
    );
    expect(outcomes.map(({ __typename }) => __typename).sort()).toEqual([
      'ShippingOptionSaved',
      ...Array<string>(7).fill('VersionConflict'),
    ]);
  });

  it('refuses more options than every process can keep', async () => {
    await prices.db.sql`
      insert into prices.shipping_options (code, position, definition, is_active, version, since)
      select 'o' || n, 0, '{}', false, 1, prices.app_now() from generate_series(1, 200) n`;
    expect(await set(option())).toMatchObject({ __typename: 'InvalidInput', code: 'TOO_MANY' });
  });
});

describe('shippingOptionRemove', () => {
  it('removes an option at the version that was read, keeps what it was, and tells caches', async () => {
    await set(option());
    const before = await traces();
    expect(await removeShippingOption(prices.db, 'parcel', 2)).toMatchObject({
      __typename: 'VersionConflict',
      currentVersion: 1,
    });
    expect(await traces()).toEqual(before);
    expect(await removeShippingOption(prices.db, 'parcel', 1)).toEqual({
      __typename: 'ShippingOptionRemoved',
      shippingOptionCode: 'parcel',
    });
    expect((await traces()).revision).toBe(before.revision + 1);
    expect(await findShippingOptions(prices.db.orm)).toEqual([]);
    const [kept] = await prices.db.sql`
      select state ->> 'code' as code, not upper_inf(held) as "isEnded" from prices.state_history where kind = 'SHIPPING'`;
    expect(kept).toEqual({ code: 'parcel', isEnded: true });
  });

  it.each(['nothing', "x'; drop", 'a\0b'])('answers NotFound for %j, which is none', async (code) => {
    expect(await removeShippingOption(prices.db, code, null)).toMatchObject({
      __typename: 'NotFound',
      path: ['input', 'code'],
    });
  });
});

describe('shipping options', () => {
  it('come by position, then code; the engine reads those that are offered', async () => {
    await set(option({ code: 'b', position: 2 }));
    await set(option({ code: 'c', position: 1, isActive: false }));
    await set(option({ code: 'a', position: 2 }));
    expect((await findShippingOptions(prices.db.orm)).map(({ code }) => code)).toEqual(['c', 'a', 'b']);
    expect((await active()).map(({ code }) => code)).toEqual(['a', 'b']);
  });
});
