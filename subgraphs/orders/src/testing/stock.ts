import { newId } from '@kontor/kit/src/ids.ts';
import type { CommittedLine } from '../domain/rerouting.ts';
import type { Allocation } from '../domain/routing.ts';

interface SimulatedReservation {
  readonly key: string;
  readonly reservationId: string;
  readonly channel: string;
  status: 'HELD' | 'COMMITTED' | 'RELEASED' | 'EXPIRED';
  readonly expiresAtMs: number;
  allocations: readonly CommittedLine[];
}

/** What `stock.reservation.shorted` tells. */
export interface SimulatedShortage {
  readonly reservationId: string;
  readonly key: string;
  readonly channel: string;
  readonly status: string;
  readonly variantId: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly cause: string;
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
  /** Runs once, just before the next hold is made final. */
  beforeCommit: (() => void) | null;
  addLocation(place: Place): string;
  setLevel(locationId: string, variantId: string, available: number): void;
  levelOf(locationId: string, variantId: string): number;
  /** So many units break: those that nobody has, then those of the newest holds, then of the newest orders. @returns whom to tell. */
  damage(locationId: string, variantId: string, quantity: number): SimulatedShortage[];
  /** How often a move was asked for. */
  moveCount: number;
  /** Runs once, just before the next move is tried. */
  beforeMove: (() => Promise<void>) | null;
  /** Units held and units committed of a variant. */
  takenOf(variantId: string): { readonly held: number; readonly committed: number };
  readonly answers: Record<string, (variables: never) => unknown>;
}

interface ReserveVariables {
  readonly input: {
    readonly key: string;
    readonly channel: string;
    readonly ttlSeconds: number;
    readonly plans: readonly SimulatedPlan[];
  };
}

interface MoveVariables {
  readonly input: { readonly key: string; readonly plans: readonly SimulatedPlan[] };
}

interface SimulatedPlan {
  readonly allocations: readonly Allocation[];
}

const heldAt = ({ allocations }: SimulatedPlan): CommittedLine[] =>
  allocations.map((each) => ({ ...each, shorted: 0, shipped: 0, waiting: 0 }));
const isShorted = ({ allocations }: SimulatedReservation): boolean => allocations.some((each) => each.shorted > 0);
const fault = (__typename: string, code: string) => ({ __typename, code, message: code });

function unitsOf(allocations: readonly CommittedLine[] | readonly Allocation[]): Map<string, number> {
  const units = new Map<string, number>();
  for (const { variantId, quantity } of allocations) units.set(variantId, (units.get(variantId) ?? 0) + quantity);
  return units;
}

export function createSimulatedStock(): SimulatedStock {
  const locations = new Map<string, Place>();
  const levels = new Map<string, number>();
  const reservations = new Map<string, SimulatedReservation>();
  const nameOf = (locationId: string, variantId: string) => `${locationId} ${variantId}`;
  const now = () => Date.now() + stock.aheadMs;

  const give = (reservation: SimulatedReservation, status: 'RELEASED' | 'EXPIRED') => {
    reservation.status = status;
    putBack(reservation);
  };
  const putBack = ({ allocations }: SimulatedReservation) => {
    for (const { locationId, variantId, quantity, shorted } of allocations)
      levels.set(nameOf(locationId, variantId), stock.levelOf(locationId, variantId) + quantity - shorted);
  };
  const take = (allocations: readonly (Allocation & { readonly shorted?: number })[]) => {
    for (const { locationId, variantId, quantity, shorted = 0 } of allocations)
      levels.set(nameOf(locationId, variantId), stock.levelOf(locationId, variantId) - quantity + shorted);
  };
  const planThatHolds = (plans: readonly SimulatedPlan[]) =>
    plans.find(({ allocations }) =>
      allocations.every((each) => stock.levelOf(each.locationId, each.variantId) >= each.quantity),
    );
  const expire = () => {
    for (const each of reservations.values())
      if (each.status === 'HELD' && each.expiresAtMs <= now()) give(each, 'EXPIRED');
  };
  const answerOf = (reservation: SimulatedReservation) => ({
    __typename: 'Reservation',
    key: reservation.key,
    status: reservation.status === 'HELD' && isShorted(reservation) ? 'SHORTED' : reservation.status,
    expiresAt: new Date(reservation.expiresAtMs).toISOString(),
    allocations: reservation.allocations,
  });
  const end = (key: string, to: 'COMMITTED' | 'RELEASED') => {
    expire();
    const reservation = reservations.get(key);
    if (!reservation) return { done: false, status: 'MISSING' };
    if (reservation.status === 'HELD') {
      if (to === 'COMMITTED' && isShorted(reservation)) return { done: false, status: 'SHORTED' };
      if (to === 'RELEASED') give(reservation, 'RELEASED');
      else reservation.status = 'COMMITTED';
    }
    return { done: reservation.status === to, status: reservation.status };
  };
  const reserve = ({ input: { key, channel, ttlSeconds, plans } }: ReserveVariables) => {
    stock.beforeReserve?.();
    stock.beforeReserve = null;
    expire();
    const known = reservations.get(key);
    if (known) return answerOf(known);
    if (stock.busyCount > 0) {
      stock.busyCount -= 1;
      return { __typename: 'StockBusy', retryAfterMs: 100 };
    }
    const plan = planThatHolds(plans);
    if (!plan) return { __typename: 'InsufficientStock', variants: shortOf(plans[0]?.allocations ?? []) };
    take(plan.allocations);
    const reservation: SimulatedReservation = {
      key,
      reservationId: newId(),
      channel,
      status: 'HELD',
      expiresAtMs: now() + ttlSeconds * 1_000,
      allocations: heldAt(plan),
    };
    reservations.set(key, reservation);
    return answerOf(reservation);
  };
  const move = async ({ input: { key, plans } }: MoveVariables) => {
    stock.moveCount += 1;
    const before = stock.beforeMove;
    stock.beforeMove = null;
    await before?.();
    expire();
    const reservation = reservations.get(key);
    if (!reservation) return fault('NotFound', 'NOT_FOUND');
    if (reservation.status !== 'HELD' && reservation.status !== 'COMMITTED')
      return { ...fault('ReservationNotOpen', 'RESERVATION_NOT_OPEN'), status: reservation.status };
    const open = unitsOf(reservation.allocations);
    const servesAll = plans.every(({ allocations }) => {
      const served = unitsOf(allocations);
      return served.size === open.size && [...open].every(([variantId, units]) => served.get(variantId) === units);
    });
    if (!servesAll) return fault('ReservationDemandDiffers', 'RESERVATION_DEMAND_DIFFERS');
    putBack(reservation);
    const plan = planThatHolds(plans);
    if (plan) reservation.allocations = heldAt(plan);
    take(reservation.allocations);
    return plan ? answerOf(reservation) : { __typename: 'InsufficientStock', variants: [] };
  };
  const damage = (locationId: string, variantId: string, quantity: number) => {
    const told: SimulatedShortage[] = [];
    const free = Math.min(quantity, stock.levelOf(locationId, variantId));
    take([{ locationId, variantId, quantity: free }]);
    let missing = quantity - free;
    const newestFirst = [...reservations.values()].reverse();
    for (const status of ['HELD', 'COMMITTED'])
      for (const reservation of newestFirst.filter((each) => each.status === status))
        reservation.allocations = reservation.allocations.map((line) => {
          if (line.locationId !== locationId || line.variantId !== variantId) return line;
          const units = Math.min(missing, line.quantity - line.shorted);
          missing -= units;
          const { reservationId, key, channel } = reservation;
          if (units > 0)
            told.push({ reservationId, key, channel, status, variantId, locationId, quantity: units, cause: 'damage' });
          return { ...line, shorted: line.shorted + units };
        });
    if (missing > 0) throw new Error(`${missing} units more than there are cannot break`);
    return told;
  };
  const locationStates = ({ ids }: { ids: readonly string[] }) =>
    ids.map((locationId) => {
      const place = locations.get(locationId);
      return place ? { locationId, country: 'DE', postalCode: null, pickupOffered: false, ...place } : null;
    });
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
    beforeCommit: null,
    moveCount: 0,
    beforeMove: null,
    damage,
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
          .reduce((total, each) => (each.variantId === variantId ? total + each.quantity - each.shorted : total), 0);
      return { held: sum('HELD'), committed: sum('COMMITTED') };
    },
    answers: {
      stockCandidates: candidates,
      locationStates,
      reservation: ({ key }: { key: string }) => {
        expire();
        const known = reservations.get(key);
        return known ? answerOf(known) : null;
      },
      reserve,
      reservationMove: move,
      reservationCommit: ({ key }: { key: string }) => {
        stock.beforeCommit?.();
        stock.beforeCommit = null;
        return end(key, 'COMMITTED');
      },
      reservationRelease: ({ key }: { key: string }) => end(key, 'RELEASED'),
    },
  };
  return stock;
}
