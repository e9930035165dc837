import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import { openPrices, type OpenPrices } from '../testing/open-prices.ts';

let prices: OpenPrices;
let app: Service;

beforeAll(async () => {
  prices = await openPrices();
  const identity = (await createTestIdentities(['prices'])).prices;
  app = createApp({ db: prices.db, bus: createMemoryBus(), identity, logger: silentLogger });
  await app.graph().server.start();
  await app.graph(INTERNAL_PATH).server.start();
});
beforeEach(() => prices.clear());
afterAll(() => prices.testDb.drop());

const STAFF = asStaff(['prices:read', 'prices:write']);

async function ask(query: string, variables: Record<string, unknown> = {}, call: Call = STAFF, path?: string) {
  const { data, errors } = await app.graph(path).execute({ query, variables }, call);
  return {
    data: data as Record<string, never> | null,
    codes: errors?.map(({ extensions }) => extensions?.['code']) ?? [],
  };
}

const RATES_SET = `mutation ($rates: [TaxRateInput!]!) { taxRatesSet(input: { rates: $rates }) {
  ... on TaxRatesChanged { changedCount rows { index status code message } } ... on UserError { code message path } } }`;
const RATES = `query ($country: CountryCode, $first: Int, $after: Cursor) { taxRates(country: $country, first: $first, after: $after) {
  edges { node { country region taxCategory basisPoints version } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`;

describe('tax rates in the graph', () => {
  it('are set row by row, in capitals and for the whole country and standard goods where nothing is said, and read page by page', async () => {
    const set = await ask(RATES_SET, {
      rates: [
        { country: 'ES', basisPoints: 2_100 },
        { country: 'ES', region: 'cn', basisPoints: 700 },
        { country: 'ES', taxCategory: 'books', basisPoints: 40_000 },
        { country: 'DE', basisPoints: 1_900, expectedVersion: 0 },
        { country: 'FR', region: null },
      ],
    });
    const kept = { code: null, message: null };
    expect(set.data).toEqual({
      taxRatesSet: {
        changedCount: 3,
        rows: [
          { index: 0, status: 'SET', ...kept },
          { index: 1, status: 'SET', ...kept },
          { index: 2, status: 'REJECTED', code: 'INVALID_PERCENT', message: 'A rate is from 0 to 10000 basis points.' },
          { index: 3, status: 'SET', ...kept },
          { index: 4, status: 'UNCHANGED', ...kept },
        ],
      },
    });
    const standard = { region: null, taxCategory: 'standard', version: 1 };
    const { data: begin } = await ask(RATES, { first: 2 });
    expect(begin).toMatchObject({
      taxRates: {
        edges: [
          { node: { country: 'DE', ...standard, basisPoints: 1_900 } },
          { node: { country: 'ES', ...standard, basisPoints: 2_100 } },
        ],
        pageInfo: { hasNextPage: true, hasPreviousPage: false },
      },
    });
    const after = (begin as unknown as { taxRates: { pageInfo: { endCursor: string } } }).taxRates.pageInfo.endCursor;
    expect((await ask(RATES, { first: 2, after, country: 'ES' })).data).toMatchObject({
      taxRates: {
        edges: [{ node: { country: 'ES', region: 'CN', taxCategory: 'standard', basisPoints: 700 } }],
        pageInfo: { hasNextPage: false, hasPreviousPage: true },
      },
    });
  });

  it.each([
    ['a page that is too large', { first: 201 }],
    ['no page', { first: 0 }],
    ['a cursor that is none', { after: 'x' }],
    ['a cursor of something else', { after: Buffer.from('[1,2,3]').toString('base64url') }],
    ['a cursor with a null byte', { after: Buffer.from('["\\u0000","",""]').toString('base64url') }],
  ])('refuse %s', async (_, variables) => {
    expect(await ask(RATES, variables)).toEqual({ data: null, codes: ['BAD_USER_INPUT'] });
  });

  it('are set by other services for countries alone, as ever, or for regions and categories', async () => {
    const upsert = (rates: unknown) =>
      ask(
        'mutation ($rates: [TaxRateUpsert!]!) { taxRatesUpsert(input: { rates: $rates }) { changedCount } }',
        { rates },
        asService(),
        INTERNAL_PATH,
      );
    const rates = [
      { country: 'DE', basisPoints: 1_900 },
      { country: 'DE', taxCategory: 'books', basisPoints: 700 },
    ];
    expect((await upsert(rates)).data).toEqual({ taxRatesUpsert: { changedCount: 2 } });
    expect((await upsert([...rates, { country: 'ES', region: 'CN', basisPoints: 700 }])).data).toEqual({
      taxRatesUpsert: { changedCount: 1 },
    });
    expect((await upsert([{ country: 'AT', basisPoints: -1 }])).codes).toEqual(['BAD_USER_INPUT']);
  });
});

describe('tax settings in the graph', () => {
  it('are set at the version that was read', async () => {
    const set = (rounding: string, expectedVersion: number) =>
      ask(
        `mutation ($rounding: TaxRounding!, $expectedVersion: Int) {
          taxSettingsSet(input: { country: "PL", rounding: $rounding, expectedVersion: $expectedVersion }) {
            ... on TaxSettingsSaved { settings { country rounding version } } ... on VersionConflict { currentVersion } } }`,
        { rounding, expectedVersion },
      );
    expect((await set('UNIT', 0)).data).toEqual({
      taxSettingsSet: { settings: { country: 'PL', rounding: 'UNIT', version: 1 } },
    });
    expect((await set('LINE', 0)).data).toEqual({ taxSettingsSet: { currentVersion: 1 } });
    expect((await ask('{ taxSettings { country rounding } }')).data).toEqual({
      taxSettings: [{ country: 'PL', rounding: 'UNIT' }],
    });
  });
});

const OPTION = `code name names { locale name } position isActive channels currency taxIncluded taxCategory version
  zones { countries regions postalPrefixes basis brackets { from amountMinor } freeFromMinor maxGrams }`;
const OPTION_SET = `mutation ($input: ShippingOptionSetInput!) { shippingOptionSet(input: $input) {
  ... on ShippingOptionSaved { option { ${OPTION} } } ... on UserError { code message path } } }`;

describe('shipping options in the graph', () => {
  const input = {
    code: 'parcel',
    name: 'Parcel',
    currency: 'EUR',
    taxIncluded: true,
    zones: [{ countries: ['DE'], brackets: [{ from: 0, amountMinor: 490 }] }],
  };
  const saved = {
    ...input,
    names: [],
    position: 0,
    isActive: true,
    channels: [],
    taxCategory: 'standard',
    version: 1,
    zones: [{ ...input.zones[0], regions: [], postalPrefixes: [], basis: 'FLAT', freeFromMinor: null, maxGrams: null }],
  };

  it('are made with what is usual where nothing is said, changed, read and removed', async () => {
    expect((await ask(OPTION_SET, { input })).data).toEqual({ shippingOptionSet: { option: saved } });
    const names = [{ locale: 'de', name: 'Paket' }];
    await ask(OPTION_SET, { input: { ...input, names, expectedVersion: 1 } });
    expect(
      (
        await ask(
          `{ shippingOptions { ${OPTION} } shippingOption(code: "parcel") { version } none: shippingOption(code: "a\\u0000") { code } }`,
        )
      ).data,
    ).toEqual({
      shippingOptions: [{ ...saved, names, version: 2 }],
      shippingOption: { version: 2 },
      none: null,
    });
    const remove = `mutation { shippingOptionRemove(input: { code: "parcel", expectedVersion: 2 }) { ... on ShippingOptionRemoved { shippingOptionCode } ... on UserError { code } } }`;
    expect((await ask(remove)).data).toEqual({ shippingOptionRemove: { shippingOptionCode: 'parcel' } });
    expect((await ask(remove)).data).toEqual({ shippingOptionRemove: { code: 'NOT_FOUND' } });
  });

  it('are refused with the field that breaks a rule', async () => {
    const zones = [{ brackets: [{ from: 5, amountMinor: 490 }] }];
    expect((await ask(OPTION_SET, { input: { ...input, zones } })).data).toEqual({
      shippingOptionSet: {
        code: 'INVALID_BRACKETS',
        message: 'A flat price is one bracket from 0.',
        path: ['input', 'zones', '0', 'brackets'],
      },
    });
  });
});

describe('guests and staff without the scope', () => {
  it.each([
    ['taxRates', '{ taxRates { edges { cursor } } }'],
    ['taxSettings', '{ taxSettings { country } }'],
    ['shippingOptions', '{ shippingOptions { code } }'],
    ['shippingOption', '{ shippingOption(code: "parcel") { code } }'],
    ['taxRatesSet', 'mutation { taxRatesSet(input: { rates: [{ country: "DE", basisPoints: 0 }] }) { __typename } }'],
    ['taxSettingsSet', 'mutation { taxSettingsSet(input: { country: "DE", rounding: UNIT }) { __typename } }'],
    [
      'shippingOptionSet',
      'mutation { shippingOptionSet(input: { code: "a", name: "A", currency: "EUR", taxIncluded: true, zones: [] }) { __typename } }',
    ],
    ['shippingOptionRemove', 'mutation { shippingOptionRemove(input: { code: "a" }) { __typename } }'],
  ])('are denied %s, and nothing changes', async (_, query) => {
    const scopes = query.startsWith('mutation') ? ['prices:read'] : ['catalogue:read'];
    for (const call of [asGuest(), asStaff(scopes)]) expect((await ask(query, {}, call)).codes).toEqual(['FORBIDDEN']);
    const [{ events }] = (await prices.db.sql`select count(*)::integer as events from prices.outbox`) as unknown as [
      { events: number },
    ];
    expect(events).toBe(0);
  });
});
