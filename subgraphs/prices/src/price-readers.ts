import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import { findPrices, type PriceSource } from './data/reading/find-prices.ts';
import type { PricesFound } from './domain/prices-found.ts';
import { priceTiersOf, type PriceTier } from './domain/price-tiers.ts';
import type { PriceScope } from './domain/pricing-context.ts';
import type { TaxProvider, TaxRates } from './domain/taxes/tax-provider.ts';
import { STANDARD_CATEGORY } from './domain/taxes/tax-rates.ts';
import { unitPriceOf, type UnitPrice } from './domain/unit-price.ts';

const BATCH = 2_000;

/** Where prices come from, and taxes. */
export interface PricingSource extends PriceSource {
  readonly taxes: TaxProvider;
}

/** What was found for a batch of variants, with the rates of their place. */
export interface PricesRead {
  readonly found: PricesFound;
  readonly taxes: TaxRates;
}

/** Answers prices of variants in one scope, all that are asked for in a tick by one statement. */
export interface PriceReader {
  /** Null when no list prices the variant at that quantity, and for what is no id. */
  unitPrice(variantId: string, quantity: number): Promise<UnitPrice | null>;
  /** By quantity, ascending; empty when no list prices the variant. */
  tiers(variantId: string): Promise<PriceTier[]>;
}

/**
 * Finds prices of variants with the tax rates that they need.
 * @returns null when the channel is not known here.
 */
export async function readWithTaxes(
  source: PricingSource,
  scope: PriceScope,
  variantIds: readonly string[],
): Promise<PricesRead | null> {
  const found = await findPrices(source, { scope, variantIds });
  if (!found) return null;
  const { country, region } = found.context;
  const categories = new Set([STANDARD_CATEGORY]);
  for (const { taxCategory } of found.facts.values()) categories.add(taxCategory);
  return { found, taxes: await source.taxes.rates({ country, region }, [...categories], found.taxTable) };
}

/** Readers of one request, by scope. */
export function createPriceReaders(source: PricingSource): (scope: PriceScope) => PriceReader {
  const byScope = new Map<string, PriceReader>();
  return (scope) => {
    const key = JSON.stringify(scope);
    let reader = byScope.get(key);
    if (!reader) byScope.set(key, (reader = createPriceReader(source, scope)));
    return reader;
  };
}

function createPriceReader(source: PricingSource, scope: PriceScope): PriceReader {
  const reads = new DataLoader<string, PricesRead | null>(
    async (ids) => {
      const read = await readWithTaxes(source, scope, ids);
      return ids.map(() => read);
    },
    { maxBatchSize: BATCH },
  );
  // Prices of one are asked for twice in a listing: by the variant, and by the range of its product.
  const ofOne = new WeakMap<PricesRead, Map<string, UnitPrice | null>>();
  return {
    async unitPrice(variantId, quantity) {
      if (!isId(variantId)) return null;
      const id = variantId.toLowerCase();
      const read = await reads.load(id);
      if (!read) return null;
      if (quantity !== 1) return unitPriceOf(read.found, id, quantity, read.taxes);
      let known = ofOne.get(read);
      if (!known) ofOne.set(read, (known = new Map<string, UnitPrice | null>()));
      let price = known.get(id);
      if (price === undefined) known.set(id, (price = unitPriceOf(read.found, id, 1, read.taxes)));
      return price;
    },
    async tiers(variantId) {
      if (!isId(variantId)) return [];
      const id = variantId.toLowerCase();
      const read = await reads.load(id);
      return read ? priceTiersOf(read.found, id, read.taxes) : [];
    },
  };
}
