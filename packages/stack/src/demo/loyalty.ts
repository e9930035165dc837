import { CHANNELS } from './channels.ts';

const tier = (code: string, name: string, threshold: number, multiplierBasisPoints: number) => ({
  code,
  name,
  threshold,
  multiplierBasisPoints,
});

/** A point for each unit of money in every channel; a hundred of them pay one unit of it, but for marketplaces, which take no points. */
export const LOYALTY_RULES = {
  expiryMonths: 24,
  tiers: [
    tier('TRAIL', 'Trail', 500, 10_000),
    tier('RIDGE', 'Ridge', 2_000, 12_500),
    tier('SUMMIT', 'Summit', 5_000, 15_000),
  ],
  channels: CHANNELS.map(({ code, currencies }) => ({
    channel: code,
    ...(code === 'marketplace' ? {} : { minimumPoints: 100 }),
    rates: currencies.map((currency) => ({
      currency,
      earnPointsPer100: 100,
      ...(code === 'marketplace' ? {} : { redeemMinorUnitsPer100: 100 }),
    })),
  })),
};

/** Points that staff gave; the key makes repeating harmless. */
export const POINTS = [
  {
    email: 'jana.lindqvist@example.com',
    points: 1_250,
    reason: 'Points of the former stamp card',
    idempotencyKey: 'demo:jana-stamp-card',
  },
] as const;
