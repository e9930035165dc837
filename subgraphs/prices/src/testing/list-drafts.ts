import type { Database } from '@kontor/kit/src/database.ts';
import type { SetPriceList } from '../commands/lists/set-price-list.ts';
import { setPriceList } from '../commands/lists/set-price-list.ts';
import { setPrices, type SetPrices } from '../commands/lists/set-prices.ts';
import type { PricesChangedPayload } from '../commands/announce/announce-prices.ts';
import type { PriceChange } from '../domain/lists/price-change.ts';
import type { Adjustment, PriceList, PriceRounding } from '../domain/lists/price-list.ts';

/** A list for everybody in euros, in force at once, but for what is said. */
export const listDraft = (code: string, more: Partial<SetPriceList> = {}): SetPriceList => ({
  code,
  name: code,
  scope: 'BASE',
  subject: null,
  channel: null,
  currency: 'EUR',
  taxIncluded: true,
  validity: null,
  derivation: null,
  isDraft: false,
  expectedVersion: null,
  ...more,
});

/** A list of a group of its own that derives from another; ten percent dearer, but for what is said. */
export const derivedDraft = (
  code: string,
  parentCode: string,
  adjustment: Adjustment = { kind: 'PERCENT', basisPoints: 1_000 },
  rounding: PriceRounding | null = null,
): SetPriceList => listDraft(code, { scope: 'GROUP', subject: code, derivation: { parentCode, adjustment, rounding } });

/** A price from one unit on, but for what is said; null removes it. */
export const priceChange = (
  variantId: string,
  amountMinor: number | null,
  more: Partial<PriceChange> = {},
): PriceChange => ({ variantId, minQuantity: 1, amountMinor, amountMicros: 0, compareAtMinor: null, ...more });

/** Saves a list. @throws Error when it is refused. */
export async function savedList(db: Database, draft: SetPriceList): Promise<PriceList> {
  const outcome = await setPriceList(db, draft);
  if (outcome.__typename !== 'PriceListSaved') throw new Error(outcome.message);
  return outcome.priceList;
}

/** Sets prices. @throws Error when the call is refused. */
export async function changedPrices(
  db: Database,
  priceListCode: string,
  changes: readonly PriceChange[],
  more: Partial<SetPrices> = {},
) {
  const outcome = await setPrices(db, { priceListCode, changes, maximum: 5_000, ...more });
  if (outcome.__typename !== 'PricesChanged') throw new Error(outcome.message);
  return outcome;
}

/** What was told of prices so far, in its order. */
export async function toldPrices({ sql }: Database): Promise<PricesChangedPayload[]> {
  const rows = await sql<{ payload: PricesChangedPayload }[]>`
    select payload from prices.outbox where topic = 'prices.prices.changed' order by seq`;
  return rows.map(({ payload }) => payload);
}

/** The variants of all changes that were recorded, each row a list of them; null for any. */
export async function recordedChanges({ sql }: Database): Promise<(string[] | null)[]> {
  const rows = await sql<{ ids: string[] | null }[]>`
    select variant_ids as ids from prices.price_changes order by change_number`;
  return rows.map(({ ids }) => ids);
}
