import { alignByKey } from '@kontor/kit/src/align.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import DataLoader from 'dataloader';
import { findCandidates } from './data/price-candidates.ts';
import { findPriceListsById } from './data/price-lists.ts';
import type { PriceList } from './domain/price-list.ts';
import { unitPrice, type UnitPrice } from './domain/unit-price.ts';

const BATCH = 2_000;

/** In what prices are asked for; absent currency and country are the channel's defaults. */
export interface PriceScope {
  readonly channel: string;
  readonly currency: string | null;
  readonly country: string | null;
}

export interface Loaders {
  /** The loader of unit prices by variant id in a scope; one statement per scope and tick, however many variants. */
  unitPrices(scope: PriceScope): DataLoader<string, UnitPrice | null>;
  readonly priceLists: DataLoader<string, PriceList | null>;
}

/** Loaders of one request, key-aligned; what does not exist is null, and so is what is no id at all. */
export function createLoaders(db: Database): Loaders {
  const byScope = new Map<string, DataLoader<string, UnitPrice | null>>();
  return {
    unitPrices(scope) {
      const key = JSON.stringify([scope.channel, scope.currency, scope.country]);
      let loader = byScope.get(key);
      if (!loader) byScope.set(key, (loader = createUnitPriceLoader(db, scope)));
      return loader;
    },
    priceLists: new DataLoader(
      async (ids) => {
        const lists = await findPriceListsById(db.orm, ids.filter(isId));
        return alignByKey(lower(ids), lists, (list) => list.id);
      },
      { maxBatchSize: BATCH },
    ),
  };
}

const createUnitPriceLoader = (db: Database, scope: PriceScope) =>
  new DataLoader<string, UnitPrice | null>(
    async (ids) => {
      const variantIds = lower(ids);
      const found = await findCandidates(db.sql, { ...scope, variantIds: variantIds.filter(isId) });
      return variantIds.map((id) => {
        const candidates = found?.byVariant.get(id);
        return found && candidates ? unitPrice(candidates, found.context) : null;
      });
    },
    { maxBatchSize: BATCH },
  );

/** PostgreSQL answers UUIDs in lower case, whatever the caller wrote. */
const lower = (ids: readonly string[]): string[] => ids.map((id) => id.toLowerCase());
