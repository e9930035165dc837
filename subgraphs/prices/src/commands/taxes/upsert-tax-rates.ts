import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { findRatesOf, lockTaxes, writeTaxRates } from '../../data/taxes/tax-rates.ts';
import { decideTaxRates } from '../../domain/taxes/decide-tax-rates.ts';
import type { TaxRate } from '../../domain/taxes/tax-provider.ts';
import { announceEngine } from '../announce/announce-engine.ts';

const MAX_RATES = 300;

/**
 * Sets tax rates, all or nothing, in one transaction, as services and the seed do. Repeating it changes nothing.
 * @returns how many rates differed.
 * @throws GraphQLError BAD_USER_INPUT naming the first rate that breaks a rule.
 */
export async function upsertTaxRates(db: Database, rates: readonly TaxRate[]): Promise<number> {
  if (rates.length > MAX_RATES) throw badInput(`At most ${MAX_RATES} rates a call.`, ['input', 'rates']);
  const changes = rates.map((rate) => ({ ...rate, expectedVersion: null }));
  return inTransaction(db, async (tx) => {
    await lockTaxes(tx);
    const kept = await findRatesOf(tx, [...new Set(rates.map(({ country }) => country))]);
    const decisions = decideTaxRates(kept, changes);
    for (const [index, decision] of decisions.entries())
      if (decision.status === 'REJECTED')
        throw badInput(decision.message, ['input', 'rates', String(index), decision.field]);

    const differing = changes.filter((_, index) => decisions[index]!.status === 'SET');
    if (differing.length === 0) return 0;
    await writeTaxRates(tx, differing);
    await announceEngine(tx, null);
    return differing.length;
  });
}
