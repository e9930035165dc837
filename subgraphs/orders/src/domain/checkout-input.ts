import { isId } from '@kontor/kit/src/ids.ts';
import type { Money } from '@kontor/kit/src/money.ts';
import { type Address, type AddressFields, addressFault, toAddress } from './address.ts';
import type { Buyer } from './buyer.ts';
import type { FilledCart } from './cart.ts';
import { findCardNumber } from './card-number.ts';
import type { CheckoutRequest, Contact, Tender } from './checkout.ts';
import { checkoutInvalid } from './outcome.ts';

type Optional<T> = T | null | undefined;

/** A checkout as a client sends it. */
export interface CheckoutFields {
  readonly cartId: string;
  readonly token?: Optional<string>;
  readonly expectedVersion?: Optional<number>;
  readonly quoteToken?: Optional<string>;
  readonly expectedTotal?: Optional<Money>;
  readonly contact?: Optional<{ readonly [Field in keyof Contact]?: Optional<string> }>;
  readonly shippingAddress?: Optional<AddressFields>;
  readonly billingAddress?: Optional<AddressFields>;
  readonly shippingOptionId?: Optional<string>;
  readonly pickupLocationId?: Optional<string>;
  readonly tenders: readonly {
    readonly kind: string;
    readonly amount?: Optional<Money>;
    readonly token?: Optional<string>;
  }[];
  readonly idempotencyKey: string;
}

type Invalid = ReturnType<typeof checkoutInvalid>;

const MAX_KEY_LENGTH = 255;
const MAX_TEXT_LENGTH = 254;
/** One @ between something and a domain: whether mail arrives is not for a pattern to say. */
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const PAYMENT_TOKEN = /^[A-Za-z0-9_-]{1,255}$/;

/** What is wrong with the input by itself, whatever is in the cart; null when nothing is. A card number comes first. */
export function inputFault(input: CheckoutFields): Invalid | null {
  const cardNumber = findCardNumber(input, ['input']);
  if (cardNumber)
    return checkoutInvalid(
      'CARD_NUMBER_REFUSED',
      'This looks like a card number, which must never be sent here. Send the token that the payment provider gives for the card.',
      cardNumber,
    );
  if (input.idempotencyKey.length < 1 || input.idempotencyKey.length > MAX_KEY_LENGTH)
    return checkoutInvalid('IDEMPOTENCY_KEY_INVALID', `The key must have 1 to ${MAX_KEY_LENGTH} characters.`, [
      'input',
      'idempotencyKey',
    ]);
  if (input.shippingOptionId != null && input.pickupLocationId != null)
    return checkoutInvalid('SHIPPING_OPTION_UNKNOWN', 'What is collected is not sent: leave one of the two out.', [
      'input',
      'shippingOptionId',
    ]);
  if (input.pickupLocationId != null && !isId(input.pickupLocationId))
    return checkoutInvalid('PICKUP_UNAVAILABLE', 'There is no such location.', ['input', 'pickupLocationId']);
  return tenderFault(input) ?? contactFault(input);
}

const isTender = (kind: string): kind is Tender => kind === 'CARD' || kind === 'POINTS' || kind === 'TERMS';

function tenderFault({ tenders }: CheckoutFields): Invalid | null {
  const [tender, ...more] = tenders;
  if (!tender || more.length > 0)
    return checkoutInvalid(
      'TENDER_UNSUPPORTED',
      'Pay with exactly one tender of kind CARD, POINTS or TERMS: several are not taken yet.',
      ['input', 'tenders'],
    );
  if (!isTender(tender.kind))
    return checkoutInvalid(
      'TENDER_UNSUPPORTED',
      `${tender.kind} is not taken yet: pay with exactly one tender of kind CARD, POINTS or TERMS.`,
      ['input', 'tenders', '0', 'kind'],
    );
  if (tender.kind === 'CARD' && !PAYMENT_TOKEN.test(tender.token ?? ''))
    return checkoutInvalid('TENDER_TOKEN_REQUIRED', "Send the payment provider's token for the card, such as pm_….", [
      'input',
      'tenders',
      '0',
      'token',
    ]);
  return null;
}

function contactFault({ contact }: CheckoutFields): Invalid | null {
  for (const [field, text] of Object.entries(contact ?? {})) {
    if ((text?.length ?? 0) > MAX_TEXT_LENGTH)
      return checkoutInvalid('CONTACT_INVALID', `This may have at most ${MAX_TEXT_LENGTH} characters.`, [
        'input',
        'contact',
        field,
      ]);
  }
  const email = contact?.email?.trim();
  if (email && !EMAIL.test(email))
    return checkoutInvalid('EMAIL_INVALID', 'This is not an email address.', ['input', 'contact', 'email']);
  return null;
}

/** Who buys, and what the channel allows. */
export interface Circumstances {
  readonly buyer: Buyer;
  readonly needsEmail: boolean;
  /** Countries that the channel delivers to. */
  readonly countries: readonly string[];
}

/**
 * The request to keep for an input that `inputFault` passed, completed by what the cart knows; or what is missing.
 */
export function toRequest(
  input: CheckoutFields,
  cart: FilledCart,
  { buyer, needsEmail, countries }: Circumstances,
): CheckoutRequest | Invalid {
  if (cart.lines.length === 0)
    return checkoutInvalid('CART_EMPTY', 'There is nothing in this cart: put something in first.', ['input', 'cartId']);
  const contact = toContact(input.contact);
  if (needsEmail && !contact.email)
    return checkoutInvalid('EMAIL_REQUIRED', 'Say where to send messages about the order.', [
      'input',
      'contact',
      'email',
    ]);
  const shippingAddress = input.shippingAddress ? toAddress(input.shippingAddress) : cart.shippingAddress;
  const billingAddress =
    (input.billingAddress ? toAddress(input.billingAddress) : cart.billingAddress) ?? shippingAddress;
  const pickupLocationId = input.pickupLocationId ?? null;
  if (!shippingAddress && !pickupLocationId)
    return checkoutInvalid('ADDRESS_REQUIRED', 'Say where the goods go, or where they are collected.', [
      'input',
      'shippingAddress',
    ]);
  const fault = faultOf(shippingAddress, 'shippingAddress') ?? faultOf(billingAddress, 'billingAddress');
  if (fault) return fault;
  if (shippingAddress && !pickupLocationId && !countries.includes(shippingAddress.country))
    return checkoutInvalid('COUNTRY_NOT_SERVED', `This channel does not deliver to ${shippingAddress.country}.`, [
      'input',
      'shippingAddress',
      'country',
    ]);
  const tender = tenderOf(input);
  const unpayable = tender === 'POINTS' ? buyer.customerId === null : tender === 'TERMS' && buyer.companyId === null;
  if (unpayable)
    return checkoutInvalid(
      'TENDER_UNAVAILABLE',
      tender === 'POINTS' ? 'Sign in to pay with points.' : 'Only members of a company buy on account.',
      ['input', 'tenders', '0', 'kind'],
    );
  return {
    tender,
    ...buyer,
    contact,
    shippingAddress,
    billingAddress,
    pickupLocationId,
    shippingOptionCode: pickupLocationId ? null : (input.shippingOptionId ?? cart.shippingOptionCode),
    paymentToken: input.tenders[0]?.token ?? '',
  };
}

const tenderOf = ({ tenders }: CheckoutFields): Tender => {
  const kind = tenders[0]?.kind ?? 'CARD';
  return isTender(kind) ? kind : 'CARD';
};

function toContact(contact: CheckoutFields['contact']): Contact {
  const text = (field: keyof Contact) => contact?.[field]?.trim() || null;
  return { email: text('email'), phone: text('phone'), givenName: text('givenName'), familyName: text('familyName') };
}

function faultOf(address: Address | null, field: string): Invalid | null {
  const fault = address && addressFault(address);
  return fault ? checkoutInvalid('ADDRESS_INVALID', fault.message, ['input', field, fault.field]) : null;
}

/** Parts of an input that may differ when a client repeats itself: secrets, and tokens that are made anew at each reading. */
const VOLATILE = new Set(['token', 'quoteToken', 'idempotencyKey']);

/** A text that is the same for two inputs that ask for the same, whatever the order of their fields. */
export function canonicalInput(input: CheckoutFields): string {
  const entries = Object.entries(input).filter(([key]) => !VOLATILE.has(key));
  return JSON.stringify(canonical(Object.fromEntries(entries)));
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value)
    .filter(([, inner]) => inner !== null && inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, canonical(inner)]));
}
