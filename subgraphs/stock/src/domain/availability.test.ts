import { describe, expect, it } from 'vitest';
import { availabilityAt, isLow } from './availability.ts';

describe('availability', () => {
  it.each([
    [0, true],
    [5, true],
    [6, false],
  ])('of %i units is low: %s', (quantity, low) => expect(isLow(quantity)).toBe(low));

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
