import type { Engine } from './engine.ts';
import type { VariantFacts } from './facts.ts';
import type { Candidate } from './lists/price-list.ts';
import type { PricingContext } from './pricing-context.ts';
import type { TaxTable } from './taxes/tax-provider.ts';

/** All that pricing variants in a scope needs, as it was at one moment. */
export interface PricesFound {
  readonly context: PricingContext;
  /** Lists in force for the buyer that hold something for the variant, in no order; variants by their id in lower case. */
  readonly byVariant: ReadonlyMap<string, readonly Candidate[]>;
  /** Variants that products has told of. */
  readonly facts: ReadonlyMap<string, VariantFacts>;
  /** Of the country as a whole and of the region. */
  readonly taxTable: TaxTable;
  readonly engine: Engine;
}
