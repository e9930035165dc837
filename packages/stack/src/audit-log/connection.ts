import { openDatabase, type Database } from '@kontor/kit/src/database.ts';
import { isInUse, prepareDatabase } from '../database.ts';
import type { StackEnv } from '../env.ts';

/** The database of customers, whether or not the system runs at the same time. */
export interface CustomersConnection {
  readonly db: Database;
  readonly close: () => Promise<void>;
}

/** Starts or finds the database. Closing it stops an embedded one that nobody else uses. */
export async function openCustomers(env: StackEnv): Promise<CustomersConnection> {
  const database = await prepareDatabase(env);
  const db = openDatabase({ url: database.urls.customers, name: 'kontor-audit-log', max: 2 });
  return {
    db,
    async close() {
      await db.close();
      // Whoever else is connected, a running system above all, keeps its database.
      if (!(await isInUse(database.urls.customers))) await database.stop();
    },
  };
}
