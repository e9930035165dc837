import type { Tx } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';

/** So many products are named by one event; more are told by several. */
const PRODUCTS_OF_EVENT = 500;

/** What changed of a collection, which is locked. */
export interface CollectionChange {
  readonly collectionId: string;
  readonly handle: string;
  /** Counts what staff changed; a change of what a rule finds leaves it. */
  readonly version: number;
  /** Products that it took in or let go: what is cached of them names their collections. */
  readonly productIds: readonly string[];
  readonly isRemoved?: boolean;
}

/** Tells others of collections that changed, by the cache tags that the change touches. */
export async function announceCollections(tx: Tx, changes: readonly CollectionChange[]): Promise<void> {
  await appendEvents(
    tx,
    'products',
    changes.flatMap(({ collectionId, handle, version, productIds, isRemoved = false }) =>
      inChunks(productIds).map((ids) => ({
        topic: 'products.collection.changed',
        key: collectionId,
        payload: {
          collectionId,
          revision: version,
          handle,
          isRemoved,
          cacheTags: [`collection:${collectionId}`, ...ids.map((id) => `product:${id}`)],
        },
      })),
    ),
  );
}

/** At least one chunk, which may be empty. */
function inChunks(ids: readonly string[]): (readonly string[])[] {
  const chunks = [ids.slice(0, PRODUCTS_OF_EVENT)];
  for (let from = PRODUCTS_OF_EVENT; from < ids.length; from += PRODUCTS_OF_EVENT)
    chunks.push(ids.slice(from, from + PRODUCTS_OF_EVENT));
  return chunks;
}

/** What is in one of two lists and not in the other. */
export function movedBetween(before: readonly string[], after: readonly string[]): string[] {
  const [had, has] = [new Set(before), new Set(after)];
  return [...before.filter((id) => !has.has(id)), ...after.filter((id) => !had.has(id))];
}
