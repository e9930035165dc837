import type { Figure } from '../report.ts';
import { costOf } from './cpu.ts';
import { listUpdateFigures } from './list-update.ts';
import { createFloor, createListing } from './listing.ts';
import { promotionFigures } from './promotion-engine.ts';
import { fillShipping, quoteFigures } from './quotes.ts';
import { fillAssortment, fillPromotions, inPriceWorld } from './world.ts';

const SCENARIO = '12 prices';
const PROMOTIONS = 200;

/**
 * Scenario 12: what pricing costs. 72 variants in one context, without promotions and with 200; the same among 10,000 prices in 5 lists and among a million
 * in 500, by a buyer for whom five lists are in force in both; whole carts; a list of 20,000
 * prices that all change; and the promotions alone.
 */
export async function pricesScenario(measureMs: number, note: (figure: Figure) => void): Promise<void> {
  await inPriceWorld(async (open) => {
    const small = await open('small');
    const few = await fillAssortment(small, { variants: 2_000, lists: 5 });
    await small.settle();
    const floor = await costOf(measureMs / 4, createFloor(small.db, few));
    const plain = await costOf(measureMs / 2, createListing(small.db, few));
    const listing = (what: string, value: number, unit: string, goal: string, isFloored = true) =>
      note({
        scenario: SCENARIO,
        what: `72 variants, ${what}`,
        value,
        unit,
        floor: isFloored ? { value: floor.cpuMs, what: 'the driver with the rows of the prices alone' } : null,
        goal,
      });
    listing('Node CPU', plain.cpuMs, 'ms', '≤ 1.5 ms');

    const big = await open('big');
    const many = await fillAssortment(big, { variants: 2_000, lists: 500 });
    await big.settle();
    const growth = { what: 'the same among 10,000 prices in 5 lists', unit: 'ms', goal: '≤ 1.5×' };
    // One after the other in turns, so that whatever else the machine does meets both.
    const [here, there] = [createListing(small.db, few), createListing(big.db, many)];
    const among: { small: number[]; big: number[] } = { small: [], big: [] };
    for (let turn = 0; turn < 4; turn += 1) {
      among.small.push((await costOf(measureMs / 8, here)).wallMs);
      among.big.push((await costOf(measureMs / 8, there)).wallMs);
    }
    note({
      scenario: SCENARIO,
      what: '72 variants among 1,000,000 prices in 500 lists, p50',
      value: Math.min(...among.big),
      unit: growth.unit,
      floor: { value: Math.min(...among.small), what: growth.what },
      goal: growth.goal,
    });

    await fillPromotions(small, few, PROMOTIONS);
    const promoted = await costOf(measureMs / 2, createListing(small.db, few));
    listing(`${PROMOTIONS} promotions, Node CPU`, promoted.cpuMs, 'ms', '≤ 1.5 ms');
    let statements = 0;
    const counted = createListing(small.open({ max: 1, onQuery: () => (statements += 1) }), few);
    await counted();
    statements = 0;
    await counted();
    listing('statements', statements, '', '≤ 2', false);

    await fillShipping(small);
    await quoteFigures(small, few, { measureMs: measureMs / 2, promotions: PROMOTIONS, note });
    await listUpdateFigures(await open('updated'), note);
  });
  promotionFigures(note);
}
