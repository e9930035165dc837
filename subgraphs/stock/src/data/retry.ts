import { postgresError } from '@kontor/kit/src/database.ts';

/** Deadlock and serialization failures: PostgreSQL asks for the statement again. */
const TRANSIENT = new Set(['40001', '40P01']);
const TRIES = 3;
const LOCK_NOT_AVAILABLE = '55P03';

/** Whether PostgreSQL gave up waiting for a lock. */
export const isLockTimeout = (error: unknown): boolean => postgresError(error)?.code === LOCK_NOT_AVAILABLE;

/** Sends a statement, and again (twice at most) when PostgreSQL broke it off for a deadlock: it was rolled back as a whole. */
export async function retried<T>(send: () => PromiseLike<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      if (tries === TRIES || !TRANSIENT.has(postgresError(error)?.code ?? '')) throw error;
    }
  }
}
