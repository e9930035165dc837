import { currencyExponent, divideHalfEven, money, type Money } from '@kontor/kit/src/money.ts';

export const ROUNDINGS = ['DOWN', 'HALF_EVEN', 'UP'] as const;
export type Rounding = (typeof ROUNDINGS)[number];

/** A rank of customers, by what they earned in the last twelve months. */
export interface Tier {
  readonly code: string;
  readonly name: string;
  /** Qualifying points from which on one has it. */
  readonly threshold: number;
  /** What earning is multiplied by: 10,000 is once. */
  readonly multiplierBasisPoints: number;
}

/** What points are worth in a currency; null where they are not earned or not redeemed. */
export interface Rate {
  readonly currency: string;
  /** Points for 100 units of the currency, such as 100 euros. */
  readonly earnPointsPer100: number | null;
  /** What 100 points pay, in minor units. */
  readonly redeemMinorUnitsPer100: number | null;
}

/** What is different in each channel. */
export interface ChannelRules {
  readonly channel: string;
  readonly rounding: Rounding;
  /** Days between placing an order and having its points; 0 for at once. */
  readonly earningDelayDays: number;
  /** Points that an order must be paid with at least and at most, if it is; null for any. */
  readonly minimumPoints: number | null;
  readonly maximumPoints: number | null;
  readonly rates: readonly Rate[];
}

/** The loyalty programme. */
export interface LoyaltyRules {
  readonly version: number;
  /** Months until points expire; null when they do not. */
  readonly expiryMonths: number | null;
  /** Lowest threshold first. */
  readonly tiers: readonly Tier[];
  readonly channels: readonly ChannelRules[];
}

/** Points that one booking moves at most. */
export const MOST_POINTS = 1_000_000_000_000;
/** A multiplier of one. */
export const BASIS_POINTS = 10_000;

export const channelRules = (rules: LoyaltyRules | null, channel: string): ChannelRules | null =>
  rules?.channels.find((each) => each.channel === channel) ?? null;

export const rateOf = (channel: ChannelRules, currency: string): Rate | null =>
  channel.rates.find((each) => each.currency === currency) ?? null;

/**
 * Points for an amount, exactly: amount × points per 100 units × multiplier, rounded once as the rules say.
 * @param pointsPer100 for 100 units, not minor units, of the currency. @param multiplierBasisPoints 10,000 for once.
 */
export function pointsFor(
  { minorUnits, currency }: Money,
  pointsPer100: number,
  rounding: Rounding,
  multiplierBasisPoints: number = BASIS_POINTS,
): number {
  if (minorUnits <= 0) return 0;
  const dividend = BigInt(minorUnits) * BigInt(pointsPer100) * BigInt(multiplierBasisPoints);
  const divisor = 100n * 10n ** BigInt(currencyExponent(currency)) * BigInt(BASIS_POINTS);
  const points =
    rounding === 'DOWN'
      ? dividend / divisor
      : rounding === 'UP'
        ? ceiling(dividend, divisor)
        : divideHalfEven(dividend, divisor);
  return Number(points < BigInt(MOST_POINTS) ? points : BigInt(MOST_POINTS));
}

/** What an order earns: for its person, and towards the next tier, which the multiplier of a tier does not help to. */
export interface Earned {
  readonly points: number;
  readonly qualifying: number;
}

/** What an order of a total earns in a channel for somebody of a tier; nothing where there is no rule for it. */
export function earned(rules: LoyaltyRules | null, channel: string, total: Money, tier: string | null): Earned {
  const rulesOf = channelRules(rules, channel);
  const pointsPer100 = rulesOf && rateOf(rulesOf, total.currency)?.earnPointsPer100;
  if (!rulesOf || !pointsPer100) return { points: 0, qualifying: 0 };
  const multiplier = rules!.tiers.find(({ code }) => code === tier)?.multiplierBasisPoints ?? BASIS_POINTS;
  return {
    points: pointsFor(total, pointsPer100, rulesOf.rounding, multiplier),
    qualifying: pointsFor(total, pointsPer100, rulesOf.rounding),
  };
}

/** The fewest points that pay an amount. Rounded up: points never pay more than they are worth. */
export const pointsToPay = (amountMinor: number, redeemMinorUnitsPer100: number): number =>
  Number(ceiling(BigInt(amountMinor) * 100n, BigInt(redeemMinorUnitsPer100)));

/** The most that points pay, in minor units: the largest amount that `pointsToPay` asks no more of them for. */
export function paidBy(points: number, redeemMinorUnitsPer100: number): number {
  const amount = (BigInt(Math.max(points, 0)) * BigInt(redeemMinorUnitsPer100)) / 100n;
  return amount > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(amount);
}

/** What points pay of one order in a channel: zero below its minimum, null where they pay nothing in that currency. */
export function redeemable(
  rules: LoyaltyRules | null,
  channel: string,
  currency: string,
  points: number,
): Money | null {
  const rulesOf = channelRules(rules, channel);
  const value = rulesOf && rateOf(rulesOf, currency)?.redeemMinorUnitsPer100;
  if (!rulesOf || !value) return null;
  const usable = Math.min(points, rulesOf.maximumPoints ?? points);
  return money(usable < (rulesOf.minimumPoints ?? 0) ? 0 : paidBy(usable, value), currency);
}

/** The tier above one's own, and how many qualifying points it lacks; null at the top. */
export function nextTier(tiers: readonly Tier[], qualifying: number): { code: string; missingPoints: number } | null {
  const next = tiers.find(({ threshold }) => threshold > qualifying);
  return next ? { code: next.code, missingPoints: next.threshold - qualifying } : null;
}

const ceiling = (dividend: bigint, divisor: bigint): bigint => (dividend + divisor - 1n) / divisor;
