import { NAMED_SCOPES, ROLE_SCOPES } from '@kontor/kit/src/auth/policy.ts';
import { readPassword } from '@kontor/customers/src/commands/read-input.ts';
import { shapeOfSecret } from '@kontor/customers/src/commands/keys/key-secret.ts';
import { isPin, isTrivialPin } from '@kontor/customers/src/domain/keys/pin.ts';
import { describe, expect, test } from 'vitest';
import { PRODUCTS } from './catalogue/products.ts';
import { CHANNELS } from './channels.ts';
import { APPROVAL_RULE, COMPANY_LOCATIONS, COMPANY_MEMBERS } from './company.ts';
import { CUSTOMERS, DEMO_PASSWORD } from './customers.ts';
import { CONSENTS, GROUPS } from './groups.ts';
import { DEMO_KEYS } from './keys.ts';
import { LOCATIONS, STORES, WAREHOUSES } from './locations.ts';
import { LOYALTY_RULES, POINTS } from './loyalty.ts';
import { STAFF } from './staff.ts';
import { LEVELS, RACE_HANDLE } from './stock.ts';

const CODES = new Set(LOCATIONS.map(({ code }) => code));
const SKUS = PRODUCTS.flatMap(({ variants }) => variants.map(({ sku }) => sku));

describe('the locations', () => {
  test('are twelve in six countries or more, with an address and a place on earth', () => {
    expect([LOCATIONS.length, CODES.size, WAREHOUSES.length, STORES.length]).toEqual([12, 12, 5, 7]);
    expect(new Set(LOCATIONS.map(({ country }) => country))).toEqual(new Set(['DE', 'NL', 'FR', 'GB', 'US', 'AT']));
    const wrong = LOCATIONS.filter(
      ({ latitude, longitude, postalCode, street }) =>
        Math.abs(latitude) > 90 || Math.abs(longitude) > 180 || postalCode === '' || street === '',
    );
    expect(wrong).toEqual([]);
  });

  test('offer pickup where there is a counter, and nowhere else', () => {
    expect(LOCATIONS.filter(({ pickupOffered }) => pickupOffered)).toEqual(STORES);
  });
});

describe('the channels', () => {
  test('are five, each with locations that exist', () => {
    expect(CHANNELS.map(({ code }) => code)).toEqual(['web', 'mobile', 'pos', 'b2b', 'marketplace']);
    for (const { code, locationCodes } of CHANNELS) {
      expect([code, locationCodes.length > 0]).toEqual([code, true]);
      expect(locationCodes.filter((location) => !CODES.has(location))).toEqual([]);
    }
  });

  test('sell in euros first', () => {
    expect(CHANNELS.map(({ currencies }) => currencies[0])).toEqual(['EUR', 'EUR', 'EUR', 'EUR', 'EUR']);
  });
});

describe('the stock', () => {
  const bySku = Map.groupBy(LEVELS, ({ sku }) => sku);
  const totalOf = (sku: string) => bySku.get(sku)!.reduce((sum, { quantity }) => sum + quantity, 0);
  const raced = PRODUCTS.find(({ handle }) => handle === RACE_HANDLE)!.variants;
  const others = SKUS.filter((sku) => sku !== raced[0]?.sku);

  test('is twenty trail lanterns, all in the one warehouse that web, mobile, b2b and marketplace sell from', () => {
    expect(RACE_HANDLE).toBe('trail-lantern');
    expect(raced).toHaveLength(1);
    expect(bySku.get(raced[0]!.sku)).toEqual([{ locationCode: 'leipzig', sku: raced[0]!.sku, quantity: 20 }]);
    const sellers = CHANNELS.filter(({ locationCodes }) => locationCodes.includes('leipzig'));
    expect(sellers.map(({ code }) => code)).toEqual(['web', 'mobile', 'b2b', 'marketplace']);
  });

  test('lies at two to six different locations for every other variant', () => {
    const wrong = others.filter((sku) => {
      const places = bySku.get(sku)!.map(({ locationCode }) => locationCode);
      return places.length < 2 || places.length > 6 || new Set(places).size !== places.length;
    });
    expect(wrong).toEqual([]);
  });

  test('has some variants sold out, some down to the last three, and most plentiful', () => {
    const totals = others.map(totalOf);
    const soldOut = totals.filter((total) => total === 0).length;
    const low = totals.filter((total) => total >= 1 && total <= 3).length;
    expect(soldOut).toBeGreaterThanOrEqual(10);
    expect(low).toBeGreaterThanOrEqual(20);
    expect(totals.length - soldOut - low).toBeGreaterThanOrEqual(350);
    expect(LEVELS.every(({ quantity, locationCode }) => quantity >= 0 && CODES.has(locationCode))).toBe(true);
  });

  test('gives every store something to sell', () => {
    for (const { code } of STORES) {
      const stocked = LEVELS.filter(({ locationCode, quantity }) => locationCode === code && quantity > 0);
      expect([code, stocked.length >= 50]).toEqual([code, true]);
    }
  });
});

describe('the keys', () => {
  const endpoints = Object.entries(DEMO_KEYS);
  const keys = endpoints.flatMap(([, each]) => each);

  test('are long enough, look like what they are, and one key means one thing wherever it stands', () => {
    const looks = {
      customer: /^demo_[a-z_]{11,}$/,
      staff: /^demo_[a-z_]{11,}$/,
      integration: /^sk_test_/,
      device: /^dk_test_/,
    };
    expect(keys.filter(({ key, role }) => !looks[role].test(key))).toEqual([]);
    const made = keys.filter(({ key }) => !key.startsWith('demo_'));
    expect(made.map(({ key }) => shapeOfSecret(key))).toEqual([
      { kind: 'sk', mode: 'test' },
      { kind: 'dk', mode: 'test' },
      { kind: 'sk', mode: 'test' },
    ]);
    for (const key of keys) expect(keys.find((other) => other.key === key.key)).toEqual(key);
  });

  test('are bound to the channel that takes them, or to none; at the router always to one', () => {
    for (const [endpoint, list] of endpoints)
      for (const { label, channel } of list) {
        const fits = endpoint === 'router' ? channel !== null : channel === null || channel === endpoint;
        expect([endpoint, label, fits]).toEqual([endpoint, label, true]);
      }
  });

  test('sign in customers that exist, at locations that exist, and only customers', () => {
    for (const { role, customerEmail, locationCode } of keys) {
      expect(customerEmail !== undefined).toBe(role === 'customer');
      if (customerEmail !== undefined) expect(CUSTOMERS.map(({ email }) => email)).toContain(customerEmail);
      if (locationCode !== undefined) expect(CODES).toContain(locationCode);
    }
  });

  test('let the administrator into every field that needs a grant', () => {
    const administrator = DEMO_KEYS.router[0]!;
    const granted = NAMED_SCOPES.filter((scope) => scope.includes(':'));
    const given = new Set([...administrator.scopes, ...ROLE_SCOPES.staff]);
    // Stock at any location is everybody's who is bound to none.
    expect(granted.filter((scope) => !given.has(scope))).toEqual(['stock:any-location']);
  });
});

describe('the people', () => {
  const emails = new Set(CUSTOMERS.map(({ email }) => email));

  test('are named by addresses that exist, in the company, in groups, with points and consents', () => {
    const named = [...COMPANY_MEMBERS, ...POINTS, ...CONSENTS].map(({ email }): string => email);
    expect([...named, ...GROUPS.flatMap((group) => group.emails)].filter((email) => !emails.has(email))).toEqual([]);
  });

  test('sign in with a password that the system takes, those with a key of the portal as members', () => {
    expect('fault' in readPassword(DEMO_PASSWORD)).toBe(false);
    const members = new Set<string>(COMPANY_MEMBERS.map(({ email }) => email));
    expect(DEMO_KEYS.b2b.every(({ customerEmail = '' }) => members.has(customerEmail))).toBe(true);
    const withPassword = CUSTOMERS.filter(({ hasPassword }) => hasPassword).map(({ email }) => email);
    expect(withPassword).toEqual(['jana.lindqvist@example.com', ...members]);
  });

  test('of the company buy for locations that it has, one of each role, and large orders need an approver', () => {
    const locations = new Set<string>(COMPANY_LOCATIONS.map(({ name }) => name));
    expect(COMPANY_MEMBERS.map(({ role, location }) => [role, locations.has(location)])).toEqual([
      ['ADMIN', true],
      ['BUYER', true],
      ['APPROVER', true],
    ]);
    expect(APPROVAL_RULE).toMatchObject({ totalAtLeast: { minorUnits: 200_000 }, tiers: [{ role: 'APPROVER' }] });
  });

  test('of the staff have a PIN that the system takes, at stores that exist', () => {
    for (const { code, pin, locationCodes } of STAFF) {
      expect([code, isPin(pin) && !isTrivialPin(pin, code)]).toEqual([code, true]);
      expect(locationCodes.filter((location) => !STORES.some((store) => store.code === location))).toEqual([]);
    }
  });

  test('earn points in every channel, and rise through three tiers', () => {
    expect(LOYALTY_RULES.channels.map(({ channel }) => channel)).toEqual(CHANNELS.map(({ code }) => code));
    expect(LOYALTY_RULES.tiers).toHaveLength(3);
  });
});
