import { alignByKey, groupByKey } from '@kontor/kit/src/align.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import { findComponents } from './data/bundles.ts';
import { findChannelCodesOfProducts, findChannels } from './data/channels.ts';
import { findCollections, findCollectionsOfProducts } from './data/collections.ts';
import { findMediaOfProducts } from './data/media.ts';
import { countProducts, findFacets, findPages, type ListQuery } from './data/product-list.ts';
import { findDescriptions, findProducts } from './data/products.ts';
import { findVariants, findVariantsOfProducts } from './data/variants.ts';
import type { Audience } from './domain/audience.ts';
import { isStorable } from './domain/text.ts';

/** One statement takes at most so many keys. */
const MAX_KEYS = 2_500;

/** A loader that answers null for texts that are no ids, without asking the database. */
function byId<Row>(find: (ids: readonly string[]) => Promise<readonly Row[]>, idOf: (row: Row) => string) {
  return new DataLoader<string, Row | null>(
    async (given) => {
      const ids = given.map((id) => id.toLowerCase());
      const known = ids.filter(isId);
      return alignByKey(ids, known.length > 0 ? await find(known) : [], idOf);
    },
    { maxBatchSize: MAX_KEYS },
  );
}

/** A loader of what belongs to products, in order. */
const ofProduct = <Row extends { readonly productId: string }>(
  find: (ids: readonly string[]) => Promise<readonly Row[]>,
) =>
  new DataLoader<string, Row[]>(async (ids) => groupByKey(ids, await find(ids), (row) => row.productId), {
    maxBatchSize: MAX_KEYS,
  });

/**
 * A loader of lists: those that differ only in their collection are read by one statement, so that a page of collections with a page of
 * products each costs one.
 */
function ofList<Row extends { readonly listId: string | null }>(
  find: (query: ListQuery, collectionIds: readonly string[]) => Promise<readonly Row[]>,
) {
  const collectionOf = ({ within }: ListQuery) => (within.kind === 'collection' ? within.collectionId : null);
  const kindOf = (query: ListQuery) =>
    JSON.stringify({ ...query, within: query.within.kind === 'collection' ? null : query.within });
  return new DataLoader<ListQuery, Row[], string>(
    async (queries) => {
      const alike = Map.groupBy(queries, kindOf);
      const rows = await Promise.all(
        Array.from(alike, async ([kind, [query, ...others]]) => {
          const collectionIds = [query!, ...others].flatMap((each) => collectionOf(each) ?? []);
          return [kind, Map.groupBy(await find(query!, collectionIds), (row) => row.listId)] as const;
        }),
      );
      const found = new Map(rows);
      return queries.map((query) => found.get(kindOf(query))?.get(collectionOf(query)) ?? []);
    },
    { cacheKeyFn: (query) => JSON.stringify(query), maxBatchSize: MAX_KEYS },
  );
}

/** The loaders of one request: key-aligned, and each one statement for all that a request asks at a time. */
export function createLoaders({ sql }: Database, audience: Audience) {
  return {
    product: byId(
      (ids) => findProducts(sql, audience, ids),
      (row) => row.productId,
    ),
    variant: byId(
      (ids) => findVariants(sql, audience, ids),
      (row) => row.variantId,
    ),
    collection: byId(
      (ids) => findCollections(sql, ids),
      (row) => row.collectionId,
    ),
    channel: new DataLoader(
      async (codes: readonly string[]) =>
        alignByKey(codes, await findChannels(sql, codes.filter(isStorable)), (row) => row.code),
      { maxBatchSize: MAX_KEYS },
    ),
    description: byId(
      (ids) => findDescriptions(sql, ids),
      (row) => row.productId,
    ),
    variantsOfProduct: ofProduct((ids) => findVariantsOfProducts(sql, ids)),
    componentsOfVariant: new DataLoader(
      async (ids: readonly string[]) =>
        groupByKey(ids, await findComponents(sql, audience, ids), ({ bundleId }) => bundleId),
      { maxBatchSize: MAX_KEYS },
    ),
    mediaOfProduct: ofProduct((ids) => findMediaOfProducts(sql, ids)),
    collectionsOfProduct: ofProduct((ids) => findCollectionsOfProducts(sql, ids)),
    channelCodesOfProduct: ofProduct((ids) => findChannelCodesOfProducts(sql, ids)),
    page: ofList((query, ids) => findPages(sql, query, ids)),
    count: ofList((query, ids) => countProducts(sql, query, ids)),
    facets: ofList((query, ids) => findFacets(sql, query, ids)),
  };
}

export type Loaders = ReturnType<typeof createLoaders>;
