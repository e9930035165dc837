/**
 * The floors that the figures are held against: the least that a Node process can do for the same answer on the same PostgreSQL,
 * without GraphQL, identity, events or anything else. Started by the bench as a process of its own.
 */
import { createServer } from 'node:http';
import postgres from 'postgres';

const { PRODUCTS_URL, PRICES_URL, STOCK_URL, PSP_URL, PSP_KEY, PORT } = process.env as Record<string, string>;
const pool = (url: string) => postgres(url, { max: 10, onnotice: () => undefined });
const [products, prices, stock] = [pool(PRODUCTS_URL!), pool(PRICES_URL!), pool(STOCK_URL!)];

async function variantsWith(productIds: string[]) {
  const variants =
    await products`select variant_id, product_id, sku, title from products.variants where product_id = any(${productIds}::uuid[]) order by product_id, position`;
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

async function listing(handle: string) {
  const rows = await products`
    select p.product_id, p.handle, p.title from products.collections c join products.collection_products cp using (collection_id) join products.products p using (product_id)
    where c.handle = ${handle} order by cp.position limit 24`;
  const variants = await variantsWith(rows.map((row) => row['product_id'] as string));
  const grouped = Map.groupBy(variants, (variant) => variant.productId);
  return rows.map((row) => ({
    handle: row['handle'] as string,
    title: row['title'] as string,
    variants: grouped.get(row['product_id'] as string) ?? [],
  }));
}

async function product(handle: string) {
  const [row] =
    await products`select product_id, title, description_html from products.products where handle = ${handle}`;
  return { title: row!['title'] as string, variants: await variantsWith([row!['product_id'] as string]) };
}

let orders = 0;
/** One conditional update, one authorization at the provider, one row: what no checkout can go below. */
async function checkout(variantId: string) {
  const [level] = await stock`
    update stock.floor_levels set available = available - 1, reserved = reserved + 1
    where (variant_id, location_id) = (select variant_id, location_id from stock.floor_levels where variant_id = ${variantId} and available > 0 order by location_id limit 1) and available > 0
    returning location_id`;
  if (!level) return { sold: false };
  const body = new URLSearchParams({
    amount: '4990',
    currency: 'eur',
    payment_method: 'pm_card_visa',
    confirm: 'true',
    capture_method: 'manual',
  });
  const answer = await fetch(`${PSP_URL}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: `Bearer ${PSP_KEY}`, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });
  await answer.json();
  await stock`update stock.floor_levels set reserved = reserved - 1, committed = committed + 1 where variant_id = ${variantId} and location_id = ${level['location_id'] as string}`;
  return { sold: true, number: (orders += 1) };
}

// A bare copy: the real levels change through the ledger alone.
await stock`create table if not exists stock.floor_levels as table stock.levels`;
await stock`create unique index if not exists floor_levels_key on stock.floor_levels (variant_id, location_id)`;

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', 'http://floor');
  const argument = url.searchParams.get('q') ?? '';
  const work =
    url.pathname === '/listing'
      ? listing(argument)
      : url.pathname === '/product'
        ? product(argument)
        : checkout(argument);
  work.then(
    (answer) => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)),
    (error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    },
  );
});
server.listen(Number(PORT), '127.0.0.1', () => console.log('floor is ready'));
process.once('SIGTERM', () => process.exit(0));
