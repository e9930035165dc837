/**
 * The floors that the figures are held against: the least that a Node process can do for the same answer on the same PostgreSQL,
 * without GraphQL, identity, events or anything else. Started by the bench as a process of its own.
 */
import { createServer } from 'node:http';
import postgres from 'postgres';
import { listing, product } from './floor-reads.ts';

const { PRODUCTS_URL, PRICES_URL, STOCK_URL, PSP_URL, PSP_KEY, PORT } = process.env as Record<string, string>;
const pool = (url: string) => postgres(url, { max: 10, onnotice: () => undefined });
const pools = { products: pool(PRODUCTS_URL!), prices: pool(PRICES_URL!), stock: pool(STOCK_URL!) };
const { stock } = pools;

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
      ? listing(pools, argument)
      : url.pathname === '/product'
        ? product(pools, argument)
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
