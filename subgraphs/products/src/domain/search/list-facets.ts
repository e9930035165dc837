import type { FacetName, FilterGroup } from '../product-list.ts';
import { countCategories, SECTIONS, type Section, type ValueCounts } from './count-facets.ts';

/** What is known of the products that pass all filters of a list, or all but one. */
export interface CountedGroup {
  /** The place, from 1, of the filter that they fail; 0 for those that pass all. */
  readonly failing: number;
  /** How many products each stands for. */
  readonly scale: number;
  readonly sellable: number;
  readonly values: ValueCounts;
}

/** A value of a facet by its number. */
export interface FacetValue {
  readonly valueId: number | null;
  readonly facet: string;
  readonly attribute: string;
  readonly value: string;
  readonly labels: Readonly<Record<string, string>> | null;
  /** With a category: the one that it is in. */
  readonly parent: string | null;
}

/** How many products of a list have a value. */
export interface FacetCount {
  readonly facet: FacetName;
  readonly attribute: string | null;
  readonly value: string;
  readonly labels: Readonly<Record<string, string>> | null;
  readonly count: number;
  readonly isApproximate: boolean;
}

/** Values a facet, and names of options and codes of attributes, at most. */
export const FACET_VALUES = 20;
const MAX_NAMES = 20;
/** So many values of all options, and of all attributes, are looked at for the best of each. */
const LOOKED_AT = 400;
/** So many categories are looked at for those above them. */
const CATEGORIES_LOOKED_AT = 5_000;

/** The counts of a list before anybody knows what its values are called. */
export class FacetCounter {
  readonly #filters: readonly FilterGroup[];
  readonly #groups: readonly CountedGroup[];

  constructor(filters: readonly FilterGroup[], groups: readonly CountedGroup[]) {
    this.#filters = filters;
    this.#groups = groups;
  }

  /** The numbers of the values that have to be known by name. */
  valueIds(): number[] {
    return (Object.keys(SECTIONS) as Section[]).flatMap((section) => {
      const counts = new Map<number, number>();
      for (const { scale, values } of this.#groups)
        for (const [id, count] of values[section]) counts.set(id, (counts.get(id) ?? 0) + count * scale);
      if (section === 'c') return leading(counts, CATEGORIES_LOOKED_AT, CATEGORIES_LOOKED_AT);
      return section === 'o' || section === 'a' || this.#groups.length > 1
        ? leading(counts, LOOKED_AT, LOOKED_AT)
        : leading(counts, FACET_VALUES, LOOKED_AT);
    });
  }

  /**
   * The counts of all facets, most frequent first, each under the filters of the others.
   * @param values those that were asked for, and the categories above.
   * @param outside categories that say nothing because all products of the list are in them.
   */
  counts(values: readonly FacetValue[], outside: ReadonlySet<string>): FacetCount[] {
    const named = values.filter(({ facet }) => facet !== 'CATEGORY');
    const counted = [
      ...named.flatMap((value) => this.#countOf(value)),
      ...this.#categories(values).filter(({ value }) => !outside.has(value)),
      ...this.#available(),
    ];
    return inOrder(counted);
  }

  /** The groups that a facet is counted over: those that pass all filters, and those that fail its own alone. */
  #groupsOf(facet: FacetName, attribute: string): readonly CountedGroup[] {
    const own = this.#filters.findIndex((filter) => filter.facet === facet && filter.attribute === attribute) + 1;
    return this.#groups.filter(({ failing }) => failing === 0 || failing === own);
  }

  #countOf({ valueId, facet: name, attribute, value, labels }: FacetValue): FacetCount[] {
    const facet = name as FacetName;
    const section = (Object.keys(SECTIONS) as Section[]).find((each) => SECTIONS[each] === facet);
    if (section === undefined || valueId === null) return [];
    const groups = this.#groupsOf(facet, attribute).filter(({ values }) => values[section].has(valueId));
    const count = groups.reduce((sum, { scale, values }) => sum + values[section].get(valueId)! * scale, 0);
    const isApproximate = groups.some(({ scale }) => scale > 1);
    return count === 0 ? [] : [{ facet, attribute: attribute || null, value, labels, count, isApproximate }];
  }

  #categories(values: readonly FacetValue[]): FacetCount[] {
    const categories = values.filter(({ facet }) => facet === 'CATEGORY');
    const parents = new Map(categories.map(({ value, parent }) => [value, parent]));
    const ancestorsOf = new Map(
      categories.flatMap(({ valueId, value }) =>
        valueId === null ? [] : [[valueId, upwards(value, parents)] as const],
      ),
    );
    const groups = this.#groupsOf('CATEGORY', '');
    const counts = new Map<string, number>();
    for (const { scale, values: counted } of groups)
      for (const [id, count] of countCategories(counted, ancestorsOf))
        counts.set(id, (counts.get(id) ?? 0) + count * scale);
    const isApproximate = groups.some(({ scale }) => scale > 1);
    return categories.flatMap(({ value, labels }) => {
      const count = counts.get(value) ?? 0;
      return count === 0 ? [] : [{ facet: 'CATEGORY' as const, attribute: null, value, labels, count, isApproximate }];
    });
  }

  #available(): FacetCount[] {
    const groups = this.#groupsOf('AVAILABILITY', '');
    const count = groups.reduce((sum, { sellable, scale }) => sum + sellable * scale, 0);
    const isApproximate = groups.some(({ scale }) => scale > 1);
    return count === 0
      ? []
      : [{ facet: 'AVAILABILITY', attribute: null, value: 'IN_STOCK', labels: null, count, isApproximate }];
  }
}

/** A category and all above it. */
function upwards(category: string, parents: ReadonlyMap<string, string | null>): string[] {
  const all: string[] = [];
  for (let at: string | null = category; at !== null; at = parents.get(at) ?? null) all.push(at);
  return all;
}

const ORDER: readonly FacetName[] = [
  'VENDOR',
  'PRODUCT_TYPE',
  'TAG',
  'CATEGORY',
  'OPTION',
  'ATTRIBUTE',
  'AVAILABILITY',
];

/** The best of each facet, and of each option and attribute; facets in their order, names in the order of how many products have them. */
function inOrder(counted: readonly FacetCount[]): FacetCount[] {
  return ORDER.flatMap((facet) => {
    const ofFacet = counted.filter((each) => each.facet === facet);
    const byName = [...Map.groupBy(ofFacet, ({ attribute }) => attribute ?? '')].map(([name, all]) => ({
      name,
      best: all.sort(byCount).slice(0, FACET_VALUES),
    }));
    const total = (all: readonly FacetCount[]) => all.reduce((sum, { count }) => sum + count, 0);
    return byName
      .sort((one, other) => total(other.best) - total(one.best) || (one.name < other.name ? -1 : 1))
      .slice(0, MAX_NAMES)
      .flatMap(({ best }) => best);
  });
}

const byCount = (one: FacetCount, other: FacetCount) =>
  other.count - one.count || (one.value < other.value ? -1 : one.value > other.value ? 1 : 0);

/** The numbers with the highest counts: `wanted` of them and what is as frequent as the last, at most `maximum`. */
function leading(counts: ReadonlyMap<number, number>, wanted: number, maximum: number): number[] {
  if (counts.size <= wanted) return [...counts.keys()];
  const sorted = [...counts].sort((one, other) => other[1] - one[1] || one[0] - other[0]);
  const least = sorted[wanted - 1]![1];
  return sorted.slice(0, maximum).flatMap(([id, count]) => (count >= least ? [id] : []));
}
