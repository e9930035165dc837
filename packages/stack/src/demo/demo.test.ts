import { POLICY } from '@kontor/kit/src/auth/policy.ts';
import { describe, expect, test } from 'vitest';
import { PRODUCTS } from './catalogue/products.ts';
import { CHANNELS } from './channels.ts';
import { CUSTOMERS } from './customers.ts';
import { DEMO_KEYS } from './keys.ts';
import { LOCATIONS, STORES, WAREHOUSES } from './locations.ts';
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

  test('are long enough, and one key means one thing wherever it stands', () => {
    expect(keys.filter(({ key }) => key.length < 16 || !/^demo_[a-z_]+$/.test(key))).toEqual([]);
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
    const granted = Object.values(POLICY).filter((scope) => scope.endsWith(':write') || scope.endsWith(':read'));
    const given = new Set([...administrator.scopes, 'catalogue:read', 'carts:write']);
    expect(granted.filter((scope) => !given.has(scope))).toEqual([]);
  });
});
