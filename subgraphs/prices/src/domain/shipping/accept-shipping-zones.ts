import { broken, type Accepted } from './accepted.ts';
import type { ShippingZone } from './shipping-option.ts';
import { comparablePostalCode } from './shipping-zone.ts';

const MOST = {
  zones: 50,
  countries: 250,
  regions: 100,
  postalPrefixes: 100,
  brackets: 50,
  /** As prices have it: quantities and tax keep it within what a client can hold exactly (2^53). */
  minor: 100_000_000_000,
  grams: 1_000_000_000,
} as const;
const COUNTRY = /^[A-Z]{2}$/;
const REGION = /^[A-Z0-9]{1,3}$/;
const PREFIX = /^[A-Z0-9]{1,10}$/;

/** The zones of an option as they are kept, in their order, or the first rule that one breaks. */
export function acceptZones(given: readonly ShippingZone[]): Accepted<ShippingZone[]> {
  if (given.length < 1 || given.length > MOST.zones)
    return broken('INVALID_ZONE', `An option has 1 to ${MOST.zones} zones.`, 'zones');
  const zones: ShippingZone[] = [];
  for (const [index, zone] of given.entries()) {
    const accepted = acceptZone(zone, (...path) => ['zones', String(index), ...path]);
    if ('fault' in accepted) return accepted;
    zones.push(accepted.value);
  }
  return { value: zones };
}

type At = (...path: string[]) => string[];

function acceptZone(zone: ShippingZone, at: At): Accepted<ShippingZone> {
  const countries = unique(zone.countries);
  const regions = unique(zone.regions.map((region) => region.toUpperCase()));
  const postalPrefixes = unique(zone.postalPrefixes.map(comparablePostalCode));
  if (!areAll(countries, COUNTRY, MOST.countries))
    return broken('INVALID_ZONE', `A zone names at most ${MOST.countries} countries, such as DE.`, ...at('countries'));
  if (!areAll(regions, REGION, MOST.regions))
    return broken('INVALID_ZONE', `A zone names at most ${MOST.regions} regions, such as CA.`, ...at('regions'));
  if (!areAll(postalPrefixes, PREFIX, MOST.postalPrefixes))
    return broken(
      'INVALID_ZONE',
      `A zone names at most ${MOST.postalPrefixes} beginnings of postal codes, of 1 to 10 letters and digits.`,
      ...at('postalPrefixes'),
    );
  if (countries.length !== 1 && regions.length + postalPrefixes.length > 0)
    return broken(
      'INVALID_ZONE',
      'Regions and postal codes belong to one country: name just that.',
      ...at('countries'),
    );
  return acceptAmounts({ ...zone, countries, regions, postalPrefixes }, at);
}

function acceptAmounts(zone: ShippingZone, at: At): Accepted<ShippingZone> {
  const { countries, regions, postalPrefixes, basis, freeFromMinor, maxGrams } = zone;
  const brackets = acceptBrackets(zone, at);
  if ('fault' in brackets) return brackets;
  if (freeFromMinor !== null && !isWithin(freeFromMinor, MOST.minor))
    return broken('INVALID_AMOUNT', 'The amount is not negative, in minor units.', ...at('freeFromMinor'));
  if (maxGrams !== null && (!isWithin(maxGrams, MOST.grams) || maxGrams === 0))
    return broken('INVALID_WEIGHT', `The weight is from 1 to ${MOST.grams} grams.`, ...at('maxGrams'));
  return {
    value: { countries, regions, postalPrefixes, basis, brackets: brackets.value, freeFromMinor, maxGrams },
  };
}

function acceptBrackets({ basis, brackets }: ShippingZone, at: At): Accepted<ShippingZone['brackets']> {
  const most = basis === 'FLAT' ? 1 : MOST.brackets;
  if (brackets.length < 1 || brackets.length > most || brackets[0]!.from !== 0)
    return broken(
      'INVALID_BRACKETS',
      basis === 'FLAT' ? 'A flat price is one bracket from 0.' : `There are 1 to ${most} brackets, the first from 0.`,
      ...at('brackets'),
    );
  let above = -1;
  const kept: { from: number; amountMinor: number }[] = [];
  for (const [index, { from, amountMinor }] of brackets.entries()) {
    if (from <= above || !isWithin(from, MOST.minor))
      return broken('INVALID_BRACKETS', 'Brackets ascend, each once.', ...at('brackets', String(index), 'from'));
    if (!isWithin(amountMinor, MOST.minor))
      return broken(
        'INVALID_AMOUNT',
        `An amount is from 0 to ${MOST.minor} minor units.`,
        ...at('brackets', String(index), 'amountMinor'),
      );
    above = from;
    kept.push({ from, amountMinor });
  }
  return { value: kept };
}

const unique = (list: readonly string[]): string[] => [...new Set(list)];

const areAll = (list: readonly string[], shape: RegExp, most: number): boolean =>
  list.length <= most && list.every((text) => shape.test(text));

const isWithin = (value: number, most: number): boolean => Number.isSafeInteger(value) && value >= 0 && value <= most;
