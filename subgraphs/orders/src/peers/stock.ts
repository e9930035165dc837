import { serviceCaller } from '@kontor/kit/src/auth/caller.ts';
import { ask, type Call, type GraphClient } from '@kontor/kit/src/graph/graph.ts';
import type { Plan, RoutingLocation } from '../domain/routing.ts';
import {
  ReservationCommitDocument,
  ReservationReleaseDocument,
  ReserveDocument,
  type ReserveMutation,
  StockCandidatesDocument,
} from '../generated/upstream-stock.ts';

/** How long stock is held for a checkout: long enough for a shopper to confirm at the bank. */
export const HOLD_S = 600;

/** What stock says to a reservation. */
export type ReserveAnswer = ReserveMutation['reserve'];

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
  return stockCandidates.map(({ location, levels }) => ({
    locationId: location.locationId,
    point:
      location.latitude != null && location.longitude != null
        ? { latitude: location.latitude, longitude: location.longitude }
        : null,
    postalCode: location.postalCode ?? null,
    country: location.country,
    pickupOffered: location.pickupOffered,
    available: new Map(levels.map(({ variantId, available }) => [variantId, available])),
  }));
}

/** Holds stock on the first plan that can; repeating with the same key answers the same hold. @throws GraphQLError as above. */
export async function reserve(
  stock: GraphClient,
  requestId: string,
  hold: { readonly key: string; readonly channel: string; readonly plans: readonly Plan[] },
): Promise<ReserveAnswer> {
  const plans = hold.plans.map((allocations) => ({ allocations: allocations.map((each) => ({ ...each })) }));
  const input = { key: hold.key, channel: hold.channel, ttlSeconds: HOLD_S, plans };
  return (await ask(stock, callOf(requestId), ReserveDocument, { input })).reserve;
}

/** Makes a hold final; repeating is harmless. @throws GraphQLError as above. */
export const commitReservation = async (stock: GraphClient, requestId: string, key: string): Promise<Ended> =>
  (await ask(stock, callOf(requestId), ReservationCommitDocument, { key })).reservationCommit;

/** Gives a hold back; repeating is harmless. @throws GraphQLError as above. */
export const releaseReservation = async (stock: GraphClient, requestId: string, key: string): Promise<Ended> =>
  (await ask(stock, callOf(requestId), ReservationReleaseDocument, { key })).reservationRelease;
