import { alignByKey, groupByKey } from '@kontor/kit/src/align.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import type { Sql } from 'postgres';
import {
  findAncestors,
  findCategories,
  findCategoriesOfProducts,
  findChildren,
  type CategoryRow,
} from './data/categories/categories.ts';
import { findMappings, type MappingAt, type MappingRow } from './data/taxonomies/mappings.ts';
import { findTaxonomies, type TaxonomyRow } from './data/taxonomies/taxonomies.ts';
import { isStorable } from './domain/text.ts';

/** One statement takes at most so many keys. */
const MAX_KEYS = 2_500;

/** A category's mapping that is asked for. */
export interface WantedMapping extends MappingAt {
  readonly categoryId: string;
}

const setOf = ({ taxonomyCode, revision }: MappingAt) => `${revision} ${taxonomyCode}`;

/** The loaders of categories and mappings: key-aligned, and each one statement for all that a request asks at a time. */
export function createCategoryLoaders(sql: Sql) {
  const options = { maxBatchSize: MAX_KEYS };
  return {
    category: new DataLoader<string, CategoryRow | null>(async (given) => {
      const ids = given.map((id) => id.toLowerCase());
      const known = ids.filter(isId);
      return alignByKey(ids, known.length > 0 ? await findCategories(sql, known) : [], (row) => row.categoryId);
    }, options),
    ancestorsOfCategory: new DataLoader<string, CategoryRow[]>(
      async (ids) => groupByKey(ids, await findAncestors(sql, ids), (row) => row.ofCategory),
      options,
    ),
    childrenOfCategory: new DataLoader<string, CategoryRow[]>(
      async (ids) => groupByKey<string | null, CategoryRow>(ids, await findChildren(sql, ids), (row) => row.parentId),
      options,
    ),
    categoriesOfProduct: new DataLoader<string, CategoryRow[]>(
      async (ids) => groupByKey(ids, await findCategoriesOfProducts(sql, ids), (row) => row.productId),
      options,
    ),
    taxonomy: new DataLoader<string, TaxonomyRow | null>(
      async (codes) => alignByKey(codes, await findTaxonomies(sql, codes.filter(isStorable)), (row) => row.code),
      options,
    ),
    mappingOfCategory: new DataLoader<WantedMapping, MappingRow | null, string>(
      async (wanted) => {
        const sets = Map.groupBy(wanted, setOf);
        const found = await Promise.all(
          Array.from(sets, async ([set, alike]) => {
            const ids = alike.map(({ categoryId }) => categoryId);
            return [
              set,
              new Map((await findMappings(sql, alike[0]!, ids)).map((row) => [row.ofCategory, row])),
            ] as const;
          }),
        );
        const bySet = new Map(found);
        return wanted.map((each) => bySet.get(setOf(each))?.get(each.categoryId) ?? null);
      },
      { ...options, cacheKeyFn: (wanted) => `${setOf(wanted)} ${wanted.categoryId}` },
    ),
  };
}
