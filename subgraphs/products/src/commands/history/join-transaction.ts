import type { Database, Tx } from '@kontor/kit/src/database.ts';

/**
 * A database whose transactions are part of one that is under way: a command that is given it happens together with what else that one
 * does, or not at all. A refusal undoes what the command wrote and nothing else.
 */
export const joinTransaction = (db: Database, tx: Tx): Database => ({
  ...db,
  // A transaction begins others as a pool does; they are savepoints.
  orm: tx,
  committed: () => undefined,
});
