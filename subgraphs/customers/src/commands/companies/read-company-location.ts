import { isCurrencyCode, type Money } from '@kontor/kit/src/money.ts';
import {
  TERMS_DAYS,
  type CompanyAddress,
  type LocationChange,
  type TaxExemption,
} from '../../domain/companies/company-location.ts';
import { readText, type Read } from '../read-input.ts';
import { readOptional, readReference } from './read-company.ts';

const MAX_NAME_LENGTH = 200;
const MAX_PART_LENGTH = 200;
const MAX_CODE_LENGTH = 100;
const MAX_EXEMPTION_LENGTH = 50;

/** An address as a client sends it. */
export type AddressInput = { readonly country: string } & {
  readonly [Part in Exclude<keyof CompanyAddress, 'country'>]?: string | null | undefined;
};

/** A location as a client sends it: absent fields stay, null clears. */
export interface LocationInput {
  readonly name?: string | null | undefined;
  readonly externalReference?: string | null | undefined;
  readonly address?: AddressInput | null | undefined;
  readonly priceListCode?: string | null | undefined;
  readonly currency?: string | null | undefined;
  readonly taxExemption?:
    | { readonly country: string; readonly number: string; readonly validUntil?: string | null | undefined }
    | null
    | undefined;
  readonly termsDays?: number | null | undefined;
  readonly creditLimit?: Money | null | undefined;
  readonly defaultChannel?: string | null | undefined;
}

const fault = (field: string, code: string, message: string) => ({ fault: { code, message, field } });

/** Reads a change of a location. @returns the change, or the first field that breaks a rule; its parts are joined by dots. */
export function readLocation(input: LocationInput): Read<LocationChange> {
  const name = input.name == null ? { value: undefined } : readText(input.name, 'name', MAX_NAME_LENGTH);
  if ('fault' in name) return name;
  const externalReference = readReference(input.externalReference);
  if ('fault' in externalReference) return externalReference;
  const priceListCode = readOptional(input.priceListCode, 'priceListCode', MAX_CODE_LENGTH);
  if ('fault' in priceListCode) return priceListCode;
  const defaultChannel = readOptional(input.defaultChannel, 'defaultChannel', MAX_CODE_LENGTH);
  if ('fault' in defaultChannel) return defaultChannel;
  const address = input.address == null ? { value: undefined } : readAddress(input.address);
  if ('fault' in address) return address;
  const taxExemption = input.taxExemption == null ? { value: input.taxExemption } : readExemption(input.taxExemption);
  if ('fault' in taxExemption) return taxExemption;
  const { currency, termsDays, creditLimit } = input;
  if (currency != null && !isCurrencyCode(currency))
    return fault('currency', 'INVALID_CURRENCY', 'A currency is a code such as EUR.');
  if (termsDays != null && !TERMS_DAYS.some((days) => days === termsDays))
    return fault('termsDays', 'INVALID_TERMS', `Terms are ${TERMS_DAYS.join(', ')} days.`);
  if (creditLimit != null && creditLimit.minorUnits < 0)
    return fault('creditLimit.minorUnits', 'INVALID_AMOUNT', 'A limit is not negative.');
  const value = {
    name: name.value,
    externalReference: externalReference.value,
    priceListCode: priceListCode.value,
    defaultChannel: defaultChannel.value,
    address: address.value,
    taxExemption: taxExemption.value,
    currency: currency ?? undefined,
    termsDays,
    creditLimit,
  };
  return { value };
}

const PARTS = ['recipient', 'street', 'street2', 'city', 'province', 'postalCode'] as const;

function readAddress(input: AddressInput): Read<CompanyAddress> {
  const address: Record<(typeof PARTS)[number], string | null> = {
    recipient: null,
    street: null,
    street2: null,
    city: null,
    province: null,
    postalCode: null,
  };
  for (const part of PARTS) {
    const read = readOptional(input[part], `address.${part}`, MAX_PART_LENGTH);
    if ('fault' in read) return read;
    address[part] = read.value ?? null;
  }
  return { value: { ...address, country: input.country } };
}

function readExemption(input: NonNullable<LocationInput['taxExemption']>): Read<TaxExemption> {
  const number = readText(input.number, 'taxExemption.number', MAX_EXEMPTION_LENGTH);
  if ('fault' in number) return number;
  return { value: { country: input.country, number: number.value, validUntil: input.validUntil ?? null } };
}
