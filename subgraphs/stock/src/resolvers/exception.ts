import { encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { invalidInput, notFound } from '@kontor/kit/src/errors.ts';
import { boundTo } from '../access.ts';
import { resolveException } from '../commands/resolve-exception.ts';
import { listExceptions } from '../data/exceptions.ts';
import type { MutationResolvers, QueryResolvers, StockExceptionResolvers } from '../generated/schema.ts';
import { locationOf } from './location-of.ts';
import { idOfCursor } from './transfer.ts';

const MAX_PAGE = 100;

export const StockException: StockExceptionResolvers = {
  variant: ({ variantId }) => ({ id: variantId }),
  location: ({ locationId }, _, ctx) => locationOf(ctx, locationId),
};

export const exceptionQueries: Pick<QueryResolvers, 'stockExceptions'> = {
  stockExceptions: async (_, { first, after, open }, ctx) => {
    const size = pageSize(first, 50, MAX_PAGE);
    const filter = { after: after ? idOfCursor(after) : null, open: open ?? null, limit: size + 1 };
    return toConnection(await listExceptions(ctx.db, filter), size, (row) => encodeCursor([row.id]));
  },
};

export const exceptionMutations: Pick<MutationResolvers, 'stockExceptionResolve'> = {
  stockExceptionResolve: async (_, { input }, ctx) => {
    const atLocationId = boundTo(ctx, 'Mutation.stockExceptionResolve');
    const outcome = await resolveException(ctx.db, ctx.caller, { ...input, atLocationId });
    switch (outcome.kind) {
      case 'resolved':
        return { __typename: 'StockExceptionResolved', exception: outcome.exception };
      case 'notFound':
        return notFound('There is no such exception.', ['input', 'exceptionId']);
      case 'invalidNote':
        return invalidInput('INVALID_NOTE', 'note takes 1 to 500 characters in one line.', ['input', 'note']);
    }
  },
};
