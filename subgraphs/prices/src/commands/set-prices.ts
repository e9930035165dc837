import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { recordPriceChanges } from '../data/price-changes.ts';
import { lockPriceList, raiseRevisions } from '../data/price-lists.ts';
import { writePrices } from '../data/prices.ts';
import { priceChangesFault, type PriceChange } from '../domain/price-change.ts';
import type { PriceList } from '../domain/price-list.ts';
import { emitPricesChanged } from './emit-prices-changed.ts';

/** Prices of one list as they shall be. */
export interface SetPrices {
  readonly priceListCode: string;
  readonly changes: readonly PriceChange[];
  /** How many changes a call may hold. */
  readonly maximum: number;
}

export type PricesOutcome =
  | { __typename: 'PricesChanged'; priceList: PriceList; changedCount: number }
  | ReturnType<typeof notFound>
  | ReturnType<typeof invalidInput>;

/**
 * Sets or removes prices of a list, all or nothing, in one transaction. Only rows that differ are written; when any is, the list's
 * revision grows by one and `prices.prices.changed` names the variants. Repeating it changes nothing.
 */
export async function setPrices(db: Database, { priceListCode, changes, maximum }: SetPrices): Promise<PricesOutcome> {
  const fault = priceChangesFault(changes, maximum);
  if (fault) return invalidInput(fault.code, fault.message, fault.path);
  return inTransaction(db, async (tx): Promise<PricesOutcome> => {
    // The list first: writers of one list queue here, so that none waits for the rows of another.
    const list = await lockPriceList(tx, priceListCode);
    if (!list) return notFound(`There is no price list "${priceListCode}".`, ['input', 'priceListCode']);
    const variantIds = await writePrices(tx, list.id, changes);
    if (variantIds.length === 0) return { __typename: 'PricesChanged', priceList: list, changedCount: 0 };
    const [raised] = await raiseRevisions(tx, [list.id]);
    await emitPricesChanged(tx, raised!, variantIds);
    await recordPriceChanges(tx, variantIds);
    return { __typename: 'PricesChanged', priceList: raised!, changedCount: variantIds.length };
  });
}
