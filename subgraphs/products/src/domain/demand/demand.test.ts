import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addScores, orderScore } from './demand-score.ts';
import { readPlacedOrder, scoresOfOrders } from './ordered-products.ts';

const DAY_MS = 24 * 3_600_000;
const NOW_MS = Date.parse('2026-05-01T12:00:00.000Z');
const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

describe('scores', () => {
  test('an order counts half as much as one thirty days later', () => {
    expect(orderScore(NOW_MS) - orderScore(NOW_MS - 30 * DAY_MS)).toBeCloseTo(1, 9);
    expect(addScores(3, 3)).toBe(4);
  });

  test('grow with every order, in whatever order they come, and stay numbers for a century', () => {
    const moment = fc.integer({ min: 0, max: Date.UTC(2120, 0, 1) });
    fc.assert(
      fc.property(moment, moment, moment, (a, b, c) => {
        const [one, two, three] = [orderScore(a), orderScore(b), orderScore(c)];
        const sum = addScores(addScores(one, two), three);
        expect(sum).toBeGreaterThanOrEqual(Math.max(one, two, three));
        expect(sum).toBeLessThan(2_000);
        expect(addScores(three, addScores(two, one))).toBeCloseTo(sum, 9);
      }),
      { seed: 7 },
    );
  });
});

describe('what is read of an order', () => {
  const payload = { lines: [{ variantId: id(1), quantity: 2 }], placedAt: '2026-05-01T12:00:00.000Z' };

  test('is its variants and its time', () => {
    const order = { ...payload, customerId: id(9), lines: [...payload.lines, { variantId: id(1), quantity: 1 }] };
    expect(readPlacedOrder(order, NOW_MS)).toEqual({ variantIds: [id(1)], placedAtMs: NOW_MS });
  });

  test('is not younger than now', () => {
    expect(readPlacedOrder({ ...payload, placedAt: '2999-01-01T00:00:00.000Z' }, NOW_MS)?.placedAtMs).toBe(NOW_MS);
  });

  test.each([
    null,
    'text',
    7,
    [],
    {},
    { lines: 'x', placedAt: payload.placedAt },
    { ...payload, placedAt: 'soon' },
    { lines: [] },
  ])('is nothing of %j', (other) => {
    expect(readPlacedOrder(other, NOW_MS)).toBeNull();
  });

  test('leaves out lines that name no variant', () => {
    const lines = [null, 7, {}, { variantId: 5 }, { variantId: 'x' }, { variantId: id(2) }];
    expect(readPlacedOrder({ ...payload, lines }, NOW_MS)?.variantIds).toEqual([id(2)]);
  });
});

describe('what orders add', () => {
  const productOf = new Map([
    [id(1), 'shirt'],
    [id(2), 'shirt'],
    [id(3), 'belt'],
  ]);

  test('a product counts once an order however many of its variants are in it, and with each other product both ways', () => {
    const score = orderScore(NOW_MS);
    const order = { variantIds: [id(1), id(2), id(3), id(4)], placedAtMs: NOW_MS };
    expect(scoresOfOrders([order], productOf)).toEqual({
      products: [
        { productId: 'shirt', score },
        { productId: 'belt', score },
      ],
      pairs: [
        { productId: 'shirt', otherProductId: 'belt', score },
        { productId: 'belt', otherProductId: 'shirt', score },
      ],
    });
  });

  test('orders of one batch are added up', () => {
    const order = { variantIds: [id(1), id(3)], placedAtMs: NOW_MS };
    const { products, pairs } = scoresOfOrders([order, order], productOf);
    expect(products.map(({ score }) => score)).toEqual([orderScore(NOW_MS) + 1, orderScore(NOW_MS) + 1]);
    expect(pairs.map(({ score }) => score)).toEqual([orderScore(NOW_MS) + 1, orderScore(NOW_MS) + 1]);
  });

  test('pairs are made of thirty products of an order at most', () => {
    const variantIds = Array.from({ length: 100 }, (_, index) => id(index));
    const many = new Map(variantIds.map((variantId) => [variantId, `p${variantId}`]));
    const { products, pairs } = scoresOfOrders([{ variantIds, placedAtMs: NOW_MS }], many);
    expect(products).toHaveLength(100);
    expect(pairs).toHaveLength(30 * 29);
  });
});
