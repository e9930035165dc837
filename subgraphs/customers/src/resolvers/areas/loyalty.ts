import { adjustByHand } from '../../commands/loyalty/adjust-points.ts';
import { holdForOrder } from '../../commands/loyalty/hold-points.ts';
import { returnForOrder } from '../../commands/loyalty/return-points.ts';
import { setLoyaltyRules } from '../../commands/loyalty/set-loyalty-rules.ts';
import type { MutationResolvers as InternalMutations } from '../../generated/internal.ts';
import type { MutationResolvers, QueryResolvers } from '../../generated/schema.ts';
import { outcomeAsSeenBy } from '../visibility.ts';

export const loyaltyQueries = {
  loyaltyRules: (_, _args, { loaders }) => loaders.loyaltyRules(),
} satisfies QueryResolvers;

export const loyaltyMutations = {
  loyaltyRulesSet: (_, { input }, { db, caller }) => setLoyaltyRules(db, caller, input),
  loyaltyAdjust: async (_, { input }, { db, caller }) => outcomeAsSeenBy(caller, await adjustByHand(db, caller, input)),
} satisfies MutationResolvers;

/** What orders asks of points. */
export const loyaltyInternalMutations = {
  loyaltyHold: (_, { input }, { db }) => holdForOrder(db, input),
  loyaltyReturn: (_, { input }, { db }) => returnForOrder(db, input),
} satisfies InternalMutations;
