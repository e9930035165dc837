import type { IdentityKind } from '../../domain/profile/customer.ts';
import {
  isSource,
  normalizeExternalId,
  normalizeLoyaltyCard,
  type IdentityKey,
} from '../../domain/profile/identity.ts';
import { readEmail, readPhone, type Read } from '../read-input.ts';

/** The number of a loyalty card as it identifies a person. */
export function readLoyaltyCard(text: string, field = 'loyaltyCard'): Read<string> {
  const card = normalizeLoyaltyCard(text);
  if (card !== null) return { value: card };
  const message =
    'A loyalty card has 6 to 32 letters and digits, and no number that looks like that of a payment card.';
  return { fault: { code: 'INVALID_LOYALTY_CARD', message, field } };
}

/** The channel that an external id comes from. */
export const readSource = (text: string, field = 'source'): Read<string> =>
  isSource(text)
    ? { value: text }
    : { fault: { code: 'INVALID_SOURCE', message: 'An external id comes from a channel: name its code.', field } };

/** An id of another system. */
export function readExternalId(text: string, field = 'value'): Read<string> {
  const id = normalizeExternalId(text);
  if (id !== null) return { value: id };
  const message = 'An external id has 1 to 200 characters, and no number that looks like that of a payment card.';
  return { fault: { code: 'INVALID_EXTERNAL_ID', message, field } };
}

/** What staff name a person by. */
export interface NamedIdentity {
  readonly kind: IdentityKind;
  readonly source?: string | null | undefined;
  readonly value: string;
}

/** An identity as it is kept, or why it cannot be: `source` goes with external ids alone. */
export function readIdentity({ kind, source, value }: NamedIdentity): Read<IdentityKey> {
  if ((kind === 'EXTERNAL') !== (source !== null && source !== undefined))
    return {
      fault: { code: 'INVALID_SOURCE', message: 'A source goes with EXTERNAL, and no other.', field: 'source' },
    };
  const from = kind === 'EXTERNAL' ? readSource(source!) : { value: '' };
  if ('fault' in from) return from;
  const read = readValue(kind, value);
  if ('fault' in read) return read;
  if (read.value === null)
    return { fault: { code: 'INVALID_PHONE', message: 'A telephone number is needed.', field: 'value' } };
  return { value: { kind, source: from.value, value: read.value } };
}

function readValue(kind: IdentityKind, value: string): Read<string | null> {
  switch (kind) {
    case 'EMAIL':
      return readEmail(value, 'value');
    case 'PHONE':
      return readPhone(value, 'value');
    case 'LOYALTY_CARD':
      return readLoyaltyCard(value, 'value');
    case 'EXTERNAL':
      return readExternalId(value);
  }
}
