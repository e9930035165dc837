import type { PriceScope } from '../domain/pricing-context.ts';
import { unitPriceOf, type UnitPrice } from '../domain/unit-price.ts';
import { readWithTaxes, type PricingSource } from '../price-readers.ts';

/** One statement takes at most so many variants. */
const MAX_VARIANTS = 2_000;
/** So many scopes are read at the same time: a change of everything makes every signed-in subscriber's be read. */
const MAX_READING = 4;

/** Reads prices for subscribers: those who ask in the same scope before it is its turn share statements, nothing is remembered. */
export interface LiveReader {
  /** What one unit costs in a scope, read behind the call; variants without a price are absent. @param variantIds in lower case. */
  read(scope: PriceScope, variantIds: readonly string[]): Promise<ReadonlyMap<string, UnitPrice>>;
}

interface Wanted {
  readonly scope: PriceScope;
  readonly variantIds: Set<string>;
  readonly answer: PromiseWithResolvers<ReadonlyMap<string, UnitPrice>>;
}

/** Makes the reader of a process. */
export function createLiveReader(source: PricingSource): LiveReader {
  /** By scope, in the order in which they were first asked for. */
  const waiting = new Map<string, Wanted>();
  let readingCount = 0;

  const beginNext = () => {
    const next = waiting.entries().next();
    if (next.done || readingCount >= MAX_READING) return;
    const [key, { scope, variantIds, answer }] = next.value;
    waiting.delete(key);
    readingCount += 1;
    const done = () => {
      readingCount -= 1;
      beginNext();
    };
    findUnitPrices(source, scope, [...variantIds])
      .then(answer.resolve, answer.reject)
      .finally(done);
  };

  return {
    read(scope, variantIds) {
      const key = JSON.stringify(scope);
      let wanted = waiting.get(key);
      if (!wanted) {
        wanted = { scope, variantIds: new Set(), answer: Promise.withResolvers() };
        waiting.set(key, wanted);
        // Who was told of the same change asks in this turn, too.
        setImmediate(beginNext);
      }
      for (const variantId of variantIds) wanted.variantIds.add(variantId);
      return wanted.answer.promise;
    },
  };
}

async function findUnitPrices(
  source: PricingSource,
  scope: PriceScope,
  variantIds: readonly string[],
): Promise<Map<string, UnitPrice>> {
  const prices = new Map<string, UnitPrice>();
  for (let from = 0; from < variantIds.length; from += MAX_VARIANTS) {
    const batch = variantIds.slice(from, from + MAX_VARIANTS);
    const read = await readWithTaxes(source, scope, batch);
    if (!read) break;
    for (const variantId of batch) {
      const price = unitPriceOf(read.found, variantId, 1, read.taxes);
      if (price) prices.set(variantId, price);
    }
  }
  return prices;
}
