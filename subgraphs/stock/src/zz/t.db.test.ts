import { createTestDatabase } from '@kontor/testkit/src/database.ts';
import { it } from 'vitest';
import { sql as d } from 'drizzle-orm';
it('x', async () => {
  const testDb = await createTestDatabase(['stock']);
  const b = testDb.open('stock');
  process.on('uncaughtException', (e) => console.log('UNCAUGHT', String(e)));
  process.on('unhandledRejection', (e) => console.log('UNHANDLED', String(e)));
  const blocker = await b.sql.reserve();
  const limit = (p: PromiseLike<unknown>, ms = 2000) => Promise.race([p.then((r) => r, (e) => 'rejected ' + e), new Promise((r) => setTimeout(() => r('hang'), ms))]);
  await blocker`select pg_advisory_lock(1)`;
  const kinds = {
    plain: (a: typeof b) => a.sql`select pg_advisory_lock(${1})`,
    begin: (a: typeof b) => a.sql.begin(async (tx) => { await tx`select pg_advisory_xact_lock(${1})`; return tx`select 2`; }),
    beginPipelined: (a: typeof b) => a.sql.begin((tx) => Promise.all([tx`select pg_advisory_xact_lock(${1})`, tx`select ${5}::int`])),
    drizzle: (a: typeof b) => a.orm.transaction((tx) => tx.execute(d`select pg_advisory_xact_lock(1)`)),
    fn: (a: typeof b) => a.sql`select pg_advisory_lock(${1})`,
  };
  for (const [name, f] of Object.entries(kinds)) {
    const a = testDb.open('stock', { name, max: 1 });
    await a.sql`select 1`;
    const p = limit(f(a) as never, 4000);
    await new Promise((r) => setTimeout(r, 300));
    await b.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${name}`;
    console.log(name, 'killed ->', await p);
    for (const i of [1, 2, 3]) console.log(name, 'then', i, await limit(a.sql`select 3 as x`));
  }
}, 60000);
