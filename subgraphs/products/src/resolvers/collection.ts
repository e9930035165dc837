import type { CollectionResolvers } from '../generated/schema.ts';
import { openProductList } from './product-lists.ts';

export const Collection: CollectionResolvers = {
  __resolveReference: ({ id }, { loaders }) => loaders.collection.load(id),
  id: ({ collectionId }) => collectionId,
  products: ({ collectionId }, args, ctx) => openProductList(ctx, { kind: 'collection', collectionId }, args),
};
