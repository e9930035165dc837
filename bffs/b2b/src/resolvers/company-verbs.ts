import type { MutationResolvers } from '../generated/schema.ts';
import {
  CompanyInvitationAcceptDocument,
  CompanyInvitationRevokeDocument,
  CompanyLocationChooseDocument,
  CompanyMemberInviteDocument,
  CompanyMemberRemoveDocument,
  CompanyMemberRoleSetDocument,
} from '../generated/upstream.ts';

/** The verbs of people on their company. Who may is decided in the shared graph, by what the company says now. */
export const companyVerbs = {
  companyInvitationAccept: async (_, { input }, ctx) =>
    (await ctx.upstream(CompanyInvitationAcceptDocument, { input })).companyInvitationAccept,
  companyLocationChoose: async (_, { input }, ctx) =>
    (await ctx.upstream(CompanyLocationChooseDocument, { input })).companyLocationChoose,
  companyMemberInvite: async (_, { input }, ctx) =>
    (await ctx.upstream(CompanyMemberInviteDocument, { input })).companyMemberInvite,
  companyInvitationRevoke: async (_, { input }, ctx) =>
    (await ctx.upstream(CompanyInvitationRevokeDocument, { input })).companyInvitationRevoke,
  companyMemberRoleSet: async (_, { input }, ctx) =>
    (await ctx.upstream(CompanyMemberRoleSetDocument, { input })).companyMemberRoleSet,
  companyMemberRemove: async (_, { input }, ctx) =>
    (await ctx.upstream(CompanyMemberRemoveDocument, { input })).companyMemberRemove,
} satisfies MutationResolvers;
