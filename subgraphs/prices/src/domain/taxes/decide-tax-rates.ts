import type { TaxRate } from './tax-provider.ts';

/** A rate as it is kept. */
export interface KeptTaxRate extends TaxRate {
  /** Grows with every change of the rate. */
  readonly version: number;
}

/** A rate as somebody wants it. */
export interface TaxRateChange extends Omit<TaxRate, 'basisPoints'> {
  /** Null removes the rate. */
  readonly basisPoints: number | null;
  /** The version that was read, 0 for none; null takes whatever there is. */
  readonly expectedVersion: number | null;
}

export type TaxRateFault =
  | 'INVALID_REGION'
  | 'INVALID_TAX_CATEGORY'
  | 'INVALID_PERCENT'
  | 'DUPLICATE_RATE'
  | 'TOO_MANY_RATES'
  | 'VERSION_CONFLICT';

/** What becomes of a change. */
export type TaxRateDecision =
  | { readonly status: 'SET' | 'UNCHANGED' | 'REMOVED' }
  | { readonly status: 'REJECTED'; readonly code: TaxRateFault; readonly message: string; readonly field: string };

/** Of one country: with regions and categories, more than any tax law has. */
export const MAX_RATES_OF_COUNTRY = 1_000;
const REGION = /^[A-Z0-9]{0,3}$/;
/** What names kinds of goods that are taxed alike. */
export const TAX_CATEGORY = /^[A-Za-z0-9_-]{1,64}$/;

/** What names a rate. Neither of its parts holds a slash. */
export const taxRateKey = ({ country, region, taxCategory }: Omit<TaxRate, 'basisPoints'>): string =>
  `${country}/${region}/${taxCategory}`;

/**
 * What becomes of each change: one that breaks a rule is rejected, the others are kept.
 * @param kept all rates of the countries that are named.
 * @returns aligned with the changes.
 */
export function decideTaxRates(kept: readonly KeptTaxRate[], changes: readonly TaxRateChange[]): TaxRateDecision[] {
  const present = new Map(kept.map((rate) => [taxRateKey(rate), rate]));
  const counts = new Map<string, number>();
  for (const { country } of kept) counts.set(country, (counts.get(country) ?? 0) + 1);
  const seen = new Set<string>();
  return changes.map((change) => {
    const key = taxRateKey(change);
    const fault = faultOf(change, present.get(key) ?? null, seen.has(key));
    if (fault) return fault;
    seen.add(key);
    return decide(change, present.get(key) ?? null, counts);
  });
}

function faultOf(
  { region, taxCategory, basisPoints, expectedVersion }: TaxRateChange,
  before: KeptTaxRate | null,
  isTwice: boolean,
): TaxRateDecision | null {
  if (!REGION.test(region))
    return rejected('INVALID_REGION', 'A region is up to three capitals and digits, as ISO 3166-2 has it.', 'region');
  if (!TAX_CATEGORY.test(taxCategory))
    return rejected('INVALID_TAX_CATEGORY', 'A category is 1 to 64 letters, digits, - and _.', 'taxCategory');
  if (basisPoints !== null && (basisPoints < 0 || basisPoints > 10_000))
    return rejected('INVALID_PERCENT', 'A rate is from 0 to 10000 basis points.', 'basisPoints');
  if (isTwice)
    return rejected('DUPLICATE_RATE', 'This rate stands twice in the call: the first one counts.', 'country');
  const version = before?.version ?? 0;
  if (expectedVersion !== null && expectedVersion !== version)
    return rejected(
      'VERSION_CONFLICT',
      `The rate has changed since you read it and is now at version ${version}. Read it again and repeat.`,
      'expectedVersion',
    );
  return null;
}

function decide(
  { country, basisPoints }: TaxRateChange,
  before: KeptTaxRate | null,
  counts: Map<string, number>,
): TaxRateDecision {
  const count = counts.get(country) ?? 0;
  if (basisPoints === (before?.basisPoints ?? null)) return { status: 'UNCHANGED' };
  if (basisPoints === null) {
    counts.set(country, count - 1);
    return { status: 'REMOVED' };
  }
  if (before) return { status: 'SET' };
  if (count >= MAX_RATES_OF_COUNTRY)
    return rejected(
      'TOO_MANY_RATES',
      `${country} has ${MAX_RATES_OF_COUNTRY} rates, which is all there can be.`,
      'country',
    );
  counts.set(country, count + 1);
  return { status: 'SET' };
}

const rejected = (code: TaxRateFault, message: string, field: string): TaxRateDecision => ({
  status: 'REJECTED',
  code,
  message,
  field,
});
