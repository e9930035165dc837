import { newId } from '@kontor/kit/src/ids.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createTableTaxes } from '../domain/taxes/table-taxes.ts';
import { createEngineCache } from '../engine-cache.ts';
import { openPrices, type OpenPrices } from '../testing/open-prices.ts';
import type { PastSource } from './read-past.ts';
import { simulatePrice, type Simulation, type SimulationQuestion } from './simulate-price.ts';

let prices: OpenPrices;
let source: PastSource;
const [cheap, dear, unknown] = [newId(), newId(), newId()].sort() as [string, string, string];

beforeAll(async () => {
  prices = await openPrices();
});
afterAll(() => prices.testDb.drop());
beforeEach(async () => {
  await prices.clear();
  source = { db: prices.db, engines: createEngineCache(prices.db), taxes: createTableTaxes() };
  await prices.givenPrices('base-eur', { [cheap]: 1000, [dear]: 5000 });
});

async function placed(
  lines: readonly (readonly [string, number])[],
  cart: { groups?: string[]; channel?: string } = {},
) {
  const orderId = newId();
  await prices.db.sql`
    insert into prices.placed_carts (order_id, placed_at, channel_code, currency, country, groups, lines)
    values (${orderId}, prices.app_now(), ${cart.channel ?? 'web'}, 'EUR', 'DE',
      array(select jsonb_array_elements_text(${JSON.stringify(cart.groups ?? [])}::text::jsonb)),
      ${JSON.stringify(lines.map(([variantId, quantity]) => ({ variantId, quantity })))}::text::jsonb)`;
  return orderId;
}
const simulate = (question: Partial<SimulationQuestion>) =>
  simulatePrice(source, { priceListCode: null, promotionCode: null, channel: null, cartCount: 100, ...question });

describe('simulatePrice', () => {
  test('prices placed carts as if a draft list were in force, for those whom it is for, and changes nothing', async () => {
    await prices.givenList({ code: 'vip-draft', scope: 'GROUP', subject: 'vip', activity: null });
    await prices.givenPrices('vip-draft', { [cheap]: 800 });
    const vip = await placed(
      [
        [cheap, 2],
        [dear, 1],
      ],
      { groups: ['vip'] },
    );
    await placed([[cheap, 2]]);
    await placed([[unknown, 1]]);
    const simulated = (await simulate({ priceListCode: 'vip-draft' })) as Simulation;
    expect(simulated).toMatchObject({
      pricedCount: 2,
      unpricedCount: 1,
      changedCount: 1,
      totals: [{ currency: 'EUR', before: { minorUnits: 9000 }, after: { minorUnits: 8600 } }],
    });
    expect(simulated.carts).toMatchObject([
      {
        orderId: vip,
        before: { minorUnits: 7000 },
        after: { minorUnits: 6600 },
        lines: [{ variantId: cheap, quantity: 2, before: { minorUnits: 2000 }, after: { minorUnits: 1600 } }],
      },
    ]);
    expect(await simulate({ priceListCode: 'vip-draft' })).toEqual(simulated);
  });

  test('puts a draft in the place of the list that it would push out', async () => {
    await prices.givenList({ code: 'next-season', activity: null });
    await prices.givenPrices('next-season', { [cheap]: 1200, [dear]: 5000 });
    await placed([[cheap, 1]]);
    expect(await simulate({ priceListCode: 'next-season' })).toMatchObject({
      totals: [{ before: { minorUnits: 1000 }, after: { minorUnits: 1200 } }],
    });
  });

  test('tries a draft of a promotion, with its code known to all, in one channel alone', async () => {
    const none = { variantIds: [], productIds: [], categoryIds: [], labels: [] };
    await prices.givenPromotion({
      code: 'ten',
      activity: null,
      needsCode: true,
      effect: { kind: 'CART_PERCENT', target: { ...none, exclude: none }, basisPoints: 1000 },
    });
    await prices.givenChannel('mobile', ['EUR'], ['DE']);
    await placed([
      [cheap, 1],
      [dear, 1],
    ]);
    await placed([[dear, 1]], { channel: 'mobile' });
    expect(await simulate({ promotionCode: 'ten', channel: 'web' })).toMatchObject({
      pricedCount: 1,
      totals: [{ before: { minorUnits: 6000 }, after: { minorUnits: 5400 } }],
    });
  });

  test('refuses a code of nothing, both at once and a count out of bounds', async () => {
    expect(await simulate({ priceListCode: 'nowhere' })).toMatchObject({ __typename: 'NotFound' });
    expect(await simulate({ promotionCode: 'nothing' })).toMatchObject({ __typename: 'NotFound' });
    expect(await simulate({})).toMatchObject({ code: 'NOTHING_TO_SIMULATE' });
    await expect(simulate({ priceListCode: 'base-eur', cartCount: 501 })).rejects.toThrow('carts is from 1 to 500.');
  });
});
