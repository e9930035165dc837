import type { Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { CollectionRule } from '../../domain/collections/collection-rule.ts';
import { factsOf, productFacts, ruleSql } from './rule-sql.ts';

/** A collection that goes by a rule. */
export interface RuledCollection {
  readonly collectionId: string;
  readonly rule: CollectionRule;
}

/** A product that a collection by rule has to take in or let go. */
export interface MembershipChange {
  readonly collectionId: string;
  readonly productId: string;
  /** Its place when it is taken in; null when it goes. */
  readonly position: number | null;
}

const idsOf = (ids: readonly string[]): SQL =>
  sql`select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid`;

/** Newest first, in seconds, as far as the column reaches. */
const position = sql`greatest(-extract(epoch from f.created_at), -2147483647)::int`;

/**
 * Asks all rules of some products, in one statement.
 * @returns where what the collections hold differs from what the rules say, in no order.
 */
export async function findMembershipChanges(
  tx: Tx,
  collections: readonly RuledCollection[],
  productIds: readonly string[],
): Promise<MembershipChange[]> {
  if (collections.length === 0 || productIds.length === 0) return [];
  const rules = collections.map(({ rule }) => rule);
  const chosen = sql`select id as product_id from (${idsOf(productIds)}) as listed(id)`;
  const members = sql.join(
    collections.map(({ collectionId, rule }) => sql`case when ${ruleSql(rule)} then ${collectionId}::uuid end`),
    sql`, `,
  );
  const rows = await tx.execute<MembershipChange & Record<string, unknown>>(sql`
    with facts as materialized (${productFacts(chosen, factsOf(rules))}),
    wanted as materialized (
      select m.collection_id, f.product_id, ${position} as position from facts f cross join lateral unnest(array[${members}]) as m(collection_id) where m.collection_id is not null),
    held as materialized (
      select cp.collection_id, cp.product_id from products.collection_products cp
      where cp.product_id in (${idsOf(productIds)}) and cp.collection_id in (${idsOf(collections.map(({ collectionId }) => collectionId))}))
    select coalesce(w.collection_id, h.collection_id) as "collectionId", coalesce(w.product_id, h.product_id) as "productId", w.position
    from wanted w full join held h on h.collection_id = w.collection_id and h.product_id = w.product_id
    where w.collection_id is null or h.collection_id is null`);
  return [...rows];
}

/** Takes products in and lets products go, of locked collections. */
export async function writeMemberships(tx: Tx, changes: readonly MembershipChange[]): Promise<void> {
  const left = changes.filter((change) => change.position === null);
  const entered = changes.filter((change) => change.position !== null);
  const columns = sql`as w("collectionId" uuid, "productId" uuid, position int)`;
  if (left.length > 0)
    await tx.execute(sql`
      delete from products.collection_products cp using jsonb_to_recordset(${JSON.stringify(left)}::jsonb) ${columns}
      where cp.collection_id = w."collectionId" and cp.product_id = w."productId"`);
  if (entered.length > 0)
    await tx.execute(sql`
      insert into products.collection_products (collection_id, product_id, position)
      select w."collectionId", w."productId", w.position from jsonb_to_recordset(${JSON.stringify(entered)}::jsonb) ${columns}
      order by 1, 2 on conflict on constraint collection_products_pkey do nothing`);
}
