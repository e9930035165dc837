import { describe, expect, it } from 'vitest';
import { acceptShippingOption, type ShippingOptionInput } from './accept-shipping-option.ts';
import type { ShippingZone } from './shipping-option.ts';

const ZONE: ShippingZone = {
  countries: ['DE'],
  regions: [],
  postalPrefixes: [],
  basis: 'FLAT',
  brackets: [{ from: 0, amountMinor: 490 }],
  freeFromMinor: null,
  maxGrams: null,
};
const OPTION: ShippingOptionInput = {
  code: 'parcel',
  position: 1,
  isActive: true,
  name: 'Parcel',
  names: [],
  channels: [],
  currency: 'EUR',
  taxIncluded: true,
  taxCategory: 'standard',
  zones: [ZONE],
};

const withZone = (more: Partial<ShippingZone>): ShippingOptionInput => ({ ...OPTION, zones: [{ ...ZONE, ...more }] });

/** The code of the broken rule and the field; null when the option is accepted. */
function faultOf(input: ShippingOptionInput): string | null {
  const accepted = acceptShippingOption(input);
  return 'fault' in accepted ? `${accepted.fault.code} ${accepted.fault.path.join('.')}` : null;
}

describe('a shipping option', () => {
  it('is kept as places are compared: postal codes and regions in capitals, without blanks, each once', () => {
    const zones: ShippingZone[] = [
      { ...ZONE, countries: ['GB', 'GB'], regions: ['nir', 'NIR'], postalPrefixes: ['bt 1', 'BT1', 'je-2'] },
    ];
    const accepted = acceptShippingOption({
      ...OPTION,
      name: '  Parcel ',
      names: [{ locale: 'DE-de', name: 'Paket ' }],
      channels: ['web', 'web'],
      zones,
    });
    expect(accepted).toEqual({
      value: {
        ...OPTION,
        name: 'Parcel',
        names: { 'de-DE': 'Paket' },
        channels: ['web'],
        zones: [{ ...ZONE, countries: ['GB'], regions: ['NIR'], postalPrefixes: ['BT1', 'JE2'] }],
      },
    });
  });

  it.each<[string, Partial<ShippingOptionInput>, string]>([
    ['a code with capitals', { code: 'Parcel' }, 'INVALID_CODE input.code'],
    ['no code', { code: '' }, 'INVALID_CODE input.code'],
    ['a position below 0', { position: -1 }, 'INVALID_POSITION input.position'],
    ['no name', { name: '  ' }, 'INVALID_NAME input.name'],
    ['a name of two lines', { name: 'a\nb' }, 'INVALID_NAME input.name'],
    ['a name with a null byte', { name: 'a\0b' }, 'INVALID_NAME input.name'],
    ['a language that is none', { names: [{ locale: '__proto__', name: 'x' }] }, 'INVALID_LOCALE input.names.0.locale'],
    [
      'a language twice',
      { names: ['de', 'DE'].map((locale) => ({ locale, name: 'x' })) },
      'INVALID_LOCALE input.names.1.locale',
    ],
    ['a channel that is no code', { channels: ['a b'] }, 'INVALID_CHANNEL input.channels'],
    ['a tax category of nothing', { taxCategory: '' }, 'INVALID_TAX_CATEGORY input.taxCategory'],
    ['no zones', { zones: [] }, 'INVALID_ZONE input.zones'],
    ['51 zones', { zones: Array.from({ length: 51 }, () => ZONE) }, 'INVALID_ZONE input.zones'],
  ])('is refused for %s', (_, more, expected) => {
    expect(faultOf({ ...OPTION, ...more })).toBe(expected);
  });

  it.each<[string, Partial<ShippingZone>, string]>([
    ['a country that is none', { countries: ['de'] }, 'countries'],
    ['a region that is none', { regions: ['CALI'] }, 'regions'],
    ['a prefix that says nothing', { postalPrefixes: [' '] }, 'postalPrefixes'],
    ['101 prefixes', { postalPrefixes: Array.from({ length: 101 }, (_, index) => `1${index}`) }, 'postalPrefixes'],
    ['a region of nowhere', { countries: [], regions: ['CA'] }, 'countries'],
    ['a postal code of two countries', { countries: ['DE', 'AT'], postalPrefixes: ['10'] }, 'countries'],
  ])('is refused for a zone with %s', (_, more, field) => {
    expect(faultOf(withZone(more))).toBe(`INVALID_ZONE input.zones.0.${field}`);
  });

  it.each<[string, Partial<ShippingZone>, string]>([
    ['no bracket', { brackets: [] }, 'INVALID_BRACKETS input.zones.0.brackets'],
    [
      'a first bracket that does not begin at 0',
      { basis: 'WEIGHT', brackets: [{ from: 1, amountMinor: 1 }] },
      'INVALID_BRACKETS input.zones.0.brackets',
    ],
    [
      'two flat prices',
      { brackets: [0, 5].map((from) => ({ from, amountMinor: 1 })) },
      'INVALID_BRACKETS input.zones.0.brackets',
    ],
    [
      'a bracket twice',
      { basis: 'TOTAL', brackets: [0, 5, 5].map((from) => ({ from, amountMinor: 1 })) },
      'INVALID_BRACKETS input.zones.0.brackets.2.from',
    ],
    [
      'brackets that descend',
      { basis: 'TOTAL', brackets: [0, 5, 4].map((from) => ({ from, amountMinor: 1 })) },
      'INVALID_BRACKETS input.zones.0.brackets.2.from',
    ],
    [
      'a negative amount',
      { brackets: [{ from: 0, amountMinor: -1 }] },
      'INVALID_AMOUNT input.zones.0.brackets.0.amountMinor',
    ],
    [
      'an amount that cannot be added exactly',
      { brackets: [{ from: 0, amountMinor: 2 ** 53 }] },
      'INVALID_AMOUNT input.zones.0.brackets.0.amountMinor',
    ],
    ['a negative amount from which it is free', { freeFromMinor: -1 }, 'INVALID_AMOUNT input.zones.0.freeFromMinor'],
    ['a weight of nothing', { maxGrams: 0 }, 'INVALID_WEIGHT input.zones.0.maxGrams'],
  ])('is refused for %s', (_, more, expected) => {
    expect(faultOf(withZone(more))).toBe(expected);
  });

  it('is refused when its zones together are larger than what every process keeps', () => {
    const postalPrefixes = Array.from({ length: 100 }, (_, index) => `${1_000_000_000 + index}`);
    expect(faultOf({ ...OPTION, zones: Array.from({ length: 50 }, () => ({ ...ZONE, postalPrefixes })) })).toBe(
      'TOO_MANY input.zones',
    );
  });
});
