import type { PriceList, PriceListScope } from './price-list.ts';

/** The price that one list holds for a variant. */
export interface PriceCandidate {
  readonly list: PriceList;
  /** Minor units for one unit. */
  readonly amountMinor: number;
  readonly compareAtMinor: number | null;
}

/** In what a price is asked for. */
export interface PricingContext {
  readonly channel: string;
  readonly currency: string;
  /** Whose tax applies. */
  readonly country: string;
  /** 1900 is 19%. */
  readonly taxRateBasisPoints: number;
  /** Whether the channel sells in the currency. */
  readonly isSold: boolean;
}

/** The more specific scope wins. */
const SPECIFICITY: Readonly<Record<PriceListScope, number>> = { BASE: 0, CHANNEL: 1 };

/**
 * The price that applies, of the prices that lists hold for one variant; null when none does. Currency and channel are hard
 * filters, then the most specific scope that *holds* a price wins, not the cheapest (the rule of commercetools). The answer does
 * not depend on the order of the candidates.
 */
export function selectPrice(candidates: readonly PriceCandidate[], context: PricingContext): PriceCandidate | null {
  if (!context.isSold) return null;
  let winner: PriceCandidate | null = null;
  for (const candidate of candidates) {
    const { currency, channel } = candidate.list;
    if (currency !== context.currency || (channel !== null && channel !== context.channel)) continue;
    if (winner === null || beats(candidate.list, winner.list)) winner = candidate;
  }
  return winner;
}

/** A constraint allows one list for a scope, channel and currency; the id keeps the answer defined all the same. */
function beats(list: PriceList, other: PriceList): boolean {
  const lead = SPECIFICITY[list.scope] - SPECIFICITY[other.scope];
  return lead > 0 || (lead === 0 && list.id < other.id);
}
