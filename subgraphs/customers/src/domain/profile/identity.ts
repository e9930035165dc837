import { containsCardNumber } from './card-number.ts';
import type { IdentityKind } from './customer.ts';

/** What a person is known by, without the person. */
export interface IdentityKey {
  readonly kind: IdentityKind;
  /** The channel that an external id comes from; empty for all others. */
  readonly source: string;
  /** Normalised. */
  readonly value: string;
}

/** An identity of a person. */
export interface Identity extends IdentityKey {
  readonly id: string;
  readonly customerId: string;
  /** As PostgreSQL writes an instant. */
  readonly verifiedAt: string | null;
  readonly isPrimary: boolean;
}

/** Identities that one person can have. */
export const MOST_IDENTITIES = 20;

/**
 * Evidence that names a person, the strongest first: an id that a channel gave, a card that is shown, an address, a number. Where two
 * name different people, the first decides.
 */
export const EVIDENCE_ORDER: readonly IdentityKind[] = ['EXTERNAL', 'LOYALTY_CARD', 'EMAIL', 'PHONE'];

/** Identities in the order of their weight, and of their values, so that all who write several write them alike. */
export const byWeight = (one: IdentityKey, other: IdentityKey): number =>
  EVIDENCE_ORDER.indexOf(one.kind) - EVIDENCE_ORDER.indexOf(other.kind) ||
  (one.source + '\0' + one.value < other.source + '\0' + other.value ? -1 : 1);

const CARD = /^[A-Z0-9]{6,32}$/;
/** Well above any that is accepted, since blanks and hyphens between the characters are dropped. */
const MAX_TYPED_LENGTH = 64;

/**
 * A loyalty card as it identifies a person: in upper case, without blanks and hyphens; null when it is none. A number that cannot be told
 * from a payment card's (13 to 19 digits with a right check digit, wherever they begin) is none: it must not be kept, and a checkout that
 * names it would be refused. Cards of up to 12 digits, or with letters between, are never taken for one.
 */
export function normalizeLoyaltyCard(text: string): string | null {
  if (text.length > MAX_TYPED_LENGTH) return null;
  const card = text.replaceAll(/[\s-]/g, '').toUpperCase();
  return CARD.test(card) && !containsCardNumber(card) && !containsCardNumber(text) ? card : null;
}

/** The code of a channel. Nothing like an address of the web: those name issuers of sign-in, which nobody writes from outside. */
const SOURCE = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const MAX_EXTERNAL_LENGTH = 200;

/** Whether a text names the channel that external ids come from. */
export const isSource = (text: string): boolean => SOURCE.test(text);

/** An id of another system, trimmed; null when it is none or holds a card number. Upper and lower case differ. */
export function normalizeExternalId(text: string): string | null {
  const id = text.trim();
  const fits = id.length >= 1 && id.length <= MAX_EXTERNAL_LENGTH && !/\p{Cc}/u.test(id) && id.isWellFormed();
  return fits && !containsCardNumber(id) ? id : null;
}
