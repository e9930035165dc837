import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ANYBODY, type Buyer, type PriceScope } from '../../domain/pricing-context.ts';
import type { GoodsTarget } from '../../domain/promotions/promotion.ts';
import { taxRates } from '../../domain/taxes/tax-rates.ts';
import { unitPriceOf } from '../../domain/unit-price.ts';
import { createEngineCache } from '../../engine-cache.ts';
import type { EngineCache } from '../../domain/engine.ts';
import { ALWAYS, openPrices, type OpenPrices } from '../../testing/open-prices.ts';
import { findPrices } from './find-prices.ts';

let prices: OpenPrices;
let engines: EngineCache;
const statements: string[] = [];

beforeAll(async () => {
  prices = await openPrices({ onQuery: (query) => statements.push(query) });
});
afterAll(() => prices.testDb.drop());
beforeEach(async () => {
  await prices.clear();
  engines = createEngineCache(prices.db);
});

const WEB: PriceScope = { channel: 'web', currency: null, country: null, region: null, buyer: ANYBODY };
const EVERYTHING: GoodsTarget = {
  variantIds: [],
  productIds: [],
  categoryIds: [],
  labels: [],
  exclude: { variantIds: [], productIds: [], categoryIds: [], labels: [] },
};
const find = async (variantIds: readonly string[], scope: Partial<PriceScope> = {}) =>
  (await findPrices({ db: prices.db, engines }, { scope: { ...WEB, ...scope }, variantIds }))!;
const as = (buyer: Partial<Buyer>): Partial<PriceScope> => ({ buyer: { ...ANYBODY, ...buyer } });
/** What a unit costs, gross, and by which list. */
async function priceOf(variantId: string, scope: Partial<PriceScope> = {}, quantity = 1) {
  const found = await find([variantId], scope);
  const rates = taxRates(found.taxTable, found.context);
  const price = unitPriceOf(found, variantId.toLowerCase(), quantity, rates);
  return price && ([price.gross.minorUnits, price.priceList.code] as const);
}

describe('findPrices', () => {
  test('completes the context by the channel, at one moment of the database', async () => {
    const before = Date.now();
    const { context, taxTable, byVariant } = await find([newId()]);
    expect(context).toMatchObject({
      channel: 'web',
      currency: 'EUR',
      country: 'DE',
      isSold: true,
      isExempt: false,
      assignedList: null,
    });
    expect(Number(context.asOf)).toBeGreaterThanOrEqual(before * 1000);
    expect(context.now.getTime()).toBe(Math.floor(Number(context.asOf) / 1000));
    expect(taxTable).toEqual({ rates: [], rounding: 'LINE' });
    expect(byVariant.size).toBe(0);
    expect((await find([], { currency: 'GBP', country: 'CH' })).context).toMatchObject({
      currency: 'GBP',
      country: 'CH',
      isSold: false,
    });
    expect(
      await findPrices({ db: prices.db, engines }, { scope: { ...WEB, channel: 'nowhere' }, variantIds: [] }),
    ).toBeNull();
  });

  test('prices by the most specific list in force for the buyer, each one that falls away leaving the next', async () => {
    const id = newId();
    const place = { id: newId(), companyId: newId() };
    const customerId = newId();
    await prices.givenLocation({ ...place, priceListCode: 'contract' });
    await prices.givenList({ code: 'web-eur', scope: 'CHANNEL', channel: 'web' });
    await prices.givenList({ code: 'gold', scope: 'GROUP', subject: 'gold' });
    await prices.givenList({ code: 'company', scope: 'COMPANY', subject: place.companyId });
    await prices.givenList({ code: 'contract', scope: 'ASSIGNED' });
    await prices.givenList({ code: 'location', scope: 'LOCATION', subject: place.id });
    await prices.givenList({ code: 'mine', scope: 'CUSTOMER', subject: customerId });
    await prices.givenList({ code: 'mine-here', scope: 'CUSTOMER', subject: customerId, channel: 'web' });
    await prices.givenList({ code: 'mine-pos', scope: 'CUSTOMER', subject: customerId, channel: 'pos' });
    await prices.givenList({ code: 'source', scope: 'SOURCE' });
    const codes = ['base-eur', 'web-eur', 'gold', 'company', 'contract', 'location', 'mine', 'mine-here'];
    for (const [index, code] of [...codes, 'mine-pos', 'source'].entries())
      await prices.givenPrices(code, { [id]: 100 + index });

    const buyer = as({
      customerId,
      companyId: place.companyId,
      companyLocationId: place.id,
      groups: ['staff', 'gold'],
    });
    const seen: unknown[] = [];
    for (const code of codes.toReversed()) {
      seen.push(await priceOf(id, buyer));
      await prices.db
        .sql`delete from prices.prices where price_list_id = (select price_list_id from prices.price_lists where code = ${code})`;
    }
    expect(seen).toEqual(codes.map((code, index) => [100 + index, code]).toReversed());
    expect(await priceOf(id, buyer)).toBeNull();
  });

  test('gives a guest, and another buyer, nothing that is for somebody', async () => {
    const id = newId();
    await prices.givenList({ code: 'gold', scope: 'GROUP', subject: 'gold' });
    await prices.givenPrices('gold', { [id]: 50 });
    expect(await priceOf(id)).toBeNull();
    expect(await priceOf(id, as({ groups: ['silver'] }))).toBeNull();
    expect(await priceOf(id, as({ groups: ['gold'] }))).toEqual([50, 'gold']);
  });

  test('leaves out drafts, lists of other times and other currencies', async () => {
    const id = newId();
    const past = { from: null, until: new Date(Date.now() - 60_000) };
    const future = { from: new Date(Date.now() + 3_600_000), until: null };
    await prices.givenList({ code: 'draft', scope: 'CHANNEL', channel: 'web', activity: null });
    await prices.givenList({ code: 'sale-over', validity: past });
    await prices.givenList({ code: 'sale-to-come', validity: future });
    await prices.givenList({ code: 'ended', scope: 'CHANNEL', channel: 'web', activity: past });
    await prices.givenList({ code: 'usd', currency: 'USD' });
    for (const code of ['draft', 'sale-over', 'sale-to-come', 'ended', 'usd'])
      await prices.givenPrices(code, { [id]: 1 });
    expect(await priceOf(id)).toBeNull();
    await prices.givenList({
      code: 'sale',
      validity: { from: new Date(Date.now() - 60_000), until: null },
      activity: ALWAYS,
      scope: 'CHANNEL',
      channel: 'web',
    });
    await prices.givenPrices('sale', { [id]: 70 });
    expect(await priceOf(id)).toEqual([70, 'sale']);
    expect(await priceOf(id, { currency: 'USD' })).toEqual([1, 'usd']);
  });

  test('works out prices of derived lists through their chain, with fees, tiers and exact amounts', async () => {
    const [id, own] = [newId(), newId()];
    await prices.givenFees('market', [{ fromMinor: 0, basisPoints: 1_500, fixedMinor: 30, minimumMinor: 0 }]);
    const costs = await prices.givenList({ code: 'costs', scope: 'SOURCE', taxIncluded: false });
    const net = await prices.givenList({
      code: 'net',
      scope: 'SOURCE',
      taxIncluded: false,
      derivation: { parentId: costs, adjustment: { kind: 'AMOUNT', minor: 100 }, rounding: null },
    });
    await prices.givenList({
      code: 'market',
      scope: 'CHANNEL',
      channel: 'web',
      taxIncluded: false,
      derivation: {
        parentId: net,
        adjustment: { kind: 'MARGIN', basisPoints: 2_000, taxBasisPoints: 1_900, feeSchedule: 'market' },
        rounding: null,
      },
    });
    await prices.givenPrices('costs', {
      [id]: [{ minor: 900 }, { minQuantity: 10, minor: 800, micros: 500_000 }],
      [own]: 900,
    });
    await prices.givenPrices('market', { [own]: 5_000 });
    await prices.givenTaxRates([{ country: 'DE', basisPoints: 1_900 }]);
    // (9.00 + 1.00 + 0.30) / (0.80 − 0.15 × 1.19) = 16.58 net
    expect(await priceOf(id)).toEqual([1_973, 'market']);
    // (8.005 + 1.00 + 0.30) / 0.6215 = 14.98 net
    expect(await priceOf(id, {}, 12)).toEqual([1_783, 'market']);
    expect(await priceOf(own)).toEqual([5_950, 'market']);
  });

  test('tells facts with all categories above, once promotions may need them', async () => {
    const [shoes, boots, winter, other] = [newId(), newId(), newId(), newId()];
    const id = newId();
    await prices.givenCategories({ [shoes]: null, [boots]: shoes, [winter]: boots, [other]: null });
    const productId = newId();
    await prices.givenFacts({
      [id]: {
        productId,
        categoryIds: [winter, other],
        labels: ['tag:warm', 'attribute:colour=red'],
        taxCategory: 'reduced',
        weightGrams: 700,
      },
    });
    const { facts } = await find([id, newId()]);
    expect([...facts]).toEqual([
      [
        id,
        {
          productId,
          categoryIds: [winter, boots, shoes, other],
          labels: ['tag:warm', 'attribute:colour=red'],
          taxCategory: 'reduced',
          weightGrams: 700,
        },
      ],
    ]);
    await prices.db
      .sql`update prices.category_facts set parent_id = ${other}, revision = 2 where category_id = ${boots}`;
    await prices.db.sql`update prices.engine_state set revision = revision + 1`;
    expect((await find([id])).facts.get(id)?.categoryIds).toEqual([winter, boots, other]);
  });

  test('taxes by category and region, rounds as the country does, and knows who is exempt', async () => {
    const id = newId();
    const place = { id: newId(), companyId: newId() };
    await prices.givenPrices('base-eur', { [id]: 1_190 });
    await prices.givenFacts({ [id]: { taxCategory: 'books' } });
    await prices.givenTaxRates([
      { country: 'DE', basisPoints: 1_900 },
      { country: 'DE', taxCategory: 'books', basisPoints: 700 },
      { country: 'US', region: 'CA', basisPoints: 725 },
      { country: 'US', region: 'NY', basisPoints: 400 },
    ]);
    await prices.givenTaxRounding('DE', 'UNIT');
    const { taxTable } = await find([id]);
    expect(taxTable.rounding).toBe('UNIT');
    expect(taxRates(taxTable, { country: 'DE', region: null }).basisPointsOf('books')).toBe(700);
    expect((await find([id], { country: 'US', region: 'ca' })).taxTable.rates).toEqual([
      { country: 'US', region: 'CA', taxCategory: 'standard', basisPoints: 725 },
    ]);
    const until = new Date(Date.now() + 60_000);
    await prices.givenLocation({ ...place, exempt: { country: 'DE', until } });
    const exempt = as({ companyId: place.companyId, companyLocationId: place.id });
    expect((await find([id], exempt)).context.isExempt).toBe(true);
    expect(await priceOf(id, exempt)).toEqual([1_112, 'base-eur']);
    expect((await find([id], { ...exempt, country: 'AT' })).context.isExempt).toBe(false);
    await prices.db.sql`update prices.company_locations set exempt_until = prices.app_now()`;
    expect((await find([id], exempt)).context.isExempt).toBe(false);
  });

  test('takes one statement, and one more after something of the engine changed; then everybody waits for the same', async () => {
    const id = newId();
    await prices.givenPrices('base-eur', { [id]: 1_000 });
    await find([id]);
    statements.length = 0;
    expect(await priceOf(id)).toEqual([1_000, 'base-eur']);
    expect(statements).toHaveLength(1);
    await prices.givenPromotion({ code: 'ten', effect: { kind: 'PERCENT', target: EVERYTHING, basisPoints: 1_000 } });
    statements.length = 0;
    const found = await Promise.all(Array.from({ length: 5 }, () => priceOf(id)));
    expect(found).toEqual(Array.from({ length: 5 }, () => [900, 'base-eur']));
    expect(statements.filter((statement) => statement.includes('prices.engine_state e'))).toHaveLength(1);
    expect(statements.filter((statement) => statement.includes('with asked'))).toHaveLength(5);
  });

  test('answers ids in lower case, each once, and passes over what is no id', async () => {
    const id = newId();
    await prices.givenPrices('base-eur', { [id]: 1_000 });
    const { byVariant } = await find([id.toUpperCase(), id, 'no-id', "'{}\\"]);
    expect([...byVariant.keys()]).toEqual([id]);
  });

  test('takes any text for a group', async () => {
    const id = newId();
    await prices.givenPrices('base-eur', { [id]: 1_000 });
    const odd = as({
      groups: ['"', "'; --", '\\', '{}', '__proto__', '🜁'],
      customerId: 'nobody',
      companyLocationId: 'no-id',
    });
    expect(await priceOf(id, odd)).toEqual([1_000, 'base-eur']);
  });

  test('finds lists and prices by index among many', async () => {
    await prices.db.sql`
      insert into prices.price_scopes (scope, subject, currency) select 'GROUP', 'g' || n, 'EUR' from generate_series(1, 2000) n`;
    await prices.db.sql`
      insert into prices.price_lists (price_list_id, code, name, scope_id, currency, tax_included, revision, version, activity, chain, updated_at)
      select id, id::text, '', scope_id, 'EUR', true, 1, 1, tstzrange(now() - interval '1 day', null), array[id], now()
      from (select gen_random_uuid() as id, scope_id from prices.price_scopes where scope = 'GROUP') s`;
    await prices.db.sql`
      insert into prices.prices (price_list_id, variant_id, min_quantity, amount_minor, amount_micros, since)
      select l.price_list_id, gen_random_uuid(), 1, 100, 0, now() from prices.price_lists l, generate_series(1, 25)`;
    await prices.db.sql`analyze prices.prices, prices.price_lists, prices.price_scopes`;
    statements.length = 0;
    await find([newId()]);
    const admin = prices.open({ max: 1 });
    await admin.sql.unsafe(`set plan_cache_mode = force_generic_plan`);
    await admin.sql.unsafe(`prepare hot as ${statements[0]}`);
    const ids = Array.from({ length: 72 }, newId).join(',');
    const plan = await admin.sql.unsafe(
      `explain execute hot(null, null, 'web', null, '{GROUP}', '{g7}', 'web', 'web', '{${ids}}', '')`,
    );
    const lines = plan.map((row) => String(row['QUERY PLAN'])).join('\n');
    // Whichever index it takes, both columns are looked up in it.
    const probe =
      /Index (?:Only )?Scan using (?:prices_pkey|prices_of_variant) on prices p .*\n\s*Index Cond: (.*)/.exec(
        lines,
      )?.[1];
    expect(probe).toContain('variant_id =');
    expect(probe).toContain('price_list_id');
    expect(lines).not.toContain('Seq Scan on price_lists l');
  });
});
