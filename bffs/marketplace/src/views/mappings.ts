import type { MappedCategoriesQuery, MappingsQuery, UnmappedCategoriesQuery } from '../generated/upstream.ts';

type Unmapped = NonNullable<NonNullable<UnmappedCategoriesQuery['taxonomy']>['unmapped']>;

/** A page of the mappings that categories have themselves. */
export const mappingPage = ({ mappings, ...taxonomy }: NonNullable<MappingsQuery['taxonomy']>) => ({
  taxonomy,
  mappings: mappings.edges.map(({ node: { category, ...target } }) => ({ category, target })),
  pageInfo: mappings.pageInfo,
});

/** A page of categories, each with what it is in a taxonomy; null when there is no such taxonomy. */
export const mappedCategoryPage = ({ taxonomy, categories: { edges, pageInfo } }: MappedCategoriesQuery) =>
  taxonomy && {
    taxonomy,
    categories: edges.map(({ node: { mapping, ...category } }) => ({ category, target: mapping })),
    pageInfo,
  };

/** A page of categories that are not mapped. */
export const unmappedCategoryPage = ({ edges, pageInfo }: Unmapped) => ({
  categories: edges.map(({ node }) => node),
  pageInfo,
});
