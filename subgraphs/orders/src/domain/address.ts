/** A postal address as it is kept: absent parts are null. */
export interface Address {
  readonly name: string | null;
  readonly street: string | null;
  readonly street2: string | null;
  readonly city: string | null;
  readonly province: string | null;
  readonly postalCode: string | null;
  readonly country: string;
  /** Degrees north and east, when the client knew them. */
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** An address as a client sends it. */
export type AddressFields = { readonly country: string } & {
  readonly [Field in Exclude<keyof Address, 'country'>]?: Address[Field] | undefined;
};

const TEXTS = ['name', 'street', 'street2', 'city', 'province', 'postalCode'] as const;
const MAX_LENGTH = 200;

/** The address with its texts trimmed and absent parts made null. */
export function toAddress(fields: AddressFields): Address {
  const [name, street, street2, city, province, postalCode] = TEXTS.map((field) => fields[field]?.trim() || null);
  return {
    name: name ?? null,
    street: street ?? null,
    street2: street2 ?? null,
    city: city ?? null,
    province: province ?? null,
    postalCode: postalCode ?? null,
    country: fields.country,
    latitude: fields.latitude ?? null,
    longitude: fields.longitude ?? null,
  };
}

/** What is wrong with an address: the field and why; null when nothing is. */
export function addressFault(address: Address): { readonly field: string; readonly message: string } | null {
  for (const field of TEXTS) {
    if ((address[field]?.length ?? 0) > MAX_LENGTH)
      return { field, message: `This part of the address may have at most ${MAX_LENGTH} characters.` };
  }
  const { latitude, longitude } = address;
  if ((latitude === null) !== (longitude === null))
    return { field: latitude === null ? 'latitude' : 'longitude', message: 'Send both coordinates or neither.' };
  if (latitude !== null && Math.abs(latitude) > 90)
    return { field: 'latitude', message: 'The latitude must be from -90 to 90 degrees.' };
  if (longitude !== null && Math.abs(longitude) > 180)
    return { field: 'longitude', message: 'The longitude must be from -180 to 180 degrees.' };
  return null;
}
