import { startKeepingCollections } from './commands/collections/keep-collections.ts';
import type { ReadChange } from './commands/history/publish-draft.ts';
import { startClocks } from './commands/history/start-clocks.ts';
import { startFeeds } from './feeds/feeds.ts';
import type { ProductsDeps } from './products-deps.ts';
import { startSearchWorker } from './search-worker.ts';

/** Starts what runs beside requests. @returns how to stop it, after what is under way. */
export function startBackground(
  { db, bus, logger, peers }: Pick<ProductsDeps, 'db' | 'bus' | 'logger' | 'peers'>,
  readChange: ReadChange,
): () => Promise<void> {
  const stops: (() => Promise<void>)[] = [
    startKeepingCollections(db, logger),
    startSearchWorker({ db, logger }),
    startClocks(db, logger, readChange),
    ...(peers ? [startFeeds({ db, bus, logger, peers })] : []),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}
