import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import type { CardDetails, PaymentOutcome, PaymentProvider } from './provider.ts';

export interface StripeOptions {
  readonly secretKey: string;
  /** Where the API is: Stripe's own address, or a simulator's. */
  readonly baseUrl: string;
  /** How long one try may take, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Two tries of this length end before the lease of a checkout does. */
const TIMEOUT_MS = 5_000;
const TRIES = 2;
const SOCKETS = 64;

/** Takes payments through Stripe's API: PaymentIntents that are confirmed at once and captured later. */
export function createStripeProvider({ secretKey, baseUrl, timeoutMs = TIMEOUT_MS }: StripeOptions): PaymentProvider {
  const { protocol, hostname, port } = new URL(baseUrl);
  const secure = protocol === 'https:';
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: SOCKETS });
  const stripe = new Stripe(secretKey, {
    protocol: secure ? 'https' : 'http',
    host: hostname,
    port: port || (secure ? 443 : 80),
    httpClient: Stripe.createNodeHttpClient(agent),
    timeout: timeoutMs,
    // Tries are counted here, so that what is unknown in the end is told from what was refused.
    maxNetworkRetries: 0,
    telemetry: false,
  });

  return {
    authorize: ({ idempotencyKey, amount, paymentToken, reference }) =>
      settled(() =>
        stripe.paymentIntents.create(
          {
            amount: amount.minorUnits,
            currency: amount.currency.toLowerCase(),
            payment_method: paymentToken,
            // Nobody is sent to another page: a bank that wants the shopper answers `requires_action`.
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            capture_method: 'manual',
            confirm: true,
            metadata: { checkout: reference },
            expand: ['latest_charge'],
          },
          { idempotencyKey },
        ),
      ),
    retrieve: (intentId) => settled(() => stripe.paymentIntents.retrieve(intentId, { expand: ['latest_charge'] })),
    async cancel(intentId, idempotencyKey) {
      try {
        await stripe.paymentIntents.cancel(intentId, {}, { idempotencyKey });
        return true;
      } catch {
        // It may have been cancelled before, or be in a state that nobody cancels: what it is now decides.
        const intent = await stripe.paymentIntents.retrieve(intentId).catch(() => null);
        return intent?.status === 'canceled';
      }
    },
  };
}

async function settled(call: () => Promise<Stripe.PaymentIntent>): Promise<PaymentOutcome> {
  let outcome: PaymentOutcome = { status: 'unknown', reason: 'not asked' };
  for (let tries = 0; tries < TRIES && outcome.status === 'unknown'; tries += 1) {
    outcome = await call().then(outcomeOf, refusalOf);
  }
  return outcome;
}

function outcomeOf(intent: Stripe.PaymentIntent): PaymentOutcome {
  switch (intent.status) {
    case 'requires_capture':
    case 'succeeded':
      return { status: 'authorized', intentId: intent.id, card: cardOf(intent) };
    case 'requires_action':
      return { status: 'action_required', intentId: intent.id, clientSecret: intent.client_secret ?? '' };
    case 'canceled':
      return { status: 'declined', declineCode: intent.cancellation_reason ?? 'canceled' };
    case 'requires_payment_method':
      return {
        status: 'declined',
        declineCode: intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code ?? null,
      };
    default:
      return { status: 'unknown', reason: intent.status };
  }
}

/** A refusal is an answer; everything else leaves open what happened. */
function refusalOf(error: unknown): PaymentOutcome {
  if (error instanceof Stripe.errors.StripeCardError)
    return { status: 'declined', declineCode: error.decline_code ?? error.code ?? null };
  // A parameter that Stripe does not take, such as a token that it never gave out: nothing was held.
  if (error instanceof Stripe.errors.StripeInvalidRequestError && error.statusCode !== 409)
    return { status: 'declined', declineCode: error.code ?? 'invalid_request' };
  return { status: 'unknown', reason: error instanceof Error ? error.name : 'unknown' };
}

function cardOf({ latest_charge: charge }: Stripe.PaymentIntent): CardDetails | null {
  const card = charge && typeof charge === 'object' ? charge.payment_method_details?.card : null;
  return card?.brand && card.last4 ? { brand: card.brand, last4: card.last4 } : null;
}
