import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createApp } from '../app.ts';
import { openPrices, type OpenPrices } from '../testing/open-prices.ts';

let prices: OpenPrices;
let app: Service;
const variantId = newId();

beforeAll(async () => {
  prices = await openPrices();
  const identity = (await createTestIdentities(['prices'])).prices;
  app = createApp({ db: prices.db, bus: createMemoryBus(), identity, logger: silentLogger });
  await app.graph().server.start();
});
beforeEach(() => prices.clear());
afterAll(() => prices.testDb.drop());

const STAFF = asStaff(['prices:read', 'prices:write']);

async function ask<Data = Record<string, never>>(
  query: string,
  variables: Record<string, unknown> = {},
  call: Call = STAFF,
) {
  const { data, errors } = await app.graph().execute({ query, variables }, call);
  if (errors) throw new Error(`${String(errors[0]!.extensions?.['code'])}: ${errors[0]!.message}`);
  return data as Data;
}
const FAULT = '... on UserError { code message path }';
const SET = `mutation ($input: PromotionSetInput!) { answer: promotionSet(input: $input) { __typename
  ... on PromotionSaved { promotion { id code kind class status priority version maxUses budget { minorUnits currency } definition } } ${FAULT} } }`;
const set = async (input: object) =>
  (
    await ask<{ answer: Record<string, unknown> }>(SET, {
      input: { promotionCode: 'ten', name: 'Ten percent', effect: { percent: { basisPoints: 1_000 } }, ...input },
    })
  ).answer;
const activity = async (field: 'promotionActivate' | 'promotionArchive', input: object) =>
  (
    await ask<{ answer: Record<string, unknown> }>(
      `mutation ($input: PromotionActivityInput!) { answer: ${field}(input: $input) { __typename ... on PromotionSaved { promotion { status version activity { from until } } } ${FAULT} } }`,
      { input },
    )
  ).answer;
const told = async () =>
  (
    await prices.db.sql<
      { ids: string[] | null }[]
    >`select variant_ids as ids from prices.price_changes order by change_number`
  ).map(({ ids }) => ids);

describe('promotions in the graph', () => {
  it('are made, changed and left alone, with versions, and have all pages asked anew', async () => {
    const made = await set({ budget: { minorUnits: 5_000, currency: 'EUR' }, maxUses: 3 });
    expect(made).toMatchObject({
      __typename: 'PromotionSaved',
      promotion: {
        code: 'ten',
        kind: 'PERCENT',
        class: 'PRODUCT',
        status: 'ACTIVE',
        version: 1,
        maxUses: 3,
        budget: { minorUnits: 5_000 },
      },
    });
    expect(await set({ budget: { minorUnits: 5_000, currency: 'EUR' }, maxUses: 3 })).toEqual(made);
    expect(await told()).toEqual([null]);
    expect(await set({ expectedVersion: 0 })).toMatchObject({ __typename: 'VersionConflict' });
    const target = { variantIds: [variantId.toUpperCase()] };
    expect(await set({ effect: { percent: { basisPoints: 500, target } }, expectedVersion: 1 })).toMatchObject({
      promotion: {
        version: 2,
        maxUses: null,
        definition: { effect: { basisPoints: 500, target: { variantIds: [variantId] } } },
      },
    });
    const states = await prices.db.sql`select kind, state ->> 'version' as version from prices.state_history`;
    expect(states).toEqual([{ kind: 'PROMOTION', version: '1' }]);
  });

  it('tell nobody as drafts, and name the variants that they change when that can be told', async () => {
    const effect = { percent: { basisPoints: 1_000, target: { variantIds: [variantId] } } };
    expect(await set({ effect, isDraft: true })).toMatchObject({ promotion: { status: 'DRAFT' } });
    expect(await told()).toEqual([]);
    expect(await activity('promotionActivate', { promotionCode: 'ten' })).toMatchObject({
      promotion: { status: 'ACTIVE' },
    });
    expect(await told()).toEqual([[variantId]]);
    expect(await set({ promotionCode: 'cart', effect: { cartPercent: { basisPoints: 500 } } })).toMatchObject({
      promotion: { class: 'ORDER' },
    });
    expect(await told()).toEqual([[variantId]]);
    expect(await activity('promotionArchive', { promotionCode: 'ten', expectedVersion: 2 })).toMatchObject({
      promotion: { status: 'ARCHIVED', version: 3 },
    });
    expect(await told()).toEqual([[variantId], [variantId]]);
  });

  it('begin and end when their moment comes, and not in the past', async () => {
    await set({ isDraft: true });
    const at = new Date(Date.now() + 3_600_000).toISOString();
    expect(await activity('promotionActivate', { promotionCode: 'ten', at })).toMatchObject({
      promotion: { status: 'SCHEDULED', activity: { from: at, until: null } },
    });
    expect(await activity('promotionArchive', { promotionCode: 'ten' })).toMatchObject({
      promotion: { status: 'DRAFT' },
    });
    expect(await activity('promotionActivate', { promotionCode: 'ten', at: '2020-01-01T00:00:00.000Z' })).toMatchObject(
      {
        code: 'INVALID_WINDOW',
      },
    );
    expect(await activity('promotionActivate', { promotionCode: 'none' })).toMatchObject({ __typename: 'NotFound' });
  });

  it.each([
    ['more than everything', { effect: { percent: { basisPoints: 10_001 } } }, 'INVALID_PERCENT'],
    ['nothing', { effect: { percent: { basisPoints: 0 } } }, 'INVALID_PERCENT'],
    ['a negative amount', { effect: { cartAmount: { off: [{ minorUnits: -1, currency: 'EUR' }] } } }, 'INVALID_AMOUNT'],
    [
      'dates that end before they begin',
      { validity: { from: '2030-01-02T00:00:00.000Z', until: '2030-01-01T00:00:00.000Z' } },
      'INVALID_WINDOW',
    ],
    ['a zone that there is not', { conditions: { timeZone: 'Mars/Olympus' } }, 'INVALID_TIME_ZONE'],
    ['half of an hour', { conditions: { fromMinute: 60 } }, 'INVALID_WINDOW'],
    ['no id', { effect: { gift: { variantId: 'x' } } }, 'INVALID_TARGET'],
    [
      'a label of nothing',
      { effect: { percent: { basisPoints: 1, target: { labels: ['colour'] } } } },
      'INVALID_TARGET',
    ],
    ['a code of capitals', { promotionCode: 'TEN' }, 'INVALID_CODE'],
    ['a limit of none', { maxUses: 0 }, 'INVALID_LIMIT'],
    [
      'eleven parts',
      {
        effect: {
          bundle: {
            parts: Array.from({ length: 11 }, () => ({ target: {} })),
            price: [{ minorUnits: 1, currency: 'EUR' }],
          },
        },
      },
      'INVALID_TARGET',
    ],
  ])('refuse %s by name', async (_, input, code) => {
    expect(await set(input)).toMatchObject({ __typename: 'InvalidInput', code });
    expect(await prices.db.sql`select 1 from prices.promotions`).toEqual([]);
  });

  it('have one effect', async () => {
    await expect(set({ effect: {} })).rejects.toThrow('A promotion has one effect.');
    const both = { percent: { basisPoints: 1 }, freeShipping: {} };
    await expect(set({ effect: both })).rejects.toThrow('A promotion has one effect.');
  });

  it('are made once when twenty make them at once', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => set({})));
    expect(new Set(made.map(({ promotion }) => (promotion as { id: string }).id)).size).toBe(1);
    expect(await prices.db.sql`select version from prices.promotions`).toEqual([{ version: 1 }]);
  });

  it('have codes: named, made up by the ten thousand and once, read page by page, and ended', async () => {
    await set({ needsCode: true });
    await set({ promotionCode: 'other' });
    const codes = async (promotionCode: string, names: string[]) =>
      (
        await ask<{ answer: Record<string, unknown> }>(
          `mutation ($input: PromotionCodesSetInput!) { answer: promotionCodesSet(input: $input) { ... on PromotionCodesSaved { savedCount rejected { index reason } } ${FAULT} } }`,
          { input: { promotionCode, codes: names, maxUses: 5 } },
        )
      ).answer;
    expect(await codes('ten', ['spring', 'SPRING', 'a b', 'x'])).toEqual({
      savedCount: 1,
      rejected: [
        { index: 2, reason: 'INVALID_CODE' },
        { index: 3, reason: 'INVALID_CODE' },
      ],
    });
    expect(await codes('other', ['spring', 'summer'])).toEqual({
      savedCount: 1,
      rejected: [{ index: 0, reason: 'CODE_TAKEN' }],
    });
    const generate = async (input: object) =>
      (
        await ask<{ answer: Record<string, unknown> }>(
          `mutation ($input: PromotionCodesGenerateInput!) { answer: promotionCodesGenerate(input: $input) { __typename ... on PromotionCodesGenerated { batchId count } ${FAULT} } }`,
          { input: { promotionCode: 'ten', count: 10_000, prefix: 'S-', maxUses: 1, idempotencyKey: 'k', ...input } },
        )
      ).answer;
    const [one, other] = await Promise.all([generate({}), generate({})]);
    expect(one).toMatchObject({ __typename: 'PromotionCodesGenerated', count: 10_000 });
    expect(other).toEqual(one);
    expect(await generate({ count: 5 })).toMatchObject({ __typename: 'IdempotencyKeyReused' });
    expect(await generate({ length: 4 })).toMatchObject({ code: 'INVALID_LENGTH' });
    const page = await ask<{
      promotion: { codes: { edges: { node: { code: string } }[]; pageInfo: { hasNextPage: boolean } } };
    }>(
      `query ($batchId: ID) { promotion(code: "ten") { codes(first: 1000, batchId: $batchId) { edges { node { code maxUses isDisabled } } pageInfo { hasNextPage endCursor } } } }`,
      { batchId: one['batchId'] },
    );
    expect(page.promotion.codes.edges).toHaveLength(1_000);
    expect(page.promotion.codes.pageInfo.hasNextPage).toBe(true);
    expect(page.promotion.codes.edges[0]!.node.code).toMatch(/^S-[0-9A-HJKMNP-TV-Z]{12}$/);
    const disabled = await ask(
      `mutation { promotionCodesDisable(input: { codes: ["spring", "nothing"] }) { ... on PromotionCodesDisabled { disabledCount } } }`,
    );
    expect(disabled).toEqual({ promotionCodesDisable: { disabledCount: 1 } });
  });

  it('are for staff alone', async () => {
    await expect(ask('{ promotions { edges { node { code } } } }', {}, asGuest())).rejects.toThrow('FORBIDDEN');
  });
});
