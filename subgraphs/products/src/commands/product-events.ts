import type { Tx } from '@kontor/kit/src/database.ts';
import { appendEvents } from '@kontor/kit/src/events/outbox.ts';
import { readCategoriesTouched } from '../data/categories/categories-touched.ts';
import { recordRevisions } from '../data/revisions.ts';
import type { Author } from '../domain/author.ts';
import { readProductStates, recordChanges } from '../data/product-states.ts';
import { refreshSearch } from '../data/search/refresh.ts';

/**
 * Ends a command that changed products, whose versions it has counted on: keeps their revisions and what they are found by, writes their whole
 * states into the outbox and gives them their place in the sequence of changes. The products are locked, and nothing of them is changed
 * afterwards.
 */
export async function announceProducts(tx: Tx, productIds: readonly string[], author: Author): Promise<void> {
  if (productIds.length === 0) return;
  await recordRevisions(tx, productIds, author);
  const categories = await readCategoriesTouched(tx, productIds);
  const states = await readProductStates(tx, productIds);
  await appendEvents(
    tx,
    'products',
    states.map(({ state, collectionIds }) => ({
      topic: 'products.product.changed',
      key: state.productId,
      payload: {
        ...state,
        cacheTags: [
          `product:${state.productId}`,
          ...collectionIds.map((id) => `collection:${id}`),
          ...(categories.get(state.productId) ?? []).map((id) => `category:${id}`),
        ],
      },
    })),
  );
  // Last, because from here on others wait who have the same new values of facets, or take the next place.
  await refreshSearch(tx, productIds);
  await recordChanges(tx, productIds);
}
