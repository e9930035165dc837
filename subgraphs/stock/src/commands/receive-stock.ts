import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { changeStock, type StockChange, type StockCommand } from './change-stock.ts';

/** Books goods that came in: available rises. Once per caller and idempotency key. */
export const receiveStock = (
  db: Database,
  caller: Caller,
  command: StockCommand & { readonly quantity: number },
): Promise<StockChange> =>
  changeStock(db, caller, {
    ...command,
    kind: 'RECEIVE',
    expectedQuantity: null,
    state: null,
    reason: command.reason ?? null,
  });
