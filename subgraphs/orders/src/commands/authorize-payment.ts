import { moveCheckout } from '../data/checkouts.ts';
import { amountDue, type Checkout, type CheckoutPayment, paymentKey } from '../domain/checkout.ts';
import { paymentActionRequired, paymentDeclined, paymentPending } from '../domain/outcome.ts';
import type { PaymentOutcome } from '../payments/provider.ts';
import { giveBack } from './compensate-checkout.ts';
import { holdDiscounts } from './hold-promotions.ts';
import { approve, holdTender } from './hold-tender.ts';
import { HOLD_S } from '../peers/stock.ts';
import { GIVE_UP_AFTER_S, tookTooLong } from './hold-stock.ts';
import { type Run, type Step, stepTo } from './run.ts';

/** The provider forgets keys after a day. What it may still hold then lapses by itself: money is only taken at shipment. */
const FORGET_AFTER_S = 23 * 3_600;
const RETRY_AFTER_MS = 1_000;
const LONGEST_BACKOFF_S = 60;

/** Holds the promotions of the price, then the total: on the card, as points or on account; before that the company may have to agree. No answer means unknown: the provider is asked again with the same key, here or by the resumer. */
export async function authorizePayment(run: Run, checkout: Checkout): Promise<Step> {
  const amount = amountDue(checkout.pricing);
  // Held once it is reserved; whoever waits for the provider holds it already.
  const refusal =
    (checkout.state === 'reserved' ? await holdDiscounts(run, checkout) : null) ?? (await approve(run, checkout));
  if (refusal) return stepTo(run, checkout, { to: 'compensating', result: refusal });
  if (amount.minorUnits === 0) return authorized(run, checkout, null);
  const { tender = 'CARD' } = checkout.request;
  if (tender !== 'CARD') {
    const held = await holdTender(run, checkout, tender);
    run.reached('authorize-answered');
    return 'payment' in held
      ? authorized(run, checkout, held.payment)
      : stepTo(run, checkout, { to: 'compensating', result: held.refusal });
  }
  const outcome = await run.orders.payments.authorize({
    idempotencyKey: paymentKey(checkout.checkoutId, 'authorize'),
    amount,
    paymentToken: checkout.request.paymentToken,
    reference: checkout.checkoutId,
  });
  run.reached('authorize-answered');
  return keepOutcome(run, checkout, outcome);
}

/** Asks what became of a payment that waited for the shopper's confirmation. */
export async function askPayment(run: Run, checkout: Checkout): Promise<Step> {
  const { payment } = checkout;
  if (!payment) throw new Error(`checkout ${checkout.checkoutId} waits for a payment that it does not have`);
  return keepOutcome(run, checkout, await run.orders.payments.retrieve(payment.intentId));
}

async function keepOutcome(run: Run, checkout: Checkout, outcome: PaymentOutcome): Promise<Step> {
  switch (outcome.status) {
    case 'authorized': {
      const { intentId, card } = outcome;
      return authorized(run, checkout, {
        intentId,
        clientSecret: null,
        cardBrand: card?.brand ?? null,
        cardLast4: card?.last4 ?? null,
      });
    }
    case 'declined':
      return stepTo(run, checkout, { to: 'compensating', result: paymentDeclined(outcome.declineCode) });
    case 'action_required':
      return awaitShopper(run, checkout, outcome);
    case 'unknown':
      return awaitProvider(run, checkout, outcome.reason);
  }
}

async function authorized(run: Run, checkout: Checkout, payment: CheckoutPayment | null): Promise<Step> {
  const given = payment ? { payment } : {};
  // The shopper of a checkout that nobody finished in time has gone; what is held on the card is given back.
  if (checkout.ageS > GIVE_UP_AFTER_S)
    return stepTo(run, checkout, { to: 'compensating', ...given, result: tookTooLong() });
  const next = await moveCheckout(run.orders.db, checkout, run.owner, { to: 'authorized', ...given });
  if (!next && payment && (await run.stateOf(checkout)) === 'failed') await giveBack(run, checkout, payment);
  run.reached('authorized');
  return { next };
}

/** Stock stays held; nobody asks again before the hold ends, except the shopper. */
async function awaitShopper(
  run: Run,
  checkout: Checkout,
  { intentId, clientSecret }: PaymentOutcome & { status: 'action_required' },
): Promise<Step> {
  const payment = { intentId, clientSecret, cardBrand: null, cardLast4: null };
  if (checkout.ageS >= HOLD_S)
    return stepTo(run, checkout, { to: 'compensating', payment, result: paymentDeclined('authentication_timeout') });
  const next = await moveCheckout(run.orders.db, checkout, run.owner, { to: 'action_required', payment });
  if (!next) return { next };
  return { outcome: paymentActionRequired(clientSecret), dueInS: Math.ceil(HOLD_S - checkout.ageS) };
}

async function awaitProvider(run: Run, checkout: Checkout, reason: string): Promise<Step> {
  run.orders.logger.warn(
    { checkoutId: checkout.checkoutId, reason, attemptCount: checkout.attemptCount },
    'the outcome of a payment is unknown',
  );
  if (checkout.ageS > FORGET_AFTER_S) return stepTo(run, checkout, { to: 'compensating', result: tookTooLong() });
  const waits = checkout.state === 'action_required' ? 'action_required' : 'authorizing';
  const next = await moveCheckout(run.orders.db, checkout, run.owner, { to: waits });
  if (!next) return { next };
  return { outcome: paymentPending(RETRY_AFTER_MS), dueInS: Math.min(2 ** checkout.attemptCount, LONGEST_BACKOFF_S) };
}
