import type { PaymentIntent } from './domain/payment-intent.ts';
import { paymentIntentJson } from './domain/stripe-json.ts';

type FaultType = 'invalid_request_error' | 'idempotency_error' | 'api_error' | 'card_error';

interface FaultDetails {
  readonly code?: string;
  readonly param?: string;
  readonly payment_intent?: unknown;
}

/** A refused request, in Stripe's shape. It ends the transaction, so that nothing of it is kept under its idempotency key. */
export class StripeFault extends Error {
  override name = 'StripeFault';
  readonly status: number;
  readonly body: { readonly error: FaultDetails & { readonly type: FaultType; readonly message: string } };

  constructor(status: number, type: FaultType, message: string, details: FaultDetails = {}) {
    super(message);
    this.status = status;
    this.body = { error: { ...details, message, type } };
  }
}

export const badParameter = (message: string, param: string, code = 'parameter_invalid'): StripeFault =>
  new StripeFault(400, 'invalid_request_error', message, { code, param });

export const missingIntent = (id: string): StripeFault =>
  new StripeFault(404, 'invalid_request_error', `No such payment_intent: '${id}'`, {
    code: 'resource_missing',
    param: 'intent',
  });

export const unexpectedState = (intent: PaymentIntent, message: string): StripeFault =>
  new StripeFault(400, 'invalid_request_error', message, {
    code: 'payment_intent_unexpected_state',
    payment_intent: paymentIntentJson(intent),
  });

export const keyReused = (key: string): StripeFault =>
  new StripeFault(
    400,
    'idempotency_error',
    `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  );

export const keyInUse = (key: string): StripeFault =>
  new StripeFault(
    409,
    'idempotency_error',
    `There is currently another in-progress request using this Idempotent Key '${key}'. Try again when it has finished.`,
    { code: 'idempotency_key_in_use' },
  );

export const serverError = (): StripeFault =>
  new StripeFault(
    500,
    'api_error',
    'An unknown error occurred. The request was not executed: send it again with the same idempotency key.',
  );
