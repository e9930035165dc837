import { findPolicy } from '../data/allocation-policies.ts';
import { itemReasons, reasonsOf, setsByLocation, unitsOf } from '../domain/availability-explanation.ts';
import type {
  AvailabilityExplanationResolvers,
  LocationExplanationResolvers,
  LocationSetsResolvers,
  StockItemExplanationResolvers,
} from '../generated/schema.ts';
import { locationOf } from './location-of.ts';

export const AvailabilityExplanation: AvailabilityExplanationResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  reasons: (facts) => reasonsOf(facts),
  items: ({ channel, items }) => items.map((item) => ({ ...item, channel })),
  sets: ({ isBundle, items }) => (isBundle ? setsByLocation(items) : null),
};

export const StockItemExplanation: StockItemExplanationResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  openQuantity: (item) => unitsOf(item).open,
  pooledQuantity: (item) => unitsOf(item).pooled,
  locations: ({ locations }) => [...locations],
  policy: ({ policy }, _, ctx) => policy && findPolicy(ctx.db, policy.policyId),
  poolAvailableQuantity: ({ policy }) => policy?.poolAvailable ?? 0,
  claims: ({ policy }) => [...(policy?.claims ?? [])],
  reasons: (item) => itemReasons(item.channel, item),
};

export const LocationExplanation: LocationExplanationResolvers = {
  location: ({ locationId }, _, ctx) => locationOf(ctx, locationId),
};

export const LocationSets: LocationSetsResolvers = {
  location: ({ locationId }, _, ctx) => locationOf(ctx, locationId),
};
