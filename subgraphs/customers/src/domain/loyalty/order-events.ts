import { isId } from '@kontor/kit/src/ids.ts';
import { isCurrencyCode, money, type Money } from '@kontor/kit/src/money.ts';

/** An order that earns points. */
export interface EarningOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly channel: string;
  readonly total: Money;
  readonly placedAt: Date;
}

/** A part of an order that earns nothing after all, or all of it. */
export interface Refund {
  readonly orderId: string;
  /** The order's own id where it was cancelled: that happens once. */
  readonly refundId: string;
  /** Null for the whole order. */
  readonly total: Money | null;
}

const MOST_REFERENCE_LENGTH = 200;
/** Behind it some instants cannot be written: whatever comes with one is no event of orders. */
const LAST_INSTANT_MS = Date.UTC(9_000, 0);

type Fields = Readonly<Record<string, unknown>>;

/** Reads what `orders.order.placed` and `orders.order.attached` tell; null for an order of nobody, and for what is no such event. */
export function readEarningOrder(payload: unknown): EarningOrder | null {
  const { orderId, customerId, channel, total, placedAt } = fieldsOf(payload);
  const [amount, time] = [readMoney(total), new Date(typeof placedAt === 'string' ? placedAt : NaN)];
  if (!isIdText(orderId) || !isIdText(customerId) || typeof channel !== 'string') return null;
  if (amount === null || !(Math.abs(time.getTime()) < LAST_INSTANT_MS)) return null;
  return { orderId, customerId, channel, total: amount, placedAt: time };
}

/** Reads what `orders.order.refunded` tells; null for what is no such event. */
export function readRefund(payload: unknown): Refund | null {
  const { orderId, refundId, total } = fieldsOf(payload);
  const amount = readMoney(total);
  return isIdText(orderId) && isReference(refundId) && amount ? { orderId, refundId, total: amount } : null;
}

/** Reads what `orders.order.cancelled` tells; null for what is no such event. */
export function readCancellation(payload: unknown): Refund | null {
  const { orderId } = fieldsOf(payload);
  return isIdText(orderId) ? { orderId, refundId: orderId, total: null } : null;
}

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

const isReference = (value: unknown): value is string =>
  typeof value === 'string' && value.length >= 1 && value.length <= MOST_REFERENCE_LENGTH && !value.includes('\0');

const isIdText = (value: unknown): value is string => typeof value === 'string' && isId(value);

function readMoney(value: unknown): Money | null {
  const { minorUnits, currency } = fieldsOf(value);
  if (typeof minorUnits !== 'number' || !Number.isSafeInteger(minorUnits) || minorUnits < 0) return null;
  return typeof currency === 'string' && isCurrencyCode(currency) ? money(minorUnits, currency) : null;
}
