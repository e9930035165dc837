import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { idempotencyKeyReused, invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { adjustPoints } from '../../data/loyalty/adjustments.ts';
import { findRules } from '../../data/loyalty/rules.ts';
import { findCustomers } from '../../data/profile/customers.ts';
import type { Customer } from '../../domain/profile/customer.ts';
import { readText } from '../read-input.ts';
import { refusalOf } from '../refuse-fault.ts';

const MOST_BY_HAND = 10_000_000;
const MOST_REASON_LENGTH = 500;
const MOST_KEY_LENGTH = 100;

export interface AdjustmentInput {
  readonly customerId: string;
  readonly points: number;
  readonly reason: string;
  readonly idempotencyKey: string;
}

export type AdjustmentOutcome =
  | { readonly __typename: 'LoyaltyAdjusted'; readonly customer: Customer }
  | {
      readonly __typename: 'TooFewPoints';
      readonly availablePoints: number;
      code: string;
      message: string;
      path: string[];
    }
  | ReturnType<typeof invalidInput>
  | ReturnType<typeof notFound>
  | ReturnType<typeof idempotencyKeyReused>;

/**
 * Gives points to somebody by hand, or takes them: once for each key of a caller, never more than is free. The reason is kept beside the
 * ledger, where it can be forgotten. Points that are given expire as those that are earned.
 */
export async function adjustByHand(db: Database, caller: Caller, input: AdjustmentInput): Promise<AdjustmentOutcome> {
  const { points, customerId } = input;
  const [reason, key] = [
    readText(input.reason, 'reason', MOST_REASON_LENGTH),
    readText(input.idempotencyKey, 'idempotencyKey', MOST_KEY_LENGTH),
  ];
  const refusal = refusalOf(reason, key);
  if (refusal) return refusal;
  if (points === 0 || Math.abs(points) > MOST_BY_HAND)
    return invalidInput('INVALID_POINTS', `points must be from 1 to ${MOST_BY_HAND}, or less than zero to take them.`, [
      'input',
      'points',
    ]);
  const nobody = notFound('There is no such customer.', ['input', 'customerId']);
  if (!isId(customerId) || 'fault' in reason || 'fault' in key) return nobody;
  return inTransaction(db, async (tx): Promise<AdjustmentOutcome> => {
    const adjusted = await adjustPoints(tx, {
      customerId,
      points,
      reference: `${caller.subject}:${key.value}`,
      fingerprint: JSON.stringify([customerId.toLowerCase(), points]),
      actor: caller.staffId ?? caller.subject,
      note: reason.value,
      expiryMonths: points > 0 ? ((await findRules(tx))?.expiryMonths ?? null) : null,
    });
    switch (adjusted.status) {
      case 'REFERENCE_REUSED':
        return idempotencyKeyReused();
      case 'INSUFFICIENT':
        return tooFew(adjusted.available);
      case 'NOBODY':
        return nobody;
      case 'ADJUSTED':
      case 'REPEATED': {
        const [customer] = await findCustomers(tx, [adjusted.customerId!]);
        return { __typename: 'LoyaltyAdjusted', customer: customer! };
      }
    }
  });
}

const tooFew = (availablePoints: number): AdjustmentOutcome => ({
  __typename: 'TooFewPoints',
  code: 'TOO_FEW_POINTS',
  message: `Only ${availablePoints} points are free: what is held or was never there cannot be taken.`,
  path: ['input', 'points'],
  availablePoints,
});
