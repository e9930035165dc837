import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { versionConflict } from '@kontor/kit/src/errors.ts';
import { lockTaxes } from '../../data/taxes/tax-rates.ts';
import { findTaxSettingsOf, writeTaxSettings, type TaxSettings } from '../../data/taxes/tax-settings.ts';
import type { TaxRounding } from '../../domain/taxes/tax-provider.ts';
import { announceEngine } from '../announce/announce-engine.ts';

/** How a country shall round. */
export interface SetTaxSettings {
  readonly country: string;
  readonly rounding: TaxRounding;
  /** The version that was read, 0 for none; null takes whatever there is. */
  readonly expectedVersion: number | null;
}

export type TaxSettingsOutcome =
  { readonly __typename: 'TaxSettingsSaved'; readonly settings: TaxSettings } | ReturnType<typeof versionConflict>;

/** Sets how a country rounds, in one transaction. Setting what is so already changes nothing and tells nobody. */
export function setTaxSettings(db: Database, input: SetTaxSettings): Promise<TaxSettingsOutcome> {
  const { country, rounding, expectedVersion } = input;
  return inTransaction(db, async (tx): Promise<TaxSettingsOutcome> => {
    await lockTaxes(tx);
    const before = await findTaxSettingsOf(tx, country);
    if (expectedVersion !== null && expectedVersion !== before.version)
      return versionConflict(`How ${country} rounds tax`, before.version);
    if (before.rounding === rounding) return { __typename: 'TaxSettingsSaved', settings: before };
    const settings = { country, rounding, version: before.version + 1 };
    await writeTaxSettings(tx, settings);
    await announceEngine(tx, null);
    return { __typename: 'TaxSettingsSaved', settings };
  });
}
