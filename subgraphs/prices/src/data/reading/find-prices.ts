import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import type { PricesFound } from '../../domain/prices-found.ts';
import type { PriceScope } from '../../domain/pricing-context.ts';
import type { EngineCache } from '../../domain/engine.ts';
import { decodeCandidates, decodeContext, decodeFacts, decodeTaxes } from './decode-prices.ts';
import { readPrices } from './read-prices.ts';

/** Prices and the engine are read by statements of their own: so often they are read again until they are of one moment. */
const MAX_TRIES = 3;

/** From where prices are read: the context of a request is one. */
export interface PriceSource {
  readonly db: Pick<Database, 'sql'>;
  readonly engines: EngineCache;
}

/** What is asked: prices of variants in a scope. What is no UUID is left out. */
export interface PricesQuery {
  readonly scope: PriceScope;
  readonly variantIds: readonly string[];
}

/**
 * Finds all that selecting prices needs, for any number of variants, by one statement; one more where something of the engine changed since this process
 * last asked. Variants are answered by their id in lower case.
 * @returns null when the channel is not known here.
 */
export async function findPrices(
  { db, engines }: PriceSource,
  { scope, variantIds }: PricesQuery,
): Promise<PricesFound | null> {
  const ids = [...new Set(variantIds.filter(isId).map((id) => id.toLowerCase()))];
  for (let attempt = 1; ; attempt += 1) {
    const row = await readPrices(db.sql, scope, ids);
    if (!row) return null;
    const engine = await engines.at(Number(row.engine_revision));
    // A newer engine than the prices were read with would mix two moments. Where it changes faster than it is read, that is so for once.
    if (engine.revision !== Number(row.engine_revision) && attempt < MAX_TRIES) continue;
    return {
      context: decodeContext(row, scope),
      byVariant: decodeCandidates(row, ids),
      facts: decodeFacts(row, ids, engine.ancestorsOf),
      taxTable: decodeTaxes(row),
      engine,
    };
  }
}
