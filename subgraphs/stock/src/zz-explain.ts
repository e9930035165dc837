import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import { openDatabase, provision } from '@kontor/kit/src/database.ts';
import postgres from 'postgres';
import { createReserve } from './commands/reserve.ts';
import { demandOf } from './fixture.ts';
const pg = await startEmbeddedPostgres({ folder: '/tmp/stockbench/db', port: 0 });
const urls = await provision(pg.url, ['stock']);
const [row] = await openDatabase({ url: urls['stock']!, name: 'x', max: 1 }).sql`select c.channel_code as channel, l.variant_id as v, l.location_id as l from stock.channel_locations c, stock.levels l where l.available > 10000 limit 1`;
const seen: [string, unknown[]][] = [];
const raw = postgres(urls['stock']!, { max: 1, debug: (_c, q, p) => void seen.push([q, p as unknown[]]) });
const db = openDatabase({ url: urls['stock']!, name: 'y', max: 1 });
// capture through a proxy pool
const cap = { ...db, sql: raw } as never;
const { drizzle } = await import('drizzle-orm/postgres-js'); drizzle(raw);
for (let i = 0; i < 3; i++) { const s = performance.now(); const r = await createReserve(cap)(demandOf(row!['channel'], [[{ variantId: row!['v'], locationId: row!['l'], quantity: 1 }]])); console.log(r.kind, performance.now() - s); }
const hold = seen.filter(([q]) => q.includes('with asked')).at(-1)!;
const params = [...hold[1]].map((p) => p);
await raw.unsafe('set plan_cache_mode=' + (process.env['MODE'] ?? 'force_generic_plan'));
await raw`begin`;
const text = hold[0];
await raw.unsafe(`prepare h as ${text}`);
const lit = params.map((p) => (typeof p === 'boolean' ? String(p) : typeof p === 'number' ? String(p) : `'${String(p).replaceAll("'", "''")}'`)).join(',');
const plan = await raw.unsafe(`explain (analyze, buffers, costs) execute h(${lit.replace(/reservation:[^']*/, 'x')})`).simple();
for (const l of plan) console.log(Object.values(l)[0]);
await raw`rollback`;
await pg.stop(); process.exit(0);
