/** A property by which products can be narrowed. */
export type FacetName = 'VENDOR' | 'PRODUCT_TYPE' | 'TAG';

/** The order of a list of products. */
export type SortName = 'RELEVANCE' | 'NEWEST' | 'TITLE';

/** Keep products that have one of the values. */
export interface FacetFilter {
  readonly facet: FacetName;
  readonly values: readonly string[];
}

/** Filters as a list is narrowed by them: a product has one vendor and one type, but may need a label of each of several lists. */
export interface ProductFilters {
  readonly vendors: readonly string[] | null;
  readonly productTypes: readonly string[] | null;
  readonly tagLists: readonly (readonly string[])[];
}

export const NO_FILTERS: ProductFilters = { vendors: null, productTypes: null, tagLists: [] };

const intersect = (known: readonly string[] | null, values: readonly string[]) =>
  known === null ? values : known.filter((value) => values.includes(value));

/** Joins filters that all have to match; one without values narrows nothing. */
export function joinFilters(filters: readonly FacetFilter[]): ProductFilters {
  let { vendors, productTypes } = NO_FILTERS;
  const tagLists: (readonly string[])[] = [];
  for (const { facet, values } of filters) {
    if (values.length === 0) continue;
    if (facet === 'VENDOR') vendors = intersect(vendors, values);
    else if (facet === 'PRODUCT_TYPE') productTypes = intersect(productTypes, values);
    else tagLists.push(values);
  }
  return { vendors, productTypes, tagLists };
}
