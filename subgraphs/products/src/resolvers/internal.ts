import { decodeCursor, encodeCursor, pageSize } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { channelState, setChannel } from '../commands/set-channel.ts';
import { upsertCollections } from '../commands/upsert-collections.ts';
import { upsertProducts } from '../commands/upsert-products.ts';
import { findBundleChanges } from '../data/bundles.ts';
import { findAllChannels } from '../data/channels.ts';
import { findProductChanges } from '../data/product-states.ts';
import type { MutationResolvers, QueryResolvers } from '../generated/internal.ts';
import { categoryInternalMutations, categoryInternalQueries } from './categories/categories.ts';
import { importMutations, importQueries } from './imports.ts';

const DEFAULT_CHANGES = 500;
const MAX_CHANGES = 1_000;

const Query: QueryResolvers = {
  ...importQueries,
  ...categoryInternalQueries,
  productChanges: async (_, { since, first }, { db }) => {
    const size = pageSize(first, DEFAULT_CHANGES, MAX_CHANGES);
    const { states, lastNumber } = await findProductChanges(
      db.orm,
      since == null ? 0 : readChangeCursor(since, 'productChanges'),
      size,
    );
    return { products: states, endCursor: lastNumber === null ? null : encodeCursor([lastNumber]) };
  },
  bundleChanges: async (_, { since, first }, { db }) => {
    const size = pageSize(first, DEFAULT_CHANGES, MAX_CHANGES);
    const after = since == null ? 0 : readChangeCursor(since, 'bundleChanges');
    const { states, lastNumber } = await findBundleChanges(db.orm, after, size);
    return { bundles: states, endCursor: lastNumber === null ? null : encodeCursor([lastNumber]) };
  },
  channelStates: async (_, __, { db }) => (await findAllChannels(db.sql)).map(channelState),
};

const Mutation: MutationResolvers = {
  ...importMutations,
  ...categoryInternalMutations,
  productsUpsert: async (_, { input }, { db }) => ({
    results: await upsertProducts(db, input.products, input.publishIn),
  }),
  collectionsUpsert: async (_, { input }, { db }) => ({
    collectionIds: await upsertCollections(db, input.collections),
  }),
  channelUpsert: async (_, { input }, { db }) => {
    const result = await setChannel(db, input, null);
    if (result.__typename !== 'ChannelSaved') throw badInput(result.message, result.path ?? []);
    return channelState(result.channel);
  },
};

function readChangeCursor(cursor: string, list: string): number {
  const [number] = decodeCursor(cursor, 1);
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    throw badInput(`This cursor is not one that ${list} gave out. Begin without a cursor.`, ['since']);
  return number;
}

export const internalResolvers = { Query, Mutation };
