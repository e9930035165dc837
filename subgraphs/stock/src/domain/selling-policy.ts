import { isKey } from './texts.ts';

/** How a variant is sold when nothing of it is left. */
export type SellingKind = 'DENY' | 'BACKORDER' | 'PREORDER';

/** The selling policy of a variant as it shall be. */
export interface SellingPolicyValues {
  readonly variantId: string;
  readonly kind: SellingKind;
  /** Units that may be sold ahead at one time. */
  readonly limitQuantity: number;
  /** When goods will be there, ISO 8601; null for a number of days or no promise. */
  readonly promisedAt: string | null;
  readonly promisedDays: number | null;
  /** In order; null for all channels. */
  readonly channels: readonly string[] | null;
}

/** What comes from outside. */
export interface SellingInput {
  readonly variantId: string;
  readonly kind: SellingKind;
  readonly limitQuantity?: number | null | undefined;
  /** ISO 8601. */
  readonly promisedAt?: string | null | undefined;
  readonly promisedDays?: number | null | undefined;
  readonly channels?: readonly string[] | null | undefined;
}

/** A rule that is broken, with the field. */
export interface SellingFault {
  readonly code: string;
  readonly message: string;
  readonly field: string;
}

const MAX_LIMIT = 1_000_000;
const MAX_DAYS = 730;
const MAX_CHANNELS = 50;

/** Checks how a variant shall be sold and brings it into its one form. A policy that denies has no limit, promise or channels. */
export function toSellingPolicy(input: SellingInput): SellingPolicyValues | SellingFault {
  const variantId = input.variantId.toLowerCase();
  const { kind } = input;
  const limitQuantity = input.limitQuantity ?? 0;
  const promisedAt = input.promisedAt ?? null;
  const promisedDays = input.promisedDays ?? null;
  const channels = input.channels ?? null;
  if (kind === 'DENY') {
    const given =
      (limitQuantity !== 0 && 'limitQuantity') ||
      (promisedAt !== null && 'promisedAt') ||
      (promisedDays !== null && 'promisedDays') ||
      (channels !== null && 'channels');
    if (given)
      return { code: 'NOT_SOLD_AHEAD', message: `A variant that is not sold ahead has no ${given}.`, field: given };
    return { variantId, kind, limitQuantity, promisedAt, promisedDays, channels };
  }
  const wrong =
    faultOfLimit(limitQuantity) ?? faultOfPromise(kind, promisedAt, promisedDays) ?? faultOfChannels(channels);
  if (wrong) return wrong;
  return { variantId, kind, limitQuantity, promisedAt, promisedDays, channels: channels && [...channels].sort() };
}

/** Whether `toSellingPolicy` refused. */
export const isSellingFault = (result: SellingPolicyValues | SellingFault): result is SellingFault =>
  'message' in result;

function faultOfLimit(limitQuantity: number): SellingFault | null {
  if (Number.isInteger(limitQuantity) && limitQuantity >= 1 && limitQuantity <= MAX_LIMIT) return null;
  const message = `limitQuantity must be from 1 to ${MAX_LIMIT}, not ${limitQuantity}.`;
  return { code: 'INVALID_QUANTITY', message, field: 'limitQuantity' };
}

function faultOfPromise(
  kind: SellingKind,
  promisedAt: string | null,
  promisedDays: number | null,
): SellingFault | null {
  const code = 'INVALID_PROMISE';
  if (promisedAt !== null && promisedDays !== null)
    return { code, message: 'Promise a moment or a number of days, not both.', field: 'promisedDays' };
  if (kind === 'PREORDER' && promisedAt === null && promisedDays === null)
    return { code, message: 'A preorder needs promisedAt or promisedDays.', field: 'promisedAt' };
  if (promisedDays !== null && (!Number.isInteger(promisedDays) || promisedDays < 0 || promisedDays > MAX_DAYS))
    return { code, message: `promisedDays must be from 0 to ${MAX_DAYS}, not ${promisedDays}.`, field: 'promisedDays' };
  return null;
}

function faultOfChannels(channels: readonly string[] | null): SellingFault | null {
  if (channels === null) return null;
  const code = 'INVALID_CHANNELS';
  if (channels.length < 1 || channels.length > MAX_CHANNELS)
    return { code, message: `channels takes 1 to ${MAX_CHANNELS} entries, not ${channels.length}.`, field: 'channels' };
  if (!channels.every(isKey)) return { code: 'UNKNOWN_CHANNEL', message: 'This is no channel.', field: 'channels' };
  if (new Set(channels).size < channels.length)
    return { code, message: 'A channel is given twice.', field: 'channels' };
  return null;
}
