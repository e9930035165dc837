import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { changeStock, type StockChange, type StockCommand } from './change-stock.ts';

const MAX_QUANTITY = 1_000_000;

/** Books goods that came in: available rises. Once per caller and idempotency key. */
export async function receiveStock(
  db: Database,
  caller: Caller,
  command: StockCommand & { readonly quantity: number },
): Promise<StockChange> {
  const { quantity } = command;
  if (quantity < 1 || quantity > MAX_QUANTITY)
    return {
      kind: 'invalid',
      code: 'INVALID_QUANTITY',
      message: `quantity must be from 1 to ${MAX_QUANTITY}, not ${quantity}.`,
      field: 'quantity',
    };
  return changeStock(db, caller, command, { kind: 'RECEIVED', quantity, expectedQuantity: null });
}
