import { listRules } from '../data/companies/approval-rules.ts';
import { listCompanies } from '../data/companies/companies.ts';
import { listInvitations } from '../data/companies/invitations.ts';
import { listLocations } from '../data/companies/locations.ts';
import { listMembers } from '../data/companies/members.ts';
import type { CompanyResolvers } from '../generated/schema.ts';
import { pageByCode, pageById } from './company-page.ts';
import { isAdmin, seesCompany, standingOf } from './company-standing.ts';

export const Company: CompanyResolvers = {
  // Any subgraph can name any company's key: who may see it is decided here, whichever way the query came.
  __resolveReference: async ({ id }, ctx) => ((await seesCompany(ctx, id)) ? ctx.loaders.companies.load(id) : null),
  parent: async ({ parentId }, _, ctx) =>
    parentId !== null && (await seesCompany(ctx, parentId)) ? ctx.loaders.companies.load(parentId) : null,
  children: async ({ id }, args, ctx) => {
    if (!isAdmin(await standingOf(ctx, id))) return null;
    return pageById(args, (page) => listCompanies(ctx.db.orm, { ...page, parentId: id, externalReference: null }));
  },
  locations: async ({ id }, args, ctx) => {
    if ((await standingOf(ctx, id)) === null) return null;
    return pageById(args, (page) => listLocations(ctx.db.orm, id, page));
  },
  members: async ({ id }, args, ctx) => {
    if ((await standingOf(ctx, id)) === null) return null;
    return pageById(args, (page) => listMembers(ctx.db.orm, id, page));
  },
  invitations: async ({ id }, args, ctx) => {
    if (!isAdmin(await standingOf(ctx, id))) return null;
    return pageById(args, (page) => listInvitations(ctx.db.orm, id, page));
  },
  approvalRules: async ({ id }, args, ctx) => {
    if ((await standingOf(ctx, id)) === null) return null;
    return pageByCode(args, (page) => listRules(ctx.db.orm, id, page));
  },
};
