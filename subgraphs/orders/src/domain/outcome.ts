import type { Money } from '@kontor/kit/src/money.ts';
import type { ChangedLine } from './changed-lines.ts';
import type { Shortage } from './routing.ts';

/** A checkout that lacks something or contradicts itself. `code` tells what, `path` where. */
export const checkoutInvalid = (code: string, message: string, path: readonly string[] | null) => ({
  __typename: 'CheckoutInvalid' as const,
  code,
  message,
  path: path && [...path],
});

export const outOfStock = (lines: readonly Shortage[]) => ({
  __typename: 'OutOfStock' as const,
  code: 'OUT_OF_STOCK',
  message: 'There is not enough stock for this cart. Lower the quantities of the lines named and use a new key.',
  path: null,
  lines: lines.map(({ variantId, requested, available }) => ({ variantId, requested, available })),
});

/** What a shopper saw, as far as it was said, and what it costs now. */
export interface PriceDifference {
  readonly shown: Money | null;
  /** Null when a line has no price any more. */
  readonly current: Money | null;
  readonly lines: readonly ChangedLine[];
}

export const priceChanged = ({ shown, current, lines }: PriceDifference, path: readonly string[] | null) => ({
  __typename: 'PriceChanged' as const,
  code: 'PRICE_CHANGED',
  message: current
    ? 'The total is not what was expected. Show the current total and repeat with it and a new key.'
    : 'A line of the cart has no price any more. Remove it and use a new key.',
  path: path && [...path],
  expectedTotal: shown,
  currentTotal: current,
  lines: [...lines],
});

/** A discount was used up by others while this was being bought: nothing is held. */
export const discountGone = (difference: PriceDifference) => ({
  ...priceChanged(difference, null),
  message:
    'A discount cannot be used any more. Show the current total and repeat with it and a new key, without a quote token from before.',
});

export const paymentDeclined = (declineCode: string | null) => ({
  __typename: 'PaymentDeclined' as const,
  code: 'PAYMENT_DECLINED',
  message: 'The payment was declined and the stock given back. Repeat with another tender and a new key.',
  path: ['input', 'tenders'],
  declineCode,
});

/** The bank wants the shopper; the checkout waits with its stock held. */
export const paymentActionRequired = (clientSecret: string) => ({
  __typename: 'PaymentActionRequired' as const,
  code: 'PAYMENT_ACTION_REQUIRED',
  message: 'The bank wants a confirmation. Confirm with the client secret, then repeat with the same key.',
  path: ['input', 'tenders'],
  clientSecret,
});

export const paymentPending = (retryAfterMs: number) => ({
  __typename: 'PaymentPending' as const,
  code: 'PAYMENT_PENDING',
  message: 'The payment provider has not answered yet. Repeat with the same key to learn the outcome.',
  path: null,
  retryAfterMs,
});

/** Somebody at the company has to agree: nothing is held. */
export const approvalRequired = (ruleCodes: readonly string[]) => ({
  __typename: 'ApprovalRequired' as const,
  code: 'APPROVAL_REQUIRED',
  message: `Your company wants somebody to agree to this order first (${ruleCodes.join(', ')}). Nothing was taken.`,
  path: null,
});

/** The account of the company does not cover it: nothing is held. */
export const creditExceeded = (message: string) => ({
  __typename: 'CreditExceeded' as const,
  code: 'CREDIT_EXCEEDED',
  message,
  path: ['input', 'tenders'],
});

/** How a checkout can end without an order. It is kept, so that repeating the call answers the same. */
export type Failure = ReturnType<
  | typeof checkoutInvalid
  | typeof outOfStock
  | typeof priceChanged
  | typeof paymentDeclined
  | typeof approvalRequired
  | typeof creditExceeded
>;

/** What a checkout that goes on later answers for now. */
export type Waiting = ReturnType<typeof paymentActionRequired | typeof paymentPending>;

/** The order stands. */
export interface Placed {
  readonly __typename: 'OrderPlaced';
  readonly orderId: string;
}
