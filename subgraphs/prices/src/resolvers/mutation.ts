import { setPriceList } from '../commands/set-price-list.ts';
import { setPrices } from '../commands/set-prices.ts';
import type { MutationResolvers } from '../generated/schema.ts';
import { toPriceChange } from './price-change.ts';

const MAX_PRICES = 1_000;

/** Commands of staff. */
export const Mutation: MutationResolvers = {
  priceListSet: (_, { input }, ctx) => setPriceList(ctx.db, { ...input, channel: input.channel ?? null }),
  pricesSet: (_, { input }, ctx) =>
    setPrices(ctx.db, {
      priceListCode: input.priceListCode,
      changes: input.prices.map(toPriceChange),
      maximum: MAX_PRICES,
    }),
};
