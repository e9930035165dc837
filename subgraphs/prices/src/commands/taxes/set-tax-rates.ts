import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { findRatesOf, lockTaxes, writeTaxRates } from '../../data/taxes/tax-rates.ts';
import { decideTaxRates, type TaxRateChange, type TaxRateDecision } from '../../domain/taxes/decide-tax-rates.ts';
import { announceEngine } from '../announce/announce-engine.ts';

/** What became of each change, aligned with them. */
export interface TaxRatesChanged {
  readonly __typename: 'TaxRatesChanged';
  readonly changedCount: number;
  readonly decisions: readonly TaxRateDecision[];
}

export type TaxRatesOutcome = TaxRatesChanged | ReturnType<typeof invalidInput>;

const MAX_CHANGES = 1_000;

/**
 * Sets and removes tax rates in one transaction. A change that breaks a rule is rejected, the others are kept; only rates that differ are
 * written, and when any is, everybody hears that prices are others. Repeating it changes nothing.
 */
export async function setTaxRates(db: Database, changes: readonly TaxRateChange[]): Promise<TaxRatesOutcome> {
  if (changes.length > MAX_CHANGES)
    return invalidInput('TOO_MANY_RATES', `At most ${MAX_CHANGES} rates a call.`, ['input', 'rates']);
  return inTransaction(db, async (tx): Promise<TaxRatesOutcome> => {
    await lockTaxes(tx);
    const kept = await findRatesOf(tx, [...new Set(changes.map(({ country }) => country))]);
    const decisions = decideTaxRates(kept, changes);
    const differing = changes.filter((_, index) => isChange(decisions[index]!));
    if (differing.length > 0) {
      await writeTaxRates(tx, differing);
      await announceEngine(tx, null);
    }
    return { __typename: 'TaxRatesChanged', changedCount: differing.length, decisions };
  });
}

const isChange = ({ status }: TaxRateDecision): boolean => status === 'SET' || status === 'REMOVED';
