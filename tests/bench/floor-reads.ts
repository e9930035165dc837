import type { Sql } from 'postgres';

/** The databases that a floor reads. */
export interface FloorPools {
  readonly products: Sql;
  readonly prices: Sql;
  readonly stock: Sql;
}

async function variantsWith({ products, prices, stock }: FloorPools, productIds: string[]) {
  const variants =
    await products`select variant_id, product_id, sku from products.variants where product_id = any(${productIds}::uuid[]) order by product_id, position`;
  const ids = variants.map((variant) => variant['variant_id'] as string);
  const [amounts, levels] = await Promise.all([
    prices`select p.variant_id, p.amount_minor from prices.prices p join prices.price_lists l using (price_list_id) where l.code = 'base-eur' and p.variant_id = any(${ids}::uuid[])`,
    stock`select variant_id, sum(available)::int as available from stock.levels where variant_id = any(${ids}::uuid[]) group by variant_id`,
  ]);
  const amountOf = new Map(amounts.map((row) => [row['variant_id'], Number(row['amount_minor'])]));
  const availableOf = new Map(levels.map((row) => [row['variant_id'], row['available'] as number]));
  return variants.map((variant) => ({
    id: variant['variant_id'] as string,
    productId: variant['product_id'] as string,
    sku: variant['sku'] as string,
    price: amountOf.get(variant['variant_id']) ?? null,
    available: availableOf.get(variant['variant_id']) ?? 0,
  }));
}

/** The 24 products that a collection begins with. */
export async function listing(pools: FloorPools, handle: string) {
  const rows = await pools.products`
    select p.product_id, p.handle, p.title from products.collections c join products.collection_products cp using (collection_id) join products.products p using (product_id)
    where c.handle = ${handle} order by cp.position limit 24`;
  const variants = await variantsWith(
    pools,
    rows.map((row) => row['product_id'] as string),
  );
  const grouped = Map.groupBy(variants, (variant) => variant.productId);
  return rows.map((row) => ({
    handle: row['handle'] as string,
    title: row['title'] as string,
    variants: grouped.get(row['product_id'] as string) ?? [],
  }));
}

/** A product; null when there is none. */
export async function product(pools: FloorPools, handle: string) {
  const [row] =
    await pools.products`select product_id, title, description_html from products.products where handle = ${handle}`;
  if (!row) return null;
  return { title: row['title'] as string, variants: await variantsWith(pools, [row['product_id'] as string]) };
}
