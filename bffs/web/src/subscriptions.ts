import type { AvailabilityUpdate, SubscriptionResolvers } from './generated/schema.ts';

export const Subscription: SubscriptionResolvers = {
  availabilityChanged: {
    subscribe: (_, request, ctx) => ctx.availabilityChanged(request),
    resolve: (update: AvailabilityUpdate) => update,
  },
};
