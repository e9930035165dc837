import type { LevelRow } from './data/levels.ts';
import type { LocationRow } from './data/locations.ts';
import type { MovementRow } from './data/movements.ts';
import type { Availability } from './domain/availability.ts';

/** What the resolvers of the GraphQL type of the same name get as their parent. */
export type LocationMapper = LocationRow;
export type StockLevelMapper = LevelRow;
export type StockMovementMapper = MovementRow;
export type VariantAvailabilityMapper = Availability;
export interface ProductVariantMapper {
  readonly id: string;
}
