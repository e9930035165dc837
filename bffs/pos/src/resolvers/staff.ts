import type { StaffResolvers } from '../generated/schema.ts';
import { StoreDocument } from '../generated/upstream.ts';

export const Staff: StaffResolvers = {
  scopes: (_, _args, { caller }) => [...caller.scopes].sort(),
  location: async (_, _args, ctx) => {
    const { locationId } = ctx.caller;
    if (locationId === undefined) return null;
    try {
      return (await ctx.upstream(StoreDocument, { locationId })).location;
    } catch (fault) {
      // Who works here is known without stock.
      ctx.doWithout('location', fault);
      return null;
    }
  },
};
