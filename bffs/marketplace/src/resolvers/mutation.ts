import type { MutationResolvers } from '../generated/schema.ts';
import { MappingsSetDocument } from '../generated/upstream.ts';

export const Mutation: MutationResolvers = {
  mappingsSet: async (_, { input }, ctx) => (await ctx.upstream(MappingsSetDocument, { input })).categoryMappingsSet,
};
