import { postgresError, type Database } from '@kontor/kit/src/database.ts';

/** One connection, kept for a transaction. */
export type Connection = Awaited<ReturnType<Database['sql']['reserve']>>;
/** A statement, sent when it is awaited. */
type Statement = PromiseLike<readonly Record<string, unknown>[]>;

/** Deadlock and serialization failures: PostgreSQL asks for the transaction again. */
const TRANSIENT = new Set(['40001', '40P01']);
const TRIES = 3;
const LOCK_NOT_AVAILABLE = '55P03';

/** Whether PostgreSQL gave up waiting for a lock. */
export const isLockTimeout = (error: unknown): boolean => postgresError(error)?.code === LOCK_NOT_AVAILABLE;

/**
 * Runs statements that need nothing of each other's answers as one transaction in one round trip: `begin`, they and `commit` are
 * sent together, so that locks are held for the server's work alone and never while this process is busy with something else.
 * After a failure PostgreSQL refuses the rest and takes the `commit` for a rollback.
 * @returns the rows of each statement, aligned. @throws what the first one that failed threw; tried again after a deadlock.
 */
export async function pipelined(
  db: Database,
  statementsOf: (sql: Connection) => readonly Statement[],
): Promise<readonly (readonly Record<string, unknown>[])[]> {
  return again(async () => {
    const connection = await db.sql.reserve();
    try {
      const outcomes = await Promise.allSettled([connection`begin`, ...statementsOf(connection), connection`commit`]);
      const failure = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failure) throw failure.reason;
      db.committed();
      return outcomes
        .slice(1, -1)
        .map((outcome) => (outcome as PromiseFulfilledResult<Record<string, unknown>[]>).value);
    } finally {
      connection.release();
    }
  });
}

/** Runs a transaction whose later statements depend on earlier answers; a throw rolls it back. Tried again after a deadlock. */
export async function transaction<T>(db: Database, work: (sql: Connection) => Promise<T>): Promise<T> {
  return again(async () => {
    const connection = await db.sql.reserve();
    try {
      await connection`begin`;
      const result = await work(connection);
      await connection`commit`;
      db.committed();
      return result;
    } catch (error) {
      // When the connection itself broke, the server has rolled back already.
      await connection`rollback`.catch(() => undefined);
      throw error;
    } finally {
      connection.release();
    }
  });
}

async function again<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === TRIES || !TRANSIENT.has(postgresError(error)?.code ?? '')) throw error;
    }
  }
}
