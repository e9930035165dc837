import { inTransaction, type Database } from '@kontor/kit/src/database.ts';
import { notFound, versionConflict } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { deleteCollection, lockCollection } from '../../data/collections/collection-writes.ts';
import { announceCollections } from './collection-events.ts';

/** Removes a collection, hand-picked or by rule. Its products stay as they are. */
export async function removeCollection(
  db: Database,
  input: { readonly id: string; readonly expectedVersion?: number | null | undefined },
) {
  const gone = notFound('There is no collection with this id.', ['input', 'id']);
  if (!isId(input.id)) return gone;
  return inTransaction(db, async (tx) => {
    const collection = await lockCollection(tx, input.id);
    if (!collection) return gone;
    const { collectionId, version, value } = collection;
    if (input.expectedVersion != null && input.expectedVersion !== version)
      return versionConflict('The collection', version);
    await deleteCollection(tx, collectionId);
    await announceCollections(tx, [
      { collectionId, version: version + 1, handle: value.handle, productIds: [], isRemoved: true },
    ]);
    return { __typename: 'CollectionRemoved' as const, collectionId };
  });
}
