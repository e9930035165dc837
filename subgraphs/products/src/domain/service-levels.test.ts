import { describe, expect, it } from 'vitest';
import { acceptServiceLevels, type ServiceLevel } from './service-levels.ts';

const level = (more: Partial<ServiceLevel> = {}): ServiceLevel => ({
  code: 'standard',
  name: 'Standard',
  kind: 'DELIVERY',
  minHours: 24,
  maxHours: 48,
  ...more,
});

describe('acceptServiceLevels', () => {
  it('keeps the order and cleans the names', () =>
    expect(
      acceptServiceLevels([level({ name: ' Fast \n delivery ' }), level({ code: 'collect', kind: 'PICKUP' })]),
    ).toEqual({
      levels: [level({ name: 'Fast delivery' }), level({ code: 'collect', kind: 'PICKUP' })],
    }));

  it.each([
    ['a code with a blank', [level({ code: 'next day' })], 'INVALID_CODE'],
    ['a code that occurs twice', [level(), level()], 'INVALID_CODE'],
    ['an empty name', [level({ name: ' ' })], 'INVALID_NAME'],
    ['a name of 101 characters', [level({ name: 'x'.repeat(101) })], 'INVALID_NAME'],
    ['hours below zero', [level({ minHours: -1 })], 'INVALID_HOURS'],
    ['more than a year', [level({ maxHours: 8_761 })], 'INVALID_HOURS'],
    ['half an hour', [level({ minHours: 0.5 })], 'INVALID_HOURS'],
    ['at most less than at least', [level({ minHours: 49 })], 'INVALID_HOURS'],
    ['21 of them', Array.from({ length: 21 }, (_, index) => level({ code: `level-${index}` })), 'INVALID_COUNT'],
  ])('refuses %s', (_, levels, code) => expect(acceptServiceLevels(levels)).toMatchObject({ broken: { code } }));
});
