import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { brokenConstraint, type Database } from '@kontor/kit/src/database.ts';
import { isId, newId } from '@kontor/kit/src/ids.ts';
import { dispatchGoods, type TransferRow } from '../data/transfers.ts';
import { KEY_FAULT } from '../domain/stock-operation.ts';
import { isKey } from '../domain/texts.ts';
import {
  faultOfDetails,
  isTransferFault,
  toDispatchLines,
  type DispatchLine,
  type TransferFault,
} from '../domain/transfer.ts';
import { commandKey, commandRefusal, detailOf, type CommandRefusal } from './change-stock.ts';

/** A variant of which less is available than shall be sent. */
export interface ShortLine {
  readonly variantId: string;
  readonly requested: number;
  readonly available: number;
}

/** What became of a dispatch. */
export type TransferDispatch =
  | CommandRefusal
  | { readonly kind: 'fault'; readonly fault: TransferFault }
  | { readonly kind: 'dispatched'; readonly transfer: TransferRow }
  | { readonly kind: 'short'; readonly lines: readonly ShortLine[] };

/** Goods to be sent. */
export interface DispatchCommand {
  /** Null: a supplier's delivery that is announced. */
  readonly fromLocationId: string | null;
  readonly toLocationId: string;
  readonly lines: readonly DispatchLine[];
  /** ISO 8601. */
  readonly expectedAt: string | null;
  readonly note: string | null;
  readonly idempotencyKey: string;
}

/**
 * Sends goods to another location, all or nothing, once per caller and key. They leave what is available at the one and are on their way
 * to the other: until they arrive nobody can sell them. Takes nothing that is promised.
 */
export async function dispatchTransfer(
  db: Database,
  caller: Caller,
  command: DispatchCommand,
): Promise<TransferDispatch> {
  const { idempotencyKey: key, expectedAt, note } = command;
  if (!isKey(key)) return { kind: 'invalid', ...KEY_FAULT };
  const details = faultOfDetails(expectedAt, note) ?? faultOfPlaces(command);
  if (details) return { kind: 'fault', fault: details };
  const lines = toDispatchLines(command.lines, isId);
  if (isTransferFault(lines)) return { kind: 'fault', fault: lines };
  const fromLocationId = command.fromLocationId?.toLowerCase() ?? null;
  const toLocationId = command.toLocationId.toLowerCase();
  const content = JSON.stringify(['DISPATCH', fromLocationId, toLocationId, lines, expectedAt, note]);
  try {
    const dispatch = { transferId: newId(), fromLocationId, toLocationId, lines, expectedAt, note };
    return { kind: 'dispatched', transfer: await dispatchGoods(db, dispatch, commandKey(caller, key, content)) };
  } catch (error) {
    switch (brokenConstraint(error)) {
      case 'transfers_from_fkey':
        return { kind: 'fault', fault: noLocation('fromLocationId') };
      case 'transfers_to_fkey':
        return { kind: 'fault', fault: noLocation('toLocationId') };
      case 'transfers_enough_units':
        return { kind: 'short', lines: JSON.parse(detailOf(error)) as ShortLine[] };
      default:
        return commandRefusal(error, 'lines');
    }
  }
}

const noLocation = (field: string): TransferFault => ({
  code: null,
  message: 'There is no such location.',
  path: [field],
});

function faultOfPlaces({ fromLocationId, toLocationId }: DispatchCommand): TransferFault | null {
  if (fromLocationId !== null && !isId(fromLocationId)) return noLocation('fromLocationId');
  if (!isId(toLocationId)) return noLocation('toLocationId');
  return fromLocationId?.toLowerCase() === toLocationId.toLowerCase()
    ? { code: 'SAME_LOCATION', message: 'Goods are sent to another location.', path: ['toLocationId'] }
    : null;
}
