import { newId } from '@kontor/kit/src/ids.ts';
import { openDatabase, type Database } from '@kontor/kit/src/database.ts';
import { NOBODY, type Cluster } from './cluster.ts';
import type { Killable } from './killable-process.ts';
import { until } from './pauses.ts';
import { createShopClient, type ShopClient } from './shop-client.ts';

/** Far from the ports of the stock processes, and from each other. */
const PORTS = { products: 31_301, prices: 31_401, orders: 31_501, customers: 31_601 } as const;
/** One unit of what is sold costs this, with tax, in minor units of EUR. */
const PRICE_MINOR = 1_000;
const UNITS = 1_000_000;
const READY_MS = 30_000;

const LOCATIONS = 'mutation ($input: LocationsUpsertInput!) { locationsUpsert(input: $input) { locationIds } }';
const LEVELS = 'mutation ($input: LevelsImportInput!) { levelsImport(input: $input) { changedCount } }';
const CHANNEL = 'mutation ($input: ChannelUpsertInput!) { channelUpsert(input: $input) { code } }';
const PRODUCTS =
  'mutation ($input: ProductsUpsertInput!) { productsUpsert(input: $input) { results { reason variantIds } } }';
const PRICE_LIST = 'mutation ($input: PriceListUpsertInput!) { priceListUpsert(input: $input) { code } }';
const PRICES = 'mutation ($input: PricesUpsertInput!) { pricesUpsert(input: $input) { changedCount } }';
const TAX_RATES = 'mutation ($input: TaxRatesUpsertInput!) { taxRatesUpsert(input: $input) { changedCount } }';
const CART = 'mutation ($input: CartCreateInput!) { cartCreate(input: $input) { cart { quote { token } } } }';

/** Where people buy: two processes of orders and two of customers, which can be killed, and what they need. */
export interface Shop {
  readonly client: ShopClient;
  readonly channel: string;
  readonly variantId: string;
  readonly priceMinor: number;
  /** What is killed. */
  readonly victims: readonly Killable[];
  readonly orders: Database;
  readonly customers: Database;
}

const shops = new WeakMap<Cluster, Promise<Shop>>();

/** The shop of a cluster, which is opened when it is first asked for. */
export function openShop(cluster: Cluster): Promise<Shop> {
  let shop = shops.get(cluster);
  if (!shop) shops.set(cluster, (shop = startShop(cluster)));
  return shop;
}

async function startShop(cluster: Cluster): Promise<Shop> {
  const urls = await cluster.makeSchemas(['products', 'prices', 'orders', 'customers']);
  const [products, prices] = await Promise.all([
    cluster.startService('products', PORTS.products, {
      ...{ DATABASE_URL: urls['products']!, PRICES_URL: NOBODY, STOCK_URL: NOBODY },
    }),
    cluster.startService('prices', PORTS.prices, {
      ...{ DATABASE_URL: urls['prices']!, PRODUCTS_URL: NOBODY, CUSTOMERS_URL: NOBODY },
    }),
  ]);
  // Each of them asks the other kind, so that ports are agreed on before anybody listens.
  const ports = (first: number) => [first, first + 1].map((port) => `http://127.0.0.1:${port}`).join(',');
  const peers = { ORDERS_URL: ports(PORTS.orders), CUSTOMERS_URL: ports(PORTS.customers) };
  const customersOf = (port: number) =>
    cluster.startService('customers', port, { DATABASE_URL: urls['customers']!, ...peers });
  const ordersOf = (port: number) =>
    cluster.startService('orders', port, {
      ...{ DATABASE_URL: urls['orders']!, PSP_URL: NOBODY, PSP_SECRET_KEY: 'sk_test_chaos', ...peers },
      ...{ PRODUCTS_URL: products.base, PRICES_URL: prices.base },
      STOCK_URL: cluster.stockUrls.map((url) => new URL(url).origin).join(','),
    });
  const started = await Promise.all([
    customersOf(PORTS.customers),
    customersOf(PORTS.customers + 1),
    ordersOf(PORTS.orders),
    ordersOf(PORTS.orders + 1),
  ]);
  const [first, second, third, fourth] = started.map(({ base }) => base) as [string, string, string, string];
  if (peers.CUSTOMERS_URL !== `${first},${second}` || peers.ORDERS_URL !== `${third},${fourth}`)
    throw new Error('The ports of orders and customers are not free.');
  const client = createShopClient(cluster.identity, {
    products: [products.base],
    prices: [prices.base],
    stock: cluster.stockUrls.map((url) => new URL(url).origin),
    customers: [first, second],
    orders: [third, fourth],
  });
  const open = (schema: string) => openDatabase({ url: urls[schema]!, name: 'chaos', max: 2 });
  const [orders, customers] = [open('orders'), open('customers')];
  cluster.onStop(async () => {
    await orders.close();
    await customers.close();
  });
  const channel = 'shop';
  const variantId = await fillShop(client, channel);
  return {
    ...{ client, channel, variantId, orders, customers, priceMinor: PRICE_MINOR },
    victims: started.map((each) => each.process),
  };
}

/** One product at one location of one channel. @returns its variant, once it can be bought. */
async function fillShop(client: ShopClient, channel: string): Promise<string> {
  const { locationsUpsert } = await client.order<{ locationsUpsert: { locationIds: [string] } }>('stock', LOCATIONS, {
    locations: [{ code: newId(), name: 'Warehouse', kind: 'WAREHOUSE', country: 'DE', pickupOffered: false }],
  });
  const [locationId] = locationsUpsert.locationIds;
  await client.order('products', CHANNEL, {
    ...{ code: channel, name: 'Shop', currencies: ['EUR'], countries: ['DE'], locales: ['en'] },
    locationIds: [locationId],
  });
  const product = { handle: 'lantern', title: 'Lantern', vendor: 'Lyktan', productType: 'Lights', tags: [], media: [] };
  const variants = [{ sku: 'LANTERN', optionValues: [] }];
  const { productsUpsert } = await client.order<{
    productsUpsert: { results: [{ reason: string | null; variantIds: [string] }] };
  }>('products', PRODUCTS, {
    publishIn: [channel],
    products: [{ ...product, descriptionHtml: '', published: true, optionNames: [], variants }],
  });
  const [{ reason, variantIds }] = productsUpsert.results;
  if (reason) throw new Error(reason);
  const [variantId] = variantIds;
  await client.order('prices', TAX_RATES, { rates: [{ country: 'DE', basisPoints: 1_900 }] });
  await client.order('prices', PRICE_LIST, { code: 'base-eur', scope: 'BASE', currency: 'EUR', taxIncluded: true });
  await client.order('prices', PRICES, {
    priceListCode: 'base-eur',
    prices: [{ variantId, amountMinor: PRICE_MINOR }],
  });
  const levels = [{ variantId, quantity: UNITS, reference: newId() }];
  await client.order('stock', LEVELS, { locationId, levels });
  const guest = { role: 'guest', subject: 'guest', channel, scopes: [] } as const;
  await until('the shop sells', READY_MS, async () => {
    const { cartCreate } = await client.tell<{ cartCreate: { cart: { quote: { token: string | null } | null } } }>(
      guest,
      'orders',
      CART,
      { lines: [{ variantId, quantity: 1 }] },
    );
    return cartCreate.cart.quote?.token != null;
  });
  return variantId;
}
