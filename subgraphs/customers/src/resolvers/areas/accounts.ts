import { decodeCursor, encodeCursor, pageSize } from '@kontor/kit/src/connection.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { endHolds } from '../../commands/accounts/end-holds.ts';
import { verifyAccounts } from '../../data/accounts/verification.ts';
import type {
  MutationResolvers as InternalMutations,
  QueryResolvers as InternalQueries,
} from '../../generated/internal.ts';

const VERIFIED_BY_DEFAULT = 500;
const VERIFIED_AT_MOST = 1_000;

/** What other services and the operator ask of accounts. */
export const accountInternalQueries = {
  verifyAccounts: async (_, { after, first }, { db }) => {
    const size = pageSize(first, VERIFIED_BY_DEFAULT, VERIFIED_AT_MOST);
    const { last, differences, accountCount } = await verifyAccounts(db.orm, after ? accountOf(after) : null, size);
    return { accountCount, differences: [...differences], cursor: last === null ? null : encodeCursor([last]) };
  },
} satisfies InternalQueries;

function accountOf(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !isId(id)) throw badInput('This cursor is not one of verifyAccounts.', ['after']);
  return id;
}

export const accountInternalMutations = {
  holdsConfirm: (_, { input }, { db }) => endHolds(db, input.key, 'CONFIRMED'),
  holdsRelease: (_, { input }, { db }) => endHolds(db, input.key, 'RELEASED'),
} satisfies InternalMutations;
