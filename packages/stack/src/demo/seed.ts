import { run, type Operator } from '../operator.ts';
import { PRICE_LISTS, TAX_RATES } from './catalogue/prices.ts';
import { CHANNELS } from './channels.ts';
import * as documents from './documents.ts';
import { DEMO_KEYS, type DemoKey } from './keys.ts';
import { LOCATIONS } from './locations.ts';
import { CATALOGUE_COMMANDS, seedCatalogue, seedMerchandising } from './seed-catalogue.ts';
import { CUSTOMER_COMMANDS, PASSWORD_COMMANDS, seedCustomers, seedPasswords } from './seed-customers.ts';
import { promotionInput, PROMOTIONS } from './promotions.ts';
import { expectOutcome, known, nth, type Ids, type Outcome, type Send } from './send.ts';
import { SHIPPING_OPTIONS } from './shipping.ts';
import { STAFF } from './staff.ts';
import { LEVELS } from './stock.ts';

/** Told after every command: how many of how many are done, and what the last one was about. */
export type SeedProgress = (done: number, total: number, what: string) => void;

const CREDENTIALS = [
  ...new Map(Object.values(DEMO_KEYS).flatMap((keys) => keys.map((key) => [key.key, key]))).values(),
];
/** Locations and tax rates are one command each. */
const COMMANDS =
  2 +
  CATALOGUE_COMMANDS +
  CUSTOMER_COMMANDS +
  PASSWORD_COMMANDS +
  STAFF.length +
  2 * PRICE_LISTS.length +
  SHIPPING_OPTIONS.length +
  PROMOTIONS.reduce((sum, { codes }) => sum + (codes.length > 0 ? 2 : 1), 0) +
  CHANNELS.length +
  LOCATIONS.length +
  CREDENTIALS.length;

/**
 * Fills the subgraphs with the demo's catalogue, prices, stock, customers, staff and keys. Every command can be repeated, and the
 * keys come last, in a fixed order: cut off anywhere, the next call does the rest; the last key tells that all is there.
 * @throws the first error of a subgraph, or Error naming a product that was rejected.
 */
export async function seedDemo(operator: Operator, onProgress?: SeedProgress): Promise<'seeded' | 'already'> {
  if (await isSeeded(operator)) return 'already';
  let done = 0;
  const send: Send = async <Data>(
    what: string,
    { subgraph, graph, query }: documents.SeedDocument,
    variables: Record<string, unknown>,
  ) => {
    const data = await run<Data>(operator, subgraph, query, variables, graph);
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
  const catalogue = await seedCatalogue(send);
  const { variantIds } = catalogue;
  await Promise.all([
    seedMerchandising(send, catalogue),
    seedPrices(send, variantIds),
    seedSelling(send, variantIds),
    seedLevels(send, locationIds, variantIds),
  ]);
  await Promise.all([seedPasswords(send, customerIds), seedStaff(send, locationIds)]);
  await seedCredentials(send, customerIds, locationIds);
  return 'seeded';
}

async function isSeeded(operator: Operator): Promise<boolean> {
  const credential = CREDENTIALS.at(-1)?.key;
  const found = await run<{ authenticate: object | null }>(operator, 'customers', documents.AUTHENTICATE.query, {
    credential,
  });
  return found.authenticate !== null;
}

async function seedLocations(send: Send): Promise<Ids> {
  const { locationsUpsert } = await send<{ locationsUpsert: { locationIds: string[] } }>(
    'locations',
    documents.LOCATIONS_UPSERT,
    { input: { locations: LOCATIONS } },
  );
  return new Map(LOCATIONS.map(({ code }, index) => [code, nth(locationsUpsert.locationIds, index)]));
}

async function seedPriceLists(send: Send): Promise<void> {
  const rates = Object.entries(TAX_RATES).map(([country, basisPoints]) => ({ country, basisPoints }));
  await send('tax rates', documents.TAX_RATES_UPSERT, { input: { rates } });
  for (const { prices: _, ...list } of PRICE_LISTS)
    await send('price lists', documents.PRICE_LIST_UPSERT, { input: list });
}

async function seedChannels(send: Send, locationIds: Ids): Promise<void> {
  for (const { locationCodes, ...channel } of CHANNELS)
    await send('channels', documents.CHANNEL_UPSERT, {
      input: { ...channel, locationIds: locationCodes.map((code) => known(locationIds, code)) },
    });
}

async function seedPrices(send: Send, variantIds: Ids): Promise<void> {
  for (const { code, prices } of PRICE_LISTS)
    await send('prices', documents.PRICES_UPSERT, {
      input: {
        priceListCode: code,
        prices: prices.map(({ sku, ...price }) => ({ variantId: known(variantIds, sku), ...price })),
      },
    });
}

/** Ways of sending and promotions: one after the other, since each has prices read anew. */
async function seedSelling(send: Send, variantIds: Ids): Promise<void> {
  const save = async (what: string, document: documents.SeedDocument, input: object, done: string) => {
    const answer = await send<Record<string, Outcome>>(what, document, { input });
    for (const outcome of Object.values(answer)) expectOutcome(outcome, done);
  };
  for (const option of SHIPPING_OPTIONS)
    await save('shipping', documents.SHIPPING_OPTION_SET, option, 'ShippingOptionSaved');
  for (const { codes, ...promotion } of PROMOTIONS) {
    await save('promotions', documents.PROMOTION_SET, promotionInput(promotion, variantIds), 'PromotionSaved');
    const { promotionCode } = promotion;
    if (codes.length > 0)
      await save('promotions', documents.PROMOTION_CODES_SET, { promotionCode, codes }, 'PromotionCodesSaved');
  }
}

/** One location after the other: they share variants, and would only wait for each other's locks. */
async function seedLevels(send: Send, locationIds: Ids, variantIds: Ids): Promise<void> {
  for (const { code } of LOCATIONS) {
    const levels = LEVELS.filter(({ locationCode }) => locationCode === code);
    await send('stock', documents.LEVELS_IMPORT, {
      input: {
        locationId: known(locationIds, code),
        levels: levels.map(({ sku, quantity }) => ({
          variantId: known(variantIds, sku),
          quantity,
          reference: `demo:${sku}`,
        })),
      },
    });
  }
}

async function seedStaff(send: Send, locationIds: Ids): Promise<void> {
  for (const { locationCodes, ...person } of STAFF)
    await send('staff', documents.STAFF_MEMBER_UPSERT, {
      input: { ...person, locationIds: locationCodes.map((code) => known(locationIds, code)) },
    });
}

async function seedCredentials(send: Send, customerIds: Ids, locationIds: Ids): Promise<void> {
  for (const key of CREDENTIALS)
    if (key.role === 'device') await send('devices', documents.DEVICE_UPSERT, { input: deviceInput(key, locationIds) });
    else await send('keys', documents.CREDENTIAL_UPSERT, { input: credentialInput(key, customerIds, locationIds) });
}

const deviceInput = ({ key, label, channel, locationCode = '' }: DemoKey, locationIds: Ids) => ({
  secret: key,
  label,
  channel,
  locationId: known(locationIds, locationCode),
});

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
