import type { ShippingZone } from './shipping-option.ts';

/** Where something is sent. */
export interface ShippingDestination {
  readonly country: string;
  readonly region: string | null;
  readonly postalCode: string | null;
}

/** A postal code, or the beginning of one, as they are compared: upper case, without blanks and hyphens. */
export const comparablePostalCode = (text: string): string => text.toUpperCase().replace(/[\s-]/g, '');

/**
 * The first zone that holds a destination; null when none does. A destination whose region or postal code is not known lies in no zone that
 * asks for one. Prefixes are kept as they are compared.
 */
export function findZone(zones: readonly ShippingZone[], destination: ShippingDestination): ShippingZone | null {
  const region = destination.region?.toUpperCase() ?? null;
  const postalCode = destination.postalCode === null ? null : comparablePostalCode(destination.postalCode);
  return (
    zones.find(
      ({ countries, regions, postalPrefixes }) =>
        isAmong(countries, destination.country) && isAmong(regions, region) && hasPrefix(postalPrefixes, postalCode),
    ) ?? null
  );
}

/** Whether a list names a value; an empty list names all. */
const isAmong = (list: readonly string[], value: string | null): boolean =>
  list.length === 0 || (value !== null && list.includes(value));

const hasPrefix = (prefixes: readonly string[], postalCode: string | null): boolean =>
  prefixes.length === 0 || (postalCode !== null && prefixes.some((prefix) => postalCode.startsWith(prefix)));
