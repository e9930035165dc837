import { findTimeline } from '../data/explain/find-timeline.ts';
import { pricePeriods, OMNIBUS_REACH_MICROS, type PricePeriod } from '../domain/explain/price-periods.ts';
import { momentsOfChange, type PricesAt, pricesOfPast } from '../domain/explain/past-prices.ts';
import type { Timeline } from '../domain/explain/timeline.ts';
import type { PricesFound } from '../domain/prices-found.ts';
import type { PriceScope } from '../domain/pricing-context.ts';
import type { TaxRates } from '../domain/taxes/tax-provider.ts';
import { STANDARD_CATEGORY, taxRates } from '../domain/taxes/tax-rates.ts';
import { unitPriceOf, type UnitPrice } from '../domain/unit-price.ts';
import { readWithTaxes, type PricingSource } from '../price-readers.ts';
import type { Database } from '@kontor/kit/src/database.ts';

/** Where the past is read from. */
export interface PastSource extends PricingSource {
  readonly db: Database;
}

/** What prices of variants followed from, since a moment until now. */
export interface Past {
  readonly present: PricesFound;
  readonly timeline: Timeline;
  readonly at: PricesAt;
  /** Microseconds since the epoch: the moment of `present`. */
  readonly now: number;
  /** The rates of now, whoever provides them. */
  readonly taxes: TaxRates;
}

/**
 * Reads how prices of variants came about since a moment, in a scope, by two statements.
 * @param draftCode a draft that is wanted besides what was in force.
 * @returns null when the channel is not known here.
 */
export async function readPast(
  source: PastSource,
  scope: PriceScope,
  variantIds: readonly string[],
  { from, allLists = false, draftCode = null }: PastOptions,
): Promise<Past | null> {
  const read = await readWithTaxes(source, scope, variantIds);
  if (!read) return null;
  const { context } = read.found;
  const now = Number(context.asOf);
  const timeline = await findTimeline(source.db, {
    variantIds: variantIds.map((id) => id.toLowerCase()),
    currency: allLists ? null : context.currency,
    country: context.country,
    from: typeof from === 'number' ? from : from(now),
    draftCode,
  });
  return { present: read.found, timeline, at: pricesOfPast(read.found, timeline), now, taxes: read.taxes };
}

export interface PastOptions {
  /** Microseconds since the epoch, or how they follow from now. */
  readonly from: number | ((now: number) => number);
  /** Whether lists of other currencies and drafts are told, too. */
  readonly allLists?: boolean;
  readonly draftCode?: string | null;
}

/** The rates of a past moment, by our own tables: another provider is asked for the present alone. */
export const taxesOf = ({ context, taxTable }: PricesFound): TaxRates => taxRates(taxTable, context);

/** What a unit of a variant cost from a moment until now, oldest first. @param variantId in lower case */
export function periodsOf(past: Past, variantId: string, from: number): PricePeriod<UnitPrice>[] {
  return pricePeriods(momentsOfChange(past.timeline, from, past.now), past.now, (moment) => {
    const found = past.at(moment);
    return unitPriceOf(found, variantId, 1, taxesOf(found));
  });
}

/** How far back the lowest price of thirty days looks. */
export const omnibusStart = (now: number): number => now - OMNIBUS_REACH_MICROS;

/** The tax category of a variant. @param variantId in lower case */
export const taxCategoryOf = (found: PricesFound, variantId: string): string =>
  found.facts.get(variantId)?.taxCategory ?? STANDARD_CATEGORY;
