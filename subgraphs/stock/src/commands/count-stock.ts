import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { changeStock, type StockChange, type StockCommand } from './change-stock.ts';

/**
 * Books what a count found. Counted are all sellable units that lie there, those of open orders included: available, reserved, committed
 * and safety. More are available; fewer are taken from what is available, then from safety, then from the newest holds and orders, which
 * hear of it: what lies there cannot be argued with. Refused as a mismatch when `expectedQuantity` is given and is not what is booked
 * (compare and swap). Once per caller and idempotency key.
 */
export async function countStock(
  db: Database,
  caller: Caller,
  command: StockCommand & { readonly countedQuantity: number; readonly expectedQuantity: number | null },
): Promise<StockChange> {
  const { countedQuantity, ...rest } = command;
  const change = await changeStock(db, caller, {
    ...rest,
    kind: 'COUNT',
    quantity: countedQuantity,
    state: null,
    reason: command.reason ?? null,
  });
  return change.kind === 'invalid' && change.field === 'quantity'
    ? { ...change, message: change.message.replace('quantity', 'countedQuantity'), field: 'countedQuantity' }
    : change;
}
