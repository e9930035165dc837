import { describe, expect, it } from 'vitest';
import { readCancellation, readEarningOrder, readRefund } from './order-events.ts';

const orderId = '01920000-0000-7000-8000-000000000001';
const customerId = '01920000-0000-7000-8000-000000000002';
const total = { minorUnits: 1_999, currency: 'EUR' };
const placed = { orderId, customerId, channel: 'web', total, placedAt: '2026-01-31T12:00:00.000Z', lines: [] };

describe('readEarningOrder', () => {
  it('reads what is needed of an order of somebody', () => {
    expect(readEarningOrder(placed)).toEqual({
      orderId,
      customerId,
      channel: 'web',
      total,
      placedAt: new Date('2026-01-31T12:00:00.000Z'),
    });
  });

  it.each<unknown>([
    null,
    'placed',
    { ...placed, customerId: null },
    { ...placed, orderId: '__proto__' },
    { ...placed, channel: 1 },
    { ...placed, total: null },
    { ...placed, total: { ...total, minorUnits: 1.5 } },
    { ...placed, total: { ...total, minorUnits: -1 } },
    { ...placed, total: { ...total, minorUnits: 2 ** 53 } },
    { ...placed, total: { ...total, currency: 'constructor' } },
    { ...placed, placedAt: 'yesterday' },
    { ...placed, placedAt: '+275760-09-13T00:00:00.000Z' },
    { ...placed, placedAt: 5 },
  ])('reads none of %j', (payload) => expect(readEarningOrder(payload)).toBeNull());
});

describe('readRefund and readCancellation', () => {
  it('read the part, and the whole as one refund that happens once', () => {
    expect(readRefund({ orderId, refundId: 'r-1', customerId, total })).toEqual({ orderId, refundId: 'r-1', total });
    expect(readCancellation({ orderId, customerId: null })).toEqual({ orderId, refundId: orderId, total: null });
  });

  it.each<unknown>([
    undefined,
    [],
    { orderId, refundId: '', total },
    { orderId, refundId: 'r\0', total },
    { refundId: 'r-1', total },
  ])('read none of %j', (payload) => expect(readRefund(payload)).toBeNull());
});
