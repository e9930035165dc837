import { openDatabase, type Database } from '@kontor/kit/src/database.ts';
import { prepareDatabase } from '../database.ts';
import type { StackEnv } from '../env.ts';

/** The stock database, whether or not the system runs at the same time. */
export interface StockConnection {
  readonly db: Database;
  readonly close: () => Promise<void>;
}

/** Starts or finds the database. Closing it stops an embedded one that nobody else uses. */
export async function openStock(env: StackEnv): Promise<StockConnection> {
  const database = await prepareDatabase(env);
  const db = openDatabase({ url: database.urls.stock, name: 'kontor-stock-ledger', max: 2 });
  return {
    db,
    async close() {
      await db.close();
      // Whoever else is connected, a running system above all, keeps its database.
      if (!(await inUse(database.urls.stock))) await database.stop();
    },
  };
}

async function inUse(url: string): Promise<boolean> {
  const db = openDatabase({ url, name: 'stock-ledger-end', max: 1 });
  try {
    const [row] = await db.sql<{ used: boolean }[]>`
      select exists (select from pg_stat_activity where pid <> pg_backend_pid() and application_name like 'kontor-%') as used`;
    return row?.used ?? false;
  } finally {
    await db.close();
  }
}
