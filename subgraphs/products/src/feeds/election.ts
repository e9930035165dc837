import { LOCK_CLASS, type Database } from '@kontor/kit/src/database.ts';
import type { Sql } from 'postgres';

/** Which of all processes does what only one needs to do. Who believes to lead may be wrong for a moment, so nothing may depend on it alone. */
export interface Election {
  /** Whether this process leads; it is elected when nobody does. @throws when PostgreSQL does not answer. */
  leads(): Promise<boolean>;
  /** Lets another process lead. */
  resign(): Promise<void>;
}

/** An election by an advisory lock, held by a session of its own: it ends with the process. @param office what is led. */
export function createElection(db: Database, office: string): Election {
  let sql: Sql | undefined;
  /** The session that holds the lock. */
  let session: number | null = null;
  const end = async () => {
    const ended = sql;
    sql = undefined;
    session = null;
    await ended?.end({ timeout: 1 });
  };
  return {
    async leads() {
      try {
        sql ??= db.single();
        // The driver connects again by itself, but the lock went with the old session.
        const [row] = await sql<{ leads: boolean; pid: number }[]>`
          select pg_backend_pid() as pid, case when pg_backend_pid() = ${session ?? 0}::int then true
            else pg_try_advisory_lock(${LOCK_CLASS.sweep}, hashtext(${office})) end as leads`;
        session = row?.leads ? row.pid : null;
        return row?.leads ?? false;
      } catch (error) {
        await end();
        throw error;
      }
    },
    resign: end,
  };
}
