import { setTimeout } from 'node:timers/promises';
import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { ask, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import { newId } from '@kontor/kit/src/ids.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { BundleChangesDocument, ChannelStatesDocument } from '../generated/upstream-products.ts';
import { keepBundles } from './products-bundle-changed.ts';
import { keepChannels } from './products-channel-changed.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
const PAGE = 500;

/** Asks products for all channels and bundles, again with growing pauses until it answers. @returns how to stop asking. */
export function catchUpWithProducts(options: {
  readonly db: Database;
  readonly products: GraphClient;
  readonly logger: Logger;
}): () => Promise<void> {
  const { db, products, logger } = options;
  const stopping = new AbortController();

  const run = async () => {
    for (let pauseMs = FIRST_PAUSE_MS; !stopping.signal.aborted; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        const call = { caller: serviceCaller('stock'), requestId: newId(), signal: stopping.signal };
        const { channelStates } = await ask(products, call, ChannelStatesDocument, {});
        await keepChannels(db, channelStates);
        for (let since: string | null = null; ;) {
          const page: { bundleChanges: { bundles: Parameters<typeof keepBundles>[1]; endCursor?: string | null } } =
            await ask(products, call, BundleChangesDocument, { since, first: PAGE });
          await keepBundles(db, page.bundleChanges.bundles);
          since = page.bundleChanges.endCursor ?? null;
          if (since === null) return;
        }
      } catch (error) {
        if (stopping.signal.aborted) return;
        logger.info({ err: error, pauseMs }, 'products gave no channels and bundles yet and will be asked again');
        await setTimeout(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };

  const running = run();
  return async () => {
    stopping.abort();
    await running;
  };
}
