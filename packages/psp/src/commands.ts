import { randomBytes } from 'node:crypto';
import type { Clock } from '@kontor/kit/src/clock.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { answerOnce, meetFault, type Answer, type Keyed } from './data/idempotency.ts';
import { findPaymentIntent, savePaymentIntent, type Sql } from './data/payment-intents.ts';
import { cardOf } from './domain/cards.ts';
import {
  authenticate,
  cancel,
  capture,
  confirm,
  isConfirmable,
  type PaymentIntent,
  type Refused,
} from './domain/payment-intent.ts';
import { declineJson, paymentIntentJson } from './domain/stripe-json.ts';
import { badParameter, missingIntent, serverError, StripeFault, unexpectedState } from './faults.ts';
import {
  type Parameters,
  readAmount,
  readCancellationReason,
  readCaptureMethod,
  readCurrency,
  readDescription,
  readExpand,
  readFlag,
  readMetadata,
  readPaymentMethod,
  readReturnUrl,
  required,
} from './parameters.ts';

export interface CommandDeps {
  readonly db: Database;
  readonly clock: Clock;
}

/** One request: what identifies it, and what it asks. */
export interface Command extends Keyed {
  readonly parameters: Parameters;
}

/** A fresh answer; `hang` when the provider must not get to give it. */
interface FreshAnswer extends Answer {
  readonly hang?: boolean;
}

/** What a command answers with. */
export interface Outcome extends Answer {
  readonly hang: boolean;
  readonly replayed: boolean;
}

const newStripeId = (prefix: string) => `${prefix}_${randomBytes(12).toString('hex')}`;
const nowS = ({ clock }: CommandDeps) => Math.floor(clock.now().getTime() / 1000);
const attemptNow = (deps: CommandDeps) => ({ chargeId: newStripeId('ch'), nowS: nowS(deps) });

async function once(deps: CommandDeps, command: Command, work: (sql: Sql) => Promise<FreshAnswer>): Promise<Outcome> {
  const { answer, replayed } = await answerOnce(deps.db, command, work);
  return {
    status: answer.status,
    body: answer.body,
    hang: !replayed && 'hang' in answer && answer.hang === true,
    replayed,
  };
}

/** POST /v1/payment_intents */
export async function createPaymentIntent(deps: CommandDeps, command: Command): Promise<Outcome> {
  const { parameters } = command;
  const id = newStripeId('pi');
  const paymentMethod = readPaymentMethod(parameters);
  const intent: PaymentIntent = {
    id,
    amountMinor: required(readAmount(parameters, 'amount'), 'amount'),
    amountReceivedMinor: 0,
    currency: readCurrency(parameters),
    status: paymentMethod === null ? 'requires_payment_method' : 'requires_confirmation',
    captureMethod: readCaptureMethod(parameters),
    paymentMethod,
    description: readDescription(parameters),
    metadata: readMetadata(parameters),
    clientSecret: newStripeId(`${id}_secret`),
    returnUrl: readReturnUrl(parameters),
    lastError: null,
    cancellationReason: null,
    createdS: nowS(deps),
    canceledS: null,
    charge: null,
  };
  const confirmed = readFlag(parameters, 'confirm');
  const expand = readExpand(parameters);
  if (!confirmed) {
    return once(deps, command, async (sql) => {
      await savePaymentIntent(sql, intent);
      return { status: 200, body: JSON.stringify(paymentIntentJson(intent, expand)) };
    });
  }
  await failOnce(deps, command, paymentMethod);
  return once(deps, command, (sql) => attempt(deps, sql, intent, parameters));
}

/** POST /v1/payment_intents/:id/confirm */
export async function confirmPaymentIntent(deps: CommandDeps, id: string, command: Command): Promise<Outcome> {
  const { parameters } = command;
  const paymentMethod = readPaymentMethod(parameters);
  const returnUrl = readReturnUrl(parameters);
  const tried = paymentMethod ?? (await findPaymentIntent(deps.db.sql, id, false))?.paymentMethod;
  await failOnce(deps, command, tried ?? null);
  return once(deps, command, async (sql) => {
    const intent = await lockIntent(sql, id);
    // A method for an intent that is past choosing one is refused with the confirmation itself.
    const chosen = isConfirmable(intent)
      ? { ...intent, paymentMethod: paymentMethod ?? intent.paymentMethod, returnUrl: returnUrl ?? intent.returnUrl }
      : intent;
    return attempt(deps, sql, chosen, parameters);
  });
}

/** POST /v1/payment_intents/:id/capture */
export function capturePaymentIntent(deps: CommandDeps, id: string, command: Command): Promise<Outcome> {
  const amountMinor = readAmount(command.parameters, 'amount_to_capture');
  return change(deps, id, command, (intent) => {
    if (amountMinor !== null && amountMinor > intent.amountMinor)
      throw badParameter(
        `The amount_to_capture (${amountMinor}) is greater than the authorized amount (${intent.amountMinor}).`,
        'amount_to_capture',
        'amount_too_large',
      );
    return capture(intent, amountMinor ?? intent.amountMinor);
  });
}

/** POST /v1/payment_intents/:id/cancel */
export function cancelPaymentIntent(deps: CommandDeps, id: string, command: Command): Promise<Outcome> {
  const reason = readCancellationReason(command.parameters);
  return change(deps, id, command, (intent) => cancel(intent, reason, nowS(deps)));
}

/** POST /simulator/payment_intents/:id/authenticate: what a shopper does on the bank's page. */
export function authenticatePaymentIntent(deps: CommandDeps, id: string, command: Command): Promise<Outcome> {
  const outcome = required(command.parameters.get('outcome'), 'outcome');
  if (outcome !== 'succeeded' && outcome !== 'failed')
    throw badParameter('outcome must be succeeded or failed.', 'outcome');
  return change(deps, id, command, (intent) => authenticate(intent, outcome, attemptNow(deps)));
}

async function change(
  deps: CommandDeps,
  id: string,
  command: Command,
  transition: (intent: PaymentIntent) => PaymentIntent | Refused,
): Promise<Outcome> {
  const expand = readExpand(command.parameters);
  return once(deps, command, async (sql) => {
    const intent = await lockIntent(sql, id);
    const changed = transition(intent);
    if ('refused' in changed) throw unexpectedState(intent, changed.refused);
    await savePaymentIntent(sql, changed);
    return { status: 200, body: JSON.stringify(paymentIntentJson(changed, expand)) };
  });
}

/** Confirms an intent and keeps what came of it, a decline too. */
async function attempt(
  deps: CommandDeps,
  sql: Sql,
  intent: PaymentIntent,
  parameters: Parameters,
): Promise<FreshAnswer> {
  const expand = readExpand(parameters);
  const tried = confirm(intent, attemptNow(deps));
  if ('refused' in tried) throw unexpectedState(intent, tried.refused);
  if (tried.status === 'requires_action' && readFlag(parameters, 'error_on_requires_action'))
    throw new StripeFault(
      402,
      'card_error',
      'This payment required an authentication action to complete, but error_on_requires_action was set.',
      { code: 'authentication_required' },
    );
  await savePaymentIntent(sql, tried);
  if (tried.lastError) return { status: 402, body: JSON.stringify(declineJson(tried, tried.lastError)) };
  const hang = cardOf(tried.paymentMethod ?? '')?.seeded === 'hang-after-charge';
  return { status: 200, body: JSON.stringify(paymentIntentJson(tried, expand)), hang };
}

/** A provider's bad moment: nothing was executed and nothing is kept under the key, so that the repeat goes through. */
async function failOnce({ db }: CommandDeps, command: Command, token: string | null): Promise<void> {
  if (token === null || cardOf(token)?.seeded !== 'error-before-charge') return;
  if (await meetFault(db, command)) throw serverError();
}

async function lockIntent(sql: Sql, id: string): Promise<PaymentIntent> {
  const intent = await findPaymentIntent(sql, id, true);
  if (!intent) throw missingIntent(id);
  return intent;
}
