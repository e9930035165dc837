import type { PriceList } from './domain/price-list.ts';

/** A variant is its key alone: prices needs no more of it. */
export interface ProductVariantMapper {
  readonly id: string;
}

/** A product, with the variants that the catalogue names where a field requires them. */
export interface ProductMapper {
  readonly id: string;
  readonly variants: readonly ProductVariantMapper[];
}

export type PriceListMapper = PriceList;
