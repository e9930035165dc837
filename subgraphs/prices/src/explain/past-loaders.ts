import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import { lowestPriceOf, type PricePeriod } from '../domain/explain/price-periods.ts';
import type { PriceScope } from '../domain/pricing-context.ts';
import type { UnitPrice } from '../domain/unit-price.ts';
import { omnibusStart, type Past, type PastSource, periodsOf, readPast } from './read-past.ts';

const BATCH = 100;
const DAY_MICROS = 86_400_000_000;

/** The lowest price of thirty days. */
export interface LowestPrice {
  readonly price: UnitPrice;
  /** The days that were looked at; microseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

export interface PastLoaders {
  /** Null for what had no price in those days, and for what is no id. */
  lowestPrices(scope: PriceScope): DataLoader<string, LowestPrice | null>;
  /** What a unit cost in the last days, the newest period first; those without a price are left out. */
  priceHistory(scope: PriceScope, days: number): DataLoader<string, readonly PricePeriod<UnitPrice>[]>;
}

/** Loaders of one request that look back: two statements per scope and tick, however many variants. */
export function createPastLoaders(source: PastSource): PastLoaders {
  return {
    lowestPrices: byKey((scope: PriceScope) =>
      pastLoader(source, scope, omnibusStart, null, (past, id) =>
        lowestPriceOf(periodsOf(past, id, omnibusStart(past.now))),
      ),
    ),
    priceHistory: byKey((scope: PriceScope, days: number) => {
      const start = (now: number) => now - days * DAY_MICROS;
      return pastLoader(source, scope, start, [], (past, id) =>
        periodsOf(past, id, start(past.now))
          .filter(({ price }) => price !== null)
          .reverse(),
      );
    }),
  };
}

function pastLoader<Answer>(
  source: PastSource,
  scope: PriceScope,
  from: (now: number) => number,
  nothing: Answer,
  answer: (past: Past, variantId: string) => Answer,
): DataLoader<string, Answer> {
  return new DataLoader<string, Answer>(
    async (ids) => {
      const known = ids.map((id) => id.toLowerCase());
      const past = await readPast(source, scope, known.filter(isId), { from });
      return known.map((id) => (past && isId(id) ? answer(past, id) : nothing));
    },
    { maxBatchSize: BATCH },
  );
}

/** One loader for each distinct set of arguments. */
function byKey<Arguments extends readonly unknown[], Made>(
  make: (...of: Arguments) => Made,
): (...of: Arguments) => Made {
  const made = new Map<string, Made>();
  return (...of) => {
    const key = JSON.stringify(of);
    let known = made.get(key);
    if (known === undefined) made.set(key, (known = make(...of)));
    return known;
  };
}
