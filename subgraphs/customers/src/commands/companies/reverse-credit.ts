import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { notFound } from '@kontor/kit/src/errors.ts';
import { money, type Money } from '@kontor/kit/src/money.ts';
import { reverseHold } from '../../data/accounts/holds.ts';
import { findCreditOrder } from '../../data/companies/credit.ts';
import { readText } from '../read-input.ts';
import { valueOf } from '../refuse-fault.ts';
import { readHold } from './read-hold.ts';

const MAX_REFERENCE_LENGTH = 200;

/** What is given back of an order on account. */
export interface CreditReversal {
  readonly key: string;
  readonly amount: Money;
  /** What it is for, such as a cancellation's id; once for each. */
  readonly reference: string;
}

export type CreditReversalOutcome =
  | { readonly __typename: 'CreditReversed'; readonly remainingAmount: Money }
  | { readonly __typename: 'CreditReversalExceeded'; readonly remainingAmount: Money }
  | { readonly __typename: 'HoldKeyReused'; readonly key: string }
  | ReturnType<typeof notFound>;

/**
 * Gives back a part of what an order took on account, in one statement, once for each reference and never more than it took. What was
 * paid already stays as credit of the location.
 * @returns HoldKeyReused when the reference was used for something else; NotFound when the key confirmed nothing on account.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function reverseCredit(db: Database, reversal: CreditReversal): Promise<CreditReversalOutcome> {
  const { amount } = reversal;
  const { key } = readHold(reversal.key, amount, 1);
  const reference = valueOf(readText(reversal.reference, 'reference', MAX_REFERENCE_LENGTH));
  const order = await findCreditOrder(db.orm, key);
  if (!order || order.currency !== amount.currency) return noOrder();
  const { status, remaining } = await inTransaction(db, (tx) =>
    reverseHold(tx, { key, kind: 'CREDIT', amount: amount.minorUnits, reference }),
  );
  const remainingAmount = money(remaining, order.currency);
  switch (status) {
    case 'REVERSED':
    case 'REPEATED':
      return { __typename: 'CreditReversed', remainingAmount };
    case 'EXCEEDED':
      return { __typename: 'CreditReversalExceeded', remainingAmount };
    case 'REFERENCE_REUSED':
      return { __typename: 'HoldKeyReused', key: reference };
    case 'NONE':
      return noOrder();
  }
}

const noOrder = () => notFound('Nothing was taken on account under this key in this currency.', ['input', 'key']);
