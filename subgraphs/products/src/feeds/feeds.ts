import type { EventBus } from '@kontor/kit/src/events/event.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import type { Logger } from '@kontor/kit/src/logger.ts';
import type { Peers } from '../products-deps.ts';
import { createElection } from './election.ts';
import { startFeed } from './feed-loop.ts';
import { createPricesSource } from './prices-source.ts';
import { createStockSource } from './stock-source.ts';

const PRICES_CHANGED = 'prices.prices.changed';

/** What the feeds run with. */
export interface Feeds {
  readonly db: Database;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly peers: Peers;
}

/**
 * Starts to keep what search knows of prices and stock, in one of all processes. Both by asking what changed: an event says no more than
 * that asking is worth it now, so that nothing depends on the bus. @returns how to stop it.
 */
export function startFeeds({ db, bus, logger, peers }: Feeds): () => Promise<void> {
  const election = createElection(db, 'products-search-feeds');
  const prices = startFeed({ db, source: createPricesSource(peers.prices), election, logger });
  const stock = startFeed({ db, source: createStockSource(peers.stock), election, logger });
  const listening = bus
    .listen(
      [PRICES_CHANGED],
      () => prices.hint(),
      () => prices.hint(),
    )
    .catch((error: unknown) => void logger.info({ err: error }, 'changes of prices are only polled for'));
  return async () => {
    await (await listening)?.stop();
    await Promise.all([prices.stop(), stock.stop()]);
    await election.resign();
  };
}
