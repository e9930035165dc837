import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { recordPriceChanges } from '../data/price-changes.ts';
import { lockAllPriceLists, raiseRevisions } from '../data/price-lists.ts';
import { writeTaxRates } from '../data/tax-rates.ts';
import type { TaxRate } from '../domain/tax-rate.ts';
import { emitPricesChanged } from './emit-prices-changed.ts';

/**
 * Sets tax rates by country, in one transaction; `taxRatesFault` has passed them. When one differs, every list shows other prices
 * than before: all revisions grow and each list's event says so.
 * @returns how many rates differed.
 */
export function upsertTaxRates(db: Database, rates: readonly TaxRate[]): Promise<number> {
  return inTransaction(db, async (tx) => {
    const changedCount = await writeTaxRates(tx, rates);
    if (changedCount === 0) return 0;
    const locked = await lockAllPriceLists(tx);
    const raised = await raiseRevisions(
      tx,
      locked.map((list) => list.id),
    );
    for (const list of raised) await emitPricesChanged(tx, list, []);
    await recordPriceChanges(tx, null);
    return changedCount;
  });
}
