import { run, type Operator } from '../operator.ts';

const CHUNK = 1_000;

/** The limit with which imports sell ahead what may be sold without end: the highest that there is. */
export const SOLD_WITHOUT_END = 1_000_000;

/** A price of a list. */
export interface ListPrice {
  readonly variantId: string;
  readonly amountMinor: number;
  readonly compareAtMinor: number | null;
}

/** What a location has of a variant. */
export interface VariantStock {
  readonly variantId: string;
  readonly available: number;
  readonly sellingKind: 'DENY' | 'BACKORDER' | 'PREORDER';
  readonly sellAheadLimit: number;
}

/** What a list says of variants, by variant; those without a price are missing. */
export async function readListPrices(
  operator: Operator,
  code: string,
  variantIds: readonly string[],
): Promise<Map<string, ListPrice>> {
  const prices = new Map<string, ListPrice>();
  for (let from = 0; from < variantIds.length; from += CHUNK) {
    const { pricesOfList } = await run<{ pricesOfList: ListPrice[] }>(
      operator,
      'prices',
      'query P($code: String!, $ids: [ID!]!) { pricesOfList(code: $code, variantIds: $ids) { variantId amountMinor compareAtMinor } }',
      { code, ids: variantIds.slice(from, from + CHUNK) },
    );
    for (const price of pricesOfList) prices.set(price.variantId, price);
  }
  return prices;
}

/** What a location has of variants, by variant. */
export async function readStock(
  operator: Operator,
  locationId: string,
  variantIds: readonly string[],
): Promise<Map<string, VariantStock>> {
  const stock = new Map<string, VariantStock>();
  for (let from = 0; from < variantIds.length; from += CHUNK) {
    const { stockAtLocation } = await run<{ stockAtLocation: VariantStock[] }>(
      operator,
      'stock',
      'query S($locationId: ID!, $ids: [ID!]!) { stockAtLocation(locationId: $locationId, variantIds: $ids) { variantId available sellingKind sellAheadLimit } }',
      { locationId, ids: variantIds.slice(from, from + CHUNK) },
    );
    for (const level of stockAtLocation) stock.set(level.variantId, level);
  }
  return stock;
}
