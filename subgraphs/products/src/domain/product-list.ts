/** A property by which products can be narrowed. */
export type FacetName =
  'VENDOR' | 'PRODUCT_TYPE' | 'TAG' | 'CATEGORY' | 'OPTION' | 'ATTRIBUTE' | 'PRICE' | 'AVAILABILITY';

/** The order of a list of products. */
export type SortName = 'RELEVANCE' | 'NEWEST' | 'TITLE' | 'PRICE_ASC' | 'PRICE_DESC' | 'POPULARITY';

/** Keep products that have one of the values, or a price between two. */
export interface FacetFilter {
  readonly facet: FacetName;
  readonly values: readonly string[];
  /** The name of an option or the code of an attribute. */
  readonly attribute?: string | null | undefined;
  /** Minor units, both included. */
  readonly from?: number | null | undefined;
  readonly to?: number | null | undefined;
}

/** All filters of one facet, whose own counts they do not narrow. */
export interface FilterGroup {
  readonly facet: FacetName;
  /** Empty for facets that are one. */
  readonly attribute: string;
  /** A product has a value of each of these; none with a price. */
  readonly lists: readonly (readonly string[])[];
  readonly from: number | null;
  readonly to: number | null;
}

const highest = (one: number | null, other: number | null) =>
  one === null || other === null ? (one ?? other) : Math.max(one, other);
const lowest = (one: number | null, other: number | null) =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);

/** Joins filters that all have to match by what they compare; one without values and without a price narrows nothing. */
export function joinFilters(filters: readonly FacetFilter[]): FilterGroup[] {
  const groups = new Map<string, FilterGroup>();
  for (const { facet, values, attribute, from = null, to = null } of filters) {
    const isPrice = facet === 'PRICE';
    if (isPrice ? from === null && to === null : values.length === 0) continue;
    const name = facet === 'OPTION' || facet === 'ATTRIBUTE' ? (attribute ?? '') : '';
    const key = `${facet} ${name}`;
    const known = groups.get(key) ?? { facet, attribute: name, lists: [], from: null, to: null };
    groups.set(
      key,
      isPrice
        ? { ...known, from: highest(known.from, from), to: lowest(known.to, to) }
        : { ...known, lists: [...known.lists, [...new Set(values)].sort()] },
    );
  }
  return [...groups.values()];
}
