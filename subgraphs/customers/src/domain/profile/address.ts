/** The parts of a postal address that are texts, with the longest of each. */
export const ADDRESS_TEXTS = {
  label: 100,
  name: 200,
  company: 200,
  street: 200,
  street2: 200,
  city: 200,
  province: 200,
  postalCode: 20,
} as const;
export type AddressText = keyof typeof ADDRESS_TEXTS;

/** An address as it is kept; absent parts are null. */
export type AddressParts = { readonly [Field in AddressText]: string | null } & {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  /** E.164. */
  readonly phone: string | null;
};

/** An address of a person. */
export type Address = AddressParts & {
  readonly id: string;
  readonly customerId: string;
  readonly isDefaultShipping: boolean;
  readonly isDefaultBilling: boolean;
  readonly version: number;
};

export const ADDRESS_KINDS = ['SHIPPING', 'BILLING'] as const;
export type AddressKind = (typeof ADDRESS_KINDS)[number];

/** Addresses that one person can have. */
export const MOST_ADDRESSES = 50;

/** Countries without postal codes (Universal Postal Union). Everywhere else a parcel needs one. */
const WITHOUT_POSTAL_CODES: ReadonlySet<string> = new Set(
  (
    'AE AG AO AW BF BI BJ BO BQ BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GA GD GM GQ GY HK JM KI KM KN KP LY ML MO MR MW NR NU PA ' +
    'QA RW SB SC SL SR SS ST SX SY TD TF TG TK TL TO TT TV UG VU WS YE ZW'
  ).split(' '),
);

/** A field that an address lacks in its country. */
export interface AddressFault {
  readonly code: 'ADDRESS_INCOMPLETE';
  readonly field: AddressText;
  readonly message: string;
}

/** What an address lacks to be sent something; null when it lacks nothing. Lightly: a street, a city, and a postal code where there are any. */
export function addressFault(parts: AddressParts): AddressFault | null {
  const needed: AddressText[] = ['street', 'city'];
  if (!WITHOUT_POSTAL_CODES.has(parts.country)) needed.push('postalCode');
  const field = needed.find((each) => parts[each] === null);
  if (field === undefined) return null;
  return { code: 'ADDRESS_INCOMPLETE', field, message: `An address in ${parts.country} needs its ${field}.` };
}
