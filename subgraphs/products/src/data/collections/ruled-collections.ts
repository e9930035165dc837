import type { Tx } from '@kontor/kit/src/database.ts';
import { sql } from 'drizzle-orm';
import type { RuledCollection } from './memberships.ts';

/** A collection by rule whose row is locked. */
export interface LockedRule extends RuledCollection {
  readonly handle: string;
  readonly version: number;
}

/** All collections by rule, in the order of their handles. */
export async function findRuledCollections(tx: Tx): Promise<RuledCollection[]> {
  const rows = await tx.execute<RuledCollection & Record<string, unknown>>(sql`
    select collection_id as "collectionId", rule from products.collections where rule is not null order by handle`);
  return rows.map(({ collectionId, rule }) => ({ collectionId, rule }));
}

/**
 * Locks those of the collections whose rule is still the one that was asked, in the order of their handles. Of the others nothing may be
 * written: who changed the rule has the whole catalogue decided by the new one.
 */
export async function lockUnchanged(tx: Tx, asked: readonly RuledCollection[]): Promise<LockedRule[]> {
  const rows = await tx.execute<LockedRule & { isSame: boolean } & Record<string, unknown>>(sql`
    select c.collection_id as "collectionId", c.handle, c.version, c.rule, c.rule is not distinct from w.rule as "isSame"
    from products.collections c join jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as w("collectionId" uuid, rule jsonb) on w."collectionId" = c.collection_id
    order by c.handle for no key update of c`);
  return rows.filter(({ isSame }) => isSame);
}

/** Locks a collection. @returns null when it is gone or hand-picked by now. */
export async function lockRuled(tx: Tx, collectionId: string): Promise<LockedRule | null> {
  const [row] = await tx.execute<LockedRule & Record<string, unknown>>(sql`
    select collection_id as "collectionId", handle, version, rule from products.collections where collection_id = ${collectionId} for no key update`);
  return row && row.rule !== null ? row : null;
}
