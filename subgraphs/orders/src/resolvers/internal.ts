import { findOpenCheckouts } from '../data/checkouts.ts';
import type { Resolvers } from '../generated/internal.ts';

const MAX_OPEN = 100;

export const internalResolvers: Resolvers = {
  Query: {
    openCheckouts: (_, _args, ctx) => findOpenCheckouts(ctx.orders.db, MAX_OPEN),
  },
};
