import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput, invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { boundTo, requireLocation } from '../access.ts';
import { dispatchTransfer } from '../commands/dispatch-transfer.ts';
import { receiveTransfer } from '../commands/receive-transfer.ts';
import { findTransfer, listTransfers } from '../data/transfers.ts';
import type { TransferFault } from '../domain/transfer.ts';
import type {
  MutationResolvers,
  QueryResolvers,
  StockTransferLineResolvers,
  StockTransferResolvers,
} from '../generated/schema.ts';
import { locationOf } from './location-of.ts';
import { toRefusal } from './stock-change.ts';

/** Each transfer brings its lines, 200 at most. */
const MAX_PAGE = 50;

export const StockTransfer: StockTransferResolvers = {
  from: ({ fromLocationId }, _, ctx) => (fromLocationId ? locationOf(ctx, fromLocationId) : null),
  to: ({ toLocationId }, _, ctx) => locationOf(ctx, toLocationId),
};

export const StockTransferLine: StockTransferLineResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  openQuantity: ({ quantity, receivedQuantity, lostQuantity }) => quantity - receivedQuantity - lostQuantity,
};

export const transferQueries: Pick<QueryResolvers, 'stockTransfer' | 'stockTransfers'> = {
  stockTransfer: (_, { id }, ctx) => (isId(id) ? findTransfer(ctx.db, id) : null),
  stockTransfers: async (_, { first, after, locationId, status }, ctx) => {
    const size = pageSize(first, 20, MAX_PAGE);
    const filter = { after: after ? idOfCursor(after) : null, status: status ?? null, limit: size + 1 };
    const isKnown = !locationId || isId(locationId);
    const rows = isKnown ? await listTransfers(ctx.db, { ...filter, locationId: locationId ?? null }) : [];
    return toConnection(rows, size, (row) => encodeCursor([row.id]));
  },
};

/** The id in a cursor of a list in order of id. @throws GraphQLError BAD_USER_INPUT when it holds none. */
export function idOfCursor(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !isId(id))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return id;
}

export const transferMutations: Pick<MutationResolvers, 'stockTransferDispatch' | 'stockTransferReceive'> = {
  stockTransferDispatch: async (_, { input }, ctx) => {
    // Who sends goods away answers for them; a supplier's delivery is announced by who gets it.
    requireLocation(ctx.caller, 'Mutation.stockTransferDispatch', input.fromLocationId ?? input.toLocationId);
    const outcome = await dispatchTransfer(ctx.db, ctx.caller, {
      ...input,
      fromLocationId: input.fromLocationId ?? null,
      expectedAt: input.expectedAt ?? null,
      note: input.note ?? null,
    });
    switch (outcome.kind) {
      case 'dispatched':
        return { __typename: 'StockTransferDispatched', transfer: outcome.transfer };
      case 'fault':
        return toFault(outcome.fault);
      case 'short':
        return {
          __typename: 'TransferShort',
          code: 'TRANSFER_SHORT',
          message: 'Less is available than shall be sent: nothing was sent. Units that are promised cannot be taken.',
          path: ['input', 'lines'],
          lines: [...outcome.lines],
        };
      default:
        return toRefusal(outcome, ['input']);
    }
  },
  stockTransferReceive: async (_, { input }, ctx) => {
    const outcome = await receiveTransfer(ctx.db, ctx.caller, {
      ...input,
      lines: input.lines.map((line) => ({ ...line, damagedQuantity: line.damagedQuantity ?? 0 })),
      close: input.close ?? false,
      atLocationId: boundTo(ctx, 'Mutation.stockTransferReceive'),
    });
    switch (outcome.kind) {
      case 'received':
        return { __typename: 'StockTransferReceived', transfer: outcome.transfer };
      case 'fault':
        return toFault(outcome.fault);
      case 'surplus':
        return {
          __typename: 'TransferSurplus',
          code: 'TRANSFER_SURPLUS',
          message: 'More arrived than is on its way: nothing was booked. Receive the surplus through stockReceive.',
          path: ['input', 'lines'],
          lines: [...outcome.lines],
        };
      default:
        return toRefusal(outcome, ['input']);
    }
  },
};

const toFault = ({ code, message, path }: TransferFault) =>
  code === null ? notFound(message, ['input', ...path]) : invalidInput(code, message, ['input', ...path]);
