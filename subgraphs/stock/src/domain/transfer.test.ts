import { isId, newId } from '@kontor/kit/src/ids.ts';
import { describe, expect, it } from 'vitest';
import { faultOfDetails, toDispatchLines, toReceiptLines } from './transfer.ts';

const [a, b] = [newId(), newId()];

describe('toDispatchLines', () => {
  it('sums the lines of one variant in either spelling, in order of id', () => {
    const lines = [
      { variantId: b, quantity: 1 },
      { variantId: a, quantity: 2 },
      { variantId: b.toUpperCase(), quantity: 3 },
    ];
    expect(toDispatchLines(lines, isId)).toEqual([
      { variantId: a, quantity: 2 },
      { variantId: b, quantity: 4 },
    ]);
  });

  it('refuses lines of one variant that are too much together, and more than 200 lines', () => {
    const line = { variantId: a, quantity: 600_000 };
    expect(toDispatchLines([line, line], isId)).toMatchObject({ code: 'INVALID_QUANTITY', path: ['lines'] });
    expect(toDispatchLines(Array(201).fill({ variantId: a, quantity: 1 }), isId)).toMatchObject({
      code: 'INVALID_LINES',
    });
    expect(toDispatchLines([{ variantId: '__proto__', quantity: 1 }], isId)).toMatchObject({
      code: null,
      path: ['lines', '0', 'variantId'],
    });
  });
});

describe('toReceiptLines', () => {
  it('sums units that are fit and units that are damaged apart, and bounds them together', () => {
    const line = { variantId: a, quantity: 400_000, damagedQuantity: 100_000 };
    expect(toReceiptLines([line, line], 1, isId)).toEqual([
      { variantId: a, quantity: 800_000, damagedQuantity: 200_000 },
    ]);
    expect(toReceiptLines([line, line, line], 1, isId)).toMatchObject({ code: 'INVALID_QUANTITY', path: ['lines'] });
  });

  it('takes no lines only when it may', () => {
    expect(toReceiptLines([], 0, isId)).toEqual([]);
    expect(toReceiptLines([], 1, isId)).toMatchObject({ code: 'INVALID_LINES' });
  });
});

describe('faultOfDetails', () => {
  it('takes moments that every calendar holds, and notes in one line', () => {
    expect(faultOfDetails(null, null)).toBeNull();
    expect(faultOfDetails('2031-02-03T04:05:06.000Z', 'x'.repeat(500))).toBeNull();
    for (const moment of ['0000-01-01T00:00:00.000Z', '1999-12-31T23:59:59.999Z', '2200-01-01T00:00:00.000Z'])
      expect(faultOfDetails(moment, null)).toMatchObject({ code: 'INVALID_EXPECTED_AT', path: ['expectedAt'] });
    for (const note of ['', ' ', 'a\nb', 'x'.repeat(501)])
      expect(faultOfDetails(null, note)).toMatchObject({ code: 'INVALID_NOTE', path: ['note'] });
  });
});
