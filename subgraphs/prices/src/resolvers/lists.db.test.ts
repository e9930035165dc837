import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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
    data: data as Record<string, Record<string, unknown>> | null,
    codes: errors?.map(({ extensions }) => extensions?.['code']) ?? [],
  };
}
const askInternally = (query: string, variables: Record<string, unknown>) =>
  ask(query, variables, asService(), INTERNAL_PATH);

const LIST = `{ code name scope subject channel currency taxIncluded status validity { from until } activity { until } version
  derivation { from { code } percentBasisPoints amountMinor margin { basisPoints taxBasisPoints feeScheduleCode } rounding { mode stepMinor endingMinor } } }`;
const LIST_SET = `mutation ($input: PriceListSetInput!) { priceListSet(input: $input) { __typename
  ... on PriceListSaved { priceList ${LIST} } ... on UserError { code message path } ... on VersionConflict { currentVersion } } }`;
const activity = (field: string) => `mutation ($input: PriceListActivityInput!) { ${field}(input: $input) { __typename
  ... on PriceListSaved { priceList { status version activity { from until } } } ... on UserError { code message path } } }`;
const PRICES_SET = `mutation ($input: PricesSetInput!) { pricesSet(input: $input) { __typename
  ... on PricesChanged { changedCount priceList { revision } rows { index status code message } } ... on UserError { code path } } }`;
const PRICES_OF = `query ($first: Int, $after: Cursor) { priceList(code: "base-eur") { prices(first: $first, after: $after) {
  edges { cursor node { variant { id } minQuantity amount amountMinor amountMicros compareAtMinor } } pageInfo { hasNextPage hasPreviousPage endCursor } } } }`;

const listInput = (code: string, more: Record<string, unknown> = {}) => ({
  input: { code, scope: 'GROUP', subject: code, currency: 'EUR', taxIncluded: true, ...more },
});
const setList = async (code: string, more: Record<string, unknown> = {}) =>
  (await ask(LIST_SET, listInput(code, more))).data?.['priceListSet'];

describe('price lists in the graph', () => {
  test('are set with all that they are, and read as they were set', async () => {
    const window = { from: '2030-01-01T00:00:00.000Z', until: '2030-02-01T00:00:00.000Z' };
    const rounding = { mode: 'NEAREST', stepMinor: 100, endingMinor: 99 };
    const set = await setList('gold', {
      name: 'Gold',
      channel: 'web',
      validity: window,
      derivation: { from: 'base-eur', percentBasisPoints: -1_000, rounding },
    });
    const list = {
      ...{
        code: 'gold',
        name: 'Gold',
        scope: 'GROUP',
        subject: 'gold',
        channel: 'web',
        currency: 'EUR',
        taxIncluded: true,
      },
      ...{ status: 'ACTIVE', validity: window, activity: { until: null }, version: 1 },
      derivation: { from: { code: 'base-eur' }, percentBasisPoints: -1_000, amountMinor: null, margin: null, rounding },
    };
    expect(set).toEqual({ __typename: 'PriceListSaved', priceList: list });
    expect((await ask(`{ priceList(code: "gold") ${LIST} }`)).data).toEqual({ priceList: list });
  });

  test('are the same when the input is written into the query', async () => {
    const query = `mutation { priceListSet(input: { code: "gold", scope: GROUP, subject: "gold", currency: "EUR", taxIncluded: true,
      derivation: { from: "base-eur", amountMinor: -50, rounding: { mode: UP, stepMinor: 100, endingMinor: 99 } } }) {
      ... on PriceListSaved { priceList { version derivation { amountMinor } } } } }`;
    const saved = { priceListSet: { priceList: { version: 1, derivation: { amountMinor: -50 } } } };
    expect([(await ask(query)).data, (await ask(query)).data]).toEqual([saved, saved]);
  });

  test.each(['SOURCE', 'ASSIGNED'])('of scope %s may be saved as they were read', async (scope) => {
    expect(await setList('own', { scope, subject: null })).toMatchObject({ priceList: { subject: 'own' } });
    expect(await setList('own', { scope })).toMatchObject({ priceList: { subject: 'own', version: 1 } });
  });

  test('keep a margin by a fee schedule', async () => {
    const set = `mutation ($input: FeeScheduleSetInput!) { feeScheduleSet(input: $input) {
      ... on FeeScheduleSaved { feeSchedule { code version brackets { fromMinor basisPoints fixedMinor minimumMinor } } } ... on UserError { code path } } }`;
    const brackets = [{ fromMinor: 0, basisPoints: 1_500 }];
    const input = { feeScheduleCode: 'market', name: 'Market', currency: 'EUR', brackets };
    const kept = [{ fromMinor: 0, basisPoints: 1_500, fixedMinor: 0, minimumMinor: 0 }];
    expect((await ask(set, { input })).data).toEqual({
      feeScheduleSet: { feeSchedule: { code: 'market', version: 1, brackets: kept } },
    });
    expect((await ask('{ feeSchedules { code brackets { fromMinor } } }')).data).toEqual({
      feeSchedules: [{ code: 'market', brackets: [{ fromMinor: 0 }] }],
    });
    await setList('costs', { scope: 'SOURCE', subject: null, taxIncluded: false });
    const margin = { basisPoints: 2_000, taxBasisPoints: 1_900, feeScheduleCode: 'market' };
    expect(await setList('market', { derivation: { from: 'costs', margin } })).toMatchObject({
      priceList: { derivation: { margin, percentBasisPoints: null } },
    });
  });

  test('are refused with the field at fault', async () => {
    const fault = async (more: Record<string, unknown>) => {
      const { code, path } = (await setList('gold', more)) as { code: string; path: string[] };
      return [code, path.join('.')];
    };
    const derivation = (more: object) => ({ derivation: { from: 'base-eur', ...more } });
    expect(await fault(derivation({ percentBasisPoints: -10_001 }))).toEqual([
      'INVALID_PERCENT',
      'input.derivation.percentBasisPoints',
    ]);
    expect(await fault({ validity: { from: '2030-01-02T00:00:00Z', until: '2030-01-01T00:00:00Z' } })).toEqual([
      'INVALID_WINDOW',
      'input.validity.until',
    ]);
    expect(await fault({ subject: '' })).toEqual(['INVALID_SUBJECT', 'input.subject']);
    expect(await setList('gold', { expectedVersion: 3 })).toMatchObject({
      __typename: 'VersionConflict',
      currentVersion: 0,
    });
    for (const more of [{}, { percentBasisPoints: 1, amountMinor: 1 }])
      expect((await ask(LIST_SET, listInput('gold', derivation(more)))).codes).toEqual(['BAD_USER_INPUT']);
    expect((await ask(LIST_SET, listInput('gold', { currency: 'XYZ' }))).codes).toEqual(['BAD_USER_INPUT']);
  });

  test('come into force and end at their moments', async () => {
    await setList('gold', { isDraft: true });
    const at = new Date(Date.now() + 86_400_000).toISOString();
    const input = (more: object) => ({ input: { priceListCode: 'gold', ...more } });
    expect((await ask('{ priceList(code: "gold") { status activity { from } } }')).data).toEqual({
      priceList: { status: 'DRAFT', activity: null },
    });
    expect((await ask(activity('priceListActivate'), input({ at }))).data).toEqual({
      priceListActivate: {
        __typename: 'PriceListSaved',
        priceList: { status: 'SCHEDULED', version: 2, activity: { from: at, until: null } },
      },
    });
    expect((await ask(activity('priceListActivate'), input({ expectedVersion: 2 }))).data).toMatchObject({
      priceListActivate: { priceList: { status: 'ACTIVE', version: 3 } },
    });
    expect((await ask(activity('priceListArchive'), input({}))).data).toMatchObject({
      priceListArchive: { priceList: { status: 'ARCHIVED', version: 4 } },
    });
    expect((await ask(activity('priceListArchive'), { input: { priceListCode: 'nowhere' } })).data).toMatchObject({
      priceListArchive: { __typename: 'NotFound', code: 'NOT_FOUND' },
    });
  });

  test('tell shoppers whose price it is, but neither how it came about nor what else the list holds', async () => {
    const id = newId();
    await prices.givenPrices('base-eur', { [id]: 1_000 });
    await setList('web-eur', {
      scope: 'CHANNEL',
      subject: null,
      channel: 'web',
      derivation: { from: 'base-eur', percentBasisPoints: 1_000 },
    });
    const query = (
      fields: string,
    ) => `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on ProductVariant { price { gross { minorUnits } priceList { code ${fields} } } } } }`;
    const representations = [{ __typename: 'ProductVariant', id }];
    expect((await ask(query(''), { representations }, asGuest())).data).toEqual({
      _entities: [{ price: { gross: { minorUnits: 1_100 }, priceList: { code: 'web-eur' } } }],
    });
    for (const field of ['derivation { percentBasisPoints }', 'prices { edges { cursor } }'])
      expect((await ask(query(field), { representations }, asGuest())).codes).toEqual(['FORBIDDEN']);
  });

  test('are changed by those with the scope alone', async () => {
    const input = { priceListCode: 'base-eur' };
    for (const [query, variables] of [
      [LIST_SET, listInput('gold')],
      [activity('priceListArchive'), { input }],
      [activity('priceListActivate'), { input }],
      [PRICES_SET, { input: { ...input, prices: [] } }],
    ] as const)
      for (const call of [asGuest(), asStaff(['prices:read'])])
        expect((await ask(query, variables, call)).codes).toEqual(['FORBIDDEN']);
  });
});

describe('prices of a list in the graph', () => {
  const set = async (...rows: object[]) =>
    (await ask(PRICES_SET, { input: { priceListCode: 'base-eur', prices: rows } })).data?.['pricesSet'];

  test('are set row by row and read page by page, exactly', async () => {
    const [one, two] = [newId(), newId()].sort() as [string, string];
    expect(
      await set(
        { variantId: two, amountMinor: 100, compareAtMinor: 150 },
        { variantId: one, minQuantity: 10, amountMinor: 1, amountMicros: 234_500 },
        { variantId: one, amountMinor: 2 },
        { variantId: one, minQuantity: 5, amountMinor: -1 },
        { variantId: two, minQuantity: 7, amountMinor: null },
      ),
    ).toEqual({
      __typename: 'PricesChanged',
      changedCount: 3,
      priceList: { revision: 2 },
      rows: [
        { index: 0, status: 'SET', code: null, message: null },
        { index: 1, status: 'SET', code: null, message: null },
        { index: 2, status: 'SET', code: null, message: null },
        {
          index: 3,
          status: 'REJECTED',
          code: 'INVALID_AMOUNT',
          message: 'An amount is from 0 to 100000000000 minor units.',
        },
        { index: 4, status: 'UNCHANGED', code: null, message: null },
      ],
    });
    const node = (
      id: string,
      minQuantity: number,
      amount: string,
      minor: number,
      micros: number,
      compareAt: number | null,
    ) => ({
      ...{ variant: { id }, minQuantity, amount, amountMinor: minor, amountMicros: micros, compareAtMinor: compareAt },
    });
    const page = async (first: number, after: string | null) => {
      const { priceList } = (await ask(PRICES_OF, { first, after })).data as unknown as {
        priceList: { prices: { edges: { node: object }[]; pageInfo: { endCursor: string } } };
      };
      return { nodes: priceList.prices.edges.map((edge) => edge.node), ...priceList.prices.pageInfo };
    };
    const begin = await page(2, null);
    expect(begin).toMatchObject({
      nodes: [node(one, 1, '0.02', 2, 0, null), node(one, 10, '0.012345', 1, 234_500, null)],
      ...{ hasNextPage: true, hasPreviousPage: false },
    });
    expect(await page(2, begin.endCursor)).toMatchObject({
      nodes: [node(two, 1, '1.00', 100, 0, 150)],
      ...{ hasNextPage: false, hasPreviousPage: true },
    });
  });

  test('are not read on from what is no cursor of theirs', async () => {
    const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    for (const after of [
      '',
      'x',
      cursor(newId()),
      cursor('x', 1),
      cursor(newId(), 1e10),
      cursor(newId(), 1.5),
      cursor(newId(), '1'),
    ])
      expect((await ask(PRICES_OF, { after })).codes).toEqual(['BAD_USER_INPUT']);
  });

  test('are at most 1,000 a call, of a list that is there', async () => {
    const row = { variantId: newId(), amountMinor: 1 };
    expect(await set(...Array.from({ length: 1_001 }, () => row))).toMatchObject({ code: 'TOO_MANY_PRICES' });
    const input = { priceListCode: 'nowhere', prices: [row] };
    expect((await ask(PRICES_SET, { input })).data).toMatchObject({ pricesSet: { __typename: 'NotFound' } });
  });
});

describe('lists and prices for other services', () => {
  const UPSERT = `mutation ($input: PricesUpsertInput!) { pricesUpsert(input: $input) { changedCount rejected { index code } } }`;

  test('are made and set whole, or in part with what was rejected', async () => {
    const made = await askInternally(
      `mutation ($input: PriceListUpsertInput!) { priceListUpsert(input: $input) { code revision } }`,
      { input: { code: 'web-eur', scope: 'CHANNEL', channel: 'web', currency: 'EUR', taxIncluded: true } },
    );
    expect(made.data).toEqual({ priceListUpsert: { code: 'web-eur', revision: 1 } });
    const rows = [
      { variantId: newId(), amountMinor: 1 },
      { variantId: 'x', amountMinor: 1 },
    ];
    const input = { priceListCode: 'web-eur', prices: rows };
    expect((await askInternally(UPSERT, { input })).codes).toEqual(['BAD_USER_INPUT']);
    expect((await askInternally(UPSERT, { input: { ...input, isPartial: true } })).data).toEqual({
      pricesUpsert: { changedCount: 1, rejected: [{ index: 1, code: 'INVALID_VARIANT' }] },
    });
  });

  test('are read for exports, with the SKUs that are known, and found by them', async () => {
    const ids = [newId(), newId(), newId()].sort() as [string, string, string];
    await prices.givenFacts({ [ids[0]]: {}, [ids[1]]: {} });
    await prices.db.sql`update prices.variant_facts set sku = 'SCREW-8'`;
    await prices.givenPrices('base-eur', {
      [ids[0]]: [
        { minor: 100, compareAtMinor: 120 },
        { minQuantity: 100, minor: 0, micros: 12_500 },
      ],
      [ids[2]]: 300,
    });
    const query = `query ($code: String!, $first: Int, $after: Cursor) { listPrices(code: $code, first: $first, after: $after) {
      currency rows { variantId sku minQuantity amountMinor amountMicros compareAtMinor } endCursor } }`;
    const read = async (after: string | null) =>
      (await askInternally(query, { code: 'base-eur', first: 2, after })).data!['listPrices']!;
    const begin = await read(null);
    expect(begin).toMatchObject({
      currency: 'EUR',
      rows: [
        { variantId: ids[0], sku: 'SCREW-8', minQuantity: 1, amountMinor: 100, amountMicros: 0, compareAtMinor: 120 },
        { variantId: ids[0], sku: 'SCREW-8', minQuantity: 100, amountMinor: 0, amountMicros: 12_500 },
      ],
    });
    const rest = await read(begin['endCursor'] as string);
    expect(rest).toMatchObject({ rows: [{ variantId: ids[2], sku: null, amountMinor: 300 }] });
    expect(await read(rest['endCursor'] as string)).toEqual({ currency: 'EUR', rows: [], endCursor: null });
    expect((await askInternally(query, { code: 'nowhere' })).data).toEqual({ listPrices: null });
    const bySku = await askInternally('query ($skus: [String!]!) { variantIdsBySku(skus: $skus) }', {
      skus: ['none', 'SCREW-8', '\0', '\ud800', 'SCREW-8'],
    });
    expect(bySku.data).toEqual({ variantIdsBySku: [[], ids.slice(0, 2), [], [], ids.slice(0, 2)] });
  });
});
