import { createHash } from 'node:crypto';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { brokenConstraint, type Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import type { LevelRow } from '../data/levels.ts';
import { isLockTimeout } from '../data/retry.ts';
import { bookChange, findEarlierChange, type ChangeRequest } from '../data/stock-changes.ts';
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

/** The change that a command makes. */
type Change = Pick<ChangeRequest, 'kind' | 'quantity' | 'expectedQuantity'>;

const RETRY_AFTER_MS = 250;

/** Books one movement at a level, once per caller and key: a repeat answers what the first call answered. */
export async function changeStock(
  db: Database,
  caller: Caller,
  command: StockCommand,
  change: Change,
): Promise<StockChange> {
  const { variantId, locationId, idempotencyKey: key } = command;
  if (!isKey(key))
    return {
      kind: 'invalid',
      code: 'INVALID_IDEMPOTENCY_KEY',
      message: 'An idempotency key has 1 to 200 characters.',
      field: 'idempotencyKey',
    };
  if (!isId(variantId)) return { kind: 'notFound', what: 'variantId' };
  if (!isId(locationId)) return { kind: 'notFound', what: 'locationId' };
  const owner = `${caller.role}:${caller.subject}`;
  const content = [
    change.kind,
    variantId.toLowerCase(),
    locationId.toLowerCase(),
    change.quantity,
    change.expectedQuantity,
  ];
  const requestHash = createHash('sha256').update(JSON.stringify(content)).digest('base64url');
  const cause = `${change.kind === 'RECEIVED' ? 'receipt' : 'count'}:${key}`;
  try {
    const { level, currentQuantity } = await bookChange(db, {
      ...change,
      caller: owner,
      key,
      requestHash,
      variantId,
      locationId,
      cause,
    });
    if (level) return { kind: 'changed', level };
    const earlier = await findEarlierChange(db, owner, key);
    if (!earlier) return { kind: 'mismatch', currentQuantity };
    return earlier.requestHash === requestHash ? { kind: 'changed', level: earlier.result } : { kind: 'keyReused' };
  } catch (error) {
    return refusalOf(error);
  }
}

function refusalOf(error: unknown): StockChange {
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
