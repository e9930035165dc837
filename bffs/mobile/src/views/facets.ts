import type { FeedQuery } from '../generated/upstream.ts';

type FacetCount = NonNullable<FeedQuery['productSearch']['facets']>[number];

/** The first counts of each facet, option and attribute, in the order of all. */
export function shortened(facets: readonly FacetCount[], perFacet: number): FacetCount[] {
  const counted = new Map<string, number>();
  return facets.filter(({ facet, attribute }) => {
    const key = `${facet} ${attribute ?? ''}`;
    const before = counted.get(key) ?? 0;
    counted.set(key, before + 1);
    return before < perFacet;
  });
}
