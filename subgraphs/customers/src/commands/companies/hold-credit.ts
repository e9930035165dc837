import { inTransaction, type Database, type Tx } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { money, type Money } from '@kontor/kit/src/money.ts';
import { placeHold } from '../../data/accounts/holds.ts';
import { findCreditTerms, noteCreditOrder } from '../../data/companies/credit.ts';
import { membershipOf } from '../../data/companies/members.ts';
import { noCreditReason, type NoCreditReason } from '../../domain/companies/credit.ts';
import { readHold } from './read-hold.ts';
import { orRefused, RefusedChange } from './refused-change.ts';

/** What an order takes on account. */
export interface CreditRequest {
  readonly key: string;
  readonly customerId: string;
  readonly companyId: string;
  readonly amount: Money;
  readonly ttlSeconds: number;
}

export type CreditOutcome =
  | {
      readonly __typename: 'CreditHeld';
      readonly companyLocationId: string;
      readonly termsDays: number;
      readonly availableAmount: Money;
    }
  | { readonly __typename: 'CreditExceeded'; readonly availableAmount: Money }
  | { readonly __typename: 'HoldKeyReused'; readonly key: string }
  | { readonly __typename: 'CreditUnavailable'; readonly reason: NoCreditReason };

/**
 * Holds an amount on the credit of the location that a member buys for, in one transaction. Whether it fits is one statement behind the
 * lock of the account. The location and its terms stay those of the first call under the key; repeating it with the same amount answers
 * the same. Confirmed, the hold is owed and due by these terms.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function holdCredit(db: Database, request: CreditRequest): Promise<CreditOutcome> {
  const { customerId, companyId, amount } = request;
  const { key, ttlS } = readHold(request.key, amount, request.ttlSeconds);
  if (!isId(customerId) || !isId(companyId)) return unavailable('NOT_A_MEMBER');
  return orRefused(
    inTransaction(db, (tx) => hold(tx, { customerId, companyId: companyId.toLowerCase(), amount, key, ttlS })),
  );
}

const unavailable = (reason: NoCreditReason) => ({ __typename: 'CreditUnavailable' as const, reason });

interface Holding extends Pick<CreditRequest, 'key' | 'customerId' | 'companyId' | 'amount'> {
  readonly ttlS: number;
}

/** @throws RefusedChange when nothing is held: then nothing is noted under the key either. */
async function hold(tx: Tx, { key, customerId, companyId, amount, ttlS }: Holding): Promise<CreditOutcome> {
  const terms = await findCreditTerms(tx, customerId, companyId);
  if (!terms) {
    const membership = (await membershipOf(tx, [customerId])).get(customerId);
    return unavailable(membership?.companyId === companyId ? 'NO_LOCATION' : 'NOT_A_MEMBER');
  }
  const reason = noCreditReason(terms, amount.currency);
  if (reason !== null) return unavailable(reason);
  const order = await noteCreditOrder(tx, {
    key,
    companyLocationId: terms.companyLocationId,
    customerId: terms.customerId,
    amountMinor: amount.minorUnits,
    currency: amount.currency,
    termsDays: terms.termsDays!,
    timeZone: terms.timeZone,
  });
  const isSame = order.amountMinor === amount.minorUnits && order.currency === amount.currency;
  if (!isSame || order.companyId !== companyId) return { __typename: 'HoldKeyReused', key };
  const { status, available } = await placeHold(tx, {
    key,
    kind: 'CREDIT',
    ownerId: order.companyLocationId,
    unit: order.currency,
    amount: order.amountMinor,
    ttlS,
  });
  const availableAmount = money(Math.max(0, available), order.currency);
  if (status === 'KEY_REUSED') return { __typename: 'HoldKeyReused', key };
  if (status === 'INSUFFICIENT')
    throw new RefusedChange<CreditOutcome>({ __typename: 'CreditExceeded', availableAmount });
  const { companyLocationId, termsDays } = order;
  return { __typename: 'CreditHeld', companyLocationId, termsDays, availableAmount };
}
