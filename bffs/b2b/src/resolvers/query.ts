import { selects } from '@kontor/kit/src/graph/selection.ts';
import type { QueryResolvers } from '../generated/schema.ts';
import {
  AccountDocument,
  CatalogPageDocument,
  ChildCompaniesDocument,
  DashboardDocument,
  LocationsDocument,
  StatementDocument,
  TeamDocument,
} from '../generated/upstream.ts';
import { dashboardOf } from '../views/dashboard.ts';
import { teamOf } from '../views/team.ts';
import { listArguments } from './list-arguments.ts';

export const Query: QueryResolvers = {
  catalogPage: async (_, { query, ...page }, ctx, info) => ({
    products: (
      await ctx.upstream(CatalogPageDocument, {
        ...listArguments(page),
        query: query ?? '',
        priceTiers: selects(info, 'products', 'edges', 'node', 'variants', 'priceTiers'),
        totalCount: selects(info, 'products', 'totalCount'),
        facets: selects(info, 'products', 'facets'),
        priceRange: selects(info, 'products', 'priceRange'),
        freshness: selects(info, 'products', 'freshness'),
        asOf: selects(info, 'products', 'freshness', 'asOf'),
        countsExact: selects(info, 'products', 'freshness', 'countsExact'),
      })
    ).productSearch,
  }),
  account: async (_, _args, ctx) => (await ctx.upstream(AccountDocument, {})).me,
  dashboard: async (_, _args, ctx, info) =>
    dashboardOf(
      await ctx.upstream(DashboardDocument, {
        credit: selects(info, 'credit'),
        aging: selects(info, 'credit', 'aging'),
        loyalty: selects(info, 'loyalty'),
        approvalRules: selects(info, 'approvalRules'),
      }),
    ),
  team: async (_, page, ctx, info) =>
    teamOf(
      await ctx.upstream(TeamDocument, {
        ...page,
        members: selects(info, 'members'),
        invitations: selects(info, 'invitations'),
      }),
    ),
  locations: async (_, page, ctx) => (await ctx.upstream(LocationsDocument, page)).me?.company?.locations,
  childCompanies: async (_, page, ctx) => (await ctx.upstream(ChildCompaniesDocument, page)).me?.company?.children,
  statement: async (_, { companyLocationId, ...time }, ctx) => {
    const location = companyLocationId ?? ctx.caller.companyLocationId;
    if (location === undefined) return null;
    return (await ctx.upstream(StatementDocument, { ...time, companyLocationId: location })).companyStatement;
  },
};
