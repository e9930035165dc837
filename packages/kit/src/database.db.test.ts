import { createTestDatabase, type TestDatabase } from '@kontor/testkit/src/database.ts';
import { eventually } from '@kontor/testkit/src/eventually.ts';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, type Database } from './database.ts';

const SCHEMA = 'prices';

// postgres.js 3.4.9 crashes the process, hangs, or goes on outside of the transaction here; patches/ mends it.
describe('a connection that PostgreSQL ends', () => {
  let test: TestDatabase;
  let admin: postgres.Sql;
  let db: Database;
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);
  beforeAll(async () => {
    process.on('uncaughtException', note);
    test = await createTestDatabase([SCHEMA]);
    admin = postgres(test.adminUrl, { max: 1 });
    db = test.open(SCHEMA, { max: 2 });
  });
  afterAll(async () => {
    process.off('uncaughtException', note);
    await admin.end();
    await test.drop();
  });
  afterEach(async () => {
    // A statement may still meet the connection that is ending; then the pool is sound.
    await eventually(async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => db.sql<{ one: number }[]>`select 1 as one`));
      expect(answers.flat().map((row) => row.one)).toEqual(Array.from({ length: 10 }, () => 1));
    });
    expect(uncaught).toEqual([]);
  });
  const end = (pid: number) => admin`select pg_terminate_backend(${pid}, 5000)`;

  it('rejects a transaction between two statements, and the pool goes on', async () => {
    await expect(
      inTransaction(db, async (tx) => {
        const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
        await end(row!.pid);
        await tx.execute(sql`select 1`);
      }),
    ).rejects.toThrow();
  });

  it('rejects a transaction in the middle of a statement, and the pool goes on', async () => {
    let pid = 0;
    const running = inTransaction(db, async (tx) => {
      pid = (await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`))[0]!.pid;
      await tx.execute(sql`select pg_sleep(30)`);
    });
    const outcome = expect(running).rejects.toThrow();
    while (pid === 0) await new Promise((resolve) => setImmediate(resolve));
    await end(pid);
    await outcome;
  });

  it('never runs the rest of a transaction on another connection while others wait for one', async () => {
    const statements: Promise<unknown>[] = [];
    const outcome = inTransaction(db, async (tx) => {
      const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      statements.push(...Array.from({ length: 20 }, () => db.sql`select pg_sleep(0.01)`));
      await end(row!.pid);
      await Promise.allSettled([tx.execute(sql`select 1`)]);
      await tx.execute(sql`create table prices.outside_of_its_transaction (id int)`);
    });
    await expect(outcome).rejects.toThrow();
    await Promise.allSettled(statements);
    expect(await admin`select 1 from pg_tables where tablename = 'outside_of_its_transaction'`).toHaveLength(0);
  });

  it('rejects what is asked on a reserved connection, which can then be given back', async () => {
    const reserved = await db.sql.reserve();
    const [row] = await reserved<{ pid: number }[]>`select pg_backend_pid() as pid`;
    await end(row!.pid);
    await expect(reserved`select 1`).rejects.toThrow();
    reserved.release();
  });
});
