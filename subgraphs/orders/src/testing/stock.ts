import { newId } from '@kontor/kit/src/ids.ts';
import type { Allocation } from '../domain/routing.ts';

interface SimulatedReservation {
  readonly key: string;
  status: 'HELD' | 'COMMITTED' | 'RELEASED' | 'EXPIRED';
  readonly expiresAtMs: number;
  readonly allocations: readonly Allocation[];
}

/** Where stock lies, in degrees. */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
  readonly country?: string;
  readonly postalCode?: string;
  readonly pickupOffered?: boolean;
}

/** Stock with the rules that orders relies on: all or nothing, one reservation per key, one winner among its ends. */
export interface SimulatedStock {
  readonly reservations: Map<string, SimulatedReservation>;
  /** How far its clock is ahead, in milliseconds. */
  aheadMs: number;
  /** Answers `StockBusy` to so many reservations. */
  busyCount: number;
  /** Runs once, just before the next reservation is tried. */
  beforeReserve: (() => void) | null;
  addLocation(place: Place): string;
  setLevel(locationId: string, variantId: string, available: number): void;
  levelOf(locationId: string, variantId: string): number;
  /** Units held and units committed of a variant. */
  takenOf(variantId: string): { readonly held: number; readonly committed: number };
  readonly answers: Record<string, (variables: never) => unknown>;
}

interface ReserveVariables {
  readonly input: {
    readonly key: string;
    readonly ttlSeconds: number;
    readonly plans: readonly { readonly allocations: readonly Allocation[] }[];
  };
}

export function createSimulatedStock(): SimulatedStock {
  const locations = new Map<string, Place>();
  const levels = new Map<string, number>();
  const reservations = new Map<string, SimulatedReservation>();
  const nameOf = (locationId: string, variantId: string) => `${locationId} ${variantId}`;
  const now = () => Date.now() + stock.aheadMs;

  const give = (reservation: SimulatedReservation, status: 'RELEASED' | 'EXPIRED') => {
    reservation.status = status;
    for (const { locationId, variantId, quantity } of reservation.allocations)
      levels.set(nameOf(locationId, variantId), stock.levelOf(locationId, variantId) + quantity);
  };
  const expire = () => {
    for (const each of reservations.values())
      if (each.status === 'HELD' && each.expiresAtMs <= now()) give(each, 'EXPIRED');
  };
  const answerOf = (reservation: SimulatedReservation) => ({
    __typename: 'Reservation',
    key: reservation.key,
    status: reservation.status,
    expiresAt: new Date(reservation.expiresAtMs).toISOString(),
    allocations: reservation.allocations,
  });
  const end = (key: string, to: 'COMMITTED' | 'RELEASED') => {
    expire();
    const reservation = reservations.get(key);
    if (!reservation) return { done: false, status: 'MISSING' };
    if (reservation.status === 'HELD') {
      if (to === 'RELEASED') give(reservation, 'RELEASED');
      else reservation.status = 'COMMITTED';
    }
    return { done: reservation.status === to, status: reservation.status };
  };
  const reserve = ({ input: { key, ttlSeconds, plans } }: ReserveVariables) => {
    stock.beforeReserve?.();
    stock.beforeReserve = null;
    expire();
    const known = reservations.get(key);
    if (known) return answerOf(known);
    if (stock.busyCount > 0) {
      stock.busyCount -= 1;
      return { __typename: 'StockBusy', retryAfterMs: 100 };
    }
    const plan = plans.find(({ allocations }) =>
      allocations.every((each) => stock.levelOf(each.locationId, each.variantId) >= each.quantity),
    );
    if (!plan) return { __typename: 'InsufficientStock', variants: shortOf(plans[0]?.allocations ?? []) };
    for (const each of plan.allocations)
      levels.set(
        nameOf(each.locationId, each.variantId),
        stock.levelOf(each.locationId, each.variantId) - each.quantity,
      );
    const reservation: SimulatedReservation = {
      key,
      status: 'HELD',
      expiresAtMs: now() + ttlSeconds * 1_000,
      allocations: plan.allocations,
    };
    reservations.set(key, reservation);
    return answerOf(reservation);
  };
  const shortOf = (allocations: readonly Allocation[]) =>
    [...Map.groupBy(allocations, (each) => each.variantId)].flatMap(([variantId, parts]) => {
      const requested = parts.reduce((sum, part) => sum + part.quantity, 0);
      const available = [...locations.keys()].reduce(
        (sum, locationId) => sum + stock.levelOf(locationId, variantId),
        0,
      );
      return available < requested ? [{ variantId, requested, available }] : [];
    });
  const candidates = ({ variantIds }: { variantIds: readonly string[] }) => {
    expire();
    return [...locations].flatMap(([locationId, place]) => {
      const there = variantIds.flatMap((variantId) => {
        const available = stock.levelOf(locationId, variantId);
        return available > 0 ? [{ variantId, available }] : [];
      });
      const location = { locationId, country: 'DE', postalCode: null, pickupOffered: false, ...place };
      return there.length > 0 ? [{ location, levels: there }] : [];
    });
  };

  const stock: SimulatedStock = {
    reservations,
    aheadMs: 0,
    busyCount: 0,
    beforeReserve: null,
    addLocation(place) {
      const locationId = newId();
      locations.set(locationId, place);
      return locationId;
    },
    setLevel: (locationId, variantId, available) => void levels.set(nameOf(locationId, variantId), available),
    levelOf: (locationId, variantId) => levels.get(nameOf(locationId, variantId)) ?? 0,
    takenOf(variantId) {
      const sum = (status: string) =>
        [...reservations.values()]
          .filter((each) => each.status === status)
          .flatMap((each) => each.allocations)
          .reduce((total, each) => (each.variantId === variantId ? total + each.quantity : total), 0);
      return { held: sum('HELD'), committed: sum('COMMITTED') };
    },
    answers: {
      stockCandidates: candidates,
      reserve,
      reservationCommit: ({ key }: { key: string }) => end(key, 'COMMITTED'),
      reservationRelease: ({ key }: { key: string }) => end(key, 'RELEASED'),
    },
  };
  return stock;
}
