import { invalidInput } from '@kontor/kit/src/errors.ts';
import { ADDRESS_TEXTS, addressFault, type AddressParts, type AddressText } from '../../domain/profile/address.ts';
import { containsCardNumber } from '../../domain/profile/card-number.ts';
import { readPhone } from '../read-input.ts';

/** An address as a client sends it. */
export type AddressInput = { readonly [Field in AddressText]?: string | null | undefined } & {
  readonly country: string;
  readonly phone?: string | null | undefined;
};

const FIELDS = Object.keys(ADDRESS_TEXTS) as AddressText[];

/** An address as it is kept: texts trimmed, absent parts null. @returns InvalidInput with the first field at fault otherwise. */
export function readAddress(input: AddressInput): AddressParts | ReturnType<typeof invalidInput> {
  const texts = {} as Record<AddressText, string | null>;
  for (const field of FIELDS) {
    const text = input[field]?.trim() || null;
    const fault = text === null ? null : textFault(text, ADDRESS_TEXTS[field]);
    if (fault !== null) return invalidInput('INVALID_ADDRESS', fault, ['input', 'address', field]);
    texts[field] = text;
  }
  const phone = readPhone(input.phone);
  if ('fault' in phone) return invalidInput(phone.fault.code, phone.fault.message, ['input', 'address', 'phone']);
  const parts: AddressParts = { ...texts, country: input.country, phone: phone.value };
  const fault = addressFault(parts);
  return fault ? invalidInput(fault.code, fault.message, ['input', 'address', fault.field]) : parts;
}

function textFault(text: string, maximum: number): string | null {
  if (text.length > maximum || /\p{Cc}/u.test(text) || !text.isWellFormed())
    return `This part of an address has at most ${maximum} characters, without line breaks.`;
  // What is kept here is sent with a checkout, which refuses it.
  return containsCardNumber(text) ? 'This looks like the number of a payment card, which is not kept.' : null;
}
