import type { QueryResolvers } from '../generated/schema.ts';
import { LookupDocument } from '../generated/upstream.ts';
import { lookupMatches } from '../views/lookup.ts';

export const Query: QueryResolvers = {
  lookup: async (_, { code }, ctx) => lookupMatches(await ctx.upstream(LookupDocument, { code })),
};
