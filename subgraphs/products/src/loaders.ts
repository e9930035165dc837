import { alignByKey, groupByKey } from '@kontor/kit/src/align.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import { createCategoryLoaders } from './category-loaders.ts';
import { findComponents } from './data/bundles.ts';
import { findChannelCodesOfProducts, findChannels } from './data/channels.ts';
import { findCollections, findCollectionsOfProducts } from './data/collections.ts';
import { findTextsOfProducts } from './data/editing/product-texts.ts';
import { findMediaOfProducts } from './data/media.ts';
import { findListings, type Listing, type ListQuery } from './data/product-list.ts';
import { findProducts, type ProductRow } from './data/products.ts';
import { findDescriptions, findTexts, type WantedTexts } from './data/reading/product-texts.ts';
import { findRelations, type WantedRelations } from './data/reading/relations.ts';
import {
  findRecommendations,
  type RecommendedRow,
  type WantedRecommendations,
} from './data/recommendations/find-recommendations.ts';
import { findAttributesOfProducts, findAttributesOfVariants } from './data/types/attributes.ts';
import { findProductTypes } from './data/types/product-types.ts';
import { findReferenceNames } from './data/types/reference-names.ts';
import { findFacetValues, findSearchAge, type FacetValueRow } from './data/search/facet-values.ts';
import { findVariants, findVariantsOfProducts } from './data/variants.ts';
import { createHistoryLoaders } from './history-loaders.ts';
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

const textKey = ({ productId, locale }: WantedTexts) => `${locale ?? ''} ${productId}`;

/** A loader of what products have in languages; null where they have nothing. */
const inLanguage = <Row extends WantedTexts>(find: (wanted: readonly WantedTexts[]) => Promise<readonly Row[]>) =>
  new DataLoader<WantedTexts, Row | null, string>(
    async (wanted) => alignByKey(wanted.map(textKey), await find(wanted), textKey),
    { cacheKeyFn: textKey, maxBatchSize: MAX_KEYS },
  );

/**
 * A loader of lists: those that differ only in their collection or category are read by one statement, so that a page of collections with a page
 * of products each costs one.
 */
function ofList(find: (query: ListQuery, listIds: readonly string[]) => Promise<ReadonlyMap<string | null, Listing>>) {
  const listOf = ({ within }: ListQuery) =>
    within.kind === 'collection' ? within.collectionId : within.kind === 'category' ? within.categoryId : null;
  const kindOf = (query: ListQuery) =>
    JSON.stringify({ ...query, within: listOf(query) === null ? query.within : query.within.kind });
  return new DataLoader<ListQuery, Listing, string>(
    async (queries) => {
      const alike = Map.groupBy(queries, kindOf);
      const listings = await Promise.all(
        Array.from(alike, async ([kind, [query, ...others]]) => {
          const listIds = [query!, ...others].flatMap((each) => listOf(each) ?? []);
          return [kind, await find(query!, listIds)] as const;
        }),
      );
      const found = new Map(listings);
      return queries.map((query) => found.get(kindOf(query))?.get(listOf(query)) ?? NO_LISTING);
    },
    { cacheKeyFn: (query) => JSON.stringify(query), maxBatchSize: MAX_KEYS },
  );
}

const NO_LISTING: Listing = { similar: false, rows: [], groups: [] };

/** A loader of the values of facets of a list; those of several lists are one statement. Categories come for all of them. */
const ofFacets = (find: (valueIds: readonly number[]) => Promise<readonly FacetValueRow[]>) =>
  new DataLoader<readonly number[], FacetValueRow[]>(
    async (lists) => {
      const wanted = [...new Set(lists.flat())];
      const rows = wanted.length > 0 ? await find(wanted) : [];
      return lists.map((list) => {
        const ids = new Set<number | null>(list);
        return rows.filter(({ valueId, facet }) => facet === 'CATEGORY' || ids.has(valueId));
      });
    },
    { cache: false },
  );

/** The loaders of one request: key-aligned, and each one statement for all that a request asks at a time. */
export function createLoaders({ sql }: Database, audience: Audience) {
  return {
    ...createCategoryLoaders(sql),
    ...createHistoryLoaders(sql),
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
    texts: inLanguage((wanted) => findTexts(sql, audience, wanted)),
    description: inLanguage((wanted) => findDescriptions(sql, audience, wanted)),
    relations: new DataLoader<WantedRelations, ProductRow[], string>(
      async (wanted) => {
        const places = Map.groupBy(await findRelations(sql, audience, wanted), ({ place }) => place);
        return wanted.map((_, index) => places.get(index + 1) ?? []);
      },
      { cacheKeyFn: ({ productId, kind, first }) => `${productId} ${kind} ${first}`, maxBatchSize: MAX_KEYS },
    ),
    recommendations: new DataLoader<WantedRecommendations, RecommendedRow[], string>(
      async (wanted) => {
        const found = audience.channel === null ? [] : await findRecommendations(sql, audience.channel, wanted);
        const lists = Map.groupBy(found, ({ list }) => list);
        return wanted.map((_, index) => lists.get(index + 1) ?? []);
      },
      { cacheKeyFn: ({ productId, first }) => `${productId} ${first}`, maxBatchSize: MAX_KEYS },
    ),
    productType: new DataLoader(
      async (names: readonly string[]) =>
        alignByKey(names, await findProductTypes(sql, names.filter(isStorable)), (row) => row.name),
      { maxBatchSize: MAX_KEYS },
    ),
    attributesOfProduct: byId(
      (ids) => findAttributesOfProducts(sql, ids),
      (row) => row.ownerId,
    ),
    attributesOfVariant: byId(
      (ids) => findAttributesOfVariants(sql, ids),
      (row) => row.ownerId,
    ),
    referenceName: new DataLoader(
      async (keys: readonly string[]) =>
        alignByKey(keys, await findReferenceNames(sql, audience, keys), (row) => row.key),
      { maxBatchSize: MAX_KEYS },
    ),
    variantsOfProduct: ofProduct((ids) => findVariantsOfProducts(sql, ids)),
    componentsOfVariant: new DataLoader(
      async (ids: readonly string[]) =>
        groupByKey(ids, await findComponents(sql, audience, ids), ({ bundleId }) => bundleId),
      { maxBatchSize: MAX_KEYS },
    ),
    mediaOfProduct: ofProduct((ids) => findMediaOfProducts(sql, audience, ids)),
    textsOfProduct: ofProduct((ids) => findTextsOfProducts(sql, ids)),
    collectionsOfProduct: ofProduct((ids) => findCollectionsOfProducts(sql, ids)),
    channelCodesOfProduct: ofProduct((ids) => findChannelCodesOfProducts(sql, ids)),
    listing: ofList((query, ids) => findListings(sql, query, ids)),
    facetValues: ofFacets((ids) => findFacetValues(sql, ids)),
    searchAge: new DataLoader((channels: readonly string[]) =>
      Promise.all(channels.map((channel) => findSearchAge(sql, channel))),
    ),
  };
}

export type Loaders = ReturnType<typeof createLoaders>;

/** Forgets what was loaded: for those who answer more than once, as subscriptions do. */
export function clearLoaders(loaders: Loaders): void {
  for (const loader of Object.values(loaders)) loader.clearAll();
}
