import type { Fault } from './price-list.ts';

/** A country's standard rate. */
export interface TaxRate {
  readonly country: string;
  /** 1900 is 19%. */
  readonly basisPoints: number;
}

const MAX_RATES = 300;

/** The first rule that the rates of one call break; null when they may be written together. */
export function taxRatesFault(rates: readonly TaxRate[]): Fault | null {
  if (rates.length > MAX_RATES)
    return { code: 'TOO_MANY_RATES', message: `At most ${MAX_RATES} rates a call.`, path: ['input', 'rates'] };
  const seen = new Set<string>();
  for (const [index, { country, basisPoints }] of rates.entries()) {
    const at = (field: string) => ['input', 'rates', String(index), field];
    if (seen.has(country))
      return { code: 'DUPLICATE_COUNTRY', message: `${country} stands twice in this call.`, path: at('country') };
    seen.add(country);
    if (basisPoints < 0 || basisPoints > 10_000)
      return { code: 'INVALID_RATE', message: 'A rate is from 0 to 10000 basis points.', path: at('basisPoints') };
  }
  return null;
}
