import type { TaxDestination, TaxRates, TaxTable } from './tax-provider.ts';

/** What goods are taxed as when nothing else is said of them, or of their category. */
export const STANDARD_CATEGORY = 'standard';

/**
 * The rates of a place, from the tables of its country. A region that says anything of goods like these comes before the country as a whole, and
 * in each of them the category before `standard`: what Spain says of books does not reach the Canary Islands, which tax by a law of their own.
 * Where no table says anything there is no tax.
 */
export function taxRates({ rates, rounding }: TaxTable, { country, region }: TaxDestination): TaxRates {
  const ofRegion = new Map<string, number>();
  const ofCountry = new Map<string, number>();
  const place = region?.toUpperCase() ?? '';
  for (const rate of rates) {
    if (rate.country !== country) continue;
    if (rate.region === '') ofCountry.set(rate.taxCategory, rate.basisPoints);
    else if (rate.region === place) ofRegion.set(rate.taxCategory, rate.basisPoints);
  }
  return {
    rounding,
    basisPointsOf: (category) => rateIn(ofRegion, category) ?? rateIn(ofCountry, category) ?? 0,
  };
}

const rateIn = (rates: ReadonlyMap<string, number>, category: string): number | undefined =>
  rates.get(category) ?? rates.get(STANDARD_CATEGORY);
