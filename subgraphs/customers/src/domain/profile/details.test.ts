import { describe, expect, it } from 'vitest';
import { addressFault, type AddressParts } from './address.ts';
import { isLocale } from './locale.ts';
import { isPreferenceKey, preferenceFault } from './preference.ts';

const whole: AddressParts = {
  label: null,
  name: 'Ada Lovelace',
  company: null,
  street: '1 St James Square',
  street2: null,
  city: 'London',
  province: null,
  postalCode: 'SW1Y 4JH',
  country: 'GB',
  phone: null,
};

describe('addressFault', () => {
  it('is null for a street, a city and a postal code', () => expect(addressFault(whole)).toBeNull());
  it.each(['street', 'city', 'postalCode'] as const)('names a missing %s', (field) =>
    expect(addressFault({ ...whole, [field]: null })).toMatchObject({ code: 'ADDRESS_INCOMPLETE', field }),
  );
  it('asks for no postal code in a country that has none', () =>
    expect(addressFault({ ...whole, postalCode: null, country: 'HK' })).toBeNull());
});

describe('isLocale', () => {
  it.each(['de', 'en-GB', 'zh-Hant-TW'])('takes %s', (tag) => expect(isLocale(tag)).toBe(true));
  it.each(['', 'DE', 'en_GB', 'english please', 'a'.repeat(40)])('refuses %j', (tag) =>
    expect(isLocale(tag)).toBe(false),
  );
});

describe('a preference', () => {
  it.each(['locale', 'topics.sale', 'web.list_view'])('can be called %s', (key) =>
    expect(isPreferenceKey(key)).toBe(true),
  );
  it.each(['', '__proto__', 'Locale', 'a.b.c', 'a.', 'x'.repeat(31)])('cannot be called %j', (key) =>
    expect(isPreferenceKey(key)).toBe(false),
  );
  it.each([
    ['locale', 'de'],
    ['currency', 'EUR'],
    ['store', '01890a5d-ac96-774b-bcce-b302099a8057'],
    ['topics.sale', false],
    ['web.columns', 3],
    ['constructor', 'x'],
  ] as const)('takes %s = %j', (key, value) => expect(preferenceFault(key, value)).toBeNull());
  it.each([
    ['locale', 'nowhere at all'],
    ['locale', true],
    ['currency', 'XYZZY'],
    ['store', 'here'],
    ['topics.sale', 'yes'],
    ['web.columns', Infinity],
    ['web.name', 'x'.repeat(501)],
  ] as const)('refuses %s = %j', (key, value) => expect(preferenceFault(key, value)).toEqual(expect.any(String)));
});
