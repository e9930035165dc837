import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { ask, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import { keepChannels } from '../commands/keep-channels.ts';
import { ChannelStatesDocument } from '../generated/upstream-products.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

export interface CatchUp {
  readonly db: Database;
  readonly products: GraphClient;
  readonly logger: Logger;
}

/**
 * Reads all channels from products once, in the background: events tell of changes only, and may have been lost. Products may start
 * later than we do, so it is asked again with pauses that double up to ten seconds.
 * @returns how to stop it.
 */
export function catchUpChannels({ db, products, logger }: CatchUp): () => Promise<void> {
  const stopped = new AbortController();
  const { signal } = stopped;
  const run = async () => {
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        const call = { caller: serviceCaller('prices'), requestId: randomUUID(), signal };
        const { channelStates } = await ask(products, call, ChannelStatesDocument, {});
        await keepChannels(db, channelStates);
        return;
      } catch (error) {
        if (signal.aborted) return;
        logger.info({ err: error, pauseMs }, 'products does not tell its channels yet');
        await pause(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  };
  const running = run();
  return async () => {
    stopped.abort();
    await running;
  };
}
