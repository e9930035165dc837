import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { lockPriceList } from '../../data/lists/lock-lists.ts';
import { findCrowded, writePrices } from '../../data/lists/write-prices.ts';
import {
  MAX_TIERS,
  type PriceChange,
  type RejectedRow,
  sortByTiers,
  sortChanges,
} from '../../domain/lists/price-change.ts';
import type { PriceList } from '../../domain/lists/price-list.ts';
import { announcePrices } from '../announce/announce-prices.ts';

/** Prices of one list as they shall be. */
export interface SetPrices {
  readonly priceListCode: string;
  readonly changes: readonly PriceChange[];
  /** How many changes a call may hold. */
  readonly maximum: number;
  /** Whether a row that breaks a rule has the whole call refused; else the others are kept. */
  readonly isWhole?: boolean;
}

/** What became of a row. */
export interface PriceRow {
  readonly index: number;
  readonly status: 'SET' | 'UNCHANGED' | 'REMOVED' | 'REJECTED';
  readonly code: RejectedRow['code'] | null;
  readonly message: string | null;
}

export type PricesOutcome =
  | {
      readonly __typename: 'PricesChanged';
      readonly priceList: PriceList;
      readonly changedCount: number;
      /** One for each change, in its order. */
      readonly rows: PriceRow[];
    }
  | ReturnType<typeof notFound>
  | ReturnType<typeof invalidInput>;

/**
 * Sets or removes prices of a list, in one transaction. A row that breaks a rule is rejected, the others are kept, unless the call is whole. Only rows that differ are written;
 * when any is, the list's revision grows by one and `prices.prices.changed` names the variants. Repeating it changes nothing. Who reads
 * prices does not wait, and sees all of it or nothing.
 */
export async function setPrices(
  db: Database,
  { priceListCode, changes, maximum, isWhole = false }: SetPrices,
): Promise<PricesOutcome> {
  if (changes.length > maximum)
    return invalidInput('TOO_MANY_PRICES', `At most ${maximum} prices a call, not ${changes.length}.`, [
      'input',
      'prices',
    ]);
  const sorted = sortChanges(changes);
  if (isWhole && sorted.rejected.length > 0) return wholeRefused(sorted.rejected[0]!);
  return inTransaction(db, async (tx): Promise<PricesOutcome> => {
    // The list first: writers of one list queue here, so that none waits for the rows of another.
    const list = await lockPriceList(tx, priceListCode);
    if (!list) return notFound(`There is no price list "${priceListCode}".`, ['input', 'priceListCode']);
    const crowded = await findCrowded(tx, list.id, sorted.accepted, MAX_TIERS);
    const { accepted, rejected: superfluous } = sortByTiers(sorted.accepted, crowded);
    if (isWhole && superfluous.length > 0) return wholeRefused(superfluous[0]!);
    const rejected = [...sorted.rejected, ...superfluous];
    const written = await writePrices(tx, list.id, accepted);
    const rows = rowsOf(changes.length, accepted, rejected, new Map(written.map((row) => [keyOf(row), row.isRemoved])));
    if (written.length === 0) return { __typename: 'PricesChanged', priceList: list, changedCount: 0, rows };
    const variantIds = [...new Set(written.map(({ variantId }) => variantId))];
    const raised = await announcePrices(tx, list, variantIds);
    return { __typename: 'PricesChanged', priceList: raised, changedCount: written.length, rows };
  });
}

const wholeRefused = ({ code, message, index, field }: RejectedRow) =>
  invalidInput(code, message, ['input', 'prices', String(index), field]);

const keyOf = ({ variantId, minQuantity }: { variantId: string; minQuantity: number }) => `${variantId} ${minQuantity}`;

function rowsOf(
  count: number,
  accepted: readonly (PriceChange & { readonly index: number })[],
  rejected: readonly RejectedRow[],
  removedByKey: ReadonlyMap<string, boolean>,
): PriceRow[] {
  const rows = new Array<PriceRow>(count);
  for (const change of accepted) {
    const isRemoved = removedByKey.get(keyOf(change));
    const status = isRemoved === undefined ? 'UNCHANGED' : isRemoved ? 'REMOVED' : 'SET';
    rows[change.index] = { index: change.index, status, code: null, message: null };
  }
  for (const { index, code, message } of rejected) rows[index] = { index, status: 'REJECTED', code, message };
  return rows;
}
