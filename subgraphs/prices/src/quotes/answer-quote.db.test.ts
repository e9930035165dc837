import { newId } from '@kontor/kit/src/ids.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../context.ts';
import { createTableTaxes } from '../domain/taxes/table-taxes.ts';
import { createEngineCache } from '../engine-cache.ts';
import type { Quote, QuoteInput } from '../generated/internal.ts';
import { quoteQueries } from '../resolvers/quote.ts';
import { everything } from '../testing/given-cart.ts';
import { openPrices, type OpenPrices } from '../testing/open-prices.ts';
import type { Quoting } from './answer-quote.ts';
import { createQuoteKeys } from './quote-keys.ts';

const T0 = '2026-05-01T12:00:00.000Z';
const LAST_MOMENT = '2026-05-01T12:14:59.999Z';
const TOO_LATE = '2026-05-01T12:15:00.000Z';

let prices: OpenPrices;
let here: Quoting;
/** Another process, with a pool and caches of its own. */
let there: Quoting;
let now: Date;
const statements: string[] = [];

const processWith = (db: Database): Quoting => ({
  db,
  clock: { now: () => now },
  engines: createEngineCache(db),
  taxes: createTableTaxes(),
  quoteKey: createQuoteKeys(db),
});

beforeAll(async () => {
  // On one connection: another would be opened by a statement of its own.
  prices = await openPrices({ max: 1, onQuery: (query) => statements.push(query) });
  here = processWith(prices.db);
  there = processWith(prices.open());
});
afterAll(() => prices.testDb.drop());
beforeEach(async () => {
  now = new Date(T0);
  await prices.clear();
  await prices.givenTaxRates([{ country: 'DE', basisPoints: 1900 }]);
});

const line = (variantId: string, quantity: number, lineId = variantId) => ({ lineId, variantId, quantity });
const ask = async (input: Partial<QuoteInput>, from = here): Promise<Quote> => {
  const resolve = quoteQueries.quote as (parent: object, args: object, context: Context) => Promise<Quote>;
  return resolve({}, { input: { channel: 'web', lines: [], ...input } }, from as unknown as Context);
};
const grossOf = ({ total }: Quote) => total.gross.minorUnits;
async function priced(minor: number): Promise<string> {
  const id = newId();
  await prices.givenPrices('base-eur', { [id]: minor });
  return id;
}
const parcel = (amountMinor: number) => ({
  code: 'parcel',
  zones: [
    {
      countries: ['DE'],
      regions: [],
      postalPrefixes: [],
      basis: 'FLAT' as const,
      brackets: [{ from: 0, amountMinor }],
      freeFromMinor: null,
      maxGrams: null,
    },
  ],
});
const tenPercent = { kind: 'PERCENT' as const, target: everything, basisPoints: 1_000 };

describe('quote', () => {
  test('takes one statement, one beside it for codes, and one behind it for a buyer whom a promotion counts', async () => {
    const lines = [line(await priced(1_000), 2), line(await priced(500), 1)];
    await ask({ lines });
    const counted = async (input: Partial<QuoteInput>) => {
      statements.length = 0;
      await ask({ lines, ...input });
      return statements.length;
    };
    expect(await counted({})).toBe(1);
    expect(await counted({ buyer: { groups: ['gold'] } })).toBe(1);
    expect(await counted({ codes: ['MAY', 'JUNE'] })).toBe(2);
    expect(await counted({ buyer: { customerId: newId() } })).toBe(1);
    expect(await counted({ guestKey: 'anna' })).toBe(1);
    const { token } = await ask({ lines });
    expect(await counted({ quoteToken: token })).toBe(1);
    // What is kept of promotions is read again once after a change.
    await prices.givenPromotion({ effect: tenPercent });
    expect(await counted({})).toBe(2);
    expect(await counted({})).toBe(1);
    await prices.givenPromotion({
      effect: tenPercent,
      limits: { maxUses: null, maxUsesPerCustomer: 1, budget: null },
    });
    await counted({});
    expect(await counted({})).toBe(1);
    expect(await counted({ buyer: { customerId: newId() } })).toBe(2);
    expect(await counted({ guestKey: 'anna' })).toBe(2);
  });

  test('prices the lines that have a price, and promises nothing when one has none', async () => {
    const [a, b] = [await priced(386), await priced(1_000)];
    const answer = await ask({ lines: [line(a, 1), line(b, 2), line(newId(), 1, 'unpriced'), line('no-id', 1)] });
    expect(answer).toMatchObject({
      currency: 'EUR',
      country: 'DE',
      token: null,
      givenQuote: null,
      needsHold: false,
      expiresAt: TOO_LATE,
      total: { net: { minorUnits: 2_005 }, tax: { minorUnits: 381 }, gross: { minorUnits: 2_386, currency: 'EUR' } },
    });
    expect(answer.lines[0]).toMatchObject({
      lineId: a,
      variantId: a,
      unit: { gross: { minorUnits: 386 } },
      total: { net: { minorUnits: 324 }, gross: { minorUnits: 386 } },
      taxRateBasisPoints: 1900,
      priceListCode: 'base-eur',
      tierMinQuantity: 1,
    });
    expect(answer.lines[2]).toEqual({
      lineId: 'unpriced',
      variantId: answer.lines[2]!.variantId,
      discounts: [],
      taxRateBasisPoints: 0,
    });
    expect(answer.lines[3]?.total).toBeUndefined();
  });

  test('answers no price in a currency that the channel does not sell in, and zero for an empty cart', async () => {
    const answer = await ask({ currency: 'GBP', lines: [line(await priced(1), 1)] });
    expect(answer).toMatchObject({
      currency: 'GBP',
      token: null,
      total: { gross: { minorUnits: 0, currency: 'GBP' } },
    });
    expect(grossOf(await ask({}))).toBe(0);
  });

  test('refuses what is too much, an unknown channel, bad quantities and totals beyond 2^53', async () => {
    const id = await priced(100_000_000_000);
    const many = (count: number) => Array.from({ length: count }, () => line(newId(), 1));
    expect((await ask({ lines: many(500) })).lines).toHaveLength(500);
    for (const input of [
      { lines: many(501) },
      { lines: [line(id, 0)] },
      { lines: [line(id, -1)] },
      { lines: [line(id, 10_001)] },
      { lines: Array.from({ length: 500 }, () => line(id, 10_000)) },
      { codes: Array.from({ length: 11 }, (_, index) => `CODE${index}`) },
      { buyer: { groups: Array.from({ length: 51 }, (_, index) => `group-${index}`) } },
      { region: 'x'.repeat(257) },
      { postalCode: 'x'.repeat(257) },
      { codes: ['x'.repeat(257)] },
      { guestKey: 'anna\0' },
      { channel: 'nowhere' },
      { channel: '__proto__' },
    ])
      await expect(ask(input)).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } });
  });

  test('knows who buys: the list of a group, and the exemption of a location', async () => {
    const id = await priced(1_190);
    const [companyId, companyLocationId] = [newId(), newId()];
    await prices.givenList({ code: 'gold', scope: 'GROUP', subject: 'gold' });
    await prices.givenPrices('gold', { [id]: 952 });
    await prices.givenLocation({ id: companyLocationId, companyId, exempt: { country: 'DE', until: null } });
    const lines = [line(id, 1)];
    expect(grossOf(await ask({ lines }))).toBe(1_190);
    expect(grossOf(await ask({ lines, buyer: { groups: ['gold'] } }))).toBe(952);
    const exempt = await ask({ lines, buyer: { companyId, companyLocationId } });
    expect(exempt.total).toMatchObject({ net: { minorUnits: 1_000 }, tax: { minorUnits: 0 } });
    expect(exempt.lines[0]?.taxRateBasisPoints).toBe(0);
  });

  test('tells what became of each code, in words that do not tell which codes exist', async () => {
    const id = await priced(1_000);
    const may = await prices.givenPromotion({ code: 'may', effect: tenPercent, needsCode: true });
    const draft = await prices.givenPromotion({ code: 'draft', effect: tenPercent, needsCode: true, activity: null });
    await prices.givenCode('MAY10', may);
    await prices.givenCode('SECRET', draft);
    const answer = await ask({ lines: [line(id, 2)], codes: [' may10', 'nothing', 'secret'] });
    expect(answer.codes).toMatchObject([
      { code: ' may10', status: 'APPLIED', applied: true, message: null },
      { code: 'nothing', status: 'CODE_UNKNOWN', applied: false },
      { code: 'secret', status: 'CODE_UNKNOWN', applied: false, message: answer.codes[1]!.message },
    ]);
    expect(answer.discounts).toMatchObject([
      { promotionId: may, promotionCode: 'may', code: 'MAY10', grossMinor: 200 },
    ]);
    expect(answer.lines[0]).toMatchObject({
      unit: { gross: { minorUnits: 900 } },
      listUnit: { gross: { minorUnits: 1_000 } },
      discounts: [{ promotionId: may, promotionCode: 'may', name: 'may', grossMinor: 200 }],
    });
    expect([answer.needsHold, grossOf(answer)]).toEqual([true, 1_800]);
  });

  test('takes whatever is typed for codes that there are none of', async () => {
    const codes = ['__proto__', 'constructor', '', '\0', "'; drop table prices.prices; --", '\u{1F600}'];
    const answer = await ask({ lines: [line(await priced(1_000), 1)], codes, region: 'constructor' });
    expect(answer.codes.map(({ code, status }) => [code, status])).toEqual(codes.map((code) => [code, 'CODE_UNKNOWN']));
  });

  test('rates shipping, and names an option that is not offered', async () => {
    await prices.givenShipping(parcel(490));
    const lines = [line(await priced(1_000), 1)];
    const sent = await ask({ lines, postalCode: ' 80331 ' });
    expect(sent.shipping).toMatchObject({ optionCode: 'parcel', total: { gross: { minorUnits: 490 } } });
    expect(sent.shippingOptions).toMatchObject([{ code: 'parcel', total: { gross: { minorUnits: 490 } } }]);
    expect([grossOf(sent), sent.goodsTotal.gross.minorUnits]).toEqual([1_490, 1_000]);
    const asked = await ask({ lines, shippingOptionCode: 'balloon' });
    expect(asked).toMatchObject({ shipping: { optionCode: 'parcel' }, shippingFault: expect.any(String) as string });
    const elsewhere = await ask({ lines, country: 'AT' });
    expect(elsewhere).toMatchObject({ shipping: null, shippingOptions: [], shippingFault: null });
    const collected = await ask({ lines, isPickup: true, shippingOptionCode: 'balloon' });
    expect(collected).toMatchObject({ shipping: null, shippingFault: null, total: { gross: { minorUnits: 1_000 } } });
  });
});

const EVERYWHERE = {
  countries: [],
  regions: [],
  postalPrefixes: [],
  basis: 'FLAT',
  freeFromMinor: null,
  maxGrams: null,
} as const;

describe('a quote token', () => {
  test('is honoured by every process until its end, however lines are ordered, split and spelt, and keeps all that it promised', async () => {
    const [a, b] = [await priced(1_000), await priced(500)];
    const may = await prices.givenPromotion({ code: 'may', effect: tenPercent, needsCode: true });
    await prices.givenCode('MAY10', may);
    await prices.givenShipping(parcel(490));
    const lines = [line(a, 3), line(b, 1)];
    const promised = await ask({ lines, codes: ['MAY10'] });
    expect(grossOf(promised)).toBe(3_640);
    await prices.givenPrices('base-eur', { [a]: 2_000 });
    await prices.givenTaxRates([{ country: 'DE', basisPoints: 2_000 }]);
    await prices.db.sql`update prices.promotions set activity = tstzrange('2020-01-01', '2021-01-01')`;
    await prices.db.sql`update prices.shipping_options set is_active = false`;
    await prices.db.sql`update prices.engine_state set revision = revision + 1`;
    now = new Date(LAST_MOMENT);
    const split = [line(b, 1), line(a.toUpperCase(), 1, 'x'), line(a, 2, 'y')];
    const again = await ask({ lines: split, codes: ['may10 ', 'MAY10'], quoteToken: promised.token }, there);
    const { total, goodsTotal, listTotal, discounts, shipping, token, expiresAt, revision } = promised;
    expect(again).toMatchObject({ total, goodsTotal, listTotal, discounts, shipping, token, expiresAt, revision });
    expect(again.codes.map(({ code, status }) => [code, status])).toEqual([
      ['may10 ', 'APPLIED'],
      ['MAY10', 'APPLIED'],
    ]);
    expect(again.lines.map((each) => each.total?.gross.minorUnits)).toEqual([450, 900, 1_800]);
    expect(again.givenQuote).toEqual({
      status: 'HONOURED',
      total: { minorUnits: 3_640, currency: 'EUR' },
      lines: [
        { variantId: a, quantity: 3, total: { minorUnits: 2_700, currency: 'EUR' } },
        { variantId: b, quantity: 1, total: { minorUnits: 450, currency: 'EUR' } },
      ].sort((one, other) => (one.variantId < other.variantId ? -1 : 1)),
    });
    expect(grossOf(await ask({ lines }))).toBe(6_500);
  });

  test('that has expired answers what it costs now, with a new token, beside what was promised', async () => {
    const id = await priced(1_000);
    const { token } = await ask({ lines: [line(id, 2)] });
    await prices.givenPrices('base-eur', { [id]: 2_000 });
    now = new Date(TOO_LATE);
    const answer = await ask({ lines: [line(id, 2)], quoteToken: token });
    expect([grossOf(answer), answer.expiresAt]).toEqual([4_000, '2026-05-01T12:30:00.000Z']);
    expect(answer.token).not.toBe(token);
    expect(answer.givenQuote).toEqual({
      status: 'EXPIRED',
      total: { minorUnits: 2_000, currency: 'EUR' },
      lines: [{ variantId: id, quantity: 2, total: { minorUnits: 2_000, currency: 'EUR' } }],
    });
  });

  test('is not honoured for another cart, buyer, place, code, way of sending or channel', async () => {
    const [id, more] = [await priced(1_000), await priced(1)];
    await prices.givenChannel('pos', ['EUR'], ['DE']);
    const customerId = newId();
    const asked = { lines: [line(id, 1)], buyer: { customerId, groups: ['gold'] }, region: 'BY', codes: ['MAY'] };
    const { token } = await ask(asked);
    await prices.givenPrices('base-eur', { [id]: 2_000 });
    const other = async (input: Partial<QuoteInput>) => {
      const answer = await ask({ ...asked, quoteToken: token, ...input });
      return [answer.givenQuote?.status, grossOf(answer)];
    };
    expect(await other({})).toEqual(['HONOURED', 1_000]);
    expect(await other({ region: 'by' })).toEqual(['HONOURED', 1_000]);
    expect(await other({ lines: [line(id, 2)] })).toEqual(['OTHER_CART', 4_000]);
    expect(await other({ lines: [line(id, 1), line(more, 1)] })).toEqual(['OTHER_CART', 2_001]);
    for (const input of [
      { buyer: null },
      { buyer: { customerId, groups: [] } },
      { buyer: { customerId: newId(), groups: ['gold'] } },
      { buyer: { customerId, groups: ['gold'], companyId: newId() } },
      { region: 'BE' },
      { postalCode: '10115' },
      { country: 'AT' },
      { codes: [] },
      { codes: ['MAY', 'JUNE'] },
      { channel: 'pos' },
    ])
      expect(await other(input)).toEqual(['OTHER_CART', 2_000]);
    expect(await other({ currency: 'USD' })).toEqual(['OTHER_CART', 0]);
  });

  test('that was given before a place was named is honoured there, where tax and sending cost the same', async () => {
    const id = await priced(1_000);
    await prices.givenTaxRates([{ country: 'DE', region: 'HE', basisPoints: 700 }]);
    const { token } = await ask({ lines: [line(id, 1)] });
    await prices.givenPrices('base-eur', { [id]: 2_000 });
    const there = async (input: Partial<QuoteInput>) => {
      const answer = await ask({ lines: [line(id, 1)], quoteToken: token, ...input });
      return [answer.givenQuote?.status, grossOf(answer)];
    };
    expect(await there({ postalCode: '10115', region: 'BE' })).toEqual(['HONOURED', 1_000]);
    expect(await there({ isPickup: true })).toEqual(['HONOURED', 1_000]);
    expect(await there({ region: 'HE' })).toEqual(['OTHER_CART', 2_000]);
    await prices.givenShipping({
      code: 'parcel',
      zones: [
        { ...EVERYWHERE, countries: ['DE'], postalPrefixes: ['18'], brackets: [{ from: 0, amountMinor: 900 }] },
        { ...EVERYWHERE, brackets: [{ from: 0, amountMinor: 500 }] },
      ],
    });
    const sent = await ask({ lines: [line(id, 1)] });
    await prices.givenPrices('base-eur', { [id]: 3_000 });
    const paid = async (input: Partial<QuoteInput>) => {
      const answer = await ask({ lines: [line(id, 1)], quoteToken: sent.token, ...input });
      return [answer.givenQuote?.status, grossOf(answer)];
    };
    expect(await paid({ postalCode: '10115' })).toEqual(['HONOURED', 2_500]);
    expect(await paid({ postalCode: '18565' })).toEqual(['OTHER_CART', 3_900]);
    expect(await paid({ isPickup: true })).toEqual(['OTHER_CART', 3_000]);
  });

  test('that is not one of ours answers what it costs now', async () => {
    const id = await priced(1_000);
    const { token } = await ask({ lines: [line(id, 1)] });
    const [header, body, signature] = token!.split('.') as [string, string, string];
    for (const quoteToken of ['', 'x', `${header}.${body}.`, `${header}.${body}A.${signature}`, 'a'.repeat(300_000)]) {
      const answer = await ask({ lines: [line(id, 1)], quoteToken });
      expect([answer.givenQuote, grossOf(answer)]).toEqual([{ status: 'FORGED', total: null, lines: [] }, 1_000]);
    }
  });

  test('holds while the price changes under many checkouts; who has none pays the old price or the new one, never a mixture', async () => {
    const [a, b] = [await priced(1_000), await priced(1_000)];
    const lines = [line(a, 1), line(b, 1)];
    const { token } = await ask({ lines });
    const changes = (async () => {
      for (let round = 1; round <= 10; round += 1)
        await prices.givenPrices('base-eur', { [a]: 1_000 + round, [b]: 1_000 + round });
    })();
    const checkouts = Array.from({ length: 40 }, (_, index) =>
      ask(index % 2 === 0 ? { lines, quoteToken: token } : { lines }, index % 4 < 2 ? here : there),
    );
    const answers = await Promise.all(checkouts);
    await changes;
    for (const [index, answer] of answers.entries()) {
      const [one, other] = answer.lines.map(({ total }) => total!.gross.minorUnits);
      expect(one).toBe(other);
      expect(grossOf(answer)).toBe(one! + other!);
      if (index % 2 === 0) expect([answer.givenQuote?.status, one]).toEqual(['HONOURED', 1_000]);
    }
    expect(grossOf(await ask({ lines }))).toBe(2_020);
  });
});
