import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { listLocations } from '../data/locations.ts';
import type { LocationResolvers, QueryResolvers } from '../generated/schema.ts';
import { isPlainText } from '../domain/texts.ts';

const MAX_PAGE = 100;

export const Location: LocationResolvers = {
  __resolveReference: (reference, ctx) => ctx.loaders.location.load(reference.id),
};

export const locationQueries: Pick<QueryResolvers, 'location' | 'locations'> = {
  location: (_, { id }, ctx) => ctx.loaders.location.load(id),
  locations: async (_, { first, after }, ctx) => {
    const size = pageSize(first, 50, MAX_PAGE);
    const rows = await listLocations(ctx.db, after ? codeOf(after) : null, size + 1);
    return toConnection(rows, size, (row) => encodeCursor([row.code]));
  },
};

function codeOf(cursor: string): string {
  const [code] = decodeCursor(cursor, 1);
  if (typeof code !== 'string' || !isPlainText(code))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return code;
}
