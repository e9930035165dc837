import { hasScope } from '@kontor/kit/src/auth/policy.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { PRIVACY_WRITE, requestErasure, requestExport } from '../../commands/privacy/request-privacy.ts';
import { findPerson } from '../../data/privacy/people.ts';
import { findRequest } from '../../data/privacy/requests.ts';
import type { MutationResolvers, QueryResolvers } from '../../generated/schema.ts';

export const privacyQueries = {
  privacyRequest: async (_, { id }, { caller, db }) => {
    const request = isId(id) ? await findRequest(db.orm, id) : null;
    if (!request) return null;
    if (hasScope(caller, PRIVACY_WRITE)) return request;
    // Somebody else's and none at all look alike.
    const own = caller.customerId === undefined ? null : await findPerson(db.orm, caller.customerId);
    return own?.id === request.personId ? request : null;
  },
} satisfies QueryResolvers;

export const privacyMutations = {
  privacyExport: (_, { input }, { caller, db }) => requestExport(db, caller, input),
  privacyErase: (_, { input }, { caller, db }) => requestErasure(db, caller, input),
} satisfies MutationResolvers;
