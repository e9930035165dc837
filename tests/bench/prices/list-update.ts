import { newId } from '@kontor/kit/src/ids.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { setPrices } from '@kontor/prices/src/commands/lists/set-prices.ts';
import type { Figure } from '../report.ts';
import type { PriceWorld } from './world.ts';

const SCENARIO = '12 prices';
const LIST = 'base-eur';
const ROWS = 20_000;
const ROWS_PER_CALL = 5_000;
const TURNS = 5;

const calls = (variantIds: readonly string[]): string[][] =>
  Array.from({ length: ROWS / ROWS_PER_CALL }, (_, call) =>
    variantIds.slice(call * ROWS_PER_CALL, (call + 1) * ROWS_PER_CALL),
  );

/** Gives every variant another price by the command: history, revision, events and the record of changes included. */
async function updateByCommand(db: Database, variantIds: readonly string[], amountMinor: number): Promise<void> {
  for (const ids of calls(variantIds)) {
    const changes = ids.map((variantId) => ({
      ...{ variantId, minQuantity: 1, amountMinor, amountMicros: 0, compareAtMinor: null },
    }));
    const outcome = await setPrices(db, { priceListCode: LIST, changes, maximum: ROWS_PER_CALL });
    if (outcome.__typename !== 'PricesChanged' || outcome.changedCount !== ids.length)
      throw new Error('every price becomes another');
  }
}

/** The same rows and nothing else: one bare statement a call. */
async function updateBarely({ sql }: Database, variantIds: readonly string[], amountMinor: number): Promise<void> {
  for (const ids of calls(variantIds))
    await sql`
      update prices.prices p set amount_minor = ${amountMinor}
      from prices.price_lists l, unnest(${`{${ids.join()}}`}::text::uuid[]) as i(variant_id)
      where l.code = ${LIST} and p.price_list_id = l.price_list_id and p.variant_id = i.variant_id and p.min_quantity = 1`;
}

const median = (values: number[]): number => values.sort((one, other) => one - other)[Math.floor(values.length / 2)]!;

/** 20,000 prices of a list that all change, in four calls of 5,000; held against as many bare updates, one after the other in turns. */
export async function listUpdateFigures(
  { db, given, settle }: PriceWorld,
  note: (figure: Figure) => void,
): Promise<void> {
  const variantIds = Array.from({ length: ROWS }, newId);
  await given.givenPrices(LIST, Object.fromEntries(variantIds.map((id) => [id, 1])));
  await settle();
  const seconds: { command: number[]; bare: number[] } = { command: [], bare: [] };
  const timed = async (work: Promise<void>) => {
    const startedAt = performance.now();
    await work;
    return (performance.now() - startedAt) / 1_000;
  };
  for (let turn = 0; turn < TURNS; turn += 1) {
    seconds.bare.push(await timed(updateBarely(db, variantIds, 2 * turn + 2)));
    seconds.command.push(await timed(updateByCommand(db, variantIds, 2 * turn + 3)));
  }
  const [command, bare] = [median(seconds.command), median(seconds.bare)];
  const figure = (what: string, value: number, unit: string, floor: number, goal: string) =>
    note({
      ...{ scenario: SCENARIO, what, value, unit, goal },
      floor: { value: floor, what: 'bare updates of the same rows, without history, events and record' },
    });
  figure(`${ROWS.toLocaleString('en')} changed prices of a list, in 4 calls`, command, 's', bare, '≤ 2 s');
  figure('the same, rows a second', ROWS / command, '/s', ROWS / bare, '');
}
