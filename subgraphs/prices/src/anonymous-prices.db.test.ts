import { createMemoryBus } from '@kontor/kit/src/events/memory-bus.ts';
import { createMemoryClient } from '@kontor/kit/src/graph/memory-client.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { silentLogger } from '@kontor/kit/src/logger.ts';
import type { Service } from '@kontor/kit/src/service.ts';
import { INTERNAL_PATH } from '@kontor/kit/src/subgraph.ts';
import { asService, createTestIdentities } from '@kontor/testkit/src/callers.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from './app.ts';
import { openPrices, type OpenPrices } from './testing/open-prices.ts';

let prices: OpenPrices;
let app: Service;
const statements: string[] = [];

beforeAll(async () => {
  prices = await openPrices({ max: 1, onQuery: (query) => statements.push(query) });
  app = createApp({
    db: prices.db,
    bus: createMemoryBus(),
    identity: (await createTestIdentities(['prices'])).prices,
    logger: silentLogger,
    peers: {
      products: createMemoryClient('products', () => null),
      customers: createMemoryClient('customers', () => null),
    },
  });
  await app.graph(INTERNAL_PATH).server.start();
});
afterAll(() => prices.testDb.drop());
beforeEach(() => prices.clear());

async function anonymousPrices(channel: string, variantIds: string[]): Promise<unknown> {
  const query =
    'query ($channel: ID!, $variantIds: [ID!]!) { anonymousPrices(channel: $channel, variantIds: $variantIds) { variantId currency grossMinor } }';
  const result = await app.graph(INTERNAL_PATH).execute({ query, variables: { channel, variantIds } }, asService());
  if (result.errors) throw new Error(result.errors[0]!.message);
  return (result.data as { anonymousPrices: unknown }).anonymousPrices;
}

describe('anonymousPrices', () => {
  test('tells what a guest pays in every currency of the channel, with the tax of its first country and promotions', async () => {
    const [both, special, none] = [newId(), newId(), newId()];
    await prices.givenTaxRates([{ country: 'DE', basisPoints: 1_900 }]);
    await prices.givenList({ code: 'base-usd', currency: 'USD', taxIncluded: false });
    await prices.givenList({ code: 'web-eur', scope: 'CHANNEL', channel: 'web' });
    await prices.givenList({ code: 'gold', scope: 'GROUP', subject: 'gold' });
    await prices.givenPrices('base-eur', { [both]: 1_000, [special]: 1_000 });
    await prices.givenPrices('base-usd', { [both]: 1_000 });
    await prices.givenPrices('web-eur', { [special]: 700 });
    await prices.givenPrices('gold', { [both]: 1, [none]: 1 });
    const nothing = { variantIds: [], productIds: [], categoryIds: [], labels: [] };
    const target = { ...nothing, variantIds: [special], exclude: nothing };
    await prices.givenPromotion({ effect: { kind: 'PERCENT', target, basisPoints: 1_000 } });
    expect(await anonymousPrices('web', [both, special, none, 'no id', both])).toEqual([
      { variantId: both, currency: 'EUR', grossMinor: 1_000 },
      { variantId: special, currency: 'EUR', grossMinor: 630 },
      { variantId: both, currency: 'USD', grossMinor: 1_190 },
    ]);
    expect(await anonymousPrices('nowhere', [both])).toEqual([]);
  });

  test('takes one statement a currency and one for the channel, however many variants', async () => {
    const ids = Array.from({ length: 1_000 }, newId);
    await prices.givenPrices('base-eur', Object.fromEntries(ids.map((id) => [id, 100])));
    await anonymousPrices('web', ids.slice(0, 1));
    statements.length = 0;
    expect(await anonymousPrices('web', ids)).toHaveLength(1_000);
    expect(statements).toHaveLength(3);
  });

  test('takes at most 1,000 variants', async () => {
    await expect(anonymousPrices('web', Array.from({ length: 1_001 }, newId))).rejects.toThrow(
      'variantIds takes at most 1000 entries',
    );
  });
});
