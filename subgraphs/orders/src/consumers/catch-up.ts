import type { Database } from '@kontor/kit/src/database.ts';
import type { GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { setTimeout as pause } from 'node:timers/promises';
import { writeChannels, writeProducts } from '../data/projections.ts';
import { askChannels, askProductChanges } from '../peers/products.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Reads everything that orders keeps of products, once at the start: the bus may have lost what happened before. Goes on from
 * where it was when products does not answer, until it does or the service stops.
 */
export async function catchUp(
  { db, products, logger }: { readonly db: Database; readonly products: GraphClient; readonly logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  let since: string | null | undefined = null;
  while (!signal.aborted) {
    try {
      if (since === null) await writeChannels(db, await askChannels(products));
      const page = await askProductChanges(products, since ?? null);
      await writeProducts(db, page.products);
      if (!page.endCursor || page.products.length === 0) return;
      since = page.endCursor;
      pauseMs = FIRST_PAUSE_MS;
    } catch (error) {
      if (signal.aborted) return;
      logger.debug({ err: error }, 'products does not answer yet: the projections wait');
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
}
