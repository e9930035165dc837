import { boundedList, decodeCursor, encodeCursor, pageSize } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import type { Context } from '../context.ts';
import { findCurrencies } from '../data/channels.ts';
import { findPriceChanges, type ChangePosition } from '../data/price-changes.ts';
import type { QueryResolvers } from '../generated/internal.ts';

const CHANGES = 500;
const MAX_CHANGES = 1_000;
const MAX_VARIANTS = 1_000;
/** Tells these cursors from those of other lists. */
const LIST = 'price-changes';

/** What a projection of prices is kept by. */
export const priceChangeQueries: Pick<QueryResolvers, 'priceChanges' | 'anonymousPrices'> = {
  async priceChanges(_, { since, first }, { db }) {
    const size = pageSize(first, CHANGES, MAX_CHANGES);
    const page = await findPriceChanges(db, since == null ? null : readPosition(since), size);
    const { variantIds, end, resync, hasMore } = page;
    return { variantIds: [...variantIds], endCursor: encodeCursor([LIST, end.number, end.skip]), resync, hasMore };
  },
  async anonymousPrices(_, { channel, variantIds }, ctx) {
    const ids = [...new Set(boundedList(variantIds, MAX_VARIANTS, ['variantIds']))];
    const currencies = (await findCurrencies(ctx.db, channel)) ?? [];
    const prices = await Promise.all(currencies.map((currency) => pricesIn(ctx, channel, currency, ids)));
    return prices.flat();
  },
};

async function pricesIn({ loaders }: Context, channel: string, currency: string, variantIds: readonly string[]) {
  const prices = await loaders.unitPrices({ channel, currency, country: null }).loadMany(variantIds);
  return prices.flatMap((price, index) => {
    if (price instanceof Error) throw price;
    return price === null ? [] : [{ variantId: variantIds[index]!, currency, grossMinor: price.gross.minorUnits }];
  });
}

function readPosition(cursor: string): ChangePosition {
  const [list, number, skip] = decodeCursor(cursor, 3);
  const isPlace = (part: unknown): part is number => Number.isSafeInteger(part) && (part as number) >= 0;
  if (list === LIST && isPlace(number) && isPlace(skip)) return { number, skip };
  throw badInput('This cursor is not one that priceChanges gave out. Begin without a cursor.', ['since']);
}
