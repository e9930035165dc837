import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PriceList } from './price-list.ts';
import { selectPrice, type PriceCandidate, type PricingContext } from './select-price.ts';

const context: PricingContext = {
  channel: 'web',
  currency: 'EUR',
  country: 'DE',
  taxRateBasisPoints: 1900,
  isSold: true,
};

const list = (id: string, channel: string | null, currency = 'EUR'): PriceList => ({
  id,
  code: id,
  scope: channel === null ? 'BASE' : 'CHANNEL',
  channel,
  currency,
  taxIncluded: true,
  revision: 1,
});

const holds = (of: PriceList, amountMinor: number): PriceCandidate => ({ list: of, amountMinor, compareAtMinor: null });

const candidate = fc
  .record({
    id: fc.uuid(),
    channel: fc.constantFrom(null, 'web', 'pos'),
    currency: fc.constantFrom('EUR', 'USD'),
    amountMinor: fc.nat(),
  })
  .map(({ id, channel, currency, amountMinor }) => holds(list(id, channel, currency), amountMinor));

describe('selectPrice', () => {
  test("takes the channel's price over the base price, also when it is higher", () => {
    const winner = selectPrice([holds(list('base', null), 500), holds(list('web', 'web'), 900)], context);
    expect(winner?.amountMinor).toBe(900);
  });

  test('takes the base price when the list of the channel holds none', () => {
    expect(selectPrice([holds(list('base', null), 500)], context)?.amountMinor).toBe(500);
  });

  test('passes over another currency, another channel, and everything in a currency that the channel does not sell in', () => {
    const others = [holds(list('usd', null, 'USD'), 1), holds(list('pos', 'pos'), 1)];
    expect(selectPrice(others, context)).toBeNull();
    expect(selectPrice([holds(list('base', null), 500)], { ...context, isSold: false })).toBeNull();
  });

  test('gives the same winner in whatever order the candidates come, and never one that does not fit', () => {
    fc.assert(
      fc.property(
        fc
          .uniqueArray(candidate, { selector: (each) => each.list.id })
          .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          const winner = selectPrice(all, context);
          expect(selectPrice(shuffled, context)).toBe(winner);
          const fitting = all.filter((each) => each.list.currency === 'EUR' && each.list.channel !== 'pos');
          expect(winner === null).toBe(fitting.length === 0);
          if (winner === null) return;
          expect(fitting).toContain(winner);
          expect(winner.list.scope).toBe(fitting.some((each) => each.list.channel === 'web') ? 'CHANNEL' : 'BASE');
        },
      ),
    );
  });
});
