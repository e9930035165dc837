import type { Refusal } from '../promotions/promotion.ts';
import type { QuotedCode } from './quote.ts';

/** What a shopper reads of a code that gave nothing. One that there is none of reads like one that is not in force. */
const MESSAGES: Readonly<Record<Refusal, string>> = {
  CODE_UNKNOWN: 'This code is not valid.',
  NO_CODE: 'This code is not valid.',
  NOT_ACTIVE: 'This code is not valid.',
  CODE_USED_UP: 'This code has been used already.',
  CODE_LIMITED: 'You have used this code as often as it can be used.',
  LIMIT_REACHED: 'This offer is used up.',
  BUDGET_SPENT: 'This offer is used up.',
  CUSTOMER_LIMIT: 'You have used this offer as often as it can be used.',
  SIGN_IN_NEEDED: 'Sign in to use this code.',
  NOT_FIRST_ORDER: 'This code is for a first order.',
  OUTSIDE_WINDOW: 'This code is not valid today.',
  OUTSIDE_HOURS: 'This code is not valid at this time of the day.',
  OTHER_CHANNEL: 'This code cannot be used here.',
  OTHER_COUNTRY: 'This code cannot be used for the country that you order to.',
  OTHER_CURRENCY: 'This code cannot be used in this currency.',
  OTHER_GROUP: 'This code is not for your account.',
  OTHER_COMPANY: 'This code is not for your account.',
  BELOW_SUBTOTAL: 'Your cart is below the amount that this code asks for.',
  TOO_FEW: 'Your cart holds too few of the goods that this code asks for.',
  NO_MATCHING_LINE: 'Nothing in your cart goes with this code.',
  NOT_COMBINABLE: 'This code cannot be combined with another offer in your cart.',
  NO_EFFECT: 'This code changes nothing in your cart.',
};

/** The words for what became of a code; null when it was applied. */
export function codeMessage(status: QuotedCode['status']): string | null {
  return status === 'APPLIED' ? null : MESSAGES[status];
}
