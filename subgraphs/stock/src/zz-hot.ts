import { startEmbeddedPostgres } from '@kontor/kit/src/embedded-postgres.ts';
import { openDatabase, provision } from '@kontor/kit/src/database.ts';
import { createReserve } from './commands/reserve.ts';
import { demandOf, upTo } from './fixture.ts';
const pg = await startEmbeddedPostgres({ folder: '/tmp/stockbench/db', port: 0 });
const urls = await provision(pg.url, ['stock']);
const x = openDatabase({ url: urls['stock']!, name: 'x', max: 1 });
const [row] = await x.sql`select c.channel_code as channel, l.variant_id as v, l.location_id as l from stock.channel_locations c, stock.levels l where l.available > 10000 limit 1`;
for (const [max, sync] of [[1, 'off']] as const) {
  await x.sql.unsafe(`alter role kontor_stock set synchronous_commit = ${sync}`);
  const db = openDatabase({ url: urls['stock']!, name: 'y', max });
  const reserve = createReserve(db);
  const go = async (n: number) => { let i = 0; await Promise.all(upTo(50).map(async () => { while (i++ < n) await reserve(demandOf(row!['channel'], [[{ variantId: row!['v'], locationId: row!['l'], quantity: 1 }]])); })); };
  await go(100);
  const s = performance.now(); await go(1000); const ms = performance.now() - s;
  console.log(max, sync, (ms / 1000).toFixed(2), 'ms/op');
  if (max === 1 && sync === 'on') { const s = performance.now(); for (let i = 0; i < 200; i++) await x.sql`update stock.channel_locations set revision = revision + 1`; console.log('plain update+fsync', ((performance.now() - s) / 200).toFixed(2)); }
  console.table((await db.sql`select left(statement, 40) as s, generic_plans, custom_plans from pg_prepared_statements`).map((r) => ({ ...r })));
  await db.close();
}
await x.sql.unsafe(`alter role kontor_stock reset synchronous_commit`);
await x.close();
await pg.stop(); process.exit(0);
