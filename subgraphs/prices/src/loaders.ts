import { alignByKey } from '@kontor/kit/src/align.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import { findPriceListsById } from './data/lists/find-lists.ts';
import type { PriceList } from './domain/lists/price-list.ts';
import type { PriceScope } from './domain/pricing-context.ts';
import { createPastLoaders, type PastLoaders } from './explain/past-loaders.ts';
import { createPriceReaders, type PriceReader, type PricingSource } from './price-readers.ts';

const BATCH = 2_000;

export interface Loaders extends PastLoaders {
  /** Answers prices in a scope; one statement per scope and tick, however many variants. */
  prices(scope: PriceScope): PriceReader;
  readonly priceLists: DataLoader<string, PriceList | null>;
}

/** Loaders of one request, key-aligned; what does not exist is null, and so is what is no id at all. */
export const createLoaders = (source: PricingSource & { readonly db: Database }): Loaders => ({
  ...createPastLoaders(source),
  prices: createPriceReaders(source),
  priceLists: new DataLoader(
    async (ids) => {
      // PostgreSQL answers UUIDs in lower case, whatever the caller wrote.
      const known = ids.map((id) => id.toLowerCase());
      return alignByKey(known, await findPriceListsById(source.db, known.filter(isId)), (list) => list.id);
    },
    { maxBatchSize: BATCH },
  ),
});
