import { describe, expect, it } from 'vitest';
import { availabilityAt, isLow, statusOf } from './availability.ts';

describe('availability', () => {
  it.each([
    [0, 'OUT', true],
    [1, 'LOW', true],
    [5, 'LOW', true],
    [6, 'IN_STOCK', false],
  ] as const)('of %i units is %s', (quantity, status, low) => {
    expect(statusOf(quantity)).toBe(status);
    expect(isLow(quantity)).toBe(low);
  });

  it('counts the locations of the channel and no others', () => {
    const levels = [
      { locationId: 'a', available: 3 },
      { locationId: 'b', available: 4 },
    ];
    const change = { variantId: 'v', version: 7, levels, asOf: 'now' };
    expect(availabilityAt(change, new Set(['b', 'c']))).toEqual({
      variantId: 'v',
      version: 7,
      sellableQuantity: 4,
      asOf: 'now',
    });
    expect(availabilityAt(change, new Set()).sellableQuantity).toBe(0);
  });
});
