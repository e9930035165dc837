import { cardOf } from './cards.ts';

export type Status =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

/** One attempt to charge. Times are seconds since 1970, as Stripe writes them. */
export interface Charge {
  readonly id: string;
  readonly amountMinor: number;
  readonly amountCapturedMinor: number;
  readonly amountRefundedMinor: number;
  readonly paymentMethod: string;
  readonly status: 'succeeded' | 'failed';
  readonly failureCode: string | null;
  readonly failureMessage: string | null;
  readonly createdS: number;
}

/** Why the last attempt failed. */
export interface PaymentError {
  readonly code: string;
  readonly declineCode: string | null;
  readonly message: string;
  readonly chargeId: string | null;
  readonly paymentMethod: string;
}

export interface PaymentIntent {
  readonly id: string;
  readonly amountMinor: number;
  readonly amountReceivedMinor: number;
  readonly currency: string;
  readonly status: Status;
  readonly captureMethod: 'automatic' | 'manual';
  readonly paymentMethod: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly clientSecret: string;
  readonly returnUrl: string | null;
  readonly lastError: PaymentError | null;
  readonly cancellationReason: string | null;
  readonly createdS: number;
  readonly canceledS: number | null;
  /** The last attempt. */
  readonly charge: Charge | null;
}

/** What an attempt is made at and called. */
export interface Attempt {
  readonly chargeId: string;
  readonly nowS: number;
}

/** A command that the state does not allow; nothing changes. */
export interface Refused {
  readonly refused: string;
}

const CONFIRMABLE: readonly Status[] = ['requires_payment_method', 'requires_confirmation'];
const CANCELABLE: readonly Status[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'requires_capture',
];

/** What can still be captured, in minor units. */
export const capturableMinor = (intent: PaymentIntent): number =>
  intent.status === 'requires_capture' ? intent.amountMinor : 0;

/** Whether a confirmation would try the payment method. */
export const isConfirmable = (intent: PaymentIntent): boolean => CONFIRMABLE.includes(intent.status);

/** Tries the intent's payment method. A decline is an outcome: `lastError` then tells it, and another method may be tried. */
export function confirm(intent: PaymentIntent, attempt: Attempt): PaymentIntent | Refused {
  const card = intent.paymentMethod === null ? null : cardOf(intent.paymentMethod);
  if (!isConfirmable(intent))
    return { refused: `You cannot confirm this PaymentIntent because it has a status of ${intent.status}.` };
  if (!card) return { refused: 'You cannot confirm this PaymentIntent because it is missing a payment method.' };
  const { verdict } = card;
  switch (verdict.kind) {
    case 'authenticate':
      return { ...intent, status: 'requires_action', lastError: null };
    case 'decline':
      return decline(intent, {
        ...attempt,
        code: 'card_declined',
        declineCode: verdict.declineCode,
        message: verdict.message,
      });
    case 'approve':
      return approve(intent, attempt);
  }
}

/** The shopper answers the bank's question, well or not. */
export function authenticate(
  intent: PaymentIntent,
  outcome: 'succeeded' | 'failed',
  attempt: Attempt,
): PaymentIntent | Refused {
  if (intent.status !== 'requires_action')
    return { refused: `This PaymentIntent waits for no authentication: it has a status of ${intent.status}.` };
  if (outcome === 'succeeded') return approve(intent, attempt);
  const lastError: PaymentError = {
    code: 'payment_intent_authentication_failure',
    declineCode: null,
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
    chargeId: null,
    paymentMethod: intent.paymentMethod ?? '',
  };
  return { ...intent, status: 'requires_payment_method', paymentMethod: null, lastError };
}

/** Takes what was authorized, or less; the rest is given back. */
export function capture(intent: PaymentIntent, amountMinor: number): PaymentIntent | Refused {
  if (intent.status !== 'requires_capture' || !intent.charge)
    return { refused: `This PaymentIntent could not be captured because it has a status of ${intent.status}.` };
  return {
    ...intent,
    status: 'succeeded',
    amountReceivedMinor: amountMinor,
    charge: {
      ...intent.charge,
      amountCapturedMinor: amountMinor,
      amountRefundedMinor: intent.amountMinor - amountMinor,
    },
  };
}

/** Ends an intent that has taken no money; what was authorized is given back. */
export function cancel(intent: PaymentIntent, reason: string | null, nowS: number): PaymentIntent | Refused {
  if (!CANCELABLE.includes(intent.status))
    return { refused: `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.` };
  const held = intent.status === 'requires_capture' ? intent.charge : null;
  return {
    ...intent,
    status: 'canceled',
    cancellationReason: reason,
    canceledS: nowS,
    charge: held ? { ...held, amountRefundedMinor: held.amountMinor } : intent.charge,
  };
}

function approve(intent: PaymentIntent, { chargeId, nowS }: Attempt): PaymentIntent {
  const takenMinor = intent.captureMethod === 'automatic' ? intent.amountMinor : 0;
  return {
    ...intent,
    status: intent.captureMethod === 'automatic' ? 'succeeded' : 'requires_capture',
    amountReceivedMinor: takenMinor,
    lastError: null,
    charge: {
      id: chargeId,
      amountMinor: intent.amountMinor,
      amountCapturedMinor: takenMinor,
      amountRefundedMinor: 0,
      paymentMethod: intent.paymentMethod ?? '',
      status: 'succeeded',
      failureCode: null,
      failureMessage: null,
      createdS: nowS,
    },
  };
}

interface Declined extends Attempt {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
}

function decline(intent: PaymentIntent, { chargeId, nowS, code, declineCode, message }: Declined): PaymentIntent {
  const paymentMethod = intent.paymentMethod ?? '';
  return {
    ...intent,
    status: 'requires_payment_method',
    // A declined method has to be sent again, or another one.
    paymentMethod: null,
    lastError: { code, declineCode, message, chargeId, paymentMethod },
    charge: {
      id: chargeId,
      amountMinor: intent.amountMinor,
      amountCapturedMinor: 0,
      amountRefundedMinor: 0,
      paymentMethod,
      status: 'failed',
      failureCode: code,
      failureMessage: message,
      createdS: nowS,
    },
  };
}
