import { boundedList, decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { channelOf } from '@kontor/kit/src/subgraph.ts';
import { findAllChannels } from '../data/channels.ts';
import { findCollectionByHandle, findCollectionPage } from '../data/collections.ts';
import { findProduct } from '../data/products.ts';
import { findVariantsByCode } from '../data/variants.ts';
import { MAX_QUERY_LENGTH, readSearchText } from '../domain/search-text.ts';
import { isStorable } from '../domain/text.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import { openProductList } from './product-lists.ts';

const MAX_VARIANTS = 250;
const MAX_SAME_CODE = 50;
const DEFAULT_PAGE = 24;
const MAX_PAGE = 100;
const DEFAULT_LISTING = 100;
const MAX_LISTING = 1_000;

export const Query: QueryResolvers = {
  channel: async (_, __, ctx) => {
    const code = channelOf(ctx);
    const channel = await ctx.loaders.channel.load(code);
    if (!channel) throw badInput(`There is no channel "${code}".`);
    return channel;
  },
  channels: (_, __, { db }) => findAllChannels(db.sql),
  product: (_, { id }, { db, audience }) => (isId(id) ? findProduct(db.sql, audience, { productId: id }) : null),
  productByHandle: (_, { handle }, { db, audience }) =>
    isStorable(handle) ? findProduct(db.sql, audience, { handle }) : null,
  variant: (_, { id }, { loaders }) => loaders.variant.load(id),
  variants: (_, { ids }, { loaders }) =>
    Promise.all(boundedList(ids, MAX_VARIANTS, ['ids']).map((id) => loaders.variant.load(id))),
  variantsBySku: (_, { sku }, { db, audience }) =>
    isStorable(sku) ? findVariantsByCode(db.sql, audience, 'sku', sku, MAX_SAME_CODE) : [],
  variantsByBarcode: (_, { barcode }, { db, audience }) =>
    isStorable(barcode) ? findVariantsByCode(db.sql, audience, 'barcode', barcode, MAX_SAME_CODE) : [],
  productSearch: (_, { query, ...args }, ctx, info) => {
    if (query.length > MAX_QUERY_LENGTH)
      throw badInput(`A query has at most ${MAX_QUERY_LENGTH} characters, not ${query.length}.`, ['query']);
    const text = readSearchText(query);
    return openProductList(ctx, text ? { kind: 'search', text } : { kind: 'all' }, args, undefined, info);
  },
  productListing: (_, { first, after }, ctx) =>
    // Site maps and feeds are for the public, whoever fetches them.
    openProductList(
      ctx,
      { kind: 'all' },
      {
        first: first ?? DEFAULT_LISTING,
        after,
        maxPage: MAX_LISTING,
        audience: { seesAll: false, channel: channelOf(ctx) },
      },
      'oldest',
    ),
  collectionByHandle: (_, { handle }, { db }) => (isStorable(handle) ? findCollectionByHandle(db.sql, handle) : null),
  collections: async (_, { first, after }, { db }) => {
    const size = pageSize(first, DEFAULT_PAGE, MAX_PAGE);
    const position = after == null ? null : readCollectionCursor(after);
    const rows = await findCollectionPage(db.sql, position, size + 1);
    return toConnection(
      rows,
      size,
      ({ titleKey, collectionId }) => encodeCursor([titleKey, collectionId]),
      position !== null,
    );
  },
};

function readCollectionCursor(cursor: string) {
  const [titleKey, collectionId] = decodeCursor(cursor, 2);
  if (typeof titleKey !== 'string' || !isStorable(titleKey) || typeof collectionId !== 'string' || !isId(collectionId))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return { titleKey, collectionId };
}
