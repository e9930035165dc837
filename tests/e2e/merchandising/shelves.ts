import { ask } from '@kontor/testkit/src/graph-client.ts';
import type { System } from '../system.ts';

const SHELF = /* GraphQL */ `
  query Shelf($query: String!, $filters: [FacetFilter!], $sort: ProductSort, $locale: String) {
    searchPage(query: $query, filters: $filters, sort: $sort, locale: $locale) {
      products {
        edges {
          node {
            handle
            title
          }
        }
        totalCount
        facets {
          facet
          attribute
          value
          label
          count
        }
        priceRange {
          minMinor
          maxMinor
        }
      }
    }
  }
`;

/** A filter of a list, as shoppers choose it. */
export interface Filter {
  readonly facet: string;
  readonly values?: readonly string[];
  readonly attribute?: string;
  readonly from?: number;
  readonly to?: number;
}

/** What a shopper looks for. */
export interface Wish {
  readonly query?: string;
  readonly filters?: readonly Filter[];
  readonly sort?: string;
  readonly locale?: string;
}

interface FacetCount {
  readonly facet: string;
  readonly attribute: string | null;
  readonly value: string;
  readonly label: string;
  readonly count: number;
}

/** What the web shop shows of a wish. */
export interface Shelf {
  readonly handles: readonly string[];
  readonly titles: readonly string[];
  readonly totalCount: number;
  readonly priceRange: { readonly minMinor: number; readonly maxMinor: number } | null;
  /** The values of a facet, most frequent first. */
  facet(name: string, attribute?: string): readonly Omit<FacetCount, 'facet' | 'attribute'>[];
}

/** Looks for something in the web shop, as a guest. */
export async function lookFor(system: System, { query = '', ...wish }: Wish): Promise<Shelf> {
  const { searchPage } = await ask<{
    searchPage: {
      products: {
        edges: { node: { handle: string; title: string } }[];
        totalCount: number;
        facets: FacetCount[];
        priceRange: Shelf['priceRange'];
      };
    };
  }>(system.url('web'), SHELF, { query, ...wish });
  const { edges, totalCount, facets, priceRange } = searchPage.products;
  return {
    handles: edges.map(({ node }) => node.handle),
    titles: edges.map(({ node }) => node.title),
    totalCount,
    priceRange,
    facet: (name, attribute = '') =>
      facets
        .filter((each) => each.facet === name && (each.attribute ?? '') === attribute)
        .map(({ value, label, count }) => ({ value, label, count })),
  };
}
