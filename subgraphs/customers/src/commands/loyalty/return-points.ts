import type { Database } from '@kontor/kit/src/database.ts';
import { inTransaction } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import type { Money } from '@kontor/kit/src/money.ts';
import { returnPoints, type ReturnedPoints } from '../../data/loyalty/redemptions.ts';
import { MOST_KEY_LENGTH } from '../accounts/end-holds.ts';
import { readText } from '../read-input.ts';
import { valueOf } from '../refuse-fault.ts';

/** A part of what points had paid that is given back. */
export interface ReturnInput {
  readonly key: string;
  readonly amount: Money;
  readonly reference: string;
}

/**
 * Gives back the points that had paid a part of an order, once for each reference; the whole amount gives back all of them.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function returnForOrder(db: Database, { key, amount, reference }: ReturnInput): Promise<ReturnedPoints> {
  if (amount.minorUnits < 1) throw badInput('The amount must be more than zero.', ['input', 'amount']);
  const returning = {
    key: valueOf(readText(key, 'key', MOST_KEY_LENGTH)),
    amount,
    reference: valueOf(readText(reference, 'reference', MOST_KEY_LENGTH)),
  };
  return inTransaction(db, (tx) => returnPoints(tx, returning));
}
