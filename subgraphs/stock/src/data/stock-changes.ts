import type { Database } from '@kontor/kit/src/database.ts';
import type { StockOperation } from '../domain/stock-operation.ts';
import type { LevelRow } from './levels.ts';
import { retried } from './retry.ts';

/** Who asks for a command, and under which key. */
export interface CommandKey {
  /** `role:subject`; keys belong to the caller who chose them, and the ledger names it. */
  readonly caller: string;
  readonly key: string;
  /** What tells one input from another. */
  readonly requestHash: string;
}

/** The names of the operations, as references in the ledger begin. */
const NAMES = {
  RECEIVE: 'receive',
  ADJUST: 'adjust',
  COUNT: 'count',
  RETURN: 'return',
  DAMAGE: 'damage',
  INSPECT: 'inspect',
  SAFETY: 'safety',
  WRITE_OFF: 'write-off',
} as const;

/**
 * Does one operation, once per caller and key; a repeat answers what the first one did. One statement, its own transaction.
 * @returns the level behind the operation. @throws the broken rule as a constraint; nothing was changed then, and the key is unused:
 * those of `stock.change_stock`, and PostgreSQL's lock_not_available when it waited too long.
 */
export async function changeLevel(db: Database, operation: StockOperation, command: CommandKey): Promise<LevelRow> {
  const { kind, variantId, locationId, quantity, expectedQuantity, state, reason } = operation;
  const [row] = await retried(
    () => db.sql<{ level: LevelRow }[]>`
      select stock.change_stock(${NAMES[kind]}, ${variantId}, ${locationId}, ${quantity}, ${expectedQuantity}, ${state}, ${reason},
        ${command.caller}, ${command.key}, ${command.requestHash}) as level`,
  );
  if (!row) throw new Error('a function answers one row');
  db.committed();
  return row.level;
}

const KEEP = '7 days';
const PURGE_BATCH = 5_000;

/** Forgets keys that are older than a week. */
export async function purgeKeys(db: Database): Promise<void> {
  await db.sql`
    delete from stock.command_keys where (caller, key) in (
      select caller, key from stock.command_keys where created_at < stock.app_now() - ${KEEP}::interval limit ${PURGE_BATCH})`;
}
