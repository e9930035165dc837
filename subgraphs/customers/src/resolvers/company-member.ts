import type { CompanyInvitationResolvers, CompanyMemberResolvers } from '../generated/schema.ts';
import { isAdmin, standingOf } from './company-standing.ts';

export const CompanyMember: CompanyMemberResolvers = {
  email: async ({ companyId, email }, _, ctx) => (isAdmin(await standingOf(ctx, companyId)) ? email : null),
  location: ({ companyLocationId }, _, { loaders }) =>
    companyLocationId === null ? null : loaders.companyLocations.load(companyLocationId),
};

export const CompanyInvitation: CompanyInvitationResolvers = {
  location: ({ companyLocationId }, _, { loaders }) =>
    companyLocationId === null ? null : loaders.companyLocations.load(companyLocationId),
};
