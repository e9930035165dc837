import { run } from '@kontor/stack/src/operator.ts';
import { ask } from '@kontor/testkit/src/graph-client.ts';
import { expect, it } from 'vitest';
import { shopperWith, variantsOf } from '../shopper.ts';
import { demoKey, type System } from '../system.ts';

const SHOPPERS = 200;
const UNITS = 20;
const LEVELS = `query Levels($id: ID!) { stockLevels(variantId: $id) { location { id } available reserved committed onHand } }`;
const COUNT = `mutation Count($input: StockCountInput!) { stockCount(input: $input) { __typename ... on UserError { code message } } }`;
const VERIFY = `query Verify { verifyStock { levelCount differenceCount } }`;

interface Level {
  location: { id: string };
  available: number;
  reserved: number;
  committed: number;
  onHand: number;
}

/** Nothing is ever sold that is not there. */
export function race(system: () => System): void {
  it('places exactly 20 orders and answers OutOfStock 180 times when 200 shoppers race for the last 20 units', async () => {
    const web = system().url('web');
    const router = system().url('router');
    const staff = demoKey('router', 'staff');
    const variant = (await variantsOf(web, 'trail-lantern'))[0]!;
    const levels = async () =>
      (await ask<{ stockLevels: Level[] }>(router, LEVELS, { id: variant.id }, staff)).stockLevels;
    // Whatever other scenarios have bought, twenty units are on the shelf when the race begins.
    const [shelf] = await levels();
    const counted = await ask<{ stockCount: { __typename: string } }>(
      router,
      COUNT,
      {
        input: {
          variantId: variant.id,
          locationId: shelf!.location.id,
          // A count is of all that lies there, what is sold and not yet shipped included.
          countedQuantity: UNITS + shelf!.reserved + shelf!.committed,
          idempotencyKey: `race-${Date.now()}`,
        },
      },
      staff,
    );
    expect(counted.stockCount.__typename).toBe('StockChanged');
    const committedBefore = (await levels())[0]!.committed;

    const shoppers = await Promise.all(
      Array.from({ length: SHOPPERS }, () => shopperWith(web, [{ variantId: variant.id, quantity: 1 }])),
    );
    const outcomes = await Promise.all(shoppers.map((shopper) => shopper.checkout()));
    const tally = Object.fromEntries(
      Object.entries(Object.groupBy(outcomes, (outcome) => `${outcome.__typename} ${outcome.code ?? ''}`.trim())).map(
        ([name, all]) => [name, all!.length],
      ),
    );
    expect(tally).toEqual({ OrderPlaced: UNITS, 'OutOfStock OUT_OF_STOCK': SHOPPERS - UNITS });
    expect(outcomes.find((outcome) => outcome.__typename === 'OutOfStock')!.lines).toEqual([
      { variantId: variant.id, requested: 1, available: expect.any(Number) as number },
    ]);

    const after = await levels();
    expect(after).toEqual([expect.objectContaining({ available: 0, reserved: 0, committed: committedBefore + UNITS })]);
    const { verifyStock } = await ask<{ verifyStock: { levelCount: number; differenceCount: number } }>(
      router,
      VERIFY,
      {},
      staff,
    );
    expect(verifyStock.differenceCount).toBe(0);
    expect(verifyStock.levelCount).toBeGreaterThan(500);
    const { openCheckouts } = await run<{ openCheckouts: unknown[] }>(
      system().operator,
      'orders',
      '{ openCheckouts { checkoutId state } }',
    );
    expect(openCheckouts).toEqual([]);
  });
}
