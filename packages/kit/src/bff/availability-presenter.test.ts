import { describe, expect, it } from 'vitest';
import { createAvailabilityPresenter } from './availability-presenter.ts';

const reading = (variantId: string, sellableQuantity: number, version = 1) => ({
  variantId,
  sellableQuantity,
  version,
  asOf: '2026-01-01T00:00:00.000Z',
});

describe('what clients are told', () => {
  it('is one object for the same readings, which nobody can change', () => {
    const present = createAvailabilityPresenter('guest');
    const [tent, lamp] = [reading('tent', 7), reading('lamp', 3)];
    const update = present(false, [tent, lamp]);
    expect(present(false, [tent, lamp])).toBe(update);
    expect(present(false, [tent])).toBe(present(false, [tent]));
    expect([update, update.variants, ...update.variants].every(Object.isFrozen)).toBe(true);
  });

  it('is another object for a snapshot, another order, another reading or other variants', () => {
    const present = createAvailabilityPresenter('guest');
    const [tent, lamp] = [reading('tent', 7), reading('lamp', 3)];
    const lists = [[tent, lamp], [lamp, tent], [tent], [reading('tent', 7), lamp], []];
    const updates = [present(true, [tent, lamp]), ...lists.map((readings) => present(false, readings))];
    expect(new Set(updates).size).toBe(6);
    expect(updates.map(({ snapshot }) => snapshot)).toEqual([true, false, false, false, false, false]);
  });

  it('caps quantities for the public alone, and has the word for what there is', () => {
    const readings = [reading('a', 5_000), reading('b', 4), reading('c', 0)];
    const told = (role: Parameters<typeof createAvailabilityPresenter>[0]) =>
      createAvailabilityPresenter(role)(true, readings).variants.map((each) => [each.status, each.sellableQuantity]);
    const exact = [
      ['IN_STOCK', 5_000],
      ['LOW', 4],
      ['OUT', 0],
    ];
    const capped = [['IN_STOCK', 999], ...exact.slice(1)];
    expect([told('guest'), told('customer')]).toEqual([capped, capped]);
    expect([told('staff'), told('integration')]).toEqual([exact, exact]);
  });
});
