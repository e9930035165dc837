import type { Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import type { Money } from '@kontor/kit/src/money.ts';
import { holdPoints } from '../../data/loyalty/redemptions.ts';
import { findRules } from '../../data/loyalty/rules.ts';
import { channelRules, pointsToPay, rateOf, redeemable, type ChannelRules } from '../../domain/loyalty/rules.ts';
import { MOST_KEY_LENGTH } from '../accounts/end-holds.ts';
import { readText } from '../read-input.ts';
import { valueOf } from '../refuse-fault.ts';

/** A day: no checkout takes longer. */
export const MOST_TTL_S = 86_400;

/** Points to pay a part of an order with. */
export interface RedemptionInput {
  readonly key: string;
  readonly customerId: string;
  readonly channel: string;
  readonly amount: Money;
  readonly ttlSeconds: number;
}

/** Why points pay nothing here: no rules of the channel, not this currency, too few or too many for an order, or nobody has them. */
export type Unavailable = 'CHANNEL' | 'CURRENCY' | 'MINIMUM' | 'MAXIMUM' | 'CUSTOMER';

export type HoldOutcome =
  | { readonly __typename: 'LoyaltyHeld'; readonly points: number; readonly amount: Money }
  | { readonly __typename: 'InsufficientPoints'; readonly availablePoints: number; readonly availableAmount: Money }
  | { readonly __typename: 'HoldKeyReused'; readonly key: string }
  | { readonly __typename: 'LoyaltyUnavailable'; readonly reason: Unavailable };

/**
 * Holds the fewest points that pay an amount, under the order's key: one statement for the rules and one that decides. Repeating it with the
 * same key and amount answers the same, also when the rules have changed since. Confirmed or released with everything else of that key.
 * @throws GraphQLError BAD_USER_INPUT
 */
export async function holdForOrder(db: Database, input: RedemptionInput): Promise<HoldOutcome> {
  const { customerId, channel, amount, ttlSeconds: ttlS } = input;
  const key = valueOf(readText(input.key, 'key', MOST_KEY_LENGTH));
  if (amount.minorUnits < 1) throw badInput('The amount must be more than zero.', ['input', 'amount']);
  if (!Number.isInteger(ttlS) || ttlS < 1 || ttlS > MOST_TTL_S)
    throw badInput(`ttlSeconds must be from 1 to ${MOST_TTL_S}.`, ['input', 'ttlSeconds']);
  if (!isId(customerId)) return unavailable('CUSTOMER');
  const rules = await findRules(db.orm);
  const rulesOf = channelRules(rules, channel);
  if (!rulesOf) return unavailable('CHANNEL');
  const value = rateOf(rulesOf, amount.currency)?.redeemMinorUnitsPer100;
  if (!value) return unavailable('CURRENCY');
  const asked = pointsToPay(amount.minorUnits, value);
  const outside = outsideOf(rulesOf, asked);
  if (outside) return unavailable(outside);

  const { status, points, available } = await holdPoints(db.orm, { key, customerId, points: asked, amount, ttlS });
  db.committed();
  switch (status) {
    case 'HELD':
      return { __typename: 'LoyaltyHeld', points, amount };
    case 'KEY_REUSED':
      return { __typename: 'HoldKeyReused', key };
    case 'NOBODY':
      return unavailable('CUSTOMER');
    case 'INSUFFICIENT':
      return {
        __typename: 'InsufficientPoints',
        availablePoints: available,
        availableAmount: redeemable(rules, channel, amount.currency, available)!,
      };
  }
}

const unavailable = (reason: Unavailable): HoldOutcome => ({ __typename: 'LoyaltyUnavailable', reason });

function outsideOf({ minimumPoints, maximumPoints }: ChannelRules, points: number): 'MINIMUM' | 'MAXIMUM' | null {
  if (minimumPoints !== null && points < minimumPoints) return 'MINIMUM';
  return maximumPoints !== null && points > maximumPoints ? 'MAXIMUM' : null;
}
