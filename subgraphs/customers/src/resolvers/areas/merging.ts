import { decodeCursor, encodeCursor, pageSize } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { mergeCustomers } from '../../commands/merging/merge-customers.ts';
import { unmergeCustomers } from '../../commands/merging/unmerge-customers.ts';
import { findDuplicates, type DuplicatePair, type DuplicatePosition } from '../../data/merging/duplicates.ts';
import { findMergeSides } from '../../data/merging/sides.ts';
import type { MutationResolvers, QueryResolvers } from '../../generated/schema.ts';
import { outcomeAsSeenBy } from '../visibility.ts';

const FIRST = 20;
const MAX_FIRST = 50;

export const mergingQueries = {
  customerMergePreview: async (_, { survivorId, absorbedId }, { db }) => {
    const ids = [survivorId, absorbedId].map((id) => id.toLowerCase());
    if (!ids.every(isId)) return null;
    const sides = await findMergeSides(db.orm, ids);
    const [survivor, absorbed] = ids.map((id) => sides.find((side) => side.id === id));
    return survivor && absorbed ? { survivor, absorbed } : null;
  },
  duplicateCustomers: async (_, { first, after }, { db }) => {
    const size = pageSize(first, FIRST, MAX_FIRST);
    const position = positionOf(after);
    const { pairs, lookedAtUntil } = await findDuplicates(db.orm, { after: position, limit: size + 1 });
    const edges = pairs.slice(0, size).map((node) => ({ node, cursor: cursorOf(node) }));
    const hasMore = pairs.length > size;
    // Behind the last pair, or, where the page looked at all that it may, behind the last profile.
    const endCursor =
      !hasMore && lookedAtUntil !== null ? encodeCursor([lookedAtUntil, null]) : (edges.at(-1)?.cursor ?? null);
    return {
      edges,
      pageInfo: {
        hasNextPage: hasMore || lookedAtUntil !== null,
        hasPreviousPage: position !== null,
        startCursor: edges[0]?.cursor ?? null,
        endCursor,
      },
    };
  },
} satisfies QueryResolvers;

export const mergingMutations = {
  customerMerge: async (_, { input }, { db, caller }) =>
    outcomeAsSeenBy(caller, await mergeCustomers(db, caller, input)),
  customerUnmerge: async (_, { input }, { db, caller }) =>
    outcomeAsSeenBy(caller, await unmergeCustomers(db, caller, input)),
} satisfies MutationResolvers;

const cursorOf = ({ customerId, otherId }: DuplicatePair): string => encodeCursor([customerId, otherId]);

/** @throws GraphQLError BAD_USER_INPUT */
function positionOf(after: string | null | undefined): DuplicatePosition | null {
  if (after === null || after === undefined) return null;
  const [customerId, otherId] = decodeCursor(after, 2);
  if (
    typeof customerId !== 'string' ||
    !isId(customerId) ||
    (otherId !== null && (typeof otherId !== 'string' || !isId(otherId)))
  )
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return { customerId, otherId: otherId ?? null };
}
