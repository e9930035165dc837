import { isId } from '@kontor/kit/src/ids.ts';
import { isCurrencyCode } from '@kontor/kit/src/money.ts';

/** An order as it counts for its buyer. */
export interface CountedOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly channel: string;
  readonly currency: string;
  readonly totalMinor: number;
  /** ISO 8601. */
  readonly placedAt: string;
}

const MAX_CHANNEL_LENGTH = 64;

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The order of an `orders.order.placed`; null when it has no buyer with a profile, or says nothing that could be counted. */
export function readPlacedOrder(payload: unknown): CountedOrder | null {
  const { orderId, customerId, channel, total, placedAt } = fieldsOf(payload);
  const { minorUnits, currency } = fieldsOf(total);
  const order: CountedOrder = {
    orderId: textOf(orderId).toLowerCase(),
    customerId: textOf(customerId).toLowerCase(),
    channel: textOf(channel),
    currency: textOf(currency),
    totalMinor: Number.isSafeInteger(minorUnits) ? Number(minorUnits) : -1,
    placedAt: textOf(placedAt),
  };
  const isWhole =
    isId(order.orderId) &&
    isId(order.customerId) &&
    order.channel.length >= 1 &&
    order.channel.length <= MAX_CHANNEL_LENGTH &&
    !order.channel.includes('\0') &&
    isCurrencyCode(order.currency) &&
    order.totalMinor >= 0 &&
    /^\d{4}-\d\d-\d\dT/.test(order.placedAt) &&
    !Number.isNaN(Date.parse(order.placedAt));
  return isWhole ? { ...order, placedAt: new Date(order.placedAt).toISOString() } : null;
}

/** The order of an `orders.order.cancelled`; null when it names none. */
export function readCancelledOrder(payload: unknown): string | null {
  const orderId = textOf(fieldsOf(payload)['orderId']).toLowerCase();
  return isId(orderId) ? orderId : null;
}
