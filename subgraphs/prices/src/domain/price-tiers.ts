import type { PricesFound } from './prices-found.ts';
import type { TaxRates } from './taxes/tax-provider.ts';
import { unitPriceOf, type UnitPrice } from './unit-price.ts';

/** So many tiers are told, from the smallest quantity on. */
const MAX_TIERS = 50;

/** The price of a unit from a quantity on. */
export interface PriceTier {
  readonly minQuantity: number;
  readonly price: UnitPrice;
}

/**
 * All prices of a variant by quantity, ascending: one for each quantity from which another list, amount or set of promotions holds. Quantities are those
 * of all lists of the buyer and of promotions that ask for one.
 * @param variantId in lower case
 */
export function priceTiersOf(found: PricesFound, variantId: string, taxes: TaxRates): PriceTier[] {
  const tiers: PriceTier[] = [];
  for (const minQuantity of quantitiesOf(found, variantId)) {
    const price = unitPriceOf(found, variantId, minQuantity, taxes);
    const before = tiers.at(-1);
    if (!price || (before && isSame(before.price, price))) continue;
    tiers.push({ minQuantity, price });
    if (tiers.length === MAX_TIERS) break;
  }
  return tiers;
}

/** Quantities at which the price may become another, ascending. */
function quantitiesOf({ byVariant, engine }: PricesFound, variantId: string): number[] {
  const quantities = new Set([1]);
  for (const { rowsOfChain } of byVariant.get(variantId) ?? [])
    for (const rows of rowsOfChain) for (const { minQuantity } of rows) quantities.add(minQuantity);
  for (const { promotion } of engine.promotions.rules)
    if (promotion.conditions.minQuantity !== null) quantities.add(promotion.conditions.minQuantity);
  return [...quantities].sort((one, other) => one - other);
}

const isSame = (one: UnitPrice, other: UnitPrice): boolean =>
  one.priceList.id === other.priceList.id &&
  one.gross.minorUnits === other.gross.minorUnits &&
  one.net.minorUnits === other.net.minorUnits &&
  one.precise === other.precise;
