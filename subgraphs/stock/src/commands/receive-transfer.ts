import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { brokenConstraint, type Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findTransfer, receiveGoods, type TransferRow } from '../data/transfers.ts';
import { KEY_FAULT } from '../domain/stock-operation.ts';
import { isKey } from '../domain/texts.ts';
import { isTransferFault, toReceiptLines, type ReceiptLine, type TransferFault } from '../domain/transfer.ts';
import { commandKey, commandRefusal, detailOf, type CommandRefusal } from './change-stock.ts';

/** A variant of which more arrived than is on its way. */
export interface SurplusLine {
  readonly variantId: string;
  readonly arrived: number;
  readonly onItsWay: number;
}

/** What became of a receipt. */
export type TransferReceipt =
  | CommandRefusal
  | { readonly kind: 'fault'; readonly fault: TransferFault }
  | { readonly kind: 'received'; readonly transfer: TransferRow }
  | { readonly kind: 'surplus'; readonly lines: readonly SurplusLine[] };

/** What arrived. */
export interface ReceiptCommand {
  readonly transferId: string;
  readonly lines: readonly ReceiptLine[];
  /** Nothing more will come. */
  readonly close: boolean;
  readonly idempotencyKey: string;
  /** Where the caller can receive, which somebody else's transfers do not go to: they look as if there was none. Null: anywhere. */
  readonly atLocationId: string | null;
}

/**
 * Books what arrived of a transfer, in as many receipts as it takes, once per caller and key: available, or damaged. Closing it books what
 * is missing as lost; it closes by itself when nothing is on its way. More than was sent is refused: that is a receipt of its own.
 */
export async function receiveTransfer(db: Database, caller: Caller, command: ReceiptCommand): Promise<TransferReceipt> {
  const { idempotencyKey: key, close, atLocationId } = command;
  if (!isKey(key)) return { kind: 'invalid', ...KEY_FAULT };
  if (!isId(command.transferId)) return UNKNOWN;
  const transferId = command.transferId.toLowerCase();
  const lines = toReceiptLines(command.lines, close ? 0 : 1, isId);
  if (isTransferFault(lines)) return { kind: 'fault', fault: lines };
  // Where a transfer goes never changes.
  if (atLocationId !== null && (await findTransfer(db, transferId))?.toLocationId !== atLocationId) return UNKNOWN;
  const content = JSON.stringify(['TRANSFER_RECEIPT', transferId, lines, close]);
  try {
    const transfer = await receiveGoods(db, { transferId, lines, close }, commandKey(caller, key, content));
    return transfer ? { kind: 'received', transfer } : UNKNOWN;
  } catch (error) {
    if (brokenConstraint(error) === 'transfer_lines_accounted')
      return { kind: 'surplus', lines: JSON.parse(detailOf(error)) as SurplusLine[] };
    return commandRefusal(error, 'lines');
  }
}

const UNKNOWN: TransferReceipt = {
  kind: 'fault',
  fault: { code: null, message: 'There is no such transfer.', path: ['transferId'] },
};
