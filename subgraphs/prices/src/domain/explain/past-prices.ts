import { nextBoundary } from '../promotions/next-boundary.ts';
import { compilePromotions, type CompiledPromotions } from '../promotions/compile-promotions.ts';
import type { Promotion } from '../promotions/promotion.ts';
import type { PricesFound } from '../prices-found.ts';
import { candidatesAt, statesAt, type Timeline, turningPoints } from './timeline.ts';

const MICROS_PER_MS = 1_000;
/** Times of day of promotions that are looked at, at most: two a day for half a year. */
const MAX_HOURS = 400;

/** Finds what prices of a past moment followed from; moments are microseconds since the epoch. */
export type PricesAt = (moment: number) => PricesFound;

/**
 * Rebuilds what prices followed from at moments of the past. Channel, exemption, the buyer's list, facts of goods, fees and shipping are those of
 * now: their past is not kept.
 * @param present what was found now, in the same scope.
 */
export function pricesOfPast(present: PricesFound, timeline: Timeline): PricesAt {
  let known: { readonly promotions: readonly Promotion[]; readonly compiled: CompiledPromotions } | null = null;
  const compiledAt = (moment: number): CompiledPromotions => {
    const promotions = statesAt(timeline.promotions, moment);
    const isSame =
      known?.promotions.length === promotions.length && promotions.every((each, at) => each === known?.promotions[at]);
    if (!known || !isSame) known = { promotions, compiled: compilePromotions(promotions) };
    return known.compiled;
  };
  return (moment) => ({
    context: { ...present.context, asOf: String(moment), now: new Date(Math.floor(moment / MICROS_PER_MS)) },
    byVariant: candidatesAt(timeline, moment),
    facts: present.facts,
    taxTable: {
      rates: statesAt(timeline.taxRates, moment),
      rounding: statesAt(timeline.taxRoundings, moment)[0] ?? 'LINE',
    },
    engine: { ...present.engine, promotions: compiledAt(moment) },
  });
}

/** The moments of a span at which prices may have become others, times of day of promotions among them; the beginning first, in order. */
export function momentsOfChange(timeline: Timeline, from: number, until: number): number[] {
  const points = new Set(turningPoints(timeline, from, until));
  const promotions = timeline.promotions.map(({ state }) => state);
  let at = new Date(Math.floor(from / MICROS_PER_MS));
  for (let count = 0; count < MAX_HOURS; count += 1) {
    const next = nextBoundary(promotions, at);
    if (next === null || next.getTime() * MICROS_PER_MS >= until) break;
    points.add(next.getTime() * MICROS_PER_MS);
    at = next;
  }
  return [...points].sort((one, other) => one - other);
}
