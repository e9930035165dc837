import type { Resolvers } from '../generated/schema.ts';
import { availabilityChanged } from '../subscriptions.ts';
import { availabilityQueries, ProductVariant, VariantAvailability } from './availability.ts';
import { ledgerQueries, StockLevel, StockMovement } from './ledger.ts';
import { Location, locationQueries } from './location.ts';
import { Mutation } from './stock-change.ts';

/** Resolvers of `schema.graphql`. */
export const publicResolvers: Resolvers = {
  Query: { ...locationQueries, ...availabilityQueries, ...ledgerQueries },
  Mutation,
  Subscription: { availabilityChanged },
  Location,
  ProductVariant,
  StockLevel,
  StockMovement,
  VariantAvailability,
};
