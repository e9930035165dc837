import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import { CustomerLookupDocument, LookupDocument, StaffDocument } from '../generated/upstream.ts';
import { customerMatch } from '../views/customer-match.ts';
import { lookupMatches } from '../views/lookup.ts';

export const Query: QueryResolvers = {
  lookup: async (_, { code }, ctx) => lookupMatches(await ctx.upstream(LookupDocument, { code })),
  staff: async (_, _args, ctx) => (await ctx.upstream(StaffDocument, {})).staff,
  customerLookup: async (_, { query, first }, ctx, info) => {
    const asked = { query, first, loyalty: selects(info, 'loyalty') };
    return (await ctx.upstream(CustomerLookupDocument, asked)).customerSearch.map(customerMatch);
  },
  customerByCard: async (_, { card }, ctx, info) => {
    const asked = { query: card, loyalty: selects(info, 'loyalty') };
    const { customerSearch } = await ctx.upstream(CustomerLookupDocument, asked);
    // What is typed as a card may also be the end of a telephone number, or a name.
    const found = customerSearch.find(({ matchedBy }) => matchedBy === 'LOYALTY_CARD');
    return found ? customerMatch(found) : null;
  },
};
