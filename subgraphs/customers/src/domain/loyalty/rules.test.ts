import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earned, nextTier, paidBy, pointsFor, pointsToPay, redeemable, type LoyaltyRules } from './rules.ts';

const rules: LoyaltyRules = {
  version: 1,
  expiryMonths: null,
  tiers: [
    { code: 'SILVER', name: 'Silver', threshold: 100, multiplierBasisPoints: 15_000 },
    { code: 'GOLD', name: 'Gold', threshold: 1_000, multiplierBasisPoints: 20_000 },
  ],
  channels: [
    {
      channel: 'web',
      rounding: 'DOWN',
      earningDelayDays: 0,
      minimumPoints: 50,
      maximumPoints: 500,
      rates: [{ currency: 'EUR', earnPointsPer100: 10, redeemMinorUnitsPer100: 33 }],
    },
  ],
};

describe('pointsFor', () => {
  it('is exact in the units of each currency', () => {
    expect(pointsFor({ minorUnits: 12_345, currency: 'EUR' }, 100, 'DOWN')).toBe(123);
    expect(pointsFor({ minorUnits: 12_345, currency: 'JPY' }, 1, 'DOWN')).toBe(123);
    expect(pointsFor({ minorUnits: 12_345, currency: 'KWD' }, 100, 'DOWN')).toBe(12);
    expect(pointsFor({ minorUnits: 0, currency: 'EUR' }, 100, 'UP')).toBe(0);
    expect(pointsFor({ minorUnits: Number.MAX_SAFE_INTEGER, currency: 'JPY' }, 1_000_000, 'UP', 1_000_000)).toBe(1e12);
  });

  it('rounds once, as it is told', () => {
    const half = { minorUnits: 250, currency: 'EUR' };
    expect(['DOWN', 'HALF_EVEN', 'UP'].map((rounding) => pointsFor(half, 100, rounding as 'UP'))).toEqual([2, 2, 3]);
    // 1.5 points times 1.5 is 2.25: rounding before it would give 3.
    expect(pointsFor({ minorUnits: 150, currency: 'EUR' }, 100, 'HALF_EVEN', 15_000)).toBe(2);
  });
});

describe('earned', () => {
  it('multiplies by the tier what a person gets, and not what counts towards the next one', () => {
    const total = { minorUnits: 10_000, currency: 'EUR' };
    expect(earned(rules, 'web', total, null)).toEqual({ points: 10, qualifying: 10 });
    expect(earned(rules, 'web', total, 'SILVER')).toEqual({ points: 15, qualifying: 10 });
    expect(earned(rules, 'web', total, 'of other rules')).toEqual({ points: 10, qualifying: 10 });
  });

  it('is nothing without a rule for the channel and the currency', () => {
    const none = { points: 0, qualifying: 0 };
    expect(earned(null, 'web', { minorUnits: 10_000, currency: 'EUR' }, null)).toEqual(none);
    expect(earned(rules, 'constructor', { minorUnits: 10_000, currency: 'EUR' }, null)).toEqual(none);
    expect(earned(rules, 'web', { minorUnits: 10_000, currency: 'USD' }, null)).toEqual(none);
  });
});

describe('what points pay', () => {
  const amounts = fc.integer({ min: 1, max: 10_000_000 });
  const values = fc.integer({ min: 1, max: 1_000_000 });

  it('never is more than they are worth, and the fewest are asked for', () => {
    fc.assert(
      fc.property(amounts, values, (amount, value) => {
        const points = pointsToPay(amount, value);
        expect(paidBy(points, value)).toBeGreaterThanOrEqual(amount);
        expect(paidBy(points - 1, value)).toBeLessThan(amount);
      }),
      { seed: 1 },
    );
  });

  it('can be paid with what it was worked out from', () => {
    fc.assert(
      fc.property(amounts, values, (points, value) => {
        expect(pointsToPay(paidBy(points, value), value)).toBeLessThanOrEqual(points);
      }),
      { seed: 2 },
    );
  });

  it('keeps within the minimum and maximum of an order', () => {
    const pays = (points: number) => redeemable(rules, 'web', 'EUR', points)?.minorUnits;
    expect([49, 50, 500, 10_000].map(pays)).toEqual([0, 16, 165, 165]);
    expect(redeemable(rules, 'web', 'USD', 100)).toBeNull();
    expect(redeemable(rules, 'pos', 'EUR', 100)).toBeNull();
  });
});

describe('nextTier', () => {
  it('is the first that is not reached, and none at the top', () => {
    expect(nextTier(rules.tiers, 0)).toEqual({ code: 'SILVER', missingPoints: 100 });
    expect(nextTier(rules.tiers, 100)).toEqual({ code: 'GOLD', missingPoints: 900 });
    expect(nextTier(rules.tiers, 1_000)).toBeNull();
  });
});
