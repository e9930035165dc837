import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { asGuest, asService, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { setPriceList } from './commands/set-price-list.ts';
import { setPrices } from './commands/set-prices.ts';
import { upsertTaxRates } from './commands/upsert-tax-rates.ts';
import { saveChannels } from './data/channels.ts';

let testDb: TestDatabase;
let db: Database;
let app: Service;
/** A second process of the same subgraph. */
let other: Service;
const statements: string[] = [];

/** Graphs without relay and consumers, so that every statement that is counted is one of a request. */
async function serve(database: Database): Promise<Service> {
  const identity = (await createTestIdentities(['prices'])).prices;
  const products = createMemoryClient('products', () => null);
  const service = createApp({
    db: database,
    bus: createMemoryBus(),
    identity,
    logger: silentLogger,
    peers: { products },
  });
  await service.graph().server.start();
  return service;
}

beforeAll(async () => {
  testDb = await createTestDatabase(['prices']);
  db = testDb.open('prices', { max: 1, onQuery: (query) => statements.push(query) });
  app = await serve(db);
  other = await serve(testDb.open('prices'));
  await saveChannels(db.orm, [
    { code: 'web', revision: 1, currencies: ['EUR', 'USD'], countries: ['DE', 'AT'] },
    { code: 'pos', revision: 1, currencies: ['EUR'], countries: ['AT'] },
  ]);
  await upsertTaxRates(db, [
    { country: 'DE', basisPoints: 1900 },
    { country: 'AT', basisPoints: 2000 },
  ]);
  for (const draft of [
    { code: 'base-eur', scope: 'BASE', channel: null, currency: 'EUR', taxIncluded: true },
    { code: 'base-usd', scope: 'BASE', channel: null, currency: 'USD', taxIncluded: false },
    { code: 'base-gbp', scope: 'BASE', channel: null, currency: 'GBP', taxIncluded: true },
    { code: 'web-eur', scope: 'CHANNEL', channel: 'web', currency: 'EUR', taxIncluded: true },
  ] as const)
    await setPriceList(db, draft);
});
afterAll(() => testDb.drop());

const set = (priceListCode: string, prices: Record<string, number | null>) =>
  setPrices(db, {
    priceListCode,
    changes: Object.entries(prices).map(([variantId, amountMinor]) => ({
      variantId,
      amountMinor,
      compareAtMinor: null,
    })),
    maximum: 1_000,
  });

const ENTITIES = /* GraphQL */ `
  query ($representations: [_Any!]!, $currency: CurrencyCode, $country: CountryCode, $quantity: Int) {
    _entities(representations: $representations) {
      ... on ProductVariant {
        id
        price(currency: $currency, country: $country, quantity: $quantity) {
          net {
            minorUnits
            currency
          }
          tax {
            minorUnits
          }
          gross {
            minorUnits
          }
          compareAt {
            minorUnits
          }
          priceList {
            code
            scope
            channel
            currency
            taxIncluded
          }
        }
      }
      ... on Product {
        priceRange(currency: $currency, country: $country) {
          min {
            gross {
              minorUnits
            }
          }
          max {
            gross {
              minorUnits
            }
          }
        }
      }
    }
  }
`;

const variant = (id: string) => ({ __typename: 'ProductVariant', id });
const product = (...ids: string[]) => ({ __typename: 'Product', id: newId(), variants: ids.map((id) => ({ id })) });

interface Entity {
  price: { gross: { minorUnits: number }; priceList: { code: string } } | null;
  priceRange: { min: { gross: { minorUnits: number } } } | null;
}

async function entities(
  representations: object[],
  args: { currency?: string; country?: string; quantity?: number } = {},
  call: Call = asGuest(),
  service = app,
) {
  const result = await service
    .graph()
    .execute<{ _entities: Entity[] }>({ query: ENTITIES, variables: { representations, ...args } }, call);
  return { entities: result.data?._entities ?? [], errors: result.errors };
}

const gross = async (id: string, args = {}, call = asGuest(), service = app) =>
  (await entities([variant(id)], args, call, service)).entities[0]?.price?.gross.minorUnits;

describe('ProductVariant.price', () => {
  test("answers the channel's list over the base list, and the base list in another channel", async () => {
    const id = newId();
    await set('base-eur', { [id]: 1_000 });
    expect(await gross(id)).toBe(1_000);
    await set('web-eur', { [id]: 1_200 });
    const { entities: answered } = await entities([variant(id)]);
    expect(answered[0]?.price).toEqual({
      net: { minorUnits: 1_008, currency: 'EUR' },
      tax: { minorUnits: 192 },
      gross: { minorUnits: 1_200 },
      compareAt: null,
      priceList: { code: 'web-eur', scope: 'CHANNEL', channel: 'web', currency: 'EUR', taxIncluded: true },
    });
    expect(await gross(id, {}, asGuest('pos'))).toBe(1_000);
  });

  test('falls back to the base list when the price in the list of the channel is removed', async () => {
    const id = newId();
    await set('base-eur', { [id]: 1_000 });
    await set('web-eur', { [id]: 900 });
    expect(await gross(id)).toBe(900);
    await set('web-eur', { [id]: null });
    expect(await gross(id)).toBe(1_000);
  });

  test('shows a changed price at the next request of every process', async () => {
    const id = newId();
    await set('base-eur', { [id]: 1_000 });
    expect([await gross(id), await gross(id, {}, asGuest(), other)]).toEqual([1_000, 1_000]);
    await set('base-eur', { [id]: 1_100 });
    expect([await gross(id), await gross(id, {}, asGuest(), other)]).toEqual([1_100, 1_100]);
  });

  test('taxes by the country that is asked for, else by the first of the channel; a country without a rate has none', async () => {
    const id = newId();
    await set('base-usd', { [id]: 1_000 });
    expect(await gross(id, { currency: 'USD' })).toBe(1_190);
    expect(await gross(id, { currency: 'USD', country: 'AT' })).toBe(1_200);
    expect(await gross(id, { currency: 'USD', country: 'CH' })).toBe(1_000);
  });

  test('is null without a price, in a currency that the channel does not sell in, in an unknown channel and for no id', async () => {
    const id = newId();
    await set('base-gbp', { [id]: 1_000 });
    const { entities: answered, errors } = await entities([variant(id), variant(newId()), variant('no-id')]);
    expect(errors).toBeUndefined();
    expect(answered.map((each) => each.price)).toEqual([null, null, null]);
    expect((await entities([variant(id)], { currency: 'GBP' })).entities[0]?.price).toBeNull();
    expect((await entities([variant(id)], { currency: 'GBP' }, asGuest('nowhere'))).entities[0]?.price).toBeNull();
  });

  test('refuses a quantity that is not from 1 to 10,000, and a caller without a channel', async () => {
    for (const quantity of [0, -1, 10_001]) {
      const { errors } = await entities([variant(newId())], { quantity });
      expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    }
    const { errors } = await entities([variant(newId())], {}, asService());
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });

  test('tells a former price where it is higher', async () => {
    const id = newId();
    await setPrices(db, {
      priceListCode: 'base-eur',
      changes: [{ variantId: id, amountMinor: 1_000, compareAtMinor: 1_500 }],
      maximum: 1,
    });
    const { entities: answered } = await entities([variant(id)]);
    expect(answered[0]?.price).toMatchObject({ compareAt: { minorUnits: 1_500 } });
  });
});

describe('a listing', () => {
  test('prices 24 products with 72 variants by exactly one statement', async () => {
    const ids = Array.from({ length: 72 }, newId);
    await set('base-eur', Object.fromEntries(ids.map((id, index) => [id, 1_000 + index])));
    const products = Array.from({ length: 24 }, (_, index) => product(...ids.slice(index * 3, index * 3 + 3)));
    statements.length = 0;
    const { entities: answered } = await entities([...products, ...ids.map(variant)]);
    expect(statements).toHaveLength(1);
    expect(answered.slice(24).map((each) => each.price?.gross.minorUnits)).toEqual(
      ids.map((_, index) => 1_000 + index),
    );
    expect(answered[1]?.priceRange).toEqual({
      min: { gross: { minorUnits: 1_003 } },
      max: { gross: { minorUnits: 1_005 } },
    });
  });

  test('has no range for a product without a priced variant, and needs no statement for keys alone', async () => {
    expect((await entities([product(newId()), product()])).entities.map((each) => each.priceRange)).toEqual([
      null,
      null,
    ]);
    statements.length = 0;
    const query =
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on ProductVariant { id } } }';
    const result = await app.graph().execute({ query, variables: { representations: [variant('a')] } }, asGuest());
    expect(result.data).toEqual({ _entities: [{ id: 'a' }] });
    expect(statements).toHaveLength(0);
  });

  test('finds its prices by index among 50,000', async () => {
    const admin = testDb.open('prices', { max: 1 });
    await admin.sql`
      insert into prices.prices (price_list_id, variant_id, amount_minor)
      select l.price_list_id, gen_random_uuid(), 100 from prices.price_lists l, generate_series(1, 12500)`;
    await admin.sql`analyze prices.prices`;
    statements.length = 0;
    await entities([variant(newId())]);
    await admin.sql.unsafe(`set plan_cache_mode = force_generic_plan`);
    await admin.sql.unsafe(`prepare hot as ${statements[0]}`);
    const ids = Array.from({ length: 72 }, newId).join(',');
    const plan = await admin.sql.unsafe(`explain execute hot(null, null, 'web', '{${ids}}', 'web')`);
    const lines = plan.map((row) => String(row['QUERY PLAN'])).join('\n');
    expect(lines).toContain('prices_pkey');
    expect(lines).not.toContain('Seq Scan on prices p');
  });
});

describe('price lists', () => {
  const LISTS =
    '{ priceLists { code revision } priceList(code: "web-eur") { id scope channel } none: priceList(code: "no") { id } }';

  test('are listed by code for those with the scope, and for nobody else', async () => {
    const answer = await app
      .graph()
      .execute<{ priceLists: { code: string }[]; priceList: { id: string } }>(
        { query: LISTS },
        asStaff(['prices:read']),
      );
    expect(answer.data?.priceLists.map(({ code }) => code)).toEqual(['base-eur', 'base-gbp', 'base-usd', 'web-eur']);
    expect(answer.data).toMatchObject({ priceList: { scope: 'CHANNEL', channel: 'web' }, none: null });
    const refused = await app.graph().execute({ query: LISTS }, asGuest());
    expect(refused.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });

  test('are entities, resolved in one statement, null when unknown', async () => {
    const { data } = await app
      .graph()
      .execute<{ priceList: { id: string } }>({ query: LISTS }, asStaff(['prices:read']));
    statements.length = 0;
    const query =
      'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on PriceList { code } } }';
    const representations = [data!.priceList.id, newId(), 'no-id'].map((id) => ({ __typename: 'PriceList', id }));
    const answer = await app.graph().execute({ query, variables: { representations } }, asGuest());
    expect(answer.data).toEqual({ _entities: [{ code: 'web-eur' }, null, null] });
    expect(statements).toHaveLength(1);
  });
});
