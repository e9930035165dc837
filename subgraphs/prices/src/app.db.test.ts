import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import type { Call } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { asGuest, asService, callAs, asStaff, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { openPrices, type GivenPrice, type OpenPrices } from './testing/open-prices.ts';

let prices: OpenPrices;
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
    peers: { products, customers: createMemoryClient('customers', () => null) },
  });
  await service.graph().server.start();
  return service;
}

beforeAll(async () => {
  prices = await openPrices({ max: 1, onQuery: (query) => statements.push(query) });
  ({ db } = prices);
  app = await serve(db);
  other = await serve(prices.open());
  await prices.givenChannel('pos', ['EUR'], ['AT']);
  await prices.givenTaxRates([
    { country: 'DE', basisPoints: 1900 },
    { country: 'DE', region: 'BY', basisPoints: 1000 },
    { country: 'AT', basisPoints: 2000 },
  ]);
  await prices.givenList({ code: 'base-usd', currency: 'USD', taxIncluded: false });
  await prices.givenList({ code: 'base-gbp', currency: 'GBP' });
  await prices.givenList({ code: 'web-eur', scope: 'CHANNEL', channel: 'web' });
  await prices.givenList({ code: 'gold-eur', scope: 'GROUP', subject: 'gold' });
});
afterAll(() => prices.testDb.drop());

const set = (code: string, given: Record<string, GivenPrice>) => prices.givenPrices(code, given);
const remove = (code: string, variantId: string) =>
  db.sql`delete from prices.prices p using prices.price_lists l where l.price_list_id = p.price_list_id and l.code = ${code} and p.variant_id = ${variantId}`;

const ENTITIES = /* GraphQL */ `
  query ($representations: [_Any!]!, $currency: CurrencyCode, $country: CountryCode, $region: String, $quantity: Int) {
    _entities(representations: $representations) {
      ... on ProductVariant {
        id
        price(currency: $currency, country: $country, region: $region, quantity: $quantity) {
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
          listPrice {
            gross {
              minorUnits
            }
          }
          promotions {
            name
            code
            amount {
              minorUnits
            }
          }
          precise
          asOf
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
  price: { gross: { minorUnits: number }; asOf: string; priceList: { code: string } } | null;
  priceRange: { min: { gross: { minorUnits: number } } } | null;
}

async function entities(
  representations: object[],
  args: { currency?: string; country?: string; region?: string; quantity?: number } = {},
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
      listPrice: { gross: { minorUnits: 1_200 } },
      promotions: [],
      precise: null,
      asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/) as string,
      priceList: { code: 'web-eur', scope: 'CHANNEL', channel: 'web', currency: 'EUR', taxIncluded: true },
    });
    expect(await gross(id, {}, asGuest('pos'))).toBe(1_000);
  });

  test('falls back to the base list when the price in the list of the channel is removed', async () => {
    const id = newId();
    await set('base-eur', { [id]: 1_000 });
    await set('web-eur', { [id]: 900 });
    expect(await gross(id)).toBe(900);
    await remove('web-eur', id);
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
    await set('base-eur', { [id]: [{ minor: 1_000, compareAtMinor: 1_500 }] });
    const { entities: answered } = await entities([variant(id)]);
    expect(answered[0]?.price).toMatchObject({ compareAt: { minorUnits: 1_500 } });
  });

  test('taxes by the region that is asked for, and refuses what is none', async () => {
    const id = newId();
    await set('base-usd', { [id]: 1_000 });
    expect(await gross(id, { currency: 'USD', region: 'BY' })).toBe(1_100);
    expect(await gross(id, { currency: 'USD', region: 'HE' })).toBe(1_190);
    const { errors } = await entities([variant(id)], { region: "B'Y" });
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });

  test('gives a signed-in customer of a group its prices, by quantity, and nobody else', async () => {
    const id = newId();
    await set('base-eur', { [id]: 1_000 });
    await set('gold-eur', { [id]: [{ minor: 900 }, { minQuantity: 10, minor: 80, micros: 500_000 }] });
    const gold = callAs({
      role: 'customer',
      subject: 'c',
      customerId: newId(),
      channel: 'web',
      scopes: [],
      groups: ['gold'],
    });
    expect([await gross(id, {}, gold), await gross(id, { quantity: 10 }, gold), await gross(id)]).toEqual([
      900, 80, 1_000,
    ]);
    const { entities: answered } = await entities([variant(id)], { quantity: 10 }, gold);
    expect(answered[0]?.price).toMatchObject({ precise: '0.805', priceList: { code: 'gold-eur' } });
  });

  test('shows promotions without a code, from the next request on in every process', async () => {
    const id = newId();
    await set('base-eur', { [id]: 1_000 });
    expect([await gross(id), await gross(id, {}, asGuest(), other)]).toEqual([1_000, 1_000]);
    const nothing = { variantIds: [], productIds: [], categoryIds: [], labels: [] };
    const target = { ...nothing, variantIds: [id], exclude: nothing };
    await prices.givenPromotion({
      code: 'ten',
      name: 'Ten off',
      effect: { kind: 'PERCENT', target, basisPoints: 1_000 },
    });
    expect([await gross(id), await gross(id, {}, asGuest(), other)]).toEqual([900, 900]);
    const { entities: answered } = await entities([variant(id)]);
    expect(answered[0]?.price).toMatchObject({
      listPrice: { gross: { minorUnits: 1_000 } },
      promotions: [{ name: 'Ten off', code: 'ten', amount: { minorUnits: 100 } }],
    });
  });
});

describe('ProductVariant.priceTiers', () => {
  test('tells all prices by quantity, out of the same statement as the price', async () => {
    const [id, none] = [newId(), newId()];
    await set('base-eur', {
      [id]: [{ minor: 1_000 }, { minQuantity: 10, minor: 900 }, { minQuantity: 100, minor: 800 }],
    });
    const query = /* GraphQL */ `
      query ($representations: [_Any!]!) {
        _entities(representations: $representations) {
          ... on ProductVariant {
            price(quantity: 20) {
              gross {
                minorUnits
              }
            }
            priceTiers {
              minQuantity
              price {
                gross {
                  minorUnits
                }
              }
            }
          }
        }
      }
    `;
    statements.length = 0;
    const representations = [variant(id), variant(none), variant('no-id')];
    const { data } = await app.graph().execute({ query, variables: { representations } }, asGuest());
    expect(statements).toHaveLength(1);
    const tier = (minQuantity: number, minorUnits: number) => ({ minQuantity, price: { gross: { minorUnits } } });
    expect(data).toEqual({
      _entities: [
        { price: { gross: { minorUnits: 900 } }, priceTiers: [tier(1, 1_000), tier(10, 900), tier(100, 800)] },
        { price: null, priceTiers: [] },
        { price: null, priceTiers: [] },
      ],
    });
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
});

describe('quotes', () => {
  test('are given to services alone', async () => {
    await app.graph(INTERNAL_PATH).server.start();
    const query =
      'query ($input: QuoteInput!) { quote(input: $input) { lines { lineId total { gross { minorUnits } } } } }';
    const id = newId();
    await set('base-eur', { [id]: 1_000 });
    const input = { channel: 'web', lines: [{ lineId: 'a', variantId: id, quantity: 2 }] };
    const ask = (call: Call) => app.graph(INTERNAL_PATH).execute({ query, variables: { input } }, call);
    expect((await ask(asService())).data).toEqual({
      quote: { lines: [{ lineId: 'a', total: { gross: { minorUnits: 2_000 } } }] },
    });
    for (const call of [asGuest(), asStaff(['prices:read', 'prices:write'])]) {
      const refused = await ask(call);
      expect(refused.data?.['quote'] ?? null).toBeNull();
      expect(refused.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
    }
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
    expect(answer.data?.priceLists.map(({ code }) => code)).toEqual([
      'base-eur',
      'base-gbp',
      'base-usd',
      'gold-eur',
      'web-eur',
    ]);
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
