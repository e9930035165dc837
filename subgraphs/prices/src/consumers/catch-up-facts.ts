import { setTimeout as pause } from 'node:timers/promises';
import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { ask, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { keepCategories, type CategoryState } from '../commands/feeds/keep-categories.ts';
import { keepLocations, type LocationState } from '../commands/feeds/keep-locations.ts';
import { keepProducts } from '../commands/feeds/keep-products.ts';
import type { ProductFactsState } from '../domain/feeds/product-labels.ts';
import { LocationStatesDocument } from '../generated/upstream-customers.ts';
import { CategoryStatesDocument, ProductFactsDocument } from '../generated/upstream-products.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;

export interface CatchUpFacts {
  readonly db: Database;
  readonly products: GraphClient;
  readonly customers: GraphClient;
  readonly logger: Logger;
}

/** A page of a feed. */
interface Page<State> {
  readonly states: readonly State[];
  readonly end: string | null;
}

/**
 * Reads all products, categories and places of companies once, in the background: events tell of changes only, and may have been lost. Each feed goes on
 * from where it was when its service does not answer, until it does or the service stops.
 * @returns how to stop it.
 */
export function catchUpFacts({ db, products, customers, logger }: CatchUpFacts): () => Promise<void> {
  const stopped = new AbortController();
  const { signal } = stopped;
  const call = () => ({ caller: serviceCaller('prices'), requestId: newId(), signal });

  async function read<State>(
    feed: string,
    next: (after: string | null) => Promise<Page<State>>,
    keep: (states: readonly State[]) => Promise<void>,
  ): Promise<void> {
    let after: string | null = null;
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted;) {
      try {
        const { states, end }: Page<State> = await next(after);
        await keep(states);
        if (end === null || states.length === 0) return;
        after = end;
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (signal.aborted) return;
        logger.info({ err: error, feed, pauseMs }, 'a feed that prices is kept by cannot be read yet');
        await pause(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  const running = Promise.all([
    read<CategoryState>(
      'categories',
      async (after) => {
        const { categoryStates } = await ask(products, call(), CategoryStatesDocument, { after });
        return { states: categoryStates.categories, end: categoryStates.endCursor ?? null };
      },
      (states) => keepCategories(db, states),
    ),
    read<ProductFactsState>(
      'products',
      async (since) => {
        const { productChanges } = await ask(products, call(), ProductFactsDocument, { since });
        return { states: productChanges.products, end: productChanges.endCursor ?? null };
      },
      (states) => keepProducts(db, states),
    ),
    read<LocationState>(
      'locations',
      async (after) => {
        const { companyLocationStates } = await ask(customers, call(), LocationStatesDocument, { after });
        return { states: companyLocationStates.locations, end: companyLocationStates.endCursor ?? null };
      },
      (states) => keepLocations(db, states),
    ),
  ]);
  return async () => {
    stopped.abort();
    await running;
  };
}
