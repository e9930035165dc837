import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { ask, type Call, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { CommittedLine } from '../domain/rerouting.ts';
import type { Allocation, Plan, RoutingLocation } from '../domain/routing.ts';
import {
  LocationStatesDocument,
  type LocationStatesQuery,
  ReservationCommitDocument,
  ReservationDocument,
  ReservationMoveDocument,
  type ReservationMoveMutation,
  ReservationReleaseDocument,
  ReserveDocument,
  type ReserveMutation,
  StockCandidatesDocument,
} from '../generated/upstream-stock.ts';

/** How long stock is held for a checkout: long enough for a shopper to confirm at the bank. */
export const HOLD_S = 600;

/** What stock says to a reservation. */
export type ReserveAnswer = ReserveMutation['reserve'];

/** What stock says to a move. */
export type MoveAnswer = ReservationMoveMutation['reservationMove'];

/** What became of an attempt to end a reservation. */
export interface Ended {
  readonly done: boolean;
  /** HELD, COMMITTED, RELEASED, EXPIRED or MISSING. */
  readonly status: string;
}

const callOf = (requestId: string): Call => ({ caller: serviceCaller('orders'), requestId });

/** Locations of a channel with what they have of some variants. @throws GraphQLError when stock does not answer. */
export async function askCandidates(
  stock: GraphClient,
  requestId: string,
  channel: string,
  variantIds: readonly string[],
): Promise<RoutingLocation[]> {
  const { stockCandidates } = await ask(stock, callOf(requestId), StockCandidatesDocument, {
    channel,
    variantIds: [...variantIds],
  });
  return stockCandidates.map(({ location, levels }) =>
    toLocation(location, new Map(levels.map(({ variantId, available }) => [variantId, available]))),
  );
}

type LocationState = NonNullable<LocationStatesQuery['locationStates'][number]>;

const toLocation = (location: LocationState, available: RoutingLocation['available']): RoutingLocation => ({
  locationId: location.locationId,
  point:
    location.latitude != null && location.longitude != null
      ? { latitude: location.latitude, longitude: location.longitude }
      : null,
  postalCode: location.postalCode ?? null,
  country: location.country,
  pickupOffered: location.pickupOffered,
  available,
});

/** Locations by id, with nothing available; those that stock does not know are left out. At most 250. @throws GraphQLError as above. */
export async function askLocations(
  stock: GraphClient,
  requestId: string,
  locationIds: readonly string[],
): Promise<RoutingLocation[]> {
  if (locationIds.length === 0) return [];
  const { locationStates } = await ask(stock, callOf(requestId), LocationStatesDocument, { ids: [...locationIds] });
  return locationStates.flatMap((location) => (location ? [toLocation(location, new Map())] : []));
}

/** Holds stock on the first plan that can; repeating with the same key answers the same hold. @throws GraphQLError as above. */
export async function reserve(
  stock: GraphClient,
  requestId: string,
  hold: { readonly key: string; readonly channel: string; readonly plans: readonly Plan[] },
): Promise<ReserveAnswer> {
  const input = { key: hold.key, channel: hold.channel, ttlSeconds: HOLD_S, plans: hold.plans.map(toPlanInput) };
  return (await ask(stock, callOf(requestId), ReserveDocument, { input })).reserve;
}

const toPlanInput = (plan: Plan) => ({ allocations: plan.flatMap(inParts) });

/** Stock takes so many units in one line, and sums lines: bundles may come to more. */
const MAX_UNITS = 10_000;

const inParts = ({ quantity, ...place }: Allocation) =>
  Array.from({ length: Math.ceil(quantity / MAX_UNITS) }, (_, index) => ({
    ...place,
    quantity: Math.min(MAX_UNITS, quantity - index * MAX_UNITS),
  }));

/** What stock has for a key; null when it does not know the key. @throws GraphQLError as above. */
export async function findReservation(
  stock: GraphClient,
  requestId: string,
  key: string,
): Promise<{ readonly status: string; readonly allocations: readonly CommittedLine[] } | null> {
  return (await ask(stock, callOf(requestId), ReservationDocument, { key })).reservation ?? null;
}

/** Moves what is not shipped to the first plan that holds; repeating decides again. @throws GraphQLError as above. */
export const moveReservation = async (
  stock: GraphClient,
  requestId: string,
  key: string,
  plans: readonly Plan[],
): Promise<MoveAnswer> =>
  (await ask(stock, callOf(requestId), ReservationMoveDocument, { input: { key, plans: plans.map(toPlanInput) } }))
    .reservationMove;

/** Makes a hold final; repeating is harmless. @throws GraphQLError as above. */
export const commitReservation = async (stock: GraphClient, requestId: string, key: string): Promise<Ended> =>
  (await ask(stock, callOf(requestId), ReservationCommitDocument, { key })).reservationCommit;

/** Gives a hold back; repeating is harmless. @throws GraphQLError as above. */
export const releaseReservation = async (stock: GraphClient, requestId: string, key: string): Promise<Ended> =>
  (await ask(stock, callOf(requestId), ReservationReleaseDocument, { key })).reservationRelease;
