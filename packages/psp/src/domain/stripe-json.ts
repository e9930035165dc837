import { cardOf } from './cards.ts';
import { capturableMinor, type Charge, type PaymentError, type PaymentIntent } from './payment-intent.ts';

/** What may be asked for as an object instead of an id, by Stripe's `expand[]`. */
export const EXPANDABLE = ['latest_charge', 'payment_method'] as const;
export type Expandable = (typeof EXPANDABLE)[number];

/** The details of a test card in the places where Stripe shows them. */
function cardJson(token: string) {
  const card = cardOf(token);
  return {
    brand: card?.brand ?? 'unknown',
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: 'US',
    exp_month: 12,
    exp_year: 2034,
    fingerprint: `simulated_${card?.last4 ?? ''}`,
    funding: 'credit',
    last4: card?.last4 ?? '',
    network: card?.brand ?? null,
    wallet: null,
  };
}

const paymentMethodJson = (token: string) => ({
  id: token,
  object: 'payment_method',
  billing_details: { address: null, email: null, name: null, phone: null },
  card: cardJson(token),
  customer: null,
  livemode: false,
  metadata: {},
  type: 'card',
});

const chargeJson = (charge: Charge, intent: PaymentIntent) => ({
  id: charge.id,
  object: 'charge',
  amount: charge.amountMinor,
  amount_captured: charge.amountCapturedMinor,
  amount_refunded: charge.amountRefundedMinor,
  captured: charge.amountCapturedMinor > 0,
  created: charge.createdS,
  currency: intent.currency,
  description: intent.description,
  failure_code: charge.failureCode,
  failure_message: charge.failureMessage,
  livemode: false,
  metadata: intent.metadata,
  outcome:
    charge.status === 'succeeded'
      ? {
          network_status: 'approved_by_network',
          reason: null,
          risk_level: 'normal',
          seller_message: 'Payment complete.',
          type: 'authorized',
        }
      : {
          network_status: 'declined_by_network',
          reason: charge.failureCode,
          risk_level: 'normal',
          seller_message: charge.failureMessage,
          type: 'issuer_declined',
        },
  paid: charge.status === 'succeeded',
  payment_intent: intent.id,
  payment_method: charge.paymentMethod,
  payment_method_details: { card: cardJson(charge.paymentMethod), type: 'card' },
  refunded: charge.amountRefundedMinor === charge.amountMinor,
  status: charge.status,
});

function errorJson(error: PaymentError) {
  const type = error.code === 'card_declined' ? 'card_error' : 'invalid_request_error';
  return {
    ...(error.chargeId === null ? {} : { charge: error.chargeId }),
    code: error.code,
    ...(error.declineCode === null ? {} : { decline_code: error.declineCode }),
    doc_url: `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}`,
    message: error.message,
    payment_method: paymentMethodJson(error.paymentMethod),
    type,
  };
}

const nextAction = (intent: PaymentIntent) =>
  intent.returnUrl === null
    ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect' } }
    : {
        type: 'redirect_to_url',
        redirect_to_url: { return_url: intent.returnUrl, url: `/simulator/payment_intents/${intent.id}/authenticate` },
      };

/** A payment intent as Stripe's API writes it. */
export function paymentIntentJson(intent: PaymentIntent, expand: readonly Expandable[] = []) {
  const { charge, paymentMethod } = intent;
  return {
    id: intent.id,
    object: 'payment_intent',
    amount: intent.amountMinor,
    amount_capturable: capturableMinor(intent),
    amount_details: { tip: {} },
    amount_received: intent.amountReceivedMinor,
    application: null,
    automatic_payment_methods: null,
    canceled_at: intent.canceledS,
    cancellation_reason: intent.cancellationReason,
    capture_method: intent.captureMethod,
    client_secret: intent.clientSecret,
    confirmation_method: 'automatic',
    created: intent.createdS,
    currency: intent.currency,
    customer: null,
    description: intent.description,
    last_payment_error: intent.lastError && errorJson(intent.lastError),
    latest_charge: charge && (expand.includes('latest_charge') ? chargeJson(charge, intent) : charge.id),
    livemode: false,
    metadata: intent.metadata,
    next_action: intent.status === 'requires_action' ? nextAction(intent) : null,
    payment_method:
      paymentMethod === null || !expand.includes('payment_method') ? paymentMethod : paymentMethodJson(paymentMethod),
    payment_method_types: ['card'],
    receipt_email: null,
    setup_future_usage: null,
    shipping: null,
    status: intent.status,
  };
}

/** The body of a declined confirmation: Stripe repeats the whole intent in it. */
export const declineJson = (intent: PaymentIntent, error: PaymentError) => ({
  error: { ...errorJson(error), payment_intent: paymentIntentJson(intent) },
});
