import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { createApp as createPrices } from '@kontor/prices/src/app.ts';
import { createApp as createProducts } from '@kontor/products/src/app.ts';
import { createApp as createStock } from '@kontor/stock/src/app.ts';
import { createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathOfGraph, run, type Operator } from './operator.ts';
import type { Subgraph } from './services.ts';

const NAMES = ['products', 'prices', 'stock'] as const;
type Name = (typeof NAMES)[number];

let testDb: TestDatabase;
let databases: Record<Name, Database>;
let services: Record<Name, Service>;
let operator: Operator;
/** Services that nobody reaches. */
const down = new Set<Name>();
/** The product that is watched, its variants, and where they lie. */
let productId: string;
let variantIds: string[];
let locationId: string;

beforeAll(async () => {
  testDb = await createTestDatabase(NAMES);
  const identities = await createTestIdentities(NAMES);
  databases = Object.fromEntries(NAMES.map((name) => [name, testDb.open(name)])) as Record<Name, Database>;
  const bus = createMemoryBus();
  const deps = (name: Name) => ({ db: databases[name], bus, identity: identities[name], logger: silentLogger });
  const graph = (name: Subgraph, path = INTERNAL_PATH): GraphClient =>
    createMemoryClient(name, () => (down.has(name as Name) ? null : services[name as Name].graph(path)), true);
  services = {
    products: createProducts({ ...deps('products'), peers: { prices: graph('prices'), stock: graph('stock') } }),
    prices: createPrices({
      ...deps('prices'),
      peers: { products: graph('products'), customers: createMemoryClient('customers', () => null) },
    }),
    stock: createStock({ ...deps('stock'), peers: { products: graph('products') } }),
  };
  for (const name of NAMES) await services[name].start();
  const call = { caller: serviceCaller('operator'), requestId: 'search-feeds' };
  operator = { ask: (name, request, which) => graph(name, pathOfGraph(which)).execute(request, call) };
  await fill();
});
afterAll(async () => {
  for (const name of NAMES) await services[name].stop();
  await testDb.drop();
});

const send = <Data>(name: Subgraph, query: string, input: unknown) => run<Data>(operator, name, query, { input });
const setChannel = (currencies: readonly string[]) =>
  send('products', 'mutation ($input: ChannelUpsertInput!) { channelUpsert(input: $input) { code } }', {
    ...{ code: 'web', name: 'Web', currencies, countries: ['DE'], locales: ['de'], locationIds: [locationId] },
  });
const setPrices = (priceListCode: string, amounts: readonly number[]) =>
  send('prices', 'mutation ($input: PricesUpsertInput!) { pricesUpsert(input: $input) { changedCount } }', {
    priceListCode,
    prices: amounts.map((amountMinor, index) => ({ variantId: variantIds[index], amountMinor })),
  });
const setList = (code: string, currency: string, taxIncluded: boolean) =>
  send('prices', 'mutation ($input: PriceListUpsertInput!) { priceListUpsert(input: $input) { code } }', {
    ...{ code, scope: 'BASE', currency, taxIncluded },
  });
const setLevel = (quantity: number, reference: string) =>
  send('stock', 'mutation ($input: LevelsImportInput!) { levelsImport(input: $input) { changedCount } }', {
    ...{ locationId, levels: [{ variantId: variantIds[1], quantity, reference }] },
  });

async function fill(): Promise<void> {
  const { locationsUpsert } = await send<{ locationsUpsert: { locationIds: string[] } }>(
    'stock',
    'mutation ($input: LocationsUpsertInput!) { locationsUpsert(input: $input) { locationIds } }',
    { locations: [{ code: 'leipzig', name: 'Leipzig', kind: 'WAREHOUSE', country: 'DE', pickupOffered: false }] },
  );
  locationId = locationsUpsert.locationIds[0]!;
  await setChannel(['EUR']);
  const { productsUpsert } = await send<{ productsUpsert: { results: { productId: string; variantIds: string[] }[] } }>(
    'products',
    'mutation ($input: ProductsUpsertInput!) { productsUpsert(input: $input) { results { productId variantIds } } }',
    {
      publishIn: ['web'],
      products: [
        {
          ...{ handle: 'lantern', title: 'Lantern', descriptionHtml: '', tags: [], published: true, media: [] },
          ...{ optionNames: ['Size'], variants: [{ optionValues: ['S'] }, { optionValues: ['M'] }] },
        },
      ],
    },
  );
  ({ productId, variantIds } = productsUpsert.results[0]!);
  await setList('base-eur', 'EUR', true);
  await setList('base-usd', 'USD', false);
}

/** What search knows of the product. */
async function known() {
  const { sql } = databases.products;
  const prices = await sql<{ price: string }[]>`
    select currency || ' ' || min_minor || '-' || max_minor as price from products.search_prices
    where channel_code = 'web' and product_id = ${productId} order by currency`;
  const [row] = await sql<{ sellable: boolean }[]>`
    select offers[products.search_offer_slot('web', '')] is not null as sellable from products.search_documents
    where product_id = ${productId} and language = '' and channel_code = ''`;
  return { prices: prices.map(({ price }) => price), sellable: row!.sellable };
}
const becomes = (expected: Awaited<ReturnType<typeof known>>) =>
  eventually(async () => expect(await known()).toEqual(expected));
const asOf = async () => {
  const rows = await databases.products.sql<{ source: string; as_of: Date }[]>`
    select source, as_of from products.search_sources where channel_code = 'web' and as_of is not null`;
  return Object.fromEntries(rows.map((row) => [row.source, new Date(row.as_of).getTime()])) as Record<Name, number>;
};

test('search learns what prices and stock have, and everything that changes of it', async () => {
  await setPrices('base-eur', [8_990, 7_990]);
  await becomes({ prices: ['EUR 7990-8990'], sellable: false });
  await setLevel(2, 'first');
  await becomes({ prices: ['EUR 7990-8990'], sellable: true });
  await setPrices('base-eur', [8_990, 6_990]);
  await becomes({ prices: ['EUR 6990-8990'], sellable: true });
  await setLevel(0, 'second');
  await becomes({ prices: ['EUR 6990-8990'], sellable: false });
});

test('a currency that the channel begins to sell in, and taxes that change, reach every product', async () => {
  await setPrices('base-usd', [1_000, 2_000]);
  await setChannel(['EUR', 'USD']);
  await becomes({ prices: ['EUR 6990-8990', 'USD 1000-2000'], sellable: false });
  await send('prices', 'mutation ($input: TaxRatesUpsertInput!) { taxRatesUpsert(input: $input) { changedCount } }', {
    rates: [{ country: 'DE', basisPoints: 1_900 }],
  });
  await becomes({ prices: ['EUR 6990-8990', 'USD 1190-2380'], sellable: false });
  await setChannel(['EUR']);
  await becomes({ prices: ['EUR 6990-8990'], sellable: false });
});

test('while prices is down search says how old its prices are, hears of stock all the same, and catches up', async () => {
  await eventually(async () => expect(Object.keys(await asOf()).sort()).toEqual(['prices', 'stock']));
  await setPrices('base-eur', [8_990, 5_990]);
  await becomes({ prices: ['EUR 5990-8990'], sellable: false });
  down.add('prices');
  // A turn that had its answer already may still note it.
  await eventually(async () => {
    const before = await asOf();
    await eventually(async () => expect((await asOf()).stock).toBeGreaterThan(before.stock));
    expect((await asOf()).prices).toBe(before.prices);
  });
  const { prices: old } = await asOf();
  down.delete('prices');
  await setPrices('base-eur', [8_990, 4_990]);
  down.add('prices');
  await setLevel(1, 'third');
  await becomes({ prices: ['EUR 5990-8990'], sellable: true });
  expect((await asOf()).prices).toBe(old);
  down.delete('prices');
  await becomes({ prices: ['EUR 4990-8990'], sellable: true });
  await eventually(async () => expect((await asOf()).prices).toBeGreaterThan(old));
});
