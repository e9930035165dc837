import { hash } from 'node:crypto';
import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { brokenConstraint, postgresError, type Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import type { LevelRow } from '../data/levels.ts';
import { isLockTimeout } from '../data/retry.ts';
import { changeLevel, type CommandKey } from '../data/stock-changes.ts';
import {
  completed,
  faultOf,
  operationText,
  type PhysicalState,
  type StockOperation,
} from '../domain/stock-operation.ts';

/** Why a command of staff or an integration was refused for reasons that they all share. */
export type CommandRefusal =
  | { readonly kind: 'invalid'; readonly code: string; readonly message: string; readonly field: string }
  | { readonly kind: 'keyReused' }
  | { readonly kind: 'busy'; readonly retryAfterMs: number };

/** What became of an operation on a level. */
export type StockChange =
  | CommandRefusal
  | { readonly kind: 'changed'; readonly level: LevelRow }
  | { readonly kind: 'notFound'; readonly what: 'variantId' | 'locationId' }
  /** What is there is not what the caller believed. */
  | { readonly kind: 'mismatch'; readonly currentQuantity: number }
  /** The state has fewer units than the operation takes from it; of AVAILABLE, those that are promised may count as well. */
  | { readonly kind: 'notEnough'; readonly state: PhysicalState; readonly currentQuantity: number };

/** What every operation is given. */
export interface StockCommand {
  readonly variantId: string;
  readonly locationId: string;
  readonly idempotencyKey: string;
  readonly reason?: string | null | undefined;
}

const RETRY_AFTER_MS = 250;

/** The caller's key with what it stands for. @param content tells one input from another, its kind included. */
export const commandKey = (caller: Caller, key: string, content: string): CommandKey => ({
  caller: `${caller.role}:${caller.subject}`,
  key,
  requestHash: hash('sha256', content, 'base64url'),
});

/** Does one operation on a level, once per caller and key: a repeat answers what the first call answered. What is refused changes nothing and leaves its key unused. */
export async function changeStock(db: Database, caller: Caller, given: StockOperation): Promise<StockChange> {
  const fault = faultOf(given);
  if (fault) return { kind: 'invalid', ...fault };
  if (!isId(given.variantId)) return { kind: 'notFound', what: 'variantId' };
  if (!isId(given.locationId)) return { kind: 'notFound', what: 'locationId' };
  const operation = completed(given);
  try {
    const command = commandKey(caller, operation.idempotencyKey, operationText(operation));
    return { kind: 'changed', level: await changeLevel(db, operation, command) };
  } catch (error) {
    return refusalOf(error, operation);
  }
}

function refusalOf(error: unknown, operation: StockOperation): StockChange {
  switch (brokenConstraint(error)) {
    case 'levels_location_fkey':
      return { kind: 'notFound', what: 'locationId' };
    case 'levels_expected_quantity':
      return { kind: 'mismatch', currentQuantity: Number(detailOf(error)) };
    case 'levels_enough_units':
      return { kind: 'notEnough', state: sourceOf(operation), currentQuantity: Number(detailOf(error)) };
    default:
      return commandRefusal(error);
  }
}

/** The refusal that all commands share. @param field what says how many units. @throws what is none. */
export function commandRefusal(error: unknown, field = 'quantity'): CommandRefusal {
  if (isLockTimeout(error)) return { kind: 'busy', retryAfterMs: RETRY_AFTER_MS };
  switch (brokenConstraint(error)) {
    case 'command_keys_content':
    case 'command_keys_pkey':
      return { kind: 'keyReused' };
    case 'levels_available_bounded':
    case 'levels_states_bounded':
      return {
        kind: 'invalid',
        code: 'INVALID_QUANTITY',
        message: 'A level holds at most 1,000,000,000 units of a state.',
        field,
      };
    default:
      throw error;
  }
}

/** What a rule that refused says beside its name. */
export const detailOf = (error: unknown): string => postgresError(error)?.detail ?? '';

/** The state that an operation takes units from. */
function sourceOf({ kind, state }: StockOperation): PhysicalState {
  switch (kind) {
    case 'INSPECT':
      return 'INSPECTION';
    case 'WRITE_OFF':
      return 'DAMAGED';
    case 'ADJUST':
      return state ?? 'AVAILABLE';
    default:
      return 'AVAILABLE';
  }
}
