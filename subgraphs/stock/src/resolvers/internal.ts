import { boundedList } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { readAvailability } from '../availability.ts';
import { importLevels } from '../commands/import-levels.ts';
import type { ReserveOutcome } from '../commands/reserve.ts';
import { upsertLocations } from '../commands/upsert-locations.ts';
import type { Context } from '../context.ts';
import { findCandidateLevels } from '../data/levels.ts';
import type { LocationRow } from '../data/locations.ts';
import { findReservation } from '../data/reservations.ts';
import { isDemandFault, toDemand } from '../domain/demand.ts';
import { isKey } from '../domain/texts.ts';
import type {
  LocationState,
  LocationUpsert,
  Resolvers,
  ReserveInput,
  ResolversTypes,
  ResolversUnionTypes,
  StockCandidate,
} from '../generated/internal.ts';
import { availabilityFeed } from '../subscriptions.ts';
import { readChanges } from './availability.ts';
import { reservationMutations } from './reservation.ts';
import { stockAtLocationQueries } from './stock-at-location.ts';

const MAX_CANDIDATE_VARIANTS = 250;
const MAX_AVAILABILITY_VARIANTS = 1_000;
const MAX_LOCATIONS = 250;

/** Resolvers of `internal.graphql`. */
export const internalResolvers: Resolvers = {
  Query: {
    ...stockAtLocationQueries,
    stockCandidates: (_, { channel, variantIds }, ctx) =>
      findCandidates(ctx, channel, boundedList(variantIds, MAX_CANDIDATE_VARIANTS, ['variantIds'])),
    channelAvailability: (_, { channel, variantIds }, ctx) =>
      readAvailability(ctx.db, channel, boundedList(variantIds, MAX_AVAILABILITY_VARIANTS, ['variantIds'])),
    channelAvailabilityChanges: (_, { channel, ...page }, ctx) => readChanges(ctx, channel, page),
    locationStates: async (_, { ids }, ctx) => {
      const locations = await Promise.all(
        boundedList(ids, MAX_LOCATIONS, ['ids']).map((id) => ctx.loaders.location.load(id)),
      );
      return locations.map((location) => location && toState(location));
    },
    reservation: (_, { key }, ctx) => (isKey(key) ? findReservation(ctx.db, key) : null),
  },
  Mutation: {
    reserve: (_, { input }, ctx) => reserve(ctx, input),
    reservationCommit: (_, { key }, ctx) => ctx.endReservation.commit(key),
    reservationRelease: (_, { key }, ctx) => ctx.endReservation.release(key),
    ...reservationMutations,
    locationsUpsert: (_, { input }, ctx) => upsertLocations(ctx.db, input.locations.map(complete)),
    levelsImport: async (_, { input }, ctx) => ({
      changedCount: await importLevels(ctx.db, input.locationId, input.levels),
    }),
  },
  Subscription: { availabilityFeed },
};

async function reserve(
  ctx: Context,
  input: ReserveInput,
): Promise<ResolversUnionTypes<ResolversTypes>['ReserveResult']> {
  const demand = toDemand(input, isId);
  if (isDemandFault(demand)) throw badInput(demand.message, demand.path);
  return toResult(input.key, await ctx.reserve(demand));
}

function toResult(key: string, outcome: ReserveOutcome): ResolversUnionTypes<ResolversTypes>['ReserveResult'] {
  switch (outcome.kind) {
    case 'held':
      return { __typename: 'Reservation', ...outcome.reservation };
    case 'short':
      return { __typename: 'InsufficientStock', variants: [...outcome.variants] };
    case 'keyReused':
      return { __typename: 'ReservationKeyReused', key };
    case 'busy':
      return { __typename: 'StockBusy', retryAfterMs: outcome.retryAfterMs };
  }
}

async function findCandidates(ctx: Context, channel: string, variantIds: readonly string[]): Promise<StockCandidate[]> {
  const levels = await findCandidateLevels(ctx.db, channel, variantIds.filter(isId));
  const byLocation = Map.groupBy(levels, (level) => level.locationId);
  const candidates = await Promise.all(
    [...byLocation].map(async ([locationId, held]) => {
      const location = await ctx.loaders.location.load(locationId);
      return location && { location: toState(location), levels: held };
    }),
  );
  return candidates.filter((candidate) => candidate !== null);
}

const toState = ({ id, ...location }: LocationRow): LocationState => ({ locationId: id, ...location });

/** GraphQL leaves out what the caller left out; a location has null there. */
const complete = (location: LocationUpsert) => ({
  ...location,
  street: location.street ?? null,
  city: location.city ?? null,
  province: location.province ?? null,
  postalCode: location.postalCode ?? null,
  latitude: location.latitude ?? null,
  longitude: location.longitude ?? null,
  externalReference: location.externalReference ?? null,
});
