import { priceLists, prices } from '@kontor/drizzle/prices/tables.ts';
import type { Db, Tx } from '@kontor/kit/src/database.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { PriceList, PriceListDraft, PriceListScope } from '../domain/price-list.ts';

const NOW = sql`prices.app_now()`;

const columns = {
  id: priceLists.priceListId,
  code: priceLists.code,
  scope: sql<PriceListScope>`${priceLists.scope}`,
  channel: priceLists.channelCode,
  currency: priceLists.currency,
  taxIncluded: priceLists.taxIncluded,
  revision: priceLists.revision,
};

/** Lists in the order of their code. */
export const findPriceLists = (db: Db | Tx, limit: number): Promise<PriceList[]> =>
  db.select(columns).from(priceLists).orderBy(asc(priceLists.code)).limit(limit);

/** The lists that exist, in no order. @param ids UUIDs. */
export const findPriceListsById = (db: Db | Tx, ids: readonly string[]): Promise<PriceList[]> =>
  db
    .select(columns)
    .from(priceLists)
    .where(inArray(priceLists.priceListId, [...ids]));

/** A list by code; null when there is none. */
export async function findPriceList(db: Db | Tx, code: string): Promise<PriceList | null> {
  const [list] = await db.select(columns).from(priceLists).where(eq(priceLists.code, code));
  return list ?? null;
}

/** The list, locked until the transaction ends: whoever changes a list or its prices goes through here. */
export async function lockPriceList(tx: Tx, code: string): Promise<PriceList | null> {
  const [list] = await tx.select(columns).from(priceLists).where(eq(priceLists.code, code)).for('update');
  return list ?? null;
}

/** All lists, locked in the order of their id: two that lock several would wait for each other otherwise. */
export const lockAllPriceLists = (tx: Tx): Promise<PriceList[]> =>
  tx.select(columns).from(priceLists).orderBy(asc(priceLists.priceListId)).for('update');

/** Makes a list at revision 1 unless its code is taken. @returns null when it is. */
export async function insertPriceList(tx: Tx, draft: PriceListDraft): Promise<PriceList | null> {
  const [list] = await tx
    .insert(priceLists)
    .values({ ...toRow(draft), priceListId: newId(), code: draft.code, revision: 1, updatedAt: NOW })
    .onConflictDoNothing({ target: priceLists.code })
    .returning(columns);
  return list ?? null;
}

/** Changes a locked list and raises its revision. */
export async function updatePriceList(tx: Tx, id: string, draft: PriceListDraft): Promise<PriceList> {
  const [list] = await tx
    .update(priceLists)
    .set({ ...toRow(draft), revision: sql`${priceLists.revision} + 1`, updatedAt: NOW })
    .where(eq(priceLists.priceListId, id))
    .returning(columns);
  return list!;
}

/** Raises the revisions of locked lists. @returns them as they are now, in no order. */
export const raiseRevisions = (tx: Tx, ids: readonly string[]): Promise<PriceList[]> =>
  tx
    .update(priceLists)
    .set({ revision: sql`${priceLists.revision} + 1`, updatedAt: NOW })
    .where(inArray(priceLists.priceListId, [...ids]))
    .returning(columns);

/** Whether a list holds any price. */
export async function holdsPrices(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx
    .select({ one: sql`1` })
    .from(prices)
    .where(eq(prices.priceListId, id))
    .limit(1);
  return rows.length > 0;
}

const toRow = ({ scope, channel, currency, taxIncluded }: PriceListDraft) => ({
  scope,
  channelCode: channel,
  currency,
  taxIncluded,
});

/** The code of the base list of a currency; null when there is none. */
export async function findBaseCode(tx: Tx, currency: string): Promise<string | null> {
  const [list] = await tx
    .select({ code: priceLists.code })
    .from(priceLists)
    .where(and(eq(priceLists.scope, 'BASE'), eq(priceLists.currency, currency)));
  return list?.code ?? null;
}
