import { boundedList, pageSize } from '@kontor/kit/src/connection.ts';
import type { Context } from '../context.ts';
import { findCurrencies } from '../data/channels.ts';
import { findPriceChanges } from '../data/price-changes.ts';
import { ANYBODY } from '../domain/pricing-context.ts';
import type { QueryResolvers } from '../generated/internal.ts';
import { readChangeCursor, toChangeCursor } from './change-cursor.ts';

const CHANGES = 500;
const MAX_CHANGES = 1_000;
const MAX_VARIANTS = 1_000;

/** What a projection of prices is kept by. */
export const priceChangeQueries: Pick<QueryResolvers, 'priceChanges' | 'anonymousPrices'> = {
  async priceChanges(_, { since, first }, { db }) {
    const size = pageSize(first, CHANGES, MAX_CHANGES);
    const page = await findPriceChanges(db, readChangeCursor(since), size);
    const { variantIds, end, resync, hasMore } = page;
    return { variantIds: [...variantIds], endCursor: toChangeCursor(end), resync, hasMore };
  },
  async anonymousPrices(_, { channel, variantIds }, ctx) {
    const ids = [...new Set(boundedList(variantIds, MAX_VARIANTS, ['variantIds']))];
    const currencies = (await findCurrencies(ctx.db, channel)) ?? [];
    const prices = await Promise.all(currencies.map((currency) => pricesIn(ctx, channel, currency, ids)));
    return prices.flat();
  },
};

async function pricesIn({ loaders }: Context, channel: string, currency: string, variantIds: readonly string[]) {
  const reader = loaders.prices({ channel, currency, country: null, region: null, buyer: ANYBODY });
  const prices = await Promise.all(variantIds.map((id) => reader.unitPrice(id, 1)));
  return prices.flatMap((price, index) =>
    price === null ? [] : [{ variantId: variantIds[index]!, currency, grossMinor: price.gross.minorUnits }],
  );
}
