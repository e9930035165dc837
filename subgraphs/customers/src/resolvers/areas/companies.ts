import { decodeCursor, encodeCursor, pageSize, toConnection } from '@kontor/kit/src/connection.ts';
import type { Database } from '@kontor/kit/src/database.ts';
import { badInput } from '@kontor/kit/src/errors.ts';
import { isId } from '@kontor/kit/src/ids.ts';
import { money } from '@kontor/kit/src/money.ts';
import { acceptInvitation } from '../../commands/companies/accept-invitation.ts';
import { bookCredit } from '../../commands/companies/book-credit.ts';
import { leaveCompany, removeMember, setMemberRole } from '../../commands/companies/change-members.ts';
import { chooseCompanyLocation } from '../../commands/companies/choose-company-location.ts';
import { decideApproval } from '../../commands/companies/decide-approval.ts';
import { holdCredit } from '../../commands/companies/hold-credit.ts';
import { inviteMember, revokeInvitationOf } from '../../commands/companies/invite-member.ts';
import { reverseCredit } from '../../commands/companies/reverse-credit.ts';
import { setApprovalRule, switchApprovalRule } from '../../commands/companies/set-approval-rule.ts';
import { setCompany } from '../../commands/companies/set-company.ts';
import { setCompanyLocation } from '../../commands/companies/set-company-location.ts';
import { upsertCompany } from '../../commands/companies/upsert-company.ts';
import { upsertMember } from '../../commands/companies/upsert-member.ts';
import { listCompanies } from '../../data/companies/companies.ts';
import { findCompanyContexts } from '../../data/companies/contexts.ts';
import { listLocationStates } from '../../data/companies/location-states.ts';
import { readStatement } from '../../data/companies/statements.ts';
import type {
  MutationResolvers as InternalMutations,
  QueryResolvers as InternalQueries,
} from '../../generated/internal.ts';
import type { MutationResolvers, QueryResolvers } from '../../generated/schema.ts';
import { pageById, type PageArgs } from '../company-page.ts';
import { seesCompany, seesCredit, standingOf } from '../company-standing.ts';

const ENTRIES = 50;
const MAX_ENTRIES = 200;
const MAX_CONTEXTS = 1_000;
const STATES = 500;
const MAX_STATES = 1_000;

export const companyQueries = {
  // Another company's and none at all look alike.
  company: async (_, { id }, ctx) =>
    isId(id) && (await seesCompany(ctx, id.toLowerCase())) ? ctx.loaders.companies.load(id.toLowerCase()) : null,
  companies: async (_, { parentId, externalReference, ...page }, { db }) => {
    if (parentId != null && !isId(parentId)) return toConnection([], 1, () => '');
    const filter = { parentId: parentId ?? null, externalReference: externalReference ?? null };
    return pageById(page, (range) => listCompanies(db.orm, { ...filter, ...range }));
  },
  companyStatement: async (_, { companyLocationId, from, to, first, after }, ctx) => {
    const location = await ctx.loaders.companyLocations.load(companyLocationId.toLowerCase());
    if (!location || !seesCredit(await standingOf(ctx, location.companyId))) return null;
    if (from > to) throw badInput('from must not be behind to.', ['from']);
    const size = pageSize(first, ENTRIES, MAX_ENTRIES);
    const { timeZone } = (await ctx.loaders.companies.load(location.companyId))!;
    const { currency } = location;
    const account = { companyLocationId: location.id, currency, timeZone };
    const page = { from, to, after: after ? idOf(after) : null, limit: size + 1 };
    const { openingMinor, closingMinor, entries } = await readStatement(ctx.db.orm, account, page);
    const nodes = entries.map(({ amountMinor, ...entry }) => ({ ...entry, amount: money(amountMinor, currency) }));
    return {
      location,
      openingBalance: money(openingMinor, currency),
      closingBalance: money(closingMinor, currency),
      entries: toConnection(nodes, size, ({ id }) => encodeCursor([id])),
    };
  },
} satisfies QueryResolvers;

function idOf(cursor: string): string {
  const [id] = decodeCursor(cursor, 1);
  if (typeof id !== 'string' || !isId(id))
    throw badInput('This cursor is not one that this list gave out. Begin without a cursor.', ['after']);
  return id;
}

export const companyMutations = {
  companySet: (_, { input }, { db }) => setCompany(db, input),
  companyLocationSet: (_, { input }, { db }) => setCompanyLocation(db, input),
  companyLocationChoose: (_, { input }, { db, caller }) => chooseCompanyLocation(db, caller, input.companyLocationId),
  companyMemberInvite: (_, { input }, { db, caller, signing }) =>
    inviteMember({ db, sealing: signing.sealing }, caller, input),
  companyInvitationRevoke: (_, { input }, { db, caller }) => revokeInvitationOf(db, caller, input.invitationId),
  companyInvitationAccept: (_, { input }, { db, caller, signing }) =>
    acceptInvitation({ db, sealing: signing.sealing }, caller, input.token),
  companyMemberRoleSet: (_, { input }, { db, caller }) => setMemberRole(db, caller, input),
  companyMemberRemove: (_, { input }, { db, caller }) => removeMember(db, caller, input.memberId),
  companyLeave: (_, _args, { db, caller }) => leaveCompany(db, caller),
  approvalRuleSet: (_, { input }, { db, caller }) => setApprovalRule(db, caller, input),
  approvalRuleActivate: (_, { input }, { db, caller }) => switchApprovalRule(db, caller, input, true),
  approvalRuleDeactivate: (_, { input }, { db, caller }) => switchApprovalRule(db, caller, input, false),
  creditPaymentRecord: (_, { input }, { db, caller }) => bookCredit(db, caller, 'PAYMENT', input),
  creditAdjust: (_, { input }, { db, caller }) => bookCredit(db, caller, 'ADJUSTMENT', input),
} satisfies MutationResolvers;

/** What other services ask of companies. */
export const companyInternalQueries = {
  companyContext: (_, { customerIds }, { db }) => {
    if (customerIds.length > MAX_CONTEXTS)
      throw badInput(`At most ${MAX_CONTEXTS} people can be asked for at once.`, ['customerIds']);
    return findCompanyContexts(db.orm, customerIds.filter(isId));
  },
  companyLocationStates: (_, page, { db }) => readLocationStates(db, null, page),
  companyLocationStatesOf: (_, { companyId, ...page }, { db }) =>
    isId(companyId) ? readLocationStates(db, companyId, page) : { locations: [], endCursor: null },
} satisfies InternalQueries;

/** @param companyId null for the locations of all companies. @throws GraphQLError BAD_USER_INPUT */
async function readLocationStates({ orm }: Database, companyId: string | null, { after, first }: PageArgs) {
  const size = pageSize(first, STATES, MAX_STATES);
  const page = { after: after == null ? null : idOf(after), limit: size + 1 };
  const rows = await listLocationStates(orm, { companyId, ...page });
  const locations = rows.slice(0, size);
  return {
    locations,
    endCursor: rows.length > size ? encodeCursor([locations.at(-1)!.companyLocationId]) : null,
  };
}

export const companyInternalMutations = {
  companyUpsert: (_, { input }, { db }) => upsertCompany(db, input),
  companyMemberUpsert: (_, { input }, { db }) => upsertMember(db, input),
  creditHold: (_, { input }, { db }) => holdCredit(db, input),
  creditReverse: (_, { input }, { db }) => reverseCredit(db, input),
  orderApproval: (_, { input }, { db }) => decideApproval(db, input),
} satisfies InternalMutations;
