import { removeCollection } from '../../commands/collections/remove-collection.ts';
import { setCollection } from '../../commands/collections/set-collection.ts';
import type { CollectionSavedResolvers, MutationResolvers } from '../../generated/schema.ts';

/** Commands on collections. */
export const collectionMutations: Pick<MutationResolvers, 'collectionSet' | 'collectionRemove'> = {
  collectionSet: (_, { input }, { db }) => setCollection(db, input),
  collectionRemove: (_, { input }, { db }) => removeCollection(db, input),
};

export const CollectionSaved: CollectionSavedResolvers = {
  collection: async ({ collectionId }, _, { loaders }) => {
    const collection = await loaders.collection.clear(collectionId).load(collectionId);
    // Only somebody who removed it in between can have it gone.
    if (!collection) throw new Error(`collection ${collectionId} is gone`);
    return collection;
  },
};
