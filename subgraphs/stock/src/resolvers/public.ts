import type { Resolvers } from '../generated/schema.ts';
import { availabilityChanged } from '../subscriptions.ts';
import {
  AllocationClaim,
  allocationMutations,
  AllocationPolicy,
  allocationQueries,
  SafetyStock,
  SellingPolicy,
  SimulatedOutcome,
} from './allocation.ts';
import { availabilityQueries, ProductVariant, VariantAvailability } from './availability.ts';
import { AvailabilityExplanation, LocationExplanation, LocationSets, StockItemExplanation } from './explanation.ts';
import { ledgerQueries, StockLevel, StockMovement } from './ledger.ts';
import { Location, locationQueries } from './location.ts';
import { exceptionMutations, exceptionQueries, StockException } from './exception.ts';
import { stockAtQueries } from './stock-at.ts';
import { stockChangeMutations } from './stock-change.ts';
import { StockTransfer, StockTransferLine, transferMutations, transferQueries } from './transfer.ts';

/** Resolvers of `schema.graphql`. */
export const publicResolvers: Resolvers = {
  Query: {
    ...locationQueries,
    ...availabilityQueries,
    ...ledgerQueries,
    ...stockAtQueries,
    ...transferQueries,
    ...exceptionQueries,
    ...allocationQueries,
  },
  Mutation: { ...stockChangeMutations, ...transferMutations, ...exceptionMutations, ...allocationMutations },
  Subscription: { availabilityChanged },
  Location,
  ProductVariant,
  StockLevel,
  StockMovement,
  StockTransfer,
  StockTransferLine,
  StockException,
  VariantAvailability,
  AllocationClaim,
  AllocationPolicy,
  SafetyStock,
  SellingPolicy,
  SimulatedOutcome,
  AvailabilityExplanation,
  StockItemExplanation,
  LocationExplanation,
  LocationSets,
};
