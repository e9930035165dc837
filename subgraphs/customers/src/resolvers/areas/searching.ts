import type { Caller } from '@kontor/kit/src/auth/caller.ts';
import { pageSize } from '@kontor/kit/src/connection.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { badInput, requestFault } from '@kontor/kit/src/errors.ts';
import { searchCustomers } from '../../data/searching/search-customers.ts';
import { takeAttempt } from '../../data/signing/attempts.ts';
import { readSearch, type Search } from '../../domain/searching/read-search.ts';
import type { QueryResolvers } from '../../generated/schema.ts';

const FIRST = 10;
const MAX_FIRST = 25;
/** More than a busy register asks; too little to read out who there is. */
const SEARCHES = { kind: 'customer-search', most: 120, windowS: 600 };

/** The till's search. */
export const searchingQueries = {
  customerSearch: async (_, { query, first }, { caller, db }) => {
    const most = pageSize(first, FIRST, MAX_FIRST);
    const search = searchOf(query);
    await brake(db, caller);
    return searchCustomers(db.orm, search, most);
  },
} satisfies QueryResolvers;

/** @throws GraphQLError BAD_USER_INPUT when the text says too little or too much. */
function searchOf(query: string): Search {
  const read = readSearch(query);
  switch (read.kind) {
    case 'search':
      return read.search;
    case 'tooShort':
      throw badInput('Type at least three letters of a name, four digits of a number, or an address.', ['query']);
    case 'tooLong':
      throw badInput('Type at most 100 characters.', ['query']);
  }
}

/** Counts searches of a member of the staff, or of a credential where nobody signed in with it. @throws GraphQLError RATE_LIMITED */
async function brake(db: Database, caller: Caller): Promise<void> {
  if (caller.role === 'service') return;
  const subject = caller.staffId ?? caller.credentialId ?? `${caller.role}:${caller.subject}`;
  const retryAfterMs = await takeAttempt(db.orm, { ...SEARCHES, subjects: [subject] });
  if (retryAfterMs === null) return;
  const seconds = Math.ceil(retryAfterMs / 1_000);
  throw requestFault('RATE_LIMITED', `There were too many searches. Search again in ${seconds} seconds.`, {
    retryAfterMs,
  });
}
