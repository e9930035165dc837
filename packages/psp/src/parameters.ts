import { createHash } from 'node:crypto';
import { isCurrencyCode } from '@kontor/kit/src/money.ts';
import { cardOf } from './domain/cards.ts';
import { EXPANDABLE, type Expandable } from './domain/stripe-json.ts';
import { badParameter } from './faults.ts';

/** Stripe's own bounds. */
const MAX_AMOUNT_MINOR = 99_999_999;
const MAX_METADATA_KEYS = 50;
const MAX_METADATA_KEY_LENGTH = 40;
const MAX_TEXT_LENGTH = 500;
const MAX_DESCRIPTION_LENGTH = 1_000;
const MAX_PARAMETERS = 200;
const CANCELLATION_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned'];

/** Form parameters by their full bracketed name, such as `metadata[orderId]`. */
export type Parameters = ReadonlyMap<string, string>;

/**
 * Reads a form or query text. Card data is refused before anything else looks at it.
 * @throws StripeFault 400
 */
export function parseParameters(text: string, allowed: readonly string[]): Parameters {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (parameters.size === MAX_PARAMETERS) throw badParameter(`At most ${MAX_PARAMETERS} parameters are taken.`, name);
    if (/^(card\b|(?!metadata\b).*\[card\])/.test(name) || looksLikeCardNumber(value))
      throw badParameter(
        'Sending credit card numbers directly is unsafe and never accepted here: send a test token such as pm_card_visa as payment_method.',
        'card',
      );
    const root = /^[^[]*/.exec(name)?.[0] ?? '';
    if (root !== 'expand' && !allowed.includes(root))
      throw badParameter(`Received unknown parameter: ${root.slice(0, 100)}`, root.slice(0, 100), 'parameter_unknown');
    parameters.set(name, value);
  }
  return parameters;
}

/** Identifies a request's intent: the same parameters in another order are the same request. */
export function fingerprintOf(method: string, path: string, parameters: Parameters): string {
  const sorted = [...parameters].sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([method, path, sorted]))
    .digest('hex');
}

export function readAmount(parameters: Parameters, name: string): number | null {
  const text = parameters.get(name);
  if (text === undefined) return null;
  if (!/^-?\d{1,15}$/.test(text))
    throw badParameter(`Invalid integer: ${text.slice(0, 50)}`, name, 'parameter_invalid_integer');
  const amountMinor = Number(text);
  if (amountMinor < 1)
    throw badParameter('This value must be greater than or equal to 1.', name, 'parameter_invalid_integer');
  if (amountMinor > MAX_AMOUNT_MINOR)
    throw badParameter(`Amount must be no more than ${MAX_AMOUNT_MINOR}.`, name, 'amount_too_large');
  return amountMinor;
}

export function readCurrency(parameters: Parameters): string {
  const currency = required(parameters.get('currency'), 'currency').toLowerCase();
  if (!isCurrencyCode(currency.toUpperCase()))
    throw badParameter(`Invalid currency: ${currency.slice(0, 10)}`, 'currency');
  return currency;
}

export function readPaymentMethod(parameters: Parameters): string | null {
  const token = parameters.get('payment_method');
  if (token === undefined) return null;
  if (!cardOf(token))
    throw badParameter(`No such PaymentMethod: '${token.slice(0, 60)}'`, 'payment_method', 'resource_missing');
  return token;
}

export function readCaptureMethod(parameters: Parameters): 'automatic' | 'manual' {
  const method = parameters.get('capture_method') ?? 'automatic';
  if (method === 'manual') return 'manual';
  // What the account would choose is `automatic` for cards.
  if (method === 'automatic' || method === 'automatic_async') return 'automatic';
  throw badParameter('Invalid capture_method: must be one of automatic, automatic_async, or manual', 'capture_method');
}

export function readFlag(parameters: Parameters, name: string): boolean {
  const text = parameters.get(name) ?? 'false';
  if (text !== 'true' && text !== 'false') throw badParameter(`Invalid boolean: ${text.slice(0, 50)}`, name);
  return text === 'true';
}

export function readDescription(parameters: Parameters): string | null {
  const text = parameters.get('description');
  if (text !== undefined && text.length > MAX_DESCRIPTION_LENGTH)
    throw badParameter(`Invalid string: must be at most ${MAX_DESCRIPTION_LENGTH} characters`, 'description');
  return text || null;
}

export function readReturnUrl(parameters: Parameters): string | null {
  const text = parameters.get('return_url');
  if (text !== undefined && (text.length > MAX_TEXT_LENGTH || !URL.canParse(text)))
    throw badParameter('Not a valid URL', 'return_url', 'url_invalid');
  return text ?? null;
}

export function readCancellationReason(parameters: Parameters): string | null {
  const reason = parameters.get('cancellation_reason') ?? null;
  if (reason !== null && !CANCELLATION_REASONS.includes(reason))
    throw badParameter(
      `Invalid cancellation_reason: must be one of ${CANCELLATION_REASONS.join(', ')}`,
      'cancellation_reason',
    );
  return reason;
}

export function readMetadata(parameters: Parameters): Record<string, string> {
  const entries: [string, string][] = [];
  for (const [name, value] of parameters) {
    if (!/^metadata(\[|$)/.test(name)) continue;
    const key = /^metadata\[([^[\]]+)\]$/.exec(name)?.[1];
    if (key === undefined || key.length > MAX_METADATA_KEY_LENGTH)
      throw badParameter(
        `Metadata keys are at most ${MAX_METADATA_KEY_LENGTH} characters, without brackets.`,
        'metadata',
      );
    if (value.length > MAX_TEXT_LENGTH)
      throw badParameter(`Metadata values can have up to ${MAX_TEXT_LENGTH} characters.`, name);
    if (value !== '') entries.push([key, value]);
  }
  if (entries.length > MAX_METADATA_KEYS)
    throw badParameter(`Metadata can have at most ${MAX_METADATA_KEYS} keys.`, 'metadata');
  return Object.fromEntries(entries);
}

export function readExpand(parameters: Parameters): Expandable[] {
  const asked: Expandable[] = [];
  for (const [name, value] of parameters) {
    if (!name.startsWith('expand')) continue;
    const known = EXPANDABLE.find((each) => each === value);
    if (!known) throw badParameter(`This property cannot be expanded (${value.slice(0, 50)}).`, 'expand');
    asked.push(known);
  }
  return asked;
}

export function required<T>(value: T | null | undefined, name: string): T {
  if (value === null || value === undefined || value === '')
    throw badParameter(`Missing required param: ${name}.`, name, 'parameter_missing');
  return value;
}

/** A whole value of 13 to 19 digits with a card brand's first digit and a right check digit (ISO/IEC 7812, Luhn). */
function looksLikeCardNumber(value: string): boolean {
  if (value.length > 40) return false;
  const digits = value.replace(/[ -]/g, '');
  if (!/^[2-6]\d{12,18}$/.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const doubled = Number(digit) * (index % 2 === 1 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
