import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { changeStock, type StockChange, type StockCommand } from './change-stock.ts';
import { endExpiredHolds } from './expire-holds.ts';

const MAX_QUANTITY = 1_000_000;

/**
 * Sets what is available to what was counted and books the difference. Refused as a mismatch when `expectedQuantity` is given and is
 * not what is booked (compare and swap). Once per caller and idempotency key.
 */
export async function countStock(
  db: Database,
  caller: Caller,
  command: StockCommand & { readonly countedQuantity: number; readonly expectedQuantity: number | null },
): Promise<StockChange> {
  const { variantId, countedQuantity, expectedQuantity } = command;
  if (countedQuantity < 0 || countedQuantity > MAX_QUANTITY)
    return {
      kind: 'invalid',
      code: 'INVALID_QUANTITY',
      message: `countedQuantity must be from 0 to ${MAX_QUANTITY}, not ${countedQuantity}.`,
      field: 'countedQuantity',
    };
  // What was held and is over lies on the shelf: the belief is compared with it included.
  if (isId(variantId)) await endExpiredHolds(db, [variantId]);
  return changeStock(db, caller, command, { kind: 'COUNTED', quantity: countedQuantity, expectedQuantity });
}
