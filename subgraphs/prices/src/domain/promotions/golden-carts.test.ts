import { describe, expect, test } from 'vitest';
import { formatAmount, money } from '@kontor/kit/src/money.ts';
import { givenCart } from '../../testing/given-promotions.ts';
import { GOLDEN_CARTS } from '../../testing/golden-promotions.ts';
import { applyPromotions } from './apply-promotions.ts';
import { compilePromotions } from './compile-promotions.ts';

const text = (minor: number) => formatAmount(money(minor, 'EUR'));
const sum = (amounts: readonly { amountMinor: number }[]) =>
  amounts.reduce((all, { amountMinor }) => all + amountMinor, 0);

describe('carts worked out by hand', () => {
  test.each(GOLDEN_CARTS)('$what', ({ cart, promotions, given, ...expected }) => {
    const outcome = applyPromotions(compilePromotions(promotions), givenCart(cart, given));

    expect({
      lines: Object.fromEntries(outcome.lines.map(({ variantId, totalMinor }) => [variantId, text(totalMinor)])),
      total: text(outcome.lines.reduce((all, { totalMinor }) => all + totalMinor, 0)),
      refused: Object.fromEntries(
        outcome.trials
          .filter(({ applied }) => !applied)
          .map(({ promotion, refusal, rival }) => [promotion.code, rival ? `${refusal} with ${rival}` : refusal]),
      ),
      shippingOff: text(sum(outcome.shippingDiscounts)),
      gifts: outcome.gifts.map(({ inCart, quantity, variantId }) => `${inCart} of ${quantity} ${variantId}`),
    }).toEqual({
      lines: expected.lines,
      total: expected.total,
      refused: expected.refused ?? {},
      shippingOff: expected.shippingOff ?? '0.00',
      gifts: expected.gifts ?? [],
    });
    for (const { baseMinor, totalMinor, discounts } of outcome.lines) {
      expect(totalMinor + sum(discounts)).toBe(baseMinor);
    }
    const allGiven = sum(outcome.lines.flatMap(({ discounts }) => discounts)) + sum(outcome.shippingDiscounts);
    expect(sum(outcome.applied)).toBe(allGiven);
    expect(outcome.trials.length).toBe(promotions.length);
  });
});
