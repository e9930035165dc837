import { decodeCursor, encodeCursor, pageSize } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { findOpenCheckouts } from '../data/checkouts.ts';
import { findPersonalParts } from '../data/people.ts';
import type { Resolvers } from '../generated/internal.ts';

const MAX_OPEN = 100;
const MAX_IDS = 100;
const PARTS = 100;
const MAX_PARTS = 200;

export const internalResolvers: Resolvers = {
  Query: {
    openCheckouts: (_, _args, ctx) => findOpenCheckouts(ctx.orders.db, MAX_OPEN),
    personalData: async (_, { customerIds, after, first }, ctx) => {
      if (customerIds.length > MAX_IDS || !customerIds.every(isId))
        throw badInput(`customerIds must be at most ${MAX_IDS} ids.`, ['customerIds']);
      const size = pageSize(first, PARTS, MAX_PARTS);
      const parts = await findPersonalParts(ctx.orders.db, customerIds, after ? positionOf(after) : null, size);
      const last = parts.length === size ? parts.at(-1) : undefined;
      return { parts: parts.map(({ kind, data }) => ({ kind, data })), cursor: last ? encodeCursor([last.id]) : null };
    },
  },
};

function positionOf(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !isId(id)) throw badInput('This cursor is not one that this list gave out.', ['after']);
  return id;
}
