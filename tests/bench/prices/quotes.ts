import { createTableTaxes } from '@kontor/prices/src/domain/taxes/table-taxes.ts';
import { createEngineCache } from '@kontor/prices/src/engine-cache.ts';
import { answerQuote } from '@kontor/prices/src/quotes/answer-quote.ts';
import { createQuoteKeys } from '@kontor/prices/src/quotes/quote-keys.ts';
import { toQuoteRequest } from '@kontor/prices/src/quotes/quote-request.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { Figure } from '../report.ts';
import { costOf } from './cpu.ts';
import type { Assortment, PriceWorld } from './world.ts';

const SCENARIO = '12 prices';
const LINES = 50;
const ZONE = { countries: [], regions: [], postalPrefixes: [], freeFromMinor: null, maxGrams: null };

/** Two ways of sending, which promotions may make free. */
export async function fillShipping({ given }: PriceWorld): Promise<void> {
  for (const [position, amountMinor] of [490, 1_290].entries())
    await given.givenShipping({
      code: `option-${position}`,
      position,
      zones: [{ ...ZONE, basis: 'FLAT', brackets: [{ from: 0, amountMinor }] }],
    });
}

/** A cart of 50 lines, asked for with a token or without. @returns how to ask for one after the other, each of other variants */
function createQuoting(db: Database, { variantIds, scope }: Assortment) {
  const quoting = {
    db,
    clock: { now: () => new Date() },
    engines: createEngineCache(db),
    taxes: createTableTaxes(),
    quoteKey: createQuoteKeys(db),
  };
  const requestOf = (from: number, quoteToken: string | null) =>
    toQuoteRequest({
      channel: scope.channel,
      buyer: { groups: [...scope.buyer.groups] },
      lines: variantIds.slice(from, from + LINES).map((variantId, index) => ({
        lineId: String(index),
        variantId,
        quantity: 1 + (index % 4),
      })),
      quoteToken,
    });
  return async (from: number, quoteToken: string | null = null) => {
    const answer = await answerQuote(quoting, requestOf(from, quoteToken));
    if (answer.token === null) throw new Error('a line has no price');
    return answer;
  };
}

/**
 * A cart of 50 lines with all promotions of a world: asked for, and honoured by a token. All that a process spends on it, from the question to
 * the signed answer; PostgreSQL is another process.
 */
export async function quoteFigures(
  { db, open }: PriceWorld,
  assortment: Assortment,
  { measureMs, promotions, note }: { measureMs: number; promotions: number; note: (figure: Figure) => void },
): Promise<void> {
  const quote = createQuoting(db, assortment);
  let round = 0;
  const next = () => (round = (round + LINES) % (assortment.variantIds.length - LINES));
  const figure = (what: string, value: number, unit: string, goal: string) =>
    note({ scenario: SCENARIO, what: `a cart of ${LINES} lines, ${what}`, value, unit, floor: null, goal });

  const fresh = await costOf(measureMs, async () => void (await quote(next())));
  figure(`${promotions} promotions, Node CPU`, fresh.cpuMs, 'ms', '≤ 5 ms');
  const { token } = await quote(0);
  const honoured = await costOf(measureMs / 2, async () => void (await quote(0, token)));
  figure('honoured by its token, Node CPU', honoured.cpuMs, 'ms', '');

  let statements = 0;
  const counted = createQuoting(open({ max: 1, onQuery: () => (statements += 1) }), assortment);
  await counted(0);
  statements = 0;
  await counted(0);
  figure('statements without codes', statements, '', '1');
}
