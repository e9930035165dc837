import type { AllocationPolicyRow } from './data/allocation-policies.ts';
import type { ExceptionRow } from './data/exceptions.ts';
import type { LevelRow } from './data/levels.ts';
import type { LocationRow } from './data/locations.ts';
import type { MovementRow } from './data/movements.ts';
import type { SafetyStockRow } from './data/safety-stocks.ts';
import type { SellingPolicyRow } from './data/selling-policies.ts';
import type { TransferLineRow, TransferRow } from './data/transfers.ts';
import type { Claim } from './domain/allocation-policy.ts';
import type { ChannelTotals } from './domain/allocation-replay.ts';
import type { AvailabilityFacts, ItemFacts, LocationFacts } from './domain/availability-explanation.ts';
import type { Availability } from './domain/availability.ts';

/** What the resolvers of the GraphQL type of the same name get as their parent. */
export type LocationMapper = LocationRow;
export type StockLevelMapper = LevelRow;
export type StockMovementMapper = MovementRow;
export type StockTransferMapper = TransferRow;
export type StockTransferLineMapper = TransferLineRow;
export type StockExceptionMapper = ExceptionRow;
export type AllocationPolicyMapper = AllocationPolicyRow;
export type SafetyStockMapper = SafetyStockRow;
export type SellingPolicyMapper = SellingPolicyRow;
export type AvailabilityExplanationMapper = AvailabilityFacts;
export type StockItemExplanationMapper = ItemFacts & { readonly channel: string };
export type LocationExplanationMapper = LocationFacts;
export type AllocationClaimMapper = Claim;
export interface LocationSetsMapper {
  readonly locationId: string;
  readonly sets: number;
}
export type SimulatedOutcomeMapper = ChannelTotals;
export type VariantAvailabilityMapper = Availability;
export interface ProductVariantMapper {
  readonly id: string;
}
