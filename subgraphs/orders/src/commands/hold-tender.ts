import type { Checkout, CheckoutPayment } from '../domain/checkout.ts';
import { amountDue, holdKey } from '../domain/checkout.ts';
import { approvalRequired, checkoutInvalid, creditExceeded, type Failure, paymentDeclined } from '../domain/outcome.ts';
import { askApproval, holdCredit, holdPoints } from '../peers/customers.ts';
import type { Run } from './run.ts';

/**
 * Asks whether the company of the buyer lets the order through; budgets that it counts against are held under the checkout's key then.
 * Repeating is harmless. @returns why not; null when it does, or when nobody has to be asked.
 */
export async function approve(run: Run, checkout: Checkout): Promise<Failure | null> {
  const { customerId, companyId } = checkout.request;
  if (!customerId || !companyId) return null;
  const { required, refusedReason, tiers } = await askApproval(run.orders.peers.customers, run.requestId, {
    key: holdKey(checkout.checkoutId),
    customerId,
    channel: checkout.channel,
    total: amountDue(checkout.pricing),
    lines: checkout.pricing.lines.map(({ variantId, productType = null, total }) => ({
      variantId,
      category: productType,
      total: total.gross,
    })),
  });
  if (refusedReason)
    return checkoutInvalid('COMPANY_MAY_NOT_BUY', `The company cannot buy now: ${refusedReason}.`, null);
  return required ? approvalRequired([...new Set(tiers.flatMap(({ ruleCodes }) => ruleCodes))]) : null;
}

/**
 * Holds the total as points or on the account of the company, under the checkout's key. Repeating is harmless.
 * @returns the payment, or why there is none.
 */
export async function holdTender(
  run: Run,
  checkout: Checkout,
  tender: 'POINTS' | 'TERMS',
): Promise<{ readonly payment: CheckoutPayment } | { readonly refusal: Failure }> {
  const { customerId, companyId = null } = checkout.request;
  const key = holdKey(checkout.checkoutId);
  const { customers } = run.orders.peers;
  const common = { key, customerId: customerId ?? '', amount: amountDue(checkout.pricing) };
  const answer =
    tender === 'POINTS'
      ? await holdPoints(customers, run.requestId, { ...common, channel: checkout.channel })
      : await holdCredit(customers, run.requestId, { ...common, companyId: companyId ?? '' });
  switch (answer.__typename) {
    case 'LoyaltyHeld':
    case 'CreditHeld':
      return { payment: { tender, intentId: key, clientSecret: null, cardBrand: null, cardLast4: null } };
    case 'InsufficientPoints':
      return { refusal: paymentDeclined('insufficient_points') };
    case 'LoyaltyUnavailable':
      return { refusal: paymentDeclined(`points_${answer.reason.toLowerCase()}`) };
    case 'CreditExceeded':
      return {
        refusal: creditExceeded(
          `The company has ${answer.availableAmount.minorUnits} ${answer.availableAmount.currency} of credit left, in minor units.`,
        ),
      };
    case 'CreditUnavailable':
      return { refusal: creditExceeded(`The company cannot buy on account: ${answer.reason}.`) };
    case 'HoldKeyReused':
      throw new Error(`customers holds something else under ${key}`);
  }
}
