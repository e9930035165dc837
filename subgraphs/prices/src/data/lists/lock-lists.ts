import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { PriceList } from '../../domain/lists/price-list.ts';
import { selectLists } from './find-lists.ts';

/** Names the lock under which lists themselves are changed. */
const LISTS_LOCK = sql`hashtext('prices.price_lists')`;

/** Names the lock of what derives from what: changed by one, relied upon by all who lock a list with those that derive from it. */
const CHAINS_LOCK = sql`hashtext('prices.price_lists.chain')`;

/**
 * Has all others that change lists themselves wait until the transaction ends: two changes at once could make a cycle that neither would alone.
 * Prices of lists are written meanwhile. The first lock of all: then that of the chains, the list, those that derive from it, the clock of changes.
 */
export async function lockListChanges(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${LISTS_LOCK})`);
}

/**
 * Has all writers of prices wait until the transaction ends, too: for a list that gets another parent. Who writes prices of the parent at the same
 * moment would else not see that the list follows them.
 */
export async function lockChains(tx: Tx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${CHAINS_LOCK})`);
}

/**
 * The list, locked until the transaction ends, as long as which what derives from what stays as it is: whoever changes a list or its prices goes
 * through here.
 */
export async function lockPriceList(tx: Tx, code: string): Promise<PriceList | null> {
  if (code.includes('\0')) return null;
  // A statement of its own: the next sees all that was committed before the lock was given.
  await tx.execute(sql`select pg_advisory_xact_lock_shared(${CHAINS_LOCK})`);
  const [list] = await selectLists(tx, sql`l.code = ${code} for no key update of l`);
  return list ?? null;
}

/**
 * Lists that derive from a locked one, directly or through others, locked in the order of how far they are from it and then of their id: a list
 * is always locked before those that derive from it, so that two writers never wait for each other.
 */
export const lockDescendants = (tx: Tx, id: string): Promise<PriceList[]> =>
  selectLists(
    tx,
    sql`l.chain @> array[${id}::uuid] and l.parent_id is not null and l.price_list_id <> ${id}::uuid
      order by array_position(l.chain, ${id}::uuid), l.price_list_id for no key update of l`,
  );

/** Raises the revisions of locked lists. Their own versions and the moment since which they are as they are stay. */
export async function raiseRevisions(tx: Tx, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.execute<{ id: string; revision: string }>(sql`
    update prices.price_lists set revision = revision + 1
    where price_list_id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)
    returning price_list_id as id, revision`);
  return new Map(rows.map(({ id, revision }) => [id, Number(revision)]));
}
