/** A rate for a kind of goods in a place; the most specific wins: region before country, the category before `standard`. */
export interface TaxRate {
  readonly country: string;
  /** Empty for the whole country. */
  readonly region: string;
  readonly taxCategory: string;
  /** 1900 is 19%. */
  readonly basisPoints: number;
}

/** Whether tax is rounded once per line, or once per unit and then multiplied. */
export type TaxRounding = 'LINE' | 'UNIT';

/** What the tables say of a country: all its rates, and how it rounds. */
export interface TaxTable {
  readonly rates: readonly TaxRate[];
  readonly rounding: TaxRounding;
}

/** Where goods go. */
export interface TaxDestination {
  readonly country: string;
  readonly region: string | null;
}

/** Rates by tax category, complete for the categories that were asked for. */
export interface TaxRates {
  readonly rounding: TaxRounding;
  basisPointsOf(taxCategory: string): number;
}

/**
 * The port through which rates come: our tables by default, or somebody else's service. Asked once a quote, and once a list of prices.
 * The table of the country is given along, since it was read with the prices.
 */
export interface TaxProvider {
  rates(destination: TaxDestination, categories: readonly string[], table: TaxTable): TaxRates | Promise<TaxRates>;
}
