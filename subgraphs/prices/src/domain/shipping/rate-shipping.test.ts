import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rateShipping, type Shipment } from './rate-shipping.ts';
import type { ShippingOption, ShippingZone } from './shipping-option.ts';

const zone = (more: Partial<ShippingZone> = {}): ShippingZone => ({
  countries: [],
  regions: [],
  postalPrefixes: [],
  basis: 'FLAT',
  brackets: [{ from: 0, amountMinor: 490 }],
  freeFromMinor: null,
  maxGrams: null,
  ...more,
});

const option = (more: Partial<ShippingOption> = {}): ShippingOption => ({
  code: 'parcel',
  position: 1,
  version: 1,
  isActive: true,
  name: 'Parcel',
  names: {},
  channels: [],
  currency: 'EUR',
  taxIncluded: true,
  taxCategory: 'standard',
  zones: [zone()],
  ...more,
});

/** To Berlin: 2 kg, 50.00 gross. */
const shipment = (more: Partial<Shipment['destination'] & Shipment['goods'] & Shipment['context']> = {}): Shipment => {
  const { channel = 'web', currency = 'EUR', country = 'DE', region = null, postalCode = '10115' } = more;
  const { grams = 2_000, gross = 5_000, net = 4_202 } = more;
  return { context: { channel, currency }, destination: { country, region, postalCode }, goods: { grams, gross, net } };
};

/** What the option costs; null when it is not offered. */
const amountOf = (given: Partial<ShippingOption>, sent = shipment()): number | null =>
  rateShipping([option(given)], sent)[0]?.amountMinor ?? null;

describe('the price of shipping', () => {
  const byWeight = zone({
    basis: 'WEIGHT',
    brackets: [
      { from: 0, amountMinor: 390 },
      { from: 2_000, amountMinor: 590 },
      { from: 10_000, amountMinor: 1_290 },
    ],
    maxGrams: 31_500,
  });

  it.each<[grams: number, amountMinor: number | null]>([
    [0, 390],
    [1_999, 390],
    [2_000, 590],
    [9_999, 590],
    [10_000, 1_290],
    [31_500, 1_290],
    [31_501, null],
  ])('of %i grams by weight is that of the last bracket that is reached: %s', (grams, expected) => {
    expect(amountOf({ zones: [byWeight] }, shipment({ grams }))).toBe(expected);
  });

  const byTotal = zone({
    basis: 'TOTAL',
    brackets: [
      { from: 0, amountMinor: 690 },
      { from: 5_000, amountMinor: 490 },
    ],
    freeFromMinor: 10_000,
  });

  it.each<[gross: number, net: number, taxIncluded: boolean, amountMinor: number]>([
    [4_999, 4_201, true, 690],
    [5_000, 4_202, true, 490],
    [5_000, 4_202, false, 690],
    [5_950, 5_000, false, 490],
    [9_999, 8_403, true, 490],
    [10_000, 8_403, true, 0],
    [11_899, 9_999, false, 490],
    [11_900, 10_000, false, 0],
  ])('of goods of %i gross and %i net, with tax %s, is %i', (gross, net, taxIncluded, expected) => {
    expect(amountOf({ taxIncluded, zones: [byTotal] }, shipment({ gross, net }))).toBe(expected);
  });

  it('is nothing from an amount on, also by weight, but no heavier than is sent', () => {
    const zones = [{ ...byWeight, freeFromMinor: 5_000 }];
    expect(amountOf({ zones })).toBe(0);
    expect(amountOf({ zones }, shipment({ gross: 4_999 }))).toBe(590);
    expect(amountOf({ zones }, shipment({ grams: 40_000 }))).toBeNull();
  });
});

describe('the zone of a destination', () => {
  const price = (amountMinor: number) => ({ brackets: [{ from: 0, amountMinor }] });
  const zones = [
    zone({ countries: ['DE'], postalPrefixes: ['18565', '25846'], ...price(1_490) }),
    zone({ countries: ['DE', 'AT'], ...price(490) }),
    zone({ countries: ['US'], regions: ['AK', 'HI'], ...price(4_990) }),
    zone({ countries: ['US'], ...price(1_990) }),
    zone({ countries: ['GB'], postalPrefixes: ['BT', 'JE2'], ...price(1_190) }),
  ];

  it.each<[string, Partial<Shipment['destination']>, number | null]>([
    ['an island by its postal code', { postalCode: '18565' }, 1_490],
    ['the same with blanks', { postalCode: ' 18 565 ' }, 1_490],
    ['the country around it', { postalCode: '10115' }, 490],
    ['the country when nobody knows the postal code yet', { postalCode: null }, 490],
    ['another country with the same code', { country: 'AT', postalCode: '18565' }, 490],
    ['a state', { country: 'US', region: 'HI', postalCode: '96801' }, 4_990],
    ['a state in small letters', { country: 'US', region: 'hi' }, 4_990],
    ['another state', { country: 'US', region: 'CA' }, 1_990],
    ['the country when nobody knows the state yet', { country: 'US', region: null }, 1_990],
    ['a code of letters, in small ones', { country: 'GB', postalCode: 'bt1 1aa' }, 1_190],
    ['a code that goes on where the prefix ends', { country: 'GB', postalCode: 'JE2-3AB' }, 1_190],
    ['no code that only looks alike', { country: 'GB', postalCode: 'JE3 1AA' }, null],
    ['no country that none names', { country: 'FR' }, null],
  ])('is that of %s', (_, destination, expected) => {
    expect(amountOf({ zones }, shipment(destination))).toBe(expected);
  });

  it('is the first that holds it, though a later one would take the weight', () => {
    const light = zone({ countries: ['DE'], maxGrams: 1_000 });
    expect(amountOf({ zones: [light, zone()] })).toBeNull();
    expect(amountOf({ zones: [zone(), light] })).toBe(490);
  });

  it('is everywhere when it names nothing', () => {
    expect(amountOf({ zones: [zone()] }, shipment({ country: 'NZ', postalCode: null }))).toBe(490);
  });
});

describe('the options of a shipment', () => {
  it.each<[string, Partial<ShippingOption>, number | null]>([
    ['of the channel', { channels: ['pos', 'web'] }, 490],
    ['of other channels', { channels: ['pos'] }, null],
    ['in another currency', { currency: 'USD' }, null],
    ['that was switched off', { isActive: false }, null],
    ['without a zone', { zones: [] }, null],
  ])('are offered, or not, when one is %s', (_, given, expected) => {
    expect(amountOf(given)).toBe(expected);
  });

  it('come by position, then code, with what quotes need of them', () => {
    const options = [
      option({ code: 'b', position: 2, name: 'B', taxCategory: 'transport' }),
      option({ code: 'c', position: 1, taxIncluded: false }),
      option({ code: 'a', position: 2 }),
      option({ code: 'none', position: 0, zones: [zone({ countries: ['AT'] })] }),
    ];
    expect(rateShipping(options, shipment())).toEqual([
      { code: 'c', name: 'Parcel', amountMinor: 490, taxIncluded: false, taxCategory: 'standard' },
      { code: 'a', name: 'Parcel', amountMinor: 490, taxIncluded: true, taxCategory: 'standard' },
      { code: 'b', name: 'B', amountMinor: 490, taxIncluded: true, taxCategory: 'transport' },
    ]);
  });

  it('do not depend on the order in which they are kept', () => {
    const options = Array.from({ length: 8 }, (_, index) => option({ code: `o${index}`, position: index % 3 }));
    const expected = rateShipping(options, shipment());
    fc.assert(
      fc.property(fc.shuffledSubarray(options, { minLength: 8 }), (shuffled) => {
        expect(rateShipping(shuffled, shipment())).toEqual(expected);
      }),
      { seed: 86 },
    );
  });

  it('cost no less for more weight where prices ascend, and nothing once they are free', () => {
    const steps = fc.uniqueArray(fc.integer({ min: 1, max: 50_000 }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(
        steps,
        fc.nat(60_000),
        fc.nat(20_000),
        fc.integer({ min: 1, max: 9_999 }),
        (froms, grams, more, free) => {
          const ascending = [0, ...froms.sort((one, other) => one - other)];
          const brackets = ascending.map((from, index) => ({ from, amountMinor: 100 * (index + 1) }));
          const zones = [zone({ basis: 'WEIGHT', brackets, freeFromMinor: free })];
          const gross = free - 1;
          const light = amountOf({ zones }, shipment({ grams, gross }))!;
          expect(amountOf({ zones }, shipment({ grams: grams + more, gross }))).toBeGreaterThanOrEqual(light);
          expect(amountOf({ zones }, shipment({ grams, gross: free }))).toBe(0);
        },
      ),
      { seed: 87 },
    );
  });
});
