import { pageSize } from '@kontor/kit/src/connection.ts';
import { findPriceChanges } from '../data/price-changes.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import { readChangeCursor, toChangeCursor } from './change-cursor.ts';
import { priceScopeOf } from './price-scope.ts';

const DEFAULT_CHANGES = 100;
const MAX_CHANGES = 500;

/** What a copy of prices is kept by. */
export const changeQueries: Pick<QueryResolvers, 'priceChanges'> = {
  async priceChanges(_, { since, first, ...place }, ctx) {
    const reader = ctx.loaders.prices(priceScopeOf(ctx, place));
    const size = pageSize(first, DEFAULT_CHANGES, MAX_CHANGES);
    const page = await findPriceChanges(ctx.db, readChangeCursor(since), size);
    // Read behind the page: what is noted later than these prices stands on the next one.
    const changes = await Promise.all(
      page.variantIds.map(async (variantId) => ({ variantId, price: await reader.unitPrice(variantId, 1) })),
    );
    return { changes, endCursor: toChangeCursor(page.end), resync: page.resync, hasMore: page.hasMore };
  },
};
