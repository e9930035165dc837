import { createHash } from 'node:crypto';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { brokenConstraint, type Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { lockOrMakeVariants } from '../data/booking.ts';
import { claimKey, keepResult } from '../data/command-keys.ts';
import { bookAvailable, readLevel, type AvailableMovement, type LevelRow } from '../data/levels.ts';
import { isLockTimeout, transaction, type Connection } from '../data/transaction.ts';
import { isKey } from '../domain/texts.ts';

/** What became of a stock command. */
export type StockChange =
  | { readonly kind: 'changed'; readonly level: LevelRow }
  | { readonly kind: 'notFound'; readonly what: 'variantId' | 'locationId' }
  | { readonly kind: 'invalid'; readonly code: string; readonly message: string; readonly field: string }
  | { readonly kind: 'mismatch'; readonly currentQuantity: number }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number };

/** What every stock command is given. */
export interface StockCommand {
  readonly variantId: string;
  readonly locationId: string;
  readonly idempotencyKey: string;
}

const RETRY_AFTER_MS = 250;

/** A business refusal on its way out of the transaction, which it rolls back: the key stays unused. */
class Refusal extends Error {
  readonly change: StockChange;
  constructor(change: StockChange) {
    super(change.kind);
    this.change = change;
  }
}

/**
 * Books one movement at a level, once per caller and key: a repeat answers what the first call answered.
 * @param content what must be alike for two calls to be the same one.
 * @param decide turns the level as it is under the variant's lock into the movement, or into a refusal, which books nothing.
 */
export async function changeStock(
  db: Database,
  caller: Caller,
  command: StockCommand,
  content: readonly unknown[],
  decide: (level: LevelRow | null) => Pick<AvailableMovement, 'kind' | 'quantity'> | StockChange,
): Promise<StockChange> {
  if (!isKey(command.idempotencyKey))
    return {
      kind: 'invalid',
      code: 'INVALID_IDEMPOTENCY_KEY',
      message: 'An idempotency key has 1 to 200 characters.',
      field: 'idempotencyKey',
    };
  if (!isId(command.variantId)) return { kind: 'notFound', what: 'variantId' };
  if (!isId(command.locationId)) return { kind: 'notFound', what: 'locationId' };
  const key = {
    caller: `${caller.role}:${caller.subject}`,
    key: command.idempotencyKey,
    requestHash: createHash('sha256').update(JSON.stringify(content)).digest('base64url'),
  };
  try {
    return await transaction(db, async (sql) => {
      const earlier = await claimKey(sql, key);
      if (earlier?.requestHash === key.requestHash) return { kind: 'changed', level: earlier.result as LevelRow };
      if (earlier) return { kind: 'keyReused' };
      const level = await book(sql, command, decide);
      await keepResult(sql, key, level);
      return { kind: 'changed', level };
    });
  } catch (error) {
    return refusalOf(error);
  }
}

async function book(
  sql: Connection,
  command: StockCommand,
  decide: Parameters<typeof changeStock>[4],
): Promise<LevelRow> {
  const { variantId, locationId, idempotencyKey } = command;
  await lockOrMakeVariants(sql, [variantId]);
  const before = await readLevel(sql, variantId, locationId);
  const decision = decide(before);
  if (!('quantity' in decision)) throw new Refusal(decision);
  const { kind, quantity } = decision;
  const cause = `${kind === 'RECEIVED' ? 'receipt' : 'count'}:${idempotencyKey}`;
  if (quantity !== 0 || before === null) await bookAvailable(sql, { variantId, locationId, kind, quantity, cause });
  const after = await readLevel(sql, variantId, locationId);
  if (!after) throw new Error('a level that was booked has no row');
  return after;
}

function refusalOf(error: unknown): StockChange {
  if (error instanceof Refusal) return error.change;
  if (isLockTimeout(error)) return { kind: 'busy', retryAfterMs: RETRY_AFTER_MS };
  switch (brokenConstraint(error)) {
    case 'levels_location_fkey':
      return { kind: 'notFound', what: 'locationId' };
    case 'levels_available_bounded':
      return {
        kind: 'invalid',
        code: 'INVALID_QUANTITY',
        message: 'A level holds at most 1,000,000,000 units.',
        field: 'quantity',
      };
    default:
      throw error;
  }
}
