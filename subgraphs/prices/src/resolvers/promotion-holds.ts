import { confirmPromotions, releasePromotions } from '../commands/promotions/end-holds.ts';
import { holdPromotions } from '../commands/promotions/hold-promotions.ts';
import type { MutationResolvers } from '../generated/internal.ts';

/** What orders hold of promotions. */
export const promotionHoldMutations: Pick<
  MutationResolvers,
  'promotionsHold' | 'promotionsConfirm' | 'promotionsRelease'
> = {
  async promotionsHold(_, { input: { key, quoteToken, guestKey } }, ctx) {
    const outcome = await holdPromotions(ctx, { key, quoteToken, guestKey: guestKey ?? null });
    return outcome.__typename === 'PromotionsHeld'
      ? { ...outcome, expiresAt: outcome.expiresAt.toISOString() }
      : outcome;
  },
  promotionsConfirm: async (_, { input: { key } }, { db }) => ({ status: await confirmPromotions(db, key) }),
  promotionsRelease: async (_, { input: { key } }, { db }) => ({ status: await releasePromotions(db, key) }),
};
