import { run, type Operator } from '../operator.ts';
import type { Subgraph } from '../services.ts';
import { COLLECTIONS } from './catalogue/collections.ts';
import { PRICE_LISTS, TAX_RATES } from './catalogue/prices.ts';
import { productBatches, toProductInput, type ProductBatch } from './catalogue/product-batches.ts';
import { CHANNELS } from './channels.ts';
import { COMPANY, CUSTOMERS } from './customers.ts';
import * as documents from './documents.ts';
import { DEMO_KEYS, type DemoKey } from './keys.ts';
import { LOCATIONS } from './locations.ts';
import { LEVELS } from './stock.ts';

/** Told after every command: how many of how many are done, and what the last one was about. */
export type SeedProgress = (done: number, total: number, what: string) => void;

/** Sends one command with its input. */
type Send = <Data>(what: string, subgraph: Subgraph, document: string, input: unknown) => Promise<Data>;
/** Ids by what names a thing in the demo's data. */
type Ids = ReadonlyMap<string, string>;

const BATCHES = productBatches();
const CREDENTIALS = [
  ...new Map(Object.values(DEMO_KEYS).flatMap((keys) => keys.map((key) => [key.key, key]))).values(),
];
/** Locations, tax rates, company and collections are one command each. */
const COMMANDS =
  4 +
  2 * PRICE_LISTS.length +
  CUSTOMERS.length +
  CHANNELS.length +
  BATCHES.length +
  LOCATIONS.length +
  CREDENTIALS.length;

/**
 * Fills the subgraphs with the demo's catalogue, prices, stock, customers and keys. Every command can be repeated, and the
 * keys come last, in a fixed order: cut off anywhere, the next call does the rest; the last key tells that all is there.
 * @throws the first error of a subgraph, or Error naming a product that was rejected.
 */
export async function seedDemo(operator: Operator, onProgress?: SeedProgress): Promise<'seeded' | 'already'> {
  if (await isSeeded(operator)) return 'already';
  let done = 0;
  const send: Send = async <Data>(what: string, subgraph: Subgraph, document: string, input: unknown) => {
    const data = await run<Data>(operator, subgraph, document, { input });
    done += 1;
    onProgress?.(done, COMMANDS, what);
    return data;
  };

  const [locationIds, customerIds] = await Promise.all([
    seedLocations(send),
    seedCustomers(send),
    seedPriceLists(send),
  ]);
  await seedChannels(send, locationIds);
  const variantIds = await seedProducts(send);
  await Promise.all([seedCollections(send), seedPrices(send, variantIds), seedLevels(send, locationIds, variantIds)]);
  await seedCredentials(send, customerIds, locationIds);
  return 'seeded';
}

async function isSeeded(operator: Operator): Promise<boolean> {
  const credential = CREDENTIALS.at(-1)?.key;
  const found = await run<{ authenticate: object | null }>(operator, 'customers', documents.AUTHENTICATE, {
    credential,
  });
  return found.authenticate !== null;
}

async function seedLocations(send: Send): Promise<Ids> {
  const { locationsUpsert } = await send<{ locationsUpsert: { locationIds: string[] } }>(
    'locations',
    'stock',
    documents.LOCATIONS_UPSERT,
    { locations: LOCATIONS },
  );
  return new Map(LOCATIONS.map(({ code }, index) => [code, nth(locationsUpsert.locationIds, index)]));
}

async function seedCustomers(send: Send): Promise<Ids> {
  const { companyUpsert } = await send<{ companyUpsert: { companyId: string } }>(
    'company',
    'customers',
    documents.COMPANY_UPSERT,
    COMPANY,
  );
  const ids = new Map<string, string>();
  for (const { buysForCompany, ...person } of CUSTOMERS) {
    const input = { ...person, companyId: buysForCompany ? companyUpsert.companyId : null };
    const { customerEnsure } = await send<{ customerEnsure: { customerId: string } }>(
      'customers',
      'customers',
      documents.CUSTOMER_ENSURE,
      input,
    );
    ids.set(person.email, customerEnsure.customerId);
  }
  return ids;
}

async function seedPriceLists(send: Send): Promise<void> {
  const rates = Object.entries(TAX_RATES).map(([country, basisPoints]) => ({ country, basisPoints }));
  await send('tax rates', 'prices', documents.TAX_RATES_UPSERT, { rates });
  for (const { prices: _, ...list } of PRICE_LISTS)
    await send('price lists', 'prices', documents.PRICE_LIST_UPSERT, list);
}

async function seedChannels(send: Send, locationIds: Ids): Promise<void> {
  for (const { locationCodes, ...channel } of CHANNELS)
    await send('channels', 'products', documents.CHANNEL_UPSERT, {
      ...channel,
      locationIds: locationCodes.map((code) => known(locationIds, code)),
    });
}

interface ProductsUpserted {
  readonly productsUpsert: {
    readonly results: readonly { handle: string; outcome: string; variantIds: string[]; reason: string | null }[];
  };
}

async function seedProducts(send: Send): Promise<Ids> {
  const variantIds = new Map<string, string>();
  for (const batch of BATCHES) {
    const input = { publishIn: batch.channels, products: batch.products.map(toProductInput) };
    const { productsUpsert } = await send<ProductsUpserted>('products', 'products', documents.PRODUCTS_UPSERT, input);
    collectVariantIds(batch, productsUpsert.results, variantIds);
  }
  return variantIds;
}

function collectVariantIds(
  { products }: ProductBatch,
  results: ProductsUpserted['productsUpsert']['results'],
  variantIds: Map<string, string>,
): void {
  for (const [index, { handle, outcome, reason, variantIds: ids }] of results.entries()) {
    if (outcome === 'REJECTED') throw new Error(`The demo's product "${handle}" was rejected: ${reason}`);
    for (const [place, { sku }] of products[index]?.variants.entries() ?? []) variantIds.set(sku, nth(ids, place));
  }
}

const seedCollections = (send: Send) =>
  send('collections', 'products', documents.COLLECTIONS_UPSERT, { collections: COLLECTIONS });

async function seedPrices(send: Send, variantIds: Ids): Promise<void> {
  for (const { code, prices } of PRICE_LISTS)
    await send('prices', 'prices', documents.PRICES_UPSERT, {
      priceListCode: code,
      prices: prices.map(({ sku, ...price }) => ({ variantId: known(variantIds, sku), ...price })),
    });
}

/** One location after the other: they share variants, and would only wait for each other's locks. */
async function seedLevels(send: Send, locationIds: Ids, variantIds: Ids): Promise<void> {
  for (const { code } of LOCATIONS) {
    const levels = LEVELS.filter(({ locationCode }) => locationCode === code);
    await send('stock', 'stock', documents.LEVELS_IMPORT, {
      locationId: known(locationIds, code),
      levels: levels.map(({ sku, quantity }) => ({
        variantId: known(variantIds, sku),
        quantity,
        reference: `demo:${sku}`,
      })),
    });
  }
}

async function seedCredentials(send: Send, customerIds: Ids, locationIds: Ids): Promise<void> {
  for (const key of CREDENTIALS)
    await send('keys', 'customers', documents.CREDENTIAL_UPSERT, credentialInput(key, customerIds, locationIds));
}

const credentialInput = (credential: DemoKey, customerIds: Ids, locationIds: Ids) => {
  const { key, label, role, channel, scopes, customerEmail, locationCode } = credential;
  return {
    secret: key,
    label,
    role,
    channel,
    scopes,
    customerId: customerEmail === undefined ? null : known(customerIds, customerEmail),
    locationId: locationCode === undefined ? null : known(locationIds, locationCode),
  };
};

function known(ids: Ids, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`The demo names "${name}", which it does not have.`);
  return id;
}

function nth(ids: readonly string[], index: number): string {
  const id = ids[index];
  if (id === undefined) throw new Error('A subgraph answered fewer ids than it was given things.');
  return id;
}
