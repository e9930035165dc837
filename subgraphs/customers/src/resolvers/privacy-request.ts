import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { findParts } from '../data/privacy/requests.ts';
import type { PrivacyRequestResolvers } from '../generated/schema.ts';

const MAX_PAGE = 100;

export const PrivacyRequest: PrivacyRequestResolvers = {
  missing: ({ missing }) => [...missing],
  // Who was given a request may read it: that is decided where it is found.
  parts: async ({ id }, { first, after }, { db }) => {
    const size = pageSize(first, 20, MAX_PAGE);
    const rows = await findParts(db.orm, id, after ? positionOf(after) : 0, size + 1);
    return toConnection(rows, size, ({ position }) => encodeCursor([position]));
  },
};

function positionOf(cursor: string): number {
  const [position] = decodeCursor(cursor, 1);
  if (typeof position === 'number' && Number.isInteger(position) && position >= 0 && position < 2 ** 31)
    return position;
  throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
}
