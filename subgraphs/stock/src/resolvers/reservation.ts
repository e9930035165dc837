import { busy, idempotencyKeyReused, invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { bookSale } from '../commands/book-sale.ts';
import { cancelReservation } from '../commands/cancel-reservation.ts';
import { extendReservation } from '../commands/extend-reservation.ts';
import { moveReservation } from '../commands/move-reservation.ts';
import type { RefusedChange } from '../commands/refused-change.ts';
import { shipReservation } from '../commands/ship-reservation.ts';
import type { ExceededLine, NotChangeable } from '../data/reservation-changes.ts';
import type { ReservationRow } from '../data/reservations.ts';
import type { MutationResolvers } from '../generated/internal.ts';

/** What becomes of a reservation after it is held, and sales that have happened. */
export const reservationMutations: Pick<
  MutationResolvers,
  'reservationMove' | 'reservationExtend' | 'reservationShip' | 'reservationCancel' | 'saleBook'
> = {
  reservationMove: async (_, { input }, ctx) => {
    const outcome = await moveReservation(ctx.db, input);
    switch (outcome.kind) {
      case 'moved':
        return reservationOf(outcome.reservation);
      case 'short':
        return { __typename: 'InsufficientStock', variants: [...outcome.variants] };
      case 'otherDemand':
        return {
          __typename: 'ReservationDemandDiffers',
          code: 'RESERVATION_DEMAND_DIFFERS',
          message:
            'Every plan must serve exactly what is not shipped yet. Plan for the units that are open and repeat.',
          path: ['input', 'plans'],
          open: [...outcome.open],
        };
      case 'inconsistent':
        return inconsistent();
      case 'keyReused':
        throw new Error('a move has no key of its own');
      default:
        return toRefusal(outcome);
    }
  },
  reservationExtend: async (_, { input }, ctx) => {
    const outcome = await extendReservation(ctx.db, input);
    switch (outcome.kind) {
      case 'extended':
        return reservationOf(outcome.reservation);
      case 'keyReused':
      case 'inconsistent':
        throw new Error('an extension books nothing and has no key of its own');
      default:
        return toRefusal(outcome);
    }
  },
  reservationShip: async (_, { input }, ctx) => {
    const outcome = await shipReservation(ctx.db, ctx.caller, input);
    switch (outcome.kind) {
      case 'shipped':
        return {
          __typename: 'ReservationShipped',
          reservation: reservationOf(outcome.reservation),
          lines: [...outcome.lines],
        };
      case 'tooMany':
        return exceeded('to ship', outcome.lines);
      case 'keyReused':
        return idempotencyKeyReused(['input', 'shipmentKey']);
      case 'inconsistent':
        return inconsistent();
      default:
        return toRefusal(outcome);
    }
  },
  reservationCancel: async (_, { input }, ctx) => {
    const outcome = await cancelReservation(ctx.db, { ...input, lines: input.lines ?? null });
    switch (outcome.kind) {
      case 'cancelled':
        return {
          __typename: 'ReservationCancelled',
          reservation: reservationOf(outcome.reservation),
          lines: [...outcome.lines],
        };
      case 'tooMany':
        return exceeded('to cancel', outcome.lines);
      case 'keyReused':
        return idempotencyKeyReused(['input', 'cancelKey']);
      case 'inconsistent':
        return inconsistent();
      default:
        return toRefusal(outcome);
    }
  },
  saleBook: async (_, { input }, ctx) => {
    const outcome = await bookSale(ctx.db, ctx.caller, input);
    switch (outcome.kind) {
      case 'sold':
        return { __typename: 'SaleBooked', lines: [...outcome.lines] };
      case 'unknownLocation':
        return notFound('There is no such location.', ['input', 'locationId']);
      case 'tooLarge':
        return invalidInput('INVALID_QUANTITY', 'A sale takes at most 1,000,000 units of an item.', ['input', 'lines']);
      case 'keyReused':
        return idempotencyKeyReused(['input', 'key']);
      case 'invalid':
      case 'busy':
        return toPlainRefusal(outcome);
      case 'inconsistent':
        throw new Error('a sale frees what its own locks have shown');
    }
  },
};

const reservationOf = (reservation: ReservationRow) => ({ __typename: 'Reservation' as const, ...reservation });

const exceeded = (what: string, lines: readonly ExceededLine[]) => ({
  __typename: 'ReservationLinesExceeded' as const,
  code: 'RESERVATION_LINES_EXCEEDED',
  message: `There are fewer units ${what} than named. Read the reservation again and repeat with what is open.`,
  path: ['input', 'lines'],
  lines: [...lines],
});

type Refusal = NotChangeable | Exclude<RefusedChange, { kind: 'keyReused' }>;

/** The member of a result union that says why nothing was done. */
function toRefusal(outcome: Exclude<Refusal, { kind: 'inconsistent' }>) {
  switch (outcome.kind) {
    case 'missing':
      return notFound('There is no reservation with this key.', ['input', 'key']);
    case 'notOpen':
      return {
        __typename: 'ReservationNotOpen' as const,
        code: 'RESERVATION_NOT_OPEN',
        message: `The reservation is ${outcome.status}: this cannot be done with it.`,
        path: ['input', 'key'],
        status: outcome.status,
      };
    case 'invalid':
    case 'busy':
      return toPlainRefusal(outcome);
  }
}

/** The same for what has no reservation. */
const toPlainRefusal = (outcome: Extract<Refusal, { kind: 'invalid' | 'busy' }>) =>
  outcome.kind === 'busy'
    ? busy('The stock of these variants', outcome.retryAfterMs)
    : invalidInput('INVALID_INPUT', outcome.fault.message, [...outcome.fault.path]);

const inconsistent = () => ({
  __typename: 'LevelInconsistent' as const,
  code: 'LEVEL_INCONSISTENT',
  message: 'A level has fewer units than the reservation says that it has there. Verify the stock of its variants.',
  path: ['input', 'key'],
});
