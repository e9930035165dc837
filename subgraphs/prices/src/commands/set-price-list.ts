import { brokenConstraint, inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { invalidInput } from '@kontor/kit/src/errors.ts';
import { recordPriceChanges } from '../data/price-changes.ts';
import { holdsPrices, insertPriceList, lockPriceList, updatePriceList } from '../data/price-lists.ts';
import { priceListFault, type PriceList, type PriceListDraft } from '../domain/price-list.ts';
import { emitPricesChanged } from './emit-prices-changed.ts';

export type PriceListOutcome = { __typename: 'PriceListSaved'; priceList: PriceList } | ReturnType<typeof invalidInput>;

/**
 * Makes a price list, or changes the one of that code, in one transaction. Repeating it changes nothing: a list that is as asked for keeps
 * its revision and emits no event. Currency and tax mode are fixed once it holds a price.
 */
export async function setPriceList(db: Database, draft: PriceListDraft): Promise<PriceListOutcome> {
  const fault = priceListFault(draft);
  if (fault) return invalidInput(fault.code, fault.message, fault.path);
  try {
    return await inTransaction(db, (tx) => save(tx, draft));
  } catch (error) {
    if (brokenConstraint(error) !== 'price_lists_scope') throw error;
    const whom = draft.channel === null ? 'all channels' : `the channel ${draft.channel}`;
    return invalidInput('PRICE_LIST_EXISTS', `Another list prices ${draft.currency} for ${whom}.`, ['input', 'scope']);
  }
}

async function save(tx: Tx, draft: PriceListDraft): Promise<PriceListOutcome> {
  const made = await insertPriceList(tx, draft);
  // Nobody sees another price because of a list that holds none: no event.
  if (made) return { __typename: 'PriceListSaved', priceList: made };

  const list = (await lockPriceList(tx, draft.code))!;
  const sameAmounts = list.currency === draft.currency && list.taxIncluded === draft.taxIncluded;
  if (sameAmounts && list.scope === draft.scope && list.channel === draft.channel)
    return { __typename: 'PriceListSaved', priceList: list };
  // Certain under the list's lock: who writes prices holds it too.
  if (!sameAmounts && (await holdsPrices(tx, list.id)))
    return invalidInput(
      'PRICE_LIST_IN_USE',
      `The list ${list.code} holds prices in ${list.currency}: make another list for another currency or tax mode.`,
      ['input', list.currency === draft.currency ? 'taxIncluded' : 'currency'],
    );
  const changed = await updatePriceList(tx, list.id, draft);
  await emitPricesChanged(tx, changed, []);
  await recordPriceChanges(tx, null);
  return { __typename: 'PriceListSaved', priceList: changed };
}
