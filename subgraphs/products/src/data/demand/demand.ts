import type { Tx } from '@kontor/kit/src/database.ts';
import { sql, type SQL } from 'drizzle-orm';
import type { PairScore, ProductScore } from '../../domain/demand/ordered-products.ts';

/** So many pairs are kept of a product; twice as many are allowed before the weakest go, so that not every order has to look. */
const PAIRS_KEPT = 50;

/** log2(2^a + 2^b), as `addScores` of the domain. */
const sum = (a: SQL, b: SQL): SQL =>
  sql`greatest(${a}, ${b}) + ln(1 + power(2::float8, least(${a}, ${b}) - greatest(${a}, ${b}))) / ln(2::float8)`;

/** The products of variants; those that are gone are left out. */
export async function findProductOfVariants(tx: Tx, variantIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.execute<{ variantId: string; productId: string }>(sql`
    select variant_id as "variantId", product_id as "productId" from products.variants
    where variant_id in (select jsonb_array_elements_text(${JSON.stringify(variantIds)}::jsonb)::uuid)`);
  return new Map(rows.map(({ variantId, productId }) => [variantId, productId]));
}

/**
 * Adds scores to the demand of products and locks it until the transaction ends, in the order of their ids.
 * @returns the demand as it is then, in no order.
 */
export async function addDemand(tx: Tx, products: readonly ProductScore[]): Promise<ProductScore[]> {
  const rows = await tx.execute<{ productId: string; score: number }>(sql`
    insert into products.product_demand as d (product_id, score)
    select "productId", score from jsonb_to_recordset(${JSON.stringify(products)}::jsonb) as added("productId" uuid, score float8)
    order by "productId"
    on conflict on constraint product_demand_pkey do update set score = ${sum(sql`d.score`, sql`excluded.score`)}
    returning product_id as "productId", score`);
  return rows.map(({ productId, score }) => ({ productId, score: Number(score) }));
}

/** Adds scores to pairs of products whose demand is locked, and forgets the weakest where there are too many. */
export async function addPairs(tx: Tx, pairs: readonly PairScore[]): Promise<void> {
  if (pairs.length === 0) return;
  const json = JSON.stringify(pairs);
  await tx.execute(sql`
    insert into products.bought_together as b (product_id, other_product_id, score)
    select "productId", "otherProductId", score
    from jsonb_to_recordset(${json}::jsonb) as added("productId" uuid, "otherProductId" uuid, score float8)
    on conflict on constraint bought_together_pkey do update set score = ${sum(sql`b.score`, sql`excluded.score`)}`);
  const productIds = JSON.stringify([...new Set(pairs.map(({ productId }) => productId))]);
  await tx.execute(sql`
    with crowded as (
      select product_id from products.bought_together
      where product_id in (select jsonb_array_elements_text(${productIds}::jsonb)::uuid)
      group by product_id having count(*) > ${2 * PAIRS_KEPT}
    ), ranked as (
      select b.product_id, b.other_product_id, row_number() over (partition by b.product_id order by b.score desc, b.other_product_id) as place
      from products.bought_together b join crowded using (product_id)
    )
    delete from products.bought_together b using ranked r
    where r.place > ${PAIRS_KEPT} and b.product_id = r.product_id and b.other_product_id = r.other_product_id`);
}
